"""The first screen, and the list that it remembers."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from launchready_tui.engine.session import Session
from launchready_tui.model.records import System
from launchready_tui.tui import recents
from launchready_tui.tui.recents import FILE, MOST, Recent
from launchready_tui.tui.screens import starting
from launchready_tui.tui.screens.sprint import SprintScreen
from tests.deliverables.packs import exported
from tests.tui import boards
from tests.tui.boards import (
    HOSTILE,
    NOW,
    PRODUCT,
    SIZES,
    app_of,
    opened,
    press,
    rich_session,
    settle,
    text_of,
    toasts,
    type_in,
)


@pytest.fixture(autouse=True)
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The user's data folder."""
    boards.use_utc(monkeypatch)
    folder = tmp_path / "data"
    monkeypatch.setenv("LAUNCHREADY_DATA_DIR", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


def make(path: Path) -> Path:
    """An engagement file."""
    Session.create(path, PRODUCT, ".", clock=boards.Now()).close()
    return path


@pytest.mark.parametrize("size", SIZES)
async def test_an_empty_list_teaches(size: tuple[int, int], tmp_path: Path) -> None:
    app = app_of(None, tmp_path)
    async with opened(app, "", size):
        text = text_of(app)
    for words in ("No engagement was opened here yet.", "p  practice", "n  new", "o  open"):
        assert words in text


@pytest.mark.parametrize("size", SIZES)
async def test_recent_engagements_with_verdict_age_and_place(size: tuple[int, int], data: Path, tmp_path: Path) -> None:
    there = make(tmp_path / "acme.launchready")
    rows = [
        Recent(there, "Acme Market", NOW - timedelta(hours=2), "NO-GO"),
        Recent(Path("/gone/x"), "Gone", NOW - timedelta(days=3)),
    ]
    recents.save(data, rows)
    app = app_of(None, tmp_path)
    async with opened(app, "", size):
        text = text_of(app)
    for words in ("Acme Market", "NO-GO", "2 h ago", "no longer there"):
        assert words in text


async def test_the_folder_of_a_pack_is_there(data: Path, tmp_path: Path) -> None:
    """An imported pack is a folder; a folder that is no pack is not what was opened."""
    exported(tmp_path / "pack")
    (tmp_path / "pack.zip").write_bytes(b"x")
    (tmp_path / "empty").mkdir()
    app = app_of(None, tmp_path)
    recents.save(data, [Recent(tmp_path / "pack", "Imported", NOW, "NO-GO"), Recent(tmp_path / "pack.zip", "Zip", NOW)])
    async with opened(app, "", (120, 36)) as pilot:
        assert "no longer there" not in text_of(app)
        await press(pilot, "enter")
        await settle(pilot)
        assert isinstance(app.screen, SprintScreen), text_of(app)
    assert not Recent(tmp_path / "empty", "", NOW).exists


async def test_o_opens_the_folder_of_a_pack(tmp_path: Path) -> None:
    exported(tmp_path / "pack")
    app = app_of(None, tmp_path)
    async with opened(app, "", (80, 24), ["o"]) as pilot:
        await type_in(pilot, "pack")
        await press(pilot, "enter")
        await settle(pilot)
        assert isinstance(app.screen, SprintScreen)
        assert app.read_only


async def test_enter_opens_and_the_picker_is_left(data: Path, tmp_path: Path) -> None:
    there = make(tmp_path / "acme.launchready")
    recents.save(data, [Recent(there, "Acme Market", NOW)])
    app = app_of(None, tmp_path)
    async with opened(app, "", (80, 24), ["enter"]) as pilot:
        await settle(pilot)
        assert isinstance(app.screen, SprintScreen)


async def test_a_file_that_is_gone_is_explained_and_can_be_taken_off(data: Path, tmp_path: Path) -> None:
    recents.save(data, [Recent(tmp_path / "gone.launchready", "Gone", NOW)])
    app = app_of(None, tmp_path)
    async with opened(app, "", (80, 24), ["enter"]) as pilot:
        assert "was not opened" in text_of(app)
        await press(pilot, "enter", "delete")
        await settle(pilot)
        assert "No engagement was opened here yet." in text_of(app)
    assert recents.load(data) == ()


async def test_o_opens_a_path_and_tab_completes_it(tmp_path: Path) -> None:
    make(tmp_path / "acme.launchready")
    app = app_of(None, tmp_path)
    async with opened(app, "", (80, 24), ["o"]) as pilot:
        await type_in(pilot, "acm")
        await press(pilot, "tab", "enter")
        await settle(pilot)
        assert isinstance(app.screen, SprintScreen)


async def test_a_wrong_path_is_said_and_stays_typed(tmp_path: Path) -> None:
    app = app_of(None, tmp_path)
    async with opened(app, "", (80, 24), ["o"]) as pilot:
        await type_in(pilot, "nowhere")
        await press(pilot, "enter")
        assert "There is no such file." in toasts(app)
        await press(pilot, "escape", "o")
        assert "nowhere" in text_of(app)


async def test_n_makes_an_engagement_and_opens_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def found(new: Any, tell: Any) -> starting.Found:
        tell("Looking up fresh.test")
        return starting.Found(new.toml, (System("dns", "Cloudflare"),), ("The apex alone is proposed.",))

    monkeypatch.setattr(starting, "discovered", found)
    app = app_of(None, tmp_path)
    async with opened(app, "", (120, 36), ["n"]) as pilot:
        await type_in(pilot, "Fresh")
        await press(pilot, "tab")
        await type_in(pilot, "fresh.test")
        await press(pilot, "tab", "tab", "tab", "tab")
        await type_in(pilot, "Ines")
        await press(pilot, "ctrl+s")
        await settle(pilot)
        assert isinstance(app.screen, SprintScreen)
        assert app.snapshot is not None
        assert app.snapshot.product.domain == "fresh.test"
        assert [person.name for person in app.snapshot.state.people] == ["Ines"]
        assert [system.name for system in app.snapshot.state.systems] == ["Cloudflare"]
        assert (tmp_path / "fresh.launchready").exists()


async def test_p_starts_the_practice_target(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = rich_session()
    monkeypatch.setattr(starting, "practice", lambda folder: (object(), made))
    app = app_of(None, tmp_path)
    async with opened(app, "", (80, 24), ["p"]) as pilot:
        await settle(pilot)
        assert isinstance(app.screen, SprintScreen)
        assert app.practice is not None


async def test_practice_that_does_not_start_is_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from launchready_tui.practice.errors import PracticeError

    def fail(folder: Path) -> None:
        raise PracticeError("The port is taken.", "Free it.")

    monkeypatch.setattr(starting, "practice", fail)
    app = app_of(None, tmp_path)
    async with opened(app, "", (80, 24), ["p"]):
        assert "The port is taken." in text_of(app)


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_names_stay_words(size: tuple[int, int], data: Path, tmp_path: Path) -> None:
    recents.save(data, [Recent(tmp_path / "evil\x1b]0;x\x07[/x].launchready", HOSTILE, NOW, HOSTILE)])
    app = app_of(None, tmp_path)
    async with opened(app, "", size):
        assert boards.is_clean(app)
        assert "evil" in text_of(app)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[1, 2]",
        '{"a": 1}',
        '[{"path": 3}]',
        '[{"path": "", "opened_at": "2026-11-24T14:02:11+00:00"}]',
        "\0",
        "[" * 50_000,
    ],
)
def test_a_broken_list_is_an_empty_list(content: str, data: Path) -> None:
    data.mkdir()
    (data / FILE).write_text(content)
    assert recents.load(data) == ()


