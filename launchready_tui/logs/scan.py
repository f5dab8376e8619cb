"""Sorts the lines of a log into layouts, block by block, and counts what no layout can read."""

from __future__ import annotations

from dataclasses import dataclass, field

from launchready_tui.logs import envelope, w3c
from launchready_tui.logs.dialects import DIALECTS
from launchready_tui.logs.jsonlog import read_any
from launchready_tui.logs.layouts import Columns, Layout, tidy
from launchready_tui.logs.masking import shape
from launchready_tui.logs.plan import Group, Plan, groups
from launchready_tui.logs.recognise import MOST_SAMPLED, recognise
from launchready_tui.logs.tally import Tally

MOST_SAMPLES = 5
"""Lines that are kept by their shape."""


@dataclass(slots=True)
class Seen:
    """What the lines of a log were. `formats`: lines by the layout's title; `timed`: those with a duration."""

    lines: int = 0
    unparsed: int = 0
    overlong: int = 0
    formats: dict[str, int] = field(default_factory=dict)
    timed: dict[str, int] = field(default_factory=dict)
    samples: list[str] = field(default_factory=list)

    def count(self, title: str, lines: int, timed: int) -> None:
        """Add requests of a format, and how many of them had a duration."""
        self.formats[title] = self.formats.get(title, 0) + lines
        self.timed[title] = self.timed.get(title, 0) + timed

    def merge(self, other: Seen) -> None:
        """Add another part of the log."""
        self.lines += other.lines
        self.unparsed += other.unparsed
        self.overlong += other.overlong
        for title, count in other.formats.items():
            self.count(title, count, other.timed.get(title, 0))
        self.samples = list(dict.fromkeys((*self.samples, *other.samples)))[:MOST_SAMPLES]


def _declares(plan: Plan) -> bool:
    return any(layout.name.startswith("w3c:") for layout in plan.first)


class Scanner:
    """Reads blocks by a plan into a tally."""

    def __init__(self, plan: Plan, tally: Tally, seen: Seen) -> None:
        self._first = list(plan.first)
        self._plan = plan
        self._tally = tally
        self._seen = seen
        self._others: list[Group] | None = None
        self._declares = _declares(plan)

    def read(self, block: bytes) -> None:
        """Count the lines of a block, each of which is ended by a line feed."""
        block = b"\n" + block[:-1]
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n").removesuffix(b"\r")
        if not self._plan.first:
            self._plan = recognise(block.split(b"\n", MOST_SAMPLED)[1:MOST_SAMPLED])
            self._first = list(self._plan.first)
            self._declares = _declares(self._plan)
        if self._declares and w3c.FIELDS in block:
            self._declared(block)
        elif self._plan.wrapped:
            self._wrapped(block)
        else:
            self._sort(block)

    def _declared(self, block: bytes) -> None:
        """A block in which the log says anew what its columns are."""
        before, *parts = block.split(b"\n" + w3c.FIELDS)
        self._sort(before)
        for part in parts:
            header, _, rest = part.partition(b"\n")
            layout = w3c.layout_of(header)
            if layout is not None:
                self._first = [layout, *(kept for kept in self._first if not kept.name.startswith("w3c:"))]
            self._sort(b"\n" + rest if rest else b"")

    def _wrapped(self, block: bytes) -> None:
        inner, rest = envelope.unwrap(block)
        lines = inner.count(b"\n")
        self._seen.lines += lines
        left = self._requests(inner, lines)
        if left:
            self._leave(left)
        self._sort(rest)

    def _sort(self, block: bytes) -> None:
        """Requests into the tally, the rest into the count of what could not be read."""
        lines = block.count(b"\n")
        rest = self._requests(block, lines)
        self._seen.lines += lines
        if not rest:
            return
        # Blank lines and comments only show here, as something that is left over.
        kept = tidy(w3c.COMMENT.sub(b"", rest))
        self._seen.lines -= rest.count(b"\n") - kept.count(b"\n")
        if not self._plan.only and b"{" in kept:
            inner, outside = envelope.unwrap(kept)
            # A message that is no request either was a line of its own kind, not an envelope.
            kept = outside + (self._requests(inner, inner.count(b"\n")) if inner else b"")
        if kept:
            self._leave(kept)

    def _requests(self, block: bytes, lines: int) -> bytes:
        """Count the requests of a block of that many lines; the lines that are none."""
        rest = block
        for layout in self._first:
            if rest:
                rest = self._take(layout, rest, lines if rest is block else rest.count(b"\n"))
        if not rest or self._plan.only:
            return rest
        if b"{" in rest:
            rest = self._take_json(rest)
        if self._others is None:
            self._others = groups()
        for group in self._others:
            rest = self._try(group, rest)
        return rest

    def _try(self, group: Group, block: bytes) -> bytes:
        """Try a group of layouts on the lines that pass its gate."""
        rest, outside = block, b""
        if block and group.gate is not None:
            rest = b"".join(group.gate.findall(block))
            outside = group.gate.sub(b"", block) if rest else block
        for layout in group.layouts:
            if not rest:
                break
            rest = self._take(layout, rest, rest.count(b"\n"))
        return outside + rest

    def _take(self, layout: Layout, block: bytes, lines: int) -> bytes:
        columns, rest = layout.read(block, lines)
        if columns is not None:
            self._count(layout.title, columns)
        return rest

    def _take_json(self, block: bytes) -> bytes:
        found, rest = read_any(block, DIALECTS)
        for dialect, columns in zip(DIALECTS, found, strict=True):
            if columns is not None:
                self._count(dialect.title, columns)
        return rest

    def _count(self, title: str, columns: Columns) -> None:
        self._seen.count(title, len(columns.calls), self._tally.add(columns))

    def _leave(self, rest: bytes) -> None:
        """Lines that nothing reads: counted, and a few of them kept by their shape."""
        self._seen.unparsed += rest.count(b"\n")
        if len(self._seen.samples) < MOST_SAMPLES:
            for line in rest.split(b"\n", 2 * MOST_SAMPLES + 1)[1 : 2 * MOST_SAMPLES]:
                masked = shape(line)
                if masked and masked not in self._seen.samples and len(self._seen.samples) < MOST_SAMPLES:
                    self._seen.samples.append(masked)
