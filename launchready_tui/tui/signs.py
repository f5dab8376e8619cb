"""The signs of the visual language: what a state is called, which glyph it has, and how urgent it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """The state that is shown for a row. The value is its word."""

    PASS = "pass"  # noqa: S105 - a state
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "n/a"
    NOT_RUN = "not run"
    WAIVED = "waived"
    ATTEST = "attest"
    DRILL = "drill"
    IMPORT = "import"
    ATTESTED = "attested"
    STALE = "stale"
    ERROR = "error"
    RUNNING = "running"

    @property
    def tone(self) -> str:
        """The tone of the state."""
        return _MARK_TONES[self]


_MARK_TONES = {
    Mark.PASS: "pass",
    Mark.WARN: "warn",
    Mark.FAIL: "fail",
    Mark.UNKNOWN: "unknown",
    Mark.NOT_APPLICABLE: "muted",
    Mark.NOT_RUN: "muted",
    Mark.WAIVED: "waived",
    Mark.ATTEST: "person",
    Mark.DRILL: "person",
    Mark.IMPORT: "person",
    Mark.ATTESTED: "pass",
    Mark.STALE: "warn",
    Mark.ERROR: "fail",
    Mark.RUNNING: "focus",
}

URGENCY = (
    Mark.FAIL,
    Mark.ERROR,
    Mark.UNKNOWN,
    Mark.STALE,
    Mark.RUNNING,
    Mark.ATTEST,
    Mark.DRILL,
    Mark.IMPORT,
    Mark.NOT_RUN,
    Mark.WARN,
    Mark.WAIVED,
    Mark.PASS,
    Mark.ATTESTED,
    Mark.NOT_APPLICABLE,
)
"""Marks, the worst first: what stands for a check with several subjects."""


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The signs that are drawn. Every sign is one cell wide."""

    marks: Mapping[Mark, str]
    cursor: str
    crumb: str
    closed: str
    opened: str
    chosen: str
    dot: str
    full: str
    empty: str
    rule: str
    ellipsis: str
    dash: str
    spark: str
    owner: str
    admin: str
    backup: str
    member: str
    pays: str
    bullet: str

    @property
    def is_ascii(self) -> bool:
        """Whether these are the plain ones."""
        return self.cursor.isascii()


UNICODE = Glyphs(
    marks={
        Mark.PASS: "✓",
        Mark.WARN: "!",
        Mark.FAIL: "✗",
        Mark.UNKNOWN: "?",
        Mark.NOT_APPLICABLE: "–",
        Mark.NOT_RUN: "○",
        Mark.WAIVED: "~",
        Mark.ATTEST: "✎",
        Mark.DRILL: "✎",
        Mark.IMPORT: "✎",
        Mark.ATTESTED: "✎",
        Mark.STALE: "↻",
        Mark.ERROR: "‼",
        Mark.RUNNING: "⟳",
    },
    cursor="▸",
    crumb="▸",
    closed="▸",
    opened="▾",
    chosen="●",
    dot="·",
    full="━",
    empty="─",
    rule="─",
    ellipsis="…",
    dash="–",
    spark="▁▂▃▄▅▆▇█",
    owner="■",
    admin="▲",
    backup="○",
    member="·",
    pays="$",
    bullet="•",
)

ASCII = Glyphs(
    marks={
        Mark.PASS: "+",
        Mark.WARN: "!",
        Mark.FAIL: "x",
        Mark.UNKNOWN: "?",
        Mark.NOT_APPLICABLE: "-",
        Mark.NOT_RUN: "o",
        Mark.WAIVED: "~",
        Mark.ATTEST: "a",
        Mark.DRILL: "a",
        Mark.IMPORT: "a",
        Mark.ATTESTED: "a",
        Mark.STALE: "%",
        Mark.ERROR: "E",
        Mark.RUNNING: "*",
    },
    cursor=">",
    crumb=">",
    closed="+",
    opened="-",
    chosen="*",
    dot=".",
    full="#",
    empty=".",
    rule="-",
    ellipsis="~",
    dash="-",
    spark="_.-=+*#@",
    owner="O",
    admin="A",
    backup="b",
    member=".",
    pays="$",
    bullet="*",
)
