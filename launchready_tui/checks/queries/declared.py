"""What every check of the database asks first: whether the profile says that there is one that can be read."""

from __future__ import annotations

from launchready_tui.model.product import Product
from launchready_tui.model.questions.database import StatisticsState
from launchready_tui.model.verdicts import Judgement, not_applicable, not_run, unknown

UNDECLARED = (
    'the profile declares no database: [database] kind = "postgresql", and keep the DSN of a login that can only read'
    " (pg_monitor, and SELECT on its tables and sequences) with `launchready token set database`"
)

STATISTICS = {
    "not-installed": (
        "pg_stat_statements is not installed in this database, so which statements take the time cannot be told",
        "Add pg_stat_statements to shared_preload_libraries, restart, CREATE EXTENSION pg_stat_statements, use the"
        " product for an hour and run it again.",
    ),
    "not-loaded": (
        "pg_stat_statements is there but was not loaded at the server's start",
        "Add pg_stat_statements to shared_preload_libraries, restart the server, use the product for an hour and run it"
        " again.",
    ),
    "not-readable": (
        "the login may not read pg_stat_statements",
        "GRANT pg_read_all_stats TO the login, and run it again.",
    ),
}
"""What is wrong with the statistics, and what to do."""


def unread(product: Product) -> Judgement | None:
    """The judgement where the database cannot be asked; None where it can."""
    match product.database.kind:
        case "":
            return not_run("input-missing", UNDECLARED)
        case "sqlite":
            return not_applicable("the product's database is SQLite: it has no server, no sessions and no row security")
        case "mysql":
            return unknown(
                "engine",
                "the product's database is MySQL, which is not read live",
                decide_by="Look by hand (performance_schema, EXPLAIN ANALYZE, its slow log) and attest.",
            )
    return None


def without_statistics(state: StatisticsState) -> Judgement:
    """The judgement where pg_stat_statements says nothing."""
    summary, decide_by = STATISTICS[state]
    return unknown("no-statistics", summary, decide_by=decide_by)
