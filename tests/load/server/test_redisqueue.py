"""Redis lists and streams: against a real server, and against servers that are none."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from launchready_tui.load.server.redisqueue import RedisQueueSampler, came_at
from launchready_tui.load.server.resp import MOST_BYTES, RedisPlace, RespBroken, RespConnection, read_url
from launchready_tui.load.server.sampling import Reading
from launchready_tui.model.evidence import Failure
from launchready_tui.model.performance import Queue, QueueKind
from tests.redisserver import running_redis, say

LIST, STREAM = Queue("mail", "redis-list", "mail:wait"), Queue("mail", "redis-stream", "jobs/workers")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with running_redis() as number:
        yield number


@pytest.fixture
def empty(port: int) -> int:
    say(port, "FLUSHALL")
    return port


async def look(queue: Queue, url: str) -> Reading | Failure:
    sampler = RedisQueueSampler(queue, url, ssl.create_default_context())
    try:
        async with asyncio.timeout(10):
            return await sampler.look()
    finally:
        await sampler.aclose()


async def reading(queue: Queue, port: int) -> Reading:
    found = await look(queue, f"redis://127.0.0.1:{port}/0")
    assert isinstance(found, Reading)
    return found


def ages(found: Reading) -> float:
    return found.values["queue.mail.delay"]


async def test_an_empty_list_does_not_wait(empty: int) -> None:
    assert (await reading(LIST, empty)).values == {"queue.mail.depth": 0.0, "queue.mail.delay": 0.0}


@pytest.mark.parametrize("push", ["LPUSH", "RPUSH"])
async def test_the_oldest_job_counts_at_whichever_end_it_waits(empty: int, push: str) -> None:
    now = time.time()
    for age in (90, 30, 5):
        say(empty, push, "mail:wait", json.dumps({"class": "Mail", "enqueued_at": now - age}))
    found = await reading(LIST, empty)
    assert found.values["queue.mail.depth"] == 3
    assert 85 < ages(found) < 120


async def test_bullmq_keeps_the_time_in_a_hash_beside_the_list(empty: int) -> None:
    say(empty, "LPUSH", "bull:mail:wait", "17")
    say(empty, "HSET", "bull:mail:17", "timestamp", str(round((time.time() - 42) * 1000)))
    found = await reading(Queue("mail", "redis-list", "bull:mail:wait"), empty)
    assert 40 < ages(found) < 70


async def test_jobs_without_a_time_have_a_length_and_a_reason(empty: int) -> None:
    say(empty, "LPUSH", "mail:wait", "opaque", "{}")
    found = await reading(LIST, empty)
    assert found.values == {"queue.mail.depth": 2.0}
    assert found.missing["queue.mail.delay"].reason == "no-time"


async def test_a_stream_counts_what_is_not_delivered_and_not_acknowledged(empty: int) -> None:
    old = round((time.time() - 100) * 1000)
    say(empty, "XADD", "jobs", f"{old}-0", "job", "1")
    say(empty, "XGROUP", "CREATE", "jobs", "workers", "0")
    say(empty, "XADD", "jobs", f"{old + 50_000}-0", "job", "2")
    say(empty, "XADD", "jobs", f"{old + 90_000}-0", "job", "3")
    found = await reading(STREAM, empty)
    assert (found.values["queue.mail.depth"], found.values["queue.mail.added"]) == (3.0, 3.0)
    assert 95 < ages(found) < 130
    say(empty, "XREADGROUP", "GROUP", "workers", "w", "COUNT", "1", "STREAMS", "jobs", ">")
    found = await reading(STREAM, empty)
    assert found.values["queue.mail.depth"] == 3.0
    assert ages(found) > 95, "it was delivered, but not done"
    say(empty, "XACK", "jobs", "workers", f"{old}-0")
    found = await reading(STREAM, empty)
    assert found.values["queue.mail.depth"] == 2.0
    assert 45 < ages(found) < 80


async def test_a_stream_needs_its_group_where_there_are_several(empty: int) -> None:
    say(empty, "XADD", "jobs", "*", "job", "1")
    plain = Queue("mail", "redis-stream", "jobs")
    assert (await reading(plain, empty)).values["queue.mail.depth"] == 1
    say(empty, "XGROUP", "CREATE", "jobs", "one", "$")
    assert (await reading(plain, empty)).values["queue.mail.depth"] == 0
    say(empty, "XGROUP", "CREATE", "jobs", "two", "0")
    found = await look(plain, f"redis://127.0.0.1:{empty}")
    assert isinstance(found, Failure)
    assert "one" in found.message
    found = await look(Queue("mail", "redis-stream", "jobs/three"), f"redis://127.0.0.1:{empty}")
    assert isinstance(found, Failure)
    assert found.reason == "input-missing"


@pytest.mark.parametrize("kind", ["redis-list", "redis-stream"])
async def test_a_key_of_another_kind_is_a_failure(empty: int, kind: QueueKind) -> None:
    say(empty, "SET", "jobs", "text")
    found = await look(Queue("mail", kind, "jobs"), f"redis://127.0.0.1:{empty}")
    assert isinstance(found, Failure)
    assert found.reason == "refused-command"


async def test_a_password_is_given_and_never_shown() -> None:
    with running_redis("--requirepass", "open-sesame-77") as port:
        say_ok = await look(LIST, f"redis://:open-sesame-77@127.0.0.1:{port}/2")
        assert isinstance(say_ok, Reading)
        for url in (f"redis://127.0.0.1:{port}", f"redis://:wrong-99@127.0.0.1:{port}"):
            found = await look(LIST, url)
            assert isinstance(found, Failure)
            assert found.reason == "permission"
            assert "wrong-99" not in found.message
    assert "open-sesame" not in repr(read_url("redis://u:open-sesame@h:1/2"))


async def test_a_server_that_goes_away_and_comes_back_is_asked_again() -> None:
    with running_redis() as port:
        sampler = RedisQueueSampler(LIST, f"redis://127.0.0.1:{port}", ssl.create_default_context())
        assert isinstance(await sampler.look(), Reading)
    found = await sampler.look()
    assert isinstance(found, Failure)
    with running_redis(at=port):
        assert isinstance(await sampler.look(), Reading)
    await sampler.aclose()


# --- servers that are no Redis ----------------------------------------------------------------------------------------


@asynccontextmanager
async def answering(answer: bytes, *, endless: bool = False) -> AsyncIterator[int]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.read(10)
            writer.write(answer)
            while endless:
                writer.write(b"x" * 65_536)
                await writer.drain()
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()


@pytest.mark.parametrize(
    ("answer", "endless"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", False),
        (b":not a number\r\n", False),
        (b":" + b"9" * 50 + b"\r\n", False),
        (b"$99999999999\r\n", False),
        (b"$-5\r\n", False),
        (b"*1000000\r\n", False),
        pytest.param(b"*1\r\n" * 100, False, id="nested"),
        (b"$5\r\nab", False),
        (b"", False),
        (b"+OK\r\n", False),
        (b"+", True),
        (b"$900000000\r\n", True),
    ],
)
async def test_whatever_answers_it_is_a_failure_in_bounded_memory(answer: bytes, endless: bool) -> None:
    async with answering(answer, endless=endless) as port:
        found = await look(LIST, f"redis://127.0.0.1:{port}")
    assert isinstance(found, Failure)
    assert found.reason == "malformed"


async def test_an_answer_is_never_larger_than_its_bound() -> None:
    many = b"*3\r\n" + (b"$400000\r\n" + b"y" * 400_000 + b"\r\n") * 3
    assert len(many) > MOST_BYTES
    async with answering(many) as port:
        connection = await RespConnection.open(RedisPlace("127.0.0.1", port, 0, "", "", False), None)
        with pytest.raises(RespBroken, match="bytes"):
            await connection.ask("TIME")
        await connection.aclose()


def test_only_commands_that_read_can_be_asked() -> None:
    async def ask() -> None:
        async with answering(b"+OK\r\n") as port:
            connection = await RespConnection.open(RedisPlace("127.0.0.1", port, 0, "", "", False), None)
            await connection.ask("FLUSHALL")

    with pytest.raises(AssertionError):
        asyncio.run(ask())


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("redis://h", RedisPlace("h", 6379, 0, "", "", False)),
        ("rediss://u:p%40ss@h:1/3", RedisPlace("h", 1, 3, "u", "p@ss", True)),
        ("redis://:p@h?db=4", RedisPlace("h", 6379, 4, "", "p", False)),
        ("unix:///run/redis.sock?db=1", RedisPlace("127.0.0.1", 6379, 1, "", "", False, "/run/redis.sock")),
    ],
)
def test_urls(url: str, place: RedisPlace) -> None:
    assert read_url(url) == place


@pytest.mark.parametrize("url", ["", "h:6379", "http://u:sec-ret@h", "redis://sec-ret@h:x", "redis://:sec-ret@h/abc"])
def test_a_url_that_cannot_be_read_is_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match="Redis URL") as caught:
        read_url(url)
    assert "sec-ret" not in str(caught.value)


@pytest.mark.parametrize(
    ("job", "expected"),
    [
        ('{"enqueued_at": 1732448400.5}', 1732448400.5),
        ('{"enqueued_at": 1732448400500}', 1732448400.5),
        ('{"created_at": "2024-11-24T11:40:00Z"}', 1732448400.0),
        ('{"pushedAt": "1732448400.5"}', 1732448400.5),
        ('{"headers": {"timestamp": 1732448400000000}}', 1732448400.0),
        ('{"created_at": "2024-11-24T11:40:00"}', None),
        ('{"ts": 12}', None),
        ('{"ts": "NaN"}', None),
        ('{"ts": true}', None),
        ("[1732448400]", None),
        ("{", None),
        pytest.param("{" * 50_000, None, id="braces"),
        pytest.param('{"a":' * 50_000, None, id="nested"),
    ],
)
def test_when_a_job_came(job: str, expected: float | None) -> None:
    assert came_at(job) == expected
