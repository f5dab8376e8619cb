"""SPF: whether the record of a sending domain is valid, and whether it lets the product's own providers send."""

from __future__ import annotations

from collections.abc import Iterable

from launchready_tui.checks.limits import count
from launchready_tui.checks.mail.rules.providers import MailProvider, mail_provider
from launchready_tui.checks.mail.rules.spf_record import select
from launchready_tui.checks.mail.rules.spf_survey import MOST_FOLLOWED, Survey, survey
from launchready_tui.checks.reading.lookups import ask_all, exchangers
from launchready_tui.checks.reading.names import listed, shown
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import MailDomain, Subject
from launchready_tui.model.evidence import Answer, Ask, Unseen
from launchready_tui.model.product import Sender
from launchready_tui.model.questions import DnsAnswer, DnsLookup, MailFacts, MailMessage
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, Verdict, failed, passed, unknown, warned
from launchready_tui.text import one_line, plural

NO_SENDER = "no [[sender]] of the profile says who sends mail for the product"


def input_missing(summary: str, decide_by: str) -> Judgement:
    """Nobody has looked, because the profile does not say where."""
    return Judgement(Verdict.NOT_RUN, "input-missing", summary, decide_by=decide_by)


# --- S3.SPF.01 --------------------------------------------------------------------------------------------------------


@check("mail.spf", over="mail-domains")
async def spf(subject: Subject[MailDomain], ask: Ask, limits: Limits) -> Judgement:
    """S3.SPF.01: one valid record within its limits, that does not let everybody send (RFC 7208).

    Limits: `pass_lookups`, `max_lookups`, `max_void`, `warn_bytes`.
    """
    domain = subject.item
    seen = await survey(ask, domain.name)
    if seen.root.failure is not None:
        raise Unseen(seen.root.failure)
    details = tuple(_line(seen))
    if seen.root.error == "absent":
        return _absent(domain, details)
    facts = {"record": one_line(seen.root.records[0], 450), "lookups": str(seen.lookups)}
    if found := _broken(seen, limits):
        reason, summary, network = found
        return failed(reason, summary, details=details, facts=facts, network=network)
    if seen.failures:
        raise Unseen(seen.failures[0])
    if weak := list(_weak(seen, limits)):
        return warned(weak[0][0], "; ".join(sentence for _, sentence in weak), details=details, facts=facts)
    return passed(f"valid: {_lookups(seen)}, ends in {seen.ending}all", details=details)


def _absent(domain: MailDomain, details: tuple[str, ...]) -> Judgement:
    facts = {"publish": f'{domain.name}. TXT "v=spf1 -all"'}
    if domain.senders:
        summary = f"{domain.name} sends mail and has no SPF record"
        return failed("no-record", summary, details=details, network=True)
    summary = f'{domain.name} has no SPF record; if it sends no mail, "v=spf1 -all" says so'
    return failed("no-record-unused", summary, details=details, facts=facts, network=True)


def _broken(seen: Survey, limits: Limits) -> tuple[str, str, bool] | None:
    """What makes receivers answer `permerror`, or the record worthless: reason, sentence, could it be a hiccup."""
    if seen.root.error:
        reason = {"several": "several-records", "syntax": "syntax"}[seen.root.error]
        return reason, f"{seen.root.problem}: receivers answer permerror", False
    if seen.open_to_all:
        return "open-to-all", f"lets everybody send: {seen.open_to_all[0]}", False
    loops = [node for node in seen.broken if node.error == "loop"]
    if loops:
        way = " → ".join(map(shown, (*loops[0].way[-4:], loops[0].domain)))
        return "loop", f"the includes go round in circles: {way}", False
    most = count(limits, "max_lookups", 10)
    if seen.lookups > most:
        many = f"more than {MOST_FOLLOWED}" if seen.cut else str(seen.lookups)
        return "too-many-lookups", f"{many} DNS look-ups where {most} are allowed: receivers answer permerror", False
    if seen.broken:
        node = seen.broken[0]
        reason = "include-without-record" if node.error == "absent" else "include-broken"
        return reason, f"{node.problem}, and the record of {shown(node.way[-1])} relies on it: permerror", True
    if len(seen.void) > (most := count(limits, "max_void", 2)):
        summary = f"{len(seen.void)} look-ups lead to nothing where {most} are allowed ({listed(list(seen.void))})"
        return "too-many-void", f"{summary}: receivers answer permerror", True
    if seen.many_exchangers:
        return "too-many-exchangers", f"mx:{shown(seen.many_exchangers[0])} has more than ten mail exchangers", False
    return None


