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
from launchready_tui.model.runbook import Bar, Entry, Kind, Runbook, Stage
from launchready_tui.model.verdicts import Severity, Source, Verdict

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PRODUCT = Product("Acme", "acme.test")


def entry(check: str, row: str, severity: Severity, kind: Kind = Kind.ATTEST) -> Entry:
    return Entry(
        check,
        kind,
        "claim",
        "why",
        "look",
        "fix",
        severity,
        "orders",
        10,
        catalogue=(row,),
        stage="S1",
        methods=("phone",),
    )


ENTRIES = (
    entry("a.blocker", "R.1", Severity.BLOCKER),
    entry("a.high", "R.2", Severity.HIGH),
    entry("a.medium", "R.3", Severity.MEDIUM),
    entry("b.blocker", "Q.1", Severity.BLOCKER),
    entry("c.high", "Z.1", Severity.HIGH),
)
RUNBOOK = Runbook(
    "t", "1", "t", "", (Stage("S1", "s", "S", "g", 10, ENTRIES),),
    bars=(Bar("MB1", "one", "", ("R.*",)), Bar("MB2", "two", "", ("Q.1",))),
)  # fmt: skip


def standing_of(results: list[Result], payloads: list[Payload]) -> tuple[tuple[Standing, ...], Gate]:
    records = [Record(number, NOW - timedelta(minutes=60 - number), p) for number, p in enumerate(payloads, 1)]
    state = fold(records)
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


def slow_verdict(results: list[Result], payloads: list[Payload]) -> GateVerdict:
    """The rules of CHECKS.md b0 and S7.GO.01, read sentence by sentence."""
    undone = {p.target for p in payloads if isinstance(p, Undo)}
    standing = [p for number, p in enumerate(payloads, 1) if number not in undone]
    decided = {p.topic for p in standing if isinstance(p, Decision)}
    green, risky = True, False
    for item in ENTRIES:
        seen = [r for r in results if r.check == item.id]
        said = [p for p in standing if isinstance(p, Attestation) and p.check == item.id]
        verdict, reason, stale = Verdict.NOT_RUN, "not-answered", False
        if seen:
            verdict, reason = seen[-1].verdict, seen[-1].reason
            stale = NOW - seen[-1].at > timedelta(hours=48)
        if verdict in (Verdict.UNKNOWN, Verdict.NOT_RUN, Verdict.ERROR) and said:
            stale = False
            if said[-1].expires_at < NOW:
                verdict, reason = Verdict.UNKNOWN, "attestation-expired"
            elif said[-1].holds:
                verdict, reason = Verdict.PASS, ""
            else:
                verdict, reason = Verdict.FAIL, "attested-false"
        waivers = [p for p in standing if isinstance(p, Waiver) and p.check == item.id]
        covered = bool(waivers) and waivers[-1].until >= NOW and waivers[-1].reason == reason
        if verdict in (Verdict.PASS, Verdict.NOT_APPLICABLE):
            covered = False
        if covered:
            risky = True
            continue
        in_bars = item.id != "c.high"
        bad = verdict is Verdict.FAIL
        blind = verdict in (Verdict.UNKNOWN, Verdict.NOT_RUN, Verdict.ERROR) or stale
        if item.severity is Severity.BLOCKER and (bad or blind):
            green = False
        if in_bars and bad:
            green = False
        if in_bars and item.severity is Severity.HIGH and blind and item.id not in decided:
            green = False
        if item.severity is Severity.HIGH and bad:
            risky = True
    return GateVerdict.NO_GO if not green else GateVerdict.GO_WITH_ACCEPTED_RISKS if risky else GateVerdict.GO


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
    assert standing_of(results, recorded)[1].verdict is slow_verdict(results, recorded)
