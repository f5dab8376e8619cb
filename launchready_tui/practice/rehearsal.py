"""A quiet morning in the shop: a few hundred visits that really happen, so that its logs have something to tell.

They go through everything but the network, one after another, and buy nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice

from launchready_tui.practice.httpserver import Request
from launchready_tui.practice.marketplace import API, APP, ITEMS, WWW
from launchready_tui.practice.serving import Serving, timed
from launchready_tui.practice.shop.schema import THINGS, WOODS, slug_of
from launchready_tui.practice.visitors import BUYER, COOKIE, Visitors

MORE, VISITS, FEWER, TWICE = 52, 40, 8, 2
"""Visits of single listings, of other pages, of routes of the API, and of the one that a cache keeps (a report of a
second may be behind it): below 40 nothing can be said of a percentile.
"""

_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"


def warm_up(serving: Serving) -> None:
    """Open the doors: whatever is made once, for threads and connections, is made before anybody looks."""
    serving.warm_up(Request("https", "GET", "/search?q=oak&per_page=60", WWW, {"accept-encoding": "gzip"}))


def rehearse(serving: Serving, visitors: Visitors) -> None:
    """Visit every page of the shop that can be visited without changing anything."""
    session = visitors.open(BUYER)
    for request in visits(session):
        timed(serving, request)
    visitors.close(session)


def visits(session: str) -> Iterator[Request]:
    """The requests, as a browser would send them. `session` is the cookie of somebody who is logged in."""
    first = len(ITEMS) + 1
    slugs = [f"/listings/{slug_of(number)}" for number in range(first, first + MORE)]
    words = [f"/search?q={word.lower()}" for word in (*WOODS, *THINGS)]
    kinds: list[tuple[str, list[str], int]] = [
        (WWW, ["/"], VISITS),
        (WWW, ["/listings"], VISITS),
        (WWW, slugs, MORE),
        (WWW, words, VISITS),
        (APP, ["/login"], VISITS),
        (APP, ["/dashboard"], VISITS),
        (API, ["/api/listings"], FEWER),
        (API, [f"/api{word}" for word in words], FEWER),
        (API, ["/api/categories"], TWICE),
    ]
    headers = {"user-agent": _AGENT, "accept-encoding": "gzip", "cookie": f"{COOKIE}={session}"}
    for host, targets, count in kinds:
        for target in islice(cycle(targets), count):
            yield Request("https", "GET", target, host, headers)
