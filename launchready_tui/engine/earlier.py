"""Answers what earlier runs saw, from the engagement file, beside the probes that ask the outside."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from launchready_tui.model.evidence import Ask, Evidence
from launchready_tui.model.questions import EarlierCertificate, Question, SeenCertificate, TlsHandshake, TlsSession
from launchready_tui.probes.outcome import Outcome, Probe

Look = Callable[[str, str, int], tuple[Evidence[Any], ...]]
"""Kind, host and run → the evidence of the newest earlier run."""


class WithMemory:
    """A probe that remembers: `EarlierCertificate` is answered from the records, all else by the probe inside."""

    def __init__(self, inner: Probe, look: Look, run: int) -> None:
        self._inner = inner
        self._look = look
        self._run = run

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Answer from memory or pass on."""
        if not isinstance(question, EarlierCertificate):
            return await self._inner.answer(question, attempt, ask)
        seen = await asyncio.to_thread(self._look, TlsHandshake.kind, question.name, self._run)
        for evidence in reversed(seen):
            if isinstance(evidence.facts, TlsSession) and evidence.facts.chain:
                leaf = evidence.facts.leaf
                return Outcome(SeenCertificate(True, leaf.serial, leaf.not_after, evidence.finished_at))
        return Outcome(SeenCertificate(False))

    async def aclose(self) -> None:
        """Close the probe inside."""
        await self._inner.aclose()
