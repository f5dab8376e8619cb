"""What the reading of logs found."""

from __future__ import annotations

from dataclasses import dataclass

from launchready_tui.logs.durations import ERROR
from launchready_tui.logs.scan import Seen
from launchready_tui.logs.tally import Route, RouteTally, merged
from launchready_tui.logs.timeline import Timeline, iso

TOO_FEW = 40
"""Requests with a duration below which percentiles are a rumour (CHECKS.md S1.PERF.01)."""

SHARES = (0.5, 0.95, 0.99)
_MICROSECOND = 3


@dataclass(frozen=True, slots=True)
class RouteFigures:
    """One route. Times are milliseconds, percentiles by nearest rank over the `timed` requests; None without any.

    `share` is the part of all time spent, or of all requests where no request has a duration. `rps`: requests a second
    over the time that the log covers. `status` counts by class: `2xx` … `5xx`, `other`.
    """

    method: str
    route: str
    count: int
    timed: int
    share: float
    rps: float
    total_ms: float
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    max_ms: float | None
    status: dict[str, int]

    @property
    def too_few(self) -> bool:
        """Whether there are too few durations for percentiles that mean anything."""
        return self.timed < TOO_FEW

    def share_of(self, status: str) -> float:
        """The part of the requests that ended with a class of status."""
        return self.status.get(status, 0) / self.count if self.count else 0.0


@dataclass(frozen=True, slots=True)
class FileRead:
    """One file: how it is packed, its size on the disk (0: a pipe), its lines, those not understood, its formats."""

    path: str
    kind: str
    size: int
    lines: int
    unparsed: int
    formats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormatLines:
    """A format, how many requests were written in it, and how many of them with a duration."""

    title: str
    lines: int
    timed: int


@dataclass(frozen=True, slots=True)
class LogReport:
    """All that was read. `lines` counts lines that are not blank and no comments; `samples` are masked.

    `routes` are ranked by total time, or by requests where there are no durations. `span`: first and last request (ISO,
    UTC). `covered_s`: the seconds of it without gaps of more than an hour. `busiest`: when the busiest minute begins
    (longer in logs of months), and its requests a second. `clock_back`: how often the clock went back by more than an
    hour within a file. `error_bound`: how far percentiles may be off, as a share; 0 where they are exact. `partial`
    says, a sentence each, what was not read; `interrupted`: somebody stopped it.
    """

    lines: int
    unparsed: int
    overlong: int
    requests: int
    timed: int
    span: tuple[str | None, str | None]
    covered_s: int
    busiest: tuple[str, float] | None
    gaps: int
    gaps_s: int
    clock_back: int
    formats: tuple[FormatLines, ...]
    files: tuple[FileRead, ...]
    routes: tuple[RouteFigures, ...]
    samples: tuple[str, ...]
    error_bound: float
    partial: tuple[str, ...]
    interrupted: bool = False

    @property
    def rps(self) -> float:
        """Requests a second over the time that the log covers."""
        return self.requests / self.covered_s if self.covered_s else 0.0

    def by_p95(self, least: int = TOO_FEW) -> tuple[RouteFigures, ...]:
        """The routes with at least that many durations, the slowest first."""
        known = [route for route in self.routes if route.p95_ms is not None and route.timed >= least]
        return tuple(
            sorted(known, key=lambda route: (-(route.p95_ms or 0.0), -route.total_ms, route.route, route.method))
        )


def summed_up(
    routes: dict[Route, RouteTally],
    timeline: Timeline,
    seen: Seen,
    files: tuple[FileRead, ...],
    partial: tuple[str, ...],
    *,
    interrupted: bool = False,
) -> LogReport:
    """The report of everything that was counted."""
    routes = merged(routes)
    timed = sum(tally.durations.count for tally in routes.values())
    requests = sum(tally.count for tally in routes.values())
    whole = sum(tally.durations.total for tally in routes.values())
    covered = timeline.covered
    figures = [
        _figures(route, tally, whole if timed else float(requests), covered, by_time=bool(timed))
        for route, tally in routes.items()
    ]
    figures.sort(key=lambda item: (-item.total_ms, -item.count, item.route, item.method))
    exact = all(tally.durations.exact for tally in routes.values())
    gaps = timeline.gaps
    busiest = timeline.busiest
    return LogReport(
        lines=seen.lines + seen.overlong,
        unparsed=seen.unparsed + seen.overlong,
        overlong=seen.overlong,
        requests=requests,
        timed=timed,
        span=(iso(timeline.first), iso(timeline.last)),
        covered_s=covered,
        busiest=(iso(busiest[0]) or "", round(busiest[1], 3)) if busiest else None,
        gaps=len(gaps),
        gaps_s=sum(length for _, length in gaps),
        clock_back=timeline.back,
        formats=tuple(
            FormatLines(title, count, seen.timed.get(title, 0))
            for title, count in sorted(seen.formats.items(), key=lambda item: (-item[1], item[0]))
        ),
        files=files,
        routes=tuple(figures),
        samples=tuple(seen.samples),
        error_bound=0.0 if exact else ERROR,
        partial=partial,
        interrupted=interrupted,
    )


def _figures(route: Route, tally: RouteTally, whole: float, covered: int, *, by_time: bool) -> RouteFigures:
    durations = tally.durations
    # The sum before the percentiles: these may put what is held into buckets.
    total, top = durations.total, durations.top
    percentiles: list[float | None] = [None, None, None]
    if durations.count:
        percentiles = [round(value, _MICROSECOND) for value in durations.percentiles(SHARES)]
    method, name = route
    return RouteFigures(
        method=method,
        route=name,
        count=tally.count,
        timed=durations.count,
        share=round((total if by_time else tally.count) / whole, 6) if whole else 0.0,
        rps=round(tally.count / covered, 4) if covered else 0.0,
        total_ms=round(total, _MICROSECOND),
        p50_ms=percentiles[0],
        p95_ms=percentiles[1],
        p99_ms=percentiles[2],
        max_ms=round(top, _MICROSECOND) if durations.count else None,
        status=dict(sorted(tally.statuses.items())),
    )
