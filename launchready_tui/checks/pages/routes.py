"""The declared pages and the links on them (S1.RED.07), and pages that do not exist (S1.RED.08)."""

from __future__ import annotations

import hashlib

from launchready_tui.checks.limits import count
from launchready_tui.checks.pages.crawl import Visit, crawl
from launchready_tui.checks.reading.chains import ACCESS, GONE, asks_to_sign_in, dead_end, hops, shown, steps
from launchready_tui.checks.reading.follow import Chain, follow, trace
from launchready_tui.checks.reading.paths import is_onboarding
from launchready_tui.checks.reading.site import own
from launchready_tui.checks.reading.urls import path_of
from launchready_tui.checks.redirects.canonical import is_api
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject, root_url
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Host, Product, Route
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, passed, unknown, warned
from launchready_tui.text import plural


@check("routes.onboarding-crawl", over="visited-routes")
async def onboarding_crawl(subject: Subject[Route], ask: Ask, limits: Limits) -> Judgement:
    """The route answers as declared, and the links on it and one page further lead somewhere."""
    route, product = subject.item, subject.product
    onboarding = is_on_the_way(route, product)
    chain = await follow(ask, route.url)
    broken = _broken_route(route, chain, onboarding)
    if broken is not None:
        return broken
    depth, most = count(limits, "max_depth", 2), count(limits, "max_urls", 200)
    found = await crawl(ask, chain, product, depth=depth, most=most)
    tally, vital = Tally(), Tally()
    for visit in found.visits:
        on_the_way = (onboarding and visit.depth == 1) or is_onboarding(visit.url)
        _judge_link(visit, vital if on_the_way else tally, product)
    if found.cut:
        tally.note(f"there are more links than the {len(found.visits)} that were followed")
    return _judgement(chain, len(found.visits), vital, tally)


def is_on_the_way(route: Route, product: Product) -> bool:
    """Whether a route is part of signing up, signing in or a journey: a broken page there is a lost customer."""
    steps_taken = {step.route for journey in product.journeys for step in journey.steps}
    return route.onboarding or route.family in ("login", "signup", "reset", "invite") or route.id in steps_taken


def _broken_route(route: Route, chain: Chain, onboarding: bool) -> Judgement | None:
    """What is wrong with the route's own answer, None if nothing is."""
    reason = "broken-onboarding-route" if onboarding else "broken-route"
    walked, status = steps(chain), chain.last.response.status
    if endless := dead_end(chain):
        return failed(reason, endless, details=walked)
    if status in route.expect_status or 200 <= status < 300:
        return None
    where = f" on {shown(chain.final_url)}" if chain.length else ""
    wanted = " or ".join(str(expected) for expected in route.expect_status)
    text = f"answers {status}{where}, expected {wanted}"
    if status in GONE or status >= 500:
        return failed(reason, text, details=walked, network=status >= 500)
    return warned("access-denied" if status in ACCESS else "unexpected-status", text, details=walked)


def _judge_link(visit: Visit, tally: Tally, product: Product) -> None:
    """Where one link leads. What another site answers is not ours to judge, except that the page is gone."""
    chain, name = visit.chain, f"{shown(visit.url)}, linked from {shown(visit.page)},"
    if chain.failure is not None:
        if own(chain.next_url, product):
            tally.blind(visit.url, chain.failure)
        else:
            tally.note(f"{name} leads to another site that gave no answer ({chain.failure.reason})")
        return
    status = chain.last.response.status
    if endless := dead_end(chain):
        tally.fail("broken-link", f"{name} {endless}")
    elif status in GONE:
        tally.fail("broken-link", f"{name} answers {status}")
    elif status >= 500 and own(chain.final_url, product):
        tally.fail("broken-link", f"{name} answers {status}", network=True)
    elif not 200 <= status < 300:
        tally.note(f"{name} answers {status}")


def _judgement(chain: Chain, links: int, vital: Tally, other: Tally) -> Judgement:
    """Fails of the way to the customer weigh most, then what was not seen of it, then all other links."""
    status = chain.last.response.status
    after = f" after {hops(chain.length)}" if chain.length else ""
    unseen = len(vital.unseen) + len(other.unseen)
    figures = f"answers {status}{after}; {links - unseen} of {plural(links, 'link')} seen"
    details = vital.details() + other.details()
    if vital.fails:
        first = next((problem for problem in vital.fails if not problem.network), vital.fails[0])
        return failed("broken-onboarding-link", f"{first.text} ({figures})", details=details, network=first.network)
    blind = (vital.unseen + other.unseen)[:1]
    if blind and (vital.unseen or not other.fails):
        url, failure = blind[0]
        text = f"{figures}; not {shown(url)} ({failure.reason})"
        return unknown(
            failure.reason, text, decide_by="Open the links that were not seen in a browser.", details=details
        )
    if other.fails:
        return warned("broken-link", f"{other.fails[0].text} ({figures})", details=details)
    return passed(figures, details=details)


@check("routes.soft-404", over="web-hosts")
async def soft_404(subject: Subject[Host], ask: Ask, limits: Limits) -> Judgement:
    """Asks for a page that cannot exist: the status has to say so, or monitors and search engines are blind."""
    host = subject.item
    url = f"{root_url(host)}{missing_path(host.name)}"
    chain = await follow(ask, url)
    walked, status = steps(chain), chain.last.response.status
    if endless := dead_end(chain):
        return unknown("loop", f"an invented page {endless}", decide_by="Mend the redirects first.", details=walked)
    if status in GONE:
        return passed(f"an invented page answers {status}", details=walked)
    if status >= 500:
        text = f"an invented page ends in a server error ({status})"
        return failed("error-on-missing", text, details=walked, network=True)
    if asks_to_sign_in(chain):
        return passed("an invented page asks to sign in", note="sign-in", details=walked)
    if status in ACCESS or (is_api(host, subject.product) and 400 <= status < 500):
        return passed(f"an invented page answers {status}", note="access-denied", details=walked)
    if not 200 <= status < 300:
        return passed(f"an invented page answers {status} instead of 404", note="unexpected-status", details=walked)
    return warned("soft-404", await _pretence(host, chain, ask), details=walked)


def missing_path(name: str) -> str:
    """A path that no product has, the same for a host in every run."""
    return f"launchready-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


async def _pretence(host: Host, chain: Chain, ask: Ask) -> str:
    """What a page that does not exist pretends to be."""
    status = chain.last.response.status
    if chain.length and not path_of(chain.final_url):
        return f"an invented page is redirected to {shown(chain.final_url)} instead of 404"
    home = await trace(ask, root_url(host))
    if home.ended and home.last.response.body_sha256 == chain.last.response.body_sha256 != "":
        return f"an invented page answers {status} with the home page"
    return f"an invented page answers {status} instead of 404"
