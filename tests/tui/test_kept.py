"""What a kill leaves behind: a running stopwatch, half-typed forms, a question that was asked already."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from textual.widgets import Digits, Static

from launchready_tui.engine.session import Session
from launchready_tui.errors import EngagementError
from launchready_tui.model.journal import payload
from launchready_tui.model.records import ClockMark, Drill, Note, Person
from launchready_tui.model.runbook import Entry, Kind
from launchready_tui.tui.app import LaunchReadyApp
from launchready_tui.tui.forms.confirm import ConfirmModal
from launchready_tui.tui.forms.form import Form
from launchready_tui.tui.forms.members import MembersForm
from launchready_tui.tui.forms.note import NoteForm
from launchready_tui.tui.forms.overrun import OverrunForm
from launchready_tui.tui.kept import KEPT
from launchready_tui.tui.screens.drill import DrillScreen
from tests.tui import boards
from tests.tui.boards import NOW, Now, app_of, press, settle, text_of, toasts, type_in

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

DRILL = Entry(
    "rollback.drill", Kind.DRILL, "A bad release is taken back in time", "Orders are lost.", "Look.", "Mend it.",
    boards.KEYS.severity, "orders", 20, catalogue=("S1.RBK.01",), stage="S1", limit_minutes=15,
    steps=("A bad release is live", "Take it back", "The smoke test is green"),
)  # fmt: skip
RUNBOOK = replace(
    boards.RUNBOOK,
    stages=(replace(boards.RUNBOOK.stages[0], checks=(DRILL, boards.RESOLVE)), boards.RUNBOOK.stages[1]),
)


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    boards.use_utc(monkeypatch)
    monkeypatch.setenv("LAUNCHREADY_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def clock() -> Now:
    return Now()


@pytest.fixture
def file(tmp_path: Path, clock: Now) -> Path:
    path = tmp_path / "acme.launchready"
    made = Session.create(path, boards.PRODUCT, ".", clock=clock)
    made.record(Person("Ben", "backup"))
    made.record(Person("Ines", "consultant"))
    made.close()
    return path


def open_again(path: Path, clock: Now) -> Session:
    session = Session.open(path, clock=clock)
    session._runbook, session._last = RUNBOOK, None
    return session


@asynccontextmanager
async def until_killed(path: Path, clock: Now) -> AsyncIterator[tuple[LaunchReadyApp, boards.Pilot[int]]]:
    """The app on that file; at the end it is gone without a word, as after a kill."""
    session = open_again(path, clock)
    app = app_of(session, path.parent / "config", clock=clock)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await settle(pilot)
        yield app, pilot
        app.session = None
    session.close()


def kept(path: Path, clock: Now) -> dict[str, str]:
    session = open_again(path, clock)
    found = dict(session.remarks(KEPT))
    session.close()
    return found


# --------------------------------------------------------------------------------------------------------------- forms


async def test_what_was_typed_comes_back_after_a_kill_and_is_no_record(file: Path, clock: Now) -> None:
    async with until_killed(file, clock) as (app, pilot):
        app.go_to_check(DRILL.id)
        await press(pilot, "e")
        assert isinstance(app.screen, NoteForm)
        await type_in(pilot, "the registrar wants a fax")
        before = app.session.head() if app.session else ""
        await app.keep_typed()
        assert app.session is not None
        assert app.session.head() == before
    async with until_killed(file, clock) as (app, pilot):
        assert app.snapshot is not None
        assert not any(isinstance(record.payload, Note) for record in app.snapshot.records)
        app.go_to_check(DRILL.id)
        await press(pilot, "e")
        assert isinstance(app.screen, NoteForm)
        assert app.screen.values()["text"] == "the registrar wants a fax"
        assert "Draft restored" in text_of(app)


async def test_the_timer_keeps_it_without_being_told(file: Path, clock: Now) -> None:
    async with until_killed(file, clock) as (app, pilot):
        app.go_to_check(DRILL.id)
        await press(pilot, "e")
        await type_in(pilot, "the registrar wants a fax")
        async with asyncio.timeout(60):
            while not app.session or not app.session.remarks(KEPT):
                await pilot.pause(0.05)


async def test_what_was_recorded_or_deleted_is_no_draft_any_more(file: Path, clock: Now) -> None:
    async with until_killed(file, clock) as (app, pilot):
        app.go_to_check(DRILL.id)
        await press(pilot, "e")
        await type_in(pilot, "the registrar wants a fax")
        await app.keep_typed()
        await press(pilot, "ctrl+s")
        await app.keep_typed()
        await app.keep_typed()
    assert kept(file, clock) == {}
    async with until_killed(file, clock) as (app, pilot):
        app.go_to_check(DRILL.id)
        await press(pilot, "e")
        assert isinstance(app.screen, NoteForm)
        assert app.screen.values()["text"] == ""


async def test_a_draft_stays_until_its_record_is_written(file: Path, clock: Now) -> None:
    """Between the form and the record lies a moment; a kill in it must not lose both."""
    async with until_killed(file, clock) as (app, pilot):
        app.go_to_check(DRILL.id)
        await press(pilot, "e")
        await type_in(pilot, "the registrar wants a fax")
        await app.keep_typed()
        assert isinstance(app.screen, NoteForm)
        app.drafts.saved(app.screen._key, app.screen.values())
        await app.keep_typed()
        assert len(app.session.remarks(KEPT)) == 1  # type: ignore[union-attr]


async def test_quitting_keeps_drafts_too_and_another_engagement_does_not_see_them(
    file: Path, clock: Now, tmp_path: Path
) -> None:
    other = tmp_path / "other.launchready"
    Session.create(other, boards.PRODUCT, ".", clock=clock).close()
    session = open_again(file, clock)
    app = app_of(session, tmp_path / "config", clock=clock)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await settle(pilot)
        app.go_to_check(DRILL.id)
        await press(pilot, "e")
        await type_in(pilot, "the registrar wants a fax")
        await press(pilot, "escape")
        app.enter(open_again(other, clock))
        await settle(pilot)
        assert app.drafts.names == ()
        assert len(kept(file, clock)) == 1
        assert kept(other, clock) == {}


@pytest.mark.parametrize("words", ["password: hunter2", "AKIAIOSFODNN7EXAMPLE", "sk_" + "live_abcdefgh12345678"])
async def test_what_looks_like_a_secret_is_not_written(file: Path, clock: Now, words: str) -> None:
    async with until_killed(file, clock) as (app, pilot):
        app.go_to_check(DRILL.id)
        await press(pilot, "e")
        await type_in(pilot, words)
        await app.keep_typed()
        assert app.drafts.names
    assert words not in json.dumps(kept(file, clock))


async def test_a_pasted_member_list_is_not_written(file: Path, clock: Now) -> None:
    async with until_killed(file, clock) as (app, pilot):
        assert app.snapshot is not None
        app.push_screen(MembersForm(app.snapshot, "dns"))
        await settle(pilot)
        form = app.screen
        assert isinstance(form, Form)
        form.field("list").value = "old-dev@acme.test"
        form.field("by").value = "Ines"
        await settle(pilot)
        await app.keep_typed()
    assert "Ines" in json.dumps(kept(file, clock))
    assert "old-dev" not in json.dumps(kept(file, clock))


async def test_the_profile_is_kept_while_it_is_typed(file: Path, clock: Now) -> None:
    async with until_killed(file, clock) as (app, pilot):
        app.action_go("product")
        await settle(pilot)
        await press(pilot, "E")
        await type_in(pilot, "# half a thought\n")
        await app.keep_typed()
    async with until_killed(file, clock) as (app, pilot):
        app.action_go("product")
        await settle(pilot)
        assert "A draft is kept that is not saved yet" in text_of(app)
        await press(pilot, "E")
        assert "# half a thought" in text_of(app)


async def test_a_file_that_can_only_be_read_is_not_written(file: Path, clock: Now) -> None:
    async with until_killed(file, clock) as (app, _pilot):
        app.read_only = True
        app.drafts.keep(("note", "x"), {"text": "y"})
        await app.keep_typed()
    assert kept(file, clock) == {}


async def test_a_disk_that_refuses_is_said_once(file: Path, clock: Now, monkeypatch: pytest.MonkeyPatch) -> None:
    async with until_killed(file, clock) as (app, pilot):
        assert app.session is not None

        def full(_remarks: object) -> None:
            raise EngagementError("There is no room to write it.", "Free some disk space.")

        monkeypatch.setattr(app.session, "keep_remarks", full)
        app.drafts.keep(("note", "x"), {"text": "y"})
        await app.keep_typed()
        await app.keep_typed()
        await pilot.pause()
        assert toasts(app).count("There is no room to write it.") == 1


@pytest.mark.parametrize(
    "remarks",
    [
        {f"{KEPT}[": "{}", f"{KEPT}7": "[]", f'{KEPT}["form","note","x"]': "[1"},
        {f'{KEPT}["form","note","x"]': '{"text": 7}', f'{KEPT}["drill","rollback.drill"]': '{"steps": "no"}'},
        {f'{KEPT}["asked"]': '["S1"]', f'{KEPT}["drill"]': "{}", f'{KEPT}["else","y"]': "{}"},
        {f'{KEPT}["drill","rollback.drill"]': '{"begun_at":"9999-12-31T23:59:59Z","steps":["a"],"marks":[-4.5,1e308]}'},
    ],
)
async def test_remarks_that_make_no_sense_are_passed_over(file: Path, clock: Now, remarks: dict[str, str]) -> None:
    session = open_again(file, clock)
    session.keep_remarks(remarks)
    session.close()
    async with until_killed(file, clock) as (app, pilot):
        await app.keep_typed()
        assert app.drafts.names == ()
        if isinstance(app.screen, ConfirmModal):
            await press(pilot, "y")
            assert isinstance(app.screen, DrillScreen)
        assert app.return_code is None


# -------------------------------------------------------------------------------------------------------------- drills


async def start_a_drill(app: LaunchReadyApp, pilot: boards.Pilot[int]) -> DrillScreen:
    app.go_to_check(DRILL.id)
    await press(pilot, "t")
    screen = app.screen
    assert isinstance(screen, DrillScreen)
    await press(pilot, "b")
    form = app.screen
    assert isinstance(form, Form)
    form.field("by").value = "Ben"
    form.field("witness").value = "Ines"
    await press(pilot, "ctrl+s", "space", "space")
    return screen


async def test_a_drill_runs_on_over_a_kill(file: Path, clock: Now) -> None:
    async with until_killed(file, clock) as (app, pilot):
        await start_a_drill(app, pilot)
        await settle(pilot)
        assert len(app.session.remarks(KEPT)) >= 1  # type: ignore[union-attr]
    clock.at = NOW + timedelta(minutes=6, seconds=41)
    async with until_killed(file, clock) as (app, pilot):
        assert isinstance(app.screen, ConfirmModal)
        assert "A drill was running" in text_of(app)
        assert "06:41 on the clock" in text_of(app)
        assert "1 of 3 steps" in text_of(app)
        assert not any(isinstance(record.payload, Drill) for record in app.snapshot.records)  # type: ignore[union-attr]
        await press(pilot, "y")
        screen = app.screen
        assert isinstance(screen, DrillScreen)
        assert "06:41" <= screen.query_one("#clock", Digits).value < "08:00"  # it runs on
        assert "Run by   Ben" in str(screen.query_one("#known", Static).render())
        await press(pilot, "space", "space", "enter")
        await settle(pilot)
        assert app.session is not None
        drill = payload(app.session.snapshot().records[-1], Drill)
        assert (drill.by, drill.witness, drill.completed) == ("Ben", "Ines", True)
        assert 401 <= drill.seconds < 460
        assert drill.steps[0].seconds < 60
        await app.keep_typed()
        await app.keep_typed()
    assert kept(file, clock) == {}
    async with until_killed(file, clock) as (app, pilot):
        assert not isinstance(app.screen, ConfirmModal)


async def test_not_now_leaves_it_running(file: Path, clock: Now) -> None:
    async with until_killed(file, clock) as (app, pilot):
        await start_a_drill(app, pilot)
    async with until_killed(file, clock) as (app, pilot):
        await press(pilot, "escape")
        assert not isinstance(app.screen, ConfirmModal)
        app.go_to_check(DRILL.id)
        await press(pilot, "t")
        assert isinstance(app.screen, DrillScreen)
        assert app.screen.timer.is_running


async def test_a_drill_that_is_over_waits_to_be_recorded(file: Path, clock: Now) -> None:
    async with until_killed(file, clock) as (app, pilot):
        await start_a_drill(app, pilot)
        await press(pilot, "space", "space")
        await settle(pilot)
    clock.at = NOW + timedelta(days=1)
    async with until_killed(file, clock) as (app, pilot):
        assert "A drill is not recorded yet" in text_of(app)
        assert "24:0" not in text_of(app)
        await press(pilot, "y")
        assert isinstance(app.screen, DrillScreen)
        assert app.screen.timer.is_completed
        assert app.screen.timer.seconds < 60


async def test_a_try_can_be_thrown_away(file: Path, clock: Now) -> None:
    async with until_killed(file, clock) as (app, pilot):
        await start_a_drill(app, pilot)
        await press(pilot, "ctrl+l")
        assert isinstance(app.screen, ConfirmModal)
        assert "Nothing of it is recorded" in text_of(app)
        await press(pilot, "y")
        screen = app.screen
        assert isinstance(screen, DrillScreen)
        assert not screen.timer.is_started
        assert screen.timer.by == "Ben"
        await press(pilot, "escape")
        await app.keep_typed()
        await app.keep_typed()
    async with until_killed(file, clock) as (app, pilot):
        assert not isinstance(app.screen, ConfirmModal)


async def test_a_clock_that_was_set_back_never_runs_before_its_marks(file: Path, clock: Now) -> None:
    async with until_killed(file, clock) as (app, pilot):
        screen = await start_a_drill(app, pilot)
        screen.timer.marks[-1] = 130.0
        await app.keep_typed()
    clock.at = NOW - timedelta(hours=1)
    async with until_killed(file, clock) as (app, pilot):
        await press(pilot, "y")
        assert isinstance(app.screen, DrillScreen)
        assert app.screen.timer.seconds >= 130.0


# ------------------------------------------------------------------------------------------------------- the overrun


async def test_the_question_what_to_drop_is_not_asked_again_after_reopening(file: Path, clock: Now) -> None:
    clock.at = NOW - timedelta(hours=3)
    made = open_again(file, clock)
    made.record(ClockMark("start", stage="S1"))
    made.close()
    clock.at = NOW
    async with until_killed(file, clock) as (app, pilot):
        sprint = app.sprint()
        assert sprint is not None
        sprint.look_at_clock()
        await settle(pilot)
        assert isinstance(app.screen, OverrunForm)
        await press(pilot, "escape")
        await app.keep_typed()
    async with until_killed(file, clock) as (app, pilot):
        sprint = app.sprint()
        assert sprint is not None
        sprint.look_at_clock()
        await settle(pilot)
        assert not isinstance(app.screen, OverrunForm)
        clock.at = NOW + timedelta(hours=1)
        sprint.look_at_clock()
        await settle(pilot)
        assert isinstance(app.screen, OverrunForm)
