"""The product's own list of its pages (S1.RED.04; format: the sitemaps.org protocol 0.9)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import islice

from launchready_tui.checks.limits import count
from launchready_tui.checks.reading.chains import ACCESS, GONE, dead_end, shown
from launchready_tui.checks.reading.follow import Chain, follow, trace
from launchready_tui.checks.reading.site import own
from launchready_tui.checks.reading.urls import hides_value, tidy
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject, root_url
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask, Unseen
from launchready_tui.model.product import Host, Product
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, not_applicable, unknown

MOST_PARTS = 5
"""Sitemaps of a sitemap index that are read."""

_LOCATION = re.compile(
    r"<(?:\w{1,20}:)?loc>\s{0,200}(?:<!\[CDATA\[)?\s{0,200}([^<\]\s]{1,4000})\s{0,200}(?:\]\]>)?\s{0,200}</"
)
_INDEX = re.compile(r"<(?:\w{1,20}:)?sitemapindex[\s>]")
_SITEMAP = re.compile(r"<(?:\w{1,20}:)?(?:urlset|sitemapindex)[\s>]")


@dataclass(slots=True)
class Listing:
    """What the sitemaps list: pages of the product, how many entries are foreign, how many sitemaps gave no answer."""

    pages: list[str] = field(default_factory=list)
    foreign: int = 0
    unread: int = 0


@check("redirects.sitemap-urls", over="domain")
async def sitemap_urls(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """Asks for the pages that the sitemap lists, at most `max_urls`, and names those that are gone or broken."""
    found = await _sitemap(subject, ask)
    if isinstance(found, Judgement):
        return found
    tally = Tally()
    listing = await _read(found, subject.product, ask, tally)
    most = count(limits, "max_urls", 50)
    pages = listing.pages[:most]
    for chain in await asyncio.gather(*(trace(ask, page, crawl=True) for page in pages)):
        _judge(chain, tally)
    if listing.foreign:
        tally.note(f"{listing.foreign} entries are on other sites and were left alone")
    if len(listing.pages) > len(pages):
        tally.note(f"only the first {most} of {len(listing.pages)} entries were asked for")
    return _judgement(found, len(pages), listing, tally)


def _judgement(found: Chain, asked: int, listing: Listing, tally: Tally) -> Judgement:
    if tally.fails:
        many = f"{len(tally.fails)} of {asked} sitemap pages are broken, the first: " if len(tally.fails) > 1 else ""
        outage = all(problem.network for problem in tally.fails)
        return failed("sitemap-url-broken", many + tally.fails[0].text, details=tally.details(), network=outage)
    seen = f"{asked - len(tally.unseen) + listing.unread} of {asked} sitemap pages seen"
    blind = tally.unknown(seen, decide_by=_BY_HAND)
    if blind is not None:
        return blind
    if not asked:
        nothing = f"no page of the product was found in {shown(found.final_url)}"
        return unknown("empty-sitemap", nothing, decide_by=_BY_HAND, details=tally.details())
    return tally.passed(f"{asked} of {asked} sitemap pages answer")


_BY_HAND = "Open the sitemap and its pages in a browser."


async def _sitemap(subject: Subject[str], ask: Ask) -> Chain | Judgement:
    """The chain that ends on the sitemap of the bare domain or of www, or why there is none to judge."""
    hosts = [host for host in subject.product.web_hosts if host.role in ("apex", "www")] or [Host(subject.item, "apex")]
    blind: Unseen | None = None
    for host in hosts:
        try:
            chain = await follow(ask, f"{root_url(host)}sitemap.xml")
        except Unseen as unseen:
            blind = blind or unseen
            continue
        status = chain.last.response.status
        if chain.ended and status == 200 and _SITEMAP.search(chain.last.response.text):
            return chain
        if status in ACCESS or status >= 500:
            return unknown(
                "access-denied" if status in ACCESS else "server-error",
                f"{shown(chain.final_url)} answers {status}",
                decide_by=_BY_HAND,
            )
    if blind is not None:
        raise blind
    return not_applicable(f"{subject.item} has no /sitemap.xml", reason="no-sitemap")


async def _read(found: Chain, product: Product, ask: Ask, tally: Tally) -> Listing:
    """The entries of a sitemap, of an index those of its first parts."""
    listing, text = Listing(), found.last.response.text
    if not _INDEX.search(text):
        _take(text, product, listing)
        return listing
    parts = [url for url in locations(text, MOST_PARTS) if own(url, product)]
    for part, chain in zip(parts, await asyncio.gather(*(trace(ask, part, crawl=True) for part in parts)), strict=True):
        if chain.failure is not None:
            listing.unread += 1
            tally.blind(chain.next_url, chain.failure)
        elif _broken(chain):
            tally.fail("sitemap-url-broken", f"the sitemap {shown(part)} {_broken(chain)}", network=_outage(chain))
        else:
            _take(chain.last.response.text, product, listing)
    return listing


def locations(text: str, most: int) -> Iterator[str]:
    """The usable URLs in `loc` elements, entities resolved, at most that many; the text may be cut anywhere."""
    found = (tidy(unescape(match[1])) for match in _LOCATION.finditer(text))
    return islice((url for url in found if url and not hides_value(url)), most)


def _take(text: str, product: Product, listing: Listing) -> None:
    for url in locations(text, 1_000):
        if not own(url, product):
            listing.foreign += 1
        elif url not in listing.pages:
            listing.pages.append(url)


def _judge(chain: Chain, tally: Tally) -> None:
    start = shown(chain.urls[0])
    if chain.failure is not None:
        tally.blind(chain.next_url, chain.failure)
    elif why := _broken(chain):
        tally.fail("sitemap-url-broken", f"{start} {why}", network=_outage(chain))
    elif not 200 <= chain.last.response.status < 300:
        tally.note(f"{start} answers {chain.last.response.status}")


def _outage(chain: Chain) -> bool:
    return chain.ended and chain.last.response.status >= 500


def _broken(chain: Chain) -> str:
    """What is wrong with a page of the sitemap, as the end of a sentence."""
    status = chain.last.response.status
    return dead_end(chain) or (f"answers {status}" if status in GONE or status >= 500 else "")
