"""The stopwatch of a drill, on screen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from textual.widgets import Digits, Static

from launchready_tui.model.records import Drill, DrillStep, Person
from launchready_tui.model.runbook import ScenarioCard
from launchready_tui.model.verdicts import Severity
from launchready_tui.tui.forms.confirm import ConfirmModal
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.drillpeople import DrillPeopleForm
from launchready_tui.tui.forms.form import Form
from launchready_tui.tui.forms.note import NoteForm
from launchready_tui.tui.forms.stopwatch import Stopwatch
from launchready_tui.tui.screens.drill import DrillScreen
from tests.tui.formhost import DRILL, NOW, SIZES, Host_, row, snapshot

S = snapshot()


class Time:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def screen(time: Time, **more: Any) -> DrillScreen:
    return DrillScreen(S, S.board[3], clock=time, **more)


async def people(app: Host_, pilot: Any, by: str = "Ben Roth", witness: str = "Anna Berg") -> None:
    assert isinstance(app.screen, DrillPeopleForm)
    app.screen.field("by").value = by
    app.screen.field("witness").value = witness
    await pilot.press("ctrl+s")
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
async def test_a_drill_from_start_to_record(size: tuple[int, int]) -> None:
    time = Time()
    app = Host_(lambda _app: screen(time))
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        await pilot.press("b")
        await pilot.pause()
        await people(app, pilot, "Dora Lind")
        await pilot.press("space")
        time.seconds += 10
        await pilot.press("space")
        time.seconds += 130
        await pilot.press("space")
        shown = app.screen.query_one("#clock", Digits)
        assert shown.value == "02:20"
        time.seconds += 261
        await pilot.press("space")
        await pilot.pause()
        assert "Done in 06:41" in str(app.screen.query_one("#say", Static).render())
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [
            (
                Person("Dora Lind"),
                Drill(
                    check=DRILL.id,
                    by="Dora Lind",
                    witness="Anna Berg",
                    seconds=401.0,
                    completed=True,
                    steps=tuple(
                        DrillStep(text, at) for text, at in zip(DRILL.steps, (10.0, 140.0, 401.0), strict=True)
                    ),
                    note="",
                    expires_at=NOW + timedelta(days=30),
                ),
            )
        ]


async def test_recording_asks_who_ran_it_where_nobody_said() -> None:
    time = Time()
    app = Host_(lambda _app: screen(time))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        await pilot.press("enter")  # nothing to record yet: says why
        await pilot.press("space", "space", "space", "space", "enter")
        await pilot.pause()
        assert isinstance(app.screen, DrillPeopleForm)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert app.screen.field("witness").problem.startswith("A blocker needs a witness")
        await people(app, pilot, "Ben Roth", "ben roth")
        assert app.screen.field("witness").problem == "The witness must be somebody else than who runs it."
        await people(app, pilot)
        assert app.results[0][-1].by == "Ben Roth"


async def test_giving_up_is_asked_and_recorded_as_not_completed() -> None:
    time = Time()
    app = Host_(lambda _app: screen(time))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        await pilot.press("space", "x")
        await pilot.pause()
        assert isinstance(app.screen, ConfirmModal)
        await pilot.press("escape")
        await pilot.pause()
        time.seconds += 5
        await pilot.press("space", "x", "y")
        await pilot.pause()
        time.seconds += 5
        await pilot.press("enter")
        await pilot.pause()
        await people(app, pilot)
        drill = app.results[0][-1]
        assert (drill.completed, drill.seconds, len(drill.steps)) == (False, 5.0, 1)


async def test_the_clock_runs_on_while_one_is_elsewhere_and_esc_asks_first() -> None:
    time = Time()
    app = Host_(lambda _app: screen(time))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        await pilot.press("space", "escape")
        await pilot.pause()
        assert isinstance(app.screen, ConfirmModal)
        await pilot.press("enter")  # the default is to stay
        await pilot.pause()
        assert isinstance(app.screen, DrillScreen)
        await pilot.press("escape", "y")
        await pilot.pause()
        assert app.results == [None]
        time.seconds += 61
        app.show(screen(time))
        await pilot.pause()
        assert app.screen.query_one("#clock", Digits).value == "01:01"
        await pilot.press("space", "space", "space", "escape", "y")
        await pilot.pause()
        app.show(screen(time))
        await pilot.pause()
        assert "Done in 01:01" in str(app.screen.query_one("#say", Static).render())


async def test_leaving_before_the_start_does_not_ask_and_a_recorded_drill_begins_anew() -> None:
    time = Time()
    app = Host_(lambda _app: screen(time))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert app.results == [None]
        app.show(screen(time))
        await pilot.pause()
        await pilot.press("space", "space", "space", "space", "enter")
        await pilot.pause()
        await people(app, pilot)
        refused = app.results[-1][-1]
        app.show(screen(time, draft=refused))
        await pilot.pause()
        assert app.screen.timer.is_over  # type: ignore[attr-defined]
        await pilot.press("enter")
        await pilot.pause()
        assert app.results[-1][-1] == refused
        app.show(screen(time))
        await pilot.pause()
        assert not app.screen.timer.is_started  # type: ignore[attr-defined]


async def test_notes_carry_the_time_and_a_slip_is_taken_back() -> None:
    time = Time()

    def edit(_app: object, _text: str) -> str:
        return "from the editor"

    app = Host_(lambda _app: screen(time, edit=edit))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        await pilot.press("space")
        time.seconds += 65
        await pilot.press("e")
        await pilot.pause()
        assert isinstance(app.screen, NoteForm)
        await pilot.press("ctrl+e", "ctrl+s")
        await pilot.pause()
        assert "01:05 from the editor" in str(app.screen.query_one("#known", Static).render())
        await pilot.press("space", "backspace", "space", "space", "space", "enter")
        await pilot.pause()
        await people(app, pilot)
        drill = app.results[0][-1]
        assert (drill.note, drill.completed) == ("01:05 from the editor", True)


async def test_too_slow_is_said_in_words() -> None:
    time = Time()
    app = Host_(lambda _app: screen(time))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        await pilot.press("space")
        time.seconds += 15 * 60 + 30
        app.screen.tick()  # type: ignore[attr-defined]
        assert "00:30 over" in str(app.screen.query_one("#limit", Static).render())
        await pilot.press("space", "space", "space")
        assert "over the limit: a fail" in str(app.screen.query_one("#say", Static).render())


async def test_a_drill_that_is_no_blocker_needs_no_witness_and_no_limit() -> None:
    time = Time()
    entry = replace(DRILL, severity=Severity.MEDIUM, limit_minutes=0, steps=())
    standing = row(entry)
    app = Host_(lambda _app: DrillScreen(S, standing, clock=time))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        assert str(app.screen.query_one("#limit", Static).render()) == "no limit"
        await pilot.press("space", "space", "enter")
        await pilot.pause()
        form = app.screen
        assert isinstance(form, Form)
        form.field("by").value = "Ben Roth"
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert app.results[0][-1].witness == ""


async def test_what_the_command_line_drew_is_not_drawn_again() -> None:
    cards = tuple(ScenarioCard(f"Card {number}", "The shop is dark.", "The fuse.") for number in range(3))
    board = replace(S.board[3], entry=replace(DRILL, cards=cards))
    drafts = Drafts()
    drafts.stopwatches[DRILL.id] = Stopwatch(DRILL.steps, Time(), notes=["Card drawn: Card 2"])
    app = Host_(lambda _app: DrillScreen(S, board, clock=Time(), drafts=drafts, draw=lambda _: 0))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert "Card 2" in str(app.screen.query_one("#known", Static).render())
        await pilot.press("space")
        await pilot.pause()
        assert drafts.stopwatches[DRILL.id].notes == ["Card drawn: Card 2"]
        assert drafts.stopwatches[DRILL.id].is_running
