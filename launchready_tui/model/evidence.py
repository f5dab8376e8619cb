"""Evidence: the answer to one question in one run, immutable, redacted, replayable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from launchready_tui.model.questions import Facts, Question

F = TypeVar("F", bound=Facts)
F_co = TypeVar("F_co", bound=Facts, covariant=True)


class Fault(StrEnum):
    """Whose fault a failed question is."""

    TARGET = "target"
    NETWORK = "network"
    PERMISSION = "permission"
    USAGE = "usage"
    BUG = "bug"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a question got no facts.

    `reason` is a stable slug: timeout, refused, reset, unreachable, no-ipv6, servfail, dns-refused, does-not-resolve,
    not-public, certificate, tls, bot-wall, rate-limited, malformed, too-large, split-dns, no-rdap, local-openssl, no-
    consent, cancelled, deadline, bug. `message` is one sentence for people.
    """

    reason: str
    message: str
    fault: Fault = Fault.NETWORK


@dataclass(frozen=True, slots=True)
class Vantage:
    """From where it was seen: the resolvers asked, the address that was dialled."""

    resolvers: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True, slots=True)
class Evidence(Generic[F]):
    """One answered question.

    `attempt` is 1, or 2 and 3 for the confirmations of a fail. `facts` and `failure` exclude each other. Times are UTC
    with millisecond precision. `id` is derived from the content.
    """

    id: str
    question: Question[F]
    attempt: int
    facts: F | None
    failure: Failure | None
    started_at: datetime
    finished_at: datetime
    vantage: Vantage = Vantage()
    tool: str = ""


class Unseen(Exception):
    """Raised when a check reads the facts of a failed answer; the engine turns it into `unknown` (or `not-run` without
    consent).
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Answer(Generic[F]):
    """What `ask` hands to a check."""

    evidence: Evidence[F]

    @property
    def facts(self) -> F:
        """The facts; raises `Unseen` where there are none, which ends the check as `unknown` with that reason."""
        if self.evidence.facts is None:
            assert self.evidence.failure is not None
            raise Unseen(self.evidence.failure)
        return self.evidence.facts

    @property
    def failure(self) -> Failure | None:
        """The failure, for the checks in which a failure is the finding."""
        return self.evidence.failure

    @property
    def seen_at(self) -> datetime:
        """When the answer was complete (UTC): the only clock that a judgement may use."""
        return self.evidence.finished_at


class Ask(Protocol):
    """The single door to the outside."""

    async def __call__(self, question: Question[F], /) -> Answer[F]:
        """Answer one question. Never raises for anything that the outside did: that is a failure in the answer."""
        ...
