"""Pure: percentiles with their uncertainty, and whether two samples differ. No sample is assumed to be normal.

Latencies have long tails, so everything here goes by ranks: nearest-rank percentiles, confidence intervals from order
statistics, the Mann-Whitney test.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

MOST_EXACT = 2_500
"""Pairs (length of one sample times length of the other) up to which the Mann-Whitney test counts instead of
approximating.
"""


def percentile(sorted_values: Sequence[float], q: float) -> float:
    """The nearest-rank percentile: the smallest value that at least the share `q` (0 to 1) does not exceed.

    `sorted_values` ascend. Raises `ValueError` for an empty sample or a share outside 0 to 1.
    """
    return sorted_values[rank(len(sorted_values), q) - 1]


def rank(size: int, q: float) -> int:
    """The rank (1 to `size`) of the nearest-rank percentile. Raises `ValueError` as `percentile` does."""
    if size < 1:
        raise ValueError("a percentile needs at least one value")
    if not 0.0 <= q <= 1.0:
        raise ValueError(f"the share of a percentile is between 0 and 1, not {q}")
    # 0.07 × 100 is 7.000000000000001 in floats, and rank 7 is meant.
    return min(size, max(1, math.ceil(q * size - 1e-9)))


def percentile_interval(sorted_values: Sequence[float], q: float, confidence: float = 0.95) -> tuple[float, float]:
    """Two values of the sample between which the true percentile lies with at least that confidence.

    Distribution-free: the number of values below the true percentile is binomial (Hahn, Meeker: Statistical Intervals,
    section 5.2). Tails are equal where the sample is large enough, else unequal (the p95 of 60 values). Where not even
    that is possible the end that cannot be given is infinite. Raises `ValueError` as `percentile` does, and for a
    confidence or share that is not between 0 and 1.
    """
    low, high = interval_ranks(len(sorted_values), q, confidence)
    return (
        sorted_values[low - 1] if low >= 1 else -math.inf,
        sorted_values[high - 1] if high <= len(sorted_values) else math.inf,
    )


def interval_ranks(size: int, q: float, confidence: float = 0.95) -> tuple[int, int]:
    """The ranks of `percentile_interval`: 0 and `size` + 1 stand for the ends that cannot be given."""
    rank(size, q)
    if not (0.0 < confidence < 1.0 and 0.0 < q < 1.0):
        raise ValueError("confidence and share of an interval are between 0 and 1")
    below = _Binomial.of(size, q)
    spare = 1.0 - confidence
    low, high = below.last_at_most(spare / 2), below.first_at_least(1.0 - spare / 2)
    if low >= 1 and high <= size:
        return low, high
    if high > size and (found := below.last_at_most(below.up_to(size - 1) - confidence)) >= 1:
        return found, size
    if low < 1 and (found := below.first_at_least(below.up_to(0) + confidence)) <= size:
        return 1, found
    if high > size:
        return (below.last_at_most(spare) if low >= 1 else 0), size + 1
    return 0, below.first_at_least(confidence)


def mann_whitney(a: Sequence[float], b: Sequence[float]) -> float:
    """The two-sided p-value of the Mann-Whitney U test: how likely a difference of ranks as large as this is if both
    samples come from one distribution.

    Exact for small samples without ties, else the normal approximation with corrections for ties and continuity. Raises
    `ValueError` for an empty sample.
    """
    m, n = len(a), len(b)
    if not m or not n:
        raise ValueError("a comparison needs two samples")
    merged = sorted([(value, True) for value in a] + [(value, False) for value in b])
    ranks_of_a, ties, before = 0.0, 0, 0
    for _, group in groupby(merged, key=lambda pair: pair[0]):
        members = [ours for _, ours in group]
        ranks_of_a += sum(members) * (before + (len(members) + 1) / 2)
        ties += len(members) ** 3 - len(members)
        before += len(members)
    u = ranks_of_a - m * (m + 1) / 2
    smaller = min(u, m * n - u)
    if ties == 0 and m * n <= MOST_EXACT:
        counts = _ways(m, n)
        return min(1.0, 2 * sum(counts[: int(smaller) + 1]) / math.comb(m + n, m))
    size = m + n
    variance = m * n / 12 * (size + 1 - ties / (size * (size - 1)))
    if variance <= 0:
        return 1.0
    distance = max(0.0, m * n / 2 - smaller - 0.5)
    return math.erfc(distance / math.sqrt(variance) / math.sqrt(2))


def _ways(m: int, n: int) -> list[int]:
    """In how many orders of `m` and `n` different values the statistic U is 0, 1, … `m` × `n`.

    The coefficients of the Gaussian binomial: the product of (1 - x^(n+i)) / (1 - x^i) for i from 1 to `m`.
    """
    counts = [1] + [0] * (m * n)
    for i in range(1, m + 1):
        for power in range(m * n, n + i - 1, -1):
            counts[power] -= counts[power - n - i]
        for power in range(i, m * n + 1):
            counts[power] += counts[power - i]
    return counts


@dataclass(frozen=True, slots=True)
class _Binomial:
    """The distribution function of a binomial number, where it is neither 0 nor 1 in a float.

    `below` holds the probabilities of at most `first`, of at most `first` + 1, and so on.
    """

    size: int
    first: int
    below: tuple[float, ...]

    @classmethod
    def of(cls, size: int, q: float) -> _Binomial:
        """The number of successes in `size` tries that each succeed with probability `q`."""
        reach = 9 * math.sqrt(size * q * (1 - q)) + 30
        first, last = max(0, math.floor(size * q - reach)), min(size, math.ceil(size * q + reach))
        ways = (math.lgamma(size + 1) - math.lgamma(k + 1) - math.lgamma(size - k + 1) for k in range(first, last + 1))
        each = (
            math.exp(log + k * math.log(q) + (size - k) * math.log1p(-q)) for k, log in enumerate(ways, start=first)
        )
        return cls(size, first, tuple(min(1.0, total) for total in accumulate(each)))

    def up_to(self, number: int) -> float:
        """The probability of at most that number."""
        if number < self.first:
            return 0.0
        return self.below[number - self.first] if number < self.first + len(self.below) else 1.0

    def last_at_most(self, share: float) -> int:
        """The largest rank r for which fewer than r has at most that probability; 0 where there is none."""
        if share < 0:
            return 0
        return self.first + bisect_right(self.below, share)

    def first_at_least(self, share: float) -> int:
        """The smallest rank r for which fewer than r has at least that probability; beyond `size` if there is none."""
        place = bisect_left(self.below, share)
        return self.first + place + 1 if place < len(self.below) else self.size + 1
