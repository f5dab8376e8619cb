"""The watch: one timeline, gaps instead of errors, thinning, the wait for a quiet server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from launchready_tui.load.server import BASELINE_S, watching
from launchready_tui.load.server import watch as watch_module
from launchready_tui.load.server.sampling import Reading
from launchready_tui.load.server.setup import set_up
from launchready_tui.load.server.watch import MOST_POINTS, Watch, thinned
from launchready_tui.model import codec
from launchready_tui.model.evidence import Failure
from launchready_tui.model.performance import Database, Dependency, Logs, Queue, Server
from launchready_tui.model.product import Network, Product
from launchready_tui.model.questions.serverwatch import CallCount, ServerWatch
from tests.probes.servers import always, http_server, response

Look = Callable[[], Reading | Failure]


class Scripted:
    """A sampler that says what it is told."""

    def __init__(
        self, look: Look, name: str = "metrics", units: Mapping[str, str] = MappingProxyType({"memory": "bytes"})
    ) -> None:
        self.name = name
        self.every = 0.0
        self.units = units
        self.closed = False
        self._look = look

    async def look(self) -> Reading | Failure:
        await asyncio.sleep(0)
        return self._look()

    async def aclose(self) -> None:
        self.closed = True


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what a sampler's own task does."""
    while not condition():  # noqa: ASYNC110 - there is no event to wait for
        await asyncio.sleep(0.01)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def watch_of(
    *looks: Reading | Failure, units: Mapping[str, str] = MappingProxyType({"memory": "bytes"})
) -> ServerWatch:
    """What is told after those looks, a second apart, of which the first two come before the load."""
    clock = Clock()
    sampler = Scripted(lambda: Reading(), units=units)
    watch = Watch([sampler], clock=clock)
    for number, found in enumerate(looks):
        if number == 2:
            watch.begin()
        clock.now += 1
        watch._keep(sampler, found, clock.now - 0.1)
    return watch.facts()


def memory(value: float) -> Reading:
    return Reading({"memory": value})


TIMEOUT = Failure("timeout", "no answer")


def test_the_baseline_has_negative_times() -> None:
    facts = watch_of(memory(1), memory(2), memory(3))
    assert facts.points("memory") == ((-1.0, 1), (0.0, 2), (1.0, 3))
    assert facts.until == 1.0


def test_a_failing_look_is_a_gap_and_the_next_one_closes_it() -> None:
    facts = watch_of(memory(1), memory(1), TIMEOUT, TIMEOUT, memory(4), TIMEOUT, Failure("refused", "nobody\x1b[2J"))
    assert [(gap.sampler, gap.at, gap.until, gap.reason) for gap in facts.gaps] == [
        ("metrics", 0.9, 2.0, "timeout"),
        ("metrics", 3.9, 4.0, "timeout"),
        ("metrics", 4.9, 5.0, "refused"),
    ]
    assert "\x1b" not in facts.gaps[-1].message
    assert not facts.unwatched


def test_a_series_that_never_had_a_value_is_unwatched_with_its_reason() -> None:
    units = {"memory": "bytes", "pool.wait": "s"}
    missing = Reading({"memory": 1.0}, {"pool.wait": Failure("no-metric", "no such metric")})
    facts = watch_of(missing, missing, units=units)
    assert [(item.what, item.reason) for item in facts.unwatched] == [("pool.wait", "no-metric")]
    facts = watch_of(TIMEOUT, memory(1.0), units={**units, "process.started": "time"})
    assert not facts.unwatched, "the endpoint simply has no such figure, and an old failure is no reason"
    facts = watch_of(TIMEOUT, TIMEOUT, units={**units, "process.started": "time"})
    assert {item.what: item.reason for item in facts.unwatched} == {"memory": "timeout", "pool.wait": "timeout"}


def test_calls_are_put_into_buckets_of_the_timeline() -> None:
    looks = [Reading(calls={"a.test": CallCount(0, 2, 1)}) for _ in range(14)]
    [found] = watch_of(*looks, units={}).dependencies
    assert found.host == "a.test"
    assert [(count.at, count.calls, count.throttled) for count in found.counts] == [
        (-10.0, 2, 1),
        (0.0, 20, 10),
        (10.0, 6, 3),
    ]
    assert found.calls == 28


def test_a_long_test_has_coarser_points_that_keep_the_peak() -> None:
    looks = [memory(100.0 if number == 777 else 1.0) for number in range(4 * MOST_POINTS)]
    points = watch_of(*looks).points("memory")
    assert len(points) <= 2 * MOST_POINTS
    assert max(value for _, value in points) == 100.0
    assert [at for at, _ in points] == sorted(at for at, _ in points)
    assert thinned([(0, 1), (1, 5), (2, 3)], keep_peaks=False) == [(1, 5), (2, 3)]


