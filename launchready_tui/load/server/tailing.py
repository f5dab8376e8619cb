"""Follows log files that are being written: from their end on, through rotation and truncation, bounded."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from glob import glob
from pathlib import Path

MOST_FILES = 20
MOST_BYTES = 8 * 1024 * 1024
"""Bytes of one file that are read in one look; a log that grows faster is skipped to its end, and that is said."""

LONGEST_LINE = 256 * 1024


@dataclass(slots=True)
class Lines:
    """What one look found: whole lines, how many were too long or skipped, what happened to the files."""

    lines: list[bytes]
    unread: int
    events: list[tuple[str, str]]
    problems: list[str]


@dataclass(slots=True)
class _File:
    handle: int
    inode: tuple[int, int]
    offset: int
    rest: bytes = b""
    overlong: bool = False


class Tail:
    """Follows files and globs. The first look only remembers where they end; what is there already is not read."""

    def __init__(self, patterns: Iterable[str], base: str) -> None:
        self._patterns = tuple(str(Path(base) / pattern) for pattern in patterns)
        self._files: dict[str, _File] = {}
        self._started = False

    def look(self) -> Lines:
        """Everything that came since the last look. Blocks on the disk: call it in a thread."""
        found = Lines([], 0, [], [])
        paths = self._paths()
        if not paths:
            found.problems.append(f"no file matches {', '.join(Path(item).name for item in self._patterns)}")
        for path in paths:
            try:
                self._follow(path, found)
            except OSError as error:
                found.problems.append(f"{Path(path).name}: {(error.strerror or type(error).__name__).lower()}")
        self._started = True
        return found

    def close(self) -> None:
        """Close all files."""
        for file in self._files.values():
            with suppress(OSError):
                os.close(file.handle)
        self._files.clear()

    def _paths(self) -> list[str]:
        paths: dict[str, None] = {}
        for pattern in self._patterns:
            matches = sorted(glob(pattern)) if glob_like(pattern) else [pattern] * Path(pattern).exists()  # noqa: PTH207
            paths.update(dict.fromkeys(matches))
        return list(paths)[:MOST_FILES]

    def _follow(self, path: str, found: Lines) -> None:
        status = Path(path).stat()
        file = self._files.get(path)
        if file is not None and (status.st_dev, status.st_ino) != file.inode:
            # Rotated: the rest of the old file first, then the new one from its beginning.
            self._read(file, found)
            with suppress(OSError):
                os.close(file.handle)
            del self._files[path]
            found.events.append(("log-rotated", f"{Path(path).name} was rotated"))
            file = None
        if file is None:
            file = self._open(path, from_end=not self._started)
            self._files[path] = file
        self._read(file, found, path)

    def _open(self, path: str, *, from_end: bool) -> _File:
        # Without O_NONBLOCK opening a named pipe would wait for its writer.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise OSError(0, "is no regular file")
        except BaseException:
            os.close(handle)
            raise
        return _File(handle, (status.st_dev, status.st_ino), status.st_size if from_end else 0)

    def _read(self, file: _File, found: Lines, path: str = "") -> None:
        size = os.fstat(file.handle).st_size
        if size < file.offset:
            found.events.append(("log-truncated", f"{Path(path).name or 'a log'} was emptied"))
            file.offset, file.rest, file.overlong = 0, b"", False
        if size - file.offset > MOST_BYTES:
            found.unread += 1
            name = Path(path).name or "a log"
            found.problems.append(f"{name} grew by {(size - file.offset) // 1_000_000} MB between two looks")
            file.offset, file.rest, file.overlong = size - MOST_BYTES, b"", True
        os.lseek(file.handle, file.offset, os.SEEK_SET)
        data = os.read(file.handle, min(MOST_BYTES, max(0, size - file.offset)))
        file.offset += len(data)
        found.lines += self._whole(file, data, found)

    @staticmethod
    def _whole(file: _File, data: bytes, found: Lines) -> Iterator[bytes]:
        parts = (file.rest + data).split(b"\n")
        file.rest = parts.pop()
        for part in parts:
            if file.overlong or len(part) > LONGEST_LINE:
                # The end of a line of which the beginning is gone.
                found.unread += 1
                file.overlong = False
            elif part.strip():
                yield part
        if len(file.rest) > LONGEST_LINE:
            file.rest, file.overlong = b"", True


def glob_like(pattern: str) -> bool:
    """Whether a path has anything to expand."""
    return any(sign in pattern for sign in "*?[")
