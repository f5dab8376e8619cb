"""How many statements a core route sends (S4.Q.01), counted in the query log by a tagged request."""

from __future__ import annotations

from statistics import median_low

from launchready_tui.checks.limits import count, number
from launchready_tui.checks.payloads.bodies import session_for
from launchready_tui.checks.queries.tags import (
    HOW_TO_LOG,
    MOST_SHOWN,
    NO_LOG,
    busiest,
    described,
    partial,
    tied,
    untold,
)
from launchready_tui.checks.reading.visits import NOTHING_CORE
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Product, Route
from launchready_tui.model.questions import TaggedReply, TaggedRequest
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, not_run, passed, unknown, warned
from launchready_tui.text import one_line, plural

FLOWS = {"listing": 15, "search": 10, "profile": 12, "checkout": 30, "dashboard": 25}
"""Statements that a flow may need, by the word in the route's id (CHECKS.md S4.Q.01)."""

TAKES = 3
"""Requests, of which the median counts: the first may open a connection or fill a cache."""

FACTOR = 2.0


@check("queries.count-per-flow", over="core-routes")
async def count_per_flow(subject: Subject[Route | None], ask: Ask, limits: Limits) -> Judgement:
    """The median of a few tagged requests, against the route's budget.

    Limits: `FLOW_queries` for each flow, `fail_factor`, `takes`.
    """
    route, product = subject.item, subject.product
    if route is None:
        return NOTHING_CORE
    if not product.logs.queries:
        return NO_LOG
    budget = budget_of(route, product, limits)
    if budget is None:
        return not_run("input-missing", f"No budget is declared: [budgets.queries] {one_line(route.id, 60)} = 15.")
    session = await session_for(route, product, ask)
    if isinstance(session, Judgement):
        return session
    replies: list[TaggedReply] = []
    for take in range(1, max(1, count(limits, "takes", TAKES)) + 1):
        question = TaggedRequest(route.url, product.logs.queries, product.logs.request_id, session=session, take=take)
        reply = (await ask(question)).facts
        why = untold(reply, route)
        if why is not None:
            # A page that asks the database for nothing the second time answers from its own memory.
            if replies and reply.status == replies[0].status:
                break
            return why
        replies.append(reply)
        if reply.sent_none:
            break
    return judged(replies, budget, number(limits, "fail_factor", FACTOR))


def budget_of(route: Route, product: Product, limits: Limits) -> int | None:
    """The declared budget of a route, else that of the flow which its id names; None where there is neither."""
    declared = product.budgets.queries.get(route.id)
    if declared is not None:
        return declared
    flow = next((flow for flow in FLOWS if flow in route.id.lower()), None)
    return None if flow is None else count(limits, f"{flow}_queries", FLOWS[flow])


def judged(replies: list[TaggedReply], budget: int, factor: float) -> Judgement:
    """The judgement of tied requests."""
    counts = [reply.count for reply in replies]
    typical = median_low(counts)
    reply = replies[counts.index(typical)]
    top = busiest(reply)
    summary = f"{plural(typical, 'query', 'queries')} (budget {budget}), {reply.total_ms:,.1f} ms in the database"
    if top and top[0].count > 1:
        tables = f" on {', '.join(one_line(name, 40) for name in top[0].tables)}" if top[0].tables else ""
        summary += f"; one of them {top[0].count} times{tables}"
    details = (
        f"{plural(len(counts), 'request')}: {', '.join(map(str, counts))} queries; {tied(reply)}",
        *(described(item) for item in top[:MOST_SHOWN]),
    )
    facts = {"queries": str(typical), "budget": str(budget)}
    if typical > factor * budget:
        return failed("over-budget", summary, details=details, facts=facts)
    if why := partial(reply):
        text = f"at least {summary}: {why}"
        return unknown("log-partial", text, decide_by=HOW_TO_LOG, details=details)
    if typical > budget:
        return warned("above-budget", summary, details=details, facts=facts)
    return passed(summary, details=details)
