"""Samples of real servers: what is counted, what ends them, what the parts of the time are."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from launchready_tui.model.evidence import Answer, Failure
from launchready_tui.model.questions import LatencySample, Login
from launchready_tui.model.questions.latency import Latencies
from launchready_tui.probes.latency import server_times
from tests.probes.looking import Bench, at_the_door, bench, logged_in
from tests.probes.servers import HttpHandler, Seen, always, response


@dataclass
class Shop:
    """Answers with the statuses in turn, the last one for ever; `timing` is its Server-Timing."""

    statuses: list[int] = field(default_factory=lambda: [200])
    timing: str = ""
    pause: float = 0.0
    closes: bool = False

    async def __call__(self, seen: Seen, writer: asyncio.StreamWriter) -> bytes | None:
        await asyncio.sleep(self.pause)
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if not status:
            return None
        headers = (("Server-Timing", self.timing),) if self.timing else ()
        writer.write(response(status, b"x" * 3_000, *headers))
        return None if self.closes else b""


async def sampled(there: Bench, requests: int = 12, warm_up: int = 2) -> Answer[Latencies]:
    return await there.ask(LatencySample(there.url("/"), requests, warm_up, 0.0))


async def test_requests_come_one_after_the_other_on_one_connection() -> None:
    async with bench(Shop(pause=0.01)) as there:
        facts = (await sampled(there)).facts
        assert (len(facts.timings), len(facts.warm_up), len(there.server.seen)) == (10, 2, 12)
        assert there.server.connections == 1
        assert [timing.reused for timing in facts.warm_up] == [False, True]
        assert all(timing.reused and not timing.connect for timing in facts.timings)
        assert all(timing.total >= timing.wait > timing.body >= 0 for timing in facts.timings)
        assert facts.warm_up[0].total > facts.warm_up[0].connect > 0
        assert (facts.bytes, facts.http_version, facts.stopped) == (3_000, "HTTP/1.1", "")
        assert {timing.status for timing in facts.timings} == {200}


async def test_a_server_that_closes_each_time_costs_a_connection_each_time() -> None:
    async with bench(Shop(closes=True)) as there:
        facts = (await sampled(there)).facts
        assert not any(timing.reused for timing in facts.timings)
        assert there.server.connections == 12


async def test_server_timing_is_the_median_of_what_counts() -> None:
    async with bench(Shop(timing='db;dur=12.5;desc="a", app;dur=3, cache;desc=HIT')) as there:
        facts = (await sampled(there)).facts
        assert {(item.name, item.median, item.count) for item in facts.server} == {("db", 12.5, 10), ("app", 3, 10)}


@pytest.mark.parametrize(
    "value",
    ["", ",,,", "db", "db;dur=", "db;dur=x", "x" * 9_000, "=;dur=1", "db;dur=1e9", "\x00;dur=1", ";" * 5_000],
)
def test_hostile_server_timings(value: str) -> None:
    assert all(duration >= 0 for _, duration in server_times((("server-timing", value),)))


async def test_a_brake_ends_the_sample() -> None:
    async with bench(Shop([*[200] * 5, 429])) as there:
        facts = (await sampled(there)).facts
        assert (facts.stopped, len(facts.timings), len(there.server.seen)) == ("rate-limited", 3, 6)


async def test_a_brake_or_wall_from_the_start_is_a_failure() -> None:
    handlers: list[tuple[HttpHandler, str]] = [
        (Shop([429]), "rate-limited"),
        (always(response(403, b"x", ("cf-mitigated", "challenge"))), "bot-wall"),
        (Shop([0]), "reset"),
    ]
    for handler, reason in handlers:
        async with bench(handler) as there:
            answer = await sampled(there)
            assert isinstance(answer.failure, Failure)
            assert answer.failure.reason == reason
            assert len(there.server.seen) <= 6


async def test_a_lost_answer_is_counted_and_three_in_a_row_end_it() -> None:
    async with bench(Shop([200, 200, 200, 0, 0, 200], closes=True)) as there:
        facts = (await sampled(there)).facts
        # A fresh connection that breaks is not tried again.
        assert [timing.failure for timing in facts.timings if not timing.status] == ["reset", "reset"]
        assert not facts.stopped
    async with bench(Shop([200, 200, 200, 0], closes=True)) as there:
        facts = (await sampled(there)).facts
        assert facts.stopped == "reset"


async def test_other_statuses_are_kept_for_the_judgement() -> None:
    async with bench(Shop([500])) as there:
        facts = (await sampled(there)).facts
        assert {timing.status for timing in facts.timings} == {500}


async def test_nobody_waits_a_minute_to_confirm_a_sample() -> None:
    async with bench(Shop()) as there:
        question = LatencySample(there.url("/"), 5, 1, 0.0)
        first = await there.ask(question)
        again = await there.ask(question, 2)
        assert again.facts == first.facts
        assert len(there.server.seen) == 5


async def test_the_number_of_requests_is_bounded() -> None:
    async with bench(Shop(), pace=100_000.0) as there:
        facts = (await sampled(there, 100_000)).facts
        assert len(facts.timings) + len(facts.warm_up) == 600


async def test_the_products_own_pace_overrides_the_interval() -> None:
    async with bench(Shop(), pace=50.0) as there:
        question = LatencySample(there.url("/"), 4, 1, 3_600.0)
        assert (await there.ask(question)).facts.interval == 0.02


async def test_as_an_account() -> None:
    async def shop(seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        return at_the_door(seen) or response(200 if logged_in(seen) == "buyer" else 401)

    async with bench(shop) as there:
        login = Login(there.url("/login"), "buyer")
        assert (await there.ask(login)).facts.accepted
        sample = LatencySample(there.url("/me"), 4, 1, 0.0, login.session)
        assert {timing.status for timing in (await there.ask(sample)).facts.timings} == {200}


def test_patience_is_enough_for_a_slow_product() -> None:
    assert LatencySample("https://a.test/").patience > 65 * 5
