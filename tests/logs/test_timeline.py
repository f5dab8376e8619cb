"""Moments in every spelling, gaps, jumps of the clock, and bounds."""

from __future__ import annotations

from calendar import timegm

import pytest

from launchready_tui.logs import timeline
from launchready_tui.logs.timeline import GAP, Moment, Timeline, iso, seconds_of

AT = timegm((2026, 11, 24, 6, 25, 1))


@pytest.mark.parametrize(
    "text",
    [
        b"24/Nov/2026:06:25:01 +0000",
        b"24/Nov/2026:07:25:01 +0100",
        b"23/Nov/2026:23:55:01 -0630",
        b"24/Nov/2026:06:25:01",
        b"2026-11-24T06:25:01Z",
        b"2026-11-24T06:25:01.479123Z",
        "2026-11-24T08:25:01+02:00",
        "2026-11-24T08:25:01,5+0200",
        b"2026-11-24 06:25:01",
        b"2026/11/24 06:25:01",
        AT,
        AT + 0.75,
        AT * 1_000 + 7,
        AT * 10**6,
        AT * 10**9,
        str(AT),
        f"{AT}.25",
    ],
)
def test_moments(text: Moment) -> None:
    assert seconds_of(text) == AT
    line = Timeline()
    line.add([text, text])
    assert (line.first, line.last, sum(line.slots.values())) == (AT, AT, 2)


@pytest.mark.parametrize(
    "text",
    [None, b"", b"-", "yesterday", b"99/Xyz/2026:06:25:01 +0000", True, -5, 10**40, b"2026-13-24T06:25:01Z", "7"],
)
def test_what_is_no_moment(text: Moment) -> None:
    assert seconds_of(text) is None
    line = Timeline()
    line.add([text])
    assert (line.first, line.covered, line.busiest) == (None, 0, None)


def test_seconds_that_are_no_number_do_not_count() -> None:
    line = Timeline()
    line.add([b"24/Nov/2026:06:25:xx +0000", b"24/Nov/2026:06:25:01 +0000"])
    assert (line.first, sum(line.slots.values())) == (AT, 1)


def test_rates_leave_gaps_out() -> None:
    line = Timeline()
    line.add([AT + second for second in range(600)])
    line.add([AT + 86_400 + second for second in range(600)])
    ((begins, length),) = line.gaps
    assert begins > AT
    assert 86_400 - 720 <= length <= 86_400 - 600
    assert 1_200 <= line.covered <= 1_320
    assert line.busiest is not None
    assert line.busiest[1] == 1.0


def test_a_clock_that_jumps_does_not_thin_out_the_rates() -> None:
    line = Timeline()
    line.add([AT + second for second in range(600)])
    line.add([1_000])
    line.add([AT + 600 + second for second in range(600)])
    assert line.back == 1
    assert line.first == 1_000
    assert line.covered < 1_400


def test_small_disorder_is_no_jump() -> None:
    line = Timeline()
    for block in ([AT + 100, AT + 90], [AT + 50], [AT + 50 - GAP + 10]):
        line.add(block)
    assert line.back == 0


def test_slots_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "MOST_SLOTS", 50)
    line = Timeline()
    line.add([AT + 60 * minute for minute in range(1_000)])
    assert line.step == 3_600
    assert len(line.slots) <= 50
    line.add([AT + 3_600 * hour for hour in range(1_000)])
    assert line.step == 86_400
    assert sum(line.slots.values()) == 2_000


def test_merging_is_adding() -> None:
    whole, one, two = Timeline(), Timeline(), Timeline()
    moments = [AT + 7 * number for number in range(2_000)]
    whole.add(moments)
    one.add(moments[:700])
    two.add(moments[700:])
    one.merge(two)
    assert (one.slots, one.first, one.last, one.covered) == (whole.slots, whole.first, whole.last, whole.covered)
    coarse = Timeline(3_600, {AT // 3_600 * 3_600: 5}, AT, AT)
    one.merge(coarse)
    assert one.step == 3_600
    assert sum(one.slots.values()) == 2_005


def test_iso() -> None:
    assert iso(AT) == "2026-11-24T06:25:01Z"
    assert iso(None) is None
