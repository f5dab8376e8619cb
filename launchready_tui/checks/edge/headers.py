"""The protective headers of every page."""

from __future__ import annotations

from launchready_tui.checks.edge.headerrules import Finding, Headers, csp, frames, simple, sri
from launchready_tui.checks.reading.follow import REDIRECTS
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Route
from launchready_tui.model.questions import HttpExchange, HttpResponse
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, not_applicable, unknown
from launchready_tui.text import one_line

ORDER = ("no-frame-protection", "no-nosniff", "referrer-leaks")
WARN_ORDER = ("csp-absent", "csp-weak", "referrer-invalid", "cross-origin-invalid", "scripts-unpinned")


@check("edge.headers", over="pages")
async def headers(subject: Subject[Route], ask: Ask, _: Limits) -> Judgement:
    """S3.HDR.01: nosniff, a referrer policy, protection against framing, a content policy; the rest is a note."""
    response = (await ask(HttpExchange("GET", subject.item.url))).facts
    if response.status in REDIRECTS:
        return not_applicable(f"answers {response.status}; the page it leads to is judged by itself")
    if response.media_type and "html" not in response.media_type:
        return not_applicable(f"answers {response.media_type}, which no browser shows as a page")
    if response.status >= 400 and response.status not in subject.item.expect_status:
        summary = f"HTTP {response.status} instead of the page, so its headers were not seen"
        return unknown("page-not-served", summary, decide_by="Run it when the page is up.")
    tally = Tally()
    _judge(subject.item.url, response, tally)
    return tally.fail_first(ORDER) or tally.warn_first(WARN_ORDER) or tally.passed("the protective headers are there")


def _judge(url: str, response: HttpResponse, tally: Tally) -> None:
    found = Headers.of(response.headers)
    if not (judged := frames.judge(found)).passes:
        tally.fail("no-frame-protection", f"any site may frame the page ({_why(judged)})")
    if not (judged := simple.content_type_options(found)).passes:
        tally.fail("no-nosniff", f"browsers may guess content types ({_why(judged)})")
    _referrer(simple.referrer_policy(found), tally)
    _content(csp.judge(found), tally)
    for judged in (simple.opener_policy(found), simple.embedder_policy(found), simple.resource_policy(found)):
        if judged.passes:
            tally.note(judged.result)
        else:
            tally.warn("cross-origin-invalid", f"a cross-origin policy is malformed ({_why(judged)})")
    pinned = sri.judge(sri.scripts(response.text), url)
    tally.note(f"{pinned.result}{f': {one_line(pinned.why, 80)}' if pinned.why else ''}")
    if not response.header("permissions-policy"):
        tally.note("no Permissions-Policy")
    if told := response.header("x-powered-by"):
        tally.note(f"X-Powered-By tells strangers: {one_line(told, 60)}")


def _referrer(judged: Finding, tally: Tally) -> None:
    if judged.result == "referrer-policy-not-implemented":
        tally.note("no Referrer-Policy; browsers use strict-origin-when-cross-origin")
    elif judged.result == "referrer-policy-unsafe":
        tally.fail("referrer-leaks", f"links tell other sites where visitors were ({_why(judged)})")
    elif not judged.passes:
        tally.warn("referrer-invalid", f"the Referrer-Policy is malformed ({_why(judged)})")


def _content(judged: Finding, tally: Tally) -> None:
    """A policy is work of days, so that it never fails in launch week."""
    if judged.passes:
        tally.note(judged.result)
    elif judged.result.startswith("csp-not-implemented"):
        reporting = ", only one that reports" if "reporting" in judged.result else ""
        tally.warn("csp-absent", f"no Content-Security-Policy is enforced{reporting}")
    else:
        tally.warn("csp-weak", f"the Content-Security-Policy stops little ({_why(judged)})")


def _why(judged: Finding) -> str:
    return one_line(judged.why, 100) if judged.why else judged.result
