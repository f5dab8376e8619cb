"""Shows what a line looks like without what it says: log lines hold addresses, names and secrets."""

from __future__ import annotations

import re

from launchready_tui.logs.words import PLAIN

MOST_CHARACTERS = 100
_LOOKED_AT = 600

_RUN = re.compile(r"[A-Za-z]+|\d+|[^\x20-\x7e]+")


def shape(line: bytes) -> str:
    """The line with letters as `a`, digits as `9`, and only the words of log formats left.

    `[Fri Oct 08 …] [core:error] …` becomes `[Fri Oct 9 …] [a:error] …`.
    """
    text = line[:_LOOKED_AT].decode("utf-8", "replace").strip()
    masked = _RUN.sub(_mask, text)
    return masked if len(masked) <= MOST_CHARACTERS else masked[:MOST_CHARACTERS] + "…"


def _mask(run: re.Match[str]) -> str:
    text = run[0]
    if text[0].isdigit():
        return "9"
    if not text.isascii() or not text.isalpha():
        return "?"
    return text if text.lower() in PLAIN else "a"
