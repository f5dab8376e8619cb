"""Requests that probe: a POST to machines' endpoints (S1.RED.05), foreign targets at sign-in (S1.RED.06)."""

from __future__ import annotations

import asyncio
from urllib.parse import quote, urljoin

from launchready_tui.checks.reading.chains import ACCESS, shown
from launchready_tui.checks.reading.follow import REDIRECTS
from launchready_tui.checks.reading.site import own
from launchready_tui.checks.reading.urls import counterpart, host_of, registrable, split, tidy
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask, Failure, Fault
from launchready_tui.model.product import Product, Route
from launchready_tui.model.questions import HttpExchange, HttpResponse
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, passed, unknown, warned

REWRITES = frozenset({301, 302, 303})
"""The redirects after which clients ask again with GET and without the body (RFC 9110 sections 15.4.2 to 15.4.4)."""

GATEWAY = frozenset({502, 503, 504})
"""The statuses with which something in front of the endpoint says that it did not reach it."""

FOREIGN = "example.org"
"""A host that belongs to nobody (RFC 2606 section 3). It is named, never contacted."""

TARGETS = (f"https://{FOREIGN}", f"//{FOREIGN}", f"/\\{FOREIGN}")
"""Three spellings of that host; browsers read a backslash as a slash (WHATWG URL standard, special schemes)."""

PARAMETERS = ("next", "return_to", "redirect")
MOST_HOPS = 5


@check("redirects.machine-endpoints", over="machine-routes")
async def machine_endpoints(subject: Subject[Route], ask: Ask, limits: Limits) -> Judgement:
    """Posts an empty JSON object: an endpoint of machines answers itself, whatever it says to that."""
    url = subject.item.url
    json = (("content-type", "application/json"),)
    response = (await ask(HttpExchange("POST", url, headers=json, body="{}"))).facts
    status, target = response.status, shown(response.location)
    fight = counterpart(host_of(url), host_of(response.location))
    where = f" to {target}" if target else ""
    if status in REWRITES:
        other = ", the other of www and bare domain," if fight else ""
        return failed("redirected-post", f"a POST is redirected{where}{other} and loses its body ({status})")
    if status in REDIRECTS and fight:
        return failed("host-hop", f"a POST is sent on{where} ({status}): the other of www and bare domain is canonical")
    if status in REDIRECTS:
        return warned("redirected-307", f"a POST is sent on{where} ({status}); many machines do not follow")
    if status in GATEWAY:
        return unknown(
            "server-error", f"answers {status} in place of the endpoint", decide_by="Run it when the endpoint is up."
        )
    if status >= 500:
        return passed(f"answers {status} without a redirect; an empty object should not break it", note="server-error")
    return passed(f"answers {status} without a redirect")


@check("redirects.open-redirect", over="login-routes")
async def open_redirect(subject: Subject[Route], ask: Ask, limits: Limits) -> Judgement:
    """Asks the sign-in page to forward to a foreign host, and looks whether it would before anybody has signed in."""
    route, tally = subject.item, Tally()
    tries = [f"{name}={quote(target, safe='')}" for name in PARAMETERS for target in TARGETS]
    ends = await asyncio.gather(*(_try(route.url, attempt, subject.product, ask, tally) for attempt in tries))
    if set(ends) <= ACCESS:
        return unknown("access-denied", f"nobody is let in ({ends[0]})", decide_by=_BY_HAND)
    missed = len(tally.unseen)
    return (
        tally.fail_first(("open-redirect",))
        or tally.unknown(f"{len(tries) - missed} of {len(tries)} tries were answered", decide_by=_BY_HAND)
        or tally.passed(f"none of {len(tries)} foreign targets was followed before sign-in")
    )


_BY_HAND = "Open the sign-in page with ?next=https://example.org, sign in, and look where you land."


async def _try(url: str, attempt: str, product: Product, ask: Ask, tally: Tally) -> int:
    """One foreign target, followed over the product's own redirects and not beyond them. Its last status, 0 if none."""
    here, status = f"{url}{'&' if split(url).query else '?'}{attempt}", 0
    for _ in range(MOST_HOPS):
        answer = await ask(HttpExchange("GET", here, active=True))
        if answer.failure is not None:
            tally.blind(here, answer.failure)
            return 0
        response, status = answer.facts, answer.facts.status
        if leads_abroad(here, response):
            tally.fail("open-redirect", f"{shown(here)} sends visitors to {FOREIGN} ({status})")
            return status
        if status >= 500:
            tally.blind(here, Failure("server-error", f"answered {status}", Fault.TARGET))
        onwards = tidy(response.location)
        if status not in REDIRECTS or not own(onwards, product):
            return status
        here = onwards
    return status


def leads_abroad(url: str, response: HttpResponse) -> bool:
    """Whether a response sends a browser to the foreign host: by its Location, read as browsers do, or by a refresh."""
    targets = [reference.url for reference in response.page.references if reference.role == "refresh"]
    if response.status in REDIRECTS:
        targets += [response.location, _absolute(url, response.header("location"))]
    return any(registrable(host_of(target)) == FOREIGN for target in targets)


def _absolute(url: str, location: str) -> str:
    try:
        return urljoin(url, location.strip().replace("\\", "/"))
    except ValueError:
        return ""