def _weak(seen: Survey, limits: Limits) -> Iterable[tuple[str, str]]:
    """What works today and is worth a warning: reason and sentence."""
    if seen.lookups > count(limits, "pass_lookups", 7):
        most = count(limits, "max_lookups", 10)
        yield "many-lookups", f"{seen.lookups} of {most} allowed DNS look-ups are used up: the next tool may break it"
    if seen.ending in ("", "?"):
        how = "?all" if seen.ending else "no all"
        yield "neutral-ending", f"ends in {how}, which tells receivers nothing about forgers"
    if any(item.name == "ptr" for _, item in seen.mechanisms):
        yield "ptr", "uses ptr, which RFC 7208 §5.5 says not to use and some receivers skip"
    size, most = len(seen.root.records[0]), count(limits, "warn_bytes", 512)
    if size > most:
        yield "long-record", f"has {size:,} bytes; more than {most} do not fit everywhere"


def _lookups(seen: Survey) -> str:
    return plural(seen.lookups, "DNS look-up")


def _line(seen: Survey) -> Iterable[str]:
    for node in seen.nodes[:40]:
        how = f"{'  ' * min(len(node.way), 5)}{shown(node.domain)}"
        if node.failure is not None:
            yield f"{how}: not seen ({node.failure.reason})"
        elif node.error:
            yield f"{how}: {node.error}{' ' + ' | '.join(one_line(text, 120) for text in node.records[:4])}"
        else:
            yield f"{how}: {one_line(node.records[0], 300)}"
    for name in seen.void[:10]:
        yield f"leads to nothing: {shown(name)}"


# --- S3.SPF.02 --------------------------------------------------------------------------------------------------------


@check("mail.spf-sender", over="senders")
async def spf_sender(subject: Subject[MailDomain], ask: Ask, _: Limits) -> Judgement:
    """S3.SPF.02: each declared provider may send: by an include, or by a return path of our own that leads to it."""
    domain = subject.item
    if not domain.senders:
        return input_missing(NO_SENDER, "add a [[sender]] with domain, provider and selectors, or attest")
    found = [await _authorized(ask, subject, sender) for sender in domain.senders]
    found.sort(key=lambda item: (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN, Verdict.PASS).index(item.verdict))
    worst, lines = found[0], tuple(line for item in found for line in (item.summary, *item.details))
    if worst.verdict is Verdict.FAIL:
        return failed(worst.reason, worst.summary, details=lines, facts=worst.facts, network=True)
    if worst.verdict is Verdict.UNKNOWN:
        return unknown(worst.reason, worst.summary, details=lines, decide_by=worst.decide_by)
    return passed("; ".join(item.summary for item in found), note=worst.reason, details=lines)


async def _authorized(ask: Ask, subject: Subject[MailDomain], sender: Sender) -> Judgement:
    """What can be seen of one provider."""
    domain = subject.item.name
    provider = mail_provider(sender.provider)
    if provider is None:
        said = (
            f'"{one_line(sender.provider, 40)}" is no provider that is known'
            if sender.provider
            else "no provider is declared"
        )
        return unknown("provider-unknown", f"{domain}: {said}", decide_by="name the provider in the profile, or attest")
    if provider.own_path:
        summary = f"{provider.title} sends with a return path of its own, which no record of {domain} can authorize"
        return passed(f"{summary}: its DKIM has to align", note="own-return-path")
    root = await ask(DnsLookup(domain, "TXT"))
    seen = await survey(ask, domain)
    named = set(seen.names) | _named_in(select(root.facts.records))
    if any(provider.is_included(name) for name in named):
        return passed(f"{provider.title} may send: the SPF record of {domain} includes it")
    paths = await _return_paths(ask, domain, provider)
    if paths:
        return passed(f"{provider.title} may send: the return path {shown(paths[0])} leads to it")
    if proven := await _proven_path(ask, subject, provider):
        return passed(f"{provider.title} may send: a saved message came with the return path {shown(proven)}")
    if seen.failures:
        raise Unseen(seen.failures[0])
    return await _not_found(ask, domain, provider, sender)


