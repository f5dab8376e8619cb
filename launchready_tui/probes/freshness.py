"""Answers `FreshnessTrial`: changes one field of the test listing, watches until the change shows, and sets it back.

Setting back happens whatever else does: after a failed write, a time-out, a cancelled run.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx

from launchready_tui.model.evidence import Ask, Failure, Fault, Vantage
from launchready_tui.model.questions import Family, Question
from launchready_tui.model.questions.caching import FreshnessSeen, FreshnessTrial, Sighting
from launchready_tui.probes.answers import not_the_product, text_of
from launchready_tui.probes.http import HttpProbe, read_url
from launchready_tui.probes.httpfetch import Fetched, Order
from launchready_tui.probes.outcome import Outcome
from launchready_tui.probes.sessions import copied, session_of

MAX_BYTES = 2 * 1024 * 1024
MOST_READ = 6
"""URLs that are watched."""

LONGEST_WATCH = 600.0
LEAST_GAP, MOST_GAP = 0.25, 2.0
"""Seconds between two looks: a fortieth of the time watched, within these bounds."""

RESTORE_SECONDS = 25.0
"""How long setting back may take, also after the run was cancelled."""

_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?")
_NO_ROAD = frozenset({"no-ipv6", "does-not-resolve"})
"""Failures of an address family that is not there."""


@dataclass(slots=True)
class _Spot:
    """One URL watched over one address family."""

    url: str
    family: Family
    seen_at: float | None = None
    status: int = 0
    before: bool = False
    failure: Failure | None = None

    def sighting(self, written_at: float) -> Sighting:
        """What is stored of it."""
        seconds = None if self.seen_at is None else round(max(0.0, self.seen_at - written_at), 3)
        reason = self.failure.reason if self.failure and self.seen_at is None else ""
        return Sighting(self.url, self.family, seconds, self.status, self.before, reason)


@dataclass(slots=True)
class _Trial:
    """One change under way. `written` is True from before the first byte of the change is sent."""

    question: FreshnessTrial
    ask: Ask
    jar: httpx.Cookies
    spots: list[_Spot] = field(default_factory=list)
    written: bool = False
    form: bool = False
    restored: bool = True
    address: str = ""


class FreshnessProbe:
    """Changes and watches. `clock` counts seconds."""

    def __init__(self, http: HttpProbe, clock: Callable[[], float] = time.monotonic) -> None:
        self._http = http
        self._clock = clock

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Answer a `FreshnessTrial`."""
        assert isinstance(question, FreshnessTrial)
        if len(question.values) < 2 or not question.read:
            message = "a freshness trial needs two values and a URL to read"
            return Outcome(failure=Failure("input-missing", message, Fault.USAGE))
        jar = httpx.Cookies()
        if question.login:
            session = await session_of(self._http, ask, question.login, question.account)
            if isinstance(session, Failure):
                return Outcome(failure=session)
            jar = copied(session)
        trial = _Trial(question, ask, jar)
        try:
            found = await self._try(trial)
        finally:
            # Also when the run is being cancelled: nobody else knows what the value was.
            if trial.written:
                await _to_the_end(self._restore(trial))
        if isinstance(found, Failure):
            return Outcome(failure=found)
        value, status, written_at, watched = found
        sightings = tuple(spot.sighting(written_at) for spot in trial.spots)
        facts = FreshnessSeen(value, status, sightings, round(watched, 3), trial.restored)
        return Outcome(facts, vantage=Vantage(address=trial.address))

    async def aclose(self) -> None:
        """Nothing of its own is held open."""

    async def _try(self, trial: _Trial) -> tuple[str, int, float, float] | Failure:
        """The value that was written, the answer to it, when it was answered, and how long was watched."""
        bodies = await self._first_looks(trial)
        if isinstance(bodies, Failure):
            return bodies
        value = self._choose(trial.question.values, list(bodies.values()))
        for spot in trial.spots:
            spot.before = shows(bodies.get((spot.url, spot.family), ""), value)
        got = await self._write(trial, value)
        if isinstance(got, Failure):
            return got
        status, written_at = got.response.status_code, self._clock()
        if status >= 400:
            return value, status, written_at, 0.0
        watched = await self._watch(trial, value, written_at)
        return value, status, written_at, watched

    async def _first_looks(self, trial: _Trial) -> dict[tuple[str, str], str] | Failure:
        """What stands everywhere before the change. A family that has no address is not watched."""
        bodies: dict[tuple[str, str], str] = {}
        first: Failure | None = None
        for url in trial.question.read[:MOST_READ]:
            for family in ("4", "6"):
                spot = _Spot(url, family)
                text = await self._look(trial, spot)
                if isinstance(text, Failure):
                    if text.reason in ("bot-wall", "rate-limited"):
                        return text
                    first = first or text
                    if text.reason in _NO_ROAD:
                        continue
                else:
                    bodies[url, family] = text
                trial.spots.append(spot)
        return bodies if bodies else first or Failure("unreachable", "no URL to read gave an answer")

    def _choose(self, values: tuple[str, ...], bodies: list[str]) -> str:
        """The value to write: one that stands nowhere yet. Never the first, which is what is set back."""
        return next((value for value in values[1:] if not any(shows(body, value) for body in bodies)), values[1])

    async def _watch(self, trial: _Trial, value: str, since: float) -> float:
        """Look at every spot until all show the value or the time is up; returns the seconds watched."""
        most = min(max(trial.question.watch, 1.0), LONGEST_WATCH)
        gap = min(max(most / 40, LEAST_GAP), MOST_GAP)
        while True:
            waiting = [spot for spot in trial.spots if spot.seen_at is None and not spot.before]
            for spot in waiting:
                text = await self._look(trial, spot)
                if isinstance(text, Failure):
                    if text.reason in ("bot-wall", "rate-limited"):
                        return self._clock() - since
                elif shows(text, value):
                    spot.seen_at = self._clock()
            passed = self._clock() - since
            if passed >= most or all(spot.seen_at is not None or spot.before for spot in trial.spots):
                return passed
            await asyncio.sleep(min(gap, max(0.0, most - passed)))

    async def _look(self, trial: _Trial, spot: _Spot) -> str | Failure:
        target = read_url(spot.url)
        if isinstance(target, Failure):
            return target
        got = await self._http.fetcher.fetch(Order("GET", target, family=spot.family, max_bytes=MAX_BYTES), trial.ask)
        if isinstance(got, Failure):
            spot.failure = got
            return got
        text = text_of(got)
        spot.status = got.response.status_code
        spot.failure = not_the_product(target.host, got, text)
        return spot.failure or text

    async def _write(self, trial: _Trial, value: str) -> Fetched | Failure:
        """Write a value as JSON; where the server does not take that, as a form."""
        trial.written = True
        got = await self._send(trial, value)
        if isinstance(got, Fetched) and got.response.status_code in (400, 415, 422) and not trial.form:
            trial.form = True
            again = await self._send(trial, value)
            if isinstance(again, Fetched) and again.response.status_code < 400:
                return again
            trial.form = False
        return got

    async def _send(self, trial: _Trial, value: str) -> Fetched | Failure:
        question = trial.question
        url = read_url(question.url)
        if isinstance(url, Failure):
            return url
        if trial.form:
            kind, body = "application/x-www-form-urlencoded", urlencode({question.field: value})
        else:
            kind, body = "application/json", json.dumps({question.field: typed(value)})
        headers = (
            ("content-type", kind),
            ("accept", "application/json, text/html;q=0.9, */*;q=0.8"),
            ("origin", f"{url.scheme}://{url.netloc.decode()}"),
            ("referer", question.url),
        )
        order = Order(question.method, url, headers, body.encode(), max_bytes=MAX_BYTES)
        got = await self._http.fetcher.fetch(order, trial.ask, trial.jar)
        if isinstance(got, Failure):
            return got
        trial.address = got.target.address
        return not_the_product(question.host, got, text_of(got)) or got

    async def _restore(self, trial: _Trial) -> None:
        """Set the first value back; once more if that fails."""
        trial.restored = False
        for _ in range(2):
            try:
                async with asyncio.timeout(RESTORE_SECONDS / 2):
                    got = await self._send(trial, trial.question.values[0])
            except TimeoutError:
                continue
            if isinstance(got, Fetched) and got.response.status_code < 400:
                trial.restored = True
                return


async def _to_the_end(work: Any) -> None:
    """Let something finish although the task that waits for it is being cancelled."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled


def typed(value: str) -> object:
    """A value as JSON has it: a number, true, false or a text."""
    if value in ("true", "false"):
        return value == "true"
    if _NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    return value


def shows(text: str, value: str) -> bool:
    """Whether a text shows a value by itself: 101 is not in 2101, 1011 or 1.101, but in 101.00 and €101."""
    pattern = rf"(?<![0-9A-Za-z])(?<![0-9][.,]){re.escape(value)}(?![0-9A-Za-z])"
    if _NUMBER.fullmatch(value):
        pattern += r"(?![.,][0-9]{3}(?![0-9]))"
    return re.search(pattern, text) is not None
