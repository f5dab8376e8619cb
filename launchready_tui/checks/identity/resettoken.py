"""What can be seen of password resets from outside: whom the page believes, and what it gives away."""

from __future__ import annotations

from launchready_tui.checks.edge.headerrules import Headers, simple
from launchready_tui.checks.reading.urls import host_of
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Route
from launchready_tui.model.questions import HttpExchange, HttpResponse
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, unknown, warned

FORGED = "launchready.example"
"""A host that belongs to nobody (RFC 2606). It is named, never contacted."""

_BY_HAND = "Order a reset mail for the test account with a forged host, read its link, use it twice, and attest."


@check("identity.reset-token", over="reset-family")
async def reset_token(subject: Subject[Route], ask: Ask, _: Limits) -> Judgement:
    """S3.RST.02: a forged host is believed nowhere on the page, and the page keeps its address to itself.

    The link itself comes by mail. Whether it works once, expires and is long enough, a person has to try.
    """
    url = subject.item.url
    headers = (("x-forwarded-host", FORGED), ("forwarded", f"host={FORGED}"))
    forged = (await ask(HttpExchange("GET", url, headers=headers, active=True))).facts
    if place := names_host(forged):
        return failed("forged-host-believed", f"a forged X-Forwarded-Host comes back in {place}")
    page = (await ask(HttpExchange("GET", url))).facts
    policy = simple.referrer_policy(Headers.of(page.headers))
    if page.status < 400 and not policy.passes:
        return warned("referrer-leaks", f"the page's Referrer-Policy gives its address to other sites ({policy.why})")
    seen = "a forged host is not believed on the page"
    return unknown("needs-mail", f"{seen}; use, expiry and length of the token are in the mail", decide_by=_BY_HAND)


def names_host(response: HttpResponse) -> str:
    """Where a response names the forged host, '' if nowhere."""
    if host_of(response.location) == FORGED:
        return "the redirect"
    if any(host_of(reference.url) == FORGED for reference in response.page.references):
        return "a link of the page"
    return ""
