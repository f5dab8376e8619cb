"""Exposed paths and routes that may be slow, from evidence."""

from __future__ import annotations

from typing import Any

from launchready_tui.checks.secrets.exposedpaths import CONTACT, DOCUMENTATION, PATHS
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Host, Product
from launchready_tui.model.questions.secrets import (
    CodeRoute,
    ExposedPath,
    PathReply,
    RouteCode,
    RouteCodeReading,
    SlowMark,
)
from launchready_tui.model.verdicts import Judgement, Verdict
from tests.kit import judge

ABSENT = PathReply(404)
PRODUCT = Product("Acme", "acme.test", (Host("acme.test", "apex"),), repository="code")


def host(changes: dict[str, PathReply | Failure] | None = None, rest: Any = ABSENT) -> Judgement:
    replies = dict.fromkeys((*PATHS, DOCUMENTATION, CONTACT), rest) | (changes or {})
    answers = {ExposedPath("https://acme.test/", path): reply for path, reply in replies.items()}
    return judge("secrets.exposed-paths", "acme.test", answers, PRODUCT)


def outcome(judgement: Judgement) -> tuple[Verdict, str]:
    return judgement.verdict, judgement.reason


def test_exposed_paths() -> None:
    leak = PathReply(200, "environment variables", "3 variables")
    assert outcome(host()) == (Verdict.PASS, "no-security-txt")
    assert outcome(host({CONTACT: PathReply(200, "security contact", "x")})) == (Verdict.PASS, "")
    assert outcome(host(rest=PathReply(200))) == (Verdict.PASS, "no-security-txt"), "an app's shell"
    assert outcome(host({"/.env": leak})) == (Verdict.FAIL, "exposed")
    assert outcome(host({"/.env": leak}, rest=Failure("timeout", "x"))) == (Verdict.FAIL, "exposed")
    assert outcome(host({DOCUMENTATION: PathReply(200, "API documentation")})) == (Verdict.WARN, "public-documentation")
    assert outcome(host({"/.git/HEAD": Failure("bot-wall", "x")})) == (Verdict.UNKNOWN, "bot-wall")
    assert outcome(host(rest=Failure("refused", "x"))) == (Verdict.UNKNOWN, "refused")
    more = host({"/.env": leak, "/.git/config": leak})
    assert more.summary.endswith("and 1 more")
    assert len(more.details) == 2


def code(facts: RouteCode | Failure) -> Judgement:
    return judge("performance.slow-routes-code", "code", {RouteCodeReading("code"): facts}, PRODUCT, {"top": 1})


def test_slow_routes_are_a_hypothesis_and_never_a_fail() -> None:
    routes = (CodeRoute("GET", "/a", "urls.py:1"),)
    marks = (
        SlowMark("select-star", "a.py:1", "SELECT * FROM x"),
        SlowMark("query-in-loop", "a.py:9", "Order.objects.get()", "GET /a"),
    )
    clean = code(RouteCode(("django",), routes, files=3))
    assert outcome(clean) == (Verdict.PASS, "hypothesis")
    found = code(RouteCode(("django",), routes, marks, files=3))
    assert outcome(found) == (Verdict.WARN, "slow-route-suspected")
    assert found.summary.startswith("hypothesis: 2 spots")
    assert found.summary.endswith("a query in a loop at a.py:9")
    assert found.details[0].startswith("GET /a · a.py:9")
    assert outcome(code(RouteCode(cut=True))) == (Verdict.UNKNOWN, "unreadable")
    assert outcome(code(Failure("unreadable", "x"))) == (Verdict.UNKNOWN, "unreadable")
    nowhere = Product("Acme", "acme.test", (Host("acme.test", "apex"),))
    assert outcome(judge("performance.slow-routes-code", "repository", {}, nowhere)) == (
        Verdict.NOT_RUN,
        "input-missing",
    )


def test_the_first_throttle_ends_it() -> None:
    throttled = host({"/.env": Failure("rate-limited", "x")}, rest=PathReply(404))
    assert outcome(throttled) == (Verdict.UNKNOWN, "rate-limited")
