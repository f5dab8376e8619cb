"""What real mail proves: saved messages show alignment, the receivers' aggregate reports show what passes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from launchready_tui.checks.mail.rules.dmarc import Walk, walk
from launchready_tui.checks.mail.rules.orgdomain import aligned
from launchready_tui.checks.mail.spf import input_missing
from launchready_tui.checks.reading.lookups import ask_all
from launchready_tui.checks.reading.names import listed, shown, tidy_name, under
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Answer, Ask
from launchready_tui.model.product import Product
from launchready_tui.model.questions import MailFacts, MailMessage, MailVerdict
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, passed, unknown, warned
from launchready_tui.text import one_line, plural

_SEND_ONE = "send a real signup or reset mail to a mailbox, save it as .eml and name it in [mail] messages, or attest"


@dataclass(frozen=True, slots=True)
class Proof:
    """What one message proves. `spf` and `dkim` are the aligned passes; `line` tells it as a line of the details."""

    path: str
    author: str
    spf: bool = False
    dkim: bool = False
    reason: str = ""
    line: str = ""
    plain: bool = False

    @property
    def rank(self) -> int:
        """0 is the worst: nothing aligned, or a foreign From; then unreadable, then one of the two, then both."""
        if self.reason in ("not-aligned", "foreign-from"):
            return 0
        return 1 if self.reason else 2 if not (self.spf and self.dkim) else 3


@check("mail.alignment", over="domain")
async def alignment(subject: Subject[str], ask: Ask, _: Limits) -> Judgement:
    """S3.MAIL.02: real mail of the product passes SPF and DKIM in the product's own name (RFC 9989 section 4.4)."""
    product = subject.product
    paths = product.mail.messages
    if not paths:
        return input_missing("no message has been saved: only a real one proves alignment", _SEND_ONE)
    answers = await ask_all(ask, [MailMessage(path) for path in paths])
    if not product.mail.authserv_id:
        return _nobody_to_trust([answer.facts for answer in answers if answer.failure is None])
    proofs = await asyncio.gather(
        *(_proof(ask, product, path, answer) for path, answer in zip(paths, answers, strict=True))
    )
    return _judge(product, sorted(proofs, key=lambda proof: proof.rank))


def _nobody_to_trust(messages: Iterable[MailFacts]) -> Judgement:
    """Anybody can write a verdict into a mail; only that of the named receiver counts (RFC 8601 section 7.1)."""
    seen = list(dict.fromkeys(verdict.authserv_id for facts in messages for verdict in facts.verdicts))
    summary = "the messages were saved, but the profile does not say whose verdict to trust"
    where = f"it is one of {listed(seen)}" if seen else "the messages hold no Authentication-Results at all"
    decide_by = f"set [mail] authserv_id to the name of the mailbox's own server ({where})"
    return unknown("authserv-id-missing", summary, decide_by=decide_by)


def _judge(product: Product, proofs: list[Proof]) -> Judgement:
    worst, lines = proofs[0], [proof.line for proof in proofs]
    lines += _without_message(product, proofs)
    details = tuple(lines)
    if worst.reason in ("not-aligned", "foreign-from"):
        return failed(worst.reason, worst.line, details=details, facts={"message": one_line(worst.path, 100)})
    if worst.reason:
        return unknown(worst.reason, worst.line, details=details, decide_by=_SEND_ONE)
    if worst.rank == 2:
        return warned("one-aligned", worst.line, details=details, facts={"message": one_line(worst.path, 100)})
    if plain := [proof for proof in proofs if proof.plain]:
        return warned("not-encrypted", f"{one_line(plain[0].path, 80)} arrived without TLS", details=details)
    missing = len(lines) > len(proofs)
    summary = f"{plural(len(proofs), 'message')}: SPF and DKIM pass, both aligned with From"
    return passed(summary, note="sender-without-message" if missing else "", details=details)


def _without_message(product: Product, proofs: list[Proof]) -> list[str]:
    seen = {proof.author for proof in proofs}
    domains = dict.fromkeys(tidy_name(sender.domain) for sender in product.senders)
    missing = [domain for domain in domains if domain not in seen]
    return [f"no message was saved of {listed(missing)}"] if missing else []


