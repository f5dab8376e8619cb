"""What holds for the product's domain as a whole: wildcard, mail exchangers, SOA."""

from __future__ import annotations

import asyncio
import hashlib

from launchready_tui.checks.limits import number
from launchready_tui.checks.reading.lookups import Exchanger, Resolution, ask_all, exchangers, resolve
from launchready_tui.checks.reading.names import listed, shown, under
from launchready_tui.checks.reading.reference import service_at
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Answer, Ask
from launchready_tui.model.product import Product
from launchready_tui.model.questions import DnsAnswer, DnsLookup
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, passed, unknown, warned
from launchready_tui.text import plural, span

SOA_FIELDS = 7
"""Primary server, mailbox, serial, refresh, retry, expire, minimum (RFC 1035 section 3.3.13)."""


def invented_names(domain: str) -> tuple[str, str]:
    """Two names under a domain that nobody has made; always the same ones, so that evidence can be replayed."""
    digest = hashlib.sha256(f"launchready wildcard {domain}".encode()).hexdigest()
    return f"lr-{digest[:12]}.{domain}", f"lr-{digest[12:24]}.{domain}"


@check("dns.wildcard", over="domain")
async def wildcard(subject: Subject[str], ask: Ask, _: Limits) -> Judgement:
    """S1.DNS.09: names that nobody made do not exist (RFC 4592)."""
    domain = subject.item
    seen = await asyncio.gather(*(resolve(ask, name) for name in invented_names(domain)))
    answered = [resolution for resolution in seen if resolution.addresses or resolution.aliases]
    if len(answered) == len(seen):
        return _wildcard_found(domain, answered[0])
    for resolution in seen:
        resolution.require_all()
    if answered:
        summary = f"one invented name under {domain} has an answer, the other has none"
        return unknown("answers-differ", summary, decide_by="look for a wildcard record at the DNS provider")
    return passed(f"two invented names under {domain} do not exist")


def _wildcard_found(domain: str, seen: Resolution) -> Judgement:
    where = listed([*seen.targets, *seen.addresses])
    facts = {"target": where}
    service = service_at(seen.targets, seen.addresses)
    if service is not None and service.claimable:
        summary = f"every name under {domain} leads to {service.name} ({where}), where a stranger may claim one"
        return failed("wildcard-third-party", summary, facts=facts | {"service": service.name}, network=True)
    return warned("wildcard", f"every name under {domain} answers ({where}): typing errors stay hidden", facts=facts)


@check("dns.mail-records", over="domain")
async def mail_records(subject: Subject[str], ask: Ask, _: Limits) -> Judgement:
    """S1.DNS.15: mail for the domain finds a server (RFC 5321 section 5.1), or is openly not wanted (RFC 7505)."""
    domain = subject.item
    mx, spf, dmarc = await ask_all(
        ask, (DnsLookup(domain, "MX"), DnsLookup(domain, "TXT"), DnsLookup(f"_dmarc.{domain}", "TXT"))
    )
    texts = (f"SPF: {_presence(spf, 'v=spf1')}", f"DMARC: {_presence(dmarc, 'v=dmarc1')}")
    records = mx.facts.records
    servers = exchangers(records)
    if records and not servers:
        lines = tuple(map(shown, records[:10]))
        return unknown("malformed", f"the MX records of {domain} cannot be read", details=lines)
    if not servers:
        return await _without_mx(subject.product, domain, ask, texts)
    named = list({server.target: server for server in reversed(servers) if server.target}.values())[::-1]
    if not named:
        return _null_mx(subject.product, domain, texts)
    seen = await asyncio.gather(*(resolve(ask, server.target) for server in named))
    details = (*map(_mx_line, named, seen), *texts)
    return _judge_exchangers(domain, seen, details, null=any(not server.target for server in servers))


