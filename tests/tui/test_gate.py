"""The gate board."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from launchready_tui.model.records import Decision, SignOff
from launchready_tui.tui.screens.gate import GateScreen
from launchready_tui.tui.screens.sprint import SprintScreen
from tests.tui import boards
from tests.tui.boards import SIZES, app_of, opened, press, rich_session, session, settle, text_of, toasts, type_in

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    boards.use_utc(monkeypatch)


@pytest.mark.parametrize("size", SIZES)
async def test_the_verdict_the_bars_and_who_signed_are_seen_at_once(size: tuple[int, int], tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "gate", size):
        text = text_of(app)
    for words in (
        "NO-GO",
        "1 blocker",
        "DNS points to the right place",
        "✗ fail",
        "✎ attested",
        "consultant",
        "Ines",
        "founder –",
    ):
        assert words in text
    assert "10 min of work to green" in text


async def test_everything_that_holds_the_launch_stands_below(tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "gate", (120, 50)):
        text = text_of(app)
    assert "Blockers that fail" in text
    assert "Accepted risks" in text
    assert "Margaux, until 29 Nov" in text
    assert "2 sprint items" in text


async def test_enter_on_a_bar_goes_to_the_first_thing_that_holds_it(tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "gate", (120, 36), ["down", "enter"]) as pilot:
        await settle(pilot)
        assert isinstance(app.screen, SprintScreen)
        row = app.screen.target()
        assert row is not None
        assert row.key[0] == boards.LIFETIME.id


async def test_a_green_bar_leads_to_what_decides_it(tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "gate", (120, 36), ["enter"]):
        assert isinstance(app.screen, SprintScreen)
        row = app.screen.target()
        assert row is not None
        assert row.key[0] == boards.RESOLVE.id


@pytest.mark.parametrize("size", SIZES)
async def test_the_other_parts_show_plan_cards_and_automations(size: tuple[int, int], tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "gate", size, ["right", "right"]) as pilot:
        assert "Look at everything" in text_of(app)
        assert "3/4" in text_of(app)
        await press(pilot, "right")
        assert "Failover across regions" in text_of(app)
        assert "Look again when  Two outages" in text_of(app)
        await press(pilot, "right")
        assert "no check proves it" in text_of(app)
        await press(pilot, "right")
        assert "Minimum bar  " in text_of(app)


async def test_d_on_a_card_records_that_it_waits(tmp_path: Path) -> None:
    made = rich_session()
    app = app_of(made, tmp_path)
    async with opened(app, "gate", (120, 36), ["right", "right", "right", "down", "d"]) as pilot:
        assert "after the launch" in text_of(app)
        await type_in(pilot, "Margaux")
        await press(pilot, "ctrl+s")
        await settle(pilot)
        decisions = [r.payload for r in made.snapshot().state.decisions if isinstance(r.payload, Decision)]
        assert decisions[-1].topic == "Kubernetes"
        assert decisions[-1].choice == "after the launch"
        assert isinstance(app.screen, GateScreen)
        assert "✎ decided" in text_of(app)


async def test_d_elsewhere_says_where_it_works(tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "gate", (80, 24), ["d"]):
        assert "Not now" in toasts(app)


async def test_s_signs_the_gate_with_the_head_of_the_chain(tmp_path: Path) -> None:
    made = rich_session()
    head = made.snapshot().head
    app = app_of(made, tmp_path)
    async with opened(app, "gate", (120, 36), ["S"]) as pilot:
        assert head[:12] in text_of(app)
        await type_in(pilot, "Margaux")
        await press(pilot, "ctrl+s")
        await settle(pilot)
        signed = [r.payload for r in made.snapshot().state.sign_offs if isinstance(r.payload, SignOff)]
        assert signed[-1] == SignOff("Margaux", "founder", "NO-GO", head)
        assert "founder Margaux" in text_of(app)


@pytest.mark.parametrize("size", SIZES)
async def test_an_empty_engagement_has_a_gate_too(size: tuple[int, int], tmp_path: Path) -> None:
    app = app_of(session(), tmp_path)
    async with opened(app, "gate", size):
        text = text_of(app)
    assert "NO-GO" in text
    assert "○ not run" in text
    assert "consultant –" in text


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_words_stay_words(size: tuple[int, int], tmp_path: Path) -> None:
    app = app_of(rich_session(boards.HOSTILE), tmp_path)
    async with opened(app, "gate", size, ["down", "down", "end", "up", "up", "up"]):
        assert boards.is_clean(app)


async def test_the_cursor_stays_when_something_is_recorded(tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "gate", (120, 36), ["down", "down"]) as pilot:
        await app.refresh_snapshot()
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, GateScreen)
        assert screen.key == "bar:MB6"


@pytest.mark.parametrize("size", SIZES)
def test_gate_picture(size: tuple[int, int], snap_compare: Any, tmp_path: Path) -> None:
    assert snap_compare(app_of(rich_session(), tmp_path), terminal_size=size, run_before=boards.on_board("gate"))
