"""Makes the text of a span safe to write: one line, nothing invisible, nothing endless."""

from __future__ import annotations

import re

from launchready_tui.text import visible

LIMIT = 20_000
"""The most characters of one piece of text."""

_UNSEEN = dict.fromkeys(
    [0x00AD, 0x180E, 0x200B, *range(0x2060, 0x2070), 0xFEFF, 0xFFFE, 0xFFFF, *range(0xFFF9, 0xFFFC)], 0xFFFD
)
_UNSEEN.update(dict.fromkeys(range(0xE0000, 0xE0080), 0xFFFD))


def flat(text: str) -> str:
    """The text as one line. Characters that show nothing, or reorder what stands around them, become visible."""
    if len(text) <= LIMIT and text.isprintable() and "  " not in text:
        return text
    return visible(re.sub(r"[\s\x85]+", " ", text[: LIMIT * 2]), limit=LIMIT).translate(_UNSEEN)


def multiline(text: str) -> str:
    """The same for text whose lines matter."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return visible(unified, limit=LIMIT, lines=True).translate(_UNSEEN)
