"""The gate of a real engagement, driven by chance: what is recorded goes through the rules, what is run through the
store, and every moment is compared with the slow reading; later, the past with what it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from launchready_tui.engine.session import Session
from launchready_tui.engine.togreen import to_green, total
from launchready_tui.errors import InputError
from launchready_tui.model.board import GateVerdict, Snapshot
from launchready_tui.model.records import Attestation, Decision, Payload, ProductText, SignOff, Waiver
from launchready_tui.model.results import Result
from launchready_tui.model.verdicts import Severity, Source, Verdict
from launchready_tui.store.file import EngagementFile
from tests.engine.slowgate import ENTRIES, RUNBOOK, slow_verdict

START = datetime(2026, 11, 24, 12, tzinfo=UTC)
TOML = '[product]\nname = "Acme"\ndomain = "acme.test"\n'


@dataclass
class Sprint:
    """A session in memory with a clock of its own."""

    now: datetime = START
    results: list[Result] = field(default_factory=list)

    def __post_init__(self) -> None:
        file = EngagementFile(None)
        file.append_record(ProductText(TOML, "."), self.now)
        self.file = file
        self.session = Session(file, RUNBOOK, lambda: self.now, lambda name: None)
        self.later(minutes=1)

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def record(self, payload: Payload) -> bool:
        """Record it, if the rules allow."""
        try:
            self.session.record(payload)
        except InputError:
            return False
        return True

    def run(self, check: str, verdict: Verdict, reason: str) -> None:
        severity = next(e.severity for e in ENTRIES if e.id == check)
        run = self.file.start_run(self.now, check, "test")
        result = Result(check, "acme.test", verdict, severity, reason, "s", Source.LIVE, self.now, run=run.id)
        self.file.append_results(run.id, (), (result,))
        self.file.finish_run(run, self.now, "finished")
        self.results.append(result)

    def snapshot(self) -> Snapshot:
        return self.session.snapshot()

    def expected(self) -> GateVerdict:
        return slow_verdict(self.results, self.file.records(), self.now)


def attestation(sprint: Sprint, check: str, holds: bool, days: float, witness: str = "Ben") -> Attestation:
    return Attestation(check, "acme.test", "s", holds, "Ana", witness, "phone", "", sprint.now + timedelta(days=days))


def waiver(sprint: Sprint, check: str, reason: str, days: float) -> Waiver:
    return Waiver(check, "acme.test", reason, "Ana", "a reader can judge it", "none", sprint.now + timedelta(days=days))


Act = Callable[[Sprint], object]
checks = st.sampled_from([e.id for e in ENTRIES])
reasons = st.sampled_from(["x", "attested-false", "attestation-expired", "not-answered", "never-run"])
days = st.sampled_from([0.5, 3.0, 9.0])


def attest(check: str, holds: bool, days: float) -> Act:
    return lambda sprint: sprint.record(attestation(sprint, check, holds, days))


def decide(check: str) -> Act:
    return lambda sprint: sprint.record(Decision("t", ("a",), "a", "w", "Ana", topic=check))


def waive(check: str, reason: str, days: float) -> Act:
    return lambda sprint: sprint.record(waiver(sprint, check, reason, days))


def rerun(check: str, verdict: Verdict, reason: str) -> Act:
    return lambda sprint: sprint.run(check, verdict, reason if verdict is not Verdict.PASS else "")


def wait(hours: float) -> Act:
    return lambda sprint: sprint.later(hours=hours)


acts = st.one_of(
    st.builds(attest, checks, st.booleans(), days),
    st.builds(decide, checks),
    st.builds(waive, checks, reasons, days),
    st.builds(rerun, checks, st.sampled_from(list(Verdict)), reasons),
    st.builds(wait, st.sampled_from([1.0, 30.0, 49.0, 100.0])),
    st.just(lambda sprint: sprint.session.undo()),
    st.just(lambda sprint: sprint.session.redo()),
)
all_pass = [rerun(e.id, Verdict.PASS, "") for e in ENTRIES]


@settings(max_examples=60, deadline=None)
@given(st.booleans(), st.lists(acts, max_size=14))
def test_the_gate_of_a_session_against_the_slow_reading(begins_green: bool, doing: list[Act]) -> None:
    sprint = Sprint()
    was: list[tuple[datetime, GateVerdict]] = []
    try:
        for act in [*(all_pass if begins_green else []), *doing]:
            act(sprint)
            gate = sprint.snapshot().gate
            assert gate.verdict is sprint.expected()
            was.append((sprint.now, gate.verdict))
            sprint.later(minutes=1)
        for moment, verdict in was:
            assert sprint.session.past(moment).gate.verdict is verdict
        steps = to_green(sprint.snapshot())
        assert bool(steps) == (sprint.snapshot().gate.verdict is GateVerdict.NO_GO)
        assert [step.minutes for step in steps] == sorted(step.minutes for step in steps)
        assert total(steps) == sprint.snapshot().gate.minutes
    finally:
        sprint.session.close()


@pytest.fixture
def sprint() -> Sprint:
    found = Sprint()
    for act in all_pass:
        act(found)
    assert found.snapshot().gate.verdict is GateVerdict.GO
    return found


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.UNKNOWN, Verdict.ERROR])
def test_nobody_gets_past_a_blocker_but_by_a_signed_waiver(sprint: Sprint, verdict: Verdict) -> None:
    sprint.run("b.blocker", verdict, "x")
    sprint.record(Decision("Launch anyway?", ("yes",), "yes", "we must", "Ana", topic="b.blocker"))
    sprint.record(SignOff("Ana", "founder", "GO", "forged"))
    assert sprint.snapshot().gate.verdict is GateVerdict.NO_GO
    for bad in (
        Waiver("b.blocker", "acme.test", "x", "", "a reader can judge it", "none", sprint.now + timedelta(days=7)),
        Waiver("b.blocker", "acme.test", "x", "Ana", "short", "none", sprint.now + timedelta(days=7)),
        Waiver("b.blocker", "acme.test", "x", "Ana", "a reader can judge it", "", sprint.now + timedelta(days=7)),
        Waiver("b.blocker", "acme.test", "x", "Ana", "a reader can judge it", "none", sprint.now + timedelta(days=700)),
        Waiver("b.blocker", "other.test", "x", "Ana", "a reader can judge it", "none", sprint.now + timedelta(days=7)),
    ):
        assert not sprint.record(bad)
    assert sprint.snapshot().gate.verdict is GateVerdict.NO_GO
    assert sprint.record(waiver(sprint, "b.blocker", "x", 7))
    assert sprint.snapshot().gate.verdict is GateVerdict.GO_WITH_ACCEPTED_RISKS
    sprint.later(days=1)
    assert sprint.session.undo() is not None
    assert sprint.snapshot().gate.verdict is GateVerdict.NO_GO


@pytest.mark.parametrize("witness", ["", "  ", "Ana", " ana "])
def test_one_person_does_not_attest_a_blocker(sprint: Sprint, witness: str) -> None:
    sprint.run("b.blocker", Verdict.UNKNOWN, "x")
    assert not sprint.record(attestation(sprint, "b.blocker", True, 7, witness))
    assert sprint.snapshot().gate.verdict is GateVerdict.NO_GO
    assert sprint.record(attestation(sprint, "b.blocker", True, 7, "Ben"))
    assert sprint.snapshot().gate.verdict is GateVerdict.GO


def test_a_stale_bar_is_no_go(sprint: Sprint) -> None:
    sprint.later(hours=49)
    assert sprint.snapshot().gate.verdict is GateVerdict.NO_GO


def test_consultant_and_founder_are_two_people(sprint: Sprint) -> None:
    assert sprint.record(SignOff("Ana", "consultant", "GO", "h"))
    assert not sprint.record(SignOff(" ANA ", "founder", "GO", "h"))
    assert sprint.record(SignOff("Ines", "founder", "GO", "h"))
    assert sprint.record(SignOff("Ana", "consultant", "GO", "h"))
    assert not sprint.record(SignOff("Ines", "consultant", "GO", "h"))


def test_a_decision_supersedes_once_and_never_in_a_circle(sprint: Sprint) -> None:
    first = Decision("t", ("a",), "a", "w", "Ana")
    assert sprint.record(first)
    number = sprint.snapshot().state.decisions[-1].number
    assert not sprint.record(Decision("t", ("a",), "a", "w", "Ana", supersedes=number + 1)), "its own number"
    assert sprint.record(Decision("t", ("a",), "a", "w", "Ana", supersedes=number))
    assert not sprint.record(Decision("t", ("a",), "a", "w", "Ana", supersedes=number))
    assert not sprint.record(Decision("t", ("a",), "a", "w", "Ana", supersedes=10_000))


def test_there_is_nothing_before_the_beginning_and_the_future_runs_out(sprint: Sprint) -> None:
    with pytest.raises(InputError, match="began on 2026-11-24"):
        sprint.session.past(START - timedelta(days=1))
    assert sprint.session.past(sprint.now + timedelta(days=3)).gate.verdict is GateVerdict.NO_GO


def test_severities_are_those_of_the_small_runbook() -> None:
    assert [e.severity for e in ENTRIES].count(Severity.BLOCKER) == 2
