"""A small HTTP/1.1 server for loopback, plain and over TLS: bounded requests, keep-alive, one function that answers.

It may answer at once, or with something to wait for: then other requests are served meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlsplit

from launchready_tui.practice.tlsstream import TlsStream
from launchready_tui.practice.world import Reply

_HEAD_LIMIT = 16_384
_BODY_LIMIT = 65_536
_IDLE = 15.0
_MOST_CONNECTIONS = 400
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_NO_BODY = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `host` is the Host header without its port, `target` the path with its query as it was sent.

    `address` is the address that was dialled, '' if it does not matter; `remote` is the visitor's. `connection` is the
    number of the visitor's connection, 0 for requests that came over none.
    """

    scheme: str
    method: str
    target: str
    host: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    address: str = ""
    remote: str = "127.0.0.1"
    connection: int = 0

    @property
    def path(self) -> str:
        """The path alone."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The query without its question mark."""
        return self.target.partition("?")[2]


Respond = Callable[[Request], Reply | Awaitable[Reply]]
ChooseContext = Callable[[str], ssl.SSLContext | None]


class Watcher(Protocol):
    """Is told what the server did."""

    def answered(self, request: Request, reply: Reply, size: int, seconds: float) -> None:
        """A request was answered with a body of that many bytes."""
        ...

    def left(self, connection: int) -> None:
        """A connection was closed."""
        ...


class Stream(Protocol):
    """What a connection reads from and writes to."""

    async def read(self) -> bytes:
        """Some bytes, none at the end."""
        ...

    async def write(self, data: bytes) -> None:
        """Send all of it."""
        ...


class _PlainStream:
    """A connection without TLS."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self) -> bytes:
        return await self._reader.read(65_536)

    async def write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a connection came in, and from where."""

    scheme: str
    address: str
    remote: str
    connection: int


