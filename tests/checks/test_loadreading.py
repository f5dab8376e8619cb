"""S6.RUN.05 to 07: people against a benchmark, the knee and the headroom, how sure the figures are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from launchready_tui.checks.load.reading import capacity
from launchready_tui.model.performance import LoadSettings
from launchready_tui.model.questions import LoadEvent, LoadReport, RouteLoad, StepLoad
from tests.checks.load import GOOD, PRODUCT, STOPPED, look, outcome

# --- people and the benchmark -----------------------------------------------------------------------------------------

ALONE = RouteLoad("listing", "flood", 2_000, p95_ms=120, p95_low_ms=115, p95_high_ms=126)


def flood(alone: RouteLoad = ALONE, **journey: object) -> LoadReport:
    row = replace(GOOD.routes[0], **journey)  # type: ignore[arg-type]
    return replace(GOOD, routes=(row,), flood=(alone,))


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (flood(), ("pass", "")),
        (flood(p95_ms=240, p95_low_ms=230), ("pass", "")),
        (flood(p95_ms=250, p95_low_ms=240), ("fail", "people-slower")),
        # Surely slower with few requests, and not surely.
        (flood(p95_ms=900, p95_low_ms=700, requests=60), ("fail", "people-slower")),
        (flood(p95_ms=900, p95_low_ms=100, requests=60), ("unknown", "not-decided")),
        # Nobody feels the difference between 5 and 40 ms.
        (flood(replace(ALONE, p95_ms=5), p95_ms=40), ("pass", "")),
        (flood(failures=200), ("fail", "people-fail")),
        # Where the benchmark fails as well there is no gap; the routes' own check tells it.
        (flood(replace(ALONE, failures=200), failures=400), ("pass", "")),
        (replace(GOOD, flood=(replace(ALONE, route="other"),)), ("not-run", "input-missing")),
        (GOOD, ("not-run", "input-missing")),
        (replace(flood(), partial=STOPPED.partial), ("unknown", "partial-run")),
    ],
)
def test_people_and_the_benchmark(report: LoadReport, expected: tuple[str, str]) -> None:
    assert outcome(look("load.real-user-gap", report)) == expected


def test_the_route_with_the_largest_gap_is_named_first() -> None:
    slow = replace(GOOD.routes[0], p95_ms=1_500, p95_low_ms=1_400)
    report = replace(GOOD, routes=(slow, replace(GOOD.routes[1], p95_ms=300)), flood=(ALONE,))
    judged = look("load.real-user-gap", report)
    assert "listing in browse: p95 1500 ms, alone 120 ms (12.5 times)" in judged.summary
    assert [line.split(":")[0] for line in judged.details] == ["listing in browse", "listing in buy"]


# --- capacity ---------------------------------------------------------------------------------------------------------


def steps(*users: int, broke: int = 0, how: str = "p95") -> LoadReport:
    found = tuple(StepLoad(n, 0, 20, 500, 100, 0, "listing", how if n == broke else "") for n in users)
    return replace(GOOD, steps=found, most_users=max(users))


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (steps(10, 20, 30, 40, 50, broke=50), ("pass", "")),
        (steps(10, 20, 30, 40, broke=40), ("warn", "little-headroom")),
        (steps(10, 20, 30, broke=30), ("warn", "little-headroom")),
        (steps(10, 20, broke=20), ("fail", "below-peak")),
        (steps(10, 20, broke=10), ("fail", "below-peak")),
        (steps(10, 20, 30, 40), ("pass", "at-least")),
        (steps(10, 20, 30), ("unknown", "knee-not-reached")),
        # Without steps: what was carried, and whether anything gave way.
        (GOOD, ("unknown", "knee-not-reached")),
        (replace(GOOD, most_users=40, max_concurrency=40), ("pass", "at-least")),
        (replace(GOOD, most_users=40, max_concurrency=25, first_to_give=(LoadEvent(90, "p95-fail", 900),)),
         ("warn", "little-headroom")),
        (replace(GOOD, max_concurrency=12, first_to_give=(LoadEvent(90, "errors", 5),)), ("fail", "below-peak")),
        # One slow moment below what was carried is no breaking point.
        (replace(GOOD, most_users=40, max_concurrency=40, first_to_give=(LoadEvent(5, "p95-fail", 900),)),
         ("pass", "at-least")),
        (replace(GOOD, most_users=40, max_concurrency=40, first_to_give=(LoadEvent(90, "p95-warn", 600),)),
         ("pass", "at-least")),
        (replace(GOOD, max_concurrency=5, aborted="errors above 10 %"), ("fail", "below-peak")),
        (replace(GOOD, most_users=40, max_concurrency=40, partial=STOPPED.partial), ("unknown", "partial-run")),
        (replace(GOOD, most_users=0, max_concurrency=0), ("unknown", "no-sessions")),
    ],
)  # fmt: skip
def test_capacity(report: LoadReport, expected: tuple[str, str]) -> None:
    assert outcome(look("load.capacity", report)) == expected


def test_the_knee_and_what_broke_are_named() -> None:
    judged = look("load.capacity", steps(10, 20, 30, broke=30, how="errors"))
    assert (
        judged.summary == "carries 20 sessions at once, 1.0 times the expected peak of 20; then errors of listing at 30"
    )
    assert "30 sessions" in judged.details[-1]
    assert capacity(steps(10, 20, 30, 40, broke=20)).sessions == 10, "a step above the first break proves nothing"


def test_the_peak_of_today_counts() -> None:
    product = replace(PRODUCT, load=LoadSettings(peak=50))
    report = steps(10, 20, 30, 40, 50, broke=50)
    assert outcome(look("load.capacity", report, product=product)) == ("fail", "below-peak")


# --- confidence -------------------------------------------------------------------------------------------------------


def rows(*found: RouteLoad) -> LoadReport:
    return replace(GOOD, routes=found)


ROW = GOOD.routes[0]


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (GOOD, ("pass", "")),
        (rows(ROW, replace(ROW, route="checkout", requests=199)), ("warn", "indicative")),
        (rows(replace(ROW, p95_ms=495, p95_low_ms=480, p95_high_ms=520)), ("warn", "not-decided")),
        (rows(replace(ROW, p95_low_ms=700, p95_high_ms=900)), ("warn", "not-decided")),
        (rows(replace(ROW, p95_low_ms=-1, p95_high_ms=-1)), ("fail", "no-interval")),
        (rows(replace(ROW, requests=10, p95_low_ms=-1, p95_high_ms=-1)), ("warn", "indicative")),
        (rows(replace(ROW, requests=0)), ("unknown", "no-requests")),
        (STOPPED, ("unknown", "partial-run")),
    ],
)
def test_confidence(report: LoadReport, expected: tuple[str, str]) -> None:
    assert outcome(look("load.confidence", report)) == expected


def test_routes_with_few_samples_are_named_with_their_number() -> None:
    judged = look("load.confidence", rows(ROW, replace(ROW, route="checkout", journey="buy", requests=40)))
    assert "checkout (40)" in judged.summary
    assert judged.details[1].endswith("between 190 and 215, indicative")
