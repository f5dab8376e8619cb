"""Histograms: bounded error, exact merging, exact extremes, whatever the values."""

from __future__ import annotations

import json
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launchready_tui.load.histogram import RELATIVE_ERROR, SMALLEST, Histogram, bucket, middle
from launchready_tui.model.statistics import percentile, percentile_interval

SECONDS = st.floats(min_value=SMALLEST * 1.001, max_value=3600.0, allow_nan=False)


def histogram(values: list[float]) -> Histogram:
    found = Histogram()
    for value in values:
        found.add(value)
    return found


@given(SECONDS)
def test_a_bucket_stands_for_its_values_within_the_stated_error(value: float) -> None:
    assert abs(middle(bucket(value)) - value) <= value * RELATIVE_ERROR * 1.000001


@given(st.lists(SECONDS, min_size=1, max_size=200), st.sampled_from([0.0, 0.01, 0.5, 0.9, 0.95, 0.99, 1.0]))
def test_percentiles_are_those_of_the_sorted_values_within_the_error(values: list[float], q: float) -> None:
    exact = percentile(sorted(values), q)
    assert histogram(values).percentile(q) == pytest.approx(exact, rel=RELATIVE_ERROR * 1.000001)


@given(st.lists(st.lists(SECONDS, max_size=50), min_size=1, max_size=6))
def test_merged_parts_are_the_histogram_of_all_values(parts: list[list[float]]) -> None:
    whole = histogram([value for part in parts for value in part])
    merged = Histogram.merged(map(histogram, parts))
    assert merged == whole
    assert merged.count == whole.count
    assert merged.total == pytest.approx(whole.total)


@given(st.lists(SECONDS, max_size=50))
def test_json_loses_nothing(values: list[float]) -> None:
    found = histogram(values)
    back = Histogram.from_plain(json.loads(json.dumps(found.to_plain())))
    assert back == found
    assert (back.count, back.total) == (found.count, found.total)


def test_extremes_are_exact() -> None:
    found = histogram([0.0123456, 0.5, 7.654321])
    assert (found.smallest, found.largest) == (0.0123456, 7.654321)
    assert found.percentile(1.0) == 7.654321


def test_nothing_counted_gives_zeroes() -> None:
    empty = Histogram()
    assert (empty.percentile(0.95), empty.mean, empty.interval(0.95)) == (0.0, 0.0, (-1.0, -1.0))
    assert Histogram.from_plain(empty.to_plain()) == empty


def test_zero_and_less_than_a_microsecond_fall_into_the_first_bucket() -> None:
    found = histogram([0.0, 1e-9, 1e-7])
    assert found.counts == {0: 3}
    assert found.percentile(0.5) == 1e-7


def test_the_interval_is_that_of_the_order_statistics() -> None:
    rng = random.Random(4)
    values = sorted(rng.lognormvariate(-3, 1) for _ in range(1_000))
    low, high = histogram(values).interval(0.95)
    exact = percentile_interval(values, 0.95)
    assert (low, high) == pytest.approx(exact, rel=RELATIVE_ERROR * 1.001)


def test_an_interval_that_cannot_be_given_says_so() -> None:
    low, high = histogram([0.1, 0.2, 0.3]).interval(0.95)
    assert high == -1.0
    assert low > 0 or low == -1.0


@pytest.mark.parametrize("data", [[], [1.0, 1.0], [1.0, 1.0, 1.0, 5], [1.0, 1.0, 1.0, 5, 0], [1.0, 1.0, 1.0, 5, -2]])
def test_what_is_no_histogram_is_refused(data: list[float]) -> None:
    with pytest.raises(ValueError, match=r"histogram|bucket"):
        Histogram.from_plain(data)


def test_the_buckets_of_an_hour_stay_few() -> None:
    assert bucket(3600.0) < 6_000
    assert math.isclose(middle(bucket(3600.0)), 3600.0, rel_tol=RELATIVE_ERROR)
