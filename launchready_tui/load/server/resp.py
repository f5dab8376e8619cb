"""A small Redis client: a few read-only commands, one connection, every answer bounded in size.

The Redis protocol (RESP2) is a handful of lines; a client library would be one more dependency, and none of them bounds
what a hostile server makes it hold. Nothing here writes: the commands are those of `COMMANDS`, others are refused.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import parse_qs, unquote, urlsplit

MOST_BYTES = 1024 * 1024
"""The longest answer, in all its parts."""

MOST_ITEMS = 10_000
DEEPEST = 8

COMMANDS = frozenset(
    {"AUTH", "SELECT", "PING", "TIME", "TYPE", "LLEN", "LINDEX", "HGET", "XLEN", "XPENDING", "XINFO", "XRANGE"}
)

Value: TypeAlias = "int | str | list[Value] | RespError | None"


class RespError(Exception):
    """An answer that is an error: `code` is its first word (`WRONGTYPE`, `NOAUTH`, `MOVED` …)."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.code = text.split(" ", 1)[0][:40]


class RespBroken(Exception):
    """The server does not speak the protocol, or says more than anybody needs."""


@dataclass(frozen=True, slots=True)
class RedisPlace:
    """Where a Redis is. `socket` is a path for Unix sockets; `password` is never shown."""

    host: str
    port: int
    database: int
    user: str
    password: str
    tls: bool
    socket: str = ""

    def __repr__(self) -> str:
        return f"RedisPlace({self})"

    def __str__(self) -> str:
        return self.socket or f"{self.host}:{self.port}"


def read_url(url: str) -> RedisPlace:
    """`redis://[user:password@]host[:port][/database]`, `rediss://…`, `unix://…/path?db=0`. Raises `ValueError`.

    The message never repeats the URL: it may hold a password.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port or 6379
    except ValueError:
        raise ValueError("the Redis URL cannot be read") from None
    if parts.scheme not in ("redis", "rediss", "unix", "redis+socket"):
        raise ValueError("the Redis URL begins with redis://, rediss:// or unix://")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    query = parse_qs(parts.query)
    is_socket = parts.scheme in ("unix", "redis+socket")
    number = (query.get("db") or query.get("virtual_host") or [""])[0] or ("" if is_socket else parts.path.strip("/"))
    if number and not number.isdecimal():
        raise ValueError("the database of the Redis URL is a number: redis://host:6379/0")
    return RedisPlace(
        host=parts.hostname or "127.0.0.1",
        port=port,
        database=int(number or 0),
        user=user,
        password=password,
        tls=parts.scheme == "rediss",
        socket=unquote(parts.path) if is_socket else "",
    )


class RespConnection:
    """One connection, used by one task at a time. The time limit is the caller's."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._left = 0

    @classmethod
    async def open(cls, place: RedisPlace, context: ssl.SSLContext | None) -> RespConnection:
        """Connect, log in, choose the database. Raises `OSError`, `RespError` or `RespBroken`."""
        if place.socket:
            reader, writer = await asyncio.open_unix_connection(place.socket, limit=MOST_BYTES)
        else:
            tls = context if place.tls else None
            name = place.host if place.tls else None
            reader, writer = await asyncio.open_connection(
                place.host, place.port, ssl=tls, server_hostname=name, limit=MOST_BYTES
            )
        connection = cls(reader, writer)
        try:
            if place.password:
                await connection.ask("AUTH", *((place.user,) if place.user else ()), place.password)
            if place.database:
                await connection.ask("SELECT", str(place.database))
        except BaseException:
            await connection.aclose()
            raise
        return connection

    async def ask(self, command: str, *arguments: str) -> Value:
        """The answer to one command. Raises `RespError` where that is an error, `RespBroken`, `OSError`."""
        assert command in COMMANDS, command
        words = [word.encode() for word in (command, *arguments)]
        self._writer.write(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words))
        await self._writer.drain()
        self._left = MOST_BYTES
        value = await self._value(0)
        if isinstance(value, RespError):
            raise value
        return value

    async def aclose(self) -> None:
        """Close without waiting for a peer that does not answer."""
        with suppress(OSError, RuntimeError):
            self._writer.transport.abort()

    async def _value(self, depth: int) -> Value:
        if depth > DEEPEST:
            raise RespBroken("the answer is nested too deep")
        head = await self._line()
        kind, rest = head[:1], head[1:]
        match kind:
            case b"+":
                return _text(rest)
            case b"-":
                return RespError(_text(rest)[:300])
            case b":":
                return _integer(rest)
            case b"$":
                return await self._bulk(_integer(rest))
            case b"*":
                count = _integer(rest)
                if count > MOST_ITEMS:
                    raise RespBroken(f"an answer of {count} items")
                return None if count < 0 else [await self._value(depth + 1) for _ in range(count)]
        raise RespBroken("this is no Redis: the answer is not of its protocol")

    async def _line(self) -> bytes:
        try:
            line = await self._reader.readuntil(b"\r\n")
        except asyncio.IncompleteReadError:
            raise RespBroken("the connection was closed in the middle of an answer") from None
        except (asyncio.LimitOverrunError, ValueError):
            raise RespBroken("an answer without an end") from None
        self._spend(len(line))
        return line[:-2]

    async def _bulk(self, size: int) -> str | None:
        if size < 0:
            return None
        self._spend(size)
        try:
            body = await self._reader.readexactly(size + 2)
        except asyncio.IncompleteReadError:
            raise RespBroken("the connection was closed in the middle of an answer") from None
        return _text(body[:-2])

    def _spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise RespBroken(f"an answer of more than {MOST_BYTES:,} bytes")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _integer(raw: bytes) -> int:
    digits = raw.removeprefix(b"-")
    if not digits.isdigit() or len(digits) > 18:
        raise RespBroken("this is no Redis: a number is none")
    return int(raw)
