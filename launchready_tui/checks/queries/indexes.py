"""Every index has a reason, and none is missing (S4.Q.05). Nothing is suggested without the evidence of a plan."""

from __future__ import annotations

from datetime import datetime

from launchready_tui.checks.limits import count, number
from launchready_tui.checks.queries.declared import STATISTICS, unread
from launchready_tui.checks.queries.indexfaults import (
    counted_for,
    duplicates,
    keyless,
    megabytes,
    place,
    starting_with,
    uncovered_keys,
    unused,
)
from launchready_tui.checks.queries.planflaws import Waste, described, plan_limits, wastes
from launchready_tui.checks.queries.plans import plans_question
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.database.suggestions import IndexIdea, idea_for
from launchready_tui.model.evidence import Answer, Ask
from launchready_tui.model.questions import IndexCatalogue, PlanList
from launchready_tui.model.questions.schema import IndexFacts, TableUse
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, unknown
from launchready_tui.text import plural, span

ORDER = (
    *("invalid-index", "foreign-key-unindexed", "no-primary-key", "duplicate-index", "unused-index", "wide-index"),
    "index-hypothesis",
)


@check("queries.indexes", over="domain")
async def indexes(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S4.Q.05: a much-used table whose plans read all of it for want of an index is the fail; the rest are warnings."""
    if (judged := unread(subject.product)) is not None:
        return judged
    answer = await ask(IndexCatalogue(subject.product.database.token))
    facts = answer.facts
    plans = await ask(plans_question(subject.product, count(limits, "top", 10)))
    tally = Tally()
    named = _missing(facts, plans, limits, tally)
    _catalogue_faults(facts, named, limits, tally)
    _unused(facts, answer.seen_at, limits, tally)
    if facts.standby:
        tally.note(
            "this is a replica: its counters are its own, and an index that it does not use may be needed elsewhere"
        )
    counted = plural(len(facts.indexes), "index", "indexes")
    return (
        tally.fail_first(("missing-index",))
        or _unseen(facts, plans, tally)
        or tally.warn_first(ORDER)
        or tally.passed(f"{counted} on {plural(len(facts.tables), 'table')}, each with a reason")
    )


def _missing(facts: IndexFacts, plans: Answer[PlanList], limits: Limits, tally: Tally) -> set[tuple[str, str, str]]:
    """Indexes that plans call for; returns the first columns of those that are surely missing."""
    named: set[tuple[str, str, str]] = set()
    if plans.failure is not None:
        return named
    tables = {(table.schema, table.name): table for table in facts.tables}
    seen: set[str] = set()
    for waste in wastes(plans.facts, plan_limits(limits)):
        idea = idea_for(waste.flaw)
        if idea is None or idea.statement in seen:
            continue
        seen.add(idea.statement)
        table = tables.get((idea.schema, idea.table))
        doubt = _doubt(facts, waste, idea, table, limits)
        text = _text(waste, idea, table)
        if doubt:
            tally.warn("index-hypothesis", f"hypothesis, {doubt}: {text}")
        else:
            tally.fail("missing-index", text)
            named.add((idea.schema, idea.table, idea.columns[0] if idea.columns else ""))
    return named


def _doubt(facts: IndexFacts, waste: Waste, idea: IndexIdea, table: TableUse | None, limits: Limits) -> str:
    """Why an index is no more than a hypothesis; '' where plan, size, repetition and writes all speak for it."""
    if table is None or table.rows < number(limits, "missing_min_rows", 10_000):
        return "the table is small or its size is not known"
    if not idea.sure:
        return "a search for a pattern needs the extension pg_trgm and a decision"
    if not waste.is_sure or waste.flaw.rule != "seq-scan":
        return "the plan alone does not prove it"
    there = starting_with(facts, idea.schema, idea.table, idea.columns[0]) if idea.columns else None
    if there is not None:
        return f"{there.name} begins with the same column and the planner does not take it"
    repeats = max(waste.plan.calls, table.scans)
    if repeats < number(limits, "missing_min_scans", 100):
        return f"the table was read as a whole only {plural(repeats, 'time')}"
    share = _write_share(table)
    if share > number(limits, "max_write_share", 0.5):
        return f"{share:.0%} of the work on the table is writing"
    trial = next((item for item in waste.plan.trials if item.statement == idea.statement), None)
    if trial is not None and trial.cost_after > 0.9 * trial.cost_before:
        return "a trial with a hypothetical index does not make it cheaper"
    return ""


def _text(waste: Waste, idea: IndexIdea, table: TableUse | None) -> str:
    size = ""
    if table is not None:
        size = f" ({table.rows:,.0f} rows, {megabytes(table.size)}, {_write_share(table):.1%} writes)"
    gain = f"{waste.flaw.text}{'' if waste.flaw.measured else ' (estimated)'}"
    trial = next((item for item in waste.plan.trials if item.statement == idea.statement), None)
    if trial is not None:
        gain += f"; with it the planner's cost falls from {trial.cost_before:,.0f} to {trial.cost_after:,.0f} (hypopg)"
    return f"{place(idea.schema, idea.table)}{size} {gain}: {idea.statement} · {described(waste.plan)}"


def _write_share(table: TableUse) -> float:
    """Rows written of all rows that were written or read by whole readings (0 to 1): what an index costs and saves."""
    return table.writes / max(1, table.writes + table.scanned)


def _catalogue_faults(facts: IndexFacts, named: set[tuple[str, str, str]], limits: Limits, tally: Tally) -> None:
    rows = {(table.schema, table.name): table.rows for table in facts.tables}
    for index in facts.indexes:
        where = place(index.schema, index.table)
        if not index.valid:
            text = f"{index.name} on {where} is invalid: it is written and never read; DROP INDEX CONCURRENTLY it"
            tally.warn("invalid-index", text)
        if len(index.forms) > count(limits, "max_columns", 3) and not index.enforces:
            tally.warn("wide-index", f"{index.name} on {where} has {len(index.forms)} columns")
    for key in uncovered_keys(facts):
        where = place(key.schema, key.table)
        text = f"{where} ({', '.join(key.columns)}) refers to {key.target} without an index ({key.name})"
        if (key.schema, key.table, key.columns[0]) in named:
            tally.note(text)
        elif rows.get((key.schema, key.table), -1.0) >= number(limits, "missing_min_rows", 10_000):
            tally.warn("foreign-key-unindexed", f"{text}: deleting one of {key.target} reads the whole table")
        else:
            tally.note(f"{text}; the table is small")
    for needless, serving in duplicates(facts):
        same = "repeats" if needless.forms == serving.forms else "is the beginning of"
        where = place(needless.schema, needless.table)
        text = f"{needless.name} on {where} {same} {serving.name} and costs {megabytes(needless.size)} and each write"
        tally.warn("duplicate-index", text)
    for table in keyless(facts.tables):
        tally.warn("no-primary-key", f"{place(table.schema, table.name)} has no primary key")


def _unused(facts: IndexFacts, seen_at: datetime, limits: Limits, tally: Tally) -> None:
    """Unused since long enough to mean something. A replica elsewhere may use what this server does not."""
    found = list(unused(facts, min_rows=number(limits, "missing_min_rows", 10_000)))
    counted = counted_for(facts, seen_at)
    days = number(limits, "unused_after_days", 7)
    if counted is None or counted.total_seconds() < days * 86_400:
        told = f"have counted for {span(counted.total_seconds())}" if counted else "do not say since when they count"
        tally.note(f"unused indexes cannot be told yet: the statistics {told}, less than {days:.0f} days prove nothing")
        return
    for index in found:
        text = (
            f"{index.name} on {place(index.schema, index.table)} ({megabytes(index.size)}) was not read once in"
            f" {span(counted.total_seconds())}"
        )
        if facts.standby or facts.replicated:
            tally.note(f"{text} on this server; replicas count by themselves")
        else:
            tally.warn("unused-index", text)


def _unseen(facts: IndexFacts, plans: Answer[PlanList], tally: Tally) -> Judgement | None:
    """Without plans nobody can say that no index is missing."""
    if plans.failure is not None:
        decide_by = "See that the plans can be read (queries.plans), and run it again."
        summary = f"whether an index is missing cannot be told without plans: {plans.failure.message}"
        return unknown(plans.failure.reason, summary, decide_by=decide_by, details=tally.details())
    found = plans.facts
    if found.state:
        summary, decide_by = STATISTICS[found.state]
        return unknown("no-statistics", summary, decide_by=decide_by, details=tally.details())
    unexplained = sum(bool(plan.failure) for plan in found.plans) + found.hidden
    if unexplained or not found.plans:
        what = f"{plural(unexplained, 'statement')} without a plan" if unexplained else "no statement to explain yet"
        summary = f"whether an index is missing cannot be told: {what}"
        decide_by = "See queries.plans for what is in the way, and run it again."
        return unknown("partly-read", summary, decide_by=decide_by, details=tally.details())
    if facts.cut:
        summary = "the database has more tables and indexes than were read"
        return unknown(
            "partly-read", summary, decide_by="Look at the rest by hand and attest.", details=tally.details()
        )
    return None
