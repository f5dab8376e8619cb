"""What a page that customers see says about staging: the content half of S1.DNS.05."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from launchready_tui.checks.limits import count
from launchready_tui.checks.pages.mentions import Mention, of_response
from launchready_tui.checks.reading.follow import Chain, trace
from launchready_tui.checks.reading.lookups import ask_all, require
from launchready_tui.checks.reading.names import registered_domain
from launchready_tui.checks.reading.stagehosts import TEST_KEYS, Place, payment_host, place
from launchready_tui.checks.reading.urls import host_of, split, tidy
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject, page_routes
from launchready_tui.model.evidence import Answer, Ask, Unseen
from launchready_tui.model.product import Product, Route
from launchready_tui.model.questions import HttpExchange, HttpResponse
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, passed, unknown, warned
from launchready_tui.text import one_line, plural

LOADING_ROLES = frozenset(
    {"script", "style", "frame", "form", "object", "refresh", "redirect", "connect-src", "canonical", "manifest"}
)
"""Roles by which a page depends on the other host or hands its visitor over; pictures, links and strings do not."""

MOST_SHOWN = 20

Places: TypeAlias = dict[str, Place]
"""What kind of place each named host is."""


@dataclass(frozen=True, slots=True)
class Scripts:
    """How many of the site's own scripts a page names, how many were read, and whether one of those was cut."""

    named: int
    read: int
    cut: bool

    @classmethod
    def of(cls, named: int, answers: tuple[Answer[HttpResponse], ...]) -> Scripts:
        """Count the scripts that were read; one that redirects was not."""
        seen = [answer.facts for answer in answers if answer.failure is None]
        read = [response for response in seen if not 300 <= response.status < 400]
        return cls(named, len(read), any(response.page.cut for response in read))


@check("pages.staging-reference", over="pages")
async def staging_reference(subject: Subject[Route], ask: Ask, limits: Limits) -> Judgement:
    """S1.DNS.05, content: the page, its own scripts, headers and cookies know nothing of staging or test payments.

    Limit `max_scripts`: how many of the site's own scripts are read.
    """
    route, product = subject.item, subject.product
    chain = await trace(ask, route.url)
    visited = [(hop.url, hop.response) for hop in chain.hops]
    mentions = _declared(route, product)
    scripts: list[str] = []
    chosen = 0
    answers: tuple[Answer[HttpResponse], ...] = ()
    if chain.ended:
        scripts = _own_scripts(*visited[-1])
        further = scripts[: count(limits, "max_scripts", 10)]
        chosen = len(further)
        further += [_robots_url(chain.final_url)] if _is_home(route.url) else []
        answers = await ask_all(ask, (HttpExchange("GET", part) for part in further))
        visited += [(part, answer.facts) for part, answer in zip(further, answers, strict=True) if not answer.failure]
    for where, response in visited:
        mentions += of_response(where, response)
    places = {host: place(host, product) for host in {mention.host for mention in mentions}}
    problem = _test_payments(mentions, visited) or _staging(mentions, places)
    return (
        problem
        or _unseen(route, product, chain, answers)
        or _seen(route, chain, mentions, places, Scripts.of(len(scripts), answers[:chosen]))
    )


def _unseen(
    route: Route, product: Product, chain: Chain, answers: tuple[Answer[HttpResponse], ...]
) -> Judgement | None:
    """What keeps a page without findings from being called clean: it, or a part of it, was not seen."""
    if chain.failure is not None:
        raise Unseen(chain.failure)
    require(answers)
    if not chain.ended:
        return unknown("redirect-loop", f"{one_line(route.url, 120)} redirects without an end, so no page was seen")
    status, host = chain.last.response.status, product.host(route.host)
    if status >= 400 and status not in route.expect_status and not (host is not None and host.role == "api"):
        summary = f"HTTP {status} instead of the page, so its content was not seen"
        return unknown("page-not-served", summary, decide_by="look again when the page is up")
    return None


def _seen(route: Route, chain: Chain, mentions: list[Mention], places: Places, scripts: Scripts) -> Judgement:
    """The verdict on a page that was seen and leads to no staging."""
    page = chain.last.response
    weakness = _noindex(route, page) or _platforms(mentions, places)
    if weakness is not None:
        return weakness
    backends = sorted(host for host, kind in places.items() if kind is Place.BACKEND)
    details = tuple(f"{host}: a service that is called by its default host" for host in backends)
    hosts, own = plural(len(places), "host"), plural(scripts.named, "script")
    looked = f"{hosts} named, none of them staging, {scripts.read} of {own} read"
    if page.page.cut or scripts.cut or scripts.read < scripts.named:
        decide_by = "Search the rest by hand: view the page's sources and look for staging, localhost and pk_test_."
        return unknown("partly-read", f"{looked}; the rest was not seen", decide_by=decide_by, details=details)
    return passed(looked, note="supabase-host" if backends else "", details=details)


