"""Answers what the engagement itself knows, from its file, beside the probes that ask the outside."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from launchready_tui.model.evidence import Ask, Evidence
from launchready_tui.model.journal import State, payload
from launchready_tui.model.optimization import Optimization, optimizations
from launchready_tui.model.questions import (
    DecisionText,
    EarlierCertificate,
    KeptDecision,
    KeptLoad,
    KeptNote,
    KeptOptimizations,
    LoadReport,
    LoadTest,
    Moment,
    NewestLoad,
    NoteText,
    Question,
    RunMoment,
    SeenCertificate,
    TlsHandshake,
    TlsSession,
)
from launchready_tui.model.questions.memory import MeasuredChange, OptimizationLog
from launchready_tui.model.records import Decision, Note
from launchready_tui.model.results import Run
from launchready_tui.probes.outcome import Outcome, Probe

Look = Callable[[str, str, int], tuple[Evidence[Any], ...]]
"""Kind, host ('' for any) and run → the evidence of the newest earlier run."""


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
            case KeptDecision(topic=topic):
                return Outcome(newest_decision(self._state, topic))
            case KeptOptimizations(min_samples=least):
                return Outcome(optimization_log(self._state, least))
            case NewestLoad():
                return await self._load()
            case _:
                return await self._inner.answer(question, attempt, ask)

    async def _certificate(self, host: str) -> Outcome:
        seen = await asyncio.to_thread(self._look, TlsHandshake.kind, host, self._run.id)
        for evidence in reversed(seen):
            if isinstance(evidence.facts, TlsSession) and evidence.facts.chain:
                leaf = evidence.facts.leaf
                return Outcome(SeenCertificate(True, leaf.serial, leaf.not_after, evidence.finished_at))
        return Outcome(SeenCertificate(False))

    async def _load(self) -> Outcome:
        seen = await asyncio.to_thread(self._look, LoadTest.kind, "", self._run.id)
        for evidence in reversed(seen):
            if isinstance(evidence.facts, LoadReport):
                return Outcome(KeptLoad(True, without_routes(evidence.facts), evidence.finished_at, evidence.id))
        return Outcome(KeptLoad(False))

    async def aclose(self) -> None:
        """Close the probe inside."""
        await self._inner.aclose()


def without_routes(report: LoadReport) -> LoadReport:
    """The report without the single routes on its timeline: half of its size, and no check reads them. The evidence of
    the test itself keeps them.
    """
    return replace(report, timeline=tuple(replace(point, routes={}) for point in report.timeline))


def newest_note(state: State, check: str) -> NoteText:
    """The newest note about a check, whatever its subject."""
    for record in reversed(state.notes):
        note = payload(record, Note)
        if note.check == check:
            return NoteText(record.number, note.text, note.by)
    return NoteText(0)


def newest_decision(state: State, topic: str) -> DecisionText:
    """The newest decision on a topic that was not replaced."""
    replaced = state.superseded()
    for record in reversed(state.decisions):
        said = payload(record, Decision)
        if said.topic.strip() == topic and record.number not in replaced:
            return DecisionText(record.number, said.choice, said.why, said.who)
    return DecisionText(0)


def optimization_log(state: State, min_samples: int) -> OptimizationLog:
    """What was changed for speed, and what came of it."""
    return OptimizationLog(tuple(_measured(item, min_samples) for item in optimizations(state)))


def _measured(item: Optimization, min_samples: int) -> MeasuredChange:
    before, after = item.before, item.after
    return MeasuredChange(
        record=item.record.number,
        title=item.change.title,
        endpoint=item.change.endpoint,
        effect=item.effect(min_samples),
        commit=item.change.commit,
        count_before=before.count if before else 0,
        count_after=after.count if after else 0,
        p50_before=before.p50 if before else 0.0,
        p50_after=after.p50 if after else 0.0,
        p95_before=before.p95 if before else 0.0,
        p95_after=after.p95 if after else 0.0,
        p_value=item.p_value,
        queries_before=before.said.queries if before else None,
        queries_after=after.said.queries if after else None,
        bytes_before=before.said.bytes if before else 0,
        bytes_after=after.said.bytes if after else 0,
    )
