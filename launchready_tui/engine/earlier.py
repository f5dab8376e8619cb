"""Answers what the engagement itself knows, from its file, beside the probes that ask the outside."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from launchready_tui.model.evidence import Ask, Evidence
from launchready_tui.model.journal import State, payload
from launchready_tui.model.questions import (
    EarlierCertificate,
    KeptNote,
    Moment,
    NoteText,
    Question,
    RunMoment,
    SeenCertificate,
    TlsHandshake,
    TlsSession,
)
from launchready_tui.model.records import Note
from launchready_tui.model.results import Run
from launchready_tui.probes.outcome import Outcome, Probe

Look = Callable[[str, str, int], tuple[Evidence[Any], ...]]
"""Kind, host and run → the evidence of the newest earlier run."""


class WithMemory:
    """A probe that remembers: what earlier runs saw, when this one began, what people wrote; all else is asked of the
    probe inside.
    """

    def __init__(self, inner: Probe, look: Look, run: Run, state: State) -> None:
        self._inner = inner
        self._look = look
        self._run = run
        self._state = state

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Answer from memory or pass on."""
        match question:
            case EarlierCertificate(name=name):
                return await self._certificate(name)
            case RunMoment():
                return Outcome(Moment(self._run.started_at))
            case KeptNote(check=check):
                return Outcome(newest_note(self._state, check))
            case _:
                return await self._inner.answer(question, attempt, ask)

    async def _certificate(self, host: str) -> Outcome:
        seen = await asyncio.to_thread(self._look, TlsHandshake.kind, host, self._run.id)
        for evidence in reversed(seen):
            if isinstance(evidence.facts, TlsSession) and evidence.facts.chain:
                leaf = evidence.facts.leaf
                return Outcome(SeenCertificate(True, leaf.serial, leaf.not_after, evidence.finished_at))
        return Outcome(SeenCertificate(False))

    async def aclose(self) -> None:
        """Close the probe inside."""
        await self._inner.aclose()


def newest_note(state: State, check: str) -> NoteText:
    """The newest note about a check, whatever its subject."""
    for record in reversed(state.notes):
        note = payload(record, Note)
        if note.check == check:
            return NoteText(record.number, note.text, note.by)
    return NoteText(0)
