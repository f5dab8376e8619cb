"""S6.RUN.01 to 04, and what all checks of a load test have in common."""

from __future__ import annotations

from dataclasses import replace

import pytest

from launchready_tui.model.questions import GeneratorHealth, LoadPhase, LoadPoint, LoadReport, RouteLoad, StepLoad
from launchready_tui.model.questions.loadtest import LoadLimits
from tests.checks.load import CHECKOUT_URL, GOOD, INVALID, LISTING_URL, OLD, PRODUCT, STOPPED, look, outcome

CHECKS = {
    "load.concurrency-model": "acme.test",
    "load.route-results": LISTING_URL,
    "load.generator-health": "acme.test",
    "load.auto-abort": "acme.test",
    "load.database-connections": "acme.test",
    "load.memory": "acme.test",
    "load.queue": "mail",
    "load.third-parties": "acme.test",
    "load.real-user-gap": "acme.test",
    "load.capacity": "acme.test",
    "load.confidence": "acme.test",
}


@pytest.mark.parametrize(("check", "subject"), CHECKS.items())
def test_without_a_report_nobody_looked(check: str, subject: str) -> None:
    judged = look(check, None, subject)
    assert outcome(judged) == ("not-run", "input-missing")
    assert "launchready load FILE" in judged.summary


@pytest.mark.parametrize(("check", "subject"), CHECKS.items())
def test_an_invalid_run_is_neither_pass_nor_fail(check: str, subject: str) -> None:
    judged = look(check, INVALID, subject)
    assert outcome(judged) == ("unknown", "invalid-run")
    assert "CPU 99 %" in judged.summary
    assert judged.decide_by


@pytest.mark.parametrize(("check", "subject"), CHECKS.items())
def test_an_old_report_does_not_count(check: str, subject: str) -> None:
    judged = look(check, OLD, subject)
    assert outcome(judged) == ("unknown", "stale")
    assert "60 days" in judged.summary


def test_a_test_that_ended_early_passes_nothing_and_keeps_what_it_found() -> None:
    judged = look("load.route-results", STOPPED, LISTING_URL)
    assert outcome(judged) == ("unknown", "partial-run")
    assert "stopped by hand" in judged.summary
    slow = replace(STOPPED, routes=(replace(GOOD.routes[0], peak_p95_ms=5_000),))
    assert outcome(look("load.route-results", slow, LISTING_URL)) == ("fail", "slow")


# --- the model --------------------------------------------------------------------------------------------------------


def plan(**changes: object) -> LoadReport:
    return replace(GOOD, plan=replace(GOOD.plan, **changes))  # type: ignore[arg-type]


def test_people_pass_and_littles_law_is_printed_both_ways() -> None:
    judged = look("load.concurrency-model", GOOD)
    assert outcome(judged) == ("pass", "")
    assert judged.details == (
        "N = λ × W: 0.660 sessions a second × 30.0 s = 19.8 at once",
        "λ = N ÷ W: 20.0 at once ÷ 30.0 s = 2,400 sessions an hour",
    )


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (plan(think_s=0.0), ("fail", "no-think-time")),
        (replace(GOOD, most_users=12), ("warn", "below-peak")),
        (plan(requests_per_session=1.0), ("warn", "short-sessions")),
        (replace(GOOD, arrivals_per_s=0.2), ("warn", "little-disagrees")),
        # A test shorter than three sessions has too few arrivals to contradict anything.
        (replace(GOOD, arrivals_per_s=0.02, session_s=400.0), ("pass", "")),
        (plan(phases=(LoadPhase("hold", 0, 600, 20),)), ("pass", "no-ramp")),
    ],
)
def test_what_is_not_like_people(report: LoadReport, expected: tuple[str, str]) -> None:
    assert outcome(look("load.concurrency-model", report)) == expected


# --- routes -----------------------------------------------------------------------------------------------------------


def routes(*rows: RouteLoad) -> LoadReport:
    return replace(GOOD, routes=rows)


ROW = RouteLoad("listing", "browse", 1_000, p95_ms=200, p95_low_ms=190, p95_high_ms=210)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (ROW, ("pass", "")),
        (replace(ROW, p95_ms=650), ("warn", "slow-ish")),
        (replace(ROW, p95_ms=801), ("fail", "slow")),
        (replace(ROW, failures=9), ("pass", "")),
        (replace(ROW, failures=10, errors={"status-503": 9, "timeout": 1}), ("fail", "errors")),
        # The peak counts where enough was sent in it, whatever the rest of the test looked like.
        (replace(ROW, peak_requests=500, peak_p95_ms=900), ("fail", "slow")),
        (replace(ROW, p95_ms=900, peak_requests=500, peak_p95_ms=100), ("pass", "")),
        (replace(ROW, peak_requests=500, peak_p95_ms=100, peak_failures=5), ("fail", "errors")),
        (replace(ROW, peak_requests=50, peak_p95_ms=9_000), ("pass", "")),
        # Few samples decide only where their interval does.
        (replace(ROW, requests=80, p95_low_ms=150, p95_high_ms=400), ("pass", "indicative")),
        (replace(ROW, requests=80, p95_low_ms=150, p95_high_ms=900), ("unknown", "not-decided")),
        (replace(ROW, requests=80, p95_ms=1_500, p95_low_ms=900, p95_high_ms=2_000), ("fail", "slow")),
        (replace(ROW, requests=80, p95_ms=650, p95_low_ms=600, p95_high_ms=700), ("warn", "slow-ish")),
        (replace(ROW, requests=12, p95_low_ms=-1, p95_high_ms=-1), ("unknown", "too-few")),
        (replace(ROW, requests=40, p95_low_ms=150, p95_high_ms=-1), ("unknown", "too-few")),
        (replace(ROW, requests=40, p95_ms=2_000, p95_low_ms=900, p95_high_ms=-1), ("fail", "slow")),
        (replace(ROW, requests=40, failures=1, p95_low_ms=150, p95_high_ms=400), ("pass", "indicative")),
        (replace(ROW, requests=40, failures=2), ("fail", "errors")),
        (replace(ROW, requests=0), ("unknown", "not-reached")),
    ],
)
def test_routes(row: RouteLoad, expected: tuple[str, str]) -> None:
    assert outcome(look("load.route-results", routes(row), LISTING_URL)) == expected


