"""What a probe hands back, and the settings that all probes of a run share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from launchready_tui.model.evidence import Ask, Failure, Fault, Vantage
from launchready_tui.model.questions import Facts, Question

NOWHERE = Vantage()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Facts or a failure, and from where it was seen."""

    facts: Facts | None = None
    failure: Failure | None = None
    vantage: Vantage = NOWHERE


def failure(reason: str, message: str, *, fault: Fault = Fault.NETWORK, vantage: Vantage | None = None) -> Outcome:
    """A question that got no facts."""
    return Outcome(failure=Failure(reason, message, fault), vantage=vantage or Vantage())


class Probe(Protocol):
    """Answers one kind of question, once. All I/O of that kind lives behind it."""

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Ask the outside. Never raises for what the outside does.

        `attempt` is 1, or 2 and 3 for confirmations: the third looks from elsewhere where it can (another resolver, the
        other address family). `ask` lets a probe ask simpler questions (an HTTP exchange asks for the addresses of its
        host), so that they are shared and recorded.
        """
        ...

    async def aclose(self) -> None:
        """Give back what the probe holds open."""
        ...
