"""What to do about a problem, in one sentence: the beginning of its fix text."""

from __future__ import annotations

import re

from launchready_tui.deliverables.blocks import Code, Line, Paragraph, Span, Text
from launchready_tui.deliverables.prose import blocks_of
from launchready_tui.deliverables.reading import Reading
from launchready_tui.engine.fixes import fix_text
from launchready_tui.model.board import Standing

LONGEST = 150
"""Characters of an instruction: two lines of the fix plan."""

_END = re.compile(r"(?<=[.!?])\s|(?<=[.!?])$")
_CLAUSE = re.compile(r"[;:,](?=\s)")


def instruction(reading: Reading, row: Standing) -> Line:
    """The first sentence of what to do, cut at a clause where it is long; the claim where no fix is written."""
    text = fix_text(row.entry, row.result, reading.snapshot.product)
    first = next((block.line for block in blocks_of(text) if isinstance(block, Paragraph)), ())
    return shortened(first) or (Text(row.entry.claim),)


def shortened(said: Line) -> Line:
    """A line up to the end of its first sentence, at most `LONGEST` characters."""
    found: list[Span] = []
    room = LONGEST
    for span in said:
        if isinstance(span, Code):
            if len(span.text) > room:
                return _ended(found)
            found.append(span)
            room -= len(span.text)
        elif isinstance(span, Text):
            end = _END.search(span.text)
            text = span.text[: end.start()] if end else span.text
            if len(text) > room:
                return _ended([*found, Text(_cut(text, room))])
            found.append(Text(text))
            room -= len(text)
            if end:
                break
    return tuple(found)


def _cut(text: str, room: int) -> str:
    """Text up to its last clause that has room, else up to its last word."""
    clauses = [mark.start() for mark in _CLAUSE.finditer(text, 0, room) if mark.start() > 40]
    return text[: clauses[-1]] if clauses else text[:room].rpartition(" ")[0]


def _ended(found: list[Span]) -> Line:
    """What was cut off ends with an ellipsis."""
    last = found[-1] if found else None
    if isinstance(last, Text):
        return (*found[:-1], Text(f"{last.text.rstrip(' ,;:(')}…"))
    return (*found, Text("…")) if found else ()
