"""Real servers on loopback and free ports, for the tests of the probes: DNS over UDP and TCP, HTTP, HTTPS, HTTP/2."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import h2.config
import h2.connection
import h2.events
import trustme

# --- DNS ------------------------------------------------------------------------------------------------------------

DnsHandler = Callable[[dns.message.Message, bool], dns.message.Message | bytes | None]
"""Answers a query (the flag says: over TCP); bytes go out as they are, None drops the query."""


@dataclass
class DnsServer:
    """A running name server and what it was asked, as `TYPE name` with ` tcp` behind it."""

    port: int
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


def zone(records: Mapping[str, list[str]], origin: str = "acme.test", chase: bool = False) -> DnsHandler:
    """Serves records written as `A 192.0.2.1`, all with TTL 300, authoritatively. `chase` follows CNAMEs itself."""
    names = {dns.name.from_text(name): texts for name, texts in records.items()}
    soa = dns.rrset.from_text(origin + ".", 60, "IN", "SOA", "ns1.acme.test. root.acme.test. 7 14400 3600 604800 60")

    def answer(query: dns.message.Message, tcp: bool) -> dns.message.Message:
        response = dns.message.make_response(query)
        response.flags |= dns.flags.AA
        name, rdtype = query.question[0].name, query.question[0].rdtype
        for _ in range(20):
            texts = [text.partition(" ") for text in names.get(name, [])]
            wanted = [text for kind, _, text in texts if kind == dns.rdatatype.to_text(rdtype)]
            alias = [text for kind, _, text in texts if kind == "CNAME"]
            if wanted or not alias:
                break
            response.answer.append(dns.rrset.from_text(name, 300, "IN", "CNAME", alias[0]))
            name = dns.name.from_text(alias[0])
            if not chase:
                return response
        if wanted:
            response.answer.append(dns.rrset.from_text(name, 300, "IN", rdtype, *wanted))
        else:
            response.authority.append(soa)
            if name not in names:
                response.set_rcode(dns.rcode.NXDOMAIN)
        return response

    return answer


def rcode(code: dns.rcode.Rcode) -> DnsHandler:
    """Answers everything with one rcode."""

    def answer(query: dns.message.Message, tcp: bool) -> dns.message.Message:
        response = dns.message.make_response(query)
        response.set_rcode(code)
        return response

    return answer


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, handle: Callable[[bytes, bool], bytes | None]) -> None:
        self._handle = handle

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def datagram_received(self, data: bytes, addr: object) -> None:
        if answer := self._handle(data, False):
            self._transport.sendto(answer, addr)


@contextlib.asynccontextmanager
async def dns_server(handler: DnsHandler) -> AsyncIterator[DnsServer]:
    """A name server on one port for UDP and TCP."""

    def handle(wire: bytes, tcp: bool) -> bytes | None:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True)
        recursion = "" if query.flags & dns.flags.RD else " norec"
        server.asked.append(f"{dns.rdatatype.to_text(question.rdtype)} {name}{recursion}{' tcp' if tcp else ''}")
        answer = handler(query, tcp)
        return answer.to_wire(max_size=65535) if isinstance(answer, dns.message.Message) else answer

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            size = int.from_bytes(await reader.readexactly(2), "big")
            if answer := handle(await reader.readexactly(size), True):
                writer.write(len(answer).to_bytes(2, "big") + answer)
                await writer.drain()
        writer.close()

    loop = asyncio.get_running_loop()
    for _ in range(20):
        tcp = await asyncio.start_server(serve, "127.0.0.1", 0)
        server = DnsServer(tcp.sockets[0].getsockname()[1])
        try:
            udp, _ = await loop.create_datagram_endpoint(lambda: _Udp(handle), ("127.0.0.1", server.port))
            break
        except OSError:
            tcp.close()
    try:
        yield server
    finally:
        udp.close()
        tcp.close()


# --- HTTP -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """A request as a server saw it; header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""


HttpHandler = Callable[[Seen, asyncio.StreamWriter], Awaitable[bytes | None]]
"""Gives the whole response, or writes by itself and gives None, which closes the connection."""


@dataclass
class HttpServer:
    """A running web server, the requests it saw, the names asked for by SNI, the number of connections."""

    port: int
    seen: list[Seen] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    connections: int = 0


def response(status: int = 200, body: bytes = b"", *headers: tuple[str, str], media_type: str = "text/html") -> bytes:
    """A whole HTTP/1.1 response."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", f"Content-Type: {media_type}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def always(answer: bytes) -> HttpHandler:
    """Answers every request with the same bytes."""

    async def handle(seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        return answer

    return handle


async def _read_request(reader: asyncio.StreamReader) -> Seen:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Seen(method, target, headers, body)


@contextlib.asynccontextmanager
async def http_server(
    handler: HttpHandler, context: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[HttpServer]:
    """A web server; with TLS if a context is given."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with contextlib.suppress(asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError, ssl.SSLError):
            while True:
                seen = await _read_request(reader)
                server.seen.append(seen)
                answer = await handler(seen, writer)
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
        writer.close()
        tasks.discard(task)

    def name(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        server.names.append(name or "")

    if context:
        context.sni_callback = name
    listener = await asyncio.start_server(serve, host, 0, ssl=context)
    server = HttpServer(listener.sockets[0].getsockname()[1])
    try:
        yield server
    finally:
        listener.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def http2_server(
    context: ssl.SSLContext, headers: tuple[tuple[str, str], ...] = (), first: bytes = b""
) -> AsyncIterator[HttpServer]:
    """A web server that speaks HTTP/2 only: answers all with 200, `headers` and `two`, or sends only `first`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        connection.initiate_connection()
        if first:
            writer.write(first)
            writer.close()
            return
        writer.write(connection.data_to_send())
        while data := await reader.read(65536):
            for event in connection.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    assert event.stream_id is not None
                    usual = ((":status", "200"), ("content-type", "text/plain"))
                    connection.send_headers(event.stream_id, usual + headers)
                    connection.send_data(event.stream_id, b"two", end_stream=True)
            writer.write(connection.data_to_send())
        writer.close()

    context.set_alpn_protocols(["h2"])
    listener = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield HttpServer(listener.sockets[0].getsockname()[1])
    finally:
        listener.close()


def server_context(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    """A server's TLS context with a certificate for these names."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*names).configure_cert(context)
    return context
