"""The database: its statements, its plans, its health, its indexes, its row policies."""

from __future__ import annotations

from launchready_tui.model.questions import (
    DatabaseHealth,
    DatabasePlans,
    HealthFacts,
    IndexCatalogue,
    IndexFacts,
    PlanList,
    RowSecurity,
    RowSecurityFacts,
    StatementList,
    StatementStatistics,
)
from launchready_tui.model.questions.database import DatabaseFacts, StatisticsState
from launchready_tui.text import plural, span
from launchready_tui.words.figures import Answered, Asked, Parts, Place, joined, ms, percent, some

_SILENT: dict[StatisticsState, str] = {
    "not-installed": "pg_stat_statements is not installed",
    "not-loaded": "pg_stat_statements is not loaded",
    "not-readable": "pg_stat_statements may not be read by this login",
}


_USUAL = "database"
"""The name under which a login is kept, where the profile names no other: it goes without saying."""


def _at(what: str, name: str) -> Parts:
    return (f"{what} of the database", *(() if name == _USUAL else (" ", Place(name))))


def _of(found: DatabaseFacts) -> str:
    return f"{found.release} on {found.host}"


def _statements(found: StatementList) -> str:
    if found.state:
        return joined(_of(found), _SILENT[found.state])
    worst = found.statements[0] if found.statements else None
    return joined(
        _of(found),
        f"{plural(found.distinct, 'statement')} in {plural(found.calls, 'call')}",
        f"the costliest takes {percent(worst.share)} of the time at {ms(worst.mean_ms)} a call" if worst else "",
        f"{found.hidden} hidden" if found.hidden else "",
    )


def _plans(found: PlanList) -> str:
    if found.state:
        return joined(_of(found), _SILENT[found.state])
    planned = [plan for plan in found.plans if not plan.failure]
    measured = sum(plan.basis == "measured" for plan in planned)
    return joined(
        _of(found),
        f"plans of {len(planned)} of {plural(len(found.plans), 'statement')}, {percent(found.share)} of the time",
        f"{measured} of them measured" if measured else "estimated",
    )


def _health(found: HealthFacts) -> str:
    blocks = found.blocks_hit + found.blocks_read
    return joined(
        _of(found) + (" (a replica)" if found.standby else ""),
        f"{found.connections} of {plural(found.max_connections, 'connection')} in use",
        f"{percent(found.blocks_hit / blocks)} from the cache" if blocks else "",
        f"longest transaction {span(found.longest_transaction_s)}" if found.longest_transaction_s else "",
        "" if found.encrypted else "not encrypted",
        "the login could write" if found.can_write else "",
    )


def _indexes(found: IndexFacts) -> str:
    invalid = sum(not index.valid for index in found.indexes)
    return joined(
        _of(found),
        plural(len(found.tables), "table"),
        plural(len(found.indexes), "index", "indexes"),
        plural(len(found.foreign_keys), "foreign key"),
        f"{invalid} invalid" if invalid else "",
        "not all was read" if found.cut else "",
    )


def _rows(found: RowSecurityFacts) -> str:
    open_to_all = [f"{one.schema}.{one.name}" for one in found.tables if not one.enabled and one.readers]
    return joined(
        _of(found),
        f"{sum(one.enabled for one in found.tables)} of {plural(len(found.tables), 'exposed table')} with row policies",
        f"readable without: {some(open_to_all, 3)}" if open_to_all else "",
        "not all was read" if found.cut else "",
    )


ASKED: Asked = {
    StatementStatistics: lambda asked: _at(f"the {asked.top} costliest statements", asked.token),
    DatabaseHealth: lambda asked: _at("room and stress", asked.token),
    DatabasePlans: lambda asked: _at(f"plans of the {asked.top} costliest statements", asked.token),
    IndexCatalogue: lambda asked: _at("tables and indexes", asked.token),
    RowSecurity: lambda asked: _at("row policies", asked.token),
}

ANSWERED: Answered = {
    StatementList: _statements,
    PlanList: _plans,
    HealthFacts: _health,
    IndexFacts: _indexes,
    RowSecurityFacts: _rows,
}
