"""S6.3P.01: budgets before any run, and what suppliers answered during one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from launchready_tui.checks.load.budget import budgets, journeys_per_minute, mean_session
from launchready_tui.model.performance import Dependency, LoadSettings
from launchready_tui.model.product import Product
from launchready_tui.model.questions import JourneyLoad, LoadReport
from launchready_tui.model.questions.serverwatch import CallCount, DependencyCalls, ServerWatch, Unwatched
from tests.checks.load import GOOD, INVALID, PRODUCT, STOPPED, blind, look, outcome

STRIPE = "api.stripe.com"


def supplier(limit: float = 1500, calls: float = 4, **more: Any) -> Product:
    return replace(PRODUCT, dependencies=(Dependency("stripe", STRIPE, "payments", limit, {"buy": calls}),), **more)


def calls(*counts: CallCount, host: str = STRIPE) -> LoadReport:
    found = (DependencyCalls(host, counts),) if counts else ()
    return replace(GOOD, server=ServerWatch(until=900, dependencies=found, log_lines=5_000))


def even(each: int = 1, **more: int) -> list[CallCount]:
    """So many calls in every ten seconds; the journeys of the fixture make 1.3."""
    return [CallCount(float(at), each, **more) for at in range(0, 600, 10)]


CALM = calls(*even())


def look_at(report: LoadReport | None, product: Product = PRODUCT) -> tuple[str, str]:
    return outcome(look("load.third-parties", report, product=product))


# --- arithmetic -------------------------------------------------------------------------------------------------------


def test_the_budget_is_the_limit_over_the_calls_of_a_journey() -> None:
    product = replace(supplier(), load=LoadSettings(peak=20, arrivals_per_hour=6_000))
    [budget] = budgets(product, journeys_per_minute(product, None))
    assert budget.most == {"buy": 375.0}
    assert budget.needed == pytest.approx(100 * 0.2 * 4)
    assert budget.ratio == pytest.approx(1500 / 80)


def test_journeys_a_minute_follow_from_the_peak_by_littles_law() -> None:
    # browse: 5.5 times 4 s, weight 4; buy: 4 s and 4 s, weight 1.
    assert mean_session(PRODUCT) == pytest.approx((4 * 22 + 8) / 5)
    assert journeys_per_minute(PRODUCT, None) == pytest.approx(60 * 20 / 19.2)
    assert journeys_per_minute(PRODUCT, GOOD) == pytest.approx(60 * 20 / 30), "the measured length counts"
    assert journeys_per_minute(replace(PRODUCT, journeys=()), None) == 0


@pytest.mark.parametrize(
    ("limit", "expected"),
    # 62.5 journeys a minute, a fifth of them with four calls: 50 calls a minute.
    [(49, ("fail", "budget-too-small")), (51, ("warn", "budget-tight")), (99, ("warn", "budget-tight")),
     (101, ("not-run", "input-missing"))],
)  # fmt: skip
def test_before_any_run_the_arithmetic_alone_can_fail_but_not_pass(limit: float, expected: tuple[str, str]) -> None:
    assert look_at(None, supplier(limit)) == expected


def test_before_a_run_the_figures_are_told() -> None:
    judged = look("load.third-parties", None, product=supplier())
    assert "30.0 times the expected peak" in judged.summary
    assert "launchready load FILE" in judged.summary
    assert f"{STRIPE}: its limit carries 375 of buy a minute" in judged.details


def test_an_invalid_run_leaves_the_arithmetic() -> None:
    assert look_at(INVALID) == ("unknown", "invalid-run")
    assert look_at(INVALID, supplier(20)) == ("fail", "budget-too-small")


# --- the run ----------------------------------------------------------------------------------------------------------


def rising() -> list[CallCount]:
    """Calls for each request go up from 0.05 to about 0.5 while nothing but the load goes on."""
    return [CallCount(float(at), 1 + at // 60) for at in range(0, 600, 10)]


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (CALM, ("pass", "")),
        (calls(), ("pass", "")),
        (calls(*even(throttled=1)), ("fail", "throttled")),
        (calls(*even(10), CallCount(600, 10, 1)), ("warn", "throttled-once")),
        (calls(*even(errors=1)), ("fail", "supplier-failing")),
        (calls(*even(10), CallCount(600, 10, 0, 0, 1)), ("warn", "supplier-errors")),
        (calls(*rising()), ("fail", "retry-storm")),
        # More calls than the profile says, evenly: the profile is wrong, or everything is tried twice.
        (calls(*even(20)), ("warn", "more-calls")),
        # A supplier that nobody declared counts as well.
        (calls(*even(throttled=1), host="mail.example"), ("fail", "throttled")),
        (blind("app-log"), ("not-run", "input-missing")),
        (blind("app-log", "unreadable", "app.log: permission denied"), ("unknown", "unreadable")),
        (replace(GOOD, server=ServerWatch(until=900)), ("unknown", "log-silent")),
        (replace(CALM, partial=STOPPED.partial), ("unknown", "partial-run")),
    ],
)
def test_runs(report: LoadReport, expected: tuple[str, str]) -> None:
    assert look_at(report) == expected


def test_when_it_began_and_how_often_is_told() -> None:
    judged = look("load.third-parties", calls(*even(), CallCount(120, 5, 4)))
    assert f"{STRIPE} answered 429 to 4 of 65 calls, from 02:00 on" in judged.summary


def test_a_tight_budget_outweighs_a_calm_run() -> None:
    assert look_at(CALM, supplier(50)) == ("warn", "budget-tight")
    assert look_at(replace(GOOD, server=ServerWatch(until=900)), supplier(50)) == ("warn", "budget-tight")


def test_what_is_not_declared_is_no_pass() -> None:
    assert look_at(CALM, replace(PRODUCT, dependencies=())) == ("not-run", "input-missing")
    assert look_at(CALM, supplier(0)) == ("not-run", "input-missing")
    assert look_at(calls(*even(throttled=1)), supplier(0)) == ("fail", "throttled")
    product = replace(PRODUCT, dependencies=(Dependency("stripe", STRIPE, "payments", 1500),))
    assert look_at(CALM, product) == ("not-run", "input-missing")


def test_hostile_names_are_shown_safely() -> None:
    judged = look("load.third-parties", calls(*even(throttled=1), host="\x1b]0;evil\x07" + "x" * 500))
    assert "\x1b" not in "".join((judged.summary, *judged.details))


def test_what_finished_decides_how_many_calls_were_to_be_expected() -> None:
    report = replace(calls(*even(20)), journeys=(JourneyLoad("buy", 300, 300),))
    assert look_at(report) == ("pass", "")


def test_a_part_that_is_unwatched_for_another_reason_is_not_the_log() -> None:
    report = replace(GOOD, server=ServerWatch(unwatched=(Unwatched("memory", "input-missing", "no metrics"),)))
    assert look_at(report) == ("unknown", "log-silent")
