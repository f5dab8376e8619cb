"""The one axis on which everything of a load test is drawn."""

from __future__ import annotations

from launchready_tui.checks.load.axis import Axis, axis_of
from tests.checks.load import GOOD, over, watched

AXIS = Axis(every=5.0, cells=4, load_s=10.0)


def test_nothing_is_sent_after_the_load() -> None:
    assert AXIS.load([3, 4]) == [3, 4, 0, 0]
    assert AXIS.load([1, 2, 3, 4, 5]) == [1, 2, 3, 4]


def test_what_was_seen_counts_until_somebody_looks_again() -> None:
    assert AXIS.seen([(-5, 9), (1, 2), (3, 1), (12, 7), (99, 8)]) == [2, 2, 7, 7]
    assert AXIS.seen([]) == [0, 0, 0, 0]


def test_it_reaches_to_the_last_thing_that_was_seen() -> None:
    end = GOOD.timeline[-1].at + GOOD.every_s
    assert axis_of(GOOD).load_s == end
    longer = watched(("queue.mail.depth", over(lambda at: 1.0)))
    found = axis_of(longer)
    last = longer.server.series[0].points[-1][0]
    assert found.end_s >= max(end, last)
    assert found.end_s - max(end, last) < found.every
