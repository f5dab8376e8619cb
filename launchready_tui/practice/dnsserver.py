"""An authoritative name server over UDP and TCP that answers from the world as it is at that moment."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from launchready_tui.practice.world import Record, World

_MOST_ALIASES = 16
_UDP_DEFAULT = 512
_UDP_LIMIT = 65_535
_TCP_IDLE = 10.0
_MOST_AT_ONCE = 64
_RECEIVE_BUFFER = 1 << 20
_SEARCHED_ALIKE = frozenset({"CNAME", "ANY"})


def answer(world: World, query: dns.message.Message) -> dns.message.Message:
    """What the name server says to a query."""
    response = dns.message.make_response(query, recursion_available=True)
    response.flags |= dns.flags.AA
    if query.opcode() != dns.opcode.QUERY or len(query.question) != 1:
        response.set_rcode(dns.rcode.NOTIMP)
        return response
    question = query.question[0]
    name = question.name.to_text(omit_final_dot=True).lower()
    rdtype = dns.rdatatype.to_text(question.rdtype)
    if rdtype == "AXFR" and world.transfers and name == world.domain:
        response.answer = _whole_zone(world)
        return response
    if rdtype in ("AXFR", "IXFR") or question.rdclass != dns.rdataclass.IN:
        response.set_rcode(dns.rcode.REFUSED)
        return response
    chain = _resolve(world, name, rdtype)
    response.set_rcode(chain.rcode)
    response.answer = [_rrset(record) for record in chain.records]
    if not chain.records or chain.records[-1].rdtype not in (rdtype, "CNAME"):
        soa = world.records.get((world.domain, "SOA"))
        response.authority = [_rrset(soa)] if soa and f".{name}".endswith(f".{world.domain}") else []
    return response


def _whole_zone(world: World) -> list[dns.rrset.RRset]:
    """All records between two copies of the SOA (RFC 5936 section 2.2)."""
    own = [record for record in world.records.values() if f".{record.name}".endswith(f".{world.domain}")]
    soa = _rrset(world.records[world.domain, "SOA"])
    return [soa, *(_rrset(record) for record in own if record.rdtype != "SOA"), soa]


class _Chain:
    """The records of an answer, aliases first."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.rcode = dns.rcode.NOERROR


def _resolve(world: World, name: str, rdtype: str) -> _Chain:
    chain = _Chain()
    seen: set[str] = set()
    while name not in seen and len(seen) < _MOST_ALIASES:
        seen.add(name)
        if name in world.broken_names:
            chain.rcode = dns.rcode.SERVFAIL
            return chain
        found = lookup(world, name, rdtype)
        if found is not None:
            chain.records.append(found)
            return chain
        alias = None if rdtype in _SEARCHED_ALIKE else lookup(world, name, "CNAME")
        if alias is None:
            chain.rcode = dns.rcode.NOERROR if exists(world, name) else dns.rcode.NXDOMAIN
            return chain
        chain.records.append(alias)
        name = alias.values[0].rstrip(".").lower()
    return chain


def exists(world: World, name: str) -> bool:
    """Whether a name has records, or names below it, or is covered by a wildcard."""
    return _node(world, name) or _wildcard(world, name) is not None


def lookup(world: World, name: str, rdtype: str) -> Record | None:
    """The records of a name and type, made from a wildcard where one covers the name (RFC 4592)."""
    found = world.records.get((name, rdtype))
    if found is not None or _node(world, name):
        return found
    wildcard = _wildcard(world, name)
    template = world.records.get((wildcard, rdtype)) if wildcard else None
    return Record(name, rdtype, template.values, template.ttl) if template else None


def _node(world: World, name: str) -> bool:
    return any(owner == name or owner.endswith(f".{name}") for owner, _ in world.records)


def _wildcard(world: World, name: str) -> str | None:
    parent = name
    while "." in parent:
        parent = parent.partition(".")[2]
        if _node(world, parent):
            wildcard = f"*.{parent}"
            return wildcard if any(owner == wildcard for owner, _ in world.records) else None
    return None


def _rrset(record: Record) -> dns.rrset.RRset:
    return dns.rrset.from_text_list(
        dns.name.from_text(record.name), record.ttl, dns.rdataclass.IN, record.rdtype, record.values
    )


def respond(world: World, wire: bytes, *, udp: bool) -> bytes | None:
    """The response to a query on the wire; None for what is no query at all."""
    try:
        query = dns.message.from_wire(wire)
    except (dns.exception.DNSException, ValueError, struct.error):
        return None
    if query.flags & dns.flags.QR:
        return None
    response = answer(world, query)
    limit = max(_UDP_DEFAULT, query.payload) if udp else 65_535
    try:
        return response.to_wire(max_size=limit)
    except dns.exception.TooBig:
        response.flags |= dns.flags.TC
        response.answer, response.authority = [], []
        return response.to_wire()


def _bound(address: str, port: int) -> socket.socket:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        udp.setblocking(False)
        udp.bind((address, port))
    except OSError:
        udp.close()
        raise
    return udp


class DnsServer:
    """The name server on one loopback address, the same port for UDP and TCP."""

    def __init__(self, world: Callable[[], World]) -> None:
        self._world = world
        self._tcp: asyncio.Server | None = None
        self._udp: socket.socket | None = None
        self.port = 0

    async def start(self, address: str = "127.0.0.1") -> None:
        """Listen on a port that is free for both."""
        for attempt in range(20):
            tcp = await asyncio.start_server(self._serve, address, 0)
            port: int = tcp.sockets[0].getsockname()[1]
            try:
                udp = _bound(address, port)
            except OSError:
                tcp.close()
                if attempt == 19:
                    raise
                continue
            asyncio.get_running_loop().add_reader(udp, self._datagrams, udp)
            self._tcp, self._udp, self.port = tcp, udp, port
            return

    async def stop(self) -> None:
        """Close both sockets."""
        if self._udp is not None:
            asyncio.get_running_loop().remove_reader(self._udp)
            self._udp.close()
            self._udp = None
        if self._tcp is not None:
            self._tcp.close()

    def _datagrams(self, udp: socket.socket) -> None:
        """Answer what has arrived: many at once, because a run asks hundreds of questions in its first second."""
        with contextlib.suppress(OSError):
            for _ in range(_MOST_AT_ONCE):
                data, sender = udp.recvfrom(_UDP_LIMIT)
                response = respond(self._world(), data, udp=True)
                if response is not None:
                    udp.sendto(response, sender)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                size = int.from_bytes(await asyncio.wait_for(reader.readexactly(2), _TCP_IDLE))
                response = respond(
                    self._world(), await asyncio.wait_for(reader.readexactly(size), _TCP_IDLE), udp=False
                )
                if response is None:
                    break
                writer.write(len(response).to_bytes(2) + response)
                await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()
