"""The gate against an independent, slow reading of the rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from launchready_tui.engine.findings import Findings
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
    findings = Findings()
    findings.add(results)
    rows = board(RUNBOOK, {}, PRODUCT, state, findings.latest.values(), (), NOW, findings.failed_at)
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


def test_a_high_check_that_nobody_saw_is_a_risk_until_somebody_decides() -> None:
    unseen = [*ALL_GOOD[:4], live("c.high", Verdict.UNKNOWN, "x")]
    assert standing_of(unseen, [])[1].verdict is GateVerdict.GO_WITH_ACCEPTED_RISKS
    decided = Decision("t", (), "launch without", "why", "Ana", topic="c.high")
    assert standing_of(unseen, [decided])[1].verdict is GateVerdict.GO
    superseding = Decision("t", (), "no", "why", "Ana", supersedes=1)
    assert standing_of(unseen, [decided, superseding])[1].verdict is GateVerdict.GO_WITH_ACCEPTED_RISKS


def test_an_answer_from_before_a_fail_does_not_cover_it_when_it_is_out_of_sight() -> None:
    findings = Findings()
    findings.add([live("a.blocker", Verdict.FAIL, "x", 2), live("a.blocker", Verdict.UNKNOWN, "bot-wall", 1)])
    for minutes, verdict in [(180, Verdict.UNKNOWN), (30, Verdict.PASS)]:
        record = Record(1, NOW - timedelta(minutes=minutes), attested("a.blocker"))
        state = fold([record])
        rows = board(RUNBOOK, {}, PRODUCT, state, findings.latest.values(), (), NOW, findings.failed_at)
        assert rows[0].verdict is verdict


def test_a_passive_run_does_not_hide_what_an_active_one_saw() -> None:
    findings = Findings()
    findings.add([live("a.blocker", Verdict.FAIL, "x", 2), live("a.blocker", Verdict.NOT_RUN, "no-consent", 1)])
    assert findings.latest["a.blocker", "acme.test"].verdict is Verdict.FAIL


def test_a_bar_without_any_subject_says_so() -> None:
    gate = standing_of([live(e.id, Verdict.NOT_APPLICABLE) for e in ENTRIES], [])[1]
    assert gate.bars[0].sentence == "Does not apply to this product."