def test_the_worst_journey_decides_and_is_named() -> None:
    judged = look("load.route-results", routes(ROW, replace(ROW, journey="buy", p95_ms=950)), LISTING_URL)
    assert outcome(judged) == ("fail", "slow")
    assert "950 ms" in judged.summary
    assert "in buy" in judged.summary
    assert len(judged.details) == 2


def test_checkout_may_take_two_seconds() -> None:
    checkout = replace(ROW, route="checkout", p95_ms=1_900, pass_ms=2_000, fail_ms=2_000)
    assert outcome(look("load.route-results", routes(checkout), CHECKOUT_URL)) == ("pass", "")
    slow = routes(replace(checkout, p95_ms=2_100))
    assert outcome(look("load.route-results", slow, CHECKOUT_URL)) == ("fail", "slow")


def test_kinds_of_failures_are_named_by_their_number() -> None:
    row = replace(ROW, failures=30, errors={"timeout": 5, "status-503": 25})
    assert "status-503 25, timeout 5" in look("load.route-results", routes(row), LISTING_URL).summary


def stepping(*users: int, broke: int = 0, route: str = "listing", knee: int = 0) -> LoadReport:
    found = tuple(
        StepLoad(n, 0, 20, 500, 100, 0, route if n == broke else "", "p95" if n == broke else "") for n in users
    )
    return replace(GOOD, plan=replace(GOOD.plan, mode="steps"), steps=found, knee=knee)


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (stepping(10, 20, 40, broke=40, knee=20), ("pass", "")),
        (stepping(10, 20, broke=20, knee=10), ("fail", "slow")),
        (stepping(10, 20, broke=20, knee=10, route="search"), ("unknown", "peak-not-held")),
        (stepping(5, 10, knee=10), ("unknown", "peak-not-held")),
    ],
)
def test_a_step_load_is_judged_by_the_step_of_the_peak(report: LoadReport, expected: tuple[str, str]) -> None:
    assert outcome(look("load.route-results", report, LISTING_URL)) == expected


def test_journeys_have_to_be_declared() -> None:
    judged = look("load.route-results", GOOD, "acme.test", replace(PRODUCT, journeys=()))
    assert outcome(judged) == ("not-run", "input-missing")
    assert "[[journey]]" in judged.summary


# --- the generator ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("health", "expected"),
    [
        (GeneratorHealth(cpu_percent=79, lag_p99_ms=19, achieved_percent=98), ("pass", "")),
        (GeneratorHealth(cpu_percent=81), ("unknown", "invalid-run")),
        (GeneratorHealth(lag_p99_ms=21), ("unknown", "invalid-run")),
        (GeneratorHealth(scheduled=1_000, dropped=6), ("unknown", "invalid-run")),
        (GeneratorHealth(scheduled=1_000, dropped=5), ("pass", "")),
        (GeneratorHealth(achieved_percent=97), ("unknown", "invalid-run")),
        (GeneratorHealth(port_errors=1), ("unknown", "invalid-run")),
        (GeneratorHealth(file_errors=1), ("unknown", "invalid-run")),
        (GeneratorHealth(capped=True), ("warn", "capped")),
        (GeneratorHealth(lost=1), ("warn", "worker-lost")),
    ],
)
def test_generator(health: GeneratorHealth, expected: tuple[str, str]) -> None:
    assert outcome(look("load.generator-health", replace(GOOD, generator=health))) == expected


def test_an_aborted_test_may_have_reached_less() -> None:
    report = replace(GOOD, aborted="errors above 10 %", generator=GeneratorHealth(achieved_percent=40))
    assert outcome(look("load.generator-health", report)) == ("pass", "")


# --- the brake --------------------------------------------------------------------------------------------------------


def timeline(*bad: LoadPoint) -> LoadReport:
    good = [LoadPoint(float(at), 20, 10) for at in range(60)]
    for point in bad:
        good[int(point.at)] = point
    return replace(GOOD, timeline=tuple(good), every_s=1.0)


FAILING = [LoadPoint(float(at), 20, 10, 2) for at in range(10, 40)]
STUCK = [LoadPoint(float(at), 20, 10, 0, 0, 6_000.0) for at in range(10, 60)]


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (timeline(), ("pass", "")),
        (timeline(*FAILING[:12]), ("pass", "")),
        (timeline(*FAILING), ("fail", "did-not-stop")),
        (timeline(*FAILING[:9], *FAILING[10:]), ("fail", "did-not-stop")),
        (timeline(*FAILING[::2]), ("pass", "")),
        (timeline(*STUCK), ("fail", "did-not-stop")),
        (replace(timeline(*FAILING[:12]), aborted="20 % of requests failed for 10 s"), ("pass", "")),
        (replace(GOOD, limits=LoadLimits(abort_error_percent=50)), ("warn", "lax-rules")),
    ],
)
def test_auto_abort(report: LoadReport, expected: tuple[str, str]) -> None:
    assert outcome(look("load.auto-abort", report)) == expected
