"""Name servers: how they are written, and how one is asked once (RFC 1035, EDNS of RFC 6891, TCP of RFC 7766)."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from launchready_tui.errors import InputError
from launchready_tui.model.evidence import Failure, Fault
from launchready_tui.probes.dialling import dial_failure
from launchready_tui.text import one_line

EDNS_PAYLOAD = 1232
"""Bytes of a UDP answer that pass every usual path without fragments (DNS flag day 2020)."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds: for one UDP answer, for one TCP answer, for a whole question."""

    udp: float = 2.0
    tcp: float = 4.0
    overall: float = 6.0


@dataclass(frozen=True, slots=True)
class NameServer:
    """An address and port that answers DNS."""

    address: str
    port: int = 53

    def __str__(self) -> str:
        if self.port == 53:
            return self.address
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


@dataclass(frozen=True, slots=True)
class Resolver:
    """What is asked for one value of `DnsLookup.via`: one server or more, tried in order."""

    via: str
    servers: tuple[NameServer, ...]


def parse_server(text: str) -> NameServer:
    """Read `ADDRESS`, `ADDRESS:PORT`, `[V6]` or `[V6]:PORT`; raises `InputError`."""
    address, port = text.strip(), "53"
    if address.startswith("["):
        address, _, rest = address[1:].partition("]")
        port = rest.removeprefix(":") or port
    elif address.count(":") == 1:
        address, _, port = address.partition(":")
    try:
        literal, number = str(ipaddress.ip_address(address)), int(port)
    except ValueError:
        literal, number = "", 0
    if not literal or not 0 < number < 65536:
        raise InputError(
            f'nameservers: "{text}" is not a name server',
            'Write an IP address, with a port if it is not 53: "192.0.2.53", "127.0.0.1:5353", "[2001:db8::1]:53".',
        )
    return NameServer(literal, number)


async def exchange(
    server: NameServer, query: dns.message.QueryMessage, patience: Patience
) -> dns.message.Message | Failure:
    """Ask one server one question: UDP with one resend, TCP if the answer is truncated, no EDNS if it knows none.

    The answer has rcode NOERROR or NXDOMAIN. Spoofed and unreadable datagrams are ignored, as dnspython does.
    """
    answer = await _send(server, query, patience)
    if isinstance(answer, dns.message.Message) and answer.rcode() == dns.rcode.FORMERR and query.edns >= 0:
        query.use_edns(False)
        answer = await _send(server, query, patience)
    return answer if isinstance(answer, Failure) else _refusal(answer, server) or answer


def _refusal(answer: dns.message.Message, server: NameServer) -> Failure | None:
    """The failure that an error rcode or a referral means."""
    code = answer.rcode()
    match code:
        case dns.rcode.NOERROR if _is_referral(answer):
            return Failure("dns-refused", f"name server {server} only refers to other servers", Fault.TARGET)
        case dns.rcode.NOERROR | dns.rcode.NXDOMAIN:
            return None
        case dns.rcode.SERVFAIL:
            return Failure("servfail", f"name server {server} could not find out (SERVFAIL)", Fault.TARGET)
        case dns.rcode.REFUSED:
            return Failure("dns-refused", f"name server {server} refuses to answer (REFUSED)", Fault.TARGET)
        case _:
            return Failure("malformed", f"name server {server} answered {dns.rcode.to_text(code)}", Fault.TARGET)


def _is_referral(answer: dns.message.Message) -> bool:
    """Whether a server names others instead of answering (RFC 1034 section 4.3.1): it says nothing about the name."""
    types = {rrset.rdtype for rrset in answer.authority}
    authoritative = answer.flags & dns.flags.AA
    return not authoritative and not answer.answer and dns.rdatatype.NS in types and dns.rdatatype.SOA not in types


async def _send(
    server: NameServer, query: dns.message.QueryMessage, patience: Patience
) -> dns.message.Message | Failure:
    """Send and receive; failures of the transport only."""
    try:
        for _ in range(2):
            try:
                return await dns.asyncquery.udp(
                    query,
                    server.address,
                    timeout=patience.udp,
                    port=server.port,
                    ignore_unexpected=True,
                    raise_on_truncation=True,
                    ignore_errors=True,
                )
            except dns.exception.Timeout:
                continue
            except dns.message.Truncated:
                return await dns.asyncquery.tcp(query, server.address, timeout=patience.tcp, port=server.port)
    except dns.exception.Timeout:
        return Failure("timeout", f"name server {server} did not answer in time over TCP")
    except (OSError, EOFError) as error:
        return dial_failure(error, f"name server {server}")
    except dns.exception.DNSException as error:
        detail = one_line(str(error)) or type(error).__name__
        return Failure("malformed", f"name server {server} answered garbage: {detail}", Fault.TARGET)
    return Failure("timeout", f"name server {server} did not answer in time")
