"""DKIM keys of known selectors. What is not known is never guessed: a name that answers proves nothing."""

from __future__ import annotations

from launchready_tui.checks.limits import count
from launchready_tui.checks.mail.rules.dkim import KeyRecord, parse, select
from launchready_tui.checks.mail.rules.providers import mail_provider
from launchready_tui.checks.mail.spf import NO_SENDER, input_missing
from launchready_tui.checks.reading.lookups import ask_all
from launchready_tui.checks.reading.names import listed, shown
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Selector, Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.questions import DnsLookup, MailMessage
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, passed, unknown, warned
from launchready_tui.text import one_line

_SENTENCES = {
    "revoked": "revoked",
    "version": "malformed",
    "unreadable": "unreadable-key",
    "key-type": "unknown-key-type",
    "no-sha256": "sha1-only",
    "not-for-mail": "not-for-mail",
}
"""The reason that is given for each error of a record."""


@check("mail.dkim", over="selectors")
async def dkim(subject: Subject[Selector], ask: Ask, limits: Limits) -> Judgement:
    """S3.DKIM.01: the selector's record resolves to one strong key (RFC 6376, 8301, 8463).

    Limits in bits: `min_rsa_bits`, `pass_rsa_bits`.
    """
    selector = subject.item
    if selector.name:
        return await _key(ask, selector.name, selector, limits)
    names = await _from_messages(ask, subject)
    if not names:
        return await _unknown(ask, selector)
    found = [await _key(ask, name, selector, limits) for name in names]
    return min(found, key=lambda item: ("fail", "unknown", "warn", "pass").index(item.verdict.value))


async def _key(ask: Ask, name: str, selector: Selector, limits: Limits) -> Judgement:
    place = f"{name}._domainkey.{selector.domain}"
    facts = (await ask(DnsLookup(place, "TXT"))).facts
    records = select(facts.records)
    alias = f" (an alias of {shown(facts.aliases[-1].target)})" if facts.aliases else ""
    details = (*(one_line(record, 300) for record in records[:4]), *_publish(selector))
    if not records:
        said = "does not exist" if facts.rcode == "NXDOMAIN" else "holds no key"
        summary = f"{shown(place)} {said}{alias}: no signature of this selector can be verified"
        return failed("missing", summary, details=details, facts={"selector": name}, network=True)
    if len(records) > 1:
        summary = f"{shown(place)} has {len(records)} keys; receivers take one of them, or none (RFC 6376 §3.6.2.2)"
        return failed("several-keys", summary, details=details, facts={"selector": name})
    return _judge(parse(records[0]), f"{shown(place)}{alias}", details, limits)


def _judge(key: KeyRecord, where: str, details: tuple[str, ...], limits: Limits) -> Judgement:
    least, usual = count(limits, "min_rsa_bits", 1024), count(limits, "pass_rsa_bits", 2048)
    facts = {"bits": str(key.bits)}
    if key.error:
        return failed(_SENTENCES[key.error], f"{where}: {key.problem}", details=details, facts=facts)
    if key.key_type == "rsa" and key.bits < least:
        summary = f"{where}: RSA with {key.bits} bits, which receivers must not accept (RFC 8301 §3.2: {least})"
        return failed("weak-key", summary, details=details, facts=facts)
    size = "Ed25519" if key.key_type == "ed25519" else f"RSA with {key.bits:,} bits"
    if key.testing:
        return warned(
            "testing", f"{where}: {size}, in test mode (t=y): receivers may ignore a failure", details=details
        )
    if key.key_type == "rsa" and key.bits < usual:
        return warned("short-key", f"{where}: {size}; {usual:,} are usual", details=details, facts=facts)
    return passed(f"{where}: {size}", details=details[:1])


async def _from_messages(ask: Ask, subject: Subject[Selector]) -> tuple[str, ...]:
    """The selectors with which saved messages are signed in the name of the domain."""
    answers = await ask_all(ask, [MailMessage(path) for path in subject.product.mail.messages])
    found = [
        signature.selector
        for answer in answers
        if answer.failure is None
        for signature in answer.facts.signatures
        if signature.domain == subject.item.domain and signature.selector
    ]
    return tuple(dict.fromkeys(found))[:10]


async def _unknown(ask: Ask, selector: Selector) -> Judgement:
    """No selector: say where it stands. That `_domainkey` exists is a hint for people, and no verdict."""
    if not selector.senders:
        return input_missing(NO_SENDER, "add a [[sender]] with its selectors, or attest")
    answer = await ask(DnsLookup(f"_domainkey.{selector.domain}", "TXT"))
    hints = []
    if answer.failure is None:
        there = (
            "exists: there seem to be keys" if answer.facts.rcode == "NOERROR" else "does not exist: no key is there"
        )
        hints.append(f"hint: _domainkey.{selector.domain} {there}")
    for sender in selector.senders:
        provider = mail_provider(sender.provider)
        if provider is not None and provider.selectors:
            hints.append(f"{provider.title} usually names its selectors {listed(list(provider.selectors))}")
    names = (
        " and ".join(dict.fromkeys(sender.provider for sender in selector.senders if sender.provider)) or "the sender"
    )
    summary = f"the DKIM selector with which {one_line(names, 80)} signs for {selector.domain} is not known"
    decide_by = "take s= from a real mail (save it and name it in [mail] messages) or from the provider's domain page"
    return unknown("selector", summary, decide_by=decide_by, details=(*hints, *_publish(selector)))


def _publish(selector: Selector) -> tuple[str, ...]:
    """The provider's DKIM records for the domain."""
    providers = dict.fromkeys(mail_provider(sender.provider) for sender in selector.senders)
    lines = [line for item in providers if item is not None for line in item.publish(selector.domain)]
    return tuple(f"publish: {line}" for line in lines if "._domainkey." in line)
