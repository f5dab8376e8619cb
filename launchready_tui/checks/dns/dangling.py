"""Records that point to something gone, which a stranger could register or claim (subdomain takeover).

Three steps: (1) does the target exist, and is its domain registered; (2) is the target at a service on the takeover
list; (3) does that service show the page of an unclaimed name. Only (2) and (3) together confirm a takeover.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from launchready_tui.checks.reading.lookups import Trail, ask_all, exchangers, require, trail
from launchready_tui.checks.reading.names import listed, registered_domain, shown, tidy_name
from launchready_tui.checks.reading.reference import Service, service_at
from launchready_tui.checks.reading.urls import host_of
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.checks.tally import server_error
from launchready_tui.model.evidence import Ask, Failure, Unseen
from launchready_tui.model.product import Host
from launchready_tui.model.questions import DnsLookup, HttpExchange, HttpResponse, RdapDomain
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, not_applicable, not_run, passed, unknown, warned
from launchready_tui.text import plural

MOST_TARGETS = 40
"""Names in NS, MX and SPF that are looked up; SPF allows ten lookups (RFC 7208 section 4.6.4)."""

_SPF_NAME = re.compile(r"[+\-~?]?(?:include:|redirect=)([^%]+)$", re.IGNORECASE)


@check("dns.dangling-record", over="named-hosts")
async def dangling_record(subject: Subject[Host], ask: Ask, _: Limits) -> Judgement:
    """S1.DNS.08: what the host's CNAME points to exists, and is claimed by the product."""
    name = subject.item.name
    steps = await trail(ask, name)
    if steps.loop:
        return unknown("cname-loop", f"the CNAMEs of {name} go round in circles", decide_by="mend the loop first")
    if steps.dead:
        return await _dead_target(ask, subject.product.domain, steps)
    addresses: tuple[str, ...] = ()
    if not steps.aliases:
        facts = (await ask(DnsLookup(name, "A"))).facts
        if facts.rcode == "NXDOMAIN":
            return not_applicable(f"{name} does not exist, so nothing can dangle")
        addresses = facts.records
    service = service_at(steps.targets, addresses)
    if service is None and not steps.aliases:
        return passed("no CNAME: the host depends on no name of somebody else")
    end = listed(steps.targets[-1:] or addresses)
    if service is None:
        return passed(f"its target {end} exists and is at no service that is known for takeovers")
    if not service.claimable:
        return passed(f"{service.name} ({end}) does not let strangers claim this name")
    if service.nxdomain:
        return passed(f"its target {end} at {service.name} exists, so it is claimed")
    return await _claimed(ask, name, end, service)


async def _dead_target(ask: Ask, domain: str, steps: Trail) -> Judgement:
    """The verdict on a CNAME whose target does not exist."""
    target = steps.targets[-1]
    facts = {"target": shown(target)}
    service = service_at(steps.targets)
    if service is not None and service.nxdomain and service.vulnerable:
        summary = f"{shown(target)} does not exist: anybody can claim it at {service.name}"
        return failed("takeover-confirmed", summary, facts=facts | {"service": service.name}, network=True)
    owner = await _owner(ask, target, domain)
    if owner.unregistered:
        summary = f"points to {shown(target)}, and nobody owns {shown(owner.domain)}: it is for sale"
        return failed("unregistered-target", summary, details=(owner.line,), facts=facts, network=True)
    if service is not None and service.edge_case:
        summary = f"{shown(target)} does not exist; names at {service.name} can be claimed in some cases"
        return warned("takeover-potential", summary, details=(owner.line,), facts=facts | {"service": service.name})
    summary = f"points to {shown(target)}, which does not exist"
    return failed("dangling-target", summary, details=(owner.line,), facts=facts, network=True)


async def _claimed(ask: Ask, name: str, end: str, service: Service) -> Judgement:
    """Step 3: look at the page that the service shows for the host."""
    first: Failure | None = None
    for scheme in ("https", "http"):
        answer = await ask(HttpExchange("GET", f"{scheme}://{name}/", active=True))
        if answer.failure is None:
            page = answer.facts
            if service.matches_page(page.status, page.text):
                return _unclaimed(name, end, service, page)
            if page.status >= 500:
                first = first or server_error(page.status)
            elif not _stays(name, page):
                return passed(f"{service.name} ({end}) answers for {name} with a page of its own (HTTP {page.status})")
        elif answer.failure.reason == "no-consent":
            return not_run("no-consent", f"{name} is at {service.name}: is it claimed? That needs an active look")
        else:
            first = first or answer.failure
    raise Unseen(first or Failure("malformed", f"{name} only redirects between http and https"))


