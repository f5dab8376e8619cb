"""The files of a reading: each once, what it is, and in which format."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from launchready_tui.errors import InputError
from launchready_tui.logs import w3c
from launchready_tui.logs.blocks import BLOCK, ReadError, Source, open_source
from launchready_tui.logs.plan import Plan
from launchready_tui.logs.recognise import MOST_SAMPLED, Wanted, recognise
from launchready_tui.text import one_line

STDIN = "-"
MOST_FILES = 10_000
_SAMPLE = 64 * 1024
_SAMPLES_BEHIND = 60


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file to read. `size` is -1 for a pipe; `headers`: where it says what its columns are, and the lines that do."""

    path: str
    size: int
    kind: str = "plain"
    plan: Plan = field(default_factory=Plan)
    headers: tuple[tuple[int, bytes], ...] = ()


def distinct(paths: Sequence[str | Path]) -> list[str]:
    """Each file once, however often it is named. Raises `InputError` where there are too many."""
    found: dict[tuple[int, int] | str, str] = {}
    for path in map(str, paths):
        if path == STDIN:
            found[STDIN] = STDIN
            continue
        try:
            status = Path(path).stat()
        except OSError as error:
            raise InputError(
                f"{one_line(path, 160)} cannot be read: {error.strerror or type(error).__name__}.",
                "Name log files, or - for what comes through a pipe.",
            ) from None
        except ValueError:
            raise InputError(f"{one_line(path, 160)} is no name of a file.", "Name log files.") from None
        found.setdefault((status.st_dev, status.st_ino), path)
    if len(found) > MOST_FILES:
        raise InputError(f"{len(found):,} files are too many at once.", f"At most {MOST_FILES:,}; put some together.")
    return list(found.values())


def look(path: str) -> LogFile:
    if path == STDIN:
        return LogFile(path, -1)
    status = Path(path).stat()
    if stat.S_ISDIR(status.st_mode):
        raise InputError(f"{one_line(path, 160)} is a folder.", "Name the log files in it.")
    if not os.access(path, os.R_OK):
        raise InputError(f"{one_line(path, 160)} cannot be read: Permission denied.", "Ask for the right to read it.")
    return LogFile(path, status.st_size if stat.S_ISREG(status.st_mode) else -1)


def recognised(file: LogFile, wanted: Wanted) -> LogFile:
    """The file with its kind and plan."""
    try:
        source = open_source(file.path)
    except ReadError as error:
        raise InputError(f"{one_line(file.path, 160)} cannot be read: {error}.", "Is it still there?") from None
    try:
        lines = _first_lines(source)
    finally:
        source.close()
    if source.kind == "plain" and file.size > 2 * _SAMPLE:
        for place in (file.size // 2, file.size - _SAMPLE):
            lines += _lines_at(file.path, place)
    plan = recognise(lines, wanted)
    declares = source.kind == "plain" and any(layout.name.startswith("w3c:") for layout in plan.first)
    return replace(file, kind=source.kind, plan=plan, headers=tuple(_headers(file.path)) if declares else ())


def _first_lines(source: Source) -> list[bytes]:
    """The first lines, leaving room for those from further behind."""
    found: list[bytes] = []
    try:
        for block in source.blocks():
            found += block[: 4 * _SAMPLE].split(b"\n")
            if len(found) >= MOST_SAMPLED - 2 * _SAMPLES_BEHIND:
                break
    except ReadError:
        # What cannot be read on is said when it is read.
        pass
    return found[: MOST_SAMPLED - 2 * _SAMPLES_BEHIND]


def _lines_at(path: str, place: int) -> list[bytes]:
    with Path(path).open("rb") as file:
        file.seek(place)
        return file.read(_SAMPLE).split(b"\n")[1:-1][:_SAMPLES_BEHIND]


def _headers(path: str) -> Iterator[tuple[int, bytes]]:
    """Where a log says what its columns are, and the line."""
    with Path(path).open("rb") as file:
        at, rest = 0, b""
        while data := file.read(BLOCK):
            text = rest + data
            begin = at - len(rest)
            place = text.find(w3c.FIELDS)
            while place >= 0:
                if place == 0 or text[place - 1 : place] == b"\n":
                    file.seek(begin + place)
                    yield begin + place, file.readline(_SAMPLE).rstrip(b"\r\n")
                    file.seek(at + len(data))
                place = text.find(w3c.FIELDS, place + 1)
            at += len(data)
            rest = text[-len(w3c.FIELDS) :]
