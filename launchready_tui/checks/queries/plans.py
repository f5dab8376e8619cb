"""The plans of the statements that take most time hold no waste (S4.Q.04)."""

from __future__ import annotations

from collections.abc import Sequence

from launchready_tui.checks.limits import count
from launchready_tui.checks.queries.declared import unread, without_statistics
from launchready_tui.checks.queries.planflaws import Waste, described, plan_limits, wastes
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Product
from launchready_tui.model.questions import DatabasePlans
from launchready_tui.model.questions.plans import PlanList, StatementPlan
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, unknown
from launchready_tui.text import one_line, plural

ORDER = ("seq-scan", "nested-loop", "disk-sort", "index-filter", "deep-offset", "wrong-estimate", "lossy-bitmap")

_WHY = {
    "missing-privilege": "the login may not read its tables",
    "missing-object": "its tables are not on the login's search path",
    "statement-timeout": "the planner did not end in time",
    "refused-statement": "it cannot be explained without its values",
}


def plans_question(product: Product, top: int = 10) -> DatabasePlans:
    """The question about the plans of a product's database: asked once for all checks that need them."""
    settings = product.database
    return DatabasePlans(settings.token, settings.scratch_token, settings.production_host, top)


@check("queries.plans", over="domain")
async def query_plans(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S4.Q.04: measured on a scratch database where one is declared, else by the planner's estimate, which it says."""
    if (judged := unread(subject.product)) is not None:
        return judged
    found = (await ask(plans_question(subject.product, count(limits, "top", 10)))).facts
    if found.state:
        return without_statistics(found.state)
    if not found.plans:
        return _nothing(found)
    tally = Tally()
    for waste in wastes(found, plan_limits(limits)):
        (tally.fail if waste.is_sure else tally.warn)(waste.flaw.rule, waste.line)
    estimates = [plan for plan in found.plans if plan.basis == "estimated"]
    unexplained = [plan for plan in estimates if plan.failure]
    _notes(found, estimates, tally)
    ran = len(found.plans) - len(estimates)
    return (
        tally.fail_first(ORDER)
        or _refused(found, tally)
        or _unexplained(unexplained, estimates, tally)
        or _hidden(found, tally)
        or tally.warn_first(ORDER)
        or _passed(found, estimates, ran, tally)
    )


def _nothing(found: PlanList) -> Judgement:
    if found.hidden:
        summary = f"the login may not read the {plural(found.hidden, 'statement')} that pg_stat_statements holds"
        return unknown(
            "missing-privilege", summary, decide_by="GRANT pg_read_all_stats TO the login, and run it again."
        )
    summary = "pg_stat_statements holds no SELECT of this database yet"
    return unknown("no-statements", summary, decide_by="Use the product, or run the load test, and run it again.")


def _notes(found: PlanList, estimates: Sequence[StatementPlan], tally: Tally) -> None:
    if found.scratch in ("no-token", "failed"):
        tally.note(f"nothing was run, all of it is estimated: {one_line(found.scratch_note, 160)}")
    if not found.scratch:
        tally.note(
            "estimated: sorts on disk, wrong estimates and lossy bitmaps show only where statements may be run"
            " ([database] scratch_token)"
        )
    ran = {plan.fingerprint for plan in found.plans if plan.basis == "measured"}
    for plan in estimates:
        if " offset ?" in plan.text and plan.fingerprint not in ran:
            tally.note(f"pages by OFFSET, whose depth cannot be seen here: {described(plan)}")
        if found.scratch == "used" and not plan.failure and plan.fingerprint not in ran:
            tally.note(f"not run, estimated: {described(plan)}")


def _refused(found: PlanList, tally: Tally) -> Judgement | None:
    if found.scratch != "refused":
        return None
    decide_by = "Point scratch_token at a copy of the data on another server, and run it again."
    return unknown("refused", one_line(found.scratch_note, 200), decide_by=decide_by, details=tally.details())


def _unexplained(
    unexplained: Sequence[StatementPlan], all_of_them: Sequence[StatementPlan], tally: Tally
) -> Judgement | None:
    if not unexplained:
        return None
    lines = tuple(
        f"no plan, {_WHY.get(plan.failure, one_line(plan.failure, 40))}: {described(plan)}" for plan in unexplained
    )
    summary = f"{len(unexplained)} of {plural(len(all_of_them), 'statement')} could not be explained"
    privilege = any(plan.failure == "missing-privilege" for plan in unexplained)
    decide_by = "Explain them by hand with real values and attest."
    if privilege:
        decide_by = "GRANT SELECT on the tables to the login (a plan needs the right to read), and run it again."
    reason = "missing-privilege" if privilege else "partly-read"
    return unknown(reason, summary, decide_by=decide_by, details=tally.details(lines))


def _hidden(found: PlanList, tally: Tally) -> Judgement | None:
    if not found.hidden:
        return None
    summary = f"{plural(found.hidden, 'statement')} of other roles could not be read"
    decide_by = "GRANT pg_read_all_stats TO the login, and run it again."
    return unknown("missing-privilege", summary, decide_by=decide_by, details=tally.details())


def _passed(found: PlanList, estimates: Sequence[StatementPlan], ran: int, tally: Tally) -> Judgement:
    covered = f"the plans of {plural(len(estimates), 'statement')} ({found.share:.0%} of the time) hold no waste"
    if ran == len(estimates):
        return tally.passed(f"{covered}, as they were run")
    basis = f"{ran} of them run, the others" if ran else "all"
    return tally.passed(f"{covered}, {basis} by estimate", note="estimated")


__all__ = ["Waste", "plans_question", "query_plans"]
