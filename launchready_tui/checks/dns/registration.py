"""Whether the domain itself is paid for and locked."""

from __future__ import annotations

from datetime import timedelta

from launchready_tui.checks.limits import number
from launchready_tui.checks.reading.names import registered_domain
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.questions import RdapDomain
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, passed, unknown, warned
from launchready_tui.text import one_line

WARN_DAYS, FAIL_DAYS = 60, 30

ENDING = ("redemption period", "pending delete", "client hold", "server hold")
"""States in which a domain does not work, or soon will not (RFC 8056 and EPP)."""

LOCKS = ("client transfer prohibited", "server transfer prohibited")


@check("dns.registration", over="domain")
async def registration(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S1.DNS.14: the registration outlives the launch by two months, and nobody can take the domain elsewhere."""
    domain = registered_domain(subject.item) or subject.item
    answer = await ask(RdapDomain(domain))
    facts = answer.facts
    if not facts.registered:
        return failed("not-registered", f"the registry knows no registration of {domain}", network=True)
    details = tuple(one_line(line) for line in (f"registrar: {facts.registrar or 'not named'}", *facts.statuses))
    # Registries write `clientTransferProhibited` where RDAP has it in words.
    states = {status.replace(" ", "").lower() for status in facts.statuses}
    ending = [state for state in ENDING if state.replace(" ", "") in states]
    if ending:
        return failed("registration-ending", f"{domain} is in the state {ending[0]}", details=details)
    warn, fail = number(limits, "warn_days", WARN_DAYS), number(limits, "fail_days", FAIL_DAYS)
    left = None if facts.expires_at is None else facts.expires_at - answer.seen_at
    until = "" if facts.expires_at is None or left is None else f"{left.days} days, until {facts.expires_at:%Y-%m-%d}"
    if left is not None and left < timedelta(days=fail):
        return failed("expires-soon", f"{domain} is registered for {until}", details=details)
    if not states & {lock.replace(" ", "") for lock in LOCKS}:
        return warned("no-transfer-lock", f"{domain} has no transfer lock", details=details)
    if left is None:
        return unknown(
            "no-expiry-date", f"the registry does not say until when {domain} is registered", details=details
        )
    if left < timedelta(days=warn):
        return warned("expires", f"{domain} is registered for {until}", details=details)
    return passed(f"registered for {until}, with a transfer lock", details=details)
