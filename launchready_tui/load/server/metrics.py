"""Samples Prometheus text endpoints: memory, connections, waits for the pool, queues."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from launchready_tui.load.server import exposition
from launchready_tui.load.server.exposition import Selector
from launchready_tui.load.server.sampling import Reading
from launchready_tui.model.evidence import Answer, Evidence, Failure, Fault
from launchready_tui.model.questions import Facts, Question
from launchready_tui.probes.dns import DnsProbe
from launchready_tui.probes.http import read_url
from launchready_tui.probes.httpfetch import Fetcher, Order
from launchready_tui.text import one_line

EVERY = 2.0
MOST_BYTES = 4 * 1024 * 1024
"""Bytes of one answer that are read; metrics behind them are not seen."""

REMEMBER_S = 60.0
"""How long an address is used before its name is looked up again."""

_ACCEPT = ("accept", "text/plain;version=0.0.4,application/openmetrics-text;version=1.0.0;q=0.9,*/*;q=0.1")
_MILLISECONDS = ("_ms", "_milliseconds", "_millis")

F = TypeVar("F", bound=Facts)
How = Literal["sum", "largest", "wait"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A series and the metric that gives it. `wait` reads a gauge, a counter or a summary of seconds waited; `waiting`
    is then the series for a counter that only tells how many waited. `constant` needs no metric.
    """

    series: str
    unit: str
    selector: Selector
    how: How = "sum"
    waiting: str = ""
    optional: bool = False
    constant: float | None = None


class Lookups:
    """An `Ask` for the address of an endpoint alone; answers are remembered for a minute."""

    def __init__(self, probe: DnsProbe) -> None:
        self._probe = probe
        self._known: dict[Question[Any], tuple[float, Answer[Any]]] = {}

    async def __call__(self, question: Question[F], /) -> Answer[F]:
        """Look a name up."""
        until, answer = self._known.get(question, (0.0, None))
        if answer is not None and time.monotonic() < until:
            return answer
        began = datetime.now(UTC)
        found = await self._probe.answer(question, 1, self)
        facts: Any = found.facts
        answer = Answer(Evidence("", question, 1, facts, found.failure, began, datetime.now(UTC)))
        self._known[question] = (time.monotonic() + REMEMBER_S, answer)
        return answer


class MetricsSampler:
    """One endpoint, asked once for everything that is wanted from it."""

    every = EVERY

    def __init__(
        self, name: str, url: str, wanted: Sequence[Wanted], fetcher: Fetcher, ask: Lookups, token: str = ""
    ) -> None:
        self.name = name
        self._url = url
        self._wanted = tuple(wanted)
        self._fetcher = fetcher
        self._ask = ask
        self._token = token
        self._before: dict[str, tuple[float, float, float]] = {}

    @property
    def units(self) -> Mapping[str, str]:
        """The unit of every wanted series."""
        units = {item.series: item.unit for item in self._wanted}
        return units | {item.waiting: "requests" for item in self._wanted if item.waiting}

    async def look(self) -> Reading | Failure:
        """Fetch once and read what is wanted."""
        url = read_url(self._url)
        if isinstance(url, Failure):
            return url
        headers = (_ACCEPT, *((("authorization", f"Bearer {self._token}"),) if self._token else ()))
        got = await self._fetcher.fetch(Order("GET", url, headers, max_bytes=MOST_BYTES), self._ask)
        if isinstance(got, Failure):
            return got
        status = got.response.status_code
        if status != 200:
            reason, fault = ("permission", Fault.PERMISSION) if status in (401, 403) else ("status", Fault.TARGET)
            return Failure(reason, f"the metrics endpoint answers {status}", fault)
        return await asyncio.to_thread(self._read, got.body, got.cut, time.monotonic())

    async def aclose(self) -> None:
        """Close the connections."""
        await self._fetcher.aclose()

    def _read(self, body: bytes, cut: bool, now: float) -> Reading | Failure:
        text = body.decode("utf-8", "replace")
        if cut:
            text = text.rpartition("\n")[0]
        if not exposition.looks_like_metrics(text):
            return Failure("malformed", "the metrics endpoint does not answer with Prometheus text", Fault.TARGET)
        values: dict[str, float] = {}
        missing: dict[str, Failure] = {}
        for item in self._wanted:
            found = self._values(text, item, now)
            values |= found
            if not found and not item.optional:
                missing[item.series] = _absent(item, cut, waiting=item.series in self._before)
        return Reading(values, missing)

    def _values(self, text: str, item: Wanted, now: float) -> dict[str, float]:
        if item.how == "wait":
            return self._wait(text, item, now)
        if item.constant is not None:
            return {item.series: item.constant}
        found = exposition.values(text, item.selector)
        if item.how == "largest":
            return {item.series: _in_seconds(max(found), item.selector.name)} if found else {}
        total = exposition.total(text, item.selector)
        return {} if total is None else {item.series: total}

    def _wait(self, text: str, item: Wanted, now: float) -> dict[str, float]:
        """How long a connection was waited for: by a gauge, else by what a counter gained since the last look."""
        name = item.selector.name
        base = name.removesuffix("_sum")
        waited = exposition.total(text, Selector(f"{base}_sum", item.selector.labels))
        waits = exposition.total(text, Selector(f"{base}_count", item.selector.labels))
        if waited is None or waits is None:
            waited, waits = exposition.total(text, item.selector), None
            if waited is None:
                return {}
            if not (exposition.is_counter(text, name) or name.endswith("_total")):
                largest = max(exposition.values(text, item.selector))
                return {item.series: _in_seconds(largest, name)}
        before = self._before.get(item.series)
        self._before[item.series] = (now, waited, waits or 0.0)
        if before is None or now <= before[0] or waited < before[1] or (waits or 0.0) < before[2]:
            # The first look, or the counter began anew.
            return {}
        gained = _in_seconds(waited - before[1], base)
        if waits is None:
            return {item.waiting: gained / (now - before[0])}
        count = waits - before[2]
        return {item.series: gained / count if count else 0.0}


def _absent(item: Wanted, cut: bool, *, waiting: bool) -> Failure:
    name = one_line(item.selector.name, 80)
    if waiting:
        return Failure("first-look", f"{name} is a counter: its first value alone says nothing", Fault.TARGET)
    if cut:
        message = f"{name} is not in the first {MOST_BYTES // 1024 // 1024} MB of the endpoint"
        return Failure("too-large", message, Fault.TARGET)
    return Failure("no-metric", f"the endpoint has no metric {name}", Fault.USAGE)


def _in_seconds(value: float, name: str) -> float:
    return value / 1000 if name.removesuffix("_total").endswith(_MILLISECONDS) else value


def is_delay(metric: str) -> bool:
    """Whether a queue's metric tells how long jobs wait, and not how many there are, by its name."""
    base = metric.removesuffix("_total")
    return base.endswith(("_seconds", "_latency", "_age", "_delay", *_MILLISECONDS))
