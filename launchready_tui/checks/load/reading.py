"""Reading the result (S6.RUN.05 to 07): people against a benchmark, the knee, how sure the figures are."""

from __future__ import annotations

from dataclasses import dataclass

from launchready_tui.checks.limits import count, number
from launchready_tui.checks.load.kept import Kept, complete, newest
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.questions import LoadReport, RouteLoad
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, not_run, passed, unknown, warned
from launchready_tui.text import one_line, plural

BREAKS = frozenset({"p95-fail", "errors", "server-errors", "refused", "timeouts"})
"""What in `first_to_give` is a limit that broke; the rest are warnings."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A route in a journey beside the same route called alone. `sure`: the difference is beyond chance."""

    row: RouteLoad
    alone: RouteLoad
    sure: bool

    @property
    def ratio(self) -> float:
        """How many times slower people have it."""
        return self.row.p95_ms / self.alone.p95_ms if self.alone.p95_ms > 0 else 0.0

    @property
    def text(self) -> str:
        """Both figures."""
        return (
            f"{one_line(self.row.route, 40)} in {one_line(self.row.journey, 40)}: p95 {self.row.p95_ms:.0f} ms, "
            f"alone {self.alone.p95_ms:.0f} ms ({self.ratio:.1f} times), {self.row.error_percent:.1f} % failed, "
            f"alone {self.alone.error_percent:.1f} %"
        )


def gaps(report: LoadReport) -> tuple[Gap, ...]:
    """Every route of the journeys that was also called alone, the largest difference first."""
    alone = {row.route: row for row in report.flood if row.requests}
    found = [
        Gap(row, alone[row.route], 0 <= alone[row.route].p95_high_ms < row.p95_low_ms)
        for row in report.routes
        if row.requests and row.route in alone
    ]
    return tuple(sorted(found, key=lambda gap: (-gap.ratio, gap.row.route, gap.row.journey)))


