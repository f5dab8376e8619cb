"""Whether secure pages load or send anything over plain http (W3C Mixed Content)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from launchready_tui.checks.limits import count
from launchready_tui.checks.reading.follow import follow
from launchready_tui.checks.reading.lookups import ask_all, require
from launchready_tui.checks.reading.site import own
from launchready_tui.checks.reading.urls import host_of, path_of, tidy
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Product, Route
from launchready_tui.model.questions import HttpExchange, HttpResponse, Reference
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, not_applicable, passed, unknown, warned
from launchready_tui.text import one_line, plural

MOST_SHOWN = 30

_ACTIVE_ROLES = frozenset({"script", "style", "frame", "object", "preload", "manifest"})
_PASSIVE_ROLES = frozenset({"image", "media"})
_PASSIVE_FILES = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|avif|ico|bmp|mp[34]|webm|og[gv]|wav|m4[av])$", re.IGNORECASE)
_FILES = re.compile(r"\.(?:m?js|css|json|wasm|woff2?|ttf|otf|eot)$", re.IGNORECASE)

_NAMESPACES = frozenset(
    {
        "www.w3.org",
        "schema.org",
        "json-schema.org",
        "ns.adobe.com",
        "purl.org",
        "xmlns.com",
        "ogp.me",
        "www.sitemaps.org",
    }
)
"""Hosts of URLs that are names, which nobody fetches."""

_CALL = re.compile(
    r"""(?:
          (?:\bfetch|\.open|\baxios(?:\.\w{1,10})?|\bEventSource|\bsendBeacon|\bimportScripts|\bimport|Worker|\.ajax
            |\.get(?:JSON)?|\.post)\s{0,16}\(\s{0,16}
          (?:["'`](?:GET|POST|PUT|PATCH|DELETE|HEAD)["'`]\s{0,16},\s{0,16})?
        | \bbaseURL["']?\s{0,16}[:=]\s{0,16}
        )["'`](http://[^"'`\s<>]{1,2048})""",
    re.IGNORECASE | re.VERBOSE,
)
"""A call that loads from the URL in its first argument (or its second, after the method)."""


class Harm(IntEnum):
    """What a browser does with an insecure reference, the worst first."""

    ACTIVE = 0
    FORM = 1
    PASSIVE = 2


@dataclass(frozen=True, slots=True)
class Insecure:
    """One reference over http or ws, and where it stands."""

    harm: Harm
    role: str
    url: str
    where: str

    @property
    def line(self) -> str:
        """The reference in one line."""
        return f"{self.role} {one_line(self.url, 160)} in {one_line(self.where, 120)}"


@check("tls.mixed-content", over="pages")
async def mixed_content(subject: Subject[Route], ask: Ask, limits: Limits) -> Judgement:
    """A page and its own style sheets name nothing that a browser would load or send over http (S1.TLS.08).

    Limit `max_style_sheets`: how many of the site's own style sheets are read, one level deep.
    """
    route = subject.item
    chain = await follow(ask, route.url)
    url, page = chain.last.url, chain.last.response
    if not chain.ended:
        return unknown("redirect-loop", f"{one_line(route.url, 120)} redirects without an end, so no page was seen")
    if not _is_html(page):
        return not_applicable(f"it is no HTML page but {one_line(page.media_type, 60) or 'of no stated type'}")
    if not url.startswith("https://"):
        return not_applicable("the page itself comes over http, so nothing of it is secure")
    sheets = _own_sheets(page, subject.product)
    most = count(limits, "max_style_sheets", 10)
    answers = await ask_all(ask, (HttpExchange("GET", sheet) for sheet in sheets[:most]))
    found = list(insecure(url, page, subject.product))
    for sheet, answer in zip(sheets[:most], answers, strict=True):
        if answer.failure is None:
            found += _in_sheet(sheet, answer.facts, subject.product)
    if found and not _upgrades(page):
        return _judged(found)
    require(answers)
    if page.status >= 400 and page.status not in route.expect_status:
        summary = f"HTTP {page.status} instead of the page, so its content was not seen"
        return unknown("page-not-served", summary, decide_by="Look again when the page is up.")
    looked = f"{plural(len(page.page.references), 'reference')} and {plural(len(answers), 'style sheet')} looked at"
    if found:
        details = tuple(item.line for item in found[:MOST_SHOWN])
        return passed(
            f"{len(found)} over http, all upgraded by upgrade-insecure-requests", note="upgraded", details=details
        )
    if page.page.cut or page.cut or len(sheets) > most:
        return passed(f"{looked}, none insecure; the rest of the page was not read", note="partly-read")
    return passed(f"{looked}, none insecure")


def insecure(where: str, response: HttpResponse, product: Product) -> Iterator[Insecure]:
    """The insecure references of a body. Links, canonical and meta URLs load nothing and do not count."""
    called = {tidy(match[1]) for match in _CALL.finditer(response.text)}
    for reference in response.page.references:
        if reference.url.lower().startswith(("http://", "ws://")):
            harm = _harm(reference, called, product)
            if harm is not None:
                yield Insecure(harm, reference.role, reference.url, where)


def _harm(reference: Reference, called: set[str], product: Product) -> Harm | None:
    """What an insecure reference does to the page, None for nothing."""
    role, url = reference.role, reference.url
    if role in _ACTIVE_ROLES or url.lower().startswith("ws://"):
        return Harm.ACTIVE
    if role in _PASSIVE_ROLES:
        return Harm.PASSIVE
    if role == "form":
        return Harm.FORM
    if role == "css":  # fonts and imports are blocked, pictures are not
        return Harm.PASSIVE if _PASSIVE_FILES.search(path_of(url)) else Harm.ACTIVE
    return _literal_harm(url, called, product) if role == "literal" else None


def _literal_harm(url: str, called: set[str], product: Product) -> Harm | None:
    """What a string in a script does: active where the script visibly loads it, else a suspicion.

    A string alone may be a link or a name. It is suspected where it names a file that pages load, or one of the
    product's own hosts.
    """
    if host_of(url) in _NAMESPACES:
        return None
    if tidy(url) in called:
        return Harm.ACTIVE
    path = path_of(url)
    return Harm.PASSIVE if own(url, product) or _FILES.search(path) or _PASSIVE_FILES.search(path) else None


def _judged(found: list[Insecure]) -> Judgement:
    ordered = sorted(found, key=lambda item: item.harm)
    details = tuple(dict.fromkeys(item.line for item in ordered))
    if len(details) > MOST_SHOWN:
        details = (*details[:MOST_SHOWN], f"and {len(details) - MOST_SHOWN} more")
    first = ordered[0]
    facts = {"url": one_line(first.url, 160)}
    if first.harm is Harm.ACTIVE:
        return failed("active-mixed-content", f"browsers block {first.line}", details=details, facts=facts)
    if first.harm is Harm.FORM:
        return failed("insecure-form", f"sends what people type over http: {first.line}", details=details, facts=facts)
    return warned("passive-mixed-content", f"loads over http: {first.line}", details=details, facts=facts)


def _in_sheet(sheet: str, response: HttpResponse, product: Product) -> list[Insecure]:
    """What a style sheet names, and the sheet itself where it is redirected to http."""
    if response.location.startswith("http://"):
        return [Insecure(Harm.ACTIVE, "style", response.location, sheet)]
    return list(insecure(sheet, response, product)) if response.status == 200 else []


def _own_sheets(page: HttpResponse, product: Product) -> list[str]:
    """The style sheets of the page that come over https from the product's own hosts, each once."""
    named = (tidy(reference.url) for reference in page.page.references if reference.role == "style")
    return list(dict.fromkeys(url for url in named if url.startswith("https://") and own(url, product)))


def _is_html(response: HttpResponse) -> bool:
    media_type = response.media_type
    return "html" in media_type or (not media_type and response.text.lstrip("\ufeff \t\r\n").startswith("<"))


def _upgrades(page: HttpResponse) -> bool:
    """Whether browsers rewrite http to https for all that the page loads and sends (W3C Upgrade Insecure Requests)."""
    policies = ";".join(page.all_headers("content-security-policy")).replace(",", ";")
    return "upgrade-insecure-requests" in (part.strip().lower() for part in policies.split(";"))
