"""Pure: what gave way in a load test, and in which order. For the report, the live screen and the command line."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from launchready_tui.checks.load.drain import Points
from launchready_tui.checks.load.server import fullest, pool_waits
from launchready_tui.model.questions import LoadReport
from launchready_tui.model.questions.serverwatch import DB_LIMIT, DB_USED, STARTED
from launchready_tui.text import clock, one_line

BENDING = frozenset({"p95-warn", "connections-high", "pool-wait"})
"""What bends without breaking."""

WINDOW_S = 5.0
"""Seconds of load that an event seen from outside is about."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """From where on a part of the server has given way (CHECKS.md b6)."""

    connections_high: float = 70.0
    connections_full: float = 90.0
    pool_wait_s: float = 0.1
    pool_dry_s: float = 1.0
    queue_delay_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Gave:
    """The first time that one thing gave way. `breaks` is False for what only bent."""

    at: float
    what: str
    text: str
    breaks: bool = True

    @property
    def line(self) -> str:
        """With its time."""
        return f"{clock(self.at)} {self.text}"


def order(report: LoadReport, bounds: Bounds | None = None) -> tuple[Gave, ...]:
    """Everything that gave way, each thing once, the first first: seen from outside and on the server."""
    bounds = bounds or Bounds()
    found = [*_outside(report), *_connections(report, bounds), *_queues(report, bounds), *_suppliers(report)]
    found += _events(report)
    return tuple(sorted(found, key=lambda gave: (gave.at, not gave.breaks, gave.what, gave.text)))


def first_break(report: LoadReport, bounds: Bounds | None = None) -> Gave | None:
    """What broke first; None where nothing did."""
    return next((gave for gave in order(report, bounds) if gave.breaks), None)


def _outside(report: LoadReport) -> Iterator[Gave]:
    """What users met. Below the sessions that were carried it is a hiccup (a cold cache) and no breaking point."""
    for event in report.first_to_give:
        where = f" of {one_line(event.route, 40)}" if event.route else ""
        text = one_line(event.text, 160) or f"{event.what}{where}: {event.value:g}"
        beyond = _users(report, event.at) > report.max_concurrency
        yield Gave(event.at, event.what, text, beyond and event.what not in BENDING)


def _users(report: LoadReport, at: float) -> int:
    """The most sessions at once in the window that begins there."""
    span = max(WINDOW_S, report.every_s)
    return max((point.users for point in report.timeline if at <= point.at < at + span), default=0)


def _connections(report: LoadReport, bounds: Bounds) -> Iterator[Gave]:
    server = report.server
    used, limits = server.points(DB_USED), server.points(DB_LIMIT)
    levels = ((bounds.connections_high, "connections-high"), (bounds.connections_full, "connections-full"))
    for percent, what in levels:
        for at, value in used:
            use = fullest(((at, value),), limits, at) if at >= 0 else None
            if use is not None and use.percent > percent:
                text = f"{use.used:.0f} of {use.limit:.0f} database connections in use"
                yield Gave(at, what, text, what not in BENDING)
                break
    for what, limit in (("pool-wait", bounds.pool_wait_s), ("pool-dry", bounds.pool_dry_s)):
        for at, wait in pool_waits(report):
            if at >= 0 and wait > limit:
                text = f"requests wait {1000 * wait:.0f} ms for a connection of the pool"
                yield Gave(at, what, text, what not in BENDING)
                break


def _queues(report: LoadReport, bounds: Bounds) -> Iterator[Gave]:
    for series in report.server.named("queue.", ".delay"):
        name = series.name.removeprefix("queue.").removesuffix(".delay")
        if (found := _first_above(series.points, bounds.queue_delay_s)) is not None:
            yield Gave(found[0], "queue-delay", f"the oldest job of {one_line(name, 40)} waits {found[1]:.0f} s")


def _suppliers(report: LoadReport) -> Iterator[Gave]:
    for calls in report.server.dependencies:
        throttled = next((count for count in calls.counts if count.at >= 0 and count.throttled), None)
        if throttled is not None:
            yield Gave(throttled.at, "throttled", f"{one_line(calls.host, 60)} answers 429")
        failing = next((count for count in calls.counts if count.at >= 0 and count.errors + count.timeouts), None)
        if failing is not None:
            yield Gave(failing.at, "supplier-failing", f"{one_line(calls.host, 60)} fails or times out")


def _events(report: LoadReport) -> Iterator[Gave]:
    first = next(
        (event for event in report.server.events if event.what == "too-many-connections" and event.at >= 0), None
    )
    if first is not None:
        yield Gave(first.at, "too-many-connections", "the database refuses connections: it has none left")
    started = report.server.points(STARTED)
    times = [at for at, _ in started]
    before = started[max(0, bisect_right(times, 0.0) - 1)][1] if started else 0.0
    for at, value in started:
        if at > 0 and value > before + 1.0:
            yield Gave(at, "restarted", "the process was started anew")
            break


def _first_above(points: Points, limit: float) -> tuple[float, float] | None:
    return next(((at, value) for at, value in points if at >= 0 and value > limit), None)
