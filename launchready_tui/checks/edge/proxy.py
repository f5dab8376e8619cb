"""Web hosts stand behind the edge, mail hosts do not."""

from __future__ import annotations

from launchready_tui.checks.edge.edges import Edge, edge_expected, edge_of
from launchready_tui.checks.reading.lookups import exchangers, resolve
from launchready_tui.checks.reading.names import listed, tidy_name
from launchready_tui.checks.reading.reference import provider_of
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Host, Product
from launchready_tui.model.questions import DnsLookup
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, not_applicable, passed, unknown, warned


@check("edge.proxy", over="hosts")
async def proxy(subject: Subject[Host], ask: Ask, _: Limits) -> Judgement:
    """S3.CF.01: by the zone's records where a token is there, by addresses and headers where not."""
    host, product = subject.item, subject.product
    if host.is_address:
        return not_applicable(f"{host.name} is an address; an edge stands in front of names")
    if await _takes_mail(host, product, ask):
        return await _mail(host, product, ask)
    edge = await edge_of(host, product, ask)
    if edge.hides:
        return passed(f"behind {edge.name}, by {edge.by}")
    why = await edge_expected(product, ask)
    if edge.proxied is None and not why:
        return unknown(
            "edge-not-recognised",
            f"{listed(edge.addresses)} shows no edge that is known here",
            decide_by=f"Name the edge of {host.name} in expect, list its networks in [network.ranges], or attest.",
        )
    return _unproxied(host, product, edge, why)


def _unproxied(host: Host, product: Product, edge: Edge, why: str) -> Judgement:
    logs_in = next((route.url for route in product.routes if route.kind == "auth" and route.host == host.name), "")
    where = listed(edge.addresses) or "nowhere"
    summary = f"answers from {where} itself, with no edge in front ({why})"
    if logs_in or host.role == "app":
        return failed("unproxied", f"{summary}; people log in here", network=edge.proxied is None)
    if host.role == "api":
        return warned("api-unproxied", summary)
    return warned("unproxied-host", summary)


async def _takes_mail(host: Host, product: Product, ask: Ask) -> bool:
    """Whether a host is declared as a mail host, or the domain's MX names it."""
    if host.role == "mail":
        return True
    answer = await ask(DnsLookup(product.domain, "MX"))
    if answer.failure is not None:
        return False
    return any(exchanger.target == tidy_name(host.name) for exchanger in exchangers(answer.facts.records))


async def _mail(host: Host, product: Product, ask: Ask) -> Judgement:
    """An HTTP proxy takes no mail. Judged by addresses: they are what senders use."""
    seen = await resolve(ask, host.name)
    seen.require_all()
    behind = {name for address in seen.addresses if (name := provider_of(address, product.network)) == "cloudflare"}
    if behind:
        return failed("mail-proxied", f"{host.name} takes mail and answers from Cloudflare's proxy", network=True)
    return passed(f"takes mail at {listed(seen.addresses) or 'no address'}, without a proxy")
