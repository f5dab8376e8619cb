"""The sprint screen: what it shows, where the cursor is, what the keys do."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from launchready_tui.engine.events import Selection
from launchready_tui.errors import InputError
from launchready_tui.model.records import Authorization, ClockMark, Decision, Waiver
from launchready_tui.model.verdicts import Consent, Verdict
from launchready_tui.tui.app import LaunchReadyApp
from launchready_tui.tui.render import Mark
from launchready_tui.tui.rows import Shape
from launchready_tui.tui.widgets.detail import Detail
from tests.tui.driving import NOW, SIZES, FakeSession, driving, working

sizes = pytest.mark.parametrize("size", SIZES)


@sizes
async def test_the_first_look(tmp_path: Path, size: tuple[int, int]) -> None:
    async with driving(working(), tmp_path, size) as drive:
        assert "Acme Market ▸ 1 Quick audit" in drive.lines[0]
        assert "NO-GO · 5 blockers" in drive.lines[0]
        assert "46:12 left" in drive.lines[0]
        assert "✗ fail    Every host points where it is meant to" in drive.text
        assert "? more" in drive.lines[-1]
        assert "^p all" in drive.lines[-1]
        assert drive.row.key == ("dns.registry-delegation", "acme.test")


async def test_a_check_is_opened_into_its_subjects(tmp_path: Path) -> None:
    async with driving(working(), tmp_path) as drive:
        drive.sprint.go_to("dns.hosts-resolve")
        await drive.press("list.open", "list.down")
        assert drive.row.shape is Shape.SUBJECT
        assert drive.row.key == ("dns.hosts-resolve", "acme.test")
        await drive.press("list.close")
        assert drive.row.key == ("dns.hosts-resolve", "")
        await drive.press("list.close")
        assert all(row.shape is not Shape.SUBJECT for row in drive.checks.rows)


async def test_headings_are_skipped(tmp_path: Path) -> None:
    async with driving(working(), tmp_path) as drive:
        for _ in range(len(drive.checks.rows)):
            await drive.pilot.press("j")
            assert drive.row.shape is not Shape.GROUP
        await drive.press("list.first")
        assert drive.checks.cursor == 1
        assert drive.checks.scroll_offset.y == 0


@sizes
async def test_next_blocker_walks_worst_first_and_comes_round(tmp_path: Path, size: tuple[int, int]) -> None:
    async with driving(working(), tmp_path, size) as drive:
        assert drive.app.snapshot is not None
        gate = drive.app.snapshot.gate
        keys = [*gate.blockers, *gate.unseen]
        for key in keys[:7]:
            await drive.press("go.next-blocker")
            assert drive.row.key in (key, (key[0], ""))
        drive.sprint.go_to(*keys[-1])
        await drive.press("go.next-blocker")
        assert drive.row.key == keys[0]
        assert drive.said("the first again")


async def test_stages_by_digit_bracket_and_rail(tmp_path: Path) -> None:
    async with driving(working(), tmp_path) as drive:
        await drive.press("list.down", "list.down")
        here = drive.row.key
        await drive.press("go.stage-3")
        assert drive.sprint.stage_id == "S3"
        await drive.press("go.next-stage", "go.next-stage", "go.previous-stage")
        assert drive.sprint.stage_id == "S4"
        await drive.press("go.stage-1")
        assert drive.row.key == here, "a stage remembers its cursor"
        await drive.press("8")
        assert drive.sprint.stage_id == "S1"
        drive.sprint.query_one("#stages").focus()
        await drive.press("down", "down")
        assert drive.sprint.stage_id == "S3"


@sizes
async def test_filter(tmp_path: Path, size: tuple[int, int]) -> None:
    async with driving(working(), tmp_path, size) as drive:
        await drive.press("list.filter", *"status:fail")
        rows = [row for row in drive.checks.rows if row.lead is not None]
        assert rows
        assert {row.mark for row in rows} == {Mark.FAIL}
        await drive.press("enter")
        assert drive.checks.has_focus
        assert "status:fail" in drive.text
        await drive.press("go.back")
        assert len([row for row in drive.checks.rows if row.shape is Shape.CHECK]) == 21
        await drive.press("list.filter", *"!status:fail zzzz")
        assert "Nothing here fits the filter" in drive.text
        await drive.press("escape")
        assert drive.on == "SprintScreen"
        assert drive.checks.has_focus
        assert drive.sprint.query_one("#filter", Input).value == ""


async def test_a_wrong_filter_says_so(tmp_path: Path) -> None:
    async with driving(working(), tmp_path) as drive:
        await drive.press("list.filter", *"status:fial")
        assert "no status “fial”" in drive.text


async def test_escape_never_quits_and_takes_back_one_thing(tmp_path: Path) -> None:
    async with driving(working(), tmp_path) as drive:
        await drive.press("list.mark", "list.mark")
        assert len(drive.sprint.chosen_keys()) >= 2
        drive.sprint.query_one("#detail").focus()
        await drive.press("escape")
        assert drive.checks.has_focus
        assert drive.sprint.chosen_keys()
        await drive.press("escape")
        assert not drive.sprint.chosen_keys()
        await drive.press("escape", "escape")
        assert drive.app.is_running
        assert drive.on == "SprintScreen"


async def test_enter_reads_the_detail_and_narrow_gives_it_the_screen(tmp_path: Path) -> None:
    async with driving(working(), tmp_path, (120, 36)) as drive:
        await drive.press("list.select")
        assert drive.sprint.query_one("#detail").has_focus
    async with driving(working(), tmp_path, (80, 24)) as drive:
        await drive.press("go.next-blocker", "list.select")
        assert drive.on == "DetailScreen"
        assert "BLOCKER" in drive.text
        assert "Why it matters" in drive.text
        await drive.press("go.back")
        assert drive.on == "SprintScreen"


async def test_detail_says_everything(tmp_path: Path) -> None:
    async with driving(working(), tmp_path, (120, 90)) as drive:
        await drive.press("go.next-blocker")
        await drive.pilot.pause(0.2)
        await drive.settle()
        detail = drive.sprint.query_one("#detail", Detail).plain()
        for words in (
            "✗ fail",
            "BLOCKER",
            "9 of 90 days left",
            "Why it matters",
            "Fix 10 min",
            "By hand",
            "Owner",
            "Evidence 1",
        ):
            assert words in detail
        assert "A app.acme.test" in detail
        assert "History" in detail
        assert "{" not in detail.replace("${", "")
        await drive.press("check.raw")
        assert '"rcode": "NOERROR"' in drive.sprint.query_one("#detail", Detail).plain()


# ------------------------------------------------------------------------------------------------------------- running


async def test_run_this_runs_only_this(tmp_path: Path) -> None:
    session = working()
    async with driving(session, tmp_path) as drive:
        drive.sprint.go_to("dns.hosts-resolve")
        await drive.press("check.run")
        await drive.until(lambda: drive.app.progress is None)
        assert {check for check, _ in session.ran[-1].keys} == {"dns.hosts-resolve"}
        assert len(session.ran[-1].keys) == 5
        assert drive.said("Looked at dns.hosts-resolve")


async def test_marked_rows_run_together(tmp_path: Path) -> None:
    session = working()
    async with driving(session, tmp_path) as drive:
        drive.sprint.go_to("dns.hosts-resolve")
        await drive.press("list.mark", "list.mark", "check.run")
        await drive.until(lambda: drive.app.progress is None and session.ran)
        assert {check for check, _ in session.ran[-1].keys} == {"dns.hosts-resolve", "dns.intended-target"}


async def test_results_come_as_they_are_found_and_the_cursor_stays(tmp_path: Path) -> None:
    session = working(delay=0.1)
    async with driving(session, tmp_path) as drive:
        drive.sprint.go_to("dns.intended-target")
        here = drive.row.key
        drive.app.start_run(Selection(stages=frozenset({"S1"})))
        await drive.until(lambda: drive.app.progress and drive.app.progress.done > 3)
        await drive.until(lambda: "x stops" in drive.lines[0])
        assert drive.row.key == here
        await drive.press("go.gate")
        await drive.press("go.back")
        assert drive.app.progress is not None, "a run does not die with a screen"
        await drive.press("run.stop")
        await drive.until(lambda: drive.app.progress is None)
        assert session._runs[-1].state == "interrupted"
        assert drive.said("what was finished is kept")


async def test_a_second_run_says_why_not(tmp_path: Path) -> None:
    session = working(delay=0.1)
    async with driving(session, tmp_path) as drive:
        drive.app.start_run(Selection(stages=frozenset({"S1"})))
        await drive.until(lambda: drive.app.progress)
        drive.sprint.go_to("dns.hosts-resolve")
        await drive.press("check.run")
        assert drive.said("A run is going on")
        drive.app.cancel_run()
        await drive.until(lambda: drive.app.progress is None)


async def test_what_is_sent_is_shown_first(tmp_path: Path) -> None:
    session = working()
    async with driving(session, tmp_path) as drive:
        await drive.press("check.run-stage")
        await drive.until(lambda: drive.on == "Confirm")
        assert "one POST to https://api.acme.test/hooks/stripe" in drive.text
        assert "Nobody yet" in drive.text
        await drive.press("enter")
        await drive.until(lambda: session.ran and drive.app.progress is None)
        assert session.ran[-1].levels == frozenset({Consent.PASSIVE})


async def test_an_authorized_run_is_sent(tmp_path: Path) -> None:
    session = working()
    session._append(Authorization("*", ("active",), "Anna", "signed"), NOW)
    async with driving(session, tmp_path) as drive:
        await drive.press("check.run-stage")
        await drive.until(lambda: drive.on == "Confirm")
        assert "by Anna (signed)" in drive.text
        await drive.press("right", "enter")
        await drive.until(lambda: session.ran and drive.app.progress is None)
        assert Consent.ACTIVE in session.ran[-1].levels


async def test_escape_sends_nothing(tmp_path: Path) -> None:
    session = working()
    async with driving(session, tmp_path) as drive:
        await drive.press("check.run-stage")
        await drive.until(lambda: drive.on == "Confirm")
        await drive.press("escape")
        await drive.pilot.pause(0.1)
        assert session.ran == []


async def test_rerun_of_what_failed(tmp_path: Path) -> None:
    session = working()
    session._append(Authorization("*", ("active",), "Anna", "signed"), NOW)
    async with driving(session, tmp_path) as drive:
        assert drive.app.snapshot is not None
        bad = {
            row.key for row in drive.app.snapshot.board if row.verdict in (Verdict.FAIL, Verdict.WARN, Verdict.UNKNOWN)
        }
        await drive.press("check.run-failed")
        if drive.on == "Confirm":
            await drive.press("enter")
        await drive.until(lambda: session.ran and drive.app.progress is None)
        assert session.ran[-1].keys <= bad


async def test_a_run_that_breaks_is_explained(tmp_path: Path) -> None:
    session = working()

    async def broken(*_: object) -> Any:
        raise RuntimeError("the moon fell down")

    session.run = broken  # type: ignore[method-assign]
    async with driving(session, tmp_path) as drive:
        drive.app.start_run(Selection())
        await drive.until(lambda: drive.on == "Problem" and "esc closes" in drive.text)
        assert "a bug of ours" in drive.text
        assert "the moon fell down" in drive.text
        assert (tmp_path / "trace.log").stat().st_mode & 0o777 == 0o600
        await drive.press("escape")
        assert drive.on == "SprintScreen"
        assert drive.app.progress is None


# ----------------------------------------------------------------------------------------------------- keys that refuse


@pytest.mark.parametrize(
    ("check", "key", "words"),
    [
        ("dns.registry-delegation", "check.run", "No program can see this one"),
        ("dns.wildcard", "record.waive", "no finding to accept"),
        ("dns.registry-delegation", "record.drill", "This is no drill"),
        ("dns.caa", "record.attest", "A run has seen this"),
        ("dns.registry-delegation", "practice.repair", "practice target"),
        ("dns.registry-delegation", "run.stop", "Nothing is running"),
    ],
)
async def test_a_key_that_cannot_act_says_why(tmp_path: Path, check: str, key: str, words: str) -> None:
    async with driving(working(), tmp_path) as drive:
        drive.sprint.go_to(check)
        await drive.press(key)
        assert drive.said(words), drive.toasts


async def test_no_live_checks_in_a_stage_is_said(tmp_path: Path) -> None:
    async with driving(working(), tmp_path) as drive:
        await drive.press("go.stage-7", "check.run-stage")
        assert drive.said("No check of this stage runs by itself")


async def test_several_findings_are_not_waived_at_once(tmp_path: Path) -> None:
    session = working(verdict=lambda *_: Verdict.FAIL)
    async with driving(session, tmp_path) as drive:
        drive.sprint.go_to("dns.hosts-resolve")
        await drive.press("record.waive")
        assert drive.said("signed for one finding")


# ----------------------------------------------------------------------------------------------------------- recording


async def test_recorded_then_taken_back(tmp_path: Path) -> None:
    session = working()
    async with driving(session, tmp_path) as drive:
        assert await drive.app.record(Decision("Mail", ("a", "b"), "a", "because", "Anna"))
        assert drive.said("Decision of Anna: Mail → a.")
        assert drive.said("u takes it back")
        await drive.press("record.undo")
        assert drive.said("Taken back")
        assert session.snapshot().state.decisions == ()
        await drive.press("record.redo")
        assert len(session.snapshot().state.decisions) == 1
        await drive.press("record.redo")
        assert drive.said("nothing to bring back")


async def test_a_refused_form_comes_back_with_what_was_typed(tmp_path: Path) -> None:
    session = working()
    async with driving(session, tmp_path) as drive:
        await drive.press("record.note")
        await drive.until(lambda: drive.on == "NoteForm")
        await drive.press(*"remember", "ctrl+s")
        await drive.until(lambda: drive.on == "SprintScreen")
        assert drive.said("remember")
        session.refusal = InputError("The disk is full.", "Make room and save again.")
        await drive.press("record.note")
        await drive.until(lambda: drive.on == "NoteForm")
        await drive.press(*"precious", "ctrl+s")
        await drive.until(lambda: drive.on == "Problem" and "esc closes" in drive.text)
        assert "The disk is full." in drive.text
        assert "Make room and save again." in drive.text
        session.refusal = None
        await drive.press("enter")
        await drive.until(lambda: drive.on == "NoteForm")
        await drive.settle()
        assert "precious" in drive.text
        await drive.press("ctrl+s")
        await drive.until(lambda: drive.on == "SprintScreen")
        assert drive.said("precious")


async def test_waived_stays_a_fail_and_looks_waived(tmp_path: Path) -> None:
    session = working()
    async with driving(session, tmp_path) as drive:
        await drive.press("go.next-blocker")
        row = drive.row
        assert row.lead is not None
        waiver = Waiver(
            row.lead.entry.id,
            row.lead.result.subject,
            row.lead.result.reason,
            "Anna",
            "we know it well enough",
            "we watch it",
            NOW + timedelta(days=3),
        )
        assert await drive.app.record(waiver)
        assert drive.row.key == row.key
        assert drive.row.mark is Mark.WAIVED
        assert drive.row.lead is not None
        assert drive.row.lead.verdict is Verdict.FAIL


async def test_the_clock(tmp_path: Path) -> None:
    session = FakeSession()
    async with driving(session, tmp_path) as drive:
        assert "clock not started" in drive.lines[0]
        await drive.press("clock.toggle")
        assert session.snapshot().state.clock.running
        assert session.snapshot().state.clock.stage == "S1"
        assert "48:00 left" in drive.lines[0]
        await drive.press("go.stage-3", "record.note")
        await drive.press("escape")
        assert session.snapshot().state.clock.stage == "S3", "the stage clock follows the work"
        session.record(ClockMark("pause", reason="night"))
        await drive.app.refresh_snapshot()
        assert "paused" in drive.lines[0]


async def test_a_reader_can_read_only(tmp_path: Path) -> None:
    async with driving(working(locked=True), tmp_path) as drive:
        assert "READ-ONLY" in drive.lines[0]
        await drive.press("record.note")
        assert drive.said("can only be read")
        await drive.press("check.run-failed")
        assert drive.said("nothing can be run")


# ------------------------------------------------------------------------------------------------------------ pictures


@pytest.mark.parametrize("size", [*SIZES, (180, 48)])
def test_sprint_picture(size: tuple[int, int], snap_compare: Any, tmp_path: Path) -> None:
    async def look(pilot: Pilot[int]) -> None:
        await pilot.pause(0.3)
        await pilot.press("n")
        await pilot.pause(0.3)

    app = LaunchReadyApp(session=working(), config=tmp_path, clock=lambda: NOW, no_animation=True)
    assert snap_compare(app, terminal_size=size, run_before=look)
