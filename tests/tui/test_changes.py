"""What changed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from launchready_tui.tui.screens.gate import GateScreen
from launchready_tui.tui.screens.log import LogScreen
from launchready_tui.tui.screens.sprint import SprintScreen
from tests.engine.test_comparing import went_down
from tests.tui import boards
from tests.tui.boards import NOW, SIZES, app_of, lines_of, opened, press, rich_session, session, settle, text_of, toasts


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    boards.use_utc(monkeypatch)


def visited() -> Any:
    """An engagement that somebody left a day ago."""
    made = rich_session()
    made._last_visit = (NOW - timedelta(days=1)).isoformat()
    return made


@pytest.mark.parametrize("size", SIZES)
async def test_since_the_last_visit(size: tuple[int, int], tmp_path: Path) -> None:
    app = app_of(visited(), tmp_path)
    async with opened(app, "changes", size):
        text = text_of(app)
    for words in (
        "since 23 Nov 14:02, 24 h ago",
        "New  1",
        "Repaired  1",
        "The certificate outlives the launch",
        "Runs out within a week",
    ):
        assert words in text


async def test_records_and_what_ends_are_named(tmp_path: Path) -> None:
    app = app_of(visited(), tmp_path)
    async with opened(app, "changes", (120, 50)):
        text = text_of(app)
    assert "The waiver of “The certificate outlives the launch”" in text
    assert "Recorded  " in text
    assert "Margaux accepts the risk" in text


async def test_since_the_last_run_and_the_runs(tmp_path: Path) -> None:
    app = app_of(visited(), tmp_path)
    async with opened(app, "changes", (120, 36), ["right"]) as pilot:
        assert "since 22 Nov 14:02" in text_of(app)
        await press(pilot, "right")
        text = text_of(app)
        assert "2 runs" in text
        assert "1 new · 1 repaired · 1 waived" in text
        assert "41 s" in text
        assert "repaired  Every host resolves everywhere" in text


@pytest.mark.parametrize("size", SIZES)
async def test_what_cannot_be_seen_any_more_comes_first(size: tuple[int, int], tmp_path: Path) -> None:
    made, _ = went_down()
    made._last_visit = (NOW - timedelta(minutes=90)).isoformat()
    app = app_of(made, tmp_path)
    async with opened(app, "changes", size, []) as pilot:
        for _ in range(2):
            lines = [line for line in lines_of(app) if line.strip(" │")]
            first = next(at for at, line in enumerate(lines) if "The gate says something else" in line)
            assert "NO-GO  it said GO" in lines[first + 1]
            assert "Cannot be seen any more  2: 1 unknown, 1 error" in lines[first + 2]
            assert "Every host resolves everywhere" in lines[first + 3]
            assert not any("Runs out" in line or "Recorded" in line for line in lines[:first])
            await press(pilot, "right")
        text = text_of(app)
        assert "gate NO-GO · 2 unseen" in text
        assert "gate GO" in text
        assert "it said GO" in text
        assert "Cannot be seen any more  2: 1 unknown" in text


async def test_whoever_opens_it_is_told(tmp_path: Path) -> None:
    made, _ = went_down()
    made._last_visit = (NOW - timedelta(minutes=90)).isoformat()
    app = app_of(made, tmp_path)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await settle(pilot)
        assert "the gate says NO-GO · 2 not seen any more" in toasts(app)


async def test_enter_on_the_gate_goes_there(tmp_path: Path) -> None:
    made, _ = went_down()
    app = app_of(made, tmp_path)
    async with opened(app, "changes", (120, 36), ["right", "enter"]):
        assert isinstance(app.screen, GateScreen)


async def test_enter_goes_to_the_check_or_the_log(tmp_path: Path) -> None:
    app = app_of(visited(), tmp_path)
    async with opened(app, "changes", (120, 36), ["enter"]):
        assert isinstance(app.screen, SprintScreen)
        row = app.screen.target()
        assert row is not None
        assert row.key[0] == boards.LIFETIME.id
    app = app_of(visited(), tmp_path)
    async with opened(app, "changes", (120, 50)) as pilot:
        for _ in range(30):
            if "record:" in app.screen.key:  # type: ignore[attr-defined]
                break
            await press(pilot, "down")
        await press(pilot, "enter")
        await settle(pilot)
        assert isinstance(app.screen, (LogScreen, SprintScreen))


@pytest.mark.parametrize("size", SIZES)
async def test_an_engagement_without_a_run_teaches(size: tuple[int, int], tmp_path: Path) -> None:
    app = app_of(session(), tmp_path)
    async with opened(app, "changes", size, ["right", "right"]) as pilot:
        assert "No run yet." in text_of(app)
        await press(pilot, "left")
        assert "since the beginning" in text_of(app)


async def test_it_follows_what_is_recorded_meanwhile(tmp_path: Path) -> None:
    made = visited()
    app = app_of(made, tmp_path)
    async with opened(app, "changes", (120, 50)) as pilot:
        before = text_of(app)
        await press(pilot, "u")
        await settle(pilot)
        assert text_of(app) != before


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_words_stay_words(size: tuple[int, int], tmp_path: Path) -> None:
    made = rich_session(boards.HOSTILE)
    made._last_visit = (NOW - timedelta(days=1)).isoformat()
    app = app_of(made, tmp_path)
    async with opened(app, "changes", size) as pilot:
        for _ in range(12):
            assert boards.is_clean(app)
            await press(pilot, "down")


@pytest.mark.parametrize("size", SIZES)
def test_changes_picture(size: tuple[int, int], snap_compare: Any, tmp_path: Path) -> None:
    assert snap_compare(app_of(visited(), tmp_path), terminal_size=size, run_before=boards.on_board("changes"))
