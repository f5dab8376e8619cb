"""Percentiles are exact against a sorted reference; from buckets they are as near as is said."""

from __future__ import annotations

import math
import random
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from launchready_tui.logs import durations
from launchready_tui.logs.durations import ERROR, Durations

SHARES = (0.5, 0.95, 0.99)


def nearest_rank(values: list[float], share: float) -> float:
    """By definition: the smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    return next(value for rank, value in enumerate(ordered, start=1) if rank >= share * len(ordered) - 1e-9)


def held(values: list[float]) -> Durations:
    found = Durations()
    found.values.extend(values)
    return found


@pytest.mark.parametrize("size", [1, 2, 39, 40, 100, 999])
@pytest.mark.parametrize("most_sorted", [100_000, 0], ids=["sorted", "selected"])
def test_exact_against_a_sorted_reference(size: int, most_sorted: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durations, "_SORTED", most_sorted)
    chance = random.Random(size)
    values = [float(round(chance.lognormvariate(4, 1.5))) for _ in range(size)]
    found = held(values)
    assert found.percentiles(SHARES) == [nearest_rank(values, share) for share in SHARES]
    assert (found.count, found.total, found.top, found.exact) == (size, sum(values), max(values), True)


@given(st.lists(st.floats(0, 1e7, width=32), min_size=1, max_size=200))
@settings(max_examples=200, deadline=None)
def test_selection_is_sorting(values: list[float]) -> None:
    ordered = sorted(values)
    ranks = [max(1, math.ceil(share * len(values) - 1e-9)) for share in SHARES]
    assert durations._selected(array("f", values), ranks) == [ordered[rank - 1] for rank in ranks]


def test_buckets_are_as_near_as_is_said() -> None:
    chance = random.Random(3)
    values = [chance.lognormvariate(3, 1.2) for _ in range(20_000)]
    found = held(values)
    exact = found.percentiles(SHARES)
    found.fold()
    near = found.percentiles(SHARES)
    assert not found.exact
    assert all(abs(a - b) <= ERROR * b for a, b in zip(near, exact, strict=True))
    assert found.count == 20_000
    assert found.total == pytest.approx(sum(values), rel=1e-6)
    assert found.top == pytest.approx(max(values), rel=1e-6)


def test_what_comes_after_the_buckets_counts_too() -> None:
    found = held([10.0] * 90)
    found.fold()
    found.values.extend([1_000.0] * 10)
    assert found.count == 100
    assert found.percentiles((0.5, 0.9, 0.99)) == pytest.approx([10, 10, 1_000], rel=ERROR)
    other = held([5_000.0])
    found.absorb(other)
    assert (found.count, found.top) == (101, 5_000)
    assert found.total == pytest.approx(90 * 10 + 10 * 1_000 + 5_000)


def test_nothing_has_no_percentile() -> None:
    found = Durations()
    assert (found.count, found.total, found.top) == (0, 0.0, 0.0)
    with pytest.raises(ValueError, match="at least one"):
        found.percentiles(SHARES)
