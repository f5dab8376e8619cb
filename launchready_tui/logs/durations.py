"""The durations of one route: every single one at four bytes, or, beyond a bound, counted in narrow buckets.

Milliseconds in single precision: whole milliseconds are exact up to 4.6 hours, fractions to seven digits. The upper
half of such a number is its exponent and seven bits of its mantissa, so that halves sort as numbers do. This gives both
a selection that needs no sorted copy, and buckets that are 0.8 % wide at most.
"""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from launchready_tui.model.statistics import rank

ERROR = 0.004
"""How far a percentile from buckets may be off, as a share: half the width of a bucket."""

_SORTED = 100_000
"""Values up to which a sorted copy is cheaper than two passes."""

_UPPER, _LOWER = (1, 0) if sys.byteorder == "little" else (0, 1)


class Durations:
    """Durations in milliseconds, zero or more. `values` holds them all unless `buckets` took some."""

    __slots__ = ("_sum", "_top", "buckets", "values")

    def __init__(self) -> None:
        self.values = array("f")
        self.buckets: Counter[int] = Counter()
        self._sum = 0.0
        self._top = 0.0

    @property
    def exact(self) -> bool:
        """Whether every single value is still held."""
        return not self.buckets

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.values) + self.buckets.total()

    @property
    def total(self) -> float:
        """Their sum."""
        return self._sum + sum(self.values)

    @property
    def top(self) -> float:
        """The longest; 0.0 where there is none."""
        return max(self._top, max(self.values, default=0.0))

    def fold(self) -> None:
        """Move what is held into buckets."""
        if self.values:
            self._sum, self._top = self.total, self.top
            self.buckets.update(_halves(self.values)[_UPPER::2])
            self.values = array("f")

    def merge(self, values: array[float], buckets: Mapping[int, int], total: float, top: float) -> None:
        """Add what another part of the log held: values, and buckets with sum and longest of what is in them."""
        self.values.extend(values)
        if buckets:
            self.buckets.update(buckets)
            self._sum += total
            self._top = max(self._top, top)

    def absorb(self, other: Durations) -> None:
        """Add all of another route's durations."""
        self.merge(other.values, other.buckets, other._sum, other._top)

    @property
    def folded_sums(self) -> tuple[float, float]:
        """Sum and longest of what is in the buckets."""
        return self._sum, self._top

    def percentiles(self, shares: Sequence[float]) -> list[float]:
        """Nearest-rank percentiles, ascending shares. Raises `ValueError` where there is no value."""
        if self.buckets:
            self.fold()
            top = self._top
            ranks = [rank(self.count, share) for share in shares]
            return [min(_middle(half), top) for half in _nth(self.buckets, ranks)]
        ranks = [rank(len(self.values), share) for share in shares]
        if len(self.values) <= _SORTED:
            ordered = sorted(self.values)
            return [ordered[number - 1] for number in ranks]
        return _selected(self.values, ranks)


def _selected(values: array[float], ranks: Sequence[int]) -> list[float]:
    """The values of these ranks in two passes: which upper halves hold them, then which lower halves."""
    halves = _halves(values)
    upper, lower = halves[_UPPER::2], halves[_LOWER::2]
    counts: Counter[int] = Counter(upper)
    found = _nth(counts, ranks)
    within = {half: Counter[int]() for half in found}
    for half, inner in within.items():
        inner.update(low for high, low in zip(upper, lower, strict=True) if high == half)
    before, running = {}, 0
    for half in sorted(counts):
        before[half] = running
        running += counts[half]
    return [
        _float(half, _nth(within[half], [number - before[half]])[0]) for half, number in zip(found, ranks, strict=True)
    ]


def _nth(counts: Mapping[int, int], ranks: Iterable[int]) -> list[int]:
    """The keys that hold the values of these ascending ranks, where keys sort as the values do."""
    found, running = [], 0
    order = iter(sorted(counts))
    key = next(order)
    running = counts[key]
    for number in ranks:
        while running < number:
            key = next(order)
            running += counts[key]
        found.append(key)
    return found


def _halves(values: array[float]) -> memoryview:
    return memoryview(values).cast("B").cast("H")


def _float(upper: int, lower: int) -> float:
    pair = [0, 0]
    pair[_UPPER], pair[_LOWER] = upper, lower
    return float(memoryview(array("H", pair)).cast("B").cast("f")[0])


def _middle(upper: int) -> float:
    """The middle of a bucket."""
    return (_float(upper, 0) + _float(upper, 0xFFFF)) / 2
