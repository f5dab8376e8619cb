"""Reads the plans of what a database is asked most: estimated on any, run on one that may be.

An estimate never runs a statement. A run is a SELECT without functions that may do something, inside the read-only
transaction, with its time limit, rolled back; its values come from the column statistics of that same database and are
kept nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from launchready_tui.database.planreading import Sizes, plan_nodes, shape_of
from launchready_tui.database.planreview import review
from launchready_tui.database.statements import (
    ColumnValues,
    called,
    compared,
    explainable,
    placeholders,
    reads_only,
    values_for,
)
from launchready_tui.database.suggestions import IndexIdea, idea_for
from launchready_tui.model.evidence import Failure
from launchready_tui.model.questions.database import StatementRow
from launchready_tui.model.questions.plans import PlanList, PlanNode, StatementPlan, Trial
from launchready_tui.probes.postgres import Session
from launchready_tui.probes.postgresstatements import Entry, Statistics, read_statistics

MOST_TRIALS = 3
_HARMLESS = ("random", "clock_timestamp", "timeofday", "gen_random_uuid", "uuid_generate_v4", "setseed")


@dataclass(frozen=True, slots=True)
class Place:
    """Which database a session is in: the server's own identity, where it may be read, and the database's name."""

    system: str
    database: str


@dataclass(frozen=True, slots=True)
class Explained:
    """Plans as they may be stored, the texts that they belong to (which may not), and where they were made."""

    plans: PlanList
    entries: tuple[Entry, ...]
    place: Place


def estimated_plans(session: Session, top: int) -> Explained:
    """The plans of the reading statements with the largest total time; nothing is run."""
    found = read_statistics(session)
    entries = tuple(entry for entry in found.entries if reads_only(entry.sql))[:top]
    sizes = _sizes(session)
    hypothetical = session.rows(_HYPOPG)
    plans: list[StatementPlan] = []
    for entry in entries:
        plan = _estimated(session, entry, sizes)
        if hypothetical:
            plan = replace(plan, trials=tuple(_trials(session, entry.sql, plan, hypothetical[0][0])))
        plans.append(plan)
    return Explained(_plan_list(session, found, plans), entries, place_of(session))


def measured_plans(session: Session, entries: Sequence[Entry]) -> list[StatementPlan]:
    """The plans of those statements that could be run here with values from this database."""
    sizes = _sizes(session)
    plans = (_measured(session, entry, sizes) for entry in entries)
    return [plan for plan in plans if plan is not None]


def place_of(session: Session) -> Place:
    """Where this session is."""
    system = session.optional("SELECT system_identifier::text FROM pg_catalog.pg_control_system()")
    return Place(system[0][0] if system else "", session.rows("SELECT pg_catalog.current_database()::text")[0][0])


def _plan_list(session: Session, found: Statistics, plans: Sequence[StatementPlan]) -> PlanList:
    share = sum(plan.share for plan in plans if plan.basis == "estimated" and not plan.failure)
    return PlanList(
        host=session.host,
        version=session.version,
        state=found.state,
        since=found.since,
        plans=tuple(plans),
        share=round(share, 4),
        hidden=found.hidden,
    )


def _estimated(session: Session, entry: Entry, sizes: Sizes) -> StatementPlan:
    nodes = session.attempt(lambda: _generic(session, entry.sql, sizes))
    if isinstance(nodes, Failure) and nodes.reason == "missing-object":
        # The login's search path may not be the application's.
        nodes = session.attempt(lambda: _widely(session, entry.sql, sizes))
    if isinstance(nodes, Failure):
        return replace(_plan(entry.row), failure=nodes.reason)
    return replace(_plan(entry.row), nodes=nodes, shape=shape_of(nodes))


def _measured(session: Session, entry: Entry, sizes: Sizes) -> StatementPlan | None:
    found = session.attempt(lambda: _run(session, entry.sql, sizes))
    if isinstance(found, Failure) and found.reason == "missing-object":
        found = session.attempt(lambda: _run_widely(session, entry.sql, sizes))
    if isinstance(found, Failure) or found is None:
        return None
    return replace(_plan(entry.row), basis="measured", nodes=found, shape=shape_of(found))


def _generic(session: Session, sql: str, sizes: Sizes) -> tuple[PlanNode, ...]:
    """The plan for values that are not known.

    From version 16 EXPLAIN has GENERIC_PLAN for this, but only in the simple protocol, which takes a second statement
    as well. A prepared statement gives the same plan from version 12 on.
    """
    text = explainable(sql)
    if not placeholders(text):
        return _nodes(session.single(f"EXPLAIN (VERBOSE, FORMAT JSON) {text}"), sizes)
    name = session.prepare(text)
    # A generic plan does not look at the values, so NULL stands for each of them.
    _mode(session, "force_generic_plan")
    values = ", ".join(["NULL"] * placeholders(text))
    return _nodes(session.single(f"EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE {name}({values})"), sizes)


def _widely(session: Session, sql: str, sizes: Sizes) -> tuple[PlanNode, ...]:
    session.rows(_WIDE_PATH)
    return _generic(session, sql, sizes)


def _run(session: Session, sql: str, sizes: Sizes) -> tuple[PlanNode, ...] | None:
    """The plan of a run with typical values; None where none can be chosen or a function may do something."""
    text = explainable(sql)
    if session.rows(_VOLATILE, list(called(text)), list(_HARMLESS))[0][0]:
        return None
    generic = _generic(session, sql, sizes)
    explain = "EXPLAIN (ANALYZE, BUFFERS, VERBOSE, TIMING OFF, FORMAT JSON)"
    if not placeholders(text):
        return _nodes(session.single(f"{explain} {text}"), sizes)
    name = session.prepare(text)
    types = session.rows(_TYPES, name)[0][0]
    values = values_for(text, types, generic, _column_values(session, generic))
    if values is None:
        return None
    _mode(session, "force_custom_plan")
    written = ", ".join(session.literal(value) for value in values)
    return _nodes(session.single(f"{explain} EXECUTE {name}({written})"), sizes)


def _run_widely(session: Session, sql: str, sizes: Sizes) -> tuple[PlanNode, ...] | None:
    session.rows(_WIDE_PATH)
    return _run(session, sql, sizes)


def _trials(session: Session, sql: str, plan: StatementPlan, schema: str) -> Iterator[Trial]:
    """What the indexes that the plan calls for would change, by hypopg, which keeps them in this session alone."""
    ideas = dict.fromkeys(idea for flaw in review(plan.nodes) if (idea := idea_for(flaw)) and idea.sure)
    for idea in list(ideas)[:MOST_TRIALS]:
        tried = session.attempt(lambda idea=idea: _tried(session, sql, idea, schema))  # type: ignore[misc]
        if not isinstance(tried, Failure) and tried:
            yield Trial(idea.statement, round(plan.nodes[0].cost, 2), round(tried[0].cost, 2))


def _tried(session: Session, sql: str, idea: IndexIdea, schema: str) -> tuple[PlanNode, ...]:
    place = '"' + schema.replace('"', '""') + '"'
    session.afterwards(f"SELECT {place}.hypopg_reset()")
    session.rows(f"SELECT count(*) FROM {place}.hypopg_create_index(%s)", idea.plain)  # noqa: S608 - a quoted name
    return _generic(session, sql, {})


def _mode(session: Session, mode: str) -> None:
    session.rows("SELECT pg_catalog.set_config('plan_cache_mode', %s, true)", mode)


def _nodes(rows: Sequence[tuple[Any, ...]], sizes: Sizes) -> tuple[PlanNode, ...]:
    return plan_nodes(rows[0][0], sizes) if rows else ()


def _column_values(session: Session, nodes: Sequence[PlanNode]) -> dict[tuple[str, str, str], ColumnValues]:
    found: dict[tuple[str, str, str], ColumnValues] = {}
    for node, condition in compared(nodes).values():
        key = (node.schema, node.table, condition.column)
        rows = session.optional(_COLUMN, *key)
        if rows:
            found[key] = ColumnValues(tuple(rows[0][0] or ()), tuple(rows[0][1] or ()))
    return found


def _sizes(session: Session) -> Sizes:
    return {(schema, table): float(rows) for schema, table, rows in session.rows(_TABLES)}


def _plan(row: StatementRow) -> StatementPlan:
    return StatementPlan(row.fingerprint, row.text, row.calls, row.total_ms, row.mean_ms, row.share, row.route)


_HYPOPG = """
SELECT n.nspname::text FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname = 'hypopg'
"""

_TYPES = "SELECT p.parameter_types::text[] FROM pg_catalog.pg_prepared_statements p WHERE p.name = %s"

_VOLATILE = """
SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_proc p
WHERE p.proname = ANY(%s::text[]) AND p.provolatile = 'v' AND NOT p.proname = ANY(%s::text[]))
"""

_COLUMN = """
SELECT s.most_common_vals::text::text[], s.histogram_bounds::text::text[]
FROM pg_catalog.pg_stats s WHERE s.schemaname = %s AND s.tablename = %s AND s.attname = %s
ORDER BY s.inherited DESC LIMIT 1
"""

# A table that was never analysed has no number of rows yet (-1, or 0 pages before version 14).
_TABLES = """
SELECT n.nspname::text, c.relname::text,
       CASE WHEN c.reltuples > 0 THEN c.reltuples ELSE coalesce(s.n_live_tup, -1) END
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_stat_user_tables s ON s.relid = c.oid
WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema') LIMIT 5000
"""

_WIDE_PATH = """
SELECT pg_catalog.set_config('search_path', (
  SELECT string_agg(pg_catalog.quote_ident(n.nspname), ', ' ORDER BY n.nspname <> 'public', n.nspname)
  FROM pg_catalog.pg_namespace n
  WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')), true)
"""
