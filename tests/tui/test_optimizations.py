"""The optimization log on the screen: what a change brought, and how one begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from launchready_tui.model.records import Change, Measurement
from tests.tui import boards
from tests.tui.boards import SIZES, app_of, opened, press, session, settle, text_of

URL = "https://app.acme.test/login"
SLOW = tuple(400.0 + 3 * n for n in range(60))
FAST = tuple(90.0 + n for n in range(60))


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    boards.use_utc(monkeypatch)


def proven() -> list[Change | Measurement]:
    """A change that is measured on both sides, as records 2 to 4 after the product profile."""
    return [
        Change("Index on orders(seller_id)", "login", "4f2c91aa", "Ines"),
        Measurement(2, "before", URL, SLOW, queries=42, bytes=81_000),
        Measurement(2, "after", URL, FAST, queries=3, bytes=9_000),
    ]


@pytest.mark.parametrize("size", SIZES)
async def test_a_proven_change(size: tuple[int, int], tmp_path: Path) -> None:
    made = session()
    for record in proven():
        made.record(record)
    app = app_of(made, tmp_path)
    async with opened(app, "optimizations", size):
        text = text_of(app)
    assert "1 change  1 proven faster" in text
    assert "p95 568 → 146 ms" in text
    assert "by chance: below 0.001" in text


async def test_both_sides_stand_beside_each_other(tmp_path: Path) -> None:
    made = session()
    for record in proven():
        made.record(record)
    app = app_of(made, tmp_path)
    async with opened(app, "optimizations", (120, 36)):
        text = text_of(app)
    assert "42 queries · 81,000 bytes" in text
    assert "3 queries · 9,000 bytes" in text


async def test_an_empty_log_teaches_and_refuses_to_measure_nothing(tmp_path: Path) -> None:
    app = app_of(session(), tmp_path)
    async with opened(app, "optimizations", (80, 24)) as pilot:
        assert "c begins a change for speed" in text_of(app)
        await press(pilot, "m")
        await settle(pilot)
        assert "There is no change here yet" in text_of(app)


async def test_the_form_names_the_routes_and_keeps_what_was_typed(tmp_path: Path) -> None:
    app = app_of(session(), tmp_path)
    async with opened(app, "optimizations", (80, 24)) as pilot:
        await press(pilot, "c")
        await press(pilot, *"Smaller pictures", "tab", *"no commit", "ctrl+s")
        await settle(pilot)
        text = text_of(app)
        assert "That is no commit" in text
        assert "Smaller pictures" in text
        assert "login" in text
