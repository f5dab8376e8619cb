"""Pure: the index that a waste of a plan calls for. An idea, until size, writes and repetition speak for it as well."""

from __future__ import annotations

import re
from dataclasses import dataclass

from launchready_tui.database.planreview import Flaw
from launchready_tui.model.questions.plans import Condition

MOST_COLUMNS = 3
"""An index of more columns rarely serves a second statement (strong_migrations)."""

_EQUAL = frozenset({"="})
_RANGE = frozenset({"<", ">", "<=", ">="})
_PATTERN = frozenset({"~~", "~~*"})
_FOLDING = frozenset({"lower", "upper"})

_RESERVED = re.compile(
    r"all|analyse|analyze|and|any|array|as|asc|asymmetric|both|case|cast|check|collate|column|"
    r"constraint|create|current_date|current_role|current_time|current_timestamp|current_user|default|"
    r"deferrable|desc|distinct|do|else|end|except|false|fetch|for|foreign|from|grant|group|having|in|"
    r"initially|intersect|into|lateral|leading|limit|localtime|localtimestamp|not|null|offset|on|only|or|"
    r"order|placing|primary|references|returning|select|session_user|some|symmetric|table|then|to|"
    r"trailing|true|union|unique|user|using|variadic|when|where|window|with"
)


@dataclass(frozen=True, slots=True)
class IndexIdea:
    """An index that would serve a scan. `columns` are plain columns; an index on an expression has none.

    `statement` creates it without locking writers out. `sure` is False where it takes a decision: a pattern search
    needs an extension.
    """

    schema: str
    table: str
    columns: tuple[str, ...]
    statement: str
    sure: bool = True

    @property
    def plain(self) -> str:
        """The statement as a trial takes it: without CONCURRENTLY."""
        return self.statement.replace(" CONCURRENTLY", "", 1).rstrip(";")


def idea_for(flaw: Flaw) -> IndexIdea | None:
    """The index for a scan that throws most rows away; None where its conditions call for none."""
    if flaw.rule not in ("seq-scan", "index-filter") or not flaw.table:
        return None
    usable = [item for item in flaw.conditions if item.operator in _EQUAL | _RANGE | _PATTERN]
    ordered = [item for item in usable if item.operator in _EQUAL]
    if not ordered and any(item.operator in _PATTERN for item in usable):
        return _pattern_idea(flaw, usable)
    ordered += [item for item in usable if item.operator in _RANGE][:1]
    parts: dict[str, str] = {}
    for item in ordered:
        part = _part(item)
        if part is not None:
            parts.setdefault(part, item.column)
    if not parts:
        return None
    keys = list(parts)[:MOST_COLUMNS]
    names = [parts[key] for key in keys]
    columns = tuple(names) if all(key == quoted(name) for key, name in zip(keys, names, strict=True)) else ()
    return IndexIdea(flaw.schema, flaw.table, columns, _statement(flaw, names, f"({', '.join(keys)})"))


def _pattern_idea(flaw: Flaw, usable: list[Condition]) -> IndexIdea | None:
    found = next((item for item in usable if item.operator in _PATTERN and not item.function), None)
    if found is None:
        return None
    statement = _statement(flaw, [found.column, "trgm"], f"USING gin ({quoted(found.column)} gin_trgm_ops)")
    return IndexIdea(flaw.schema, flaw.table, (), statement, sure=False)


def _part(item: Condition) -> str | None:
    """A column or expression as it stands in the index; None for what would need a look at the statement."""
    if not item.function:
        return quoted(item.column)
    return f"{item.function}({quoted(item.column)})" if item.function in _FOLDING else None


def _statement(flaw: Flaw, names: list[str], keys: str) -> str:
    name = "_".join([flaw.table, *names])[:59] + "_idx"
    table = ".".join(quoted(item) for item in (flaw.schema, flaw.table) if item)
    return f"CREATE INDEX CONCURRENTLY {quoted(name)} ON {table} {keys};"


def quoted(name: str) -> str:
    """A name as an identifier, in quotes only where it needs them."""
    if re.fullmatch(r"[a-z_][a-z0-9_]*", name) and not _RESERVED.fullmatch(name):
        return name
    return '"' + name.replace('"', '""') + '"'
