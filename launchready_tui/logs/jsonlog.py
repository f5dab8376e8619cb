"""Reads JSON logs, a line an object: quickly where all lines of a block are of one shape, else line by line."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from launchready_tui.logs.dialects import Dialect
from launchready_tui.logs.jsonrows import Row, refuses, row_of
from launchready_tui.logs.jsonshape import Shape
from launchready_tui.logs.layouts import Columns, joined

_decode = msgspec.json.Decoder().decode


class JsonLayout:
    """A dialect as a layout."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.name = dialect.name
        self.title = dialect.title
        self._shape: Shape | None = None

    @property
    def timed(self) -> bool:
        """Whether its lines carry durations."""
        return bool(self.dialect.took)

    def read(self, block: bytes, lines: int) -> tuple[Columns | None, bytes]:
        """As `Layout.read`."""
        if b"{" not in block:
            return None, block
        if self._shape is None:
            self._shape = Shape.of(self.dialect, block)
        if self._shape is not None:
            found = self._shape.read(block, lines)
            if found is not None:
                return found
        (columns,), rest = read_any(block, (self.dialect,))
        return columns, rest


def read_any(block: bytes, dialects: Sequence[Dialect]) -> tuple[list[Columns | None], bytes]:
    """The requests of a block by dialect, each line read once, and the lines of none (blank ones among them)."""
    rows: list[list[Row]] = [[] for _ in dialects]
    rest: list[bytes] = []
    for line in block.split(b"\n")[1:]:
        begin = line.find(b"{")
        batch = line.find(b"[{")
        if 0 <= batch < begin:
            begin = batch
        if begin < 0 or not _into(rows, line[begin:], dialects):
            rest.append(line)
    return [_columns(found) if found else None for found in rows], joined(rest)


def _into(rows: list[list[Row]], text: bytes, dialects: Sequence[Dialect]) -> bool:
    """Sort the objects of a line into their dialects; False where none of them is a request."""
    try:
        value = _decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    used = False
    for item in value if isinstance(value, list) else (value,):
        if not isinstance(item, dict):
            continue
        for place, dialect in enumerate(dialects):
            if refuses(item, dialect):
                break
            row = row_of(item, dialect)
            if row is not None:
                rows[place].append(row)
                used = True
                break
    return used


def _columns(rows: list[Row]) -> Columns:
    times, calls, statuses, durations = zip(*rows, strict=True)
    timed = any(duration is not None for duration in durations)
    return Columns(times, calls, statuses, durations if timed else None, gappy=True)
