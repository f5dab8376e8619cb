"""The links on a page and on the pages behind them: which are followed, and how far."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from launchready_tui.checks.reading.follow import Chain, Hop, trace
from launchready_tui.checks.reading.paths import changes_something
from launchready_tui.checks.reading.site import own
from launchready_tui.checks.reading.urls import hides_value, tidy
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Product


@dataclass(frozen=True, slots=True)
class Visit:
    """A link that was followed: the page it stands on, how far from the start (1: on the start page), where it led."""

    page: str
    depth: int
    chain: Chain

    @property
    def url(self) -> str:
        """The target of the link."""
        return self.chain.urls[0]


@dataclass(frozen=True, slots=True)
class Crawl:
    """All links that were followed; `cut` says that there were more than the limit."""

    visits: tuple[Visit, ...]
    cut: bool


async def crawl(ask: Ask, start: Chain, product: Product, *, depth: int, most: int) -> Crawl:
    """Follow the links from where a chain ended, breadth first, at most `most` of them.

    Declared routes are left out, they report by themselves; so are other sites, and links that change something.
    """
    known = {tidy(route.url) for route in product.routes} | {tidy(url) for url in start.urls}
    visits: list[Visit] = []
    pages, cut = [start.last], False
    for level in range(1, depth + 1):
        links: dict[str, str] = {}
        for page in pages:
            for url in links_of(page, product):
                if url not in known:
                    links.setdefault(url, page.url)
        room = most - len(visits)
        cut = cut or len(links) > room or any(page.response.page.cut for page in pages)
        chosen = list(links.items())[:room]
        known.update(url for url, _ in chosen)
        chains = await asyncio.gather(*(trace(ask, url, crawl=True) for url, _ in chosen))
        visits += [Visit(page, level, chain) for (_, page), chain in zip(chosen, chains, strict=True)]
        pages = []
        for chain in chains:
            if chain.ended and (not chain.length or tidy(chain.final_url) not in known):
                known.add(tidy(chain.final_url))
                pages.append(chain.last)
    return Crawl(tuple(visits), cut)


def links_of(page: Hop, product: Product) -> list[str]:
    """The links of a page that can be followed without changing anything, on the product's own site.

    A link with a secret in it (a reset token in an example) is known without its value and cannot be followed.
    """
    if not own(page.url, product) or not 200 <= page.response.status < 300:
        return []
    urls = (tidy(reference.url) for reference in page.response.page.references if reference.role == "link")
    return [url for url in urls if own(url, product) and not changes_something(url) and not hides_value(url)]
