"""Whether what is declared cacheable really comes out of a shared cache (S4.CACHE.06)."""

from __future__ import annotations

from launchready_tui.checks.limits import count
from launchready_tui.checks.reading.visits import unexpected
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.cacheheaders import State, cache_state, policy
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Route
from launchready_tui.model.questions import HttpExchange, HttpResponse, KeptDecision
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, not_run, passed, unknown, warned
from launchready_tui.text import one_line

REQUESTS = 3
MOST_REQUESTS = 10


@check("caching.hit-ratio", over="cacheable-routes")
async def hit_ratio(subject: Subject[Route | None], ask: Ask, limits: Limits) -> Judgement:
    """Asks for one URL a few times in a row: by the last one a shared cache should have it.

    Limit `requests`: how often.
    """
    route = subject.item
    if route is None:
        message = "No route is declared as one that a shared cache should hold ([[route]] cacheable = true)."
        return not_run("input-missing", message)
    responses: list[HttpResponse] = []
    for step in range(min(max(2, count(limits, "requests", REQUESTS)), MOST_REQUESTS)):
        # The first is the plain visit that other checks share; each of the others is sent anew.
        responses.append((await ask(HttpExchange("GET", route.url, step=step))).facts)
        if not 200 <= responses[-1].status < 300:
            return unexpected(route, responses[-1].status)
    seen = [cache_state(response.headers) for response in responses]
    details = tuple(f"{number}: {_said(*item)}" for number, item in enumerate(seen, 1))
    states = [state for state, _ in seen]
    if "hit" in states:
        first = states.index("hit") + 1
        return passed(f"came out of the cache at request {first} ({one_line(seen[first - 1][1], 60)})", details=details)
    return await _never_hit(route, responses[-1], states, seen[-1][1], ask, details)


async def _never_hit(
    route: Route, last: HttpResponse, states: list[State], told: str, ask: Ask, details: tuple[str, ...]
) -> Judgement:
    decision = (await ask(KeptDecision(f"cache:{route.id}"))).facts
    if decision.record:
        reason = f"deliberately not stored: {one_line(decision.choice, 60)} ({one_line(decision.who, 40)})"
        return passed(f"{reason}; {one_line(decision.why, 120)}", note="explained", details=details)
    sets = ", ".join(one_line(cookie.name, 30) for cookie in last.cookies[:3])
    if last.cookies and any(states):
        return failed("cookie-bypass", f"kept out of the cache because it sets a cookie ({sets})", details=details)
    allowed = policy(last.headers)
    if allowed.keeps_out:
        forbidden = one_line(", ".join(allowed.directives), 80)
        return failed("not-allowed", f"Cache-Control forbids what is declared: {forbidden}", details=details)
    if "dynamic" in states:
        summary = f"the edge does not keep it ({one_line(told, 60)}), and no decision says why"
        return warned("not-eligible", summary, details=details)
    if "bypass" in states:
        return failed("bypassed", f"the cache is told to stay out of the way ({one_line(told, 60)})", details=details)
    if "miss" in states:
        summary = f"{len(states)} requests in a row, and the cache asked the server each time ({one_line(told, 60)})"
        return failed("never-kept", summary, details=details)
    if last.cookies:
        return warned("sets-cookie", f"no cache shows itself, and none would keep what sets {sets}", details=details)
    return unknown(
        "no-shared-cache",
        "no header tells of a shared cache",
        decide_by="Put one in front, or record why there is none: `launchready decide FILE … --topic cache:ROUTE`.",
        details=details,
    )


def _said(state: State, told: str) -> str:
    return f"{state} ({one_line(told, 80)})" if state else one_line(told, 80) or "no cache shows itself"
