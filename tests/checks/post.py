"""Short ways to write mail evidence: zones that are in order, messages, reports."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from launchready_tui.checks import load_checks
from launchready_tui.checks.subjects import subjects
from launchready_tui.model.evidence import Answer, Failure, Unseen
from launchready_tui.model.product import Mail, Product, Sender
from launchready_tui.model.questions import (
    DnsAnswer,
    DnsLookup,
    MailFacts,
    MailMessage,
    MailMethod,
    MailReports,
    MailSignature,
    MailVerdict,
    Question,
    ReportFacts,
    ReportRow,
)
from launchready_tui.model.verdicts import Judgement, unknown
from launchready_tui.practice.post import GOOD_KEY, SHORT_KEY, WEAK_KEY
from tests.checks.zone import Table, rr
from tests.kit import SEEN_AT, World

ACME = "acme.test"
RECEIVER = "mx.google.com"
POSTMARK = Sender(ACME, "postmark", ("pm",))
KEY = f"v=DKIM1; k=rsa; p={GOOD_KEY}"


class Internet(World):
    """A world in which every name that is not written down does not exist."""

    async def __call__(self, question: Question[Any], /) -> Answer[Any]:
        if isinstance(question, DnsLookup):
            self.answers.setdefault(question, DnsAnswer("NXDOMAIN"))
        return await super().__call__(question)


def txt(name: str, *records: str, **more: Any) -> Table:
    """The TXT records of a name."""
    return rr(name, "TXT", *records, **more)


def spf(*records: str, name: str = ACME) -> Table:
    """The SPF records of the domain."""
    return txt(name, *records)


def dmarc(*records: str, name: str = ACME) -> Table:
    """The DMARC records of the domain."""
    return txt(f"_dmarc.{name}", *records)


def key(record: str = KEY, name: str = "pm", domain: str = ACME) -> Table:
    """A DKIM key."""
    return txt(f"{name}._domainkey.{domain}", record)


def good_zone() -> Table:
    """A domain whose mail is in order."""
    return (
        spf("v=spf1 include:spf.mtasv.net -all")
        | txt("spf.mtasv.net", "v=spf1 ip4:192.0.2.0/24 ~all")
        | key()
        | dmarc("v=DMARC1; p=reject; rua=mailto:dmarc@acme.test")
    )


def product(*senders: Sender, mail: Mail | None = None) -> Product:
    """A product that sends mail."""
    return Product("Acme", ACME, senders=senders, mail=mail or Mail())


def message(
    author: str = ACME,
    *,
    spf_domain: str = f"bounce.{ACME}",
    dkim_domain: str = ACME,
    receiver: str = RECEIVER,
    **more: Any,
) -> MailFacts:
    """A saved message as its receiver judged it; '' leaves a verdict out."""
    methods = [MailMethod("spf", "pass", spf_domain)] if spf_domain else []
    methods += [MailMethod("dkim", "pass", dkim_domain)] if dkim_domain else []
    more.setdefault("from_domains", (author,))
    more.setdefault("tls", True)
    return MailFacts(
        return_path=spf_domain,
        signatures=(MailSignature(dkim_domain or author, "pm"),),
        verdicts=(MailVerdict(receiver, tuple(methods)),),
        received=1,
        **more,
    )


def messages(*facts: MailFacts | Failure, senders: tuple[Sender, ...] = (POSTMARK,)) -> tuple[Product, Table]:
    """A product with saved messages, and the answers that hold them."""
    paths = tuple(f"{number}.eml" for number in range(len(facts)))
    answers: Table = {MailMessage(path): fact for path, fact in zip(paths, facts, strict=True)}
    return product(*senders, mail=Mail(paths, authserv_id=RECEIVER)), answers


def reports(*rows: ReportRow, days: float = 7, age: float = 1, **more: Any) -> tuple[Product, Table]:
    """A product with a folder of reports, and the answer that holds them."""
    end = SEEN_AT - timedelta(days=age)
    facts = ReportFacts(1, ("google.com",), end - timedelta(days=days), end, rows, **more)
    return product(POSTMARK, mail=Mail(reports=("reports/",))), {MailReports("reports/"): facts}


def row(count: int, *, dkim: bool = True, spf: bool = True, source: str = "192.0.2.7", **more: Any) -> ReportRow:
    """One row of a report."""
    return ReportRow(source, count, more.pop("author", ACME), dkim, spf, **more)


def said(check: str, answers: Table, whose: Product, subject: str = ACME) -> tuple[str, str]:
    """The verdict and its reason; names that are not in the table do not exist."""
    found = found_by(check, answers, whose, subject)
    return found.verdict.value, found.reason


def found_by(check: str, answers: Table, whose: Product, subject: str = ACME, **limits: Any) -> Judgement:
    """The judgement; names that are not in the table do not exist."""
    known = load_checks()[check]
    about = next(item for item in subjects(known.over, whose) if item.name == subject)

    async def run() -> Judgement:
        try:
            return await known.judge(about, Internet(answers), limits)
        except Unseen as unseen:
            return unknown(unseen.failure.reason, unseen.failure.message)

    return asyncio.run(run())


__all__ = ["GOOD_KEY", "SHORT_KEY", "WEAK_KEY"]
