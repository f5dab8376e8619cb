"""The single door to the outside: live, or from saved evidence."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Protocol, TypeVar

from launchready_tui import __version__
from launchready_tui.engine.pacing import Pacing
from launchready_tui.errors import ReplayError
from launchready_tui.model import codec
from launchready_tui.model.evidence import Answer, Evidence, Failure, Fault, Vantage
from launchready_tui.model.questions import Facts, Question
from launchready_tui.model.verdicts import Consent
from launchready_tui.probes.outcome import Outcome, Probe

F = TypeVar("F", bound=Facts)

TOOL = f"launchready {__version__}"

DEADLINE = 45.0
"""Seconds after which a question is given up, whatever its probe does (waiting for its turn not counted)."""


class Door(Protocol):
    """Answers questions, each at most once per attempt."""

    async def ask(self, question: Question[F], attempt: int) -> Answer[F]:
        """The answer to a question; `attempt` 2 and 3 ask again to confirm a fail."""
        ...


class LiveDoor:
    """Asks the outside through a probe.

    Equal questions of one attempt are asked once, however many checks ask (single flight). Nothing above passive is
    asked without consent: `may` answers whether a host and level are authorized.
    """

    def __init__(
        self,
        probe: Probe,
        *,
        clock: Callable[[], datetime],
        may: Callable[[str, Consent], bool],
        keep: Callable[[Evidence[Any]], None],
    ) -> None:
        self.pacing = Pacing()
        self._probe = probe
        self._clock = clock
        self._may = may
        self._keep = keep
        self._flights: dict[tuple[Question[Any], int], asyncio.Task[Evidence[Any]]] = {}

    async def ask(self, question: Question[F], attempt: int) -> Answer[F]:
        """Join the flight of an equal question, or start one."""
        key = (question, attempt)
        flight = self._flights.get(key)
        if flight is None:
            flight = asyncio.create_task(self._fly(question, attempt), name=f"ask {question.kind}")
            self._flights[key] = flight
        return Answer(await asyncio.shield(flight))

    async def _fly(self, question: Question[Any], attempt: int) -> Evidence[Any]:
        if question.level is not Consent.PASSIVE and not self._may(question.host, question.level):
            started = self._clock()
            message = f"Nobody has authorized {question.level.value} checks of {question.host}."
            return self._kept(question, attempt, started, Outcome(failure=Failure("no-consent", message, Fault.USAGE)))

        async def simpler(other: Question[F], /) -> Answer[F]:
            return await self.ask(other, attempt)

        async with self.pacing.turn(question):
            started = self._clock()
            patience = question.patience or DEADLINE
            try:
                async with asyncio.timeout(patience):
                    outcome = await self._probe.answer(question, attempt, simpler)
            except TimeoutError:
                outcome = Outcome(
                    failure=Failure("timeout", f"No answer from {question.host} within {patience:.0f} s.", Fault.TARGET)
                )
        return self._kept(question, attempt, started, outcome)

    def _kept(self, question: Question[Any], attempt: int, started: datetime, outcome: Outcome) -> Evidence[Any]:
        evidence = codec.identified(
            Evidence(
                id="",
                question=question,
                attempt=attempt,
                facts=outcome.facts,
                failure=outcome.failure,
                started_at=codec.moment(started),
                finished_at=codec.moment(self._clock()),
                vantage=outcome.vantage,
                tool=TOOL,
            )
        )
        self._keep(evidence)
        return evidence

    async def aclose(self) -> None:
        """End every flight that is still in the air, then the probe."""
        flights = [flight for flight in self._flights.values() if not flight.done()]
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)
        await self._probe.aclose()


class ReplayDoor:
    """Answers from saved evidence and touches nothing."""

    def __init__(self, evidence: Iterable[Evidence[Any]]) -> None:
        self._answers = {(item.question, item.attempt): item for item in evidence}
        self._now = max((item.finished_at for item in self._answers.values()), default=None)

    async def ask(self, question: Question[F], attempt: int) -> Answer[F]:
        """The saved answer; a question that was not asked then is a failure `not-recorded`."""
        found = self._answers.get((question, attempt))
        if found is None:
            if self._now is None:
                raise ReplayError("The saved evidence is empty.", "Save it again with `check --save-evidence DIR`.")
            failure = Failure("not-recorded", "The saved run did not ask this.", Fault.USAGE)
            found = Evidence("", question, attempt, None, failure, self._now, self._now, Vantage(), TOOL)
        return Answer(found)