@check("load.real-user-gap", over="domain")
async def real_user_gap(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S6.RUN.05: journeys hold where a flood of single requests at the same rate holds."""
    kept = await newest(ask, limits)
    if isinstance(kept, Judgement):
        return kept
    found = gaps(kept.report)
    if not found:
        summary = "the test did not call the routes alone for comparison: run `launchready load FILE --flood`"
        return not_run("input-missing", summary)
    return complete(kept, _judge_gaps(found, limits))


def _judge_gaps(found: tuple[Gap, ...], limits: Limits) -> Judgement:
    most, errors = number(limits, "max_ratio", 2.0), number(limits, "error_rate_percent", 1.0)
    felt, least = number(limits, "felt_ms", 100), count(limits, "min_samples", 200)
    details = tuple(gap.text for gap in found)
    failing = [gap for gap in found if gap.row.error_percent >= errors > gap.alone.error_percent]
    if failing:
        worst = max(failing, key=lambda gap: gap.row.error_percent)
        return failed("people-fail", f"people fail where the benchmark does not: {worst.text}", details=details)
    wide = [gap for gap in found if gap.ratio > most and gap.row.p95_ms > felt]
    if not wide:
        summary = f"nowhere more than {most:g} times slower than alone; the largest difference is {found[0].text}"
        return passed(summary, details=details)
    worst = wide[0]
    if worst.sure or min(worst.row.requests, worst.alone.requests) >= least:
        return failed("people-slower", f"people have it slower than the benchmark: {worst.text}", details=details)
    summary = f"people may have it slower, but there are too few requests to be sure: {worst.text}"
    return unknown("not-decided", summary, decide_by="Run it longer.", details=details)


# --- capacity ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many sessions at once were carried. `broke`: something gave way above that, so that it is the knee and not
    merely the most that was tried.
    """

    sessions: int
    tried: int
    broke: str


def capacity(report: LoadReport) -> Capacity:
    """The knee from the steps; without steps what was carried within the limits."""
    if report.steps:
        bad = next((step for step in report.steps if step.broke), None)
        held = [step.users for step in report.steps if not step.broke and (bad is None or step.users < bad.users)]
        words = {"p95": "p95", "errors": "errors", "aborted": "the test ended itself"}
        broke = ""
        if bad is not None:
            where = f" of {one_line(bad.route, 40)}" if bad.route else ""
            broke = f"{words.get(bad.broke, bad.broke)}{where} at {bad.users}"
        return Capacity(max(held, default=0), max(step.users for step in report.steps), broke)
    gave = next((event for event in report.first_to_give if event.what in BREAKS), None)
    broke = (one_line(gave.text, 120) or gave.what) if gave else "a limit broke"
    if report.max_concurrency >= report.most_users:
        # A stray slow answer or error is no breaking point: the most that was tried was carried.
        broke = ""
    return Capacity(report.max_concurrency, report.most_users, one_line(report.aborted, 120) or broke)


@check("load.capacity", over="domain")
async def headroom(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S6.RUN.06: what is carried is at least twice the expected peak."""
    kept = await newest(ask, limits)
    if isinstance(kept, Judgement):
        return kept
    found, peak = capacity(kept.report), subject.product.load.peak or kept.report.plan.peak
    details = _step_lines(kept.report)
    if not peak or not found.tried:
        return unknown("no-sessions", "no session was carried, or no peak is expected", decide_by="Run it again.")
    ratio = found.sessions / peak
    shown = f"{plural(found.sessions, 'session')} at once, {ratio:.1f} times the expected peak of {peak}"
    good, bad = number(limits, "headroom_pass", 2.0), number(limits, "headroom_fail", 1.0)
    if not found.broke:
        if ratio >= good:
            return complete(kept, passed(f"carried at least {shown}; nothing broke", note="at-least", details=details))
        summary = f"carried {shown}; nothing broke, so the knee is not known"
        return unknown(
            "knee-not-reached", summary, decide_by="Raise the load: `launchready load FILE --steps`.", details=details
        )
    if ratio >= good:
        return passed(f"carries {shown}; then {found.broke}", details=details)
    if ratio >= bad:
        return warned("little-headroom", f"carries {shown}; then {found.broke}", details=details)
    return failed("below-peak", f"carries only {shown}; then {found.broke}", details=details)


def _step_lines(report: LoadReport) -> tuple[str, ...]:
    return tuple(
        f"{step.users} sessions: p95 {step.p95_ms:.0f} ms, {step.error_percent:.1f} % failed of "
        f"{plural(step.requests, 'request')}{f', broke: {one_line(step.broke, 40)}' if step.broke else ''}"
        for step in report.steps
    )


# --- confidence -------------------------------------------------------------------------------------------------------


@check("load.confidence", over="domain")
async def confidence(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S6.RUN.07: every p95 carries its interval; few samples are called indicative."""
    kept = await newest(ask, limits)
    if isinstance(kept, Judgement):
        return kept
    rows = [row for row in kept.report.routes if row.requests]
    if not rows:
        return unknown("no-requests", "no request was sent", decide_by="Run it again.")
    return complete(kept, _judge_rows(kept, rows, count(limits, "min_samples", 200)))


def _judge_rows(kept: Kept, rows: list[RouteLoad], least: int) -> Judgement:
    details = tuple(_interval(row, least) for row in rows)
    without = [row for row in rows if row.requests >= least and row.p95_high_ms < 0]
    if without:
        names = ", ".join(one_line(row.route, 40) for row in without[:3])
        return failed("no-interval", f"the p95 of {names} stands without a confidence interval", details=details)
    few = [row for row in rows if row.requests < least]
    if few:
        names = ", ".join(f"{one_line(row.route, 40)} ({row.requests})" for row in few[:3])
        more = f" and {len(few) - 3} more" if len(few) > 3 else ""
        summary = f"only indicative, below {least} requests: {names}{more}"
        return warned("indicative", summary, details=details)
    open_ = [
        row for row in rows if any(row.p95_low_ms < limit < row.p95_high_ms for limit in (row.pass_ms, row.fail_ms))
    ]
    if open_:
        names = ", ".join(one_line(row.route, 40) for row in open_[:3])
        summary = f"the interval holds a limit, so it is not decided: {names}"
        return warned("not-decided", summary, details=details)
    widest = max((row.p95_high_ms - row.p95_low_ms) / row.p95_ms if row.p95_ms else 0.0 for row in rows)
    many = f"each p95 of {plural(len(rows), 'row')} has {least} requests or more"
    return passed(f"{many}; the widest interval is {widest:.0%} of it", details=details)


def _interval(row: RouteLoad, least: int) -> str:
    name = f"{one_line(row.route, 40)} in {one_line(row.journey, 40)}"
    sure = f"between {row.p95_low_ms:.0f} and {row.p95_high_ms:.0f}" if row.p95_high_ms >= 0 else "no interval"
    few = ", indicative" if row.requests < least else ""
    return f"{name}: {plural(row.requests, 'request')}, p95 {row.p95_ms:.0f} ms, {sure}{few}"
