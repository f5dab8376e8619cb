"""Reads pg_stat_statements: what took most time, folded by fingerprint. Literals leave this module in `sql` alone."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from launchready_tui.model.evidence import Failure
from launchready_tui.model.questions.database import StatementList, StatementRow, StatisticsState
from launchready_tui.probes.postgres import Session
from launchready_tui.queries.fingerprint import identity, shape
from launchready_tui.queries.lexing import take_comments
from launchready_tui.queries.tables import tables_of
from launchready_tui.queries.tags import read_tags
from launchready_tui.text import one_line

MOST_READ = 400
"""Statements that are fetched: equal forms are folded together, and what is no data statement is left out."""

LONGEST_SQL = 20_000
LONGEST_TEXT = 2_000

_DATA = re.compile(r"\(*\s*(?:select|with|insert|update|delete|merge|values|table)\b")
_OF_THE_CATALOGUE = re.compile(r"\bpg_(?:catalog\.|stat_|class\b|type\b|attribute\b|namespace\b|index\b|settings\b)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One form of a statement. `sql` is its text as the server keeps it: to be explained, never to be stored."""

    row: StatementRow
    sql: str


@dataclass(frozen=True, slots=True)
class Statistics:
    """What pg_stat_statements holds of this database. `entries` are ranked by total time."""

    state: StatisticsState = ""
    since: datetime | None = None
    entries: tuple[Entry, ...] = ()
    distinct: int = 0
    total_ms: float = 0.0
    calls: int = 0
    hidden: int = 0


def statement_list(session: Session, top: int) -> StatementList:
    """The answer to `StatementStatistics`."""
    found = read_statistics(session)
    return StatementList(
        host=session.host,
        version=session.version,
        state=found.state,
        since=found.since,
        statements=tuple(entry.row for entry in found.entries[:top]),
        distinct=found.distinct,
        total_ms=found.total_ms,
        calls=found.calls,
        hidden=found.hidden,
    )


def read_statistics(session: Session) -> Statistics:
    """Everything that is worth ranking, and why not where there is nothing."""
    place = session.rows(_PLACE)
    if not place:
        return Statistics("not-installed")
    schema, columns = place[0]
    view = f"{_quoted(schema)}.pg_stat_statements"
    # Until version 1.8 of the extension the columns had shorter names.
    time = "exec_time" if "total_exec_time" in columns else "time"
    totals = session.attempt(lambda: session.rows(_TOTALS.format(view=view, time=time)))
    if isinstance(totals, Failure):
        return Statistics("not-readable" if totals.reason == "missing-privilege" else "not-loaded")
    distinct, calls, total, hidden = totals[0]
    since = session.optional(f"SELECT stats_reset FROM {_quoted(schema)}.pg_stat_statements_info")  # noqa: S608
    rows = session.rows(_RANKED.format(view=view, time=time), LONGEST_SQL, MOST_READ)
    return Statistics(
        since=since[0][0] if since else None,
        entries=_entries(rows, float(total or 0)),
        distinct=int(distinct),
        total_ms=round(float(total or 0), 3),
        calls=int(calls or 0),
        hidden=int(hidden or 0),
    )


def _entries(rows: Sequence[tuple[Any, ...]], total: float) -> tuple[Entry, ...]:
    found: dict[str, Entry] = {}
    for sql, calls, total_ms, mean_ms, max_ms, deviation, count in rows:
        bare, comments = take_comments(sql, "postgresql")
        form = shape(bare)
        # Commands may carry a password, and what asks the catalogue is no work of the product.
        if not _DATA.match(form) or _OF_THE_CATALOGUE.search(form):
            continue
        row = StatementRow(
            fingerprint=identity(form),
            text=one_line(form, LONGEST_TEXT),
            calls=int(calls),
            total_ms=round(total_ms, 3),
            mean_ms=round(mean_ms, 3),
            max_ms=round(max_ms, 3),
            deviation_ms=round(deviation, 3),
            rows=int(count),
            share=round(total_ms / total, 4) if total else 0.0,
            tables=tables_of(form),
            route=read_tags(comments).endpoint,
        )
        known = found.get(row.fingerprint)
        found[row.fingerprint] = Entry(_folded(known.row, row, total), known.sql) if known else Entry(row, sql)
    return tuple(sorted(found.values(), key=lambda entry: (-entry.row.total_ms, entry.row.fingerprint)))


def _folded(first: StatementRow, second: StatementRow, total: float) -> StatementRow:
    """Two counts of one form as one: the variance of both together (sums of squares)."""
    calls = first.calls + second.calls
    total_ms = first.total_ms + second.total_ms
    mean = total_ms / calls if calls else 0.0
    squares = sum(row.calls * (row.deviation_ms**2 + row.mean_ms**2) for row in (first, second))
    variance = squares / calls - mean**2 if calls else 0.0
    return replace(
        first,
        calls=calls,
        total_ms=round(total_ms, 3),
        mean_ms=round(mean, 3),
        max_ms=max(first.max_ms, second.max_ms),
        deviation_ms=round(math.sqrt(max(0.0, variance)), 3),
        rows=first.rows + second.rows,
        share=round(total_ms / total, 4) if total else 0.0,
        route=first.route or second.route,
    )


def _quoted(name: str) -> str:
    """A name as an identifier in SQL."""
    return '"' + name.replace('"', '""') + '"'


_PLACE = """
SELECT n.nspname, array_agg(a.attname::text)
FROM pg_catalog.pg_extension e
JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = 'pg_stat_statements'
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE e.extname = 'pg_stat_statements'
GROUP BY n.nspname
"""

_MINE = "s.dbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())"

_TOTALS = (
    """
SELECT count(*), sum(s.calls), sum(s.total_{time}), count(*) FILTER (WHERE s.query = '<insufficient privilege>')
FROM {view} s WHERE """
    + _MINE
)

_RANKED = (
    """
SELECT left(s.query, %s), s.calls, s.total_{time}, s.mean_{time}, s.max_{time}, s.stddev_{time}, s.rows
FROM {view} s WHERE """
    + _MINE
    + """
AND s.query <> '<insufficient privilege>'
ORDER BY s.total_{time} DESC LIMIT %s
"""
)
