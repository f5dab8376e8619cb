"""What came back, as one line with its figures that a founder understands."""

from __future__ import annotations

from typing import Any

from launchready_tui.model.evidence import Evidence
from launchready_tui.model.questions import Facts
from launchready_tui.text import one_line
from launchready_tui.words.families import ANSWERED

LIMIT = 240
"""Characters of an answer."""

LEFT_OUT = "answer left out"
"""Where the facts of an answer were left out, as in a redacted pack."""


def answered(evidence: Evidence[Any]) -> str:
    """The answer of a piece of evidence: its facts, or the reason why there are none."""
    if evidence.failure is not None:
        return one_line(f"{evidence.failure.reason}: {evidence.failure.message}", LIMIT)
    return said(evidence.facts) if evidence.facts is not None else LEFT_OUT


def said(facts: Facts) -> str:
    """The facts as one line."""
    words = ANSWERED.get(type(facts))
    return one_line(words(facts), LIMIT) if words is not None else "answered"
