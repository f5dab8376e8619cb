"""The machine behind the edge: it does not answer strangers, and the edge verifies it."""

from __future__ import annotations

import asyncio
import ipaddress
import re

from launchready_tui.checks.edge import cloudflare
from launchready_tui.checks.edge.edges import Edge, edge_of, zone_records
from launchready_tui.checks.reading.endpoints import worst
from launchready_tui.checks.reading.follow import REDIRECTS
from launchready_tui.checks.reading.lookups import exchangers, resolve
from launchready_tui.checks.reading.names import listed, tidy_name
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject, root_url
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask, Failure, Fault, Unseen
from launchready_tui.model.product import Host, Product
from launchready_tui.model.questions import DnsLookup, HttpExchange, HttpResponse, TlsHandshake
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, Verdict, failed, not_applicable, passed, unknown, warned
from launchready_tui.text import one_line, plural

MOST_CANDIDATES = 12
REFUSED = frozenset({401, 403, 421})
"""Statuses with which a server says that it is not for this visitor, or not for this name (RFC 9110)."""

CLOSED = frozenset({"refused", "reset", "tls"})
"""Failures that say: a stranger gets nothing there. Silence says so as well, once it was asked twice. Whatever says
only that we could not look (no IPv6 here, no route, a wall, a throttle) does not.
"""

_SPF_ADDRESS = re.compile(r"\bip4:(\d{1,3}(?:\.\d{1,3}){3})(?:/32)?(?=\s|$)")


@check("edge.hidden-origin", over="web-hosts")
async def hidden_origin(subject: Subject[Host], ask: Ask, _: Limits) -> Judgement:
    """S3.CF.04: every address that could be the origin is asked for the host by name, past the edge."""
    host, product = subject.item, subject.product
    if host.is_address:
        return not_applicable(f"{host.name} is an address itself")
    edge = await edge_of(host, product, ask)
    if not edge.hides:
        return not_applicable(f"{host.name} is not behind an edge, so there is nothing to get around (see edge.proxy)")
    candidates = await _candidates(host, product, edge, ask)
    if not candidates:
        return unknown(
            "no-origin-known",
            "no address is known that could be the origin",
            decide_by=f'Declare it: origin = ["…"] for {host.name} in the product profile.',
        )
    tally = Tally()
    page = (await ask(HttpExchange("GET", root_url(host)))).facts
    for address, why in candidates.items():
        await _knock(host, address, why, page, ask, tally)
    decide_by = "Try the address by hand: curl --resolve HOST:443:ADDRESS https://HOST/."
    return (
        tally.fail_first(("origin-open",))
        or tally.unknown("not every address could be tried", decide_by=decide_by)
        or tally.warn_first(("origin-answers-tls", "default-host"))
        or tally.passed(f"{plural(len(candidates), 'address', 'addresses')} tried, none serves {host.name}")
    )


async def _knock(host: Host, address: str, why: str, usual: HttpResponse, ask: Ask, tally: Tally) -> None:
    where = f"{address} ({why})"
    answer = await ask(HttpExchange("GET", root_url(host), address=address, active=True))
    if answer.failure is None:
        if answer.facts.status in REFUSED:
            tally.note(f"{where}: {answer.facts.status}")
        elif alike(answer.facts, usual):
            tally.fail("origin-open", f"{where} serves {host.name} past the edge ({answer.facts.status})")
        else:
            tally.warn("default-host", f"{where} answers {answer.facts.status} with something else")
    elif answer.failure.reason == "no-consent":
        raise Unseen(answer.failure)
    elif answer.failure.reason == "certificate":
        tally.warn("origin-answers-tls", f"{where} answers with a certificate that nobody trusts; not looked behind it")
    elif answer.failure.reason in CLOSED or (answer.failure.reason == "timeout" and answer.evidence.attempt > 1):
        # The first silence is unknown, so that the engine asks again: see `judging`.
        tally.note(f"{where}: {answer.failure.reason}")
    else:
        tally.blind(where, answer.failure)


def alike(one: HttpResponse, other: HttpResponse) -> bool:
    """Whether two answers are the same page, or the same way on."""
    if one.status in REDIRECTS or other.status in REDIRECTS:
        return one.status == other.status and one.location == other.location
    if one.body_sha256 == other.body_sha256:
        return True
    return one.status == other.status and bool(one.page.title) and one.page.title == other.page.title


