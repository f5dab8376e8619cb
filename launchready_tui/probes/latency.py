"""Answers `LatencySample`: one URL, asked again and again, with the parts of each answer's time."""

from __future__ import annotations

import asyncio
import re
import time
from collections import defaultdict
from statistics import median
from typing import Any

import httpx

from launchready_tui.model.evidence import Ask, Failure, Vantage
from launchready_tui.model.questions import Question
from launchready_tui.model.questions.latency import Latencies, LatencySample, ServerTime, Timing
from launchready_tui.probes.answers import not_the_product, text_of
from launchready_tui.probes.http import HttpProbe, read_url
from launchready_tui.probes.httpfetch import Fetched, Order
from launchready_tui.probes.outcome import Outcome
from launchready_tui.probes.sessions import copied

MOST_REQUESTS = 600
MAX_BYTES = 5 * 1024 * 1024
MOST_SILENT = 3
"""Requests in a row without an answer after which it is no use to go on."""

MOST_METRICS = 20
_METRIC = re.compile(r"\s*([!#$%&'*+.^_`|~0-9A-Za-z-]{1,60})((?:\s*;[^,;]{0,200}){0,10})")
_DURATION = re.compile(r";\s*dur\s*=\s*\"?(\d{1,9}(?:\.\d{1,9})?)")


class LatencyProbe:
    """Samples with the fetcher and the jars of the HTTP probe, which closes them.

    `pace` is how many requests a second a product allows its samplers; 0: the question's own interval.
    """

    def __init__(self, http: HttpProbe, *, pace: float = 0.0) -> None:
        self._http = http
        self._pace = pace
        self._answers: dict[LatencySample, Outcome] = {}

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Answer a `LatencySample`, once: nobody waits another minute to confirm it."""
        assert isinstance(question, LatencySample)
        if question not in self._answers:
            outcome = await self._sample(question, ask)
            if outcome.facts is None:
                return outcome
            self._answers[question] = outcome
        return self._answers[question]

    async def aclose(self) -> None:
        """Nothing of its own is held open."""

    async def _sample(self, question: LatencySample, ask: Ask) -> Outcome:
        target = read_url(question.url)
        if isinstance(target, Failure):
            return Outcome(failure=target)
        jar = copied(self._http.jar(question.session)) if question.session else None
        interval = 1 / self._pace if self._pace > 0 else max(0.0, question.interval)
        series = _Series(question, interval)
        started = time.perf_counter()
        for number in range(min(max(1, question.requests), MOST_REQUESTS)):
            pause = started + number * interval - time.perf_counter()
            if pause > 0:
                await asyncio.sleep(pause)
            elif number:
                # The answer took longer than the interval: the next request starts now, and the clock with it.
                started -= pause
            got = await self._one(target, ask, jar)
            if failure := series.take(got):
                return Outcome(failure=failure, vantage=Vantage(address=series.address))
            if series.stopped:
                break
        return Outcome(series.facts(), vantage=Vantage(address=series.address))

    async def _one(self, target: httpx.URL, ask: Ask, jar: httpx.Cookies | None) -> tuple[float, Fetched | Failure]:
        """One answer, and how long all of it took in seconds."""
        began = time.perf_counter()
        got = await self._http.fetcher.fetch(Order("GET", target, max_bytes=MAX_BYTES), ask, jar)
        return time.perf_counter() - began, got


class _Series:
    """The answers of one sample so far."""

    def __init__(self, question: LatencySample, interval: float) -> None:
        self._question = question
        self._interval = interval
        self._timings: list[Timing] = []
        self._server: defaultdict[str, list[float]] = defaultdict(list)
        self._silent = 0
        self._version = ""
        self._bytes = 0
        self.stopped = ""
        self.address = ""

    def take(self, answer: tuple[float, Fetched | Failure]) -> Failure | None:
        """Take in one answer; a failure where nothing was answered at all."""
        took, got = answer
        if isinstance(got, Failure):
            self._timings.append(Timing(0, _ms(took), reused=False, failure=got.reason))
            self._silent += 1
            if self._silent >= MOST_SILENT:
                self.stopped = got.reason
            return got if self._silent == len(self._timings) == MOST_SILENT else None
        self._silent = 0
        self.address, self._version = got.target.address, got.http_version
        self._bytes = max(self._bytes, got.wire)
        if failure := not_the_product(self._question.host, got, text_of(got)):
            self.stopped = failure.reason
            return failure if not self._timings else None
        self._timings.append(timing(got))
        if len(self._timings) > self._question.warm_up:
            for name, duration in server_times(got.headers):
                if name in self._server or len(self._server) < MOST_METRICS:
                    self._server[name].append(duration)
        return None

    def facts(self) -> Latencies:
        """Everything that was seen."""
        cut = max(0, self._question.warm_up)
        return Latencies(
            timings=tuple(self._timings[cut:]),
            warm_up=tuple(self._timings[:cut]),
            server=tuple(ServerTime(name, round(median(all_), 3), len(all_)) for name, all_ in self._server.items()),
            interval=round(self._interval, 3),
            stopped=self.stopped,
            http_version=self._version,
            bytes=self._bytes,
        )


def timing(got: Fetched) -> Timing:
    """The times of an answer in milliseconds."""
    phases = got.phases
    connecting = phases.dns + phases.connect + phases.tls if phases.opened else 0.0
    return Timing(
        status=got.response.status_code,
        total=_ms(got.elapsed + connecting),
        wait=_ms(phases.wait),
        body=_ms(phases.body),
        dns=_ms(phases.dns) if phases.opened else 0.0,
        connect=_ms(phases.connect),
        tls=_ms(phases.tls),
        reused=not phases.opened,
    )


def server_times(headers: tuple[tuple[str, str], ...]) -> list[tuple[str, float]]:
    """The metrics with a duration of all Server-Timing headers (W3C Server Timing), in milliseconds."""
    found: list[tuple[str, float]] = []
    for name, value in headers:
        if name != "server-timing":
            continue
        for member in value[:2_000].split(","):
            metric = _METRIC.match(member)
            duration = _DURATION.search(metric[2]) if metric else None
            if metric and duration and len(found) < MOST_METRICS:
                found.append((metric[1], float(duration[1])))
    return found


def _ms(seconds: float) -> float:
    return round(max(0.0, seconds) * 1000, 3)
