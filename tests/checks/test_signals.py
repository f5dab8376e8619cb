"""Failure signals of journeys: the registry, and the arithmetic of their thresholds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from launchready_tui.checks.operations.poisson import at_least, enough
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import BusinessSignal, Journey, Product
from launchready_tui.model.profile import parse_product, write_product
from launchready_tui.model.profilesignals import SEEDS, window_minutes
from launchready_tui.model.questions import Facts, Moment, Question, RunMoment
from launchready_tui.model.verdicts import Judgement, Verdict
from tests.kit import SEEN_AT, judge

NOW: dict[Question[Any], Facts | Failure] = {RunMoment(): Moment(SEEN_AT)}
WHOLE = BusinessSignal(
    "signup-failures", "signup", "sign-ups that fail", "count", 6.0, "15m",
    source="SELECT 1", owner="Mira", action="look at mail", tested=date(2026, 11, 20),
)  # fmt: skip


def product(*signals: BusinessSignal, per_hour: float = 60.0, minor: bool = False) -> Product:
    return Product("Acme", "acme.test", journeys=(Journey("signup", per_hour=per_hour, minor=minor),), signals=signals)


def registry(*signals: BusinessSignal, **more: Any) -> Judgement:
    return judge("signals.registry", "signup", NOW, product(*signals, **more), {"fired_within_days": 30})


def statistics(*signals: BusinessSignal, **more: Any) -> Judgement:
    return judge("signals.statistics", "signup", NOW, product(*signals, **more))


def seen(judgement: Judgement) -> tuple[Verdict, str]:
    return judgement.verdict, judgement.reason


def test_a_complete_signal_that_was_fired_passes() -> None:
    found = registry(WHOLE)
    assert seen(found) == (Verdict.PASS, "")
    assert "2026-11-20" in found.summary
    assert "Mira" in found.summary


@pytest.mark.parametrize(
    ("signals", "verdict", "reason"),
    [
        ((), Verdict.FAIL, "no-signal"),
        ((replace(WHOLE, owner=""),), Verdict.FAIL, "incomplete"),
        ((replace(WHOLE, tested=None),), Verdict.WARN, "untested"),
        ((replace(WHOLE, tested=date(2026, 10, 1)),), Verdict.WARN, "untested"),
        ((replace(WHOLE, tested=date(2027, 1, 1)),), Verdict.WARN, "untested"),
        ((replace(WHOLE, owner=""), WHOLE), Verdict.PASS, ""),
    ],
)
def test_registry(signals: tuple[BusinessSignal, ...], verdict: Verdict, reason: str) -> None:
    assert seen(registry(*signals)) == (verdict, reason)


def test_a_minor_journey_may_go_without() -> None:
    assert seen(registry(minor=True)) == (Verdict.PASS, "minor")


def test_no_journey_at_all_fails_and_a_signal_names_one() -> None:
    bare = Product("Acme", "acme.test")
    assert seen(judge("signals.registry", "acme.test", NOW, bare)) == (Verdict.FAIL, "no-journey")
    seeded = replace(bare, signals=SEEDS)
    assert seen(judge("signals.registry", "checkout", NOW, seeded)) == (Verdict.FAIL, "incomplete")


@pytest.mark.parametrize("check", ["signals.registry", "signals.statistics"])
def test_without_the_run_s_moment_it_is_unknown(check: str) -> None:
    broken: dict[Question[Any], Facts | Failure] = {RunMoment(): Failure("cancelled", "stopped")}
    assert judge(check, "signup", broken, product(WHOLE)).verdict is Verdict.UNKNOWN


RATE = replace(WHOLE, kind="rate", threshold=14.4, window="1h", short_window="5m")
LATENCY = replace(WHOLE, kind="latency", threshold=2000.0, window="15m")


@pytest.mark.parametrize(
    ("signal", "per_hour", "verdict", "reason"),
    [
        (WHOLE, 60, Verdict.PASS, ""),
        (WHOLE, 0, Verdict.UNKNOWN, "traffic-not-declared"),
        (WHOLE, 20, Verdict.FAIL, "never-fires"),
        (replace(WHOLE, threshold=20.0, window="1h"), 20, Verdict.WARN, "slow-to-fire"),
        (replace(WHOLE, threshold=2.0, usual=4.0), 60, Verdict.FAIL, "noisy-threshold"),
        (replace(WHOLE, threshold=30.0), 2_000, Verdict.WARN, "count-for-much-traffic"),
        (RATE, 20, Verdict.FAIL, "rate-for-little-traffic"),
        (RATE, 600, Verdict.PASS, ""),
        (replace(RATE, window="2h"), 600, Verdict.WARN, "odd-window"),
        (replace(RATE, short_window=""), 600, Verdict.WARN, "one-window"),
        (replace(RATE, threshold=50.0), 600, Verdict.FAIL, "late-threshold"),
        (replace(RATE, threshold=2.0), 600, Verdict.FAIL, "noisy-threshold"),
        (LATENCY, 20, Verdict.WARN, "few-samples"),
        (LATENCY, 600, Verdict.PASS, ""),
        (replace(WHOLE, threshold=0.0), 60, Verdict.FAIL, "no-threshold"),
    ],
)
def test_statistics(signal: BusinessSignal, per_hour: float, verdict: Verdict, reason: str) -> None:
    assert seen(statistics(signal, per_hour=per_hour)) == (verdict, reason)


def test_the_arithmetic_is_shown() -> None:
    told = " ".join(statistics(replace(WHOLE, usual=8.0), per_hour=60).details)
    assert "m = 2 in 15m" in told
    assert "P(X ≥ 6)" in told
    assert "0.017" in told


def test_no_signal_has_no_statistics() -> None:
    assert statistics().verdict is Verdict.NOT_APPLICABLE


def test_poisson_against_the_runbook_s_example() -> None:
    assert round(at_least(8, 2), 3) == 0.001
    assert at_least(0, 2) == 1.0
    assert at_least(3, 0) == 0.0
    assert 0 < at_least(1_100, 1_000) < 0.01
    assert at_least(enough(2, 0.01), 2) < 0.01 <= at_least(enough(2, 0.01) - 1, 2)


def test_round_trip_of_the_profile() -> None:
    rich = replace(WHOLE, usual=0.5, budget=0.5, short_window="5m", source='"; DROP\x00 <b>', owner="\u202eMira")
    before = product(rich, SEEDS[1], minor=True)
    assert parse_product(write_product(before)) == replace(before, hosts=parse_product(write_product(before)).hosts)


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ('threshold = -1', "signal: threshold must be a number"),
        ('threshold = nan', "signal: threshold must be a number"),
        ('window = "soon"', 'signal: window: "soon" is no time'),
        ('window = "0m"', 'signal: window: "0m" is no time'),
        ('kind = "rate"\nthreshold = 120', "at most 100"),
        ('budget = 0', "budget must be a percentage"),
        ('tested = "yesterday"', "tested"),
        ('kind = "guess"', "kind"),
        ('ownr = "x"', 'did you mean "owner"?'),
    ],
)  # fmt: skip
def test_bad_signals_are_named_with_their_line(lines: str, problem: str) -> None:
    text = f'[product]\nname="A"\ndomain="a.test"\n[[signal]]\nid="x"\njourney="y"\nsignal="z"\n{lines}'
    with pytest.raises(Exception, match=r"p\.toml:") as caught:
        parse_product(text, "p.toml")
    assert problem in str(caught.value)


def test_windows() -> None:
    assert [window_minutes(text) for text in ("15m", "1h", "3d", "", "h", "1w")] == [15, 60, 4320, 0, 0, 0]
