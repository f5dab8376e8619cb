"""The metrics sampler against loopback servers, honest and hostile."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from launchready_tui.load.server.exposition import read_selector
from launchready_tui.load.server.metrics import Lookups, MetricsSampler, Wanted, is_delay
from launchready_tui.load.server.sampling import Reading
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Network
from launchready_tui.probes.dialling import DialPolicy
from launchready_tui.probes.dns import DnsProbe
from launchready_tui.probes.httpfetch import Fetcher, Times
from launchready_tui.probes.trust import verifying_context
from tests.probes.servers import HttpHandler, Seen, always, http_server, response

LOOPBACK = Network(public=("127.0.0.0/8",))
MEMORY = Wanted("memory", "bytes", read_selector("process_resident_memory_bytes"))


def sampler(
    port: int, *wanted: Wanted, network: Network = LOOPBACK, token: str = "", slow: float = 4.0
) -> MetricsSampler:
    fetcher = Fetcher(DialPolicy(network), verifying_context(network, "."), Times(1.0, slow))
    url = f"http://127.0.0.1:{port}/metrics"
    return MetricsSampler("metrics", url, wanted or (MEMORY,), fetcher, Lookups(DnsProbe(network)), token)


def text(body: str, status: int = 200) -> bytes:
    return response(status, body.encode(), media_type="text/plain; version=0.0.4")


async def looks(handler: HttpHandler, *wanted: Wanted, times: int = 1, slow: float = 4.0) -> list[Reading | Failure]:
    async with http_server(handler) as server:
        one = sampler(server.port, *wanted, slow=slow)
        try:
            return [await one.look() for _ in range(times)]
        finally:
            await one.aclose()


async def first(handler: HttpHandler, *wanted: Wanted, slow: float = 4.0) -> Reading | Failure:
    [found] = await looks(handler, *wanted, slow=slow)
    return found


async def test_a_gauge_is_summed_over_processes() -> None:
    body = 'process_resident_memory_bytes{pid="1"} 100\nprocess_resident_memory_bytes{pid="2"} 50\n'
    assert await first(always(text(body))) == Reading({"memory": 150.0})


def in_turn(bodies: Sequence[str]) -> HttpHandler:
    left = list(bodies)

    async def handle(seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        return text(left.pop(0))

    return handle


WAIT = Wanted("pool.wait", "s", read_selector("pool_wait_seconds"), "wait", "pool.waiting")


async def test_a_histogram_of_waits_gives_the_mean_wait_since_the_last_look() -> None:
    bodies = [
        f"pool_wait_seconds_sum {total}\npool_wait_seconds_count {count}\n"
        for total, count in ((1.0, 10), (3.0, 20), (3.0, 20), (0.0, 0))
    ]
    found = await looks(in_turn(bodies), WAIT, times=4)
    assert [item.values for item in found if isinstance(item, Reading)] == [
        {},
        {"pool.wait": 0.2},
        {"pool.wait": 0.0},
        {},
    ]
    assert isinstance(found[0], Reading)
    assert found[0].missing["pool.wait"].reason == "first-look"


async def test_a_counter_of_waits_gives_how_many_wait() -> None:
    counter = Wanted("pool.wait", "s", read_selector("pool_wait_seconds_total"), "wait", "pool.waiting")
    bodies = ["pool_wait_seconds_total 1\n", "pool_wait_seconds_total 5\n"]
    second = (await looks(in_turn(bodies), counter, times=2))[1]
    assert isinstance(second, Reading)
    assert second.values["pool.waiting"] > 0


async def test_a_gauge_of_waits_is_the_largest_one_in_seconds() -> None:
    gauge = Wanted("pool.wait", "s", read_selector("pool_wait_ms"), "wait", "pool.waiting")
    found = await first(always(text('pool_wait_ms{p="1"} 40\npool_wait_ms{p="2"} 250\n')), gauge)
    assert found == Reading({"pool.wait": 0.25})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("other 1\n", "no-metric"),
        ("<html>sign in</html>", "malformed"),
        ("", "malformed"),
        ("\x00\xff\x1b[2J", "malformed"),
    ],
)
async def test_what_is_not_there_has_a_reason(body: str, reason: str) -> None:
    found = await first(always(text(body)))
    failure = found if isinstance(found, Failure) else found.missing["memory"]
    assert failure.reason == reason


@pytest.mark.parametrize(
    ("status", "reason"), [(401, "permission"), (403, "permission"), (500, "status"), (302, "status")]
)
async def test_a_status_is_a_failure(status: int, reason: str) -> None:
    found = await first(always(text("", status)))
    assert isinstance(found, Failure)
    assert found.reason == reason


async def test_ten_megabytes_are_cut_and_what_stands_first_is_read() -> None:
    body = "process_resident_memory_bytes 7\n" + 'noise{a="b"} 1\n' * 700_000
    assert len(body) > 10_000_000
    assert await first(always(text(body))) == Reading({"memory": 7.0})
    found = await first(always(text("noise 1\n" * 1_300_000 + "process_resident_memory_bytes 7\n")))
    assert isinstance(found, Reading)
    assert found.missing["memory"].reason == "too-large"


async def test_an_endless_answer_ends_in_a_failure_or_with_what_was_read() -> None:
    async def endless(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        while True:
            writer.write(b"noise 1\n" * 10_000)
            await writer.drain()

    found = await first(endless)
    assert isinstance(found, Failure) or found.missing["memory"].reason == "too-large"


async def test_a_dripping_answer_ends_in_a_timeout() -> None:
    async def dripping(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        while True:
            writer.write(b"#")
            await writer.drain()
            await asyncio.sleep(0.02)

    found = await first(dripping, slow=0.5)
    assert isinstance(found, Failure)
    assert found.reason == "timeout"


async def test_a_private_address_needs_the_word_of_the_profile() -> None:
    async with http_server(always(text("process_resident_memory_bytes 1\n"))) as server:
        found = await sampler(server.port, network=Network()).look()
        assert isinstance(found, Failure)
        assert found.reason == "not-public"
        assert not server.seen


async def test_nobody_listens() -> None:
    async with http_server(always(b"")) as server:
        port = server.port
    found = await sampler(port).look()
    assert isinstance(found, Failure)
    assert found.reason == "refused"


async def test_a_token_is_sent_as_a_bearer() -> None:
    async with http_server(always(text("process_resident_memory_bytes 1\n"))) as server:
        one = sampler(server.port, token="s3cret")
        await one.look()
        await one.aclose()
        assert server.seen[0].headers["authorization"] == "Bearer s3cret"


def test_a_delay_is_told_from_a_depth_by_its_name() -> None:
    assert is_delay("sidekiq_queue_latency_seconds")
    assert is_delay("job_age")
    assert not is_delay("sidekiq_queue_size")
