"""Times: samples of one URL, reports of browsers, load tests."""

from __future__ import annotations

from collections.abc import Sequence

from launchready_tui.model.questions import LatencySample, LighthouseReports, LoadReport, LoadTest
from launchready_tui.model.questions.latency import Latencies, PageReports, PageRun
from launchready_tui.model.statistics import percentile
from launchready_tui.text import plural, span
from launchready_tui.words.figures import Answered, Asked, Parts, Place, as_account, joined, ms, some


def _latencies(found: Latencies) -> str:
    times = sorted(one.total for one in found.timings if one.status)
    silent = len(found.timings) - len(times)
    text = f"p50 {ms(percentile(times, 0.5))}, p95 {ms(percentile(times, 0.95))} of " if times else "no answer to "
    return joined(
        text + plural(len(times) or silent, "request"),
        f"{silent} without an answer" if silent and times else "",
        f"stopped early: {found.stopped}" if found.stopped else "",
    )


def _reports(found: PageReports) -> str:
    lcp = _median([run.lcp for run in found.runs])
    blocked = _median([run.tbt for run in found.runs])
    return joined(
        f"{plural(len(found.runs), 'run')} in {plural(found.files, 'file')}",
        f"largest paint {ms(lcp)}" if lcp is not None else "",
        f"blocked {ms(blocked)}" if blocked is not None else "",
        f"{plural(len(found.unreadable), 'file')} unreadable" if found.unreadable else "",
        _pages(found.runs),
    )


def _pages(runs: tuple[PageRun, ...]) -> str:
    pages = list(dict.fromkeys(run.url for run in runs))
    return f"of {some(pages, 2)}" if pages else ""


def _median(values: Sequence[float | None]) -> float | None:
    known = sorted(value for value in values if value is not None)
    return percentile(known, 0.5) if known else None


def load(found: LoadReport) -> str:
    """A load test: how much, how well, how many at once, and why it ended."""
    worst = max((route.p95_ms for route in found.routes if route.requests), default=None)
    return joined(
        plural(found.requests, "request"),
        f"{found.failures:,} failed",
        f"at most {found.most_users:,} at once",
        f"worst p95 {ms(worst)}" if worst is not None else "",
        f"ended itself: {found.aborted}" if found.aborted else "",
        "" if found.generator.valid else "the generator was the limit",
    )


def _load_test(asked: LoadTest) -> Parts:
    plan = asked.plan
    much = f"{plural(plan.users, 'user')} for {span(plan.duration_s)}" if plan.users else ""
    much = f"{plan.rate:g} sessions a second for {span(plan.duration_s)}" if plan.mode == "arrival" else much
    return ("load test of ", Place(asked.domain), f", {much}" if much else "")


ASKED: Asked = {
    LatencySample: lambda asked: (
        f"time of {plural(asked.requests, 'request')} to ",
        Place(asked.url),
        as_account(asked.session),
    ),
    LighthouseReports: lambda asked: ("Lighthouse reports ", Place(some(asked.paths, 3))),
    LoadTest: _load_test,
}

ANSWERED: Answered = {Latencies: _latencies, PageReports: _reports, LoadReport: load}
