"""The log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from launchready_tui.model.records import Decision
from launchready_tui.tui.screens.log import LogScreen
from launchready_tui.tui.screens.sprint import SprintScreen
from tests.tui import boards
from tests.tui.boards import (
    SIZES,
    app_of,
    lines_of,
    opened,
    press,
    rich_session,
    session,
    settle,
    text_of,
    toasts,
    type_in,
)


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    boards.use_utc(monkeypatch)


@pytest.mark.parametrize("size", SIZES)
async def test_everything_is_there_the_newest_first(size: tuple[int, int], tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "log", size):
        lines = lines_of(app)
    assert "sign-off" in lines[2]
    text = "\n".join(lines)
    for words in ("taken back", "superseded", "attestation", "waiver", "All 17"):
        assert words in text


async def test_what_was_taken_back_is_struck_through(tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "log", (120, 36)):
        struck = [
            segment.text
            for strip in app.screen._compositor.render_strips()
            for segment in strip
            if segment.style is not None and segment.style.strike
        ]
    assert any("This one is taken back" in words for words in struck)


@pytest.mark.parametrize("size", SIZES)
async def test_left_and_right_choose_the_kind(size: tuple[int, int], tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "log", size, ["right"]) as pilot:
        text = text_of(app)
        assert "decision" in text
        assert "attestation " not in text
        await press(pilot, "right", "right", "right")
        assert "Nothing was tried against the clock yet." in text_of(app)
        await press(pilot, "left", "left", "left", "left")
        assert "sign-off" in text_of(app)


async def test_the_filter_narrows_while_typing_and_esc_clears_it_before_it_goes_back(tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "log", (80, 24), ["slash"]) as pilot:
        await type_in(pilot, "cloudflare")
        assert "system" in text_of(app)
        assert "sign-off  " not in text_of(app)
        await press(pilot, "enter")
        assert "2 records with" in toasts(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, LogScreen)
        assert "sign-off  " in text_of(app)
        await press(pilot, "slash")
        await type_in(pilot, "nothing like it")
        assert "No record contains" in text_of(app)
        await press(pilot, "escape", "escape")
        assert isinstance(app.screen, SprintScreen)


async def test_d_records_a_decision_and_goes_to_it(tmp_path: Path) -> None:
    made = rich_session()
    app = app_of(made, tmp_path)
    async with opened(app, "log", (120, 36), ["down", "d"]) as pilot:
        for words in ("Which mail service", "Postmark"):
            await type_in(pilot, words)
            await press(pilot, "tab")
        await type_in(pilot, "Postmark")
        await press(pilot, "tab")
        await type_in(pilot, "It is cheap enough.")
        await press(pilot, "tab")
        await type_in(pilot, "Margaux")
        await press(pilot, "ctrl+s")
        await settle(pilot)
        newest = made.snapshot().state.decisions[-1]
        assert isinstance(newest.payload, Decision)
        assert newest.payload.choice == "Postmark"
        screen = app.screen
        assert isinstance(screen, LogScreen)
        assert screen.key == str(newest.number)


async def test_enter_on_a_decision_records_what_replaces_it(tmp_path: Path) -> None:
    made = rich_session()
    app = app_of(made, tmp_path)
    standing = made.snapshot().state.decisions[-1]
    async with opened(app, "log", (120, 36), ["right", "enter"]) as pilot:
        assert "Where does the database live?" in text_of(app)
        await type_in(pilot, "Supabase")
        await press(pilot, "tab")
        await type_in(pilot, "The restore drill passed there.")
        await press(pilot, "tab")
        await type_in(pilot, "Margaux")
        await press(pilot, "ctrl+s")
        await settle(pilot)
        newest = made.snapshot().state.decisions[-1].payload
        assert isinstance(newest, Decision)
        assert newest.supersedes == standing.number
        assert newest.choice == "Supabase"
        assert text_of(app).count("superseded") >= 2


async def test_enter_on_a_superseded_decision_leads_to_the_newer_one(tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "log", (120, 36), ["right", "down", "enter"]):
        assert "Superseded already" in toasts(app)


async def test_enter_on_a_waiver_goes_to_its_check(tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "log", (120, 36), ["right", "right", "enter"]):
        assert isinstance(app.screen, SprintScreen)
        row = app.screen.target()
        assert row is not None
        assert row.key[0] == boards.LIFETIME.id


@pytest.mark.parametrize("size", SIZES)
async def test_an_empty_kind_teaches(size: tuple[int, int], tmp_path: Path) -> None:
    app = app_of(session(), tmp_path)
    async with opened(app, "log", size, ["right", "enter"]):
        assert "d records one" in text_of(app)


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_words_stay_words(size: tuple[int, int], tmp_path: Path) -> None:
    app = app_of(rich_session(boards.HOSTILE), tmp_path)
    async with opened(app, "log", size) as pilot:
        for _ in range(17):
            assert boards.is_clean(app)
            await press(pilot, "down")


@pytest.mark.parametrize("size", SIZES)
def test_log_picture(size: tuple[int, int], snap_compare: Any, tmp_path: Path) -> None:
    assert snap_compare(app_of(rich_session(), tmp_path), terminal_size=size, run_before=boards.on_board("log", "down"))
