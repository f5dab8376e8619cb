"""Prometheus text: old format and OpenMetrics, labels, selectors, and what no honest server would send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launchready_tui.load.server.exposition import (
    Selector,
    is_counter,
    looks_like_metrics,
    read_selector,
    total,
    values,
)

TEXT = """\
# HELP process_resident_memory_bytes Resident memory size in bytes.
# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes 1.2345678e+08
jobs_waiting{queue="mail"} 7
jobs_waiting{queue="images",region="eu \\"west\\""} 5 1732448400000
jobs_waiting{queue="mail",shard="2"} 3 # {trace_id="abc"} 0.67
jobs_waiting_seconds{queue="mail"} NaN
broken_gauge +Inf
# TYPE pool_wait_seconds counter
pool_wait_seconds_total 4.5
strange{label="a } b # c"} 9
# EOF
"""


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("process_resident_memory_bytes", 123456780.0),
        ("jobs_waiting", 15.0),
        ('jobs_waiting{queue="mail"}', 10.0),
        ('jobs_waiting{queue="mail",shard="2"}', 3.0),
        ('jobs_waiting{region="eu \\"west\\""}', 5.0),
        ("strange", 9.0),
        ("jobs", None),
        ('jobs_waiting{queue="nothing"}', None),
        ("jobs_waiting_seconds", None),
        ("broken_gauge", None),
    ],
)
def test_values_are_summed_over_what_the_selector_keeps(wanted: str, expected: float | None) -> None:
    assert total(TEXT, read_selector(wanted)) == expected


@pytest.mark.parametrize("wanted", ["", "9lives", "a b", 'a{b="c"', "a{b=c}", "a{}x", "{}"])
def test_a_selector_that_cannot_be_read_says_so(wanted: str) -> None:
    with pytest.raises(ValueError, match=r"metric|labels"):
        read_selector(wanted)


def test_counters_are_recognised_in_both_formats() -> None:
    assert is_counter(TEXT, "pool_wait_seconds_total")
    assert not is_counter(TEXT, "process_resident_memory_bytes")
    assert not is_counter(TEXT, "jobs_waiting")


@pytest.mark.parametrize("text", ["<html>\n<p>Sign in 1</p>", '{"status": 1}', "", "\n\n", "404 page not found"])
def test_what_is_no_metrics_is_told_apart(text: str) -> None:
    assert not looks_like_metrics(text)
    assert looks_like_metrics(TEXT)


def test_a_sum_beyond_all_numbers_is_none() -> None:
    assert total("a 1e308\na 1e308\n", Selector("a", {})) is None
    assert values("a 1e999\na 2\na nonsense\n", Selector("a", {})) == (2.0,)


@given(st.text(max_size=400))
def test_garbage_is_read_without_an_error(text: str) -> None:
    total(text, Selector("a", {"b": "c"}))
    looks_like_metrics(text)


def test_a_line_of_a_megabyte_and_of_quotes_is_read_in_one_go() -> None:
    hostile = "a{" + 'b="' * 200_000 + "\na 4\n" + 'a{b="' + "\\" * 1_000_000 + "\n"
    assert total(hostile, Selector("a", {})) == 4.0
