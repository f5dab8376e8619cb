"""Pure: how long jobs waited in a queue during a load test, and how long it took to drain after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from launchready_tui.checks.load.trend import trend
from launchready_tui.model.questions.loadtest import BurstLoad
from launchready_tui.model.questions.serverwatch import queue_delay
from launchready_tui.text import plural, span

Points = Sequence[tuple[float, float]]

BURST_S = 60.0
"""A burst is that many jobs within a minute."""

PROJECT_S = 15.0
"""Seconds after the load from which on it can be told whether a queue drains at all."""


@dataclass(frozen=True, slots=True)
class QueueView:
    """What a queue did. Times are seconds of the test, lengths are jobs.

    `delay` is the age of the oldest job at its worst, at `delay_at`; None where jobs do not say when they came.
    `drained_s` is how long after the load it was as short as before, None if it was not seen to be. `watched_s` is how
    long it was watched after the load, `projected_s` when it will be drained at the pace that was seen (None: cannot be
    told), and `stuck` that it did not become shorter at all. `burst` is the largest number of jobs that came within a
    minute, as far as that can be seen.
    """

    delay: float | None
    delay_at: float
    baseline: float
    peak: float
    peak_at: float
    at_end: float
    drained_s: float | None
    watched_s: float
    projected_s: float | None
    stuck: bool
    burst: float
    added: float | None

    @property
    def backed_up(self) -> bool:
        """Whether it was ever longer than before the load."""
        return self.peak > self.baseline


def read_queue(depth: Points, delay: Points, added: Points, end: float) -> QueueView | None:
    """What a queue did until `end` (the end of the load) and after it; None where its length was never seen."""
    if not depth and not delay:
        return None
    known = depth or [(at, 0.0 if value <= 0 else 1.0) for at, value in delay]
    before = [value for at, value in known if at <= 0]
    baseline = median(before) if before else 0.0
    during = [(at, value) for at, value in known if 0 <= at <= end] or list(known[-1:])
    after = [(at, value) for at, value in known if at > end]
    worst = max(((at, value) for at, value in delay if at >= 0), key=lambda point: point[1], default=None)
    peak_at, peak = max(during, key=lambda point: point[1])
    drained = 0.0 if during[-1][1] <= baseline else None
    if drained is None:
        drained = next((at - end for at, value in after if value <= baseline), None)
    return QueueView(
        delay=worst[1] if worst else None,
        delay_at=worst[0] if worst else 0.0,
        baseline=baseline,
        peak=peak,
        peak_at=peak_at,
        at_end=during[-1][1],
        drained_s=drained,
        watched_s=max(0.0, known[-1][0] - end),
        projected_s=drained if drained is not None else _projected(after, baseline, end),
        stuck=drained is None and _is_stuck(after, end),
        burst=max(_rise(depth), _rise(added)),
        added=added[-1][1] - added[0][1] if len(added) > 1 else None,
    )


def _projected(after: Points, baseline: float, end: float) -> float | None:
    """When the queue will be drained at its pace since the load ended, in seconds after it."""
    pace = trend(after) if after and after[-1][0] - end >= PROJECT_S else None
    if pace is None or pace.slope >= 0:
        return None
    return after[-1][0] - end + (after[-1][1] - baseline) / -pace.slope


def _is_stuck(after: Points, end: float) -> bool:
    """Whether it did not become shorter since the load ended."""
    pace = trend(after) if after and after[-1][0] - end >= PROJECT_S else None
    return pace is not None and pace.slope >= 0


def _rise(points: Points) -> float:
    """The largest rise within `BURST_S` seconds."""
    best, first = 0.0, 0
    lows: list[int] = []
    for place, (at, value) in enumerate(points):
        while points[first][0] < at - BURST_S:
            first += 1
        while lows and lows[0] < first:
            lows.pop(0)
        while lows and points[lows[-1]][1] >= value:
            lows.pop()
        lows.append(place)
        best = max(best, value - points[lows[0]][1])
    return best


def burst_words(burst: BurstLoad) -> str:
    """How many sessions came at once, and what each queue made of them."""
    parts = [f"{plural(burst.sessions, 'session')} within {span(burst.until)} left work behind"]
    for series in burst.server.named("queue.", ".depth"):
        name = series.name.removeprefix("queue.").removesuffix(".depth")
        view = read_queue(series.points, burst.server.points(queue_delay(name)), (), burst.until)
        if view is not None:
            end = "not drained" if view.drained_s is None else f"drained {span(view.drained_s)} after"
            parts.append(f"{name}: at most {view.peak:.0f} jobs, {end}")
    return "; ".join(parts)