class _BadRequest(Exception):
    """The request cannot be answered; the status says why."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class HttpServer:
    """Serves one port on any number of addresses. `choose` picks the TLS context by server name; none: plain http."""

    def __init__(self, respond: Respond, choose: ChooseContext | None = None, watcher: Watcher | None = None) -> None:
        self._respond = respond
        self._choose = choose
        self._watcher = watcher
        self._servers: list[asyncio.Server] = []
        self._open: set[asyncio.Task[None]] = set()
        self.port = 0

    async def start(self, addresses: tuple[str, ...] = ("127.0.0.1",)) -> None:
        """Listen on one port that is free on all addresses."""
        for attempt in range(20):
            try:
                self.port = 0
                for address in addresses:
                    server = await asyncio.start_server(self._connected, address, self.port)
                    self._servers.append(server)
                    self.port = server.sockets[0].getsockname()[1]
            except OSError:
                self._close_listeners()
                if attempt == 19:
                    raise
            else:
                return

    async def stop(self) -> None:
        """Stop listening and end the open connections."""
        self._close_listeners()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def _close_listeners(self) -> None:
        for server in self._servers:
            server.close()
        self._servers.clear()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            if len(self._open) <= _MOST_CONNECTIONS:
                await self._talk(reader, writer)
        except (OSError, ssl.SSLError, TimeoutError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(task)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address: str = writer.get_extra_info("sockname")[0]
        remote: str = writer.get_extra_info("peername")[0]
        if self._choose is None:
            place = _Place("http", address, remote, _number())
            await self._exchange(place, _PlainStream(reader, writer))
            return
        stream = TlsStream(reader, writer)
        if await asyncio.wait_for(stream.accept(self._choose), _IDLE):
            await self._exchange(_Place("https", address, remote, _number()), stream)
            await asyncio.wait_for(stream.goodbye(), _IDLE)

    async def _exchange(self, place: _Place, stream: Stream) -> None:
        try:
            wire = _Wire(stream)
            while await self._answer_one(wire, place, stream):
                pass
        finally:
            if self._watcher is not None:
                self._watcher.left(place.connection)

    async def _answer_one(self, wire: _Wire, place: _Place, stream: Stream) -> bool:
        """Read a request and answer it; whether the connection may stay open."""
        try:
            async with asyncio.timeout(_IDLE):
                request = await wire.request(place)
        except _BadRequest as error:
            refusal = Reply(error.status, f"{error.status.phrase}\n", "text/plain")
            async with asyncio.timeout(_IDLE):
                await stream.write(encode(refusal, keep=False, without_body=False))
            return False
        if request is None:
            return False
        began = time.perf_counter()
        answer = self._respond(request)
        reply = answer if isinstance(answer, Reply) else await answer
        keep = request.headers.get("connection", "").lower() != "close"
        async with asyncio.timeout(_IDLE):
            await stream.write(encode(reply, keep=keep, without_body=request.method == "HEAD"))
        if self._watcher is not None:
            size = 0 if request.method == "HEAD" or reply.status in _NO_BODY else len(_bytes(reply))
            self._watcher.answered(request, reply, size, time.perf_counter() - began)
        return keep


def encode(reply: Reply, *, keep: bool, without_body: bool) -> bytes:
    """A reply as bytes."""
    body = _bytes(reply)
    lines = [
        f"HTTP/1.1 {int(reply.status)} {_phrase(reply.status)}",
        f"Date: {formatdate(usegmt=True)}",
        "Server: practice",
    ]
    if reply.status not in _NO_BODY:
        lines += [f"Content-Type: {reply.media_type}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {_CONTROLS.sub('', value)}" for name, value in reply.headers]
    lines.append(f"Connection: {'keep-alive' if keep else 'close'}")
    head = "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n"
    return head if without_body or reply.status in _NO_BODY else head + body


def _number() -> int:
    """What a connection is called, by all servers of this process."""
    return secrets.randbits(62) + 1


def _bytes(reply: Reply) -> bytes:
    return reply.body.encode() if isinstance(reply.body, str) else reply.body


def _phrase(status: int) -> str:
    with contextlib.suppress(ValueError):
        return HTTPStatus(status).phrase
    return "Unknown"


class _Wire:
    """Cuts requests out of a byte stream."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._buffer = bytearray()

    async def request(self, place: _Place) -> Request | None:
        """The next request; None at the end of the connection."""
        head = await self._until(b"\r\n\r\n", _HEAD_LIMIT)
        if head is None:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        words = first.split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            raise _BadRequest(HTTPStatus.BAD_REQUEST)
        headers = {
            name.strip().lower(): value.strip()
            for name, colon, value in (line.partition(":") for line in lines)
            if colon
        }
        return Request(
            place.scheme,
            words[0],
            _origin_form(words[1]),
            _host(headers),
            headers,
            await self._body(headers),
            place.address,
            place.remote,
            place.connection,
        )

    async def _body(self, headers: dict[str, str]) -> bytes:
        if "transfer-encoding" in headers:
            raise _BadRequest(HTTPStatus.LENGTH_REQUIRED)
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit():
            raise _BadRequest(HTTPStatus.BAD_REQUEST)
        if len(length) > 9 or int(length) > _BODY_LIMIT:
            raise _BadRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        while len(self._buffer) < int(length):
            if not await self._more():
                raise _BadRequest(HTTPStatus.BAD_REQUEST)
        return self._take(int(length))

    async def _until(self, mark: bytes, limit: int) -> bytes | None:
        while (end := self._buffer.find(mark)) < 0:
            if len(self._buffer) > limit:
                raise _BadRequest(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            if not await self._more():
                return None
        head = self._take(end)
        self._take(len(mark))
        return head

    async def _more(self) -> bool:
        data = await self._stream.read()
        self._buffer += data
        return bool(data)

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken


def _origin_form(target: str) -> str:
    if target.startswith("/"):
        return target
    parts = urlsplit(target)
    return f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"


def _host(headers: dict[str, str]) -> str:
    host = headers.get("host", "").lower()
    return host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() and ":" in host else host
