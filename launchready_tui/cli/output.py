"""The only module that writes to stdout: data, and nothing else. No colour unless stdout is a terminal."""

from __future__ import annotations

import os
import sys

from launchready_tui.text import visible

_COLOURS = {
    "pass": "32",
    "warn": "33",
    "fail": "31",
    "unknown": "34",
    "error": "35",
    "waived": "35",
    "muted": "2",
    "strong": "1",
}


def styled() -> bool:
    """Whether words may be coloured: stdout is a terminal and NO_COLOR is not set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def paint(text: str, style: str) -> str:
    """The text in a style of the visual language, or as it is where stdout is no terminal."""
    code = _COLOURS.get(style)
    return f"\x1b[{code}m{text}\x1b[0m" if code and styled() else text


def line(text: str = "") -> None:
    """One line of data, as it is. Text from outside goes through `safe` first."""
    write(text + "\n")


def write(text: str) -> None:
    """Data that has its own line ends, as UTF-8 whatever the locale."""
    data = text.encode("utf-8", "backslashreplace")
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        sys.stdout.write(data.decode("utf-8"))
    else:
        sys.stdout.flush()
        stream.write(data)
    sys.stdout.flush()


def safe(text: str, limit: int = 400) -> str:
    """Text from outside, fit for a terminal or a pipe."""
    return visible(text, limit=limit)
