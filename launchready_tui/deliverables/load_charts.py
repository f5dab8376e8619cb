"""The charts of a load test: sessions, rate, latency, failures, and everything that was watched on the server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from launchready_tui.checks.load.kept import load_end
from launchready_tui.checks.load.order import order
from launchready_tui.checks.load.server import pool_waits
from launchready_tui.deliverables.blocks import Chart, Curve, Tone
from launchready_tui.model.questions import LoadReport
from launchready_tui.model.questions.serverwatch import (
    CALL_BUCKET_S,
    DB_ACTIVE,
    DB_LIMIT,
    DB_LOCK_WAITS,
    DB_USED,
    MEMORY,
    CallCount,
)
from launchready_tui.text import one_line

Points = Sequence[tuple[float, float]]

MOST_NAMED = 3
"""Queues and third parties that get a chart of their own."""


def charts(report: LoadReport) -> tuple[Chart, ...]:
    """All charts for which there are figures, from outside to inside."""
    return tuple(_Drawing(report).all())


class _Drawing:
    """One report; all its charts share the axis of time."""

    def __init__(self, report: LoadReport) -> None:
        self._report = report
        self._end = load_end(report)
        seen = [point[0] for series in report.server.series for point in (series.points[:1] + series.points[-1:])]
        self._start = min([0.0, *seen])
        self._until = max([self._end, 1.0, *seen])
        self._marks = tuple(gave.at for gave in order(report) if gave.breaks)[:1]

    def all(self) -> Iterator[Chart]:
        """In the order in which they are read."""
        yield from self._outside()
        yield from self._inside()
        yield from self._suppliers()

    def _chart(
        self, title: str, unit: str, *curves: tuple[str, Points, Tone], limit: float | None = None
    ) -> Iterator[Chart]:
        found = tuple(Curve(name, tuple(points), tone) for name, points, tone in curves if points)
        if found:
            load = (0.0, self._end)
            yield Chart(title, unit, found, self._start, self._until, load, limit, self._marks)

    def _outside(self) -> Iterator[Chart]:
        timeline, every = self._report.timeline, self._report.every_s
        users = [(point.at, float(point.users)) for point in timeline]
        yield from self._chart("Sessions at once", "", ("sessions", users, "unknown"))
        rate = [(point.at, point.requests / every) for point in timeline]
        yield from self._chart("Requests a second", "", ("requests", rate, "unknown"))
        p95 = [(point.at, point.p95_ms) for point in timeline if point.p95_ms]
        limit = self._report.limits.p95_fail_ms
        yield from self._chart("p95 of all routes", "ms", ("p95", p95, "warn"), limit=limit)
        failing = [(point.at, 100 * point.failures / point.requests) for point in timeline if point.requests]
        allowed = self._report.limits.error_percent
        yield from self._chart("Failed requests", "%", ("failed", failing, "fail"), limit=allowed)

    def _inside(self) -> Iterator[Chart]:
        server = self._report.server
        limits = server.points(DB_LIMIT)
        yield from self._chart(
            "Database connections",
            "",
            ("in use", server.points(DB_USED), "unknown"),
            ("active", server.points(DB_ACTIVE), "pass"),
            ("waiting for a lock", server.points(DB_LOCK_WAITS), "fail"),
            limit=limits[-1][1] if limits else None,
        )
        waits = [(at, 1000 * wait) for at, wait in pool_waits(self._report)]
        yield from self._chart("Waiting for a connection of the pool", "ms", ("wait", waits, "warn"), limit=100.0)
        yield from self._chart("Memory", "bytes", ("memory", server.points(MEMORY), "waived"))
        for series in server.named("queue.", ".depth")[:MOST_NAMED]:
            name = one_line(series.name.removeprefix("queue.").removesuffix(".depth"), 40)
            yield from self._chart(f"Jobs in the queue {name}", "", ("jobs", series.points, "warn"))
        for series in server.named("queue.", ".delay")[:MOST_NAMED]:
            name = one_line(series.name.removeprefix("queue.").removesuffix(".delay"), 40)
            yield from self._chart(f"Oldest job of {name}", "s", ("age", series.points, "warn"), limit=60.0)

    def _suppliers(self) -> Iterator[Chart]:
        ranked = sorted(self._report.server.dependencies, key=lambda item: (-item.calls, item.host))
        for item in ranked[:MOST_NAMED]:
            counts = [count for count in item.counts if count.at >= 0]
            yield from self._chart(
                f"Calls a minute to {one_line(item.host, 40)}",
                "",
                ("calls", [(count.at, _a_minute(count.calls)) for count in counts], "unknown"),
                ("429, errors, timeouts", [(count.at, _a_minute(_bad(count))) for count in counts], "fail"),
            )


def _a_minute(calls: int) -> float:
    return calls * 60 / CALL_BUCKET_S


def _bad(count: CallCount) -> int:
    return count.throttled + count.errors + count.timeouts
