"""Answers `Delegation`: walks from the root servers down to a domain, then asks each of its name servers by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

from launchready_tui.model.evidence import Ask, Failure, Fault, Vantage
from launchready_tui.model.product import Network
from launchready_tui.model.questions import DelegatedServer, Delegation, DelegationFacts, DnsLookup, Question
from launchready_tui.probes.dialling import may_dial
from launchready_tui.probes.dnsrecords import name_text, parse_name, rrset_at
from launchready_tui.probes.dnsservers import NameServer, Patience
from launchready_tui.probes.outcome import Outcome

ROOTS = (
    "198.41.0.4",
    "170.247.170.2",
    "192.33.4.12",
    "199.7.91.13",
    "192.203.230.10",
    "192.5.5.241",
    "192.112.36.4",
    "198.97.190.53",
    "192.36.148.17",
    "192.58.128.30",
    "193.0.14.129",
    "199.7.83.42",
    "202.12.27.33",
)
"""The IPv4 addresses of the root servers a to m (named.root of InterNIC)."""

MOST_STEPS = 8
"""Referrals that are followed: root, a top-level domain, a few public suffixes."""

MOST_SERVERS = 13
_TRIED = 4
"""Servers of one level that are tried before it counts as silent."""


@dataclass(slots=True)
class _Level:
    """The servers to ask next: the names that the level above gave, and their addresses where it gave them too."""

    names: tuple[str, ...] = ()
    glue: dict[str, list[str]] = field(default_factory=dict)


class DelegationProbe:
    """Iterative resolution without recursion desired. `roots` and `port` are for tests."""

    def __init__(
        self, network: Network, *, patience: Patience | None = None, roots: Sequence[str] = ROOTS, port: int = 53
    ) -> None:
        self._network = network
        self._patience = patience or Patience()
        self._roots = tuple(roots)
        self._port = port

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Answer a `Delegation`."""
        assert isinstance(question, Delegation)
        if self._network.nameservers:
            return Outcome(
                failure=Failure("split-dns", "the profile names its own name servers; the root is not asked")
            )
        name = parse_name(question.domain)
        if isinstance(name, Failure):
            return Outcome(failure=name)
        asked: list[str] = []
        try:
            async with asyncio.timeout(30):
                found = await self._walk(name, ask, asked)
        except TimeoutError:
            found = Failure("timeout", f"the way from the root to {question.domain} took too long")
        vantage = Vantage(tuple(dict.fromkeys(asked))[:20])
        return (
            Outcome(failure=found, vantage=vantage) if isinstance(found, Failure) else Outcome(found, vantage=vantage)
        )

    async def aclose(self) -> None:
        """Nothing is held open."""

    async def _walk(self, name: dns.name.Name, ask: Ask, asked: list[str]) -> DelegationFacts | Failure:
        addresses: Iterable[str] = self._roots
        for _ in range(MOST_STEPS):
            reply = await self._first(tuple(addresses), name, asked)
            if isinstance(reply, Failure):
                return reply
            if reply.rcode() == dns.rcode.NXDOMAIN:
                return DelegationFacts(exists=False)
            zone, level = _referral(reply, name)
            if zone == name:
                return await self._delegated(name, level, ask)
            if zone is None:
                where = name_text(name)
                return Failure("malformed", f"the servers above {where} name no delegation for it", Fault.TARGET)
            addresses = await self._addresses(level, ask)
        return Failure("malformed", f"more than {MOST_STEPS} referrals on the way to {name_text(name)}", Fault.TARGET)

    async def _delegated(self, name: dns.name.Name, level: _Level, ask: Ask) -> DelegationFacts:
        """Ask each server that the registry names; the zone's own list is that of the first that answers."""
        probed = await asyncio.gather(*(self._probe(server, level, name, ask) for server in level.names))
        child = next((own for _, own in probed if own), ())
        return DelegationFacts(True, level.names, child, tuple(server for server, _ in probed))

    async def _probe(
        self, server: str, level: _Level, name: dns.name.Name, ask: Ask
    ) -> tuple[DelegatedServer, tuple[str, ...]]:
        addresses = tuple(level.glue.get(server, ())) or await self._resolve(server, ask)
        public = tuple(item for item in addresses if may_dial(self._network, item))
        if not public:
            return DelegatedServer(server, addresses, "unresolved"), ()
        reply = await self._ask(public[0], name)
        if reply is None:
            return DelegatedServer(server, addresses, "unreachable"), ()
        rrset = rrset_at(reply, name, dns.rdatatype.NS)
        if not reply.flags & dns.flags.AA or rrset is None:
            return DelegatedServer(server, addresses, "lame"), ()
        return DelegatedServer(server, addresses), tuple(sorted(name_text(item.target) for item in rrset))

    async def _addresses(self, level: _Level, ask: Ask) -> list[str]:
        known = [address for name in level.names for address in level.glue.get(name, ())]
        for name in level.names[:_TRIED] if not known else ():
            known += await self._resolve(name, ask)
        return [address for address in known if may_dial(self._network, address)]

    async def _resolve(self, name: str, ask: Ask) -> tuple[str, ...]:
        answer = await ask(DnsLookup(name, "A"))
        return () if answer.failure else answer.facts.records

    async def _first(
        self, addresses: tuple[str, ...], name: dns.name.Name, asked: list[str]
    ) -> dns.message.Message | Failure:
        for address in [item for item in addresses if ":" not in item][:_TRIED]:
            asked.append(address)
            reply = await self._ask(address, name)
            if reply is not None and reply.rcode() in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
                return reply
        return Failure("timeout", f"no server above {name_text(name)} answers from here")

    async def _ask(self, address: str, name: dns.name.Name) -> dns.message.Message | None:
        """One question for the NS records, without recursion; None where no answer came."""
        query = dns.message.make_query(name, dns.rdatatype.NS, use_edns=0)
        query.flags &= ~dns.flags.RD
        server = NameServer(address, self._port)
        try:
            reply, _ = await dns.asyncquery.udp_with_fallback(
                query, server.address, timeout=self._patience.udp, port=server.port, ignore_unexpected=True
            )
        except (dns.exception.DNSException, OSError, EOFError):
            return None
        return reply


def _referral(reply: dns.message.Message, name: dns.name.Name) -> tuple[dns.name.Name | None, _Level]:
    """The zone that an answer refers to, with its servers; None where it refers to none on the way to the name."""
    for rrset in (*reply.authority, *reply.answer):
        if rrset.rdtype == dns.rdatatype.NS and name.is_subdomain(rrset.name) and rrset.name != dns.name.root:
            names = tuple(sorted(name_text(item.target) for item in list(rrset)[:MOST_SERVERS]))
            glue: dict[str, list[str]] = {}
            for extra in reply.additional:
                if extra.rdtype == dns.rdatatype.A:
                    glue.setdefault(name_text(extra.name), []).extend(item.address for item in extra)
            return rrset.name, _Level(names, glue)
    return None, _Level()
