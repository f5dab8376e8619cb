"""Opens the terminal interface from the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from launchready_tui.errors import InputError

if TYPE_CHECKING:
    from launchready_tui.engine.session import Session
    from launchready_tui.practice.process import PracticeProcess


def open_screens(
    file: Path | None, *, plain: bool = False, no_animation: bool = False, practice: PracticeProcess | None = None
) -> int:
    """Run the terminal interface; returns its exit code. Raises `InputError` where there is no terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        raise InputError(
            "The screens need a terminal.",
            "In a script, use the verbs: `launchready check FILE`, `launchready status FILE`, …",
        )
    from launchready_tui.tui.app import run_tui

    if practice is not None:
        return run_tui(file, ascii=plain, no_animation=no_animation, practice=practice, opener=_open_practice)
    return run_tui(file, ascii=plain, no_animation=no_animation)


def _open_practice(path: Path) -> Session:
    """The practice engagement reads its passwords from the practice target, never from the keyring."""
    from launchready_tui.engine.session import Session
    from launchready_tui.practice.visitors import tokens

    return Session.open(path, tokens=tokens)
