"""The gate against an independent, slow reading of the rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from launchready_tui.engine.gate import compute_gate
from launchready_tui.engine.standing import board
from launchready_tui.model.board import BarState, Gate, GateVerdict, Standing
from launchready_tui.model.journal import fold
from launchready_tui.model.product import Product
from launchready_tui.model.records import Attestation, Decision, Payload, Record, Undo, Waiver
from launchready_tui.model.results import Result
from launchready_tui.model.verdicts import Source, Verdict
from tests.engine.slowgate import ENTRIES, RUNBOOK, slow_verdict

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PRODUCT = Product("Acme", "acme.test")


def recorded_as(payloads: list[Payload]) -> list[Record]:
    return [Record(number, NOW - timedelta(minutes=60 - number), p) for number, p in enumerate(payloads, 1)]


def standing_of(results: list[Result], payloads: list[Payload]) -> tuple[tuple[Standing, ...], Gate]:
    state = fold(recorded_as(payloads))
    rows = board(RUNBOOK, {}, PRODUCT, state, results, (), NOW)
    return rows, compute_gate(RUNBOOK, rows, state)


def live(check: str, verdict: Verdict, reason: str = "", hours_ago: float = 1) -> Result:
    severity = next(e.severity for e in ENTRIES if e.id == check)
    at = NOW - timedelta(hours=hours_ago)
    return Result(check, "acme.test", verdict, severity, reason, "s", Source.LIVE, at, run=1)


def attested(check: str, holds: bool = True, days: float = 7) -> Attestation:
    return Attestation(check, "acme.test", "s", holds, "Ana", "Ben", "phone", "", NOW + timedelta(days=days))


def waived(check: str, reason: str, days: float = 7) -> Waiver:
    return Waiver(check, "acme.test", reason, "Ana", "w" * 20, "none", NOW + timedelta(days=days))


ALL_GOOD = [live(e.id, Verdict.PASS) for e in ENTRIES]


def test_everything_green_is_go() -> None:
    assert standing_of(ALL_GOOD, [])[1].verdict is GateVerdict.GO


@pytest.mark.parametrize("verdict", [Verdict.UNKNOWN, Verdict.NOT_RUN, Verdict.ERROR, Verdict.FAIL])
def test_a_blocker_that_does_not_pass_is_no_go(verdict: Verdict) -> None:
    results = [live("a.blocker", verdict, "x"), *ALL_GOOD[1:]]
    assert standing_of(results, [])[1].verdict is GateVerdict.NO_GO


def test_a_high_one_that_could_not_be_seen_needs_a_decision() -> None:
    results = [ALL_GOOD[0], live("a.high", Verdict.UNKNOWN, "x"), *ALL_GOOD[2:]]
    assert standing_of(results, [])[1].verdict is GateVerdict.NO_GO
    decided = Decision("t", (), "launch without", "why", "Ana", topic="a.high")
    assert standing_of(results, [decided])[1].verdict is GateVerdict.GO


def test_a_medium_one_that_could_not_be_seen_is_a_known_issue() -> None:
    results = [*ALL_GOOD[:2], live("a.medium", Verdict.UNKNOWN, "x"), *ALL_GOOD[3:]]
    assert standing_of(results, [])[1].verdict is GateVerdict.GO


def test_an_old_result_does_not_decide() -> None:
    results = [live("a.blocker", Verdict.PASS, hours_ago=49), *ALL_GOOD[1:]]
    gate = standing_of(results, [])[1]
    assert (gate.verdict, gate.bars[0].state, gate.stale) == (GateVerdict.NO_GO, BarState.STALE, 1)


def test_a_waiver_lets_through_with_accepted_risk_and_the_verdict_stays() -> None:
    results = [live("a.blocker", Verdict.FAIL, "x"), *ALL_GOOD[1:]]
    rows, gate = standing_of(results, [waived("a.blocker", "x")])
    assert (gate.verdict, gate.bars[0].state) == (GateVerdict.GO_WITH_ACCEPTED_RISKS, BarState.WAIVED)
    assert rows[0].verdict is Verdict.FAIL


@pytest.mark.parametrize("waiver", [waived("a.blocker", "x", days=-1), waived("a.blocker", "other")])
def test_an_expired_or_other_waiver_does_not(waiver: Waiver) -> None:
    results = [live("a.blocker", Verdict.FAIL, "x"), *ALL_GOOD[1:]]
    assert standing_of(results, [waiver])[1].verdict is GateVerdict.NO_GO


def test_an_attestation_settles_what_could_not_be_seen_but_never_outweighs_a_fail() -> None:
    unseen = [live("a.blocker", Verdict.UNKNOWN, "x"), *ALL_GOOD[1:]]
    assert standing_of(unseen, [attested("a.blocker")])[1].bars[0].state is BarState.ATTESTED
    seen = [live("a.blocker", Verdict.FAIL, "x"), *ALL_GOOD[1:]]
    assert standing_of(seen, [attested("a.blocker")])[1].verdict is GateVerdict.NO_GO


def test_an_expired_attestation_is_unknown() -> None:
    rows, gate = standing_of(ALL_GOOD[1:], [attested("a.blocker", days=-1)])
    assert (rows[0].verdict, gate.verdict) == (Verdict.UNKNOWN, GateVerdict.NO_GO)


def test_an_open_high_problem_outside_the_bars_is_an_accepted_risk() -> None:
    results = [*ALL_GOOD[:4], live("c.high", Verdict.FAIL, "x")]
    assert standing_of(results, [])[1].verdict is GateVerdict.GO_WITH_ACCEPTED_RISKS


checks = st.sampled_from([e.id for e in ENTRIES])
reasons = st.sampled_from(["", "x", "attested-false", "attestation-expired"])
lives = st.builds(live, checks, st.sampled_from(list(Verdict)), reasons, st.sampled_from([1.0, 49.0]))
payloads = st.one_of(
    st.builds(attested, checks, st.booleans(), st.sampled_from([-1.0, 7.0])),
    st.builds(waived, checks, reasons, st.sampled_from([-1.0, 7.0])),
    st.builds(lambda check: Decision("t", (), "c", "w", "Ana", topic=check), checks),
    st.builds(Undo, st.integers(1, 8)),
)


@settings(max_examples=400)
@given(st.lists(lives, max_size=10), st.lists(payloads, max_size=8))
def test_against_the_slow_reading(extra: list[Result], recorded: list[Payload]) -> None:
    results = ALL_GOOD + extra
    assert standing_of(results, recorded)[1].verdict is slow_verdict(results, recorded_as(recorded), NOW)
