"""A question in a few plain words: what was asked of what. Never what was sent along with it."""

from __future__ import annotations

from typing import Any

from launchready_tui.model.questions import Question
from launchready_tui.text import one_line
from launchready_tui.words.families import ASKED
from launchready_tui.words.figures import Parts, Place

LIMIT = 120
"""Characters of a question on a screen."""

_PART = 300


def asked(question: Question[Any]) -> str:
    """The question as one line."""
    return one_line("".join(_parts(question)), LIMIT)


def asked_parts(question: Question[Any]) -> Parts:
    """The question in parts, for documents that set the names in it as code. Each part is one visible line."""
    return tuple(_safe(part) for part in _parts(question) if part)


def _parts(question: Question[Any]) -> Parts:
    words = ASKED.get(type(question))
    return words(question) if words is not None else (f"{question.kind.replace('-', ' ')} ", Place(question.host))


def _safe(part: str) -> str:
    if isinstance(part, Place):
        return Place(one_line(part, _PART))
    before, after = " " * part.startswith(" "), " " * (part.endswith(" ") and bool(part.strip()))
    return f"{before}{one_line(part, _PART)}{after}"