def _stays(name: str, page: HttpResponse) -> bool:
    """Whether a response only sends the visitor on to another URL of the same host: it shows nothing yet."""
    return 300 <= page.status < 400 and host_of(page.location) == tidy_name(name)


def _unclaimed(name: str, end: str, service: Service, page: HttpResponse) -> Judgement:
    facts = {"service": service.name, "target": end}
    shows = f"{service.name} ({end}) shows for {name} its page for names that nobody has claimed (HTTP {page.status})"
    if service.vulnerable and service.page is not None:
        return failed("takeover-confirmed", shows, facts=facts, network=True)
    return warned("takeover-potential", shows, details=(f"{service.name}: {service.status}",), facts=facts)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns the domain of a dead target. `line` says it in a sentence."""

    domain: str
    unregistered: bool
    line: str


async def _owner(ask: Ask, target: str, own_domain: str) -> Owner:
    """Ask the registry about the registered domain of a target, unless that is the product's own."""
    domain = registered_domain(target)
    if not domain or domain == registered_domain(own_domain):
        return Owner(domain, False, f"{shown(target)} is the product's own" if domain else "no registered domain")
    answer = await ask(RdapDomain(domain))
    if answer.failure is not None:
        return Owner(domain, False, f"the registration of {shown(domain)} could not be seen ({answer.failure.reason})")
    registered = answer.facts.registered
    return Owner(domain, not registered, f"{shown(domain)} is {'' if registered else 'not '}registered")


@dataclass(frozen=True, slots=True)
class Target:
    """A name that the domain relies on: where it stands, and the record type that has to be there."""

    role: str
    name: str
    rdtype: str


@check("dns.dangling-delegation", over="domain")
async def dangling_delegation(subject: Subject[str], ask: Ask, _: Limits) -> Judgement:
    """S1.DNS.08: the names in the domain's NS, MX and SPF records exist, and somebody owns their domains."""
    domain = subject.item
    ns, mx, txt = zones = await ask_all(ask, (DnsLookup(domain, rdtype) for rdtype in ("NS", "MX", "TXT")))
    targets: list[Target] = []
    if not ns.failure:
        targets += [Target("NS", tidy_name(record), "A") for record in ns.facts.records]
    if not mx.failure:
        targets += [Target("MX", item.target, "A") for item in exchangers(mx.facts.records)]
    if not txt.failure:
        targets += [Target("SPF", name, "TXT") for name in spf_names(txt.facts.records)]
    targets = list(dict.fromkeys(target for target in targets if target.name))
    answers = await ask_all(ask, (DnsLookup(target.name, target.rdtype) for target in targets[:MOST_TARGETS]))
    dead = [
        target
        for target, answer in zip(targets, answers, strict=False)
        if not answer.failure and answer.facts.rcode == "NXDOMAIN"
    ]
    if dead:
        return await _dead_names(ask, domain, dead)
    require((*zones, *answers))
    if len(targets) > MOST_TARGETS:
        summary = f"{domain} relies on {len(targets)} names; only {MOST_TARGETS} were looked up"
        return unknown("too-large", summary, decide_by="make the SPF record shorter")
    if ns.facts.rcode == "NXDOMAIN":
        return not_applicable(f"{domain} does not exist, so it relies on nothing")
    return passed(f"{plural(len(targets), 'name')} in NS, MX and SPF, all exist")


async def _dead_names(ask: Ask, domain: str, dead: list[Target]) -> Judgement:
    owners = [await _owner(ask, target.name, domain) for target in dead]
    details = tuple(
        f"{target.role} {shown(target.name)} does not exist; {owner.line}"
        for target, owner in zip(dead, owners, strict=True)
    )
    for target, owner in zip(dead, owners, strict=True):
        if owner.unregistered:
            summary = f"{target.role} names {shown(target.name)}, and nobody owns {shown(owner.domain)}: it is for sale"
            return failed(
                "unregistered-target", summary, details=details, facts={"target": shown(target.name)}, network=True
            )
    summary = f"{dead[0].role} names {shown(dead[0].name)}, which does not exist"
    return failed("dangling-target", summary, details=details, facts={"target": shown(dead[0].name)}, network=True)


def spf_names(records: tuple[str, ...]) -> tuple[str, ...]:
    """The names that SPF records include or redirect to (RFC 7208 sections 5.2 and 6.1), but for those with macros."""
    names: dict[str, None] = {}
    for record in records:
        mark, *terms = record.split()[:500] or [""]
        if mark.lower() != "v=spf1":
            continue
        for term in terms:
            match = _SPF_NAME.match(term)
            if match is not None:
                names[tidy_name(match[1])] = None
    return tuple(name for name in names if name)
