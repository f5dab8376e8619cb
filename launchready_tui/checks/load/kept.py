"""The newest load test as the S6 checks read it: whether there is one, whether it counts, where its parts lie in time.

No check starts a load test; they all judge the report that `launchready load` kept. A run in which the generator was
the limit proves nothing either way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from launchready_tui.checks.limits import number
from launchready_tui.model.evidence import Ask
from launchready_tui.model.questions import LoadReport, NewestLoad
from launchready_tui.model.questions.serverwatch import Gap
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, Verdict, not_run, unknown
from launchready_tui.text import clock, one_line, plural, span

RUN_IT = "run `launchready load FILE`, or press r on the load screen (B)"
AGAIN = "Run `launchready load FILE` again."
VALID_DAYS = 7.0


@dataclass(frozen=True, slots=True)
class Kept:
    """A report that counts. `seen_at` is now, as far as the judgement knows."""

    report: LoadReport
    seen_at: datetime

    @property
    def end(self) -> float:
        """Seconds from the first request to the end of the load."""
        return load_end(self.report)

    def hold(self) -> tuple[float, float] | None:
        """The time in which the planned load was held, cut where the test ended earlier; None if there was none."""
        phase = self.report.plan.phase("hold")
        if phase is None or phase.at >= self.end:
            return None
        return phase.at, min(phase.until, self.end)


def load_end(report: LoadReport) -> float:
    """Seconds from the first request to the end of the load, as the timeline has it."""
    if report.timeline:
        return report.timeline[-1].at + report.every_s
    return report.plan.duration_s


async def newest(ask: Ask, limits: Limits) -> Kept | Judgement:
    """The newest report; else the judgement that there is none, that it is too old, or that it is invalid."""
    answer = await ask(NewestLoad())
    report = answer.facts.report
    if report is None:
        return not_run("input-missing", f"nobody ran a load test yet: {RUN_IT}")
    days = number(limits, "valid_days", VALID_DAYS)
    age = (answer.seen_at - report.finished_at).total_seconds()
    if age > days * 86_400:
        summary = f"the newest load test is {span(age)} old; it counts for {days:g} days"
        return unknown("stale", summary, decide_by=AGAIN)
    if report.generator.reasons:
        summary = f"the run is invalid, its figures describe the generator: {reasons(report)}"
        return unknown("invalid-run", summary, decide_by="Mend what limited the generator, and run it again.")
    return Kept(report, answer.seen_at)


def reasons(report: LoadReport) -> str:
    """Why a run is invalid."""
    return "; ".join(one_line(reason, 120) for reason in report.generator.reasons[:4])


def complete(kept: Kept, judgement: Judgement) -> Judgement:
    """The judgement; but a test that ended early passes nothing: what it found wrong stands, the rest is not known."""
    report = kept.report
    early = report.aborted or (report.partial[0] if report.partial else "")
    if judgement.verdict is not Verdict.PASS or not early:
        return judgement
    summary = f"{judgement.summary}; but the test ended early: {one_line(early, 160)}"
    return replace(unknown("partial-run", summary, decide_by=AGAIN), details=judgement.details)


def unwatched(report: LoadReport, name: str, or_else: str) -> Judgement:
    """The judgement about a part of the server that nobody saw: what to declare, or why its sampler saw nothing.

    `or_else` says what to declare where the report does not mention the part.
    """
    for part in report.server.unwatched:
        if part.what == name:
            summary = one_line(part.message, 250)
            if part.reason in ("input-missing", "extra-missing"):
                return not_run(part.reason, summary)
            decide_by = "Mend what the message names, and run the load test again."
            return unknown(part.reason, f"it could not be watched: {summary}", decide_by=decide_by)
    return not_run("input-missing", or_else)


def unseen_share(report: LoadReport, names: tuple[str, ...], start: float, end: float) -> float:
    """The share of the time from `start` to `end` that the samplers of those names did not see."""
    gaps = sorted((gap.at, gap.until) for gap in report.server.gaps if gap.sampler in names)
    blind, reached = 0.0, start
    for at, until in gaps:
        begin, stop = max(at, reached), min(until, end)
        if stop > begin:
            blind += stop - begin
            reached = stop
    return blind / (end - start) if end > start else 0.0


def gap_lines(report: LoadReport, names: tuple[str, ...]) -> tuple[str, ...]:
    """A line for each of the first gaps of some samplers."""
    found: list[Gap] = [gap for gap in report.server.gaps if gap.sampler in names]
    lines = [f"not seen from {clock(gap.at)} to {clock(gap.until)}: {one_line(gap.message, 120)}" for gap in found[:5]]
    return (*lines, f"and {plural(len(found) - 5, 'gap')} more") if len(found) > 5 else tuple(lines)
