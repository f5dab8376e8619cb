"""The rules of the big mailboxes for bulk senders, as far as DNS and reports show them; and what is for later."""

from __future__ import annotations

import asyncio
import ipaddress

from launchready_tui.checks.limits import count
from launchready_tui.checks.mail.reports import reported
from launchready_tui.checks.mail.rules import dkim
from launchready_tui.checks.mail.rules.dmarc import walk
from launchready_tui.checks.mail.rules.spf_survey import Survey, survey
from launchready_tui.checks.mail.spf import NO_SENDER, input_missing
from launchready_tui.checks.reading.lookups import ask_all, exchangers, resolve
from launchready_tui.checks.reading.names import listed, shown, tidy_name
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import MailDomain, Subject
from launchready_tui.model.evidence import Ask, Unseen
from launchready_tui.model.questions import DnsLookup, HttpExchange
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, passed, unknown
from launchready_tui.text import one_line

MOST_OWN = 16
"""Addresses of one range that are looked up: a larger range is no list of mail servers."""

_ASK_POSTMASTER = (
    "look at the spam rate in Google Postmaster Tools and at the one-click unsubscribe of a marketing mail, and attest"
)


@check("mail.bulk-rules", over="senders")
async def bulk_rules(subject: Subject[MailDomain], ask: Ask, limits: Limits) -> Judgement:
    """S3.MAIL.04: SPF, DKIM and DMARC are there, own servers have matching names, and the volume is known to be small.

    Whether the records are good is for their own checks. The spam rate is seen by nobody but the mailbox provider: with
    more than `bulk_per_day` messages, or an unknown number, a person has to look.
    """
    domain = subject.item
    if not domain.senders:
        return input_missing(NO_SENDER, "add a [[sender]] with domain, provider and selectors, or attest")
    seen, found = await asyncio.gather(survey(ask, domain.name), walk(ask, domain.name))
    if seen.root.failure is not None:
        raise Unseen(seen.root.failure)
    lacking = [] if seen.root.records else ["an SPF record"]
    lacking += await _keys_lacking(ask, domain)
    lacking += [] if found.governing else ["a DMARC record"]
    details = (f"DMARC: {found.governing.domain if found.governing else 'none'}",)
    if lacking:
        summary = f"{domain.name} lacks {' and '.join(lacking)}: Gmail and Outlook refuse bulk mail from it"
        return failed("basics-missing", summary, details=details, network=True)
    nameless = await _nameless(ask, seen)
    if nameless:
        summary = f"{listed(nameless)} sends for {domain.name} and has no name that leads back to it"
        return failed("no-reverse-name", summary, details=details, facts={"address": nameless[0]}, network=True)
    return await _volume(subject, ask, limits, details)


async def _keys_lacking(ask: Ask, domain: MailDomain) -> list[str]:
    """A missing DKIM key, where the selectors are known."""
    names = [f"{tidy_name(item)}._domainkey.{domain.name}" for sender in domain.senders for item in sender.selectors]
    answers = await ask_all(ask, [DnsLookup(name, "TXT") for name in dict.fromkeys(names)])
    if not answers or any(answer.failure is not None for answer in answers):
        return []
    keys = [dkim.parse(record) for answer in answers for record in dkim.select(answer.facts.records)]
    return [] if any(not key.error for key in keys) else ["a DKIM key"]


async def _nameless(ask: Ask, seen: Survey) -> list[str]:
    """Own addresses without a name that leads back to them (forward-confirmed reverse DNS)."""
    addresses = [
        str(address)
        for network in seen.own_networks
        if network.num_addresses <= MOST_OWN
        for address in (network if network.num_addresses > 1 else [network.network_address])
    ][: MOST_OWN * 2]
    good = await asyncio.gather(*(_has_name(ask, address) for address in addresses))
    return [address for address, yes in zip(addresses, good, strict=True) if not yes]


async def _has_name(ask: Ask, address: str) -> bool:
    pointer = ipaddress.ip_address(address).reverse_pointer
    names = (await ask(DnsLookup(pointer, "PTR"))).facts.records[:10]
    there = await asyncio.gather(*(resolve(ask, tidy_name(name)) for name in names))
    if any(address in resolution.addresses for resolution in there):
        return True
    for resolution in there:
        resolution.require_all()
    return False


