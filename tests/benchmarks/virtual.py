"""The same audit on a clock that jumps: how long it has to take when every question costs its round trips.

Nothing is dialled and nothing computed that takes time: each question is answered from saved evidence after its round
trips, any number at once, equal ones once. What remains is the longest chain of round trips that depend on each other,
with the mandated gaps and the confirmation waits where they are asked for.
"""

from __future__ import annotations

import asyncio
import selectors
from collections import defaultdict
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from launchready_tui.engine.asking import ReplayDoor
from launchready_tui.engine.events import Event, ResultReady
from launchready_tui.engine.judging import CONFIRMATION_WAIT, Planned
from launchready_tui.engine.pacing import CRAWL_PER_SECOND, OFFER_GAP, Spacing
from launchready_tui.engine.running import Batch, execute
from launchready_tui.model.evidence import Answer, Evidence
from launchready_tui.model.questions import (
    DnsLookup,
    HttpExchange,
    HttpResponse,
    Question,
    RdapDomain,
    TlsHandshake,
    TlsOffer,
    TlsSession,
)
from launchready_tui.model.results import Result, Run
from launchready_tui.model.verdicts import Consent

T = TypeVar("T")
Address = tuple[str, str, int]


class _Jumping(selectors.DefaultSelector):
    """A selector that does not wait: it moves the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready now; the clock jumps to the next timer."""
        if timeout:
            self.now += timeout
            timeout = 0
        return super().select(timeout)


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop in which sleeping takes no time."""

    def __init__(self) -> None:
        self._clock = _Jumping()
        super().__init__(self._clock)

    def time(self) -> float:
        """The clock of the loop."""
        return self._clock.now


def run(work: Coroutine[Any, Any, T]) -> tuple[T, float]:
    """Run on a jumping clock; the result, and the seconds that went by on it."""
    loop = JumpingLoop()
    try:
        done = loop.run_until_complete(work)
        return done, loop.time()
    finally:
        loop.close()


class DistantDoor:
    """Answers from saved evidence after as many round trips as the question costs."""

    def __init__(self, evidence: Iterable[Evidence[Any]], round_trip: float, *, gaps: bool) -> None:
        kept = tuple(evidence)
        self._saved = ReplayDoor(kept)
        self._versions = {item.question.host: item.facts.version for item in kept if isinstance(item.facts, TlsSession)}
        self._round_trip = round_trip
        self._gaps = gaps
        self._flights: dict[tuple[Question[Any], int], asyncio.Task[Answer[Any]]] = {}
        self._idle: defaultdict[Address, int] = defaultdict(int)
        self._offers: defaultdict[str, Spacing] = defaultdict(lambda: Spacing(OFFER_GAP))
        self._crawls: defaultdict[str, Spacing] = defaultdict(lambda: Spacing(1 / CRAWL_PER_SECOND))
        self.round_trips = 0

    async def ask(self, question: Question[Any], attempt: int) -> Answer[Any]:
        """Join the flight of an equal question, or start one."""
        flight = self._flights.get((question, attempt))
        if flight is None:
            flight = self._flights[question, attempt] = asyncio.create_task(self._fly(question, attempt))
        return await asyncio.shield(flight)

    async def _fly(self, question: Question[Any], attempt: int) -> Answer[Any]:
        answer = await self._saved.ask(question, attempt)
        match question:
            case DnsLookup():
                await self._travel(1)
            case HttpExchange():
                await self._exchange(question, answer, attempt)
            case TlsHandshake(name=name, address=address):
                await self._resolve(name, address, attempt)
                await self._travel(1 + self._tls(name))
            case TlsOffer(name=name, address=address):
                await self._resolve(name, address, attempt)
                if self._gaps:
                    await self._offers[name].wait()
                await self._travel(2)
            case RdapDomain():
                await self._travel(2)
        return answer

    async def _exchange(self, question: HttpExchange, answer: Answer[Any], attempt: int) -> None:
        parts = urlsplit(question.url)
        await self._resolve(question.host, question.address, attempt)
        if self._gaps and question.crawl:
            await self._crawls[question.host].wait()
        facts = answer.evidence.facts
        place = facts.address if isinstance(facts, HttpResponse) else question.address
        connection = (parts.scheme, place or question.host, parts.port or 0)
        if self._idle[connection]:
            self._idle[connection] -= 1
        else:
            await self._travel(1 + (self._tls(question.host) if parts.scheme == "https" else 0))
        await self._travel(1)
        self._idle[connection] += 1

    async def _resolve(self, name: str, address: str, attempt: int) -> None:
        """A probe asks for both families first, unless it is told where to dial."""
        if not address:
            await asyncio.gather(*(self.ask(DnsLookup(name, rdtype), attempt) for rdtype in ("A", "AAAA")))

    def _tls(self, host: str) -> int:
        """Round trips of a handshake: one with TLS 1.3, two before."""
        return 2 if self._versions.get(host, "TLSv1.3") != "TLSv1.3" else 1

    async def _travel(self, count: int) -> None:
        self.round_trips += count
        await asyncio.sleep(count * self._round_trip)


class _Nowhere(Batch):
    """Keeps nothing."""

    def __init__(self) -> None:
        super().__init__(lambda evidence, results: None)

    def add(self, result: Result) -> None:
        """Forget it."""


@dataclass(frozen=True, slots=True)
class Chain:
    """How long it has to take, in seconds. `last` are the checks that ended last, with when."""

    seconds: float
    round_trips: int
    results: tuple[Result, ...]
    last: tuple[tuple[float, str, str], ...]


def longest_chain(
    planned: tuple[Planned, ...],
    evidence: tuple[Evidence[Any], ...],
    run_of: Run,
    round_trip: float,
    *,
    gaps: bool = True,
    waits: bool = True,
) -> Chain:
    """Judge saved evidence again on the jumping clock."""
    door = DistantDoor(evidence, round_trip, gaps=gaps)
    ends: list[tuple[float, str, str]] = []

    def hear(event: Event) -> None:
        if isinstance(event, ResultReady):
            ends.append((asyncio.get_running_loop().time(), *event.result.key))

    async def judge() -> tuple[Result, ...]:
        return await execute(
            planned,
            door,
            _Nowhere(),
            run=run_of.id,
            levels=frozenset({Consent.PASSIVE}),
            started_at=run_of.started_at,
            listener=hear,
            wait=CONFIRMATION_WAIT if waits else 0.0,
        )

    results, _ = run(judge())
    ends.sort(reverse=True)
    return Chain(ends[0][0] if ends else 0.0, door.round_trips, results, tuple(ends[:5]))


__all__ = ["Chain", "DistantDoor", "JumpingLoop", "longest_chain", "run"]
