"""A table that serves as a queue: which of its columns say when a job came and whether it still waits. Pure.

Only the columns that are there are used; identifiers are quoted; the statement is one SELECT. Known families: Solid
Queue, GoodJob, Que, Delayed Job, Laravel's jobs, Oban, graphile-worker, pg-boss, River, Django's task tables and
whatever is built in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DUE = ("run_at", "scheduled_at", "available_at", "start_after", "run_after", "scheduled_for", "visible_at", "vt")
"""Columns with the time from which on a job may run: one in the future is not late."""

CAME = ("enqueued_at", "queued_at", "created_at", "inserted_at", "created_on", "created", "createdon", "time_created")
TAKEN = ("locked_at", "reserved_at", "started_at", "startedon", "claimed_at", "attempted_at", "picked_at")
ENDED = (
    "finished_at", "completed_at", "completed_on", "completedon", "done_at", "processed_at", "failed_at",
    "discarded_at", "cancelled_at", "canceled_at", "deleted_at", "expired_at", "archived_at",
)  # fmt: skip
STATES = ("state", "status", "job_state")
WAITING = ("queued", "pending", "waiting", "wait", "ready", "new", "created", "available", "scheduled", "enqueued",
           "retry", "retryable", "retrying", "todo", "open")  # fmt: skip
RUNNING = ("active", "running", "executing", "processing", "started", "doing", "working", "claimed",
           "locked", "reserved")  # fmt: skip
"""Words of a state column: not begun, and being worked at. Every other word means that the job is done with."""

_TEXT = ("text", "character varying", "character", "enum", "name", "citext", "bpchar")
_NUMBERS = ("bigint", "integer", "numeric", "double precision")


@dataclass(frozen=True, slots=True)
class TableQueue:
    """How a table is read. `statement` gives (unfinished jobs, age of the oldest one not begun in seconds or NULL, the
    highest number that a job ever got or NULL).

    `why` names the columns that it goes by.
    """

    statement: str
    has_age: bool
    why: str


def split_name(source: str) -> tuple[str, str]:
    """Schema ('' if none is written) and table. Raises `ValueError`."""
    schema, dot, table = source.strip().rpartition(".")
    for part in (table, *((schema,) if dot else ())):
        if not 0 < len(part.strip('"')) <= 63 or "\0" in part:
            raise ValueError(f"{source[:80]!r} is no table: write its name, or SCHEMA.TABLE")
    return schema.strip('"'), table.strip('"')


def quoted(identifier: str) -> str:
    """An SQL identifier, whatever is in it."""
    return '"' + identifier.replace('"', '""') + '"'


def read_table(schema: str, table: str, columns: Mapping[str, str]) -> TableQueue:
    """The statement for a table with those columns (name → type).

    A job is unfinished while no end is written and its state is not a final one. One that is due later (a reminder for
    tomorrow) does not count. Without any known column every row counts, and its age cannot be told.
    """
    known = {name.lower(): name for name in columns}
    ended = [known[name] for name in ENDED if name in known]
    conditions = [f"{quoted(name)} IS NULL" for name in ended]
    not_begun = [f"{quoted(known[name])} IS NULL" for name in TAKEN if name in known]
    state = next((known[name] for name in STATES if name in known and columns[known[name]] in _TEXT), "")
    if state:
        conditions.append(f"lower({quoted(state)}::text) IN ({_words((*WAITING, *RUNNING))})")
        not_begun.append(f"lower({quoted(state)}::text) IN ({_words(WAITING)})")
    ages = [found for names in (DUE, CAME) if (found := _first_age(known, columns, names))]
    age = f"COALESCE({', '.join(sql for _, sql in ages)})" if ages else "NULL"
    if ages and ages[0][0].lower() in DUE:
        conditions.append(f"COALESCE({ages[0][1]}, 0) >= 0")
    oldest = f"max({age})" + (f" FILTER (WHERE {' AND '.join(not_begun)})" if not_begun else "") if ages else "NULL"
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    place = f"{quoted(schema)}.{quoted(table)}"
    number = known.get("id", "")
    # The primary key answers this at once, and goes on counting where finished jobs are deleted.
    highest = f"(SELECT max({quoted(number)}) FROM {place})" if columns.get(number) in ("bigint", "integer") else "NULL"  # noqa: S608
    statement = f"SELECT count(*), {oldest}, {highest} FROM {place}{where}"  # noqa: S608 - all is quoted
    used = list(dict.fromkeys([*ended, *([state] if state else []), *(column for column, _ in ages)]))
    why = f"columns {', '.join(used)}" if used else "no known column: every row counts, its age cannot be told"
    return TableQueue(statement, bool(ages), why)


def _words(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _first_age(known: Mapping[str, str], columns: Mapping[str, str], wanted: tuple[str, ...]) -> tuple[str, str] | None:
    """The first column of those that is a time, and the SQL of its age in seconds; numbers are Unix time."""
    for word in wanted:
        column = known.get(word, "")
        match columns.get(column, ""):
            case "timestamp with time zone":
                return column, f"extract(epoch FROM clock_timestamp() - {quoted(column)})::float8"
            case "timestamp without time zone":
                # Frameworks write UTC into it.
                return column, f"extract(epoch FROM (clock_timestamp() AT TIME ZONE 'UTC') - {quoted(column)})::float8"
            case kind if kind in _NUMBERS:
                name = quoted(column)
                value = f"(CASE WHEN {name} > 100000000000 THEN {name} / 1000.0 ELSE {name} END)"
                return column, f"(extract(epoch FROM clock_timestamp())::float8 - {value})::float8"
    return None
