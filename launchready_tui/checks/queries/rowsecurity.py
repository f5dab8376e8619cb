"""Row security protects every exposed table, cheaply (S4.Q.07)."""

from __future__ import annotations

from launchready_tui.checks.limits import texts
from launchready_tui.checks.queries.declared import unread
from launchready_tui.checks.queries.rowlints import ALL, LEVELS, lints, uses_row_security
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask, Failure, Fault
from launchready_tui.model.questions import RowSecurity
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, not_applicable
from launchready_tui.text import plural

ROLES, SCHEMAS = ("anon", "authenticated"), ("public",)
"""The roles and the schema that Supabase and PostgREST let browsers in under, unless the runbook says otherwise."""


@check("database.row-security", over="domain")
async def row_security(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S4.Q.07: an open table matters where browsers reach it, that is where a role of theirs is in the database."""
    if (judged := unread(subject.product)) is not None:
        return judged
    token = subject.product.database.token
    roles, schemas = texts(limits, "roles", ROLES), texts(limits, "schemas", SCHEMAS)
    facts = (await ask(RowSecurity(token, roles, schemas))).facts
    if not uses_row_security(facts):
        return not_applicable(
            f"no browser reaches this database: it has no role {' or '.join(roles)}, and no table has row security"
        )
    tally = Tally()
    for lint in lints(facts, texts(limits, "lints", ALL)):
        text = f"{lint.text} ({lint.number})"
        match LEVELS[lint.reason]:
            case "error" | "warn":
                tally.fail(lint.reason, text)
            case "hint":
                tally.warn(lint.reason, text)
            case _:
                tally.note(text)
    if facts.cut:
        failure = Failure(
            "partly-read", "the database has more tables, views or functions than were read", Fault.TARGET
        )
        tally.blind("row security", failure)
    if not facts.roles:
        tally.note(f"no role {' or '.join(roles)} here: only the policies themselves were looked at")
    order = tuple(LEVELS)
    secured = sum(table.enabled for table in facts.tables)
    summary = f"{secured} of {plural(len(facts.tables), 'table')} have row security, and no lint objects"
    return (
        tally.fail_first(order)
        or tally.unknown("not all of it was read", decide_by="Look at the rest by hand and attest.")
        or tally.warn_first(order)
        or tally.passed(summary)
    )
