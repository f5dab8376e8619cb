"""Which text mends which problem."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlsplit

from launchready_tui.engine.fixkit import cookies, headers, mail, redirects, zone
from launchready_tui.engine.fixkit.snippet import Snippet
from launchready_tui.model.board import Standing
from launchready_tui.model.product import Product
from launchready_tui.model.results import Result
from launchready_tui.model.verdicts import Verdict

Maker = Callable[[Result, Product], tuple[Snippet, ...]]

_NOT_THE_ZONE = frozenset({"resolver-stale", "cname-loop"})
"""Reasons for which the same record once more would mend nothing."""

CODE = "performance.slow-routes-code"
"""The check that reads the repository, and says which frameworks it saw."""

_EDGES = ("nginx", "caddy", "cloudflare", "vercel", "netlify")


def _target(result: Result, product: Product) -> tuple[Snippet, ...]:
    return () if result.reason in _NOT_THE_ZONE else zone.to_expected(result, product)


def _downgrade(result: Result, product: Product) -> tuple[Snippet, ...]:
    """Its subjects are hosts and declared redirects."""
    return redirects.declared(result, product) or redirects.canonical(result, product)


_MAKERS: Mapping[str, Maker] = {
    "dns.hosts-resolve": _target,
    "dns.intended-target": _target,
    "dns.private-address": _target,
    "dns.staging-pointer": _target,
    "dns.dangling-record": _target,
    "dns.cname-chain": _target,
    "dns.ttl-readiness": zone.ttl,
    "dns.caa": zone.caa,
    "dns.mail-records": zone.no_mail,
    "mail.spf": mail.spf,
    "mail.spf-sender": mail.sender,
    "mail.dkim": mail.dkim,
    "mail.dmarc": mail.dmarc,
    "mail.bulk-rules": mail.basics,
    "redirects.declared-target": redirects.declared,
    "redirects.old-urls": redirects.declared,
    "redirects.canonical-matrix": redirects.canonical,
    "redirects.path-and-query": redirects.canonical,
    "redirects.loop": _downgrade,
    "redirects.downgrade": _downgrade,
    "tls.hsts": headers.hsts,
    "edge.headers": headers.protective,
    "edge.cors": headers.cors,
    "identity.session-cookie": cookies.session_cookie,
}


def kit(standing: Standing, product: Product, detected: tuple[str, ...] = ()) -> tuple[Snippet, ...]:
    """Ready-to-copy text for a row that fails or warns, what the profile names first; empty where there is none.

    `detected` are the frameworks that the code was seen to use (`detected_frameworks`): of all frameworks only theirs.
    """
    result = standing.result
    maker = _MAKERS.get(result.check)
    if maker is None or result.verdict not in (Verdict.FAIL, Verdict.WARN):
        return ()
    known = cookies.frameworks(result, detected)
    made = [item for item in maker(result, product) if item.title not in cookies.FRAMEWORKS or item.title in known]
    first = _declared_edges(result.subject, product)
    return tuple(sorted(made, key=lambda item: not (first and item.title.lower().startswith(first))))


def detected_frameworks(board: Iterable[Standing]) -> tuple[str, ...]:
    """The frameworks that a look at the repository saw, as its newest result names them."""
    named = {
        word.strip().lower()
        for row in board
        if row.entry.id == CODE
        for word in row.result.facts.get("framework", "").split(",")
    }
    return tuple(name for name in cookies.FRAMEWORKS if name in named)


def _declared_edges(subject: str, product: Product) -> tuple[str, ...]:
    """The edges that the profile names for the host of a subject."""
    try:
        name = (urlsplit(subject).hostname or "") if "://" in subject else subject
    except ValueError:
        return ()
    host = product.host(name)
    named = " ".join(host.expect).lower() if host else ""
    return tuple(edge for edge in _EDGES if edge in named)
