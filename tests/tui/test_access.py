"""The access map on the screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from launchready_tui.engine.access import NOT_USED
from launchready_tui.model.records import Grant, Person, System
from launchready_tui.tui.screens.access import AccessScreen
from tests.tui import boards
from tests.tui.boards import (
    NOW,
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


def grants(made: Any) -> dict[tuple[str, str], Grant]:
    """Who can do what."""
    return {(grant.area, grant.person): grant for grant in made.snapshot().state.grants}


@pytest.mark.parametrize("size", SIZES)
async def test_people_systems_roles_and_dangers_are_seen(size: tuple[int, int], tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "access", size):
        text = text_of(app)
    for words in (
        "Margaux",
        "Ben",
        "Ines",
        "Registrar  Namecheap",
        "■ $",
        "▲ ✓",
        "✗ consultant-only",
        "✓ safe",
        "3d",
        "1 blocker",
    ):
        assert words in text
    assert "16 not recorded" in text
    assert "BLOCKER  Only Ines can administer it" in text
    assert ("1Password/Acme" in text) == (size[0] == 120)


async def test_required_systems_are_shown_though_nothing_is_recorded(tmp_path: Path) -> None:
    app = app_of(session(), tmp_path)
    async with opened(app, "access", (120, 36)):
        text = text_of(app)
        assert "founder" in lines_of(app)[2]
    assert "18 not recorded" in text
    assert "nobody recorded: enter" in text
    assert "Nobody is on the map yet. P adds a person" in text


@pytest.mark.parametrize("size", SIZES)
async def test_o_a_b_give_a_role_and_take_it_back(size: tuple[int, int], tmp_path: Path) -> None:
    made = rich_session()
    app = app_of(made, tmp_path)
    async with opened(app, "access", size, ["o"]) as pilot:
        assert grants(made)["registrar", "Margaux"].role == "owner"
        await press(pilot, "a")
        assert grants(made)["registrar", "Margaux"].role == "admin"
        await press(pilot, "right", "b")
        assert grants(made)["registrar", "Ben"].role == "backup"
        await press(pilot, "b")
        assert ("registrar", "Ben") not in grants(made)
        await press(pilot, "u")
        assert grants(made)["registrar", "Ben"].role == "backup"
        screen = app.screen
        assert isinstance(screen, AccessScreen)
        assert screen.row is not None
        assert screen.row.area == "registrar"
        assert screen.column is not None
        assert screen.column.person == "Ben"


async def test_keys_pressed_fast_lose_nothing(tmp_path: Path) -> None:
    made = rich_session()
    app = app_of(made, tmp_path)
    async with opened(app, "access", (120, 36)) as pilot:
        screen = app.screen
        assert isinstance(screen, AccessScreen)
        screen.action_role("owner")
        screen.action_pays()
        await pilot.pause(0)
        screen.action_proven()
        await settle(pilot)
        assert grants(made)["registrar", "Margaux"] == Grant("registrar", "Margaux", "owner", True, None, NOW)
        assert "■ $ ✓" in text_of(app)


async def test_v_needs_an_access_and_says_so(tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "access", (120, 36), ["v"]):
        assert "There is no access to prove" in toasts(app)


async def test_keys_for_people_say_why_they_cannot_act_on_a_system(tmp_path: Path) -> None:
    made = rich_session()
    app = app_of(made, tmp_path)
    async with opened(app, "access", (120, 36), ["left", "o"]):
        assert "Choose the column of a person" in toasts(app)
    empty = app_of(session(), tmp_path)
    async with opened(empty, "access", (120, 36), ["o"]):
        assert "P adds a person" in toasts(empty)


async def test_minus_says_that_a_system_is_not_used_and_again_that_nothing_is_known(tmp_path: Path) -> None:
    made = rich_session()
    app = app_of(made, tmp_path)
    async with opened(app, "access", (120, 36), ["down", "down", "minus"]) as pilot:
        assert System("cdn", NOT_USED) in made.snapshot().state.systems
        assert "not used" in text_of(app)
        await press(pilot, "minus")
        assert all(system.area != "cdn" for system in made.snapshot().state.systems)


async def test_delete_takes_back_what_the_cell_says(tmp_path: Path) -> None:
    made = rich_session()
    app = app_of(made, tmp_path)
    async with opened(app, "access", (120, 36), ["down", "delete"]) as pilot:
        assert ("dns", "Margaux") not in grants(made)
        await press(pilot, "delete")
        assert "The cell says nothing yet." in toasts(app)
        await press(pilot, "left", "delete")
        assert all(system.area != "dns" for system in made.snapshot().state.systems)


async def test_shift_p_adds_a_person_and_an_empty_column_knows_the_role(tmp_path: Path) -> None:
    made = session()
    app = app_of(made, tmp_path)
    async with opened(app, "access", (120, 36), ["right", "enter"]) as pilot:
        await type_in(pilot, "Ben")
        await press(pilot, "ctrl+s")
        await settle(pilot)
        assert made.snapshot().state.people == (Person("Ben", "backup"),)
        assert "Ben" in lines_of(app)[2]
        await press(pilot, "P")
        assert "A person" in text_of(app)


@pytest.mark.parametrize(
    ("keys", "title"),
    [(["enter"], "Who can enter"), (["left", "enter"], "Change a system"), (["s"], "Change a system")],
)
async def test_enter_and_s_open_the_form_of_the_cell(keys: list[str], title: str, tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "access", (120, 36), keys) as pilot:
        assert title in text_of(app)
        assert "egistrar" in text_of(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, AccessScreen)


async def test_s_on_an_unknown_system_adds_it(tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "access", (120, 36), ["down", "down", "s"]):
        assert "A system" in text_of(app)
        assert "CDN" in text_of(app)


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_names_stay_words(size: tuple[int, int], tmp_path: Path) -> None:
    made = rich_session()
    made.record(Person(boards.HOSTILE, "other"))
    made.record(System("cdn", boards.HOSTILE, custody=boards.HOSTILE, renewal=boards.HOSTILE, note=boards.HOSTILE))
    made.record(Grant("cdn", boards.HOSTILE, "owner", True))
    made.record(System(boards.HOSTILE, "x"))
    app = app_of(made, tmp_path)
    async with opened(app, "access", size, ["down", "down", "right", "right", "right", "down", "end", "home"]) as pilot:
        assert boards.is_clean(app)
        await press(pilot, "o", "delete")
        assert boards.is_clean(app)


async def test_many_people_scroll_sideways_and_the_systems_stay(tmp_path: Path) -> None:
    made = rich_session()
    for number in range(12):
        made.record(Person(f"Person {number}", "other"))
    app = app_of(made, tmp_path)
    async with opened(app, "access", (80, 24), ["right"] * 13):
        text = text_of(app)
    assert "Registrar" in text
    assert "Person" in text


@pytest.mark.parametrize("size", SIZES)
def test_access_picture(size: tuple[int, int], snap_compare: Any, tmp_path: Path) -> None:
    assert snap_compare(app_of(rich_session(), tmp_path), terminal_size=size, run_before=boards.on_board("access"))
