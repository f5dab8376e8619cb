"""Third parties under load (S6.3P.01): their limits against our journeys, and what they answered during the test."""

from __future__ import annotations

from dataclasses import replace

from launchready_tui.checks.limits import number
from launchready_tui.checks.load.budget import Budget, budgets, calls_of, journeys_per_minute, storm, whole
from launchready_tui.checks.load.kept import RUN_IT, Kept, complete, newest, unwatched
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Product
from launchready_tui.model.questions.serverwatch import DependencyCalls
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, Verdict, not_run, unknown
from launchready_tui.text import clock, one_line, plural

FAILS = ("throttled", "budget-too-small", "retry-storm", "supplier-failing")
WARNS = ("budget-tight", "throttled-once", "supplier-errors", "more-calls")


@check("load.third-parties", over="domain")
async def third_parties(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S6.3P.01: limits carry the peak with headroom, nobody was refused, calls for each journey did not rise."""
    product = subject.product
    if not product.dependencies:
        return not_run("input-missing", "declare each supplier as [[dependency]] with host, limit_per_minute and calls")
    kept = await newest(ask, limits)
    report = kept.report if isinstance(kept, Kept) else None
    rate = journeys_per_minute(product, report)
    tally = Tally()
    found = budgets(product, rate)
    for budget in found:
        _judge_budget(tally, budget, limits, rate)
    if report is not None and isinstance(kept, Kept):
        for calls in report.server.dependencies:
            _judge_calls(tally, calls, kept, limits)
        _compare(tally, product, kept, limits)
    return _conclude(tally, found, kept)


def _judge_budget(tally: Tally, budget: Budget, limits: Limits, rate: float) -> None:
    """The arithmetic that needs no run: the limit of the vendor against the calls of the journeys."""
    name = one_line(budget.dependency.host or budget.dependency.id, 60)
    for journey, most in budget.most.items():
        tally.note(f"{name}: its limit carries {most:,.0f} of {one_line(journey, 40)} a minute")
    if not budget.allowed or not budget.dependency.calls:
        missing = "limit_per_minute" if not budget.allowed else "calls"
        tally.note(f"{name}: no {missing} is declared, so it is not known how much it carries")
        return
    text = (
        f"{name} allows {budget.allowed:,.0f} calls a minute, and {budget.needed:,.0f} are needed for "
        f"{rate:,.1f} journeys a minute"
    )
    if budget.needed > budget.allowed:
        tally.fail("budget-too-small", text)
    elif budget.needed and budget.ratio < number(limits, "headroom", 2.0):
        tally.warn("budget-tight", f"{text}: {budget.ratio:.1f} times")
    else:
        tally.note(text)


def _judge_calls(tally: Tally, calls: DependencyCalls, kept: Kept, limits: Limits) -> None:
    """What the log said about one supplier."""
    name, total = one_line(calls.host, 60), whole(calls.counts)
    share = number(limits, "failing_percent", 1.0)
    first = next((count.at for count in calls.counts if count.throttled), None)
    if total.throttled and first is not None:
        text = f"{name} answered 429 to {total.throttled} of {plural(total.calls, 'call')}, from {clock(first)} on"
        often = 100 * total.throttled >= share * total.calls or total.throttled >= 3
        (tally.fail if often else tally.warn)("throttled" if often else "throttled-once", text)
    bad = total.errors + total.timeouts
    if bad:
        text = f"{name}: {total.errors} errors and {total.timeouts} timeouts in {plural(total.calls, 'call')}"
        often = 100 * bad >= share * total.calls
        (tally.fail if often else tally.warn)("supplier-failing" if often else "supplier-errors", text)
    rising = storm(calls, kept.report)
    if rising and rising.rises and rising.ratio >= number(limits, "storm_ratio", 1.5):
        text = f"{name}: {rising.early:.2f} calls for each request early, {rising.late:.2f} late: a retry storm"
        tally.fail("retry-storm", text)
    tally.note(f"{name}: {plural(total.calls, 'call')} during the test")


def _compare(tally: Tally, product: Product, kept: Kept, limits: Limits) -> None:
    """Calls for each finished journey beside what the profile declares."""
    finished = {item.journey: item.finished for item in kept.report.journeys}
    for dependency in product.dependencies:
        expected = sum(calls * finished.get(name, 0) for name, calls in dependency.calls.items())
        seen = calls_of(kept.report, dependency)
        if seen is None or expected < 10:
            continue
        ratio = seen.calls / expected
        text = f"{one_line(seen.host, 60)}: {seen.calls} calls where the profile's figures make {expected:.0f}"
        if ratio >= number(limits, "storm_ratio", 1.5):
            tally.warn("more-calls", f"{text}, {ratio:.1f} times: retries, or the profile is wrong")
        else:
            tally.note(text)


def _conclude(tally: Tally, found: tuple[Budget, ...], kept: Kept | Judgement) -> Judgement:
    if fail := tally.fail_first(FAILS):
        return fail
    warning = tally.warn_first(WARNS)
    known = [budget for budget in found if budget.needed and budget.allowed]
    least = min(known, key=lambda budget: budget.ratio, default=None)
    enough = (
        f"limits carry at least {least.ratio:.1f} times the expected peak"
        f" (least: {one_line(least.dependency.host or least.dependency.id, 60)})"
        if least
        else "no limit was compared"
    )
    if isinstance(kept, Judgement):
        if warning:
            return warning
        if kept.verdict is Verdict.NOT_RUN:
            return _with(not_run(kept.reason, f"{enough}; nobody saw them under load yet: {RUN_IT}"), tally)
        return _with(unknown(kept.reason, f"{enough}; {kept.summary}", decide_by=kept.decide_by), tally)
    if not kept.report.server.log_lines:
        return warning or _with(_blind(kept, enough), tally)
    if warning:
        return warning
    missing = [budget for budget in found if not budget.allowed or not budget.dependency.calls]
    if missing:
        names = ", ".join(one_line(budget.dependency.id, 40) for budget in missing[:3])
        summary = f"nobody was refused in the run, but limit_per_minute or calls are not declared: {names}"
        return _with(not_run("input-missing", summary), tally)
    return complete(kept, tally.passed(f"{enough}; nobody was refused in the run"))


def _blind(kept: Kept, enough: str) -> Judgement:
    """Nobody saw the calls: the log is not declared, could not be read, or stayed silent."""
    if any(part.what == "app-log" for part in kept.report.server.unwatched):
        found = unwatched(kept.report, "app-log", "")
        return replace(found, summary=f"{enough}; {found.summary}")
    summary = f"{enough}; the application's log gained no line during the test"
    decide_by = "Let it write its calls to third parties as JSON lines into [logs] app, and run the load test again."
    return unknown("log-silent", summary, decide_by=decide_by)


def _with(judgement: Judgement, tally: Tally) -> Judgement:
    return replace(judgement, details=tally.details())