async def _candidates(host: Host, product: Product, edge: Edge, ask: Ask) -> dict[str, str]:
    """Addresses that could be the origin, with where they were found; the host's own public ones are the edge's."""
    found: dict[str, str] = {address: "declared" for item in product.web_hosts for address in item.origin}
    records = await zone_records(product, ask)
    for record in () if isinstance(records, Failure) else records:
        if record.get("type") in ("A", "AAAA") and record.get("proxied") is False:
            found.setdefault(cloudflare.word(record, "content"), f"unproxied {cloudflare.word(record, 'name')[:60]}")
    for address, why in (await _of_mail(product, ask)).items():
        found.setdefault(address, why)
    own = set(edge.addresses)
    literal = {address: why for address, why in found.items() if _is_ip(address) and address not in own}
    return dict(list(literal.items())[:MOST_CANDIDATES])


async def _of_mail(product: Product, ask: Ask) -> dict[str, str]:
    """Addresses that mail gives away: of the exchangers, and in the SPF record itself."""
    found: dict[str, str] = {}
    mx, txt = await asyncio.gather(ask(DnsLookup(product.domain, "MX")), ask(DnsLookup(product.domain, "TXT")))
    if txt.failure is None:
        for record in txt.facts.records:
            if record.startswith("v=spf1"):
                found |= dict.fromkeys(_SPF_ADDRESS.findall(record), "SPF")
    if mx.failure is None:
        names = [item.target for item in exchangers(mx.facts.records) if _own(item.target, product)]
        for seen in await asyncio.gather(*(resolve(ask, name) for name in names)):
            found |= dict.fromkeys(seen.addresses, f"MX {seen.name}")
    return found


def _own(name: str, product: Product) -> bool:
    """Mail servers of another company lead to that company, not to the origin."""
    return tidy_name(name).endswith(f".{tidy_name(product.domain)}") or tidy_name(name) == tidy_name(product.domain)


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


@check("tls.origin-chain", over="domain")
async def origin_chain(subject: Subject[str], ask: Ask, _: Limits) -> Judgement:
    """S1.TLS.09: the edge verifies the origin's certificate: by the zone's SSL mode, and by the certificate itself."""
    product = subject.product
    origins = [(host, address) for host in product.web_hosts for address in host.origin]
    judgements = [await _certificate(host, address, ask) for host, address in origins]
    try:
        judgements.append(await _mode(product, ask))
    except Unseen as unseen:
        if not judgements:
            message = f"{unseen.failure.message}; nor does the profile name an origin"
            raise Unseen(Failure(unseen.failure.reason, message, Fault.USAGE)) from None
    return worst(judgements)


async def _mode(product: Product, ask: Ask) -> Judgement:
    zone = await cloudflare.zone(product, ask)
    seen = await cloudflare.settings(zone, ("ssl",), ask)
    if failure := seen.unseen.get("ssl"):
        raise Unseen(failure)
    mode = seen.values.get("ssl")
    if mode in ("off", "flexible"):
        return failed("ssl-off", f"the edge talks to the origin without TLS (SSL mode {mode})")
    if mode == "full":
        return warned("ssl-unverified", "the edge accepts any certificate of the origin (SSL mode full)")
    if mode in ("strict", "origin_pull"):
        return passed(f"the edge verifies the origin (SSL mode {mode})")
    summary = f"the SSL mode {one_line(str(mode), 40)} is not known here"
    return unknown("unknown-value", summary, decide_by="Read it in the dashboard under SSL/TLS.")


async def _certificate(host: Host, address: str, ask: Ask) -> Judgement:
    answer = await ask(TlsHandshake(host.name, address=address))
    if answer.failure is not None:
        if answer.failure.reason in CLOSED | {"timeout"}:
            summary = f"{address} shows no certificate to strangers ({answer.failure.reason})"
            return Judgement(Verdict.UNKNOWN, "origin-closed", summary, decide_by="Look at it from the machine itself.")
        raise Unseen(answer.failure)
    session = answer.facts
    if not session.problem:
        return passed(f"the origin {address} shows a certificate that verifies for {host.name}")
    if session.problem in ("untrusted", "incomplete-chain") and "cloudflare" in session.leaf.issuer.lower():
        return passed(f"the origin {address} shows a Cloudflare origin certificate")
    return warned(
        f"origin-{session.problem}", f"the origin {address} of {listed([host.name])}: {one_line(session.detail)}"
    )