def _named_in(records: Iterable[str]) -> set[str]:
    """The includes of records that cannot be evaluated (two of them, bad syntax): that is `mail.spf`'s to say."""
    terms = (term.lower().lstrip("+") for record in records for term in record.split())
    return {term.partition(":")[2] for term in terms if term.startswith("include:")}


async def _return_paths(ask: Ask, domain: str, provider: MailProvider) -> list[str]:
    """The usual return paths that exist and lead to the provider: as an alias, by MX, or by their SPF record."""
    names = [f"{label}.{domain}" for label in provider.return_paths]
    texts = await ask_all(ask, [DnsLookup(name, "TXT") for name in names])
    mails = await ask_all(ask, [DnsLookup(name, "MX") for name in names])
    return [name for name, *answers in zip(names, texts, mails, strict=True) if _leads_to(answers, provider)]


def _leads_to(answers: Iterable[Answer[DnsAnswer]], provider: MailProvider) -> bool:
    for facts in (answer.facts for answer in answers if answer.failure is None):
        targets = [alias.target for alias in facts.aliases]
        targets += [server.target for server in exchangers(facts.records)]
        included = _named_in(select(facts.records))
        if any(map(provider.owns, targets)) or any(map(provider.is_included, included)):
            return True
    return False


async def _proven_path(ask: Ask, subject: Subject[MailDomain], provider: MailProvider) -> str:
    """The return path in a saved message of this sender that leads to the provider, '' if there is none."""
    questions = [MailMessage(path) for path in subject.product.mail.messages]
    for answer in await ask_all(ask, questions):
        facts = answer.facts if answer.failure is None else MailFacts()
        if subject.item.name not in facts.from_domains or not facts.return_path:
            continue
        records = await ask_all(ask, [DnsLookup(facts.return_path, rdtype) for rdtype in ("TXT", "MX")])
        if _leads_to(records, provider):
            return facts.return_path
    return ""


async def _not_found(ask: Ask, domain: str, provider: MailProvider, sender: Sender) -> Judgement:
    """Neither include nor return path: a fail, unless the return path may have a name that nobody could guess."""
    publish = tuple(f"publish: {line}" for line in provider.publish(domain))
    looked = [f"{label}.{domain}" for label in provider.return_paths]
    where = f", nor a return path at {listed(looked)}" if looked else ", nor a return path that is known"
    if provider.free_label and await _is_set_up(ask, domain, provider, sender):
        summary = f"{provider.title} is set up for {domain}, but the name of its return path is not known"
        decide_by = "save a mail of this sender and name it in [mail] messages, or look at the provider's domain page"
        return unknown("return-path-unknown", summary, decide_by=decide_by, details=publish)
    included = f"include:{provider.includes[0]}" if provider.includes else "an include"
    summary = f"{provider.title} is not authorized for {domain}: no {included}{where}"
    return failed(
        "sender-not-authorized", summary, details=publish, facts={"publish": "\n".join(provider.publish(domain))}
    )


async def _is_set_up(ask: Ask, domain: str, provider: MailProvider, sender: Sender) -> bool:
    """Whether a declared DKIM selector is an alias into the provider: then its set-up was gone through."""
    names = [DnsLookup(f"{selector}._domainkey.{domain}", "TXT") for selector in sender.selectors]
    return any(_leads_to([answer], provider) for answer in await ask_all(ask, names))
