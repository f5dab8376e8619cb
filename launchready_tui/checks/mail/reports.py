"""What receivers' aggregate reports say: how much of the product's own mail passes DMARC."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from launchready_tui.checks.limits import number
from launchready_tui.checks.mail.rules.providers import mail_provider, provider_behind
from launchready_tui.checks.mail.rules.spf import SpfResult, check_host
from launchready_tui.checks.mail.spf import input_missing
from launchready_tui.checks.reading.lookups import ask_all
from launchready_tui.checks.reading.names import listed, shown, under
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask, Unseen
from launchready_tui.model.product import Product
from launchready_tui.model.questions import MailReports, ReportFacts, ReportRow
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, passed, unknown, warned
from launchready_tui.text import plural, span

MOST_ASKED = 20
"""Failing sources whose authorization is looked up, those with the most messages first."""

_DAY = 86_400
_COLLECT = "collect a week of reports from the rua mailbox and name the files in [mail] reports, or attest"


@dataclass(frozen=True, slots=True)
class Reports:
    """The reports of a profile put together, those rows only that are about the product's own domains."""

    rows: tuple[ReportRow, ...] = ()
    reports: int = 0
    begin: datetime | None = None
    end: datetime | None = None
    notes: tuple[str, ...] = ()

    @property
    def days(self) -> float:
        """The time that they cover, at least a day."""
        if self.begin is None or self.end is None:
            return 1.0
        return max(1.0, (self.end - self.begin).total_seconds() / _DAY)


async def reported(ask: Ask, product: Product) -> Reports:
    """Read all reports of the profile. Raises `Unseen` where a file or folder cannot be read."""
    answers = await ask_all(ask, [MailReports(path) for path in product.mail.reports])
    for answer in answers:
        if answer.failure is not None:
            raise Unseen(answer.failure)
    found = [answer.facts for answer in answers]
    domains = (product.domain, *(sender.domain for sender in product.senders))
    return Reports(
        rows=tuple(
            row for facts in found for row in facts.rows if any(under(row.from_domain, name) for name in domains)
        ),
        reports=sum(facts.reports for facts in found),
        begin=min((facts.begin for facts in found if facts.begin), default=None),
        end=max((facts.end for facts in found if facts.end), default=None),
        notes=tuple(note for facts in found for note in _notes(facts)),
    )


def _notes(facts: ReportFacts) -> Iterable[str]:
    yield from (f"not read: {line}" for line in facts.unread[:10])
    if facts.cut:
        yield "there was more than is read; the largest sources are here"


@check("mail.aggregate-reports", over="domain")
async def aggregate_reports(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S3.MAIL.03: of the mail that is the product's own, nearly all passes with alignment.

    Limits: `pass_percent`, `warn_percent`; `max_age_days` after which reports say nothing about today.
    """
    product = subject.product
    if not product.mail.reports:
        return input_missing("no aggregate report has been saved", _COLLECT)
    try:
        found = await reported(ask, product)
    except Unseen as unseen:
        return unknown(unseen.failure.reason, unseen.failure.message, decide_by=_COLLECT)
    if not found.rows:
        summary = f"{plural(found.reports, 'report')} read, none of them about {subject.item}"
        return unknown("no-own-mail", summary, decide_by=_COLLECT, details=found.notes)
    own, others = await _split(ask, product, found.rows)
    details = (*_lines("own", own), *_lines("others", others), *found.notes)
    total, good = sum(row.count for row in own), sum(row.count for row in own if row.passes)
    if not total:
        summary = f"{plural(sum(row.count for row in others), 'message')} reported, none from a sender of the product"
        return unknown("no-own-mail", summary, decide_by=_COLLECT, details=details)
    share = 100 * good / total
    worst = next((row for row in own if not row.passes), None)
    where = f"; {worst.source}{_named(worst)} fails {worst.count:,} times" if worst else ""
    summary = f"{share:.1f} % of {plural(total, 'own message')} pass, over {span(found.days * _DAY)}{where}"
    facts = {"percent": f"{share:.1f}", "source": worst.source if worst else ""}
    if share < number(limits, "warn_percent", 90):
        return failed("own-mail-fails", summary, details=details, facts=facts)
    if share < number(limits, "pass_percent", 98):
        return warned("own-mail-fails", summary, details=details, facts=facts)
    seen_at = (await ask(MailReports(product.mail.reports[0]))).seen_at
    old = (seen_at - found.end).total_seconds() / _DAY if found.end else 0
    if old > number(limits, "max_age_days", 30):
        return warned("reports-old", f"{summary}; the newest report is {old:.0f} days old", details=details)
    return passed(summary, note="forged-mail" if others else "", details=details)


async def _split(
    ask: Ask, product: Product, rows: tuple[ReportRow, ...]
) -> tuple[tuple[ReportRow, ...], tuple[ReportRow, ...]]:
    """The rows of the product's own senders, and the others: forgers, and forwarders that broke both.

    Own is what passes with alignment, what a declared provider sent, and what the SPF record of the From domain lets
    send: mail that fails for a reason that the product can mend.
    """
    asked = 0
    own: list[ReportRow] = []
    others: list[ReportRow] = []
    for row in rows:
        mine = row.passes or _by_declared(product, row)
        if not mine and asked < MOST_ASKED:
            asked += 1
            mine = await _authorized(ask, row)
        (own if mine else others).append(row)
    return tuple(own), tuple(others)


def _by_declared(product: Product, row: ReportRow) -> bool:
    """Whether a declared provider of the From domain passed in its own name."""
    providers = [mail_provider(sender.provider) for sender in product.senders if under(row.from_domain, sender.domain)]
    names = (*row.dkim_domains, *row.spf_domains)
    return any(provider is not None and any(map(provider.owns, names)) for provider in providers)


async def _authorized(ask: Ask, row: ReportRow) -> bool:
    answer = await check_host(ask, row.source, row.from_domain, f"postmaster@{row.from_domain}")
    return answer.result is SpfResult.PASS


def _lines(whose: str, rows: tuple[ReportRow, ...]) -> Iterable[str]:
    """One line a source and the provider behind it, the largest first."""
    total: Counter[tuple[str, str]] = Counter()
    passing: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        key = (row.source, _named(row))
        total[key] += row.count
        passing[*key, "dkim"] += row.count * row.dkim
        passing[*key, "spf"] += row.count * row.spf
        passing[*key, "any"] += row.count * row.passes
    for (source, named), messages in total.most_common(15):
        dkim, spf, good = (passing[source, named, what] for what in ("dkim", "spf", "any"))
        share = f"{100 * good / messages:.0f} % pass" if messages else "none"
        yield f"{whose}: {messages:,} from {source}{named}: {share} (DKIM aligned {dkim:,}, SPF aligned {spf:,})"


def _named(row: ReportRow) -> str:
    """Who a source is, as far as the names that it passes under, beside the From domain's own, tell."""
    passing = dict.fromkeys((*row.spf_domains, *row.dkim_domains))
    names = tuple(name for name in passing if not under(name, row.from_domain))
    provider = provider_behind(names)
    return f" ({provider.title})" if provider else f" ({shown(listed(list(names), 1))})" if names else ""
