"""Which edge stands in front of a host: by the zone's own records, by the addresses it answers from, by its headers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from launchready_tui.checks.edge import cloudflare
from launchready_tui.checks.reading.lookups import resolve
from launchready_tui.checks.reading.names import tidy_name, under
from launchready_tui.checks.reading.reference import provider_of, providers
from launchready_tui.checks.subjects import root_url
from launchready_tui.model.evidence import Ask, Failure, Unseen
from launchready_tui.model.product import Host, Product
from launchready_tui.model.questions import HttpExchange, HttpResponse

NOT_EDGES = frozenset({"google"})
"""Providers whose ranges hold plain servers as well."""

SIGNS: tuple[tuple[str, str, str], ...] = (
    ("cf-ray", "", "cloudflare"),
    ("server", "cloudflare", "cloudflare"),
    ("x-vercel-id", "", "vercel"),
    ("x-nf-request-id", "", "netlify"),
    ("server", "netlify", "netlify"),
    ("x-amz-cf-id", "", "cloudfront"),
    ("x-fastly-request-id", "", "fastly"),
    ("server", "akamaighost", "akamai"),
    ("x-iinfo", "", "incapsula"),
    ("x-azure-ref", "", "azure front door"),
    ("server", "bunnycdn", "bunny"),
    ("server", "google frontend", "google front end"),
)
"""Response headers that name an edge: name, beginning of the value in lower case, edge."""


@dataclass(frozen=True, slots=True)
class Edge:
    """What stands in front of a host: the edge's name ('' if none shows itself) and how that was seen.

    `proxied` is what the zone's own record says, None where that cannot be read.
    """

    name: str
    by: str = ""
    proxied: bool | None = None
    addresses: tuple[str, ...] = ()

    @property
    def hides(self) -> bool:
        """Whether visitors meet an edge."""
        return self.proxied is True or (self.proxied is None and bool(self.name))


async def zone_records(product: Product, ask: Ask) -> tuple[Mapping[str, Any], ...] | Failure:
    """The records of the product's Cloudflare zone, or why they cannot be read."""
    try:
        return await cloudflare.records(await cloudflare.zone(product, ask), ask)
    except Unseen as unseen:
        return unseen.failure


async def edge_of(host: Host, product: Product, ask: Ask) -> Edge:
    """The edge of a host. Raises `Unseen` where neither its record nor its addresses can be seen."""
    records = await zone_records(product, ask)
    own = [
        item
        for item in (() if isinstance(records, Failure) else records)
        if tidy_name(cloudflare.word(item, "name")) == host.name and item.get("type") in ("A", "AAAA", "CNAME")
    ]
    seen = await resolve(ask, host.name)
    if own:
        proxied = all(item.get("proxied") is True for item in own)
        return Edge("cloudflare" if proxied else "", "its record in the zone", proxied, seen.addresses)
    seen.require_all()
    by_network = _by_network(seen.addresses, seen.targets, product)
    if by_network:
        return Edge(by_network, "its addresses", None, seen.addresses)
    answer = await ask(HttpExchange("GET", root_url(host)))
    if answer.failure is None and (named := by_headers(answer.facts)):
        return Edge(named, "its headers", None, seen.addresses)
    if answer.failure is not None and answer.failure.reason == "bot-wall":
        return Edge("a bot wall", "its answer", None, seen.addresses)
    return Edge("", "", None, seen.addresses)


def by_headers(response: HttpResponse) -> str:
    """The edge that the headers of a response name."""
    for header, beginning, edge in SIGNS:
        value = response.header(header).lower()
        if value and value.startswith(beginning):
            return edge
    return ""


def _by_network(addresses: tuple[str, ...], targets: tuple[str, ...], product: Product) -> str:
    """The edge that all addresses belong to, or that the CNAME leads to."""
    found = {provider_of(address, product.network) for address in addresses}
    if len(found) == 1 and (name := found.pop()) and name not in NOT_EDGES:
        return name
    for name, known in providers().items():
        if name not in NOT_EDGES and any(under(target, suffix) for target in targets for suffix in known.suffixes):
            return name
    return ""


async def edge_expected(product: Product, ask: Ask) -> str:
    """Why the product is meant to stand behind an edge: declared, a zone, or other hosts that do; '' if nothing says
    so.
    """
    known = {*providers(), *(name.lower() for name in product.network.ranges)} - NOT_EDGES
    for host in product.web_hosts:
        if declared := next((entry for entry in host.expect if entry.lower() in known), ""):
            return f"{host.name} is declared to be behind {declared}"
    records = await zone_records(product, ask)
    if not isinstance(records, Failure):
        return "the domain has a Cloudflare zone"
    hosts = [host for host in product.web_hosts if not host.is_address]
    seen = await asyncio.gather(*(resolve(ask, host.name) for host in hosts))
    for host, resolution in zip(hosts, seen, strict=True):
        if name := _by_network(resolution.addresses, resolution.targets, product):
            return f"{host.name} is behind {name}"
    return ""
