"""The program in a real terminal, killed with SIGKILL in the middle of typing and of a drill, and opened again."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from launchready_tui.engine.session import Session
from launchready_tui.model.records import Note, Person
from launchready_tui.tui.kept import KEPT
from tests.benchmarks.terminal import NotShown, Terminal

TOML = '[product]\nname = "Acme Market"\ndomain = "acme.test"\n[network]\nnameservers = ["127.0.0.1:1"]\n'
DRILL = "rollback.drill"
PATIENCE = 60.0
"""Seconds after which a test gives up; no figure is asserted."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "acme.launchready"
    made = Session.create(path, TOML, ".")
    made.record(Person("Ben", "backup"))
    made.leave(f"S2|{DRILL}|")
    made.close()
    return path


@contextmanager
def running(path: Path) -> Iterator[Terminal]:
    """The program on that file; killed at the end."""
    folder = str(path.parent / "home")
    env = {"LAUNCHREADY_DATA_DIR": folder, "LAUNCHREADY_CONFIG_DIR": folder, "TEXTUAL_ANIMATIONS": "none", "TZ": "UTC"}
    terminal = Terminal([sys.executable, "-m", "launchready_tui", str(path)], env, str(path.parent))
    try:
        terminal.wait_for("Stages", seconds=PATIENCE)
        terminal.settle(0.5)
        yield terminal
    finally:
        terminal.kill()


def kept(path: Path) -> dict[str, str]:
    session = Session.open(path)
    found = dict(session.remarks(KEPT))
    session.close()
    return found


def until_kept(terminal: Terminal, path: Path, fits: Callable[[str], bool]) -> None:
    """Wait until something of that kind is in the file; the program goes on meanwhile."""
    until = time.monotonic() + PATIENCE
    while not any(fits(value) for value in kept(path).values()):
        if time.monotonic() > until:
            raise NotShown(f"nothing was kept: {terminal.text(-2_000)}")
        terminal.settle(0.1)


def test_a_drill_and_a_half_typed_note_outlive_a_kill(file: Path) -> None:
    with running(file) as terminal:
        terminal.send(b"t")
        terminal.wait_for("The clock stands", seconds=PATIENCE)
        terminal.send(b" ")
        terminal.wait_for("space marks the step", seconds=PATIENCE)
        terminal.send(b" ")
        until_kept(terminal, file, lambda value: len(json.loads(value).get("marks", ())) == 1)
        terminal.send(b"e")
        terminal.wait_for("Write a note", seconds=PATIENCE)
        terminal.settle(0.3)
        terminal.send(b"smoke was red twice")
        until_kept(terminal, file, lambda value: json.loads(value).get("text") == "smoke was red twice")
    before = next(json.loads(value) for value in kept(file).values() if "marks" in value)
    begun = datetime.fromisoformat(before["begun_at"])
    assert begun <= datetime.now(UTC)
    with running(file) as terminal:
        terminal.wait_for("A drill was running", "on the clock and running on", "steps marked", seconds=PATIENCE)
        terminal.send(b"y")
        terminal.wait_for("space marks the step as done", seconds=PATIENCE)
        terminal.settle(0.3)
        terminal.send(b"e")
        terminal.wait_for("Draft restored", "smoke was red twice", seconds=PATIENCE)
    after = next(json.loads(value) for value in kept(file).values() if "marks" in value)
    assert after["begun_at"] == before["begun_at"]
    assert after["marks"] == before["marks"]
    session = Session.open(file)
    assert not [record for record in session.snapshot().records if isinstance(record.payload, Note)]
    assert session.broken_link() == ""
    session.close()