def test_the_list_keeps_the_newest_first_once_each_and_not_too_many(data: Path) -> None:
    for number in range(MOST + 5):
        recents.note(data, Recent(Path(f"/x/{number}"), f"n{number}", NOW + timedelta(minutes=number), "GO"))
    recents.note(data, Recent(Path("/x/20"), "20", NOW + timedelta(days=1)))
    found = recents.load(data)
    assert len(found) == MOST
    assert (found[0].path, found[0].name, found[0].verdict) == (Path("/x/20"), "n20", "GO")
    recents.forget(data, Path("/x/20"))
    assert all(recent.path != Path("/x/20") for recent in recents.load(data))


def test_an_engagement_is_remembered_with_its_verdict(data: Path, tmp_path: Path) -> None:
    path = make(tmp_path / "acme.launchready")
    opened_again = Session.open(path)
    recents.remember(data, opened_again.snapshot(), NOW)
    opened_again.close()
    assert recents.load(data) == (Recent(path, "Acme Market", NOW, "NO-GO"),)
    recents.remember(data, rich_session().snapshot(), NOW)
    assert len(json.loads((data / FILE).read_text())) == 1


def test_a_folder_that_cannot_be_written_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    recents.note(tmp_path / "file", Recent(Path("/x"), "x", NOW))
    assert recents.load(tmp_path / "file") == ()


@pytest.mark.parametrize("size", SIZES)
def test_picker_picture(size: tuple[int, int], snap_compare: Any, data: Path, tmp_path: Path) -> None:
    recents.save(
        data,
        [
            Recent(Path("/work/acme.launchready"), "Acme Market", NOW - timedelta(hours=2), "NO-GO"),
            Recent(Path("/work/other.launchready"), "Other Market", NOW - timedelta(days=9), "GO"),
        ],
    )
    assert snap_compare(app_of(None, tmp_path), terminal_size=size, run_before=boards.on_board(""))
