"""Whether other sites may read an API with a customer's cookies."""

from __future__ import annotations

import asyncio

from launchready_tui.checks.edge.headerrules import Headers, cors
from launchready_tui.checks.limits import texts
from launchready_tui.checks.reading.lookups import require
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Route
from launchready_tui.model.questions import HttpExchange
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement
from launchready_tui.text import plural

ORIGINS = ("https://evil.example", "null", "https://HOST.evil.example")
"""Three strangers: any site, a sandboxed frame, and a name that a careless pattern takes for our own (RFC 2606
names).
"""


@check("edge.cors", over="api-routes")
async def cross_origin(subject: Subject[Route], ask: Ask, limits: Limits) -> Judgement:
    """S3.CORS.01: no stranger is let in with credentials."""
    route, tally = subject.item, Tally()
    origins = [origin.replace("HOST", route.host) for origin in texts(limits, "origins", ORIGINS)]
    questions = [HttpExchange("GET", route.url, headers=(("origin", origin),), active=True) for origin in origins]
    answers = await asyncio.gather(*(ask(question) for question in questions))
    if answers and all(answer.failure for answer in answers):
        require(answers)
    for origin, answer in zip(origins, answers, strict=True):
        if answer.failure is not None:
            tally.blind(route.url, answer.failure)
            continue
        judged = cors.judge(Headers.of(answer.facts.headers), origin)
        if not judged.passes:
            tally.fail("reflected-with-credentials", f"{origin} may read answers with the customer's cookies")
        elif answer.facts.status >= 500:
            tally.broken(route.url, answer.facts.status)
        elif judged.result.endswith("reflected-origin"):
            tally.warn("reflected-origin", f"{origin} is allowed by name, without cookies")
        elif judged.why == "*" and answer.facts.header("access-control-allow-credentials") == "true":
            tally.warn("star-with-credentials", "allows * with credentials, which browsers refuse")
        else:
            tally.note(f"{origin}: {judged.result.removeprefix('cross-origin-resource-sharing-')}")
    return (
        tally.fail_first(("reflected-with-credentials",))
        or tally.unknown("not every origin could be tried", decide_by="Run it again.")
        or tally.warn_first(("reflected-origin", "star-with-credentials"))
        or tally.passed(f"{plural(len(origins), 'strange origin')} got no access")
    )
