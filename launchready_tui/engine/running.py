"""One execution of planned checks: everything at once within the bounds, results as they come, nothing lost if it is
interrupted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from launchready_tui.engine.asking import Door
from launchready_tui.engine.events import CheckStarted, Confirming, Listener, ResultReady
from launchready_tui.engine.judging import CONFIRMATION_WAIT, Planned, conclude
from launchready_tui.model.evidence import Evidence
from launchready_tui.model.results import Result
from launchready_tui.model.verdicts import Consent

FLUSH_SECONDS = 0.5
"""How often what is finished goes to disk while a run is under way."""

Write = Callable[[Sequence[Evidence[Any]], Sequence[Result]], None]

_LONGEST_CHAIN = "tls."
"""Checks that ask a host for one TLS offer after the other, with mandated gaps: a run ends with them, so it begins with
them.
"""


class Batch:
    """Evidence and results on their way to disk. `write` runs in a thread, a batch at a time."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._evidence: list[Evidence[Any]] = []
        self._results: list[Result] = []
        self._writing = asyncio.Lock()

    def keep(self, evidence: Evidence[Any]) -> None:
        """Take in one piece of evidence."""
        self._evidence.append(evidence)

    def add(self, result: Result) -> None:
        """Take in one result."""
        self._results.append(result)

    async def flush(self) -> None:
        """Write what has gathered; it is only let go of when it is on disk."""
        async with self._writing:
            evidence, results = list(self._evidence), list(self._results)
            if not (evidence or results):
                return
            await asyncio.to_thread(self._write, evidence, results)
            del self._evidence[: len(evidence)]
            del self._results[: len(results)]

    async def flush_until(self, done: asyncio.Event) -> None:
        """Flush every now and then until `done` is set. Never cancelled: a write under way has to be let go of."""
        while not done.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), FLUSH_SECONDS)
            if not done.is_set():
                await self.flush()


async def execute(
    planned: Sequence[Planned],
    door: Door,
    batch: Batch,
    *,
    run: int,
    levels: frozenset[Consent],
    started_at: datetime,
    listener: Listener,
    wait: float = CONFIRMATION_WAIT,
) -> tuple[Result, ...]:
    """Conclude every planned check, all at once, the slow ones after the others; the results in the order of the plan.

    Cancelling keeps what was concluded in the batch.
    """
    done: dict[tuple[str, str], Result] = {}

    async def one(item: Planned) -> None:
        listener(CheckStarted(*item.key))
        result = await conclude(
            item,
            door,
            levels=levels,
            started_at=started_at,
            wait=wait,
            confirming=lambda attempt: listener(Confirming(*item.key, attempt)),
        )
        result = replace(result, run=run)
        done[item.key] = result
        batch.add(result)
        listener(ResultReady(result, len(done), len(planned)))

    ended = asyncio.Event()
    flusher = asyncio.create_task(batch.flush_until(ended), name="flush results")
    try:
        for slow in (False, True):
            # Samplers measure: they have the line for themselves.
            part = [item for item in planned if slow == (bool(item.entry.slow) and item.asked)]
            async with asyncio.TaskGroup() as group:
                for item in sorted(part, key=lambda item: not item.entry.id.startswith(_LONGEST_CHAIN)):
                    group.create_task(one(item), name=f"check {item.entry.id}")
    finally:
        ended.set()
        await asyncio.shield(flusher)
    return tuple(done[item.key] for item in planned)
