"""Watches the server while a load test runs: every sampler in its own rhythm, all on one timeline."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from statistics import median

from launchready_tui.load.server.calls import MOST_NAMES, OTHERS, added
from launchready_tui.load.server.sampling import Reading, Sampler
from launchready_tui.model.evidence import Failure, Fault
from launchready_tui.model.questions.serverwatch import (
    CALL_BUCKET_S,
    MEMORY,
    POOL_WAITING,
    STARTED,
    CallCount,
    DependencyCalls,
    Gap,
    Series,
    ServerEvent,
    ServerWatch,
    Unwatched,
)
from launchready_tui.text import one_line

LOOK_S = 5.0
"""How long one look may take; a sampler that needs longer has a gap."""

MOST_POINTS = 600
"""Points of one series; a longer test has coarser ones, which keep the peaks."""

MOST_GAPS, MOST_EVENTS = 200, 100
QUIET_LOOKS = 3
"""Looks in a row that must be quiet before a server counts as recovered."""

RETURNED = 1.1
"""Memory has come back when it is at most this share of what it was before (CHECKS.md S6.SRV.02)."""


@dataclass(slots=True)
class _Gap:
    sampler: str
    at: float
    until: float
    reason: str
    message: str


class Watch:
    """The samplers of one load test. `begin` sets the zero of the timeline; before it the baseline is taken.

    Times inside are those of `clock` (seconds, monotonic). Nothing that a sampler or the server does is raised.
    """

    def __init__(
        self,
        samplers: Sequence[Sampler],
        unwatched: Iterable[Unwatched] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._samplers = tuple(samplers)
        self._unwatched = tuple(unwatched)
        self._clock = clock
        self._zero = clock()
        self._points: dict[str, list[tuple[float, float]]] = {}
        self._gaps: list[_Gap] = []
        self._open: dict[str, _Gap] = {}
        self._last_failure: dict[str, Failure] = {}
        self._calls: list[tuple[float, str, CallCount]] = []
        self._names: set[str] = set()
        self._events: list[tuple[float, str, str]] = []
        self._lines = self._unread = 0
        self._last = self._zero
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Let all samplers look, each in a task of its own."""
        self._tasks = [asyncio.create_task(self._follow(item), name=f"watch {item.name}") for item in self._samplers]

    async def aclose(self) -> None:
        """Stop looking and give back what is held open."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for sampler in self._samplers:
            with suppress(Exception):
                async with asyncio.timeout(LOOK_S):
                    await sampler.aclose()

    def begin(self, ago: float = 0.0) -> None:
        """The first request went out `ago` seconds ago: from there on times count."""
        self._zero = self._clock() - ago

    @property
    def watches(self) -> bool:
        """Whether there is anything to watch at all."""
        return bool(self._samplers)

    def latest(self) -> Mapping[str, float]:
        """The newest value of every series, for a live screen."""
        return {name: points[-1][1] for name, points in self._points.items()}

    def series(self, name: str) -> tuple[tuple[float, float], ...]:
        """What was seen of a series so far, on the timeline of the test."""
        return tuple((round(at - self._zero, 2), value) for at, value in self._points.get(name, ()))

    def troubles(self) -> Mapping[str, str]:
        """Who sees nothing at the moment, and why."""
        return {name: gap.message for name, gap in self._open.items()}

    def facts(self) -> ServerWatch:
        """Everything that was seen until now."""
        units = {name: unit for sampler in self._samplers for name, unit in sampler.units.items()}
        series = tuple(Series(name, units.get(name, ""), self.series(name)) for name in sorted(self._points))
        gaps = [
            Gap(gap.sampler, self._at(gap.at), self._at(gap.until), gap.reason, gap.message)
            for gap in sorted(self._gaps, key=lambda item: (item.at, item.sampler))
        ]
        return ServerWatch(
            until=self._at(self._last),
            series=series,
            gaps=tuple(gaps[:MOST_GAPS]),
            dependencies=self._dependencies(),
            events=tuple(ServerEvent(self._at(at), what, text) for at, what, text in self._events),
            unwatched=(*self._unwatched, *self._never_seen()),
            log_lines=self._lines,
            log_unread=self._unread,
        )

    async def until_quiet(self, limit_s: float, patience_s: float = 1.0) -> bool:
        """Wait after the load until queues are as short and memory is as small as before it, `limit_s` at most.

        Looks every `patience_s` seconds. Whether it became quiet.
        """
        end = self._clock() + limit_s
        quiet = 0
        counted: dict[str, float] = {}
        while True:
            newest = {name: self._points[name][-1][0] for name in self._settling()}
            if all(at > counted.get(name, -math.inf) for name, at in newest.items()):
                # Each series has a value that was not counted yet: a sampler that went blind proves nothing.
                quiet, counted = (quiet + 1 if self._is_quiet() else 0), newest
            if quiet >= QUIET_LOOKS or not newest:
                return True
            if self._clock() >= end:
                return False
            await asyncio.sleep(patience_s)

    # --- looking ------------------------------------------------------------------------------------------------------

    async def _follow(self, sampler: Sampler) -> None:
        while True:
            began = self._clock()
            found = await _look(sampler)
            self._keep(sampler, found, began)
            await asyncio.sleep(max(0.1, sampler.every - (self._clock() - began)))

    def _keep(self, sampler: Sampler, found: Reading | Failure, began: float) -> None:
        now = self._last = self._clock()
        if isinstance(found, Failure):
            self._blind(sampler.name, found, began, now)
            return
        self._open.pop(sampler.name, None)
        for name, value in found.values.items():
            self._open.pop(name, None)
            points = self._points.setdefault(name, [])
            points.append((now, value))
            if len(points) >= 2 * MOST_POINTS:
                points[:] = thinned(points, keep_peaks=name != STARTED)
        for name, failure in found.missing.items():
            if failure.reason != "first-look":
                self._blind(name, failure, began, now)
        for name, count in found.calls.items():
            known = name in self._names or len(self._names) < MOST_NAMES
            self._calls.append((now, name if known else OTHERS, count))
            self._names.add(name if known else OTHERS)
        self._events += [(now, what, one_line(text, 200)) for what, text in found.events]
        del self._events[MOST_EVENTS:]
        self._lines += found.lines
        self._unread += found.unread

    def _blind(self, name: str, failure: Failure, began: float, now: float) -> None:
        """Nothing was seen from `began` to `now`: a new gap, or the one that is open becomes longer."""
        self._last_failure[name] = failure
        gap = self._open.get(name)
        if gap is not None and gap.reason == failure.reason:
            gap.until = now
            return
        gap = _Gap(name, began, now, failure.reason, one_line(failure.message, 200))
        self._open[name] = gap
        if len(self._gaps) < 2 * MOST_GAPS:
            self._gaps.append(gap)

    # --- telling ------------------------------------------------------------------------------------------------------

    def _at(self, moment: float) -> float:
        return round(moment - self._zero, 2)

    def _dependencies(self) -> tuple[DependencyCalls, ...]:
        buckets: dict[str, dict[float, CallCount]] = {}
        for moment, name, count in self._calls:
            at = (moment - self._zero) // CALL_BUCKET_S * CALL_BUCKET_S
            of = buckets.setdefault(name, {})
            of[at] = added(of.get(at, CallCount(at, 0)), count)
        return tuple(DependencyCalls(name, tuple(of[at] for at in sorted(of))) for name, of in sorted(buckets.items()))

    def _never_seen(self) -> Iterable[Unwatched]:
        """Series that never had a value, with the reason that was given last; a log that never had a line."""
        for sampler in self._samplers:
            own = self._last_failure.get(sampler.name)
            blind = not sampler.units.keys() & self._points.keys()
            for name in sorted(sampler.units.keys() - self._points.keys()):
                failure = self._last_failure.get(name) or (own if blind else None)
                if failure is not None and not is_extra(name):
                    yield Unwatched(name, failure.reason, one_line(failure.message, 200))
            if not sampler.units and own is not None and not self._lines:
                yield Unwatched(sampler.name, own.reason, one_line(own.message, 200))

    def _settling(self) -> list[str]:
        """The series that come down again after the load."""
        return [name for name in self._points if name == MEMORY or is_depth(name)]

    def _is_quiet(self) -> bool:
        for name in self._settling():
            points = self._points[name]
            before = median([value for at, value in points if at <= self._zero] or [points[0][1]])
            if points[-1][1] > (RETURNED * before if name == MEMORY else before):
                return False
        return True


def is_extra(series: str) -> bool:
    """Whether a series only explains others: nobody misses it by itself."""
    return series in (STARTED, POOL_WAITING) or (series.startswith("queue.") and series.endswith(".added"))


def is_depth(series: str) -> bool:
    """Whether a series is the length of a queue."""
    return series.startswith("queue.") and series.endswith(".depth")


async def _look(sampler: Sampler) -> Reading | Failure:
    try:
        async with asyncio.timeout(LOOK_S):
            return await sampler.look()
    except TimeoutError:
        return Failure("timeout", f"{sampler.name} did not answer within {LOOK_S:g} s", Fault.TARGET)
    except Exception as error:  # a sampler must not end the test, whatever it does
        return Failure("bug", f"{type(error).__name__}: {one_line(str(error), 120)}", Fault.BUG)


def thinned(points: Sequence[tuple[float, float]], *, keep_peaks: bool) -> list[tuple[float, float]]:
    """Half as many points: of each two neighbours the larger value (or the later one), at the time of that one."""
    pairs = [points[place : place + 2] for place in range(0, len(points), 2)]
    return [max(pair, key=lambda point: point[1]) if keep_peaks else pair[-1] for pair in pairs]
