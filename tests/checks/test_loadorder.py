"""What gave way first: seen from outside and on the server, on one timeline."""

from __future__ import annotations

from dataclasses import replace

from launchready_tui.checks.load.order import Bounds, first_break, order
from launchready_tui.model.questions import LoadEvent
from launchready_tui.model.questions.serverwatch import CallCount, DependencyCalls, ServerEvent, ServerWatch
from tests.checks.load import GOOD, over, watched

OUTSIDE = (
    LoadEvent(200, "p95-warn", 600, "listing", "p95 of listing above 500 ms"),
    LoadEvent(310, "p95-fail", 900, "listing", "p95 of listing above 800 ms"),
    LoadEvent(330, "errors", 4, "", ""),
)


def test_what_bends_first_and_what_breaks_first() -> None:
    report = watched(
        ("db.used", over(lambda at: at / 4 if at > 0 else 1)),
        ("db.limit", over(100)),
        ("pool.wait", over(lambda at: 0.5 if at > 320 else 0)),
        ("queue.mail.delay", over(lambda at: at / 3)),
        ("process.started", over(lambda at: 1_000 if at < 400 else 2_000)),
        report=replace(GOOD, first_to_give=OUTSIDE, max_concurrency=15),
        dependencies=(DependencyCalls("api.stripe.com", (CallCount(-10, 1, 1), CallCount(250, 9, 3, 0, 2))),),
        events=(ServerEvent(390, "too-many-connections", "refused"), ServerEvent(1, "log-rotated", "app.log")),
    )
    found = order(report)
    assert [(gave.at, gave.what) for gave in found] == [
        (185, "queue-delay"),
        (200, "p95-warn"),
        (250, "supplier-failing"),
        (250, "throttled"),
        (285, "connections-high"),
        (310, "p95-fail"),
        (325, "pool-wait"),
        (330, "errors"),
        (365, "connections-full"),
        (390, "too-many-connections"),
        (400, "restarted"),
    ]
    first = first_break(report)
    assert first is not None
    assert first.line == "03:05 the oldest job of mail waits 62 s"
    assert first_break(report, Bounds(queue_delay_s=1_000)) == found[2]


def test_a_pool_that_is_dry_breaks_where_a_short_wait_only_bends() -> None:
    report = watched(("pool.wait", over(lambda at: 3.0 if at > 300 else 0.2 if at > 100 else 0)))
    assert [(gave.what, gave.breaks) for gave in order(report)] == [("pool-wait", False), ("pool-dry", True)]
    first = first_break(report)
    assert first is not None
    assert "3000 ms for a connection of the pool" in first.text


def test_a_cold_start_below_what_is_carried_is_no_breaking_point() -> None:
    users = tuple(replace(point, users=5 if point.at < 100 else 40) for point in GOOD.timeline)
    cold, late = LoadEvent(10, "p95-fail", 900, "listing", "cold"), LoadEvent(310, "p95-fail", 900, "search", "late")
    report = replace(GOOD, timeline=users, most_users=40, max_concurrency=20, first_to_give=(cold, late))
    assert [(gave.text, gave.breaks) for gave in order(report)] == [("cold", False), ("late", True)]
    first = first_break(report)
    assert first is not None
    assert first.text == "late"
    assert first_break(replace(report, max_concurrency=40)) is None


def test_nothing_gave_way() -> None:
    assert order(GOOD) == ()
    assert first_break(replace(GOOD, first_to_give=OUTSIDE[:1])) is None
    assert order(replace(GOOD, server=ServerWatch())) == ()
