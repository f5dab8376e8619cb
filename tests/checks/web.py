"""Short ways to write a web site for tests: responses by URL, answered alike in all address families."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Host, Product, Route
from launchready_tui.model.questions import (
    Cookie,
    DnsAnswer,
    DnsLookup,
    Facts,
    Family,
    HttpExchange,
    HttpResponse,
    Page,
    Question,
    Reference,
)

Pages = Mapping[str, HttpResponse | Failure]
Table = dict[Question[Any], Facts | Failure]

REFUSED = Failure("refused", "connection refused")
TIMEOUT = Failure("timeout", "no answer within 10 s")
BOT_WALL = Failure("bot-wall", "a bot wall answered")
NO_IPV6 = Failure("no-ipv6", "this machine has no IPv6")
NXDOMAIN = Failure("does-not-resolve", "no such name")

SETS_COOKIE = (Cookie("sid", ("path=/", "secure")),)

HOSTILE = (
    "javascript:alert(1)",
    "//",
    "https://",
    "https://[bad",
    "https://a.test:99999/",
    "https://a.test:0/",
    "https://a℀b.test/",
    "https://a.test/\x1b]52;c;x\x07",
    "https://a.test/\r\nset-cookie: x=1",
    "https://a.test/" + "x" * 100_000,
    "\ud800",
    "https://" + "ü" * 300 + ".test/",
    "data:text/html,x",
    "mailto:a@b.test",
    "http:///x",
    " ",
)
"""Location values that no browser follows as a web page."""


def ok(status: int = 200, *, body: str = "page", **more: Any) -> HttpResponse:
    """An answer that is no redirect."""
    return HttpResponse(status, body_sha256=body, **more)


def to(location: str, status: int = 301, **more: Any) -> HttpResponse:
    """A redirect."""
    headers = (("location", location), *more.pop("headers", ()))
    return HttpResponse(status, headers=headers, location=location, **more)


def linking(*urls: str, **more: Any) -> HttpResponse:
    """A page with links."""
    return ok(page=Page(references=tuple(Reference("link", url) for url in urls)), **more)


def web(pages: Mapping[str, HttpResponse | Failure], *, families: tuple[Family, ...] = ("", "4", "6")) -> Table:
    """The answers of a web site to plain visits."""
    return {HttpExchange("GET", url, family=family): page for url, page in pages.items() for family in families}


def dns(name: str, *, v4: bool = True, v6: bool = False) -> Table:
    """The address records of a host."""
    return {
        DnsLookup(name, "A"): DnsAnswer("NOERROR", ("192.0.2.1",) if v4 else ()),
        DnsLookup(name, "AAAA"): DnsAnswer("NOERROR", ("2001:db8::1",) if v6 else ()),
    }


def acme(*hosts: Host, routes: tuple[Route, ...] = (), **more: Any) -> Product:
    """A product at acme.test."""
    return Product("Acme", "acme.test", hosts=hosts or (Host("acme.test", "apex"),), routes=routes, **more)
