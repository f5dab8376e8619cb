"""Pure: what is wrong with indexes by the catalogue alone: references without one, duplicates, unused ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from launchready_tui.model.questions.schema import ForeignKey, IndexFacts, IndexUse, TableUse


def place(schema: str, name: str) -> str:
    """A table as people call it: with its schema where that is not the usual one."""
    return name if schema == "public" else f"{schema}.{name}"


def megabytes(size: int) -> str:
    """A size for people."""
    return f"{size / 1_000_000:,.1f} MB" if size >= 100_000 else f"{size / 1_000:,.0f} kB"


def uncovered_keys(facts: IndexFacts) -> Iterator[ForeignKey]:
    """References whose columns are not the first columns of any full, valid index (splinter 0001)."""
    leading: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for index in facts.indexes:
        if index.valid and not index.condition:
            leading.setdefault((index.schema, index.table), []).append(index.columns)
    for key in facts.foreign_keys:
        wanted = set(key.columns)
        known = leading.get((key.schema, key.table), [])
        if not any(set(columns[: len(wanted)]) == wanted for columns in known):
            yield key


def duplicates(facts: IndexFacts) -> Iterator[tuple[IndexUse, IndexUse]]:
    """Indexes that another one makes needless: the needless one, and the one that serves instead (splinter 0009).

    The same columns in the same way, or the beginning of a longer one; never one that enforces something, and a unique
    one only where the other is unique over the same columns.
    """
    tables: dict[tuple[str, str, str, str], list[IndexUse]] = {}
    for index in facts.indexes:
        if index.valid and index.forms:
            tables.setdefault((index.schema, index.table, index.method, index.condition), []).append(index)
    for group in tables.values():
        gone: set[str] = set()
        for index in sorted(
            group, key=lambda item: (item.enforces, item.unique, len(item.forms), item.scans, item.name)
        ):
            serving = next((other for other in group if other.name not in gone and _serves(other, index)), None)
            if serving is not None:
                gone.add(index.name)
                yield index, serving


def _serves(other: IndexUse, index: IndexUse) -> bool:
    if other.name == index.name or index.enforces or not set(index.included) <= {*other.included, *other.columns}:
        return False
    if other.forms == index.forms:
        return other.unique or not index.unique
    return index.method == "btree" and not index.unique and other.forms[: len(index.forms)] == index.forms


def unused(facts: IndexFacts, *, min_rows: float) -> Iterator[IndexUse]:
    """Indexes that nothing has read since the counters began, on tables large enough for the planner to want one."""
    rows = {(table.schema, table.name): table.rows for table in facts.tables}
    for index in facts.indexes:
        large = rows.get((index.schema, index.table), -1.0) >= min_rows
        if large and index.valid and not index.scans and not index.unique and not index.enforces:
            yield index


def counted_for(facts: IndexFacts, seen_at: datetime) -> timedelta | None:
    """How long the counters have run at least; None where the server does not say. Never reset means since before its
    start: counters outlive a restart.
    """
    since = facts.since or facts.started
    return seen_at - since if since else None


def keyless(tables: Sequence[TableUse]) -> Iterator[TableUse]:
    """Tables without a primary key (splinter 0004); a partition has its parent's."""
    return (table for table in tables if not table.has_primary_key and not table.is_partition)


def starting_with(facts: IndexFacts, schema: str, table: str, column: str) -> IndexUse | None:
    """A full, valid index of a table that begins with a column."""
    return next(
        (
            index
            for index in facts.indexes
            if (index.schema, index.table) == (schema, table)
            and index.valid
            and not index.condition
            and index.columns[:1] == (column,)
        ),
        None,
    )
