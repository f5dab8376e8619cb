"""The ends of query logs: what is written to them from a moment on, in whatever format they have."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from pathlib import Path

from launchready_tui.queries.digest import Digest
from launchready_tui.queries.reading import Feeder, QueryLogs
from launchready_tui.queries.source import LONGEST_LINE

MOST_READ = 64 * 1024 * 1024
"""Bytes that are read of all logs after the moment: a busy log is not followed for ever."""

MOST_FILES = 50
_SAMPLE, _ENOUGH = 256 * 1024, 20
_PACKED = (".gz", ".zst", ".bz2", ".xz")


def expand(base: Path, patterns: tuple[str, ...]) -> list[Path]:
    """The files that paths and globs name, relative to a folder; each once, the newest last."""
    found: dict[Path, float] = {}
    for pattern in patterns:
        for name in glob.glob(str(base / pattern)):  # noqa: PTH207 - a pattern may be absolute
            path = Path(name)
            try:
                if path.is_file():
                    found.setdefault(path, path.stat().st_mtime)
            except OSError:
                continue
    return sorted(found, key=lambda path: (found[path], path))


@dataclass(slots=True)
class _End:
    """Where one file was when the moment came, and who reads what follows. `rest` is a line without its end."""

    feeder: Feeder
    inode: int
    at: int
    rest: bytes = b""


class Tail:
    """Follows logs from now on; statements go to the sink of `logs`. Rotated files are followed to the new one."""

    def __init__(self, logs: QueryLogs, base: Path, patterns: tuple[str, ...]) -> None:
        self._logs = logs
        self._base = base
        self._patterns = patterns
        self._ends: dict[Path, _End] = {}
        self._left = MOST_READ
        self._lately = Digest()
        self.grown = False
        for path in self._paths():
            self._begin(path, from_now=True)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that are followed."""
        return tuple(self._ends)

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats that were recognised."""
        return tuple(dict.fromkeys(name for end in self._ends.values() for name in end.feeder.names))

    @property
    def floor_ms(self) -> float:
        """The shortest time in the last part of the logs before the moment; 0 where too few are there to tell."""
        facts = self._lately.facts(0)
        return facts.floor_ms if facts.timed >= _ENOUGH else 0.0

    def read(self) -> bool:
        """Feed what is new; False if there was nothing."""
        for path in self._paths():
            if path not in self._ends:
                self._begin(path, from_now=False)
        news = [self._follow(path, end) for path, end in list(self._ends.items())]
        self.grown = self.grown or any(news)
        return any(news)

    def pause(self) -> None:
        """Nothing comes for the moment: messages whose end was not seen are whole."""
        for end in self._ends.values():
            if end.rest:
                rest, end.rest = end.rest, b""
                end.feeder.feed([rest.decode("utf-8", "replace")])
            end.feeder.pause()
        self._logs.messages.finish()

    def _paths(self) -> list[Path]:
        plain = [path for path in expand(self._base, self._patterns) if path.suffix not in _PACKED]
        return plain[-MOST_FILES:]

    def _begin(self, path: Path, *, from_now: bool) -> None:
        """Remember the end of a file, and recognise its format by what stands before it."""
        feeder = Feeder(self._logs)
        try:
            with path.open("rb") as file:
                found = os.fstat(file.fileno())
                size = found.st_size if from_now else 0
                file.seek(max(0, size - _SAMPLE))
                head = file.read(min(size, _SAMPLE))
        except OSError:
            return
        lines = head.decode("utf-8", "replace").split("\n")
        lines = lines[1 if size > _SAMPLE else 0 :]
        feeder.recognise(lines)
        if feeder.reader is not None:
            before = Feeder(QueryLogs(self._lately.add))
            before.feed(lines)
            before.finish()
        self._ends[path] = _End(feeder, found.st_ino, size)

    def _follow(self, path: Path, end: _End) -> bool:
        try:
            with path.open("rb") as file:
                found = os.fstat(file.fileno())
                if found.st_ino != end.inode or found.st_size < end.at:
                    end.inode, end.at, end.rest = found.st_ino, 0, b""
                file.seek(end.at)
                data = file.read(min(self._left, 4 * 1024 * 1024))
        except OSError:
            return False
        if not data:
            return False
        end.at += len(data)
        self._left -= len(data)
        lines = (end.rest + data).split(b"\n")
        end.rest = lines.pop()[:LONGEST_LINE]
        if lines:
            end.feeder.feed([line.rstrip(b"\r").decode("utf-8", "replace") for line in lines])
        return True
