"""Pure: whether memory grows, settles and comes back. No sample is assumed to be normal.

The slope is the Theil-Sen estimator (the median of all slopes between two samples), with Sen's confidence interval from
the ranks of Kendall's statistic: one outlier, or a garbage collector, does not move it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from statistics import NormalDist, median

Points = Sequence[tuple[float, float]]

MOST = 240
"""Points that go into one slope: their pairs are counted, so more would cost and add nothing."""

SETTLING = 0.2
"""The share of the hold phase that is left out at its beginning, while caches fill."""

FEWEST = 10
SHORTEST_S = 45.0
"""Points, and seconds, of a hold phase below which nothing can be said about growth."""

RETURN_S = 20.0
"""Seconds after the load from which on it can be told where memory is heading."""


@dataclass(frozen=True, slots=True)
class Trend:
    """A slope in units a second, the ends of its 95 % confidence interval, and the level at which it begins."""

    slope: float
    low: float
    high: float
    start: float

    def percent_per_minute(self, slope: float) -> float:
        """A slope as percent of the start a minute."""
        return 6_000 * slope / self.start if self.start > 0 else 0.0


def trend(points: Points) -> Trend | None:
    """The trend of some points; None for fewer than three, or where all have the same time."""
    chosen = _spread(points)
    slopes = sorted((b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(chosen, 2) if b[0] > a[0])
    n = len(chosen)
    if n < 3 or not slopes:
        return None
    # Kendall's S has this variance without a trend; its quantiles give the ranks of the slopes (Sen, 1968).
    half = NormalDist().inv_cdf(0.975) * math.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    low = max(0, math.floor((len(slopes) - half) / 2))
    high = min(len(slopes) - 1, math.ceil((len(slopes) + half) / 2))
    slope = median(slopes)
    first = chosen[0][0]
    start = median(value - slope * (at - first) for at, value in chosen)
    return Trend(slope, slopes[low], slopes[high], start)


def _spread(points: Points) -> list[tuple[float, float]]:
    """At most `MOST` of the points, evenly."""
    if len(points) <= MOST:
        return list(points)
    step = (len(points) - 1) / (MOST - 1)
    return [points[round(number * step)] for number in range(MOST)]


@dataclass(frozen=True, slots=True)
class MemoryView:
    """What memory did. `growth` is over the hold phase (its beginning left out), `late` over its second half.

    `baseline` is before the load, `after` the lowest value after it; `returned` is None where that was not watched long
    enough to tell. `restarts` counts processes that began anew, `several`: more than one process answered in turns.
    """

    growth: Trend | None
    late: Trend | None
    hold_s: float
    baseline: float | None
    peak: float
    after: float | None
    returned: bool | None
    restarts: int
    several: bool

    @property
    def rises(self) -> bool:
        """Whether it grew beyond chance over the hold phase, and did not flatten out."""
        return self.growth is not None and self.growth.low > 0 and not self.flattens

    @property
    def flattens(self) -> bool:
        """Whether it grew more slowly in the second half: caches that fill."""
        if self.growth is None or self.late is None:
            return False
        return self.late.slope < self.growth.slope / 2


def read_memory(
    points: Points, started: Points, hold: tuple[float, float] | None, end: float, *, share: float, within: float
) -> MemoryView:
    """What memory did; `share` of the baseline (1.1) has to be reached `within` seconds after `end`."""
    before = [value for at, value in points if at <= 0]
    baseline = median(before) if before else None
    rest = [(at, value) for at, value in points if end < at <= end + within]
    growth = late = None
    hold_s = 0.0
    if hold is not None:
        begin = hold[0] + SETTLING * (hold[1] - hold[0])
        held = [(at, value) for at, value in points if begin <= at <= hold[1]]
        hold_s = hold[1] - hold[0]
        if len(held) >= FEWEST and hold_s >= SHORTEST_S:
            growth = trend(held)
            late = trend([point for point in held if point[0] >= (begin + hold[1]) / 2])
    restarts, several = _restarts(started)
    return MemoryView(
        growth=growth,
        late=late,
        hold_s=hold_s,
        baseline=baseline,
        peak=max((value for at, value in points if 0 <= at <= end), default=0.0),
        after=min((value for _, value in rest), default=None),
        returned=_returned(rest, baseline, end, share, within),
        restarts=restarts,
        several=several,
    )


def _returned(rest: Points, baseline: float | None, end: float, share: float, within: float) -> bool | None:
    """Whether memory came back in time; where it was not watched so long, whether it is on its way."""
    if not rest or baseline is None:
        return None
    aim = share * baseline
    if min(value for _, value in rest) <= aim:
        return True
    watched = rest[-1][0] - end
    if watched >= within - 5:
        return False
    falling = trend(rest)
    if watched < RETURN_S or falling is None:
        return None
    rate = max(0.0, -falling.slope)
    return None if rate and (rest[-1][1] - aim) / rate <= within - watched else False


def _restarts(started: Points) -> tuple[int, bool]:
    """How many processes began anew, and whether several answer in turns: then no figure belongs to one of them."""
    values = [value for _, value in started]
    changes = [now for before, now in pairwise(values) if abs(now - before) > 1.0]
    several = any(now < max(values[:place]) - 1.0 for place, now in enumerate(values) if place)
    return (0, True) if several else (len(changes), False)
