"""The handover board."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from launchready_tui import exporting
from launchready_tui.deliverables import documents
from launchready_tui.deliverables.documents import DocumentInfo, Missing
from launchready_tui.errors import InputError
from launchready_tui.exporting import Exported
from launchready_tui.model.runbook import Deliverable
from launchready_tui.tui.screens.access import AccessScreen
from launchready_tui.tui.screens.gate import GateScreen
from launchready_tui.tui.screens.handover import HandoverScreen
from launchready_tui.tui.screens.sprint import SprintScreen
from tests.tui import boards
from tests.tui.boards import (
    HOSTILE,
    RUNBOOK,
    SIZES,
    app_of,
    opened,
    press,
    rich_session,
    session,
    settle,
    text_of,
    toasts,
)

TEXT = """# Risk list of Acme Market

**NO-GO** as of 24 Nov 2026.

| state | check | subject |
|---|---|---|
| ✗ fail | The certificate outlives the launch | `acme.test` |

1. Renew it.

```
curl -sI https://acme.test
```
"""


@pytest.fixture(autouse=True)
def written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """Documents that never change; returned are their texts."""
    boards.use_utc(monkeypatch)
    monkeypatch.chdir(tmp_path)
    texts = {"handover": TEXT.replace("Risk list", "Handover"), "risk-list": TEXT}
    infos = (DocumentInfo("handover", "Handover", "S7"), DocumentInfo("risk-list", "Risk list", "S1"))
    lacking = (
        Missing("Rollback: nothing is written down", "Ben (backup)", 20, (boards.NIGHT.id, "acme.test")),
        Missing("Access map: who holds the keys of Registrar", "Margaux (founder)", 5, None),
        Missing("Sign-off of the founder", "Margaux (founder)", 5, None),
    )
    monkeypatch.setattr(documents, "available", lambda snapshot: infos)
    monkeypatch.setattr(documents, "missing", lambda snapshot: lacking)
    monkeypatch.setattr(documents, "markdown", lambda name, snapshot: texts[name])

    def export(session: Any, folder: Path, formats: tuple[str, ...]) -> Exported:
        folder.mkdir()
        paths = tuple(folder / f"handover.{form}" for form in formats)
        for path in paths:
            path.write_text("x")
        return Exported(paths, "NO-GO", ("the gate says NO-GO", "chain head"))

    monkeypatch.setattr(exporting, "export_pack", export)
    return texts


@pytest.mark.parametrize("size", SIZES)
async def test_preview_missing_and_export_are_seen_at_once(size: tuple[int, int], tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "handover", size):
        text = text_of(app)
    for words in (
        "Handover of Acme Market",
        "Missing 3 · about 30 min",
        "Ben (backup)",
        "20 min",
        "acme-market-handover",
        "md + html",
    ):
        assert words in text
    assert "Will contain 2 documents" in text
    assert "Page one says NO-GO" in text


async def test_left_and_right_go_through_the_documents(tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "handover", (80, 24), ["right"]) as pilot:
        assert "Risk list of Acme Market" in text_of(app)
        await press(pilot, "left")
        assert "Handover of Acme Market" in text_of(app)


async def test_the_markdown_is_drawn_not_shown(tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "handover", (120, 36)):
        text = text_of(app)
    assert "**" not in text
    assert "|---" not in text
    assert "curl -sI https://acme.test" in text


@pytest.mark.parametrize(("downs", "screen"), [(0, SprintScreen), (1, AccessScreen), (2, GateScreen)])
async def test_enter_on_what_is_missing_goes_where_it_is_supplied(downs: int, screen: type, tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "handover", (120, 36), ["tab", *["down"] * downs, "enter"]) as pilot:
        await settle(pilot)
        assert isinstance(app.screen, screen)


@pytest.mark.parametrize("size", SIZES)
async def test_export_writes_and_says_where(size: tuple[int, int], tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "handover", size, ["y"]) as pilot:
        assert "Nothing was written yet" in toasts(app)
        await press(pilot, "f", "f", "E", "enter")
        await settle(pilot)
        folder = tmp_path / "acme-market-handover"
        assert [path.name for path in folder.iterdir()] == ["handover.md"]
        assert "✓ 1 file in" in text_of(app)
        await press(pilot, "y")
        assert app.clipboard == str(folder)


async def test_an_export_that_fails_is_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise InputError("The folder /x cannot be made.", "Name another folder.")

    monkeypatch.setattr(exporting, "export_pack", fail)
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "handover", (80, 24), ["E", "enter"]) as pilot:
        assert "The folder /x cannot be made." in text_of(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, HandoverScreen)
        assert app.screen.query_one("#folder", Input).value == "acme-market-handover"


async def test_a_document_that_cannot_be_written_takes_nothing_down(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: Any) -> str:
        raise ValueError("a bug [/x]")

    monkeypatch.setattr(documents, "markdown", fail)
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "handover", (80, 24)):
        assert "cannot be written now: a bug [/x]" in text_of(app)


async def test_esc_leaves_the_folder_before_it_leaves_the_screen(tmp_path: Path) -> None:
    app = app_of(rich_session(), tmp_path)
    async with opened(app, "handover", (80, 24), ["E", "escape"]) as pilot:
        assert isinstance(app.screen, HandoverScreen)
        await press(pilot, "escape")
        assert isinstance(app.screen, SprintScreen)


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_words_stay_words(size: tuple[int, int], written: dict[str, str], tmp_path: Path) -> None:
    written["handover"] = (
        f"# {HOSTILE}\n\n| a | b |\n|---|---|\n| [x](javascript:1) {HOSTILE} | ![i](x) |\n\n"
        f"> {HOSTILE}\n\n```\n{HOSTILE}\n```\n"
    )
    app = app_of(rich_session(HOSTILE), tmp_path)
    async with opened(app, "handover", size, ["pagedown", "tab", "down"]):
        assert boards.is_clean(app)
        links = [
            s.style
            for strip in app.screen._compositor.render_strips()
            for s in strip
            if s.style is not None and s.style.link
        ]
    assert not links


@pytest.mark.parametrize("size", SIZES)
async def test_the_real_documents_can_be_read(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.undo()
    owed = Deliverable("D1", "Risk list", "What can go wrong.", "risk-list")
    stages = tuple(replace(stage, deliverables=(owed,)) if stage.id == "S1" else stage for stage in RUNBOOK.stages)
    app = app_of(session(runbook=replace(RUNBOOK, stages=stages)), tmp_path)
    async with opened(app, "handover", size) as pilot:
        assert "Acme Market" in text_of(app)
        assert "cannot be written" not in text_of(app)
        await press(pilot, "right")
        assert "cannot be written" not in text_of(app)


@pytest.mark.parametrize("size", SIZES)
def test_handover_picture(size: tuple[int, int], snap_compare: Any, tmp_path: Path) -> None:
    assert snap_compare(app_of(rich_session(), tmp_path), terminal_size=size, run_before=boards.on_board("handover"))
