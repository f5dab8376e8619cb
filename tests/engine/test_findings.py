"""The life of findings over runs, against a slow and simple model."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from launchready_tui.engine.findings import Findings
from launchready_tui.model.records import Record, Waiver
from launchready_tui.model.results import FindingState, Result
from launchready_tui.model.verdicts import Severity, Source, Verdict

START = datetime(2026, 11, 24, tzinfo=UTC)


def result(verdict: Verdict, reason: str = "", run: int = 1) -> Result:
    at = START + timedelta(hours=run)
    return Result("tls.hsts", "a.test", verdict, Severity.HIGH, reason, "s", Source.LIVE, at, run=run)


def states(*results: Result) -> dict[str, FindingState]:
    findings = Findings()
    findings.add(results)
    return {finding.reason: finding.state for finding in findings.standing({}, START)}


def test_open_resolved_reopened() -> None:
    fail, good = Verdict.FAIL, Verdict.PASS
    assert states(result(fail, "x")) == {"x": FindingState.OPEN}
    assert states(result(fail, "x"), result(good, "", 2)) == {"x": FindingState.RESOLVED}
    assert states(result(fail, "x"), result(good, "", 2), result(fail, "x", 3)) == {"x": FindingState.REOPENED}


def test_another_reason_is_another_finding() -> None:
    found = states(result(Verdict.FAIL, "x"), result(Verdict.WARN, "y", 2))
    assert found == {"x": FindingState.RESOLVED, "y": FindingState.OPEN}


def test_what_could_not_be_seen_resolves_nothing() -> None:
    for verdict in (Verdict.UNKNOWN, Verdict.NOT_RUN, Verdict.ERROR):
        assert states(result(Verdict.FAIL, "x"), result(verdict, "timeout", 2)) == {"x": FindingState.OPEN}


def test_a_waiver_covers_its_own_reason_until_its_end() -> None:
    findings = Findings()
    findings.add([result(Verdict.FAIL, "x")])
    for reason, days, state in [
        ("x", 1, FindingState.WAIVED),
        ("y", 1, FindingState.OPEN),
        ("x", -1, FindingState.OPEN),
    ]:
        waiver = Waiver("tls.hsts", "a.test", reason, "Ana", "w" * 20, "none", START + timedelta(days=days))
        found = findings.standing({("tls.hsts", "a.test"): Record(7, START, waiver)}, START)
        assert found[0].state is state
        assert found[0].verdict is Verdict.FAIL
        assert found[0].waiver == (7 if state is FindingState.WAIVED else 0)


steps = st.tuples(st.sampled_from(list(Verdict)), st.sampled_from(["x", "y"]))


@given(st.lists(steps, max_size=12))
def test_against_a_simple_model(history: list[tuple[Verdict, str]]) -> None:
    model: dict[str, FindingState] = {}
    for verdict, reason in history:
        problem = verdict in (Verdict.FAIL, Verdict.WARN)
        if problem:
            known = model.get(reason)
            model[reason] = {None: FindingState.OPEN, FindingState.RESOLVED: FindingState.REOPENED}.get(known, known)  # type: ignore[assignment,arg-type]
        if verdict in (Verdict.FAIL, Verdict.WARN, Verdict.PASS, Verdict.NOT_APPLICABLE):
            for other in model:
                if not (problem and other == reason):
                    model[other] = FindingState.RESOLVED
    assert (
        states(*(result(v, r if v in (Verdict.FAIL, Verdict.WARN) else "", n) for n, (v, r) in enumerate(history)))
        == model
    )
