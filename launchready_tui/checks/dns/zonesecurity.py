"""Whether the zone is closed to copying, and whether its signatures hold."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from launchready_tui.checks.dns.delegation import zone_servers
from launchready_tui.checks.limits import number
from launchready_tui.checks.reading.lookups import ask_all
from launchready_tui.checks.reading.names import listed, registered_domain
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Answer, Ask
from launchready_tui.model.questions import DnsLookup, Resolvers, Validation, ValidationReply, ZoneTransfer
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, passed, unknown, warned
from launchready_tui.text import plural, span

CLOSED = frozenset({"refused", "reset"})
"""Failures of a TCP connection that say: nothing is handed out here."""

SIGNATURE_DAYS = 3
"""Days that signatures should hold at least."""


@check("dns.zone-transfer", over="domain")
async def zone_transfer(subject: Subject[str], ask: Ask, _: Limits) -> Judgement:
    """S1.DNS.10: no name server hands the whole zone to a stranger (RFC 5936). One refused message is enough.

    A server that takes no TCP connection refuses the transfer only if it answers otherwise: one that is down was not
    seen.
    """
    domain = subject.item
    resolvers = (await ask(Resolvers())).facts
    servers = (
        list(resolvers.resolvers) if resolvers.split else [address for _, address in await zone_servers(domain, ask)]
    )
    answers = await asyncio.gather(*(ask(ZoneTransfer(domain, server)) for server in servers))
    closed = [s for s, a in zip(servers, answers, strict=True) if a.failure is not None and a.failure.reason in CLOSED]
    alive = await ask_all(
        ask, [DnsLookup(domain, "SOA", server if resolvers.split else "authority") for server in closed]
    )
    answering = {server for server, answer in zip(closed, alive, strict=True) if answer.failure is None}
    tally = Tally()
    for server, answer in zip(servers, answers, strict=True):
        if answer.failure is None:
            if answer.facts.allowed:
                tally.fail("transfer-open", f"{server} hands out the zone of {domain} to anybody")
            else:
                tally.note(f"{server}: {answer.facts.rcode}")
        elif server in answering:
            tally.note(f"{server}: {answer.failure.reason} over TCP")
        else:
            tally.blind(server, answer.failure)
    decide_by = f"Ask each server by hand: dig AXFR {domain} @SERVER."
    return (
        tally.fail_first(("transfer-open",))
        or tally.unknown("not every name server could be asked for a transfer", decide_by=decide_by)
        or tally.passed(f"{plural(len(servers), 'name server')} refused to hand out the zone")
    )


@check("dns.dnssec", over="domain")
async def dnssec(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S1.DNS.11: where the registry holds a key of the zone, validating resolvers must agree with it (RFC 4035)."""
    domain = registered_domain(subject.item) or subject.item
    digests = (await ask(DnsLookup(domain, "DS"))).facts.records
    if not digests:
        return passed(f"{domain} is not signed, which is no fault", note="unsigned")
    resolvers = (await ask(Resolvers())).facts
    chosen = [item for item in resolvers.resolvers if resolvers.split or item != "system"][:2]
    checked = await ask_all(ask, [Validation(domain, via) for via in chosen])
    unchecked = await ask_all(ask, [Validation(domain, via, unchecked=True) for via in chosen])
    bogus = [
        via
        for via, with_check, without in zip(chosen, checked, unchecked, strict=True)
        if _rcode(with_check) == "SERVFAIL" and _rcode(without) == "NOERROR"
    ]
    if bogus:
        summary = f"{listed(bogus)} refuses {domain}: its signatures do not fit the key at the registry"
        return failed("bogus", summary, network=True)
    seen = [answer for answer in checked if answer.failure is None]
    for answer in seen:
        judged = _signatures(answer, number(limits, "min_signature_days", SIGNATURE_DAYS))
        if judged is not None:
            return judged
    if any(answer.facts.authenticated for answer in seen):
        return passed(f"{domain} is signed, and a resolver that validates says so")
    return unknown(
        "split-dns" if resolvers.split else "not-validated",
        f"{domain} is signed, and no resolver of this run validates",
        decide_by=f"Ask a validating resolver: delv {domain}.",
    )


def _rcode(answer: Answer[ValidationReply]) -> str:
    return "" if answer.failure is not None else answer.facts.rcode


def _signatures(answer: Answer[ValidationReply], least_days: float) -> Judgement | None:
    until = answer.facts.signed_until
    if until is None or until - answer.seen_at >= timedelta(days=least_days):
        return None
    return warned("signature-expires", f"the signatures end in {span((until - answer.seen_at).total_seconds())}")