async def _volume(subject: Subject[MailDomain], ask: Ask, limits: Limits, details: tuple[str, ...]) -> Judgement:
    """Small senders have no spam rate; for the others it takes a person."""
    domain, most = subject.item.name, count(limits, "bulk_per_day", 5000)
    if not subject.product.mail.reports:
        summary = f"what DNS shows of {domain} is in order; how much it sends, and its spam rate, are not known"
        return unknown("volume-unknown", summary, decide_by=_ASK_POSTMASTER, details=details)
    found = await reported(ask, subject.product)
    messages = sum(row.count for row in found.rows if row.from_domain == domain and row.passes)
    a_day = messages / found.days
    if not messages:
        summary = f"what DNS shows of {domain} is in order; the reports say nothing about its volume"
        return unknown("volume-unknown", summary, decide_by=_ASK_POSTMASTER, details=details)
    if a_day >= most:
        summary = (
            f"{domain} sends {a_day:,.0f} messages a day: its spam rate must stay under 0.1 %, and only Gmail sees it"
        )
        return unknown("spam-rate", summary, decide_by=_ASK_POSTMASTER, details=details)
    summary = (
        f"SPF, DKIM and DMARC are there; {a_day:,.0f} messages a day by the reports, where bulk begins at {most:,}"
    )
    return passed(summary, details=details)


@check("mail.transport-policy", over="domain")
async def transport_policy(subject: Subject[str], ask: Ask, _: Limits) -> Judgement:
    """S3.MAIL.05: which of MTA-STS (RFC 8461), TLS-RPT (RFC 8460) and BIMI exist. Information only."""
    domain = subject.item
    names = {"MTA-STS": f"_mta-sts.{domain}", "TLS-RPT": f"_smtp._tls.{domain}", "BIMI": f"default._bimi.{domain}"}
    marks = {"MTA-STS": "v=sts", "TLS-RPT": "v=tlsrpt", "BIMI": "v=bimi"}
    answers = await ask_all(ask, [DnsLookup(name, "TXT") for name in names.values()])
    there: list[str] = []
    details: list[str] = []
    for what, answer in zip(names, answers, strict=True):
        records = [record for record in answer.facts.records if record.lower().startswith(marks[what])]
        there += [what] if records else []
        details += [f"{what}: {one_line(records[0], 200) if records else 'none'}"]
    if "MTA-STS" in there:
        note, line = await _sts(ask, domain)
        details.append(line)
        if note:
            return passed(line, note=note, details=tuple(details))
    summary = f"{' and '.join(there)} exist{'s' if len(there) == 1 else ''}" if there else "none of the three exists"
    return passed(f"{summary}; nothing to do for the launch", note="" if there else "none", details=tuple(details))


async def _sts(ask: Ask, domain: str) -> tuple[str, str]:
    """A note on the MTA-STS policy, '' where it fits the mail servers, and the line that tells it."""
    url = f"https://mta-sts.{domain}/.well-known/mta-sts.txt"
    page, mx = await ask(HttpExchange("GET", url)), await ask(DnsLookup(domain, "MX"))
    if page.failure is not None or page.facts.status != 200:
        return "mta-sts-unreadable", f"the MTA-STS policy at {url} cannot be fetched, so it does not count"
    pairs = [line.partition(":") for line in page.facts.text.splitlines()[:200]]
    patterns = [value.strip().lower() for key, _, value in pairs if key.strip().lower() == "mx"]
    mode = next((value.strip().lower() for key, _, value in pairs if key.strip().lower() == "mode"), "")
    servers = [server.target for server in exchangers(mx.facts.records)] if mx.failure is None else []
    strangers = [server for server in servers if server and not any(_matches(server, item) for item in patterns)]
    if strangers and mode != "none":
        return (
            "mta-sts-mismatch",
            f"the MTA-STS policy ({shown(mode)}) leaves out {listed(strangers)}: mail may not arrive",
        )
    return "", f"MTA-STS policy: {shown(mode)}, {listed(patterns)}"


def _matches(server: str, pattern: str) -> bool:
    """RFC 8461 section 4.1: a name, or `*.` for exactly one label."""
    if pattern.startswith("*."):
        return server.partition(".")[2] == pattern[2:]
    return server == tidy_name(pattern)