def _test_payments(mentions: list[Mention], visited: list[tuple[str, HttpResponse]]) -> Judgement | None:
    """A test-mode key, or a host at which payments are only played.

    A payment library's own code names both its hosts: a string counts only where the real host is not beside it.
    """
    for where, key in ((where, key) for where, response in visited for key in response.page.payment_keys):
        if key.lower().startswith(TEST_KEYS):
            summary = f"test payment key {one_line(key, 40)} in {one_line(where, 120)}: nobody can pay"
            return failed("test-payment-key", summary, facts={"where": one_line(where)})
    for mention in mentions:
        real = payment_host(mention.host)
        if not real or (mention.role == "literal" and _names_both(mention, real, mentions)):
            continue
        summary = f"payment sandbox {mention.line}: nobody can pay"
        return failed("test-payment-key", summary, facts=_facts(mention))
    return None


def _facts(mention: Mention) -> dict[str, str]:
    return {"url": one_line(mention.url), "where": one_line(mention.where)}


def _names_both(mention: Mention, real: str, mentions: list[Mention]) -> bool:
    here = (other for other in mentions if other.where == mention.where and not payment_host(other.host))
    return any(registered_domain(other.host) == real for other in here)


def _staging(mentions: list[Mention], places: Places) -> Judgement | None:
    bad = [mention for mention in mentions if _is_staging(mention, places[mention.host])]
    if not bad:
        return None
    more = f", and {plural(len(bad) - 1, 'more mention')}" if len(bad) > 1 else ""
    details = tuple(mention.line for mention in bad[:MOST_SHOWN])
    return failed("staging-reference", f"{bad[0].line}{more}", details=details, facts=_facts(bad[0]))


def _is_staging(mention: Mention, kind: Place) -> bool:
    if kind is Place.LOCAL:
        return not _is_library_default(mention)
    return kind in (Place.STAGING, Place.TUNNEL) or (kind is Place.VAGUE and mention.role in LOADING_ROLES)


def _is_library_default(mention: Mention) -> bool:
    """Whether a string is `http://localhost` and nothing more: HTTP libraries carry it as the base of relative URLs."""
    parts = split(mention.url)
    bare = parts.hostname == "localhost" and parts.port is None and parts.path in ("", "/") and not parts.query
    return mention.role == "literal" and bare


def _noindex(route: Route, page: HttpResponse) -> Judgement | None:
    """A page that asks search engines to stay away, as staging does. A sign-in page may."""
    if route.kind != "page":
        return None
    header = ", ".join(page.all_headers("x-robots-tag"))
    for where, rule in (("the header x-robots-tag", header), ("the robots meta element", page.page.robots)):
        if _keeps_away(rule):
            summary = f"{where} says {one_line(rule, 60)}: search engines will not show this page"
            return warned("noindex", summary, facts={"where": where})
    return None


def _keeps_away(rule: str) -> bool:
    """Whether a robots rule forbids indexing: `noindex`, `googlebot: none`, but not `max-image-preview: none`."""
    for part in rule.lower().split(","):
        agent, _, value = part.rpartition(":")
        if value.strip() in ("noindex", "none") and not agent.strip().startswith("max-"):
            return True
    return False


def _platforms(mentions: list[Mention], places: Places) -> Judgement | None:
    """The default host of a platform, which shows the same product under a second name."""
    found = [mention for mention in mentions if places[mention.host] is Place.PLATFORM]
    if not found:
        return None
    details = tuple(mention.line for mention in found[:MOST_SHOWN])
    return warned("platform-duplicate", f"names a platform's default host: {found[0].line}", details=details,
                  facts=_facts(found[0]))  # fmt: skip


def _declared(route: Route, product: Product) -> list[Mention]:
    """The route's own URL; with the first page of the product also the URLs of the routes that are no pages."""
    found = [Mention("the product profile", "route", route.url, host_of(route.url))]
    if page_routes(product)[0].url == route.url:
        others = (other for other in product.routes if other.kind not in ("page", "auth"))
        found += [Mention("the product profile", "route", other.url, host_of(other.url)) for other in others]
    return found


def _own_scripts(url: str, page: HttpResponse) -> list[str]:
    """The scripts of the page that come from the same registered domain, in order, each once."""
    home = registered_domain(host_of(url)) or host_of(url)
    found = (tidy(reference.url) for reference in page.page.references if reference.role == "script")
    own = (script for script in found if script and _same_home(host_of(script), home))
    return list(dict.fromkeys(own))


def _same_home(host: str, home: str) -> bool:
    return (registered_domain(host) or host) == home


def _robots_url(url: str) -> str:
    parts = split(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def _is_home(url: str) -> bool:
    parts = split(url)
    return parts.path in ("", "/") and not parts.query
