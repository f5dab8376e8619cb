"""The copy menu offers the text to paste for a problem."""

from __future__ import annotations

from pathlib import Path

import pytest

from launchready_tui.model.verdicts import Verdict
from launchready_tui.tui.screens.menu import Menu
from tests.tui import boards
from tests.tui.boards import NOW, RESOLVE, app_of, opened, press, run, session, settle, text_of, toasts


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    boards.use_utc(monkeypatch)


async def test_y_copies_the_lines_of_the_zone(tmp_path: Path) -> None:
    made = session()
    run(made, NOW, {(RESOLVE.id, "acme.test"): (Verdict.FAIL, "No resolver knows it.")})
    app = app_of(made, tmp_path)
    async with opened(app, "", (120, 36), ["y"]) as pilot:
        assert isinstance(app.screen, Menu)
        assert "fix for DNS zone" in text_of(app)
        await press(pilot, "end", "enter")
        await settle(pilot)
        assert "copied" in toasts(app)
        assert "acme.test. 300 IN A ADDRESS" in app.clipboard
