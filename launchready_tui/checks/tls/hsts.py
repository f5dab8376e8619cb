"""Whether browsers are told to insist on https (RFC 6797)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from launchready_tui.checks.limits import number
from launchready_tui.checks.reading.follow import Chain, follow
from launchready_tui.checks.reading.urls import host_of
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject, root_url
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Host, Product
from launchready_tui.model.questions import HttpResponse
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, not_applicable, passed, warned
from launchready_tui.text import one_line

YEAR = 31_536_000
"""Seconds."""

_DIRECTIVE = re.compile(r'\s*(?P<name>[!#$%&\'*+.^_`|~0-9A-Za-z-]+)\s*(?:=\s*(?P<value>"[^"]*"|[^\s";]*)\s*)?')
_SESSION = re.compile(r"sess|sid$|^sid|(?<!csrf)(?<!xsrf)[-_.]?token$|auth|jwt|login|remember|logged", re.IGNORECASE)
"""Names of cookies that keep somebody logged in; the forgery tokens of forms do not."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What one response says. `age` is in seconds, None where it says nothing valid; `why` tells what is wrong then."""

    url: str
    age: int | None
    why: str = ""


def max_age(header: str) -> int | None:
    """The max-age of a header, None where it is missing or the header is malformed (RFC 6797 section 6.1).

    Directives may not be repeated, and max-age is required; a quoted value is allowed.
    """
    found: dict[str, str] = {}
    for part in header.split(";"):
        if not part.strip():
            continue
        directive = _DIRECTIVE.fullmatch(part)
        if directive is None or directive["name"].lower() in found:
            return None
        found[directive["name"].lower()] = (directive["value"] or "").strip('"')
    age = found.get("max-age", "")
    return int(age[:18]) if age.isascii() and age.isdigit() else None


@check("tls.hsts", over="web-hosts")
async def hsts(subject: Subject[Host], ask: Ask, limits: Limits) -> Judgement:
    """Every https answer of the host, redirects included, carries the header with an age of a year (S1.TLS.07).

    Only the first of several headers counts (RFC 6797 section 8.1), and max-age=0 withdraws the policy (section 6.1.1).
    """
    host = subject.item
    if host.is_address:
        return not_applicable(f"{host.name} is an address, and browsers keep no such policy for addresses (RFC 6797)")
    chain = await follow(ask, root_url(host))
    policies = [_policy(hop.url, hop.response) for hop in chain.hops if _is_secure(hop.url, host)]
    details = tuple(f"{one_line(item.url, 120)}: {item.why or f'max-age={item.age}'}" for item in policies)
    missing = [item for item in policies if item.age is None]
    if missing:
        summary = f"{missing[0].why} at {one_line(missing[0].url, 120)}"
        if login := _login(host, subject.product, chain):
            return failed("hsts-absent-with-login", f"{summary}, and {login}", details=details)
        return warned("hsts-absent", summary, details=details)
    age = min(item.age for item in policies if item.age is not None)
    least = number(limits, "min_age_seconds", YEAR)
    if age < least:
        return warned("hsts-short", f"max-age={age} is {_days(age)}, less than {_days(least)}", details=details)
    return passed(f"max-age={age} ({_days(age)})", details=details)


def _is_secure(url: str, host: Host) -> bool:
    """Whether a hop is an https answer of the host; the header means nothing over http (RFC 6797 section 8.1)."""
    return url.startswith("https://") and host_of(url) == host.name


def _policy(url: str, response: HttpResponse) -> Policy:
    header = response.header("strict-transport-security")
    age = max_age(header)
    if not response.all_headers("strict-transport-security"):
        return Policy(url, None, "no Strict-Transport-Security")
    if age is None:
        return Policy(url, None, f'Strict-Transport-Security is malformed, "{one_line(header, 80)}",')
    if age == 0:
        return Policy(url, None, "Strict-Transport-Security withdraws itself with max-age=0")
    return Policy(url, age)


def _login(host: Host, product: Product, chain: Chain) -> str:
    """Why somebody logs in at this host, '' where nothing says so."""
    route = next((route for route in product.routes if route.kind == "auth" and route.host == host.name), None)
    if route is not None:
        return f"people log in at {one_line(route.url, 120)}"
    own = [hop.response for hop in chain.hops if host_of(hop.url) == host.name]
    cookie = next((cookie.name for item in own for cookie in item.cookies if _SESSION.search(cookie.name)), "")
    if cookie:
        return f"it sets the session cookie {one_line(cookie, 40)}"
    return "its page asks for a password" if any(item.page.password_field for item in own) else ""


def _days(seconds: float) -> str:
    return f"{seconds / 86_400:,.0f} days" if seconds >= 172_800 else f"{seconds:,.0f} s"
