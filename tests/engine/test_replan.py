"""The clock that ran over, the remaining work, ideas, and the way to green."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from launchready_tui.engine import ideas
from launchready_tui.engine.replan import LATER, NEVER, NOW, drop, dropped, overrun, plan, suggested, to_drop
from launchready_tui.engine.togreen import to_green
from launchready_tui.engine.work import Way
from launchready_tui.model.board import Snapshot
from launchready_tui.model.journal import fold
from launchready_tui.model.records import ClockMark, Decision, Payload, Record
from launchready_tui.model.runbook import Kind, Runbook, Stage
from launchready_tui.model.verdicts import Severity
from tests.engine.slowgate import RUNBOOK, entry
from tests.tui import boards

ENTRIES = (
    replace(entry("a.blocker", "R.1", Severity.BLOCKER), minutes=300),
    replace(entry("a.high", "R.2", Severity.HIGH), minutes=60),
    replace(entry("a.medium", "R.3", Severity.MEDIUM), minutes=90),
    replace(entry("b.medium", "Q.1", Severity.MEDIUM), minutes=30),
    replace(entry("b.live", "Q.2", Severity.HIGH, Kind.LIVE), minutes=240),
)
SMALL: Runbook = replace(RUNBOOK, stages=(Stage("S1", "s", "Audit", "g", 120, ENTRIES),))


def snapshot(*payloads: Payload, hours: float = 0.0) -> Snapshot:
    """An engagement whose clock has run for so many hours in stage 1."""
    clock = boards.Now(boards.NOW - timedelta(hours=hours))
    made = boards.session(runbook=SMALL, clock=clock)
    made.record(ClockMark("start", stage="S1"))
    clock.at = boards.NOW
    for payload in payloads:
        made.record(payload)
    found = made.snapshot()
    made.close()
    return found


def ids(works: object) -> list[str]:
    return [work.entry.id for work in works]  # type: ignore[attr-defined]


def test_the_box_is_over_once_an_hour() -> None:
    assert overrun(snapshot(hours=1.9)) is None
    first, later = overrun(snapshot(hours=2.5)), overrun(snapshot(hours=4.2))
    assert first is not None
    assert later is not None
    assert (first.spent, first.box, first.hour, later.hour) == (150, 120, 0, 2)
    assert overrun(snapshot(ClockMark("pause", reason="sleep"), hours=3)) is None


def test_what_remains_goes_by_impact_and_blockers_come_first() -> None:
    found = plan(snapshot(hours=1))
    assert ids(found.work)[0] == "a.blocker"
    assert {item.entry.id: item.minutes for item in found.work}["b.live"] == 1
    assert (found.minutes_left, found.minutes, found.over) == (47 * 60, 481, 0)
    assert suggested(found) == ()


def test_medium_goes_first_and_never_a_blocker() -> None:
    found = plan(snapshot(hours=42))
    assert found.over == 481 - 360
    assert ids(to_drop(found))[:2] in (["a.medium", "b.medium"], ["b.medium", "a.medium"])
    assert "a.blocker" not in ids(to_drop(found))
    assert sum(item.minutes for item in suggested(found)) >= found.over
    assert ids(suggested(plan(snapshot(hours=100)))) == ids(to_drop(plan(snapshot(hours=100))))


def test_what_was_dropped_is_out_of_the_plan_until_somebody_decides_otherwise() -> None:
    before = snapshot(hours=42)
    medium = [item for item in plan(before).work if item.entry.id == "a.medium"]
    decisions = drop(medium, "Ines", "the box is over")
    after = snapshot(*decisions, hours=42)
    assert dropped(after.state) == {"a.medium"}
    assert "a.medium" not in ids(plan(after).work)
    back = replace(decisions[0], choice=NOW, supersedes=after.state.decisions[-1].number)
    assert dropped(snapshot(*decisions, back, hours=42).state) == frozenset()


def test_a_dropped_blocker_stays_in_the_plan() -> None:
    forced = Decision("x", (LATER,), LATER, "w", "Ines", topic="a.blocker")
    assert "a.blocker" in ids(plan(snapshot(forced)).work)


def test_to_green_begins_with_what_is_quick() -> None:
    steps = to_green(snapshot())
    assert [step.minutes for step in steps] == sorted(step.minutes for step in steps)
    assert {step.entry.id: step.way for step in steps}["a.blocker"] is Way.ANSWER
    assert [bar for step in steps for bar in step.turns] == ["MB1"]


def test_the_four_questions() -> None:
    assert ideas.answer([]) == LATER
    assert ideas.answer([""]) == LATER
    assert ideas.answer(["support"]) == NOW
    made = ideas.decision("A dark theme", [], NEVER, "Ines", "Nobody asked.")
    assert "Does it reduce launch risk? No." in made.why
    record = Record(7, boards.NOW, made)
    assert ideas.ideas(fold([record])) == (record,)
    later = Record(8, boards.NOW, replace(made, choice=NOW, supersedes=7))
    assert ideas.ideas(fold([record, later])) == (later,)
