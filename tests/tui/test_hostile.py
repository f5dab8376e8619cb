"""Nothing that a stranger writes reaches the terminal as anything but text."""

from __future__ import annotations

import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.segment import Segment
from textual.color import Color

from launchready_tui.model.records import Decision, Note, Ownership
from launchready_tui.model.verdicts import Verdict
from launchready_tui.tui.base import ControlGuard
from tests.tui.driving import Drive, driving, working
from tests.tui.fake import PRODUCT, FakeSession
from tests.tui.hostile import HOSTILE, found_in


def poisoned(text: str) -> FakeSession:
    """An engagement in which everything that comes from outside is the text."""
    session = working(summary=lambda verdict, subject: text, verdict=lambda *_: Verdict.FAIL)
    session._append(Ownership("dns.registry-delegation", "", text, text), session._clock())
    session._append(Note("dns.registry-delegation", "", text, text), session._clock())
    return session


def clean(drive: Drive) -> None:
    """Nothing forbidden is on the screen, and a picture of it is XML."""
    assert found_in(drive.text) == set()
    ElementTree.fromstring(drive.app.export_screenshot().encode("utf-8"))


CASES = [(name, (120, 36)) for name in HOSTILE] + [("all", (80, 24))]


@pytest.mark.parametrize(("name", "size"), CASES)
async def test_the_sprint_screen(tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    text = HOSTILE.get(name) or " ".join(word[:200] for word in HOSTILE.values())
    async with driving(poisoned(text), tmp_path, size) as drive:
        clean(drive)
        drive.sprint.go_to("dns.hosts-resolve", "app.acme.test")
        await drive.pilot.pause(0.1)
        clean(drive)
        await drive.press("list.select", "check.raw")
        clean(drive)
        await drive.press("escape", "check.copy")
        clean(drive)
        await drive.press("escape")
        assert await drive.app.record(Decision(text, (text,), text, text, text))
        await drive.settle()
        clean(drive)
        drive.app.say(text, title=text)
        await drive.settle()
        clean(drive)
        await drive.press("palette.open", "a")
        await drive.pilot.pause(0.2)
        clean(drive)
        assert drive.app.is_running


async def test_a_hostile_product_name(tmp_path: Path) -> None:
    name = "evil \\u001b]52;c;ZXZpbA==\\u0007 [@click=app.quit]x[/] \\u202egnp"
    async with driving(working(toml=PRODUCT.replace("Acme Market", name)), tmp_path) as drive:
        clean(drive)
        await drive.pilot.click("StatusLine", offset=(12, 0))
        assert drive.app.is_running


def test_the_guard_deletes_and_is_cheap() -> None:
    guard, black = ControlGuard(), Color(0, 0, 0)
    dirty = [Segment("a\x1b]52;c;x\x07b"), Segment("clean")]
    assert [segment.text for segment in guard.apply(dirty, black)] == ["a]52;c;xb", "clean"]
    frame = [[Segment("ordinary words ")] * 12 for _ in range(24)]
    began = time.perf_counter()
    for line in frame * 20:
        guard.apply(line, black)
    assert (time.perf_counter() - began) / 20 < 0.01
