"""Which files of a folder are looked at: tracked and untracked but not ignored ones; else every file (S1.SEC.01).

Links are never followed, so no loop and no way out of the folder; names are bytes until they are shown.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from launchready_tui.secrets.gitcommand import GitFailed, Repository

MOST_FILES = 200_000
"""Files of one folder that are looked at."""

_NEVER = frozenset({b".git", b".hg", b".svn", b"node_modules", b".venv", b"venv", b"__pycache__"})
"""Folders that are left out where there is no git to say what is ignored."""


@dataclass(slots=True)
class FileList:
    """The files of a folder, relative to it.

    `incomplete` says what could not be listed, `skipped` counts links and special files.
    """

    root: Path
    names: list[bytes] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    skipped: int = 0

    def read(self, name: bytes, most: int) -> bytes | None:
        """The content of a file; None for what is no regular file or larger than `most`. Raises `OSError`."""
        # O_NOFOLLOW and the look after opening: the file may have been exchanged for a link or a pipe since it was
        # listed.
        handle = os.open(_inside(self.root, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode) or about.st_size > most:
                return None
            data = file.read(most + 1)
        return data if len(data) <= most else None


def list_files(folder: Path, repository: Repository | None) -> FileList:
    """The files of a folder as git sees them, or all of them."""
    if repository is None or repository.work_tree is None:
        return _walked(folder)
    found = FileList(folder)
    try:
        names = listed(repository, "--cached", "--others", "--exclude-standard")
    except GitFailed as error:
        found.incomplete.append(f"git could not list the files: {error.message}")
        return found
    for name in names:
        if len(found.names) >= MOST_FILES:
            found.incomplete.append(f"only the first {MOST_FILES:,} files were looked at")
            break
        if _is_regular(folder, name):
            found.names.append(name)
        else:
            found.skipped += 1
    return found


def listed(repository: Repository, *which: str) -> list[bytes]:
    """Names that git lists below the folder that was asked for, relative to it, each once. Raises `GitFailed`."""
    assert repository.work_tree is not None
    where = ["--", repository.inside] if repository.inside else []
    output = repository.output("ls-files", "-z", *which, *where)
    names = dict.fromkeys(name for name in output.split(b"\0") if name)
    if not repository.inside:
        return list(names)
    start = os.fsencode(repository.inside) + b"/"
    return [name[len(start) :] for name in names if name.startswith(start)]


def shown(name: bytes) -> str:
    """A file name as text; bytes that are no UTF-8 become visible escapes."""
    return name.decode("utf-8", "backslashreplace")


def _is_regular(folder: Path, name: bytes) -> bool:
    try:
        return stat.S_ISREG(os.lstat(_inside(folder, name)).st_mode)
    except OSError:
        return False  # deleted, but still in the index


def _walked(folder: Path) -> FileList:
    found = FileList(folder)
    for name in _walk(os.fsencode(folder), found):
        if len(found.names) >= MOST_FILES:
            found.incomplete.append(f"only the first {MOST_FILES:,} files were looked at")
            break
        found.names.append(name)
    return found


def _walk(root: bytes, found: FileList) -> Iterator[bytes]:
    waiting = [b""]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(_joined(root, folder)) as entries:
                inside = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            found.incomplete.append(f"the folder {shown(folder) or '.'} could not be read ({error.strerror})")
            continue
        for entry in inside:
            name = _joined(folder, entry.name)
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _NEVER:
                    waiting.append(name)
            elif entry.is_file(follow_symlinks=False):
                yield name
            else:
                found.skipped += 1


def _inside(folder: Path, name: bytes) -> bytes:
    return _joined(os.fsencode(folder), name)


def _joined(folder: bytes, name: bytes) -> bytes:
    """Paths are bytes here: not every name is text."""
    return folder + b"/" + name if folder and name else folder or name
