"""Makes text from outside safe to show: on a terminal, in a document, in a file name.

Everything that a name server, a web server, a certificate or a colleague's file says is hostile until it went through
here (TEXTUAL.md d.6 describes the attacks: OSC 52 writes the clipboard, bidi controls reorder a line, C1 is a second
escape).
"""

from __future__ import annotations

import re
from difflib import get_close_matches

_VISIBLE = {code: 0x2400 + code for code in range(0x20)}
_VISIBLE[0x7F] = 0x2421
_HIDDEN = [*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C, 0x2028, 0x2029]
_VISIBLE.update(dict.fromkeys([*_HIDDEN, *range(0xD800, 0xE000)], 0xFFFD))
_LINES = {code: target for code, target in _VISIBLE.items() if code not in (0x0A, 0x09)}


def visible(text: str, *, limit: int = 4_000, lines: bool = False) -> str:
    """The text with control, bidi and surrogate characters made visible, cut after `limit` characters with a note of
    how much was cut.

    `lines` keeps line feeds and tabs.
    """
    cut = len(text) - limit
    shown = text[:limit].translate(_LINES if lines else _VISIBLE)
    return f"{shown}… {cut:,} more characters" if cut > 0 else shown


def one_line(text: str, limit: int = 200) -> str:
    """The text as one visible line: runs of white space become a space."""
    return visible(re.sub(r"\s+", " ", text[: limit * 4]).strip(), limit=limit)


def slug(text: str) -> str:
    """A file name from any text: lower-case ASCII letters, digits and dashes, at most 60."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "unnamed"


def did_you_mean(word: str, choices: list[str] | tuple[str, ...]) -> str:
    """`; did you mean "X"?` if one of the choices is close, else ''."""
    close = get_close_matches(word, choices, n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""


def plural(count: int, noun: str, many: str = "") -> str:
    """`1 host`, `3 hosts`."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def span(seconds: float) -> str:
    """A duration for people: `40 s`, `12 min`, `3 h 20 min`, `9 days`."""
    seconds = abs(seconds)
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    if minutes < 90:
        return f"{minutes:.0f} min"
    hours = minutes / 60
    if hours < 48:
        whole, rest = divmod(round(minutes), 60)
        return f"{whole} h {rest} min" if rest and hours < 12 else f"{whole} h"
    return f"{hours / 24:.0f} days"


def clock(seconds: float) -> str:
    """A time on a stopwatch or timeline: `02:15`, `-00:05` before it began."""
    sign = "-" if seconds < -0.5 else ""
    minutes, rest = divmod(round(abs(seconds)), 60)
    return f"{sign}{minutes:02d}:{rest:02d}"
