"""Fetches one response as raw bytes: from a chosen address or the first that answers, bounded in size and time."""

from __future__ import annotations

import asyncio
import ssl
import time
from dataclasses import dataclass, replace
from typing import Any

import h2.exceptions
import httpcore
import httpx

from launchready_tui import __version__
from launchready_tui.model.evidence import Ask, Failure, Fault
from launchready_tui.model.questions import Family
from launchready_tui.probes.decoding import ACCEPT_ENCODING, Body, read_coding
from launchready_tui.probes.dialling import DialPolicy, Target
from launchready_tui.probes.httptransport import NotConnected, PinnedTransport, http_failure
from launchready_tui.text import one_line

USER_AGENT = f"LaunchReady/{__version__} (+launch check)"
ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

_ERRORS = (NotConnected, httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException,
           h2.exceptions.ProtocolError, ssl.SSLError, OSError, EOFError)  # fmt: skip
"""What the outside can make httpcore raise."""


@dataclass(frozen=True, slots=True)
class Times:
    """How long to wait, in seconds: for a TCP connection with TLS, for the whole exchange."""

    connect: float = 8.0
    overall: float = 20.0


@dataclass(frozen=True, slots=True)
class Order:
    """What to fetch and where from. `max_bytes` bounds the decoded body; `prefer` is the family that is tried first."""

    method: str
    url: httpx.URL
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes = b""
    family: Family = ""
    address: str = ""
    prefer: Family = "4"
    max_bytes: int = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Phases:
    """Where the time went, in seconds: finding the address, TCP, TLS (0 on a kept connection), waiting for the first
    byte of the answer, reading it. `opened`: a connection was opened for it.
    """

    dns: float = 0.0
    connect: float = 0.0
    tls: float = 0.0
    wait: float = 0.0
    body: float = 0.0
    opened: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """A response as it came. `headers` have lower-case names; `elapsed` is in seconds, from the first byte sent.

    `wire` is the body's bytes before decompression, as far as it was read.
    """

    response: httpx.Response
    headers: tuple[tuple[str, str], ...]
    body: bytes
    cut: bool
    target: Target
    http_version: str
    elapsed: float
    phases: Phases = Phases()
    wire: int = 0


class _Trace:
    """Remembers when the parts of an exchange began and ended, and whether a connection had to be opened for it."""

    def __init__(self) -> None:
        self._at: dict[str, float] = {}

    async def __call__(self, event: str, info: dict[str, Any]) -> None:
        # "http11.send_request_headers.started" and "http2.send_request_headers.started" are the same part.
        self._at[event.partition(".")[2]] = time.perf_counter()

    @property
    def sent_at(self) -> float | None:
        """When the request went out."""
        return self._at.get("send_request_headers.started")

    @property
    def opened(self) -> bool:
        """Whether a connection was opened."""
        return "connect_tcp.started" in self._at

    def phases(self, ended: float) -> Phases:
        """The parts of an exchange that ended at that moment."""
        answered = self._at.get("receive_response_headers.complete", ended)
        return Phases(
            connect=self._took("connect_tcp"),
            tls=self._took("start_tls"),
            wait=answered - (self.sent_at or answered),
            body=ended - answered,
            opened=self.opened,
        )

    def _took(self, part: str) -> float:
        start, end = self._at.get(f"{part}.started"), self._at.get(f"{part}.complete")
        return end - start if start is not None and end is not None else 0.0


