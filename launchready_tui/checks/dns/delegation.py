"""Whether the registry, the zone and each of its name servers tell the same story."""

from __future__ import annotations

import asyncio
import ipaddress
from dataclasses import dataclass

from launchready_tui.checks.limits import number
from launchready_tui.checks.reading.lookups import resolve
from launchready_tui.checks.reading.names import listed, registered_domain, shown, tidy_name
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask, Failure, Fault, Unseen
from launchready_tui.model.questions import Delegation, DelegationFacts, DnsLookup, Resolvers
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, not_applicable, passed, warned
from launchready_tui.text import plural

LEAST_SERVERS = 2
"""Name servers that a zone needs (RFC 2182 section 5)."""

SERIAL_AHEAD = 3600
"""Seconds by which serials of the form of a date or clock may differ while a change travels."""

MOST_SERVERS = 8


@check("dns.registry-delegation", over="domain")
async def registry_delegation(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S1.DNS.01: the registry names the servers that the zone names, at least two, in different networks, none lame."""
    if subject.product.network.nameservers:
        return not_applicable(
            "the profile names its own name servers, so the way from the root says nothing about them"
        )
    domain = registered_domain(subject.item) or subject.item
    facts = (await ask(Delegation(domain))).facts
    if not facts.exists:
        return failed("not-delegated", f"the registry knows no {domain} (NXDOMAIN)", network=True)
    details = tuple(f"{item.name}: {item.state} ({listed(item.addresses) or 'no address'})" for item in facts.servers)
    least = int(number(limits, "min_servers", LEAST_SERVERS))
    if len(facts.parent) < least:
        summary = f"only {plural(len(facts.parent), 'name server')} at the registry: {listed(facts.parent)}"
        return failed("too-few-servers", summary, details=details)
    if lame := [item.name for item in facts.servers if item.state in ("lame", "unresolved")]:
        return failed("lame-server", f"{listed(lame)} does not answer for {domain}", details=details, network=True)
    if silent := [item.name for item in facts.servers if item.state == "unreachable"]:
        if len(silent) == len(facts.servers):
            raise Unseen(Failure("timeout", f"no name server of {domain} answers from here"))
        return warned("server-silent", f"{listed(silent)} does not answer", details=details)
    return _compared(facts, domain, details)


def _compared(facts: DelegationFacts, domain: str, details: tuple[str, ...]) -> Judgement:
    if set(facts.parent) != set(facts.child):
        here, there = set(facts.parent) - set(facts.child), set(facts.child) - set(facts.parent)
        parts = [f"only at the registry: {listed(sorted(here))}"] if here else []
        parts += [f"only in the zone: {listed(sorted(there))}"] if there else []
        return warned("sets-differ", "; ".join(parts), details=details)
    networks = {_network(address) for server in facts.servers for address in server.addresses}
    if len(networks) == 1:
        return warned("one-network", f"all name servers of {domain} are in {networks.pop()}", details=details)
    return passed(
        f"{plural(len(facts.parent), 'name server')}, the same at the registry and in the zone", details=details
    )


def _network(address: str) -> str:
    size = 48 if ":" in address else 24
    return str(ipaddress.ip_network(f"{address}/{size}", strict=False))


@dataclass(frozen=True, slots=True)
class _Server:
    """A name server of the zone at one of its addresses."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{shown(self.name)} ({self.address})"


async def zone_servers(domain: str, ask: Ask) -> list[tuple[str, str]]:
    """Names and addresses of the zone's own servers. Raises `Unseen` where the profile names the servers itself."""
    if (await ask(Resolvers())).facts.split:
        message = "the profile names its own name servers, so the zone's cannot be asked one by one"
        raise Unseen(Failure("split-dns", message, Fault.USAGE))
    names = (await ask(DnsLookup(domain, "NS"))).facts.records[:MOST_SERVERS]
    found = await asyncio.gather(*(resolve(ask, name) for name in names))
    return [(seen.name, address) for seen in found for address in seen.addresses if ":" not in address]


@check("dns.authorities-agree", over="domain")
async def authorities_agree(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S1.DNS.02: every name server answers with authority, and alike, for the SOA and each product host."""
    domain = subject.item
    servers = [_Server(*pair) for pair in await zone_servers(domain, ask)]
    if not servers:
        return failed("no-servers", f"{domain} has no name server with an address", network=True)
    tally = Tally()
    await _serials(domain, servers, ask, tally, number(limits, "serial_ahead_seconds", SERIAL_AHEAD))
    hosts = [
        host.name for host in subject.product.hosts if not host.is_address and tidy_name(host.name).endswith(domain)
    ]
    await asyncio.gather(*(_same_everywhere(name, servers, ask, tally) for name in hosts))
    order = ("not-authoritative", "refused", "records-differ")
    decide_by = "Run it again, or ask each server by hand: dig +norecurse SOA DOMAIN @SERVER."
    return (
        tally.fail_first(order)
        or tally.unknown("not every name server could be asked", decide_by=decide_by)
        or tally.warn_first(("serials-differ",))
        or tally.passed(f"{plural(len(servers), 'name server')} agree on {plural(len(hosts), 'host')}")
    )


async def _serials(domain: str, servers: list[_Server], ask: Ask, tally: Tally, ahead: float) -> None:
    answers = await asyncio.gather(*(ask(DnsLookup(domain, "SOA", server.address)) for server in servers))
    serials: dict[int, str] = {}
    for server, answer in zip(servers, answers, strict=True):
        if answer.failure is not None:
            if answer.failure.reason == "dns-refused":
                tally.fail("refused", f"{server} refuses to answer for {domain}")
            else:
                tally.blind(str(server), answer.failure)
            continue
        if not answer.facts.authoritative:
            tally.fail("not-authoritative", f"{server} answers for {domain} without authority")
        fields = (answer.facts.records or ("",))[0].split()
        if len(fields) == 7 and fields[2].isdigit():
            serials[int(fields[2])] = str(server)
    if len(serials) > 1:
        gap = max(serials) - min(serials)
        near = "" if gap <= ahead else ", far apart"
        tally.warn("serials-differ", f"serials {min(serials)} ({serials[min(serials)]}) and {max(serials)}{near}")


async def _same_everywhere(name: str, servers: list[_Server], ask: Ask, tally: Tally) -> None:
    """A CNAME settles a name; else its addresses and mail exchangers are compared."""
    seen: dict[tuple[str, ...], str] = {}
    for server in servers:
        records: list[str] = []
        for rdtype in ("CNAME", "A", "AAAA", "MX"):
            answer = await ask(DnsLookup(name, rdtype, server.address))
            if answer.failure is not None:
                tally.blind(f"{name} {rdtype} at {server}", answer.failure)
                return
            records += [f"{rdtype} {record}" for record in answer.facts.records]
            if rdtype == "CNAME" and records:
                break
        seen.setdefault(tuple(sorted(records)), str(server))
    if len(seen) > 1:
        texts = [f"{server}: {listed(list(records)) or 'nothing'}" for records, server in seen.items()]
        tally.fail("records-differ", f"{shown(name)} differs: {'; '.join(texts[:3])}", network=True)
