"""Reads the access logs that the profile names. Local files only; nothing leaves the machine."""

from __future__ import annotations

import asyncio
import glob
import stat
from pathlib import Path
from typing import Any

from launchready_tui.errors import InputError
from launchready_tui.logs.advice import to_get_durations
from launchready_tui.logs.reading import Stop, read
from launchready_tui.logs.recognise import Wanted
from launchready_tui.logs.report import LogReport, RouteFigures
from launchready_tui.model.evidence import Ask, Fault
from launchready_tui.model.questions import Question
from launchready_tui.model.questions.accesslog import AccessLog, AccessLogReading, LogRoute
from launchready_tui.probes.outcome import Outcome, failure
from launchready_tui.text import one_line

MOST_ROUTES = 50
MOST_SLOW = 20
MOST_FORMATS = 12
MOST_PARTIAL = 20
_LONGEST_ROUTE = 300


class AccessLogProbe:
    """Reads logs in processes of their own, so that the screens stay smooth. `base` is the folder of the profile."""

    def __init__(self, base: str) -> None:
        self._base = Path(base)

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Read in a thread, which is told to stop when nobody waits for it any more."""
        assert isinstance(question, AccessLogReading)
        stop = Stop()
        try:
            return await asyncio.to_thread(self._look, question, stop)
        finally:
            stop.set()

    async def aclose(self) -> None:
        """Nothing is held open."""

    def _look(self, question: AccessLogReading, stop: Stop) -> Outcome:
        paths: list[str] = []
        for pattern in question.paths:
            found = self._files(pattern)
            if not found:
                return failure(
                    "file-missing", f"There is no access log at {one_line(pattern, 160)}.", fault=Fault.USAGE
                )
            paths += found
        odd = next((path for path in paths if not stat.S_ISREG(Path(path).stat().st_mode)), "")
        if odd:
            return failure("malformed", f"{one_line(odd, 160)} is no regular file.", fault=Fault.USAGE)
        try:
            report = read(paths, Wanted(question.format, question.fields), stop=stop, apart=True)
        except InputError as error:
            return failure("file-unreadable", f"{error.message} {error.hint}".strip(), fault=Fault.USAGE)
        if report.interrupted:
            return failure("cancelled", "The reading of the access log was stopped.", fault=Fault.USAGE)
        return Outcome(facts_of(report))

    def _files(self, pattern: str) -> list[str]:
        """The files that a path or a glob names, in the order of their names."""
        place = self._base / pattern
        if place.exists():
            return [str(place)]
        return sorted(glob.glob(str(place)))  # noqa: PTH207 - the pattern may be absolute


def facts_of(report: LogReport) -> AccessLog:
    """What is kept of a report: the routes that matter, bounded."""
    kept = {id(route): route for route in (*report.routes[:MOST_ROUTES], *report.by_p95()[:MOST_SLOW])}
    routes = sorted(kept.values(), key=lambda route: (-route.total_ms, -route.count, route.route, route.method))
    return AccessLog(
        lines=report.lines,
        unparsed=report.unparsed,
        requests=report.requests,
        timed=report.timed,
        first=report.span[0] or "",
        last=report.span[1] or "",
        rps=round(report.rps, 4),
        formats=tuple(item.title for item in report.formats[:MOST_FORMATS]),
        files=len(report.files),
        routes=tuple(map(_route, routes)),
        more=len(report.routes) - len(routes),
        samples=report.samples,
        partial=report.partial[:MOST_PARTIAL],
        advice=() if report.timed else to_get_durations(item.title for item in report.formats),
        error_bound=report.error_bound,
    )


def _route(route: RouteFigures) -> LogRoute:
    return LogRoute(
        method=route.method,
        route=one_line(route.route, _LONGEST_ROUTE),
        count=route.count,
        timed=route.timed,
        share=route.share,
        total_ms=route.total_ms,
        p50_ms=route.p50_ms,
        p95_ms=route.p95_ms,
        p99_ms=route.p99_ms,
        max_ms=route.max_ms,
        client_errors=route.status.get("4xx", 0),
        server_errors=route.status.get("5xx", 0),
    )
