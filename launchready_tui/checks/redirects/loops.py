"""Redirects that go round in circles, and who of two parties has to give in (S1.RED.02)."""

from __future__ import annotations

from launchready_tui.checks.limits import count
from launchready_tui.checks.reading.chains import hops, shown, steps
from launchready_tui.checks.reading.follow import Chain, Hop
from launchready_tui.checks.reading.paths import has_locale, is_sign_in
from launchready_tui.checks.reading.urls import counterpart, path_of, split, tidy
from launchready_tui.checks.redirects.entrances import ELSEWHERE, walk_in
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import EntryPoint, Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement

FAILS = ("loop-flexible-tls", "loop-www-fight", "loop-trailing-slash", "loop-locale-or-login", "loop-other")


@check("redirects.loop", over="entry-points")
async def loop(subject: Subject[EntryPoint], ask: Ask, limits: Limits) -> Judgement:
    """Follows the entry point with cookies, as a browser does, and names the cause where it never arrives."""
    tally = Tally()
    chains = await walk_in(subject, ask, count(limits, "max_hops", 10), tally)
    walked = tuple(line for chain in chains for line in steps(chain))
    for chain in chains:
        if chain.loop or chain.too_long:
            reason, cause = cause_of(chain)
            tally.fail(reason, f"{shown(chain.hops[0].url)}: {cause}")
        if chain.stuck:
            tally.note(f"{shown(chain.final_url)} redirects to something that is no web address")
    arrived = [chain for chain in chains if chain.hops and not chain.failure]
    return (
        tally.fail_first(FAILS, walked)
        or tally.unknown(f"not followed to its end: {shown(_first_unseen(tally))}", decide_by=ELSEWHERE, details=walked)
        or tally.passed("; ".join(_arrival(chain) for chain in arrived), details=walked)
    )


def _first_unseen(tally: Tally) -> str:
    return tally.unseen[0][0] if tally.unseen else ""


def _arrival(chain: Chain) -> str:
    return f"{shown(chain.hops[0].url)} ends after {hops(chain.length)}"


def cause_of(chain: Chain) -> tuple[str, str]:
    """The reason slug and a sentence that names the cause of a chain that never ends."""
    ring = _ring(chain)
    urls = [hop.url for hop in ring]
    targets = [tidy(hop.response.location) for hop in ring]
    names = sorted({split(url).hostname or "" for url in urls})
    if len(names) == 2 and counterpart(*names):
        return "loop-www-fight", f"{names[0]} and {names[1]} send visitors to each other"
    if _to_itself_over_https(ring):
        return "loop-flexible-tls", _flexible(ring)
    if any(_differ_by_slash(url, target) for url, target in zip(urls, targets, strict=True)):
        return (
            "loop-trailing-slash",
            f"{shown(urls[0])} with and without its final slash redirect to each other",
        )
    if any(is_sign_in(url) or has_locale(url) for url in (*urls, *targets)):
        return "loop-locale-or-login", f"a language or sign-in redirect does not accept its own target {shown(urls[0])}"
    if (
        len({(split(url).hostname, path_of(url)) for url in urls}) == 1
        and len({split(url).scheme for url in urls}) == 2
    ):
        return "loop-other", f"http and https redirect to each other at {shown(urls[0])}"
    if any(hop.response.cookies for hop in ring):
        return "loop-other", f"{shown(urls[0])} sets a cookie and sends the visitor back, although the cookie is sent"
    if chain.too_long:
        return "loop-other", f"no end after {hops(chain.length)}, the last to {shown(chain.next_url)}"
    return "loop-other", f"{shown(urls[0])} is redirected back to itself over {hops(len(ring))}"


def _ring(chain: Chain) -> list[Hop]:
    """The hops that repeat; the last four where the chain was given up."""
    back = tidy(chain.next_url)
    places = [place for place, hop in enumerate(chain.hops) if tidy(hop.url) == back]
    return list(chain.hops[places[-1] :] if chain.loop and places else chain.hops[-4:])


def _to_itself_over_https(ring: list[Hop]) -> bool:
    """One https URL that redirects to itself: the server behind it believes that it is asked over http.

    A server that sets a cookie each time waits for that cookie instead; Cloudflare sets cookies of its own.
    """
    hop = ring[-1]
    itself = len(ring) == 1 and split(hop.url).scheme == "https" and tidy(hop.url) == tidy(hop.response.location)
    return itself and (_by_cloudflare(hop) or not hop.response.cookies)


def _by_cloudflare(hop: Hop) -> bool:
    return hop.response.header("server").lower() == "cloudflare" or bool(hop.response.header("cf-ray"))


def _flexible(ring: list[Hop]) -> str:
    here = f"{shown(ring[-1].url)} redirects to itself"
    if _by_cloudflare(ring[-1]):
        return f"{here}: Cloudflare's TLS mode is Flexible, so the origin is asked over http and forces https for ever"
    return f"{here}: a proxy asks the origin over http, and the origin forces https for ever"


def _differ_by_slash(url: str, target: str) -> bool:
    here, there = split(url), split(target)
    return here.hostname == there.hostname and here.path != there.path and path_of(url) == path_of(target)
