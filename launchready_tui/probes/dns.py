"""Answers `DnsLookup` and `Resolvers`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import dns.resolver

from launchready_tui.errors import InputError
from launchready_tui.model.evidence import Ask, Failure, Fault, Vantage
from launchready_tui.model.product import Network
from launchready_tui.model.questions import Alias, DnsAnswer, DnsLookup, Question, ResolverList, Resolvers
from launchready_tui.probes import dnsrecords
from launchready_tui.probes.dialling import may_dial
from launchready_tui.probes.dnsauthority import Authority
from launchready_tui.probes.dnsservers import NameServer, Patience, Resolver, exchange, parse_server
from launchready_tui.probes.outcome import Outcome, failure

PUBLIC_RESOLVERS = ("1.1.1.1", "8.8.8.8", "9.9.9.9")
"""Cloudflare, Google, Quad9: the vantage points of S1.DNS.03."""

MAX_FOLLOWED = 12
"""CNAME steps that are followed; unbound stops at 11, BIND at 16."""

TRY_ELSEWHERE = ("timeout", "servfail", "dns-refused", "refused", "reset", "unreachable")
"""Failures after which another server of the same resolver is asked."""


class DnsProbe:
    """Asks resolvers, and the servers of a zone itself.

    `[network] nameservers` replace every resolver and the authority. `resolvers` and `authority_port` are for tests.
    Raises `InputError` for a name server that cannot be read.
    """

    def __init__(
        self,
        network: Network,
        *,
        patience: Patience | None = None,
        resolvers: tuple[Resolver, ...] | None = None,
        authority_port: int = 53,
    ) -> None:
        self._network = network
        self._patience = patience or Patience()
        self._split = bool(network.nameservers)
        if self._split:
            resolvers = tuple(Resolver(text, (parse_server(text),)) for text in network.nameservers)
        self._resolvers = resolvers or (*_system_resolvers(), *(_public(address) for address in PUBLIC_RESOLVERS))
        self._authority = Authority(network, self._first_answer, authority_port)

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Answer a `DnsLookup` or `Resolvers`."""
        if isinstance(question, Resolvers):
            names = tuple(resolver.via for resolver in self._resolvers)
            return Outcome(ResolverList(names, self._split), vantage=Vantage(names))
        assert isinstance(question, DnsLookup)
        asked: list[str] = []
        try:
            async with asyncio.timeout(self._patience.overall):
                found = await self._lookup(question, attempt, asked)
        except TimeoutError:
            found = Failure("timeout", f"no answer for {question.name} within {self._patience.overall:g} s")
        vantage = Vantage(tuple(dict.fromkeys(asked)))
        if isinstance(found, Failure):
            return failure(found.reason, found.message, fault=found.fault, vantage=vantage)
        return Outcome(found, vantage=vantage)

    async def aclose(self) -> None:
        """Nothing is held open."""

    async def _lookup(self, question: DnsLookup, attempt: int, asked: list[str]) -> DnsAnswer | Failure:
        """Ask, and follow CNAME steps that the answer leaves open."""
        name = dnsrecords.parse_name(question.name)
        rdtype = dnsrecords.parse_rdtype(question.rdtype)
        if isinstance(name, Failure):
            return name
        if isinstance(rdtype, Failure):
            return rdtype
        aliases: tuple[Alias, ...] = ()
        while len(aliases) <= MAX_FOLLOWED:
            # DS records belong to the zone above (RFC 4034 section 5).
            holder = name.parent() if rdtype == dns.rdatatype.DS and name != dns.name.root else name
            servers = await self._servers(question.via, holder, attempt)
            if isinstance(servers, Failure):
                return servers
            recursive = question.via != "authority" or self._split
            got = await self._ask_in_turn(servers, name, rdtype, recursive, asked)
            if isinstance(got, Failure):
                circle = await self._circle(servers[0], name, rdtype) if got.reason == "servfail" else ()
                if circle:
                    return DnsAnswer("NOERROR", aliases=aliases + circle, loop=True, server=str(servers[0]))
                return got
            server, message = got
            reading = dnsrecords.read_message(message, name, rdtype)
            aliases += reading.aliases
            loop = reading.loop or any(alias.name == dnsrecords.name_text(reading.name) for alias in aliases)
            if loop or reading.complete:
                return DnsAnswer(
                    rcode=reading.rcode,
                    records=() if loop else reading.records,
                    ttl=None if loop else reading.ttl,
                    aliases=aliases,
                    loop=loop,
                    authoritative=bool(message.flags & dns.flags.AA),
                    server=str(server),
                )
            name = reading.name
        return Failure("malformed", f"{question.name}: more than {MAX_FOLLOWED} CNAME steps", Fault.TARGET)

    async def _circle(
        self, server: NameServer, name: dns.name.Name, rdtype: dns.rdatatype.RdataType
    ) -> tuple[Alias, ...]:
        """The aliases that come back to themselves, walked step by step: resolvers hide such a loop behind SERVFAIL."""
        aliases: list[Alias] = []
        while rdtype != dns.rdatatype.CNAME and len(aliases) <= MAX_FOLLOWED:
            query = dns.message.make_query(name, dns.rdatatype.CNAME, use_edns=0)
            got = await exchange(server, query, self._patience)
            step = None if isinstance(got, Failure) else dnsrecords.alias_at(got, name)
            if step is None:
                break
            alias, name = step
            aliases.append(alias)
            if any(earlier.name == alias.target for earlier in aliases):
                return tuple(aliases)
        return ()

    async def _servers(self, via: str, name: dns.name.Name, attempt: int) -> Sequence[NameServer] | Failure:
        """The servers to ask for one value of `via`, in order."""
        every = [server for resolver in self._resolvers for server in resolver.servers]
        if via == "authority" and not self._split:
            return await self._authority.servers(name)
        if via in ("", "authority"):
            start = (attempt == 3) * len(self._resolvers[0].servers) % len(every)
            return every[start:] + every[:start]
        for resolver in self._resolvers:
            if resolver.via == via:
                return resolver.servers
        return self._named(via)

    def _named(self, via: str) -> Sequence[NameServer] | Failure:
        """A server that is no resolver of this run, such as one of a zone's own."""
        if self._split:
            return Failure("split-dns", f"the profile names the name servers itself; {via} is none of them")
        try:
            server = parse_server(via)
        except InputError as error:
            return Failure("malformed", error.message, Fault.USAGE)
        if not may_dial(self._network, server.address):
            return Failure("not-public", f"name server {server} is not at a public address", Fault.TARGET)
        return (server,)

    async def _ask_in_turn(
        self,
        servers: Sequence[NameServer],
        name: dns.name.Name,
        rdtype: dns.rdatatype.RdataType,
        recursive: bool,
        asked: list[str],
    ) -> tuple[NameServer, dns.message.Message] | Failure:
        """The first answer of several servers, else the failure of the first one."""
        first: Failure | None = None
        for server in servers:
            asked.append(str(server))
            query = dns.message.make_query(name, rdtype, use_edns=0)
            if not recursive:
                query.flags &= ~dns.flags.RD
            got = await exchange(server, query, self._patience)
            if not isinstance(got, Failure):
                return server, got
            first = first or got
            if got.reason not in TRY_ELSEWHERE:
                break
        return first or Failure("unreachable", "there is no name server to ask")

    async def _first_answer(
        self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType
    ) -> dns.message.Message | Failure:
        """What the run's resolvers say, for finding the authority."""
        servers = await self._servers("", name, 1)
        assert not isinstance(servers, Failure)
        got = await self._ask_in_turn(servers, name, rdtype, True, [])
        return got if isinstance(got, Failure) else got[1]


def _public(address: str) -> Resolver:
    return Resolver(address, (NameServer(address),))


def _system_resolvers() -> tuple[Resolver, ...]:
    """The machine's own resolvers as one resolver, none where it has none."""
    try:
        found = dns.resolver.Resolver(configure=True)
        servers = tuple(NameServer(str(item), found.port) for item in found.nameservers)
    except (dns.exception.DNSException, OSError):
        return ()
    return (Resolver("system", servers),) if servers else ()
