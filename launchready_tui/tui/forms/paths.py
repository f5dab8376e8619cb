"""Completion of paths in a field, and what can be said about a path before it is used."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from textual.suggester import Suggester

_CHUNK = 1 << 20
_MOST = 5_000


def expand(text: str) -> Path:
    """The path that was typed, with `~` resolved."""
    try:
        return Path(text.strip()).expanduser()
    except RuntimeError:
        return Path(text.strip())


def complete(text: str, *, folders: bool = False) -> str | None:
    """The first path that starts with what was typed; a folder ends with `/`. Hidden files only after a dot."""
    if not text.strip() or "\0" in text:
        return None
    typed_folder, name = text[: text.rfind("/") + 1], text[text.rfind("/") + 1 :]
    found: list[str] = []
    try:
        with os.scandir(expand(typed_folder or ".")) as entries:
            for count, entry in enumerate(entries):
                if count >= _MOST:
                    break
                if (
                    entry.name.startswith(name)
                    and (name or not entry.name.startswith("."))
                    and (entry.is_dir() or not folders)
                ):
                    found.append(entry.name + ("/" if entry.is_dir() else ""))
    except OSError:
        return None
    best = min(found, default=None)
    return None if best is None or best == name else typed_folder + best


class PathSuggester(Suggester):
    """Offers the next path; the disk is read in a thread."""

    def __init__(self, *, folders: bool = False) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._folders = folders

    async def get_suggestion(self, value: str) -> str | None:
        """The completion of what was typed."""
        return await asyncio.to_thread(complete, value, folders=self._folders)


def sha256_of(path: Path, is_cancelled: Callable[[], bool] = lambda: False) -> str:
    """The checksum of a file, read in pieces; '' if it was cancelled. Raises `OSError`."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            if is_cancelled():
                return ""
            digest.update(piece)
    return digest.hexdigest()


def file_problem(text: str) -> str:
    """What is wrong with a path that should be a readable file; '' if nothing."""
    try:
        path = expand(text)
        if not path.exists():
            return "There is no such file."
        if not path.is_file():
            return "That is not a file."
        if not os.access(path, os.R_OK):
            return "That file cannot be read."
    except (OSError, ValueError):
        return "That is no path."
    return ""


def folder_problem(text: str) -> str:
    """What is wrong with a path that should be a folder; '' if nothing."""
    try:
        path = expand(text)
        if not path.exists():
            return "There is no such folder."
        if not path.is_dir():
            return "That is not a folder."
    except (OSError, ValueError):
        return "That is no path."
    return ""


def new_file_problem(text: str) -> str:
    """What is wrong with a path at which a file is to be made; '' if nothing. Nothing is ever overwritten."""
    try:
        path = expand(text)
        if os.path.lexists(path):
            return "That exists already, and nothing is overwritten: type another name, or open it instead."
        if not path.parent.is_dir():
            return "There is no such folder to put it in."
        if not os.access(path.parent, os.W_OK):
            return "That folder cannot be written to."
    except (OSError, ValueError):
        return "That is no path."
    return ""