class Fetcher:
    """Fetches over one pool of connections per address."""

    def __init__(self, policy: DialPolicy, context: ssl.SSLContext, times: Times | None = None) -> None:
        self._policy = policy
        self._context = context
        self._times = times or Times()
        self._transports: dict[Target, PinnedTransport] = {}

    async def fetch(self, order: Order, ask: Ask, jar: httpx.Cookies | None = None) -> Fetched | Failure:
        """One request, one response; redirects are not followed. `jar` gives and takes cookies."""
        port = order.url.port or (443 if order.url.scheme == "https" else 80)
        # Outside the time limit: a lookup has its own, and may wait for others to be answered first.
        asked_at = time.perf_counter()
        targets = await self._policy.targets(order.url.raw_host.decode(), port, order.family, order.address, ask)
        if isinstance(targets, Failure):
            return targets
        looked_up = time.perf_counter() - asked_at
        try:
            async with asyncio.timeout(self._times.overall):
                got = await self._first(targets, order, jar)
                if isinstance(got, Failure):
                    return got
                return replace(got, phases=replace(got.phases, dns=looked_up))
        except TimeoutError:
            message = f"{order.url.host} did not send a complete response within {self._times.overall:g} s"
            return Failure("timeout", message)

    async def aclose(self) -> None:
        """Close all connections."""
        transports = tuple(self._transports.values())
        self._transports.clear()
        for transport in transports:
            await transport.aclose()

    async def _first(self, targets: tuple[Target, ...], order: Order, jar: httpx.Cookies | None) -> Fetched | Failure:
        """The response of the first address to which a connection opens, else the first address's failure."""
        preferred = sorted(targets, key=lambda target: (":" in target.address) != (order.prefer == "6"))
        first: Failure | None = None
        for target in preferred:
            got = await self._from(target, order, jar)
            if not isinstance(got, NotConnected):
                return got
            first = first or got.failure
        assert first is not None
        return first

    async def _from(self, target: Target, order: Order, jar: httpx.Cookies | None) -> Fetched | Failure | NotConnected:
        """Ask one address. A kept connection that the server closed meanwhile is replaced once."""
        try:
            request = self._request(order, jar)
        except (ValueError, UnicodeError) as error:
            return Failure("malformed", f"the request cannot be sent: {one_line(str(error))}", Fault.USAGE)
        trace = _Trace()
        got = await self._once(target, order, request, trace, jar)
        stale = isinstance(got, Failure) and got.reason == "reset" and not trace.opened
        if stale and order.method in ("GET", "HEAD", "OPTIONS"):
            return await self._once(target, order, request, _Trace(), jar)
        return got

    async def _once(
        self, target: Target, order: Order, request: httpx.Request, trace: _Trace, jar: httpx.Cookies | None
    ) -> Fetched | Failure | NotConnected:
        request.extensions["trace"] = trace
        try:
            got = await self._read(target, request, order.max_bytes, trace)
        except NotConnected as error:
            return error
        except _ERRORS as error:
            return http_failure(error, target)
        if jar is not None:
            jar.extract_cookies(got.response)
        return got

    def _transport(self, target: Target) -> PinnedTransport:
        if target not in self._transports:
            self._transports[target] = PinnedTransport(target, self._context)
        return self._transports[target]

    def _request(self, order: Order, jar: httpx.Cookies | None) -> httpx.Request:
        own = {name.lower() for name, _ in order.headers}
        usual = (("user-agent", USER_AGENT), ("accept", ACCEPT), ("accept-language", "en,*;q=0.5"),
                 ("accept-encoding", ACCEPT_ENCODING))  # fmt: skip
        times = httpx.Timeout(self._times.overall, connect=self._times.connect).as_dict()
        request = httpx.Request(
            order.method,
            order.url,
            headers=[*(pair for pair in usual if pair[0] not in own), *order.headers],
            content=order.content or None,
            extensions={"timeout": times},
        )
        if jar is not None:
            jar.set_cookie_header(request)
        return request

    async def _read(self, target: Target, request: httpx.Request, max_bytes: int, trace: _Trace) -> Fetched:
        response = await self._transport(target).handle_async_request(request)
        response.request = request
        try:
            body = Body(read_coding(response.headers.get("content-encoding", "")), max_bytes)
            assert isinstance(response.stream, httpx.AsyncByteStream)
            wire = 0
            async for part in response.stream:
                wire += len(part)
                if not body.feed(part):
                    break
            ended = time.perf_counter()
        finally:
            await response.aclose()
        return Fetched(
            response=response,
            headers=tuple((name.decode("latin-1").lower(), _text(value)) for name, value in response.headers.raw),
            body=body.finish(),
            cut=body.cut,
            target=target,
            http_version=response.http_version,
            elapsed=ended - (trace.sent_at or ended),
            phases=trace.phases(ended),
            wire=wire,
        )


def _text(value: bytes) -> str:
    """A header value: UTF-8 where it is, else latin-1 (RFC 9110 section 5.5)."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
