"""Samples a Redis list or stream: its length, and the age of its oldest job where the job itself says when it came."""

from __future__ import annotations

import json
import math
import re
import ssl
from collections.abc import Mapping
from datetime import datetime

from launchready_tui.load.server.resp import RedisPlace, RespBroken, RespConnection, RespError, Value, read_url
from launchready_tui.load.server.sampling import Reading
from launchready_tui.model.evidence import Failure, Fault
from launchready_tui.model.performance import Queue
from launchready_tui.model.questions.serverwatch import queue_added, queue_delay, queue_depth
from launchready_tui.text import one_line

EVERY = 2.0
OLDEST = 10 * 365 * 86_400.0
"""Ages beyond ten years are no ages, but some other number."""

_CAME = ("enqueued_at", "queued_at", "created_at", "pushedAt", "timestamp", "ts", "time", "sent_at")
_ID = re.compile(r"[\w:-]{1,80}")


class RedisQueueSampler:
    """One list or stream over one connection, which is opened anew after trouble."""

    every = EVERY

    def __init__(self, queue: Queue, url: str, context: ssl.SSLContext) -> None:
        """Raises `ValueError` for a URL that cannot be read; its text never holds the URL."""
        self._queue = queue
        self._place: RedisPlace = read_url(url)
        self._context = context
        self._connection: RespConnection | None = None

    @property
    def name(self) -> str:
        """Which queue."""
        return f"queue.{self._queue.id}"

    @property
    def units(self) -> Mapping[str, str]:
        """Length, age, and for streams how many were ever added."""
        queue = self._queue.id
        return {queue_depth(queue): "jobs", queue_delay(queue): "s", queue_added(queue): "jobs"}

    async def look(self) -> Reading | Failure:
        """Length and age now."""
        try:
            if self._connection is None:
                self._connection = await RespConnection.open(self._place, self._context)
            connection = self._connection
            return await (self._stream(connection) if self._queue.kind == "redis-stream" else self._list(connection))
        except RespError as error:
            if error.code in ("NOAUTH", "WRONGPASS", "NOPERM"):
                return Failure("permission", f"Redis refuses: {one_line(str(error), 120)}", Fault.PERMISSION)
            return Failure("refused-command", f"Redis answers: {one_line(str(error), 120)}", Fault.USAGE)
        except RespBroken as error:
            await self.aclose()
            return Failure("malformed", f"{self._place}: {error}", Fault.TARGET)
        except ssl.SSLError as error:
            await self.aclose()
            return Failure("tls", f"the TLS handshake with {self._place} broke: {one_line(str(error.reason), 80)}")
        except OSError as error:
            await self.aclose()
            reason = "refused" if isinstance(error, ConnectionRefusedError) else "unreachable"
            return Failure(reason, f"{self._place} cannot be reached: {one_line(error.strerror or str(error), 80)}")
        except BaseException:
            # A look that was cut off leaves half an answer on the line.
            await self.aclose()
            raise

    async def aclose(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            await self._connection.aclose()
            self._connection = None

    async def _list(self, connection: RespConnection) -> Reading | Failure:
        key, queue = self._queue.source, self._queue.id
        length = await connection.ask("LLEN", key)
        if not isinstance(length, int):
            raise RespBroken("LLEN gave no number")
        if length == 0:
            return Reading({queue_depth(queue): 0.0, queue_delay(queue): 0.0})
        now = await _now(connection)
        ages: list[float] = []
        for end in ("0", "-1"):
            job = await connection.ask("LINDEX", key, end)
            came = came_at(job) if isinstance(job, str) else None
            if came is None and isinstance(job, str) and _ID.fullmatch(job):
                # BullMQ keeps ids in the list and the job in a hash beside it.
                stamp = await self._hash_field(connection, f"{key.rpartition(':')[0]}:{job}")
                came = _seconds(stamp)
            if came is not None and 0 <= now - came < OLDEST:
                ages.append(now - came)
        values = {queue_depth(queue): float(length)}
        if not ages:
            why = Failure("no-time", f"the jobs of {one_line(key, 60)} do not say when they came", Fault.TARGET)
            return Reading(values, {queue_delay(queue): why})
        return Reading({**values, queue_delay(queue): max(ages)})

    @staticmethod
    async def _hash_field(connection: RespConnection, key: str) -> Value:
        try:
            return await connection.ask("HGET", key, "timestamp")
        except RespError:
            return None

    async def _stream(self, connection: RespConnection) -> Reading | Failure:
        stream, _, wanted = self._queue.source.partition("/")
        queue = self._queue.id
        try:
            groups = _dicts(await connection.ask("XINFO", "GROUPS", stream))
        except RespError as error:
            if "no such key" in str(error).lower():
                return Reading({queue_depth(queue): 0.0, queue_delay(queue): 0.0})
            raise
        added = await self._ever_added(connection, stream)
        names = [str(group.get("name")) for group in groups]
        if not groups and not wanted:
            length = await connection.ask("XLEN", stream)
            first = _first_id(await connection.ask("XRANGE", stream, "-", "+", "COUNT", "1"))
            return await self._measured(connection, float(length) if isinstance(length, int) else 0.0, first, added)
        if not wanted and len(groups) > 1:
            shown = ", ".join(one_line(name, 40) for name in names[:5])
            return Failure("input-missing", f"the stream has several groups ({shown}): write STREAM/GROUP", Fault.USAGE)
        group = groups[0] if not wanted else next((item for item in groups if item.get("name") == wanted), None)
        if group is None:
            return Failure("input-missing", f"the stream has no group {one_line(wanted, 60)}", Fault.USAGE)
        return await self._group(connection, stream, group, added)

    async def _group(
        self, connection: RespConnection, stream: str, group: Mapping[str, Value], added: float | None
    ) -> Reading:
        """Delivered and not acknowledged, and not yet delivered; the oldest of both counts."""
        pending, lag = group.get("pending"), group.get("lag")
        last = str(group.get("last-delivered-id") or "0-0")
        waiting = await connection.ask("XRANGE", stream, _after(last), "+", "COUNT", "1")
        oldest = _first_id(waiting)
        if isinstance(pending, int) and pending > 0:
            summary = await connection.ask("XPENDING", stream, str(group.get("name")))
            first = summary[1] if isinstance(summary, list) and len(summary) > 1 else None
            if isinstance(first, str):
                oldest = min(oldest, first, key=_milliseconds) if oldest else first
        if not isinstance(lag, int):
            # Before Redis 7, or after deletions: at most all entries, at least what is seen.
            length = await connection.ask("XLEN", stream)
            lag = length if oldest and isinstance(length, int) and isinstance(waiting, list) and waiting else 0
        depth = float(lag + (pending if isinstance(pending, int) else 0))
        return await self._measured(connection, depth, oldest, added)

    async def _measured(self, connection: RespConnection, depth: float, oldest: str, added: float | None) -> Reading:
        queue = self._queue.id
        age = max(0.0, await _now(connection) - _milliseconds(oldest) / 1000) if oldest and depth else 0.0
        values = {queue_depth(queue): depth, queue_delay(queue): age if age < OLDEST else 0.0}
        return Reading({**values, **({queue_added(queue): added} if added is not None else {})})

    @staticmethod
    async def _ever_added(connection: RespConnection, stream: str) -> float | None:
        facts = _dict(await connection.ask("XINFO", "STREAM", stream))
        added = facts.get("entries-added")
        return float(added) if isinstance(added, int) else None


def came_at(job: str) -> float | None:
    """When a job came, in Unix seconds, by what it says itself (Sidekiq, Laravel, RQ and the like); None if nothing."""
    if not job.lstrip().startswith("{"):
        return None
    try:
        data = json.loads(job)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    inner = data.get("headers") if isinstance(data.get("headers"), dict) else {}
    for name in _CAME:
        for place in (data, inner):
            assert isinstance(place, dict)
            if (found := _seconds(place.get(name))) is not None:
                return found
    return None


def _seconds(value: object) -> float | None:
    """A moment in Unix seconds: seconds, milliseconds or microseconds as a number or text, or ISO 8601."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        try:
            moment = datetime.fromisoformat(str(value)[:40])
        except ValueError:
            return None
        return moment.timestamp() if moment.tzinfo else None
    if not math.isfinite(number) or number < 1e9:
        return None
    for scale in (1.0, 1e3, 1e6):
        if number / scale < 1e11:
            return number / scale
    return None


async def _now(connection: RespConnection) -> float:
    """Redis' own clock, in Unix seconds: no other clock is compared with its streams."""
    value = await connection.ask("TIME")
    if isinstance(value, list) and value and isinstance(value[0], str) and value[0].isdigit():
        micro = value[1] if len(value) > 1 else "0"
        return int(value[0]) + (int(micro) / 1e6 if isinstance(micro, str) and micro.isdigit() else 0.0)
    raise RespBroken("TIME gave no time")


def _after(entry: str) -> str:
    """The smallest stream id behind one."""
    milliseconds, _, sequence = entry.partition("-")
    return f"{milliseconds}-{int(sequence) + 1}" if sequence.isdigit() else f"{milliseconds}-1"


def _milliseconds(entry: str) -> int:
    digits = entry.partition("-")[0]
    return int(digits) if digits.isdigit() else 0


def _first_id(entries: Value) -> str:
    first = entries[0] if isinstance(entries, list) and entries else None
    return str(first[0]) if isinstance(first, list) and first and isinstance(first[0], str) else ""


def _dict(value: Value) -> dict[str, Value]:
    """Redis' flat list of names and values."""
    if not isinstance(value, list):
        return {}
    return {str(name): item for name, item in zip(value[::2], value[1::2], strict=False)}


def _dicts(value: Value) -> list[dict[str, Value]]:
    return [_dict(item) for item in value] if isinstance(value, list) else []
