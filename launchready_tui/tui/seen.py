"""Evidence on the screen: when and from where it was seen, and all of it as stored. Its words are in `words`."""

from __future__ import annotations

import json
from typing import Any

from launchready_tui.model import codec
from launchready_tui.model.evidence import Evidence
from launchready_tui.text import one_line
from launchready_tui.words import answered as answers
from launchready_tui.words import asked as questions


def asked(evidence: Evidence[Any]) -> str:
    """The question in a few words."""
    return questions.asked(evidence.question)


def answered(evidence: Evidence[Any]) -> str:
    """The answer in one line."""
    return answers.answered(evidence)


def whence(evidence: Evidence[Any]) -> str:
    """When, how long, and from where."""
    took = (evidence.finished_at - evidence.started_at).total_seconds() * 1000
    parts = [f"{evidence.finished_at.astimezone():%d %b %H:%M:%S}", f"{took:.0f} ms"]
    if evidence.vantage.address:
        parts.append(f"dialled {evidence.vantage.address}")
    if evidence.vantage.resolvers:
        parts.append(f"resolver {', '.join(evidence.vantage.resolvers[:2])}")
    if evidence.attempt > 1:
        parts.append(f"attempt {evidence.attempt}")
    return one_line(" · ".join(parts), 200)


def raw(evidence: Evidence[Any]) -> str:
    """Everything as JSON; control characters are escaped."""
    return json.dumps(codec.evidence_to_plain(evidence), indent=2, ensure_ascii=True)[:60_000]
