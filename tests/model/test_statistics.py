"""Percentiles, their intervals and the rank test, against published values and against brute force."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launchready_tui.model.statistics import (
    interval_ranks,
    mann_whitney,
    percentile,
    percentile_interval,
    rank,
)

SAMPLES = st.lists(st.integers(0, 50).map(float), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("size", "q", "expected"),
    [(60, 0.95, 57), (100, 0.07, 7), (20, 0.95, 19), (1, 0.5, 1), (5, 0.0, 1), (5, 1.0, 5), (4, 0.5, 2), (3, 0.5, 2)],
)
def test_nearest_rank(size: int, q: float, expected: int) -> None:
    assert rank(size, q) == expected
    assert percentile([float(n) for n in range(1, size + 1)], q) == expected


@given(SAMPLES, st.floats(0, 1))
def test_the_share_is_reached_and_not_before(values: list[float], q: float) -> None:
    values.sort()
    found = percentile(values, q)
    assert sum(value <= found for value in values) >= q * len(values) - 1e-6
    assert sum(value < found for value in values) < q * len(values) + 1e-6 or found == values[0]


@pytest.mark.parametrize("q", [-0.1, 1.1, math.nan])
def test_a_share_beyond_everything(q: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        percentile([1.0], q)


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="at least one"):
        percentile([], 0.5)
    with pytest.raises(ValueError, match="two samples"):
        mann_whitney([], [1.0])


def coverage(size: int, q: float, low: int, high: int) -> float:
    """The exact chance that a percentile lies between two order statistics."""
    return math.fsum(math.comb(size, k) * q**k * (1 - q) ** (size - k) for k in range(low, high))


@pytest.mark.parametrize(
    ("size", "q", "expected"),
    [
        # The published ranks for a 95 % interval of the median.
        (100, 0.5, (40, 61)),
        (20, 0.5, (6, 15)),
        (10, 0.5, (2, 9)),
        (6, 0.5, (1, 6)),
        # Equal tails of the p95 need 72 values, any interval at all needs 59.
        (60, 0.95, (52, 60)),
        (59, 0.95, (50, 59)),
    ],
)
def test_known_ranks(size: int, q: float, expected: tuple[int, int]) -> None:
    assert interval_ranks(size, q) == expected


def test_an_end_that_cannot_be_given_is_infinite() -> None:
    assert percentile_interval([float(n) for n in range(58)], 0.95)[1] == math.inf
    assert percentile_interval([float(n) for n in range(58)], 0.05)[0] == -math.inf
    assert percentile_interval([7.0], 0.5) == (-math.inf, math.inf)


@given(st.integers(1, 300), st.sampled_from([0.05, 0.5, 0.9, 0.95, 0.99]), st.sampled_from([0.8, 0.95, 0.99]))
def test_every_interval_covers_what_it_promises(size: int, q: float, confidence: float) -> None:
    low, high = interval_ranks(size, q, confidence)
    assert 0 <= low < high <= size + 1
    assert coverage(size, q, low, high) >= confidence - 1e-9


def test_a_million_values_are_no_burden() -> None:
    low, high = interval_ranks(1_000_000, 0.95)
    assert 949_000 < low < 950_000 < high < 951_000
    assert high - low == pytest.approx(2 * 1.96 * math.sqrt(1_000_000 * 0.95 * 0.05), rel=0.01)


@pytest.mark.parametrize(("q", "confidence"), [(0.0, 0.95), (1.0, 0.95), (0.5, 0.0), (0.5, 1.0)])
def test_certainty_has_no_interval(q: float, confidence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        percentile_interval([1.0, 2.0], q, confidence)


def test_published_rank_tests() -> None:
    # Hollander, Wolfe: Nonparametric Statistical Methods (1973), p. 69: one-sided 0.1272.
    at_term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    early = [1.15, 0.88, 0.90, 0.74, 1.21]
    assert mann_whitney(at_term, early) == pytest.approx(2 * 0.1272, abs=1e-4)
    assert mann_whitney([19, 22, 16, 29, 24], [20, 11, 17, 12]) == pytest.approx(1 / 9)


def test_ties_are_approximated() -> None:
    # By hand: U = 2 of 25 pairs, two ties of two, so z = (12.5 - 2 - 0.5) / sqrt(25 / 12 * (11 - 12 / 90)).
    z = 10 / math.sqrt(25 / 12 * (11 - 12 / 90))
    assert mann_whitney([1, 2, 3, 4, 5], [4, 5, 6, 7, 8]) == pytest.approx(math.erfc(z / math.sqrt(2)))


def brute(a: list[float], b: list[float]) -> float:
    """The exact p-value by trying every split of the values into two samples."""

    def u(ours: list[float], theirs: list[float]) -> float:
        return sum((x > y) + (x == y) / 2 for x in ours for y in theirs)

    both, centre = a + b, len(a) * len(b) / 2
    seen = abs(u(a, b) - centre)
    splits = list(combinations(range(len(both)), len(a)))
    as_far = 0
    for split in splits:
        ours = [both[place] for place in split]
        theirs = [value for place, value in enumerate(both) if place not in split]
        as_far += abs(u(ours, theirs) - centre) >= seen - 1e-9
    return as_far / len(splits)


@given(st.lists(st.integers(0, 1_000), min_size=2, max_size=9, unique=True), st.data())
def test_the_exact_test_counts_all_orders(values: list[int], data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(values) - 1))
    a, b = [float(value) for value in values[:cut]], [float(value) for value in values[cut:]]
    assert mann_whitney(a, b) == pytest.approx(brute(a, b))


@given(SAMPLES, SAMPLES)
def test_order_and_scale_do_not_matter(a: list[float], b: list[float]) -> None:
    p = mann_whitney(a, b)
    assert 0 <= p <= 1
    assert mann_whitney(b, a) == pytest.approx(p)
    assert mann_whitney([value * 3 + 7 for value in a], [value * 3 + 7 for value in b]) == pytest.approx(p)


def test_the_same_values_do_not_differ_and_others_do() -> None:
    same = [float(n % 7) for n in range(100)]
    assert mann_whitney(same, same) > 0.9
    assert mann_whitney([5.0] * 30, [5.0] * 30) == 1.0
    assert mann_whitney([float(n) for n in range(100)], [float(n) + 200 for n in range(100)]) < 1e-20
