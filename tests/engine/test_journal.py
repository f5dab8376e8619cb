"""Undo and redo over an append-only journal, against a slow and simple model."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from launchready_tui.model.journal import Clock, counting, fold
from launchready_tui.model.records import (
    ClockMark,
    Grant,
    Note,
    Ownership,
    Payload,
    Person,
    ProductText,
    Record,
    Redo,
    Undo,
)

START = datetime(2026, 11, 24, tzinfo=UTC)


def journal(*payloads: Payload) -> list[Record]:
    return [Record(number, START + timedelta(minutes=number), payload) for number, payload in enumerate(payloads, 1)]


@given(st.lists(st.sampled_from(["note", "undo", "redo", "clock"]), max_size=40))
def test_undo_and_redo_behave_like_an_editor(actions: list[str]) -> None:
    records: list[Record] = []
    done: list[int] = []
    taken_back: list[int] = []
    for action in actions:
        number = len(records) + 1
        state = fold(records)
        if action == "note":
            records.append(Record(number, START, Note("", "", str(number))))
            done.append(number)
            taken_back.clear()
        elif action == "clock":
            records.append(Record(number, START, ClockMark("pause")))
        elif action == "undo":
            assert state.undoable == (done[-1] if done else 0)
            if done:
                records.append(Record(number, START, Undo(done[-1])))
                taken_back.append(done.pop())
        else:
            assert state.redoable == (taken_back[-1] if taken_back else 0)
            if taken_back:
                records.append(Record(number, START, Redo(taken_back[-1])))
                done.append(taken_back.pop())
                done.sort()
    assert [r.number for r in counting(records) if isinstance(r.payload, Note)] == done


def test_the_first_profile_cannot_be_taken_back() -> None:
    assert fold(journal(ProductText("a", "."))).undoable == 0
    assert fold(journal(ProductText("a", "."), ProductText("b", "."))).undoable == 2


def test_later_records_replace_earlier_ones_of_the_same_name() -> None:
    state = fold(
        journal(
            Person("Ana", "founder"),
            Person("Ana", "backup", contact="ana@acme.test"),
            Grant("dns", "Ana", "owner"),
            Grant("dns", "Ana", ""),
            Ownership("tls.hsts", "", "Ana"),
            Ownership("tls.hsts", "a.test", "Ben"),
        )
    )
    assert state.people == (Person("Ana", "backup", "ana@acme.test"),)
    assert state.grants == ()
    assert getattr(state.owner_of("tls.hsts", "a.test"), "owner", "") == "Ben"
    assert getattr(state.owner_of("tls.hsts", "b.test"), "owner", "") == "Ana"


def test_the_clock_runs_pauses_and_counts_by_stage() -> None:
    clock = Clock()
    for minutes, mark in [
        (0, ClockMark("start", stage="S1")),
        (30, ClockMark("stage", stage="S2")),
        (45, ClockMark("pause", "lunch")),
        (105, ClockMark("resume")),
        (115, ClockMark("stage", stage="S1")),
    ]:
        clock = clock.mark(mark, START + timedelta(minutes=minutes))
    now = START + timedelta(minutes=120)
    assert clock.elapsed(now) == 60 * 60
    assert clock.elapsed_in("S1", now) == 35 * 60
    assert clock.elapsed_in("S2", now) == 25 * 60