def _judge_exchangers(domain: str, seen: list[Resolution], details: tuple[str, ...], *, null: bool) -> Judgement:
    """What the mail servers' own records say; `null` says that a null MX stands beside them."""
    aliases = [server for server in seen if server.aliases]
    absent = [server for server in seen if server.missing or not (server.addresses or server.failures)]
    if absent:
        summary = f"mail for {domain} is sent to {shown(absent[0].name)}, which has no address"
        return failed(
            "mx-target-missing", summary, details=details, facts={"target": shown(absent[0].name)}, network=True
        )
    if aliases:
        summary = f"mail server {shown(aliases[0].name)} is a CNAME: some senders refuse to deliver (RFC 2181 §10.3)"
        return failed("mx-target-cname", summary, details=details, facts={"target": shown(aliases[0].name)})
    for server in seen:
        if not server.addresses:
            server.require_all()
    if null:
        summary = f"{domain} says at once that it takes no mail and who takes it (RFC 7505 §3)"
        return warned("null-mx", summary, details=details)
    addresses = {address for server in seen for address in server.addresses}
    if len(seen) > 1:
        return passed(f"{len(seen)} mail servers, {plural(len(addresses), 'address', 'addresses')}", details=details)
    if len(addresses) > 1:
        summary = f"one mail server, {shown(seen[0].name)}, at {len(addresses)} addresses"
        return passed(summary, note="single-mx", details=details)
    return warned("single-mx", f"one mail server, {shown(seen[0].name)}, at one address", details=details)


async def _without_mx(product: Product, domain: str, ask: Ask, details: tuple[str, ...]) -> Judgement:
    """No MX: senders try the address of the domain itself (RFC 5321 section 5.1)."""
    apex = await resolve(ask, domain)
    if apex.addresses:
        summary = f"no MX: mail for {domain} goes to its web server ({listed(apex.addresses)})"
        return warned("no-mx", summary, details=details)
    apex.require_all()
    if _sends(product, domain):
        summary = f"no MX and no address: answers to mail from {domain} bounce"
        return failed("no-mx", summary, details=details, network=True)
    return warned("no-mx", f"no MX and no address: {domain} takes no mail, and does not say so", details=details)


def _null_mx(product: Product, domain: str, details: tuple[str, ...]) -> Judgement:
    if _sends(product, domain):
        summary = f"{domain} sends mail, and says that it takes none (null MX): receivers distrust that (RFC 7505 §4.2)"
        return warned("null-mx", summary, details=details)
    return passed(f"{domain} takes no mail, and says so (null MX)", note="null-mx", details=details)


def _sends(product: Product, domain: str) -> bool:
    return any(under(sender.domain, domain) and under(domain, sender.domain) for sender in product.senders)


def _presence(answer: Answer[DnsAnswer], mark: str) -> str:
    if answer.failure is not None:
        return "could not be seen"
    return "present" if any(record.lower().startswith(mark) for record in answer.facts.records) else "absent"


def _mx_line(server: Exchanger, seen: Resolution) -> str:
    where = listed(seen.addresses) if seen.addresses else ("NXDOMAIN" if seen.missing else "no address")
    alias = f", a CNAME to {shown(seen.targets[0])}" if seen.targets else ""
    return f"MX {server.preference} {shown(server.target)}: {where}{alias}"


@check("dns.soa-sanity", over="domain")
async def soa_sanity(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S1.DNS.16: one SOA record with usual timers (RFC 1912 section 2.2). A short refresh is worth a note only.

    Limits in seconds: `min_refresh`, `min_expire`, `max_minimum`.
    """
    domain = subject.item
    records = (await ask(DnsLookup(domain, "SOA"))).facts.records
    if len(records) != 1:
        how = f"{len(records)} SOA records" if records else "no SOA record"
        lines = tuple(map(shown, records[:10]))
        return warned("soa-unusual", f"{domain} has {how}; a zone has exactly one", details=lines)
    fields = records[0].split()
    numbers = [int(field) for field in fields[2:] if field.isascii() and field.isdigit() and len(field) <= 10]
    if len(fields) != SOA_FIELDS or len(numbers) != SOA_FIELDS - 2:
        return unknown("malformed", f"the SOA record of {domain} cannot be read", details=(shown(records[0]),))
    _, refresh, retry, expire, minimum = numbers
    odd = []
    if expire < (least := number(limits, "min_expire", 604800)):
        odd.append(f"expire {span(expire)}, less than {span(least)}: secondaries forget the zone soon")
    if minimum > (most := number(limits, "max_minimum", 86400)):
        odd.append(f"minimum {span(minimum)}, more than {span(most)}: a name asked for too early stays missing")
    timers = (f"refresh {span(refresh)}", f"retry {span(retry)}", f"expire {span(expire)}", f"minimum {span(minimum)}")
    if odd:
        return warned("soa-unusual", "; ".join(odd), details=timers)
    short = refresh < number(limits, "min_refresh", 14400)
    return passed(", ".join(timers), note="refresh-short" if short else "")
