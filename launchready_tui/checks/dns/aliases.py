"""The rules for CNAME records (RFC 1034 section 3.6.2, RFC 2181 section 10)."""

from __future__ import annotations

from launchready_tui.checks.limits import count
from launchready_tui.checks.reading.lookups import ask_all, cname_of, exchangers, require, trail
from launchready_tui.checks.reading.names import listed, shown, tidy_name
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Host
from launchready_tui.model.questions import DnsLookup
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, passed, warned
from launchready_tui.text import plural

OTHER_TYPES = ("A", "AAAA", "MX", "TXT", "NS")
"""What is found beside a CNAME in practice."""


@check("dns.cname-chain", over="named-hosts")
async def cname_chain(subject: Subject[Host], ask: Ask, limits: Limits) -> Judgement:
    """S1.DNS.07: the host's CNAME stands alone, and leads to its end in a few steps.

    Limits in steps: `warn_length`, `max_length`.
    """
    name = subject.item.name
    steps = await trail(ask, name)
    path = listed([name, *steps.targets], most=12)
    if steps.loop:
        return failed("cname-loop", f"the CNAMEs go round in circles: {path}", facts={"chain": path})
    length = len(steps.aliases)
    if length > (most := count(limits, "max_length", 8)):
        summary = f"{length} CNAMEs in a row, more than {most}: resolvers give up"
        return failed("cname-chain-long", summary, details=(path,), facts={"chain": path})
    beside = await _beside_cname(ask, name)
    if beside:
        summary = f"{name} is a CNAME and has {', '.join(beside)} records as well: resolvers see one or the other"
        return failed("cname-and-other-data", summary, facts={"types": ", ".join(beside)})
    if length >= (many := count(limits, "warn_length", 5)):
        summary = f"{length} CNAMEs in a row ({many} or more are slow): {path}"
        return warned("cname-chain-long", summary, facts={"chain": path})
    return passed(f"{plural(length, 'CNAME')} on the way: {path}" if length else "not a CNAME")


async def _beside_cname(ask: Ask, name: str) -> list[str]:
    """The record types that the zone's own server gives for an alias besides its CNAME.

    A server that keeps to the rules answers a question for another type with the alias, never with data of the name.
    """
    if not cname_of((await ask(DnsLookup(name, "CNAME"))).facts, name):
        return []
    answers = await ask_all(ask, (DnsLookup(name, rdtype, "authority") for rdtype in OTHER_TYPES))
    found = [
        rdtype
        for rdtype, answer in zip(OTHER_TYPES, answers, strict=True)
        if not answer.failure and answer.facts.records and not answer.facts.aliases
    ]
    if not found:
        require(answers)
    return found


@check("dns.cname-targets", over="domain")
async def cname_targets(subject: Subject[str], ask: Ask, _: Limits) -> Judgement:
    """S1.DNS.07: the domain itself is no alias (RFC 1034 section 3.6.2), nor are the names that its MX and NS records
    name (RFC 2181 section 10.3)."""
    domain = subject.item
    apex = cname_of((await ask(DnsLookup(domain, "CNAME"))).facts, domain)
    if apex:
        summary = f"{domain} itself is a CNAME to {shown(apex)}: its MX, TXT and NS records are lost"
        return failed("apex-cname", summary, facts={"target": shown(apex)})
    mx, ns = await ask_all(ask, (DnsLookup(domain, "MX"), DnsLookup(domain, "NS")))
    roles: dict[str, str] = {}
    if not ns.failure:
        roles |= {tidy_name(target): "ns" for target in ns.facts.records}
    if not mx.failure:
        roles |= {item.target: "mx" for item in exchangers(mx.facts.records) if item.target not in roles}
    roles.pop("", None)
    answers = await ask_all(ask, (DnsLookup(target, "CNAME") for target in roles))
    aliases = {
        target: cname_of(answer.facts, target)
        for target, answer in zip(roles, answers, strict=True)
        if not answer.failure and cname_of(answer.facts, target)
    }
    details = tuple(f"{roles[name].upper()} {shown(name)} is a CNAME to {shown(to)}" for name, to in aliases.items())
    for role, whose in (("ns", "name server"), ("mx", "mail server")):
        bad = [target for target in aliases if roles[target] == role]
        if bad:
            summary = f"{plural(len(bad), whose)} named by a CNAME: {listed(bad)}"
            return failed(f"{role}-target-cname", summary, details=details, facts={"target": shown(bad[0])})
    require((mx, ns, *answers))
    return passed(f"no CNAME at {domain} nor at its {plural(len(roles), 'mail and name server')}")