async def _proof(ask: Ask, product: Product, path: str, answer: Answer[MailFacts]) -> Proof:
    """Weigh one message."""
    if answer.failure is not None:
        return Proof(path, "", reason=answer.failure.reason, line=answer.failure.message)
    facts, name = answer.facts, one_line(path, 80)
    if len(facts.from_domains) != 1:
        many = f"{len(facts.from_domains)} From domains" if facts.from_domains else "no From domain"
        return Proof(path, "", reason="from-unclear", line=f"{name}: {many}, so there is nothing to align with")
    author = facts.from_domains[0]
    if not _is_ours(product, author):
        line = f"{name}: comes from {shown(author)}, which is no domain of the product"
        return Proof(path, author, reason="foreign-from", line=line)
    verdict = _trusted(product, facts)
    if verdict is None:
        seen = listed([item.authserv_id for item in facts.verdicts]) or "nobody"
        line = f"{name}: no verdict of {shown(product.mail.authserv_id)} in it, only of {seen}"
        return Proof(path, author, reason="no-trusted-verdict", line=line)
    return await _weigh(ask, path, author, verdict, facts)


def _is_ours(product: Product, author: str) -> bool:
    domains = (product.domain, *(sender.domain for sender in product.senders))
    return any(under(author, domain) for domain in domains)


def _trusted(product: Product, facts: MailFacts) -> MailVerdict | None:
    """The newest verdict of the named receiver; older ones with its name came from outside."""
    wanted = tidy_name(product.mail.authserv_id)
    return next((verdict for verdict in facts.verdicts if verdict.authserv_id == wanted), None)


async def _weigh(ask: Ask, path: str, author: str, verdict: MailVerdict, facts: MailFacts) -> Proof:
    """Which passes of the receiver speak for the From domain."""
    passes = [item for item in verdict.methods if item.result == "pass" and item.domain and not item.helo]
    names = {item.domain for item in passes if item.method in ("spf", "dkim")} - {author}
    walks = dict(zip([author, *sorted(names)], await _walks(ask, [author, *sorted(names)]), strict=True))
    policy = walks[author].governing
    modes = {"spf": "r", "dkim": "r"}
    if policy is not None and policy.policy is not None:
        modes = {"spf": policy.policy.aspf, "dkim": policy.policy.adkim}

    def good(method: str) -> bool:
        return any(
            aligned(
                item.domain,
                author,
                "s" if modes[method] == "s" else "r",
                (walks[item.domain].organisation, walks[author].organisation),
            )
            for item in passes
            if item.method == method
        )

    spf, dkim = good("spf"), good("dkim")
    said = ", ".join(_said(verdict, method, modes[method.lower()], ok) for method, ok in (("SPF", spf), ("DKIM", dkim)))
    line = f"{one_line(path, 80)}: From {shown(author)}; {said}; {_manners(facts)}"
    return Proof(path, author, spf, dkim, "" if spf or dkim else "not-aligned", line, facts.tls is False)


async def _walks(ask: Ask, names: list[str]) -> list[Walk]:
    return list(await asyncio.gather(*(walk(ask, name) for name in names[:20])))


def _manners(facts: MailFacts) -> str:
    """How the mail came, and whether one click ends it (RFC 8058), which only marketing needs."""
    tls = {True: "over TLS", False: "without TLS", None: "no hop to see TLS in"}[facts.tls]
    if facts.one_click and "https" in facts.unsubscribe:
        return f"{tls}, one-click unsubscribe"
    return f"{tls}, {'unsubscribe by link' if facts.unsubscribe else 'no List-Unsubscribe'}"


def _said(verdict: MailVerdict, method: str, mode: str, ok: bool) -> str:
    """`DKIM passes as acme.test` or why it does not count, in a few words."""
    found = [item for item in verdict.methods if item.method == method.lower()]
    passing = [item.domain for item in found if item.result == "pass" and item.domain and not item.helo]
    if ok:
        return f"{method} passes as {listed(passing)}"
    if passing:
        return f"{method} passes as {listed(passing)}, which does not align ({'strict' if mode == 's' else 'relaxed'})"
    return f"{method} {found[0].result}" if found else f"{method} not mentioned"
