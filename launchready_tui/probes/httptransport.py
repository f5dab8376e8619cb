"""Dials a chosen address for httpx, and names what goes wrong on the way.

The name stays in the URL, so certificate, SNI, Host header and cookies are right by themselves; only the TCP connection
goes elsewhere. One transport, and so one connection pool, belongs to one address.
"""

from __future__ import annotations

import select
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Iterable
from typing import Any

import h2.exceptions
import httpcore
import httpx

from launchready_tui.model.evidence import Failure, Fault
from launchready_tui.probes.dialling import Target, dial_failure
from launchready_tui.text import one_line

MAX_CONNECTIONS = 12
"""Per address; the engine bounds what is asked at once."""

KEEP_ALIVE = 5.0
"""Seconds that an idle connection is kept."""


class NotConnected(Exception):
    """No TCP connection: the next address may be tried."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class Wire(httpcore.AsyncNetworkStream):
    """A connection that tells by its socket alone whether something came. httpcore asks that of every idle connection
    before every request, and the stream inside would look up a dozen other things about itself each time.
    """

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner
        self._socket: socket.socket | None = inner.get_extra_info("socket")

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 (httpcore's interface)
        """Read what comes."""
        return await self._inner.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 (httpcore's interface)
        """Write all of it."""
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's interface)
    ) -> httpcore.AsyncNetworkStream:
        """The same connection from here on through TLS."""
        return Wire(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """What httpcore wants to know of it."""
        if info == "is_readable" and self._socket is not None:
            return self._socket.fileno() < 0 or _has_come(self._socket)
        return self._inner.get_extra_info(info)


def _has_come(connection: socket.socket) -> bool:
    """Whether something can be read at once, the end of the connection included."""
    if sys.platform == "win32":
        return bool(select.select([connection], [], [], 0)[0])
    # poll, since select takes no descriptor above 1023.
    waiting = select.poll()
    waiting.register(connection, select.POLLIN)
    return bool(waiting.poll(0))


class PinnedBackend(httpcore.AsyncNetworkBackend):
    """Opens every connection to one target, whatever the URL says."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's interface)
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect; raises `NotConnected`."""
        try:
            return Wire(await self._network.connect_tcp(self._target.address, self._target.port, timeout))
        except (httpcore.ConnectError, httpcore.ConnectTimeout, OSError) as error:
            raise NotConnected(dial_failure(error, self._target)) from error

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore does between its own retries (there are none here)."""
        await self._network.sleep(seconds)


class PinnedPool(httpcore.AsyncConnectionPool):
    """Connections to one target.

    httpcore lets all requests to an https host wait for the connection that is being opened, since it may turn out to
    be HTTP/2, and opens the next one when it did not: a host that speaks HTTP/1.1 alone would be asked one question
    after the other. So the first handshake with a host is remembered.
    """

    def __init__(self, target: Target, context: ssl.SSLContext) -> None:
        self._context = context
        self._backend = PinnedBackend(target)
        self._without_http2: set[tuple[bytes, int]] = set()
        super().__init__(context, max_connections=MAX_CONNECTIONS, network_backend=self._backend)

    def create_connection(self, origin: httpcore.Origin) -> httpcore.AsyncConnectionInterface:
        """A connection that may become HTTP/2, unless the host is known not to speak it."""
        return httpcore.AsyncHTTPConnection(
            origin,
            ssl_context=self._context,
            keepalive_expiry=KEEP_ALIVE,
            http2=(origin.host, origin.port) not in self._without_http2,
            network_backend=self._backend,
        )

    def remember(self, origin: httpcore.Origin, stream: httpcore.AsyncNetworkStream) -> None:
        """Take note of what the handshake of a connection agreed on."""
        tls = stream.get_extra_info("ssl_object")
        if tls is not None and tls.selected_alpn_protocol() != "h2":
            self._without_http2.add((origin.host, origin.port))


class PinnedTransport(httpx.AsyncBaseTransport):
    """httpx requests over a pool that dials one target.

    httpcore's exceptions pass through: `http_failure` reads them.
    """

    def __init__(self, target: Target, context: ssl.SSLContext) -> None:
        self._pool = PinnedPool(target, context)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the body of the response is read by the caller, who closes it."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        trace = request.extensions.get("trace")

        async def listen(event: str, info: dict[str, Any]) -> None:
            if event == "connection.start_tls.complete":
                self._pool.remember(url.origin, info["return_value"])
            if trace is not None:
                await trace(event, info)

        got = await self._pool.handle_async_request(
            httpcore.Request(
                request.method,
                url,
                headers=request.headers.raw,
                content=request.stream,
                extensions={**request.extensions, "trace": listen},
            )
        )
        return httpx.Response(got.status, headers=got.headers, stream=_Stream(got), extensions=got.extensions)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()


class _Stream(httpx.AsyncByteStream):
    """The body as it comes from the network."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._response.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._response.aclose()


def http_failure(error: Exception, target: Target) -> Failure:
    """The failure that an exception of sending a request or reading its response stands for."""
    text = one_line(str(error))
    cause = error.__cause__ or error.__context__
    match error:
        case NotConnected():
            return error.failure
        case _ if _too_large(error):
            return Failure("too-large", f"{target} sent more header bytes than a browser accepts", Fault.TARGET)
        case httpcore.RemoteProtocolError() if "disconnected" in text or "without sending" in text:
            return Failure("reset", f"{target} closed the connection without a complete response", Fault.TARGET)
        case httpcore.RemoteProtocolError() | h2.exceptions.ProtocolError():
            return Failure("malformed", f"{target} does not speak HTTP properly: {text}", Fault.TARGET)
        case httpcore.LocalProtocolError() if isinstance(cause, h2.exceptions.ProtocolError):
            return Failure("malformed", f"{target} does not speak HTTP/2 properly: {text}", Fault.TARGET)
        case httpcore.LocalProtocolError():
            return Failure("malformed", f"the request cannot be sent: {text}", Fault.USAGE)
        case httpcore.TimeoutException():
            return Failure("timeout", f"{target} did not answer in time")
        case httpcore.ConnectError():
            found = dial_failure(error, target)
            # The TCP connection was there: whatever else broke, broke the handshake.
            if found.reason in ("certificate", "tls"):
                return found
            return Failure("tls", f"{target} closed the connection during the TLS handshake", Fault.TARGET)
        case _:
            return dial_failure(error, target)


def _too_large(error: Exception) -> bool:
    """Whether h11 or h2 gave up because of the size of the header block."""
    cause: BaseException | None = error
    while cause is not None:
        hint = getattr(cause, "error_status_hint", 0)
        if hint == 431 or isinstance(cause, h2.exceptions.DenialOfServiceError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
