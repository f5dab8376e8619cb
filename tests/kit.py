"""Shared test material: a world that answers from a table, and short ways to write products and evidence."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from launchready_tui.checks import load_checks
from launchready_tui.checks.subjects import Subject, subjects
from launchready_tui.model.evidence import Answer, Evidence, Failure, Unseen
from launchready_tui.model.product import Product
from launchready_tui.model.questions import Facts, Question
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, Verdict, unknown

SEEN_AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
"""When all evidence of tests was seen."""


class World:
    """Answers questions from a table; what is not in it fails as `timeout`, and is remembered in `asked`."""

    def __init__(self, answers: Mapping[Question[Any], Facts | Failure]) -> None:
        self.answers = dict(answers)
        self.asked: list[Question[Any]] = []

    async def __call__(self, question: Question[Any], /) -> Answer[Any]:
        self.asked.append(question)
        await asyncio.sleep(0)
        found = self.answers.get(question, Failure("timeout", f"nobody answers {question}"))
        facts, failure = (None, found) if isinstance(found, Failure) else (found, None)
        return Answer(
            Evidence(f"e{len(self.asked)}", question, 1, facts, failure, SEEN_AT - timedelta(seconds=1), SEEN_AT)
        )


def judge(
    check_id: str,
    subject: Subject[Any] | str,
    answers: Mapping[Question[Any], Facts | Failure],
    product: Product,
    limits: Limits | None = None,
) -> Judgement:
    """Run one check for one subject (or the subject of that name) against a table of answers, as the engine would."""
    check = load_checks()[check_id]
    if isinstance(subject, str):
        subject = next(found for found in subjects(check.over, product) if found.name == subject)

    async def run() -> Judgement:
        try:
            return await check.judge(subject, World(answers), limits or {})
        except Unseen as unseen:
            return unknown(unseen.failure.reason, unseen.failure.message)

    return asyncio.run(run())


__all__ = ["SEEN_AT", "Verdict", "World", "judge"]
