"""A small web server that load tests are sent to: it keeps its own record of what it did, to compare with."""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from launchready_tui.model.product import Product
from launchready_tui.model.profile import parse_product


@dataclass(slots=True)
class Request:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    at: float
    connection: int
    seconds: float = 0.0

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))

    @property
    def cookies(self) -> dict[str, str]:
        pairs = (item.strip().partition("=") for item in self.headers.get("cookie", "").split(";") if "=" in item)
        return {name: value for name, _, value in pairs}


@dataclass(slots=True)
class Reply:
    """What is answered, after `delay` seconds; or `raw` bytes as they are, and then the connection is closed."""

    status: int = 200
    body: bytes = b"ok"
    headers: list[tuple[str, str]] = field(default_factory=list)
    delay: float = 0.0
    raw: bytes | None = None


Handler = Callable[[Request, int], Reply]
"""Makes the reply to a request, which is the n-th since the start (from 0)."""


class Site:
    """The server, in a thread of its own. `dead` closes every connection and refuses new ones; `stalled` waits."""

    def __init__(self, handler: Handler, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.handler = handler
        self.seen: list[Request] = []
        self.port = 9
        self.host = host
        self._tls = tls
        self._count = 0
        self._connections = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), daemon=True)

    def __enter__(self) -> Site:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://{self.host}:{self.port}"

    @property
    def connections(self) -> int:
        return self._connections

    def die(self) -> None:
        """Stop serving, as a process that was killed."""
        self._loop.call_soon_threadsafe(self._die)

    def stall(self) -> None:
        """Answer nothing until `go`."""
        self._loop.call_soon_threadsafe(self._going.clear)

    def go(self) -> None:
        self._loop.call_soon_threadsafe(self._going.set)

    def _die(self) -> None:
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._over, self._going = asyncio.Event(), asyncio.Event()
        self._going.set()
        self._server = await asyncio.start_server(self._serve, self.host, 0, ssl=self._tls, backlog=1000)
        self.port = self._server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        self._die()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        number = self._connections
        self._writers.add(writer)
        try:
            while await self._once(reader, writer, number):
                pass
        except (OSError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _once(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        url = urlsplit(target)
        began = time.perf_counter()
        request = Request(method, url.path, dict(parse_qsl(url.query)), headers, body, began, connection)
        number, self._count = self._count, self._count + 1
        reply = self.handler(request, number)
        if reply.delay:
            await asyncio.sleep(reply.delay)
        await self._going.wait()
        request.seconds = time.perf_counter() - began
        self.seen.append(request)
        if reply.raw is not None:
            writer.write(reply.raw)
            await writer.drain()
            return False
        shown = "".join(f"{name}: {value}\r\n" for name, value in reply.headers)
        writer.write(
            f"HTTP/1.1 {reply.status} Word\r\nContent-Length: {len(reply.body)}\r\n{shown}\r\n".encode() + reply.body
        )
        await writer.drain()
        return True


def latency(request: Request, number: int) -> Reply:
    """One tenth takes 200 ms, the rest 20 ms."""
    return Reply(delay=0.2 if number % 10 == 0 else 0.02)


def profile(site: Site, rest: str = "", *, path: str = "/", base: str = ".") -> Product:
    """A profile with one route `home` and one journey of one step, unless `rest` has journeys of its own."""
    journeys = "" if "[[journey]]" in rest else '[[journey]]\nid = "browse"\n[[journey.step]]\nroute = "home"\n'
    text = f"""
[product]
name = "Acme"
domain = "acme.test"
[[host]]
name = "127.0.0.1"
[[route]]
id = "home"
url = "{site.url}{path}"
{rest}
{journeys}
[network]
public = ["127.0.0.0/8"]
"""
    return parse_product(text, "product.toml", base)
