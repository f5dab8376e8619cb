"""Pure: what may be explained, what may be run, and with which values, of a statement that lost its literals.

pg_stat_statements keeps `WHERE seller_id = $1`. To run it, values are taken from the statistics of the columns that its
plan compares with the placeholders. They are used in that one session and kept nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from launchready_tui.model.questions.plans import Condition, PlanNode

_COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
_READS = re.compile(r"[\s(]*(?:select|with|values|table)\b", re.IGNORECASE)
_WRITES = re.compile(
    r"\b(?:insert\s+into|update\s+\S+\s+set|delete\s+from|merge\s+into|select\b[^;]{0,4000}?\binto\s+(?!strict))",
    re.IGNORECASE,
)
_LOCKS = re.compile(r"\bfor\s+(?:no\s+key\s+)?(?:update|key\s+share|share)\b", re.IGNORECASE)
_TYPED = re.compile(
    r"\b(interval|date|timestamptz|timestamp(?:\s+with(?:out)?\s+time\s+zone)?|timetz|time|uuid|inet|jsonb?)\s+(\$\d+)",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"\$(\d+)")
_LIMIT = re.compile(r"\b(limit|offset|first|next)\s+\(?(?:cast\()?\s*\$(\d+)", re.IGNORECASE)
_CALL = re.compile(r"([A-Za-z_][A-Za-z0-9_$]*)\s*\(")

PAGE = "20"
"""The rows of a page, where a statement asks for some number of them."""

_BY_TYPE = (
    (("smallint", "integer", "bigint", "numeric", "real", "double precision", "oid"), "1"),
    (("text", "character varying", "character", "name", "citext"), "a"),
    (("boolean",), "true"),
    (("date", "timestamp without time zone", "timestamp with time zone"), "now"),
    (("interval",), "1 day"),
    (("uuid",), "00000000-0000-0000-0000-000000000000"),
    (("json", "jsonb"), "{}"),
)


@dataclass(frozen=True, slots=True)
class ColumnValues:
    """What the statistics say of a column: common values, the most frequent first, and bounds of equal shares."""

    common: tuple[str, ...] = ()
    bounds: tuple[str, ...] = ()


Columns = Mapping[tuple[str, str, str], ColumnValues]
"""By schema, table and column."""


def reads_only(sql: str) -> bool:
    """Whether a statement is a SELECT that neither writes nor locks rows; what a function does is not seen."""
    bare = _COMMENT.sub(" ", sql)
    return bool(_READS.match(bare)) and not _WRITES.search(bare) and not _LOCKS.search(bare)


def explainable(sql: str) -> str:
    """The statement in a form that can be prepared: `interval $1` is no SQL, `CAST($1 AS interval)` is."""
    return _TYPED.sub(lambda found: f"CAST({found[2]} AS {found[1]})", sql).strip().rstrip(";")


def placeholders(sql: str) -> int:
    """How many values a statement takes."""
    return max((int(number) for number in _PLACEHOLDER.findall(sql)[:2_000] if len(number) < 5), default=0)


def called(sql: str) -> tuple[str, ...]:
    """The names in a statement that may be functions."""
    return tuple(dict.fromkeys(name.lower() for name in _CALL.findall(_COMMENT.sub(" ", sql))))[:200]


def compared(nodes: Sequence[PlanNode]) -> dict[int, tuple[PlanNode, Condition]]:
    """For each placeholder the first scan that compares a column with it, and how."""
    found: dict[int, tuple[PlanNode, Condition]] = {}
    for node in nodes:
        for condition in (*node.filters, *node.keys):
            if condition.parameter and node.table:
                found.setdefault(condition.parameter, (node, condition))
    return found


def values_for(sql: str, types: Sequence[str], nodes: Sequence[PlanNode], columns: Columns) -> tuple[str, ...] | None:
    """One value for each placeholder, as text; None where one cannot be chosen honestly.

    `types` are the types of the placeholders. A pattern (LIKE) is not chosen: whether it begins with a wildcard decides
    the plan.
    """
    pages = {int(number): PAGE if word.lower() != "offset" else "0" for word, number in _LIMIT.findall(sql)}
    where = compared(nodes)
    values: list[str] = []
    for number, kind in enumerate(types, 1):
        if number in pages:
            value: str | None = pages[number]
        elif number in where:
            node, condition = where[number]
            known = columns.get((node.schema, node.table, condition.column), ColumnValues())
            value = _typical(known, condition.operator)
            if value is not None and kind.endswith("[]"):
                value = '{"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"}'
        else:
            value = _of_type(kind)
        if value is None:
            return None
        values.append(value)
    return tuple(values)


def _typical(known: ColumnValues, operator: str) -> str | None:
    """A value as a visitor would ask for: a frequent one, or one from the middle."""
    if operator in ("=", "<>", "@>"):
        return known.common[0] if known.common else _share(known, 0.5)
    if operator in (">", ">="):
        return _share(known, 0.4)
    if operator in ("<", "<="):
        return _share(known, 0.6)
    return None


def _share(known: ColumnValues, part: float) -> str | None:
    bounds = known.bounds or tuple(sorted(known.common))
    return bounds[min(len(bounds) - 1, int(len(bounds) * part))] if bounds else None


def _of_type(kind: str) -> str | None:
    """Any value of a type, for a placeholder that is compared with no column."""
    if kind.endswith("[]"):
        return "{}"
    bare = re.sub(r"\(.*?\)", "", kind)
    return next((value for names, value in _BY_TYPE if bare in names), None)
