"""Opens a text in the person's own editor. Forms get `edit` as a parameter: no terminal can be suspended in a test."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from textual.app import App, SuspendNotSupported

Edit = Callable[[App[object], str], str]
"""Shows a text in an editor and returns what it became. Raises `EditorError` with a sentence for people."""


class EditorError(Exception):
    """The editor could not be used; the text is as it was."""


def editor_command() -> list[str]:
    """`$VISUAL`, `$EDITOR`, or the first editor that is there."""
    for name in ("VISUAL", "EDITOR"):
        if words := os.environ.get(name, "").strip():
            try:
                return shlex.split(words)
            except ValueError:
                raise EditorError(f"${name} is not a command.") from None
    for program in ("nano", "vim", "vi"):
        if found := shutil.which(program):
            return [found]
    raise EditorError("No editor found: set $EDITOR.")


def edit_in_terminal(app: App[object], text: str) -> str:
    """Suspend the screen and run the editor on a private temporary file."""
    command = editor_command()
    handle, name = tempfile.mkstemp(suffix=".md", prefix="launchready-")
    path = Path(name)
    failure = ""
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
        try:
            with app.batch_update(), app.suspend():
                # whatever goes wrong stays inside: the driver resumes only if this block ends without an exception
                try:
                    code = subprocess.run([*command, name], check=False).returncode  # noqa: S603 - the person's own editor
                    failure = f"The editor ended with code {code}." if code else ""
                except OSError as error:
                    failure = f"{command[0]} cannot be started: {error.strerror}."
        except SuspendNotSupported:
            failure = "This terminal cannot make room for an editor."
        if failure:
            raise EditorError(failure)
        return path.read_text(encoding="utf-8", errors="replace").rstrip("\n")
    finally:
        path.unlink(missing_ok=True)
