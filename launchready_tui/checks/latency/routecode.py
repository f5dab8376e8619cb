"""Routes that may become slow, by reading the code (S1.PERF.02). Always a hypothesis: it warns, and never fails."""

from __future__ import annotations

from launchready_tui.checks.limits import count
from launchready_tui.checks.registry import check
from launchready_tui.checks.secrets.repository import NO_REPOSITORY
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.questions.secrets import RouteCodeReading, SlowMark
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, not_run, passed, unknown, warned
from launchready_tui.text import one_line, plural

WORDS = {
    "query-in-loop": "a query in a loop",
    "unbounded-list": "a list without a limit",
    "call-in-request": "a call to somebody else while the visitor waits",
    "select-star": "every column of every row",
}
"""The marks in words, the most telling first."""

MOST_SHOWN = 40


@check("performance.slow-routes-code", over="repository")
async def slow_routes_code(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """Lists the routes and the spots that a reviewer would look at first.

    Limit `top`: how many are named in the summary.
    """
    if not subject.item:
        return not_run("input-missing", NO_REPOSITORY)
    facts = (await ask(RouteCodeReading(subject.item))).facts
    if not facts.files and facts.cut:
        return unknown("unreadable", "the code could not be read")
    known = f"{plural(len(facts.routes), 'route')} in {plural(facts.files, 'source file')}"
    if facts.frameworks:
        known += f" ({', '.join(facts.frameworks)})"
    named_by = {"framework": ",".join(facts.frameworks)} if facts.frameworks else {}
    if not facts.marks:
        return passed(f"hypothesis: {known}, and no spot that looks slow", note="hypothesis", facts=named_by)
    order = list(WORDS)
    ranked = sorted(
        facts.marks,
        key=lambda mark: (order.index(mark.mark) if mark.mark in order else len(order), not mark.route, mark.place),
    )
    top = count(limits, "top", 5)
    named = "; ".join(f"{WORDS.get(mark.mark, mark.mark)} at {one_line(mark.place, 100)}" for mark in ranked[:top])
    details = tuple(_line(mark) for mark in ranked[:MOST_SHOWN])
    return warned(
        "slow-route-suspected",
        f"hypothesis: {plural(len(facts.marks), 'spot')} of {known}: {named}",
        details=details,
        facts=named_by,
    )


def _line(mark: SlowMark) -> str:
    route = f"{one_line(mark.route, 100)} · " if mark.route else ""
    return f"{route}{one_line(mark.place, 160)} · {WORDS.get(mark.mark, mark.mark)} · {one_line(mark.code, 160)}"
