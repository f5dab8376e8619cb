"""What takes long says so before it starts, and runs because it was asked for by itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from launchready_tui.engine.events import Preview, Selection
from tests.tui.driving import SIZES, FakeSession, driving

SLOW, WORDS = "dns.hosts-resolve", "65 requests a second apart, about a minute"


class SlowSession(FakeSession):
    """An engagement in which one check takes long."""

    def __init__(self) -> None:
        super().__init__()
        stages = tuple(
            replace(
                stage,
                checks=tuple(replace(entry, slow=WORDS) if entry.id == SLOW else entry for entry in stage.checks),
            )
            for stage in self._book.stages
        )
        self._book = replace(self._book, stages=stages)

    def preview(self, selection: Selection) -> Preview:
        shown = super().preview(selection)
        named = [item for item in self._planned(selection) if item[1] == SLOW and selection.names(item[1], item[2])]
        return replace(shown, slow=(f"{len(named)} hosts: {WORDS}",) if named else ())


@pytest.mark.parametrize("size", SIZES)
async def test_a_slow_check_says_how_long_and_starts_when_told(size: tuple[int, int], tmp_path: Path) -> None:
    session = SlowSession()
    async with driving(session, tmp_path, size) as drive:
        drive.sprint.go_to(SLOW)
        await drive.press("check.run")
        await drive.until(lambda: drive.on == "Confirm")
        assert "This takes a while" in drive.text
        assert "65 requests a second apart" in " ".join(drive.text.split())
        assert session.ran == []
        await drive.press("enter")
        await drive.until(lambda: session.ran)
        assert {check for check, _ in session.ran[0].keys} == {SLOW}


async def test_esc_starts_nothing(tmp_path: Path) -> None:
    session = SlowSession()
    async with driving(session, tmp_path) as drive:
        drive.app.ask_run(Selection(checks=frozenset({SLOW})))
        await drive.until(lambda: drive.on == "Confirm")
        await drive.press("escape")
        assert drive.on == "SprintScreen"
        assert session.ran == []


async def test_a_whole_stage_does_not_ask_for_it(tmp_path: Path) -> None:
    session = SlowSession()
    async with driving(session, tmp_path) as drive:
        await drive.press("check.run-stage")
        await drive.until(lambda: drive.on == "Confirm")
        assert "one POST to" in drive.text
        assert "65 requests" not in drive.text
