"""What is said about a chain of redirects, in figures and in words."""

from __future__ import annotations

from collections.abc import Iterator

from launchready_tui.checks.reading.follow import Chain, Hop
from launchready_tui.checks.reading.paths import is_sign_in
from launchready_tui.checks.reading.urls import counterpart, path_of, split, tidy
from launchready_tui.model.evidence import Failure, Fault
from launchready_tui.text import one_line, plural

ACCESS = frozenset({401, 403, 407})
"""The statuses that keep a visitor out of a page which may well exist."""

GONE = frozenset({404, 410})
"""The statuses that say that there is no such page (RFC 9110 sections 15.5.5 and 15.5.11)."""


def shown(url: str) -> str:
    """A URL as it stands in a sentence: one line, at most 120 characters."""
    return one_line(url, 120)


def steps(chain: Chain) -> tuple[str, ...]:
    """The chain for the details of a result: a line a hop, `301 http://acme.test/ → https://acme.test/`."""
    lines = [f"{hop.response.status} {shown(hop.url)}{_onwards(hop)}" for hop in chain.hops]
    if chain.failure is not None:
        lines.append(f"{chain.failure.reason} {shown(chain.next_url)}: {one_line(chain.failure.message)}")
    return tuple(lines)


def _onwards(hop: Hop) -> str:
    return f" → {shown(hop.response.location)}" if hop.redirects else ""


def hops(count: int) -> str:
    """`1 redirect`, `3 redirects`."""
    return plural(count, "redirect")


def moves(chain: Chain) -> Iterator[tuple[Hop, str]]:
    """The redirects of a chain with their targets, up to a sign-in page: what comes then is not what was asked for."""
    for hop in chain.hops:
        if not hop.redirects:
            return
        target = tidy(hop.response.location) or hop.response.location
        if is_sign_in(target) and path_of(target) != path_of(hop.url):
            return
        yield hop, target


def asks_to_sign_in(chain: Chain) -> bool:
    """Whether the chain leads a visitor to a sign-in page that was not asked for."""
    return len(list(moves(chain))) < chain.length


def canonicalises(hop: Hop, target: str) -> bool:
    """Whether a redirect only changes the scheme, or between www and the bare domain, and keeps the path."""
    here, there = split(hop.url), split(target)
    if (here.scheme, here.hostname) == (there.scheme, there.hostname) or path_of(hop.url) != path_of(target):
        return False
    name, other = here.hostname or "", there.hostname or ""
    return name == other or counterpart(name, other)


def dead_end(chain: Chain) -> str:
    """Why a chain never arrives, as the end of a sentence; '' if it arrived, or if its next URL gave no answer."""
    if chain.loop:
        return f"comes back to {shown(chain.next_url)} again and again"
    if chain.too_long:
        return f"still redirects after {hops(chain.length)}"
    if chain.stuck:
        return f"redirects to {shown(chain.next_url)}, which is no web address"
    return ""


def outage(chain: Chain) -> Failure | None:
    """Why a chain's usual redirects may not have been seen: a URL without an answer, or a server error at the end."""
    status = chain.last.response.status if chain.hops else 0
    if chain.failure is None and status >= 500:
        return Failure("server-error", f"answered {status}, so its usual redirects were not seen", Fault.TARGET)
    return chain.failure


def closed(failure: Failure | None) -> bool:
    """Whether a port is shut: the connection was refused, which is an answer and not a hiccup of the network."""
    return failure is not None and failure.reason == "refused"
