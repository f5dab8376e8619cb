"""Histograms of latencies that merge exactly: over seconds, processes and machines.

A value falls into a bucket of constant relative width, so a percentile is at most 0.2 % off whatever its size; count,
sum, minimum and maximum are exact. Merging adds counts, and so loses nothing: the merged histogram is the one that a
single process would have made of the same values (Masson, Rim, Lee: DDSketch, 2019).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Self

from launchready_tui.model.statistics import interval_ranks, rank

RELATIVE_ERROR = 0.002
"""How far a percentile may be off, as a share of its value."""

_GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
_PER_LOG = 1 / math.log(_GAMMA)
_MIDDLE = 2 / (_GAMMA + 1)
SMALLEST = 1e-6
"""Seconds below which values are alike: one microsecond."""

_OFFSET = math.ceil(math.log(SMALLEST) * _PER_LOG)


def bucket(seconds: float) -> int:
    """The number of the bucket of a value, 0 for a microsecond or less."""
    return math.ceil(math.log(seconds) * _PER_LOG) - _OFFSET if seconds > SMALLEST else 0


def middle(number: int) -> float:
    """The value in seconds that stands for a bucket: within `RELATIVE_ERROR` of all that falls into it."""
    return float(_GAMMA ** (number + _OFFSET) * _MIDDLE)


class Histogram:
    """Counts of values in seconds by bucket."""

    __slots__ = ("count", "counts", "largest", "smallest", "total")

    def __init__(self) -> None:
        self.counts: dict[int, int] = {}
        self.count = 0
        self.total = 0.0
        self.smallest = math.inf
        self.largest = 0.0

    def add(self, seconds: float) -> None:
        """Count one value."""
        number = bucket(seconds)
        self.counts[number] = self.counts.get(number, 0) + 1
        self.count += 1
        self.total += seconds
        if seconds < self.smallest:
            self.smallest = seconds
        if seconds > self.largest:
            self.largest = seconds

    def merge(self, other: Histogram) -> None:
        """Add all values of another histogram."""
        for number, count in other.counts.items():
            self.counts[number] = self.counts.get(number, 0) + count
        self.count += other.count
        self.total += other.total
        self.smallest = min(self.smallest, other.smallest)
        self.largest = max(self.largest, other.largest)

    @classmethod
    def merged(cls, parts: Iterable[Histogram]) -> Self:
        """One histogram of all values of the parts."""
        whole = cls()
        for part in parts:
            whole.merge(part)
        return whole

    def at_ranks(self, *ranks: int) -> list[float]:
        """The values in seconds at some ranks (1 to the number of values), which must ascend."""
        found: list[float] = []
        seen = 0
        numbers = iter(sorted(self.counts))
        number = -1
        for wanted in ranks:
            while seen < wanted:
                number = next(numbers)
                seen += self.counts[number]
            found.append(min(max(middle(number), self.smallest), self.largest))
        return found

    def percentile(self, q: float) -> float:
        """The nearest-rank percentile in seconds; 0 without any value. The last rank is the exact maximum."""
        if not self.count:
            return 0.0
        wanted = rank(self.count, q)
        return self.largest if wanted == self.count else self.at_ranks(wanted)[0]

    def interval(self, q: float, confidence: float = 0.95) -> tuple[float, float]:
        """Seconds between which the true percentile lies with that confidence; -1 for an end that cannot be given."""
        if not self.count:
            return -1.0, -1.0
        low, high = interval_ranks(self.count, q, confidence)
        return (
            self.at_ranks(low)[0] if low >= 1 else -1.0,
            (self.largest if high == self.count else self.at_ranks(high)[0]) if high <= self.count else -1.0,
        )

    @property
    def mean(self) -> float:
        """The mean in seconds; 0 without any value."""
        return self.total / self.count if self.count else 0.0

    def to_plain(self) -> list[Any]:
        """For JSON and between processes: sum, minimum, maximum, then pairs of bucket and count."""
        flat = [item for number in sorted(self.counts) for item in (number, self.counts[number])]
        return [self.total, self.smallest if self.count else 0.0, self.largest, *flat]

    @classmethod
    def from_plain(cls, data: list[Any]) -> Self:
        """The inverse of `to_plain`. Raises `ValueError` for what is no histogram."""
        if len(data) < 3 or len(data) % 2 == 0:
            raise ValueError("a histogram is a sum, a minimum, a maximum and pairs")
        found = cls()
        for number, count in zip(data[3::2], data[4::2], strict=True):
            if count < 1:
                raise ValueError("a bucket holds at least one value")
            found.counts[int(number)] = found.counts.get(int(number), 0) + int(count)
        found.count = sum(found.counts.values())
        found.total = float(data[0])
        found.smallest, found.largest = (float(data[1]), float(data[2])) if found.count else (math.inf, 0.0)
        return found

    def __eq__(self, other: object) -> bool:
        """The same counts and extremes; sums may differ in their last bits, by the order of adding."""
        if not isinstance(other, Histogram):
            return NotImplemented
        return (self.counts, self.smallest, self.largest) == (other.counts, other.smallest, other.largest)

    __hash__ = None  # type: ignore[assignment]
