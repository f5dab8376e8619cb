"""Redirects that the profile promises: old URLs, payment returns, invitation links (S1.RED.03 and S1.RED.04)."""

from __future__ import annotations

from launchready_tui.checks.limits import number
from launchready_tui.checks.reading.chains import (
    ACCESS,
    GONE,
    asks_to_sign_in,
    canonicalises,
    dead_end,
    hops,
    moves,
    shown,
    steps,
)
from launchready_tui.checks.reading.follow import PERMANENT, Chain, follow
from launchready_tui.checks.reading.paths import is_one_time, is_payment
from launchready_tui.checks.reading.urls import hides_value, lost_pairs, path_of, same_page, split
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Redirect
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, passed, unknown, warned
from launchready_tui.text import plural


@check("redirects.declared-target", over="redirects")
async def declared_target(subject: Subject[Redirect], ask: Ask, limits: Limits) -> Judgement:
    """Compares where a declared redirect ends with where the profile says; the status there is for `old_urls`."""
    promise = subject.item
    chain = await follow(ask, promise.source)
    walked = steps(chain)
    if endless := dead_end(chain):
        return failed("wrong-target", f"never arrives: {endless}", details=walked)
    status = chain.last.response.status
    if same_page(chain.final_url, promise.target) and status >= 500:
        text = f"{shown(promise.target)} answers {status}, so it was not seen whether it stays there"
        return unknown("server-error", text, decide_by="Follow it when the page is up.", details=walked)
    if same_page(chain.final_url, promise.target):
        hidden = "; a secret value was not compared" if hides_value(chain.final_url) else ""
        return passed(f"arrives at {shown(promise.target)} after {hops(chain.length)}{hidden}", details=walked)
    if asks_to_sign_in(chain) and any(same_page(url, promise.target) for url in chain.urls):
        return passed(f"arrives at {shown(promise.target)}, which asks to sign in", note="sign-in", details=walked)
    if status in ACCESS:
        where = f"{shown(chain.final_url)} lets nobody in ({status})"
        return unknown("access-denied", where, decide_by="Follow it from a network that is let in.", details=walked)
    if status >= 500:
        text = f"ends with {status} on {shown(chain.final_url)}, not at {shown(promise.target)}"
        return failed("wrong-target", text, details=walked, network=True)
    return _missed(promise, chain.final_url, walked)


def _missed(promise: Redirect, final: str, walked: tuple[str, ...]) -> Judgement:
    """What was lost between the promised URL and the one at which the redirect ended."""
    wanted, found = split(promise.target), split(final)
    payment = is_payment(promise.source) or is_payment(promise.target)
    same_host = (wanted.scheme, wanted.netloc) == (found.scheme, found.netloc)
    if same_host and path_of(final) == path_of(promise.target):
        lost = lost_pairs(promise.target, final)
        if not lost:
            return passed(f"arrives at {shown(final)}, with more in its query", note="extra-query", details=walked)
        names = ", ".join(shown(name) for name, _ in lost[:5])
        text = f"loses {names} on the way to {shown(promise.target)}"
        if payment:
            return failed("payment-return-dropped", text, details=walked)
        if is_one_time(promise.source) or is_one_time(promise.target):
            return failed("query-dropped", text, details=walked)
        return warned("query-dropped", text, details=walked)
    text = f"ends at {shown(final)}, not at {shown(promise.target)}"
    dropped = path_of(promise.target) != path_of(final) and path_of(promise.target).startswith(path_of(final))
    if payment and (dropped or lost_pairs(promise.target, final)):
        return failed("payment-return-dropped", text, details=walked)
    return failed("path-dropped" if dropped else "wrong-target", text, details=walked)


@check("redirects.old-urls", over="redirects")
async def old_urls(subject: Subject[Redirect], ask: Ask, limits: Limits) -> Judgement:
    """An old URL still answers, or leads permanently and in one step to the page that took its place."""
    chain = await follow(ask, subject.item.source)
    walked, status = steps(chain), chain.last.response.status
    long = chain.length >= number(limits, "fail_hops", 4)
    if endless := dead_end(chain):
        return failed("old-url-missing" if chain.stuck else "chain-long", f"never arrives: {endless}", details=walked)
    if status in GONE or status >= 500:
        text = f"ends with {status} on {shown(chain.final_url)}"
        return failed("old-url-missing", text, details=walked, network=status >= 500)
    if long and not asks_to_sign_in(chain):
        return failed("chain-long", f"needs {hops(chain.length)}", details=walked)
    return _weakness(subject.item, chain, walked) or _good(chain, walked)


def _weakness(promise: Redirect, chain: Chain, walked: tuple[str, ...]) -> Judgement | None:
    """What search engines and visitors dislike about a redirect that arrives."""
    status, final = chain.last.response.status, shown(chain.final_url)
    if not 200 <= status < 300:
        return warned(
            "access-denied" if status in ACCESS else "unexpected-status",
            f"ends with {status} on {final}",
            details=walked,
        )
    if not path_of(chain.final_url) and path_of(promise.target) and path_of(promise.source):
        return warned("to-home", f"ends on the home page instead of {shown(promise.target)}", details=walked)
    temporary = [hop for hop, _ in moves(chain) if hop.response.status not in PERMANENT]
    if temporary:
        hop = temporary[0]
        return warned("temporary", f"{shown(hop.url)} is only temporary ({hop.response.status})", details=walked)
    detours = [hop for hop, target in moves(chain) if not canonicalises(hop, target)]
    if len(detours) > 1 or len(list(moves(chain))) > 2:
        return warned("chain-long", f"needs {hops(chain.length)} where one would do", details=walked)
    return None


def _good(chain: Chain, walked: tuple[str, ...]) -> Judgement:
    status = chain.last.response.status
    if not chain.length:
        return passed(f"answers {status} itself", details=walked)
    way = plural(chain.length, "permanent redirect") if not asks_to_sign_in(chain) else hops(chain.length)
    return passed(f"{status} after {way}: {shown(chain.final_url)}", details=walked)
