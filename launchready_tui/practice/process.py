"""The practice target in a process of its own, so that a terminal interface stays smooth while it serves.

The child goes away with its parent. Its control door is written down in `practice.json` (mode 0600) in its folder, so
that another `launchready practice --repair ID` finds it.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from launchready_tui.practice.door import STATE_FILE, Door, FaultLine, door_of
from launchready_tui.practice.errors import PracticeError

START_SECONDS = 60.0
"""How long the child may take until everything listens."""

_STOP_SECONDS = 5.0
_MEMORY = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "65536"}
"""glibc would set memory aside for every thread and keep large blocks, which looks like a leak under load."""


class PracticeProcess:
    """A running target, started here or found."""

    def __init__(self, folder: Path, door: Door, child: subprocess.Popen[bytes] | None = None) -> None:
        self.folder = folder
        self._door = door
        self._child = child

    @property
    def product_toml(self) -> str:
        """The product profile of the target; its paths are relative to `folder`."""
        return str(self._door.ask("GET", "/product")["toml"])

    def faults(self) -> tuple[FaultLine, ...]:
        """All faults as they stand now."""
        return _lines(self._door.ask("GET", "/faults"))

    def repair(self, fault_id: str) -> None:
        """Mend one fault."""
        self._door.ask("POST", f"/repair/{quote(fault_id, safe='')}")

    def break_again(self, fault_id: str) -> None:
        """Plant one fault again."""
        self._door.ask("POST", f"/break/{quote(fault_id, safe='')}")

    def repair_all(self) -> None:
        """Mend everything."""
        self._door.ask("POST", "/repair-all")

    def stop(self) -> None:
        """End a target that was started here; one that was merely found goes on."""
        if self._child is not None:
            _end(self._child)


def start(folder: Path, *, repaired: bool = False, seconds: float = START_SECONDS) -> PracticeProcess:
    """Start a target for a folder. Raises `PracticeError` where one is running already, or it does not come up."""
    if running(folder) is not None:
        raise PracticeError(f"a practice target is already running for {folder}", "Use it, or end it first.")
    folder.mkdir(parents=True, exist_ok=True)
    # -P: modules that lie in the current folder, perhaps a client's repository, are not ours to import.
    command = [sys.executable, "-P", "-m", "launchready_tui.practice", str(folder)]
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [*command, "--repaired"] if repaired else command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**_MEMORY, **os.environ},
        start_new_session=True,
    )
    said = _first_line(child, seconds)
    if not said.get("ready"):
        _end(child)
        message = said.get("error") or f"the practice target did not start within {seconds:.0f} seconds"
        hint = said.get("hint") or f"Try it by hand to see why: {sys.executable} -m launchready_tui.practice {folder}"
        raise PracticeError(str(message), str(hint))
    found = door_of(folder)
    if found is None:
        _end(child)
        raise PracticeError(f"the practice target left no {STATE_FILE} in {folder}", "Is the folder writable?")
    return PracticeProcess(folder, found, child)


def running(folder: Path) -> PracticeProcess | None:
    """The target that runs for a folder, started by whomever; None if there is none."""
    door = door_of(folder)
    if door is None:
        return None
    with suppress(PracticeError):
        door.ask("GET", "/faults")
        return PracticeProcess(folder, door)
    return None


def _lines(answer: Any) -> tuple[FaultLine, ...]:
    return tuple(FaultLine(**line) for line in answer["faults"])


def _first_line(child: subprocess.Popen[bytes], seconds: float) -> dict[str, Any]:
    """What the child says first; {} if it says nothing in time."""
    assert child.stdout is not None
    deadline = time.monotonic() + seconds
    said = b""
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while b"\n" not in said and (left := deadline - time.monotonic()) > 0:
            if selector.select(left):
                data = os.read(child.stdout.fileno(), 65_536)
                if not data:
                    break
                said += data
    with suppress(ValueError):
        found = json.loads(said.partition(b"\n")[0])
        return found if isinstance(found, dict) else {}
    return {}


def _end(child: subprocess.Popen[bytes]) -> None:
    """Close the child's input, which ends it; insist if it does not."""
    assert child.stdin is not None
    assert child.stdout is not None
    with suppress(OSError):
        child.stdin.close()
    try:
        child.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    child.stdout.close()
