"""How hard a run may lean on the outside: bounds overall, per host, and mandated gaps (CHECKS.md b0, pacing)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from launchready_tui.model.questions import DnsLookup, HttpExchange, Question, TlsHandshake, TlsOffer

OFFER_GAP = 0.25
"""Seconds between two version or cipher probes of one host."""

CRAWL_AT_ONCE = 6
CRAWL_PER_SECOND = 10

_OVERALL = {DnsLookup.kind: 96, HttpExchange.kind: 64, TlsHandshake.kind: 48, TlsOffer.kind: 24}
_PER_HOST = {HttpExchange.kind: 8, TlsHandshake.kind: 8, TlsOffer.kind: 1}


class Spacing:
    """Lets one pass at a time, at least `gap` seconds after the one before."""

    def __init__(self, gap: float) -> None:
        self._gap = gap
        self._lock = asyncio.Lock()
        self._next = 0.0

    async def wait(self) -> float:
        """Wait for the turn; returns the seconds waited."""
        loop = asyncio.get_running_loop()
        async with self._lock:
            pause = max(0.0, self._next - loop.time())
            if pause:
                await asyncio.sleep(pause)
            self._next = loop.time() + self._gap
            return pause


class Pacing:
    """The bounds of one run. `mandated` is the longest time that any host spent in mandated gaps, in seconds."""

    def __init__(self) -> None:
        self._overall = {kind: asyncio.Semaphore(bound) for kind, bound in _OVERALL.items()}
        self._hosts: dict[tuple[str, str], asyncio.Semaphore] = {}
        self._offers: defaultdict[str, Spacing] = defaultdict(lambda: Spacing(OFFER_GAP))
        self._crawls: defaultdict[str, Spacing] = defaultdict(lambda: Spacing(1 / CRAWL_PER_SECOND))
        self._crawlers: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(CRAWL_AT_ONCE))
        self._waited: defaultdict[str, float] = defaultdict(float)

    @property
    def mandated(self) -> float:
        """The longest time that any one host spent in mandated gaps."""
        return max(self._waited.values(), default=0.0)

    @asynccontextmanager
    async def turn(self, question: Question[Any]) -> AsyncIterator[None]:
        """Hold a place for one question while it is asked."""
        host = question.host
        async with AsyncExitStack() as stack:
            if isinstance(question, HttpExchange) and question.crawl:
                await stack.enter_async_context(self._crawlers[host])
                self._waited[host] += await self._crawls[host].wait()
            if question.kind in _PER_HOST:
                key = (question.kind, host)
                if key not in self._hosts:
                    self._hosts[key] = asyncio.Semaphore(_PER_HOST[question.kind])
                await stack.enter_async_context(self._hosts[key])
            if isinstance(question, TlsOffer):
                self._waited[host] += await self._offers[host].wait()
            if question.kind in self._overall:
                await stack.enter_async_context(self._overall[question.kind])
            yield
