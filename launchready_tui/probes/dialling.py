"""Which address a probe may dial, and what it means when dialling fails. Shared by all probes.

    policy = DialPolicy(network)
    found = await policy.targets("app.acme.test", 443, "", "", ask)  # Failure, or the targets in the order to try them
    stream = await open_stream(found[0], seconds=8)  # Failure, or reader and writer

A hostile DNS answer must not point the tool at somebody's internal network: whatever comes out of `targets` is
globally routable or covered by `[network] public` (DESIGN.md section 5).
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from launchready_tui.model.evidence import Ask, Failure, Fault
from launchready_tui.model.product import Network
from launchready_tui.model.questions import DnsLookup, Family
from launchready_tui.probes.connectto import ConnectTo, parse_connect_to, redirected
from launchready_tui.text import one_line

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses that stand for an IPv4 address (RFC 6052)."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address (an IP literal without brackets) and a port to dial."""

    address: str
    port: int

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


@dataclass(frozen=True, slots=True)
class Stream:
    """An open TCP connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def aclose(self) -> None:
        """Close without waiting for a peer that does not answer."""
        self.writer.transport.abort()


def has_route(address: str) -> bool:
    """Whether this machine has a route to an address: a UDP socket is connected, which sends no packet."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 53))
    except OSError:
        return False
    return True


def may_dial(network: Network, address: str) -> bool:
    """Whether an address is public by itself and in what it stands for (NAT64 and 6to4 carry an IPv4 address)."""
    return all(network.counts_as_public(item) for item in (address, *_embedded(address)))


class DialPolicy:
    """The address policy of one run: `connect_to` rules, resolution, what counts as public, whether IPv6 is there.

    Raises `InputError` for a `connect_to` rule that cannot be read. `routed` tells whether the machine has a route
    (for tests).
    """

    def __init__(self, network: Network, routed: Callable[[str], bool] = has_route) -> None:
        self._network = network
        self._rules: tuple[ConnectTo, ...] = parse_connect_to(network.connect_to)
        self._routed = routed

    async def targets(
        self, host: str, port: int, family: Family, address: str, ask: Ask
    ) -> tuple[Target, ...] | Failure:
        """What to dial for a URL's host and port, IPv4 before IPv6, never empty.

        `address` is dialled instead of what DNS says; the port of a `connect_to` rule still applies, its host does
        not. Failures: `not-public`, `no-ipv6`, `does-not-resolve`, and those of the DNS lookups.
        """
        name, port = redirected(self._rules, host, port)
        literal = _literal(address or name)
        if address and not literal:
            return Failure("malformed", f"{one_line(address, 80)} is not an IP address", Fault.USAGE)
        found = _of_family((literal,), family) if literal else await _resolve(name, family, ask)
        if isinstance(found, Failure):
            return found
        if not found:
            return Failure("does-not-resolve", f"{literal} is not an IPv{family} address", Fault.USAGE)
        public = tuple(item for item in found if may_dial(self._network, item))
        if not public:
            where = ", ".join(found[:4])
            return Failure("not-public", f"{host} is at {where}, which is not a public address", Fault.TARGET)
        routed = tuple(item for item in public if ":" not in item or self._routed(item))
        if not routed:
            return Failure("no-ipv6", f"this machine has no IPv6 route to {public[0]}")
        return tuple(Target(item, port) for item in routed)


def _literal(name: str) -> str:
    """The IP address that a host name is, in its usual form; '' if it is a name."""
    try:
        return str(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        return ""


def _embedded(address: str) -> Iterator[str]:
    """The IPv4 addresses inside an IPv6 address."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:
            yield str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        if ip.sixtofour is not None:
            yield str(ip.sixtofour)


def _of_family(addresses: tuple[str, ...], family: Family) -> tuple[str, ...]:
    """The addresses of one family ('' keeps all)."""
    return tuple(item for item in addresses if not family or (":" in item) == (family == "6"))


async def _resolve(name: str, family: Family, ask: Ask) -> tuple[str, ...] | Failure:
    """All addresses of a name, IPv4 first. An unanswered lookup only matters where the other one found nothing."""
    rdtypes = {"": ("A", "AAAA"), "4": ("A",), "6": ("AAAA",)}[family]
    answers = await asyncio.gather(*(ask(DnsLookup(name, rdtype)) for rdtype in rdtypes))
    seen = [answer.evidence.facts for answer in answers if answer.evidence.facts is not None]
    found = tuple(literal for facts in seen for record in facts.records if (literal := _literal(record)))
    if found:
        return found
    for answer in answers:
        if answer.failure:
            return answer.failure
    if any(facts.loop for facts in seen):
        why = "its aliases (CNAME) come back to themselves"
    elif all(facts.rcode == "NXDOMAIN" for facts in seen):
        why = "the name does not exist (NXDOMAIN)"
    else:
        why = f"no {' or '.join(rdtypes)} record"
    return Failure("does-not-resolve", f"{name} does not resolve: {why}", Fault.TARGET)


def dial_failure(error: BaseException, target: Target | str) -> Failure:
    """The failure that an exception of connecting, of a TLS handshake or of a broken connection stands for.

    Looks through wrapped exceptions, since network libraries wrap the operating system's own.
    """
    for cause in _causes(error):
        match cause:
            case ssl.SSLCertVerificationError():
                return Failure("certificate", f"the certificate of {target}: {cause.verify_message}", Fault.TARGET)
            case ssl.SSLError():
                detail = (cause.reason or str(cause)).replace("_", " ").lower()
                return Failure("tls", f"the TLS handshake with {target} broke: {one_line(detail)}", Fault.TARGET)
            case TimeoutError():
                return Failure("timeout", f"{target} did not answer in time")
            case ConnectionRefusedError():
                return Failure("refused", f"{target} refused the connection")
            case ConnectionError() | asyncio.IncompleteReadError():
                return Failure("reset", f"{target} closed the connection")
            case OSError() if cause.errno and cause.strerror:
                return Failure("unreachable", f"{target} cannot be reached: {cause.strerror}")
    return Failure("reset", f"the connection to {target} broke: {one_line(str(error)) or type(error).__name__}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and what caused it, outermost first."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup) and current.exceptions:
            current = current.exceptions[0]
        else:
            current = current.__cause__ or current.__context__


async def open_stream(target: Target, seconds: float) -> Stream | Failure:
    """Open a TCP connection within `seconds`. Failures: timeout, refused, reset, unreachable."""
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(target.address, target.port)
    except (OSError, ValueError, OverflowError) as error:
        return dial_failure(error, target)
    return Stream(reader, writer)