async def test_samplers_that_hang_or_break_stop_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_module, "LOOK_S", 0.05)

    class Hanging(Scripted):
        async def look(self) -> Reading | Failure:
            await asyncio.Event().wait()
            raise AssertionError

    def broken() -> Reading:
        raise KeyError("surprise")

    good = Scripted(lambda: memory(5))
    samplers = [Hanging(good._look, "slow", {"a": "s"}), Scripted(broken, "broken", {"b": "s"}), good]
    watch = Watch(samplers)
    watch.start()
    await until(lambda: bool(watch.latest()) and {"slow", "broken"} <= watch.troubles().keys())
    await watch.aclose()
    facts = watch.facts()
    assert {item.what: item.reason for item in facts.unwatched} == {"a": "timeout", "b": "bug"}
    assert facts.points("memory")
    assert all(sampler.closed for sampler in samplers)


async def test_waiting_for_quiet_ends_when_queues_are_drained_and_memory_is_back() -> None:
    depths = [0.0, 40.0, 20.0, 0.0]
    clock = Clock()
    sampler = Scripted(lambda: Reading(), units={"queue.mail.depth": "jobs", "memory": "bytes"})
    watch = Watch([sampler], clock=clock)

    def see(depth: float, size: float) -> None:
        clock.now += 1
        watch._keep(sampler, Reading({"queue.mail.depth": depth, "memory": size}), clock.now)

    see(0, 100)
    watch.begin()
    for depth in depths:
        see(depth, 120)
    waiting = asyncio.create_task(watch.until_quiet(1_000, patience_s=0.001))
    await asyncio.sleep(0.02)
    assert not waiting.done(), "the memory is not back"
    for _ in range(3):
        assert not waiting.done(), "one quiet look is not enough"
        see(0, 109)
        await asyncio.sleep(0.02)
    assert await waiting


async def test_waiting_for_quiet_has_an_end() -> None:
    watch = Watch([Scripted(lambda: Reading({"queue.mail.depth": next(numbers)}), units={"queue.mail.depth": "jobs"})])
    numbers = iter(range(10_000_000))
    watch.start()
    await until(lambda: bool(watch.latest()))
    watch.begin()
    assert not await watch.until_quiet(0.6, patience_s=0.01)
    await watch.aclose()
    assert await Watch([]).until_quiet(1_000)


def no_tokens(name: str) -> str | None:
    return None


def test_a_bare_profile_says_what_nobody_watches() -> None:
    setup = set_up(Product("Acme", "acme.test"), no_tokens)
    assert not setup.samplers
    assert {item.what: item.reason for item in setup.unwatched} == {
        "db.used": "input-missing",
        "memory": "input-missing",
        "app-log": "input-missing",
        "queues": "input-missing",
    }
    assert "launchready token set database" in setup.unwatched[0].message


def test_every_declared_part_gets_its_sampler_or_its_reason(tmp_path: Path) -> None:
    product = Product(
        "Acme",
        "acme.test",
        base=str(tmp_path),
        database=Database("mysql"),
        logs=Logs(app=("app.log",)),
        server=Server("http://127.0.0.1:9/metrics", connections="conns", max_connections="20", pool_wait="wait{"),
        dependencies=(Dependency("stripe", "api.stripe.com"),),
        queues=(
            Queue("table", "table", "jobs"),
            Queue("list", "redis-list", "mail"),
            Queue("other", "redis-stream", "s/g", token="second"),
            Queue("age", "prometheus", "job_age_seconds"),
            Queue("bad", "prometheus", "a{b", url="http://127.0.0.1:9/other"),
        ),
    )
    tokens = {"redis": "redis://127.0.0.1:1", "second": "http://secret-77@nowhere"}
    setup = set_up(product, tokens.get)
    names = [sampler.name for sampler in setup.samplers]
    assert names == ["queue.list", "metrics", "app-log"]
    assert setup.samplers[1].units.keys() == {"process.started", "memory", "db.used", "db.limit", "queue.age.delay"}
    reasons = {item.what: item.reason for item in setup.unwatched}
    assert reasons == {
        "db.used": "no-driver",
        "queue.table.depth": "input-missing",
        "queue.other.depth": "malformed",
        "pool.wait": "malformed",
        "queue.bad.depth": "malformed",
    }
    assert "secret-77" not in repr(setup.unwatched)


async def test_watching_a_product_end_to_end(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("")
    body = response(body=b"process_resident_memory_bytes 42\nprocess_start_time_seconds 1.7e9\njobs 3\n")
    async with http_server(always(body)) as server:
        product = Product(
            "Acme",
            "acme.test",
            base=str(tmp_path),
            network=Network(public=("127.0.0.0/8",)),
            server=Server(f"http://127.0.0.1:{server.port}/metrics"),
            logs=Logs(app=("app.log",)),
            queues=(Queue("mail", "prometheus", "jobs"),),
            dependencies=(Dependency("stripe", "api.stripe.com"),),
        )
        async with watching(product, no_tokens) as watch:
            await until(lambda: bool(watch.latest()))
            watch.begin()
            with log.open("a") as file:
                file.write('{"dependency": "stripe", "status": 429}\n')
            await until(lambda: bool(watch.facts().dependencies))
            facts = watch.facts()
    assert facts.points("memory")[0][1] == 42
    assert facts.points("queue.mail.depth")[0][1] == 3
    assert facts.dependencies[0].counts[0].throttled == 1
    assert facts.points("memory")[0][0] <= 0
    assert BASELINE_S > 2
    assert codec.plain(facts)["series"]
