"""The server under load (S6.SRV.01 and 02): connections of the database, memory."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from launchready_tui.checks.limits import number
from launchready_tui.checks.load.kept import complete, gap_lines, newest, unseen_share, unwatched
from launchready_tui.checks.load.trend import MemoryView, read_memory
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask
from launchready_tui.model.questions import LoadReport
from launchready_tui.model.questions.serverwatch import (
    DB_IDLE_IN_TRANSACTION,
    DB_LIMIT,
    DB_LOCK_WAITS,
    DB_USED,
    MEMORY,
    POOL_WAIT,
    POOL_WAITING,
    STARTED,
)
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, passed, unknown, warned
from launchready_tui.text import clock, one_line, span

Points = Sequence[tuple[float, float]]

BLIND_SHARE = 0.2
"""The share of the load that may be unseen: beyond it the peak may have been in what nobody saw."""

FULL_LOOKS = 2
"""Looks in a row with every connection of the pool in use before it counts as full."""


@dataclass(frozen=True, slots=True)
class Use:
    """How full something was at its fullest."""

    used: float
    limit: float
    at: float

    @property
    def percent(self) -> float:
        """Of the limit."""
        return 100 * self.used / self.limit if self.limit else 0.0


def fullest(used: Points, limits: Points, end: float) -> Use | None:
    """The fullest moment of the load; None where use or limit was never seen during it."""
    if not limits:
        return None
    times = [at for at, _ in limits]
    found = [Use(value, limits[max(0, bisect_right(times, at) - 1)][1], at) for at, value in used if 0 <= at <= end]
    return max((use for use in found if use.limit > 0), key=lambda use: use.percent, default=None)


def pool_waits(report: LoadReport) -> tuple[tuple[float, float], ...]:
    """How long a request waited for a connection, in seconds, over time.

    Where only is known how many waited, the wait is that number over the rate of requests (Little's law).
    """
    direct = report.server.points(POOL_WAIT)
    if direct or not report.timeline:
        return direct
    times = [point.at for point in report.timeline]
    waits = []
    for at, waiting in report.server.points(POOL_WAITING):
        place = bisect_right(times, at) - 1
        # The look covers the time before it: the two slots around it smooth what falls between them.
        around = report.timeline[max(0, place - 1) : place + 1]
        rate = sum(point.requests for point in around) / (report.every_s * len(around)) if around else 0.0
        if rate > 0:
            waits.append((at, waiting / rate))
    return tuple(waits)


@check("load.database-connections", over="domain")
async def database_connections(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S6.SRV.01: connections stay below their limit, and nobody waits for one."""
    kept = await newest(ask, limits)
    if isinstance(kept, Judgement):
        return kept
    server, end = kept.report.server, kept.end
    use = fullest(server.points(DB_USED), server.points(DB_LIMIT), end)
    waits = [point for point in pool_waits(kept.report) if 0 <= point[0] <= end]
    if use is None and not waits:
        declare = "declare [database] with a read-only DSN, or metrics of connections and pool_wait under [server]"
        return unwatched(kept.report, DB_USED, declare)
    tally = Tally()
    if use is not None:
        _judge_use(tally, use, limits)
    _judge_pool(tally, server.points(DB_USED), waits, subject.product.database.pool, limits, end)
    _note_peaks(tally, kept.report, end)
    samplers = ("database", "metrics", DB_USED)
    details = gap_lines(kept.report, samplers)
    if fail := tally.fail_first(("connections-exhausted",), details):
        return fail
    if unseen_share(kept.report, samplers, 0.0, end) > BLIND_SHARE:
        summary = "more than a fifth of the load was not seen"
        return unknown(
            "partly-watched", summary, decide_by="Run it again with a sampler that answers.", details=details
        )
    return tally.warn_first(("connections-high", "pool-full", "pool-wait"), details) or complete(
        kept, tally.passed(_calm(use, waits), details=details)
    )


def _judge_use(tally: Tally, use: Use, limits: Limits) -> None:
    text = f"{use.used:.0f} of {use.limit:.0f} connections at {clock(use.at)} ({use.percent:.0f} %)"
    if use.percent > number(limits, "fail_percent", 90):
        tally.fail("connections-exhausted", text)
    elif use.percent > number(limits, "warn_percent", 70):
        tally.warn("connections-high", text)


def _judge_pool(tally: Tally, used: Points, waits: Points, pool: int, limits: Limits, end: float) -> None:
    """The application's own pool: how long it let requests wait, or that all of it was in use."""
    most = number(limits, "pool_wait_warn_ms", 100) / 1000
    worst = max(waits, key=lambda point: point[1], default=None)
    if worst is not None and worst[1] > most:
        text = f"requests waited {1000 * worst[1]:.0f} ms for a connection of the pool at {clock(worst[0])}"
        tally.warn("pool-wait", text)
    if not pool or worst is not None:
        return
    row = 0
    for at, value in used:
        row = row + 1 if value >= pool and 0 <= at <= end else 0
        if row == FULL_LOOKS:
            text = f"all {pool} connections of the pool were in use at {clock(at)}: whoever came next had to wait"
            tally.warn("pool-full", text)
            return


def _note_peaks(tally: Tally, report: LoadReport, end: float) -> None:
    for name, words in ((DB_LOCK_WAITS, "waiting for a lock"), (DB_IDLE_IN_TRANSACTION, "idle in a transaction")):
        peak = max((value for at, value in report.server.points(name) if 0 <= at <= end), default=0.0)
        if peak:
            tally.note(f"at most {peak:.0f} {words}")
    for event in report.server.events:
        if event.what == "too-many-connections":
            tally.note(f"{clock(event.at)}: {one_line(event.text, 120)}")


def _calm(use: Use | None, waits: Points) -> str:
    parts = [f"at most {use.used:.0f} of {use.limit:.0f} connections ({use.percent:.0f} %)"] if use else []
    if waits:
        parts.append(f"at most {1000 * max(value for _, value in waits):.0f} ms of waiting for the pool")
    return ", ".join(parts)


# --- memory -----------------------------------------------------------------------------------------------------------


@check("load.memory", over="domain")
async def memory(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S6.SRV.02: memory settles while the load is held, and comes down after it."""
    kept = await newest(ask, limits)
    if isinstance(kept, Judgement):
        return kept
    server = kept.report.server
    points = server.points(MEMORY)
    if not [point for point in points if 0 <= point[0] <= kept.end]:
        return unwatched(kept.report, MEMORY, "declare [server] metrics, a Prometheus text endpoint with memory")
    view = read_memory(
        points,
        server.points(STARTED),
        kept.hold(),
        kept.end,
        share=number(limits, "return_percent", 110) / 100,
        within=60 * number(limits, "return_within_minutes", 5),
    )
    details = (*_memory_lines(view), *gap_lines(kept.report, ("metrics", MEMORY)))
    return complete(kept, _judge_memory(view, limits, details))


def _judge_memory(view: MemoryView, limits: Limits, details: tuple[str, ...]) -> Judgement:
    if view.several:
        summary = "several processes answer in turns behind the metrics endpoint: their memory cannot be told apart"
        decide_by = (
            "Let the endpoint add its processes up (multiprocess mode), or watch each process by hand and attest."
        )
        return unknown("several-processes", summary, decide_by=decide_by, details=details)
    if view.restarts:
        times = "once" if view.restarts == 1 else f"{view.restarts} times"
        return warned("restarted", f"the process was started anew {times} during the test", details=details)
    limit = number(limits, "slope_percent_per_minute", 1.0)
    long = view.hold_s >= 60 * number(limits, "hold_minutes", 10) - 1
    # In a short hold phase every process still warms up: the whole interval has to be beyond the limit.
    sure = (view.growth.slope if long else view.growth.low) if view.growth else 0.0
    grows = view.rises and view.growth is not None and view.growth.percent_per_minute(sure) >= limit
    if grows and (view.returned is False or (long and view.returned is None)):
        return failed("leak", f"memory {_growth(view)} and {_back(view)}", details=details)
    if grows:
        return warned("memory-grows", f"memory {_growth(view)}; {_back(view)}", details=details)
    if view.returned is False:
        return warned("memory-stays", f"memory settled, but {_back(view)}", details=details)
    if view.growth is None:
        summary = "there was no hold phase long enough to tell whether memory grows"
        decide_by = "Run constant load: `launchready load FILE --users N --duration 600s`."
        return unknown("no-hold", summary, decide_by=decide_by, details=details)
    steepest = view.growth.percent_per_minute(view.growth.slope if long else view.growth.high)
    if steepest >= limit and not view.flattens:
        summary = f"it may grow by up to {steepest:.1f} % a minute: {span(view.hold_s)} of constant load are too few"
        decide_by = "Run constant load for ten minutes: `launchready load FILE --users N --duration 600s`."
        return unknown("not-decided", summary, decide_by=decide_by, details=details)
    if view.returned is None:
        summary = f"memory settled under load ({_growth(view)}), but nobody watched it come down"
        decide_by = "Run it again and let it watch the recovery to its end."
        return unknown("recovery-not-watched", summary, decide_by=decide_by, details=details)
    return passed(f"memory {_growth(view)} and {_back(view)}", details=details)


def _growth(view: MemoryView) -> str:
    if view.growth is None:
        return "was watched"
    percent = view.growth.percent_per_minute(view.growth.slope)
    return f"changed by {percent:+.1f} % a minute over {span(view.hold_s)} of constant load"


def _back(view: MemoryView) -> str:
    if view.after is None or not view.baseline:
        return "was not watched after the load"
    share = 100 * view.after / view.baseline
    if view.returned:
        return f"came back to {share:.0f} % of what it was before"
    return f"stayed at {share:.0f} % of what it was before"


def _memory_lines(view: MemoryView) -> tuple[str, ...]:
    lines = []
    if view.baseline is not None:
        lines.append(f"before the load {_size(view.baseline)}, at most {_size(view.peak)} during it")
    if view.growth is not None:
        low, high = (view.growth.percent_per_minute(end) for end in (view.growth.low, view.growth.high))
        lines.append(f"slope by Theil-Sen with 95 % confidence between {low:+.2f} and {high:+.2f} % a minute")
    return tuple(lines)


def _size(size: float) -> str:
    return f"{size / 1e6:,.1f} MB"
