"""DMARC: whether a domain's name is protected, and whether the reports about it arrive (RFC 9989, RFC 9990)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from launchready_tui.checks.limits import count
from launchready_tui.checks.mail.rules.dmarc import Policy, Walk, needs_permission, permits, walk
from launchready_tui.checks.reading.names import listed, shown
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import MailDomain, Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, passed, warned
from launchready_tui.text import one_line


@dataclass(frozen=True, slots=True)
class _Reports:
    """Where reports go: addresses that work, and destinations that have not said that they take them."""

    working: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    unusable: tuple[str, ...] = ()


@check("mail.dmarc", over="mail-domains")
async def dmarc(subject: Subject[MailDomain], ask: Ask, limits: Limits) -> Judgement:
    """S3.DMARC.01: one valid policy above none, with reports that arrive. Limit: `max_rua` addresses are served."""
    domain = subject.item
    found = await walk(ask, domain.name)
    details = tuple(_lines(found))
    if found.start.policy is None and (found.start.records or found.start.strays):
        return _unusable(found, details)
    step = found.governing
    if step is None:
        return _absent(domain, details)
    policy = step.policy
    assert policy is not None
    if bad := [item for item in policy.problems if item.startswith(("p=", "sp=", "np="))]:
        summary = f"_dmarc.{step.domain} is not valid: {bad[0]}"
        return failed("invalid-record", summary, details=details, facts={"record": one_line(policy.text, 300)})
    reports = await _reports(ask, policy, step.domain, found.organisation)
    return _judge(found, policy, reports, details, limits)


def _unusable(found: Walk, details: tuple[str, ...]) -> Judgement:
    name = f"_dmarc.{found.domain}"
    if len(found.start.records) > 1:
        summary = f"{name} has {len(found.start.records)} DMARC records: receivers use none of them"
        return failed("several-records", summary, details=details)
    summary = f"{name} holds no valid record: it must begin with v=DMARC1, in capitals"
    return failed("invalid-record", summary, details=details, facts={"record": one_line(found.start.strays[0], 300)})


def _absent(domain: MailDomain, details: tuple[str, ...]) -> Judgement:
    publish = f'_dmarc.{domain.name}. TXT "v=DMARC1; p=none; rua=mailto:dmarc@{domain.name}"'
    facts = {"publish": publish}
    lines = (*details, f"publish: {publish}")
    if domain.senders:
        summary = f"{domain.name} sends mail and has no DMARC record: anybody can write in its name"
        return failed("no-record", summary, details=lines, facts=facts, network=True)
    summary = f"{domain.name} has no DMARC record: anybody can write in its name"
    return failed("no-record-unused", summary, details=lines, facts=facts, network=True)


async def _reports(ask: Ask, policy: Policy, owner: str, organisation: str) -> _Reports:
    """Ask every foreign destination whether it takes reports about the domain of the record."""
    domains = tuple(dict.fromkeys(address.domain for address in policy.usable_rua))[:20]
    foreign = [domain for domain in domains if needs_permission(owner, domain, organisation)]
    allowed = await asyncio.gather(*(permits(ask, owner, domain) for domain in foreign))
    refused = tuple(domain for domain, yes in zip(foreign, allowed, strict=True) if not yes)
    return _Reports(
        working=tuple(domain for domain in domains if domain not in refused),
        refused=refused,
        unusable=tuple(address.text for address in policy.rua if not address.domain),
    )


def _judge(found: Walk, policy: Policy, reports: _Reports, details: tuple[str, ...], limits: Limits) -> Judgement:
    step = found.governing
    assert step is not None
    name, inherited = f"_dmarc.{step.domain}", step.domain != found.domain
    wanted = policy.for_name(inherited=inherited)
    facts = {"record": one_line(policy.text, 300), "policy": wanted}
    if reports.refused and not reports.working:
        where = f"{step.domain}._report._dmarc.{reports.refused[0]}"
        summary = f"reports go nowhere: {shown(reports.refused[0])} has not said, at {shown(where)}, that it takes them"
        publish = f'{where}. TXT "v=DMARC1"'
        lines = (*details, f"publish: {publish}")
        return failed("rua-not-authorized", summary, details=lines, facts=facts | {"publish": publish}, network=True)
    if wanted == "none" and not reports.working:
        how = f"{one_line(reports.unusable[0], 60)} is no mail address" if reports.unusable else "no rua"
        summary = f"{name} asks for nothing and hears nothing: p=none, {how}"
        return failed("none-without-reports", summary, details=details, facts=facts)
    weak = list(_weak(found, policy, reports, wanted, limits))
    if weak:
        return warned(weak[0][0], "; ".join(sentence for _, sentence in weak), details=details, facts=facts)
    inheritance = f", from {name}" if inherited else ""
    return passed(f"policy {wanted}{inheritance}, reports to {listed(list(reports.working))}", details=details)


def _weak(found: Walk, policy: Policy, reports: _Reports, wanted: str, limits: Limits) -> Iterable[tuple[str, str]]:
    """What is worth a warning, the weightiest first: reason and sentence."""
    if wanted == "none":
        how = "p=none" if policy.has_p else "no p, which means none"
        yield "policy-none", f"{how}: forged mail is delivered, and reported; decide when to raise it"
    elif policy.testing:
        yield "testing", f"t=y: receivers do not apply {wanted} while it tests"
    if not reports.working:
        how = f"{one_line(reports.unusable[0], 60)} is no mail address" if reports.unusable else "there is no rua"
        yield "no-reports", f"nobody hears of failures: {how}"
    elif reports.refused:
        yield "rua-not-authorized", f"{shown(reports.refused[0])} has not said that it takes the reports"
    elif reports.unusable:
        yield "rua-unusable", f"reports cannot be sent to {one_line(reports.unusable[0], 60)}"
    if wanted != "none" and found.domain == (found.governing.domain if found.governing else "") and policy.sp == "none":
        yield "subdomains-open", "sp=none: names below it may be forged"
    elif wanted != "none" and policy.np == "none":
        yield "subdomains-open", "np=none: names that do not exist may be forged"
    if policy.psd == "y":
        yield "claims-suffix", "psd=y says that this is a public suffix: names below it do not align with it"
    if policy.obsolete:
        broken = f"; readers of RFC 7489 refuse {listed(list(policy.old_problems))}" if policy.old_problems else ""
        yield "obsolete-tag", f"{', '.join(policy.obsolete)}: obsolete since RFC 9989 and ignored{broken}"
    if odd := [item for item in policy.problems if not item.startswith(("p=", "sp=", "np="))]:
        yield "invalid-value", f"{odd[0]}; the default counts"
    if len(policy.rua) > (most := count(limits, "max_rua", 2)):
        yield "many-rua", f"{len(policy.rua)} report addresses: receivers need not serve more than {most}"


def _lines(found: Walk) -> Iterable[str]:
    for step in found.steps:
        texts = " | ".join(one_line(text, 200) for text in (*step.records, *step.strays)[:4])
        yield f"_dmarc.{shown(step.domain)}: {texts or 'nothing'}"
    yield f"organisational domain: {shown(found.organisation)}"
