"""Slow routes from the access log, from evidence: pass, warn, fail, and all the ways of seeing nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from launchready_tui.model.evidence import Failure
from launchready_tui.model.performance import Logs
from launchready_tui.model.product import Host, Product
from launchready_tui.model.questions.accesslog import AccessLog, AccessLogReading, LogRoute
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, Verdict
from tests.kit import judge

PRODUCT = Product("Acme", "acme.test", (Host("acme.test", "apex"),), logs=Logs(access=("logs/*.log",)))


def route(name: str, p95: float | None, *, timed: int = 100, total: float = 10_000) -> LogRoute:
    method, path = name.split(" ")
    return LogRoute(method, path, 100, timed, 0.2, total, p95 and p95 / 2, p95, p95 and p95 * 2, p95 and p95 * 3)


def log(*routes: LogRoute, lines: int = 1_000, unparsed: int = 0) -> AccessLog:
    return AccessLog(
        lines=lines,
        unparsed=unparsed,
        requests=lines - unparsed,
        timed=sum(item.timed for item in routes),
        first="2026-11-20T00:00:00Z",
        last="2026-11-23T00:00:00Z",
        formats=("combined (nginx, Apache), request time last",),
        files=1,
        routes=routes,
    )


def look(facts: AccessLog | Failure, product: Product = PRODUCT, limits: Limits | None = None) -> Judgement:
    question = AccessLogReading(product.logs.access, product.logs.format, tuple(sorted(product.logs.fields.items())))
    return judge("performance.slow-routes-log", "acme.test", {question: facts}, product, limits)


QUICK = (route("GET /", 30), route("GET /search", 500))


def test_quick_routes_pass_and_are_named() -> None:
    judged = look(log(*QUICK))
    assert (judged.verdict, judged.reason) == (Verdict.PASS, "")
    assert "GET /search 500 ms, GET / 30 ms" in judged.summary
    assert judged.details[0].startswith("slowest · GET /search")


def test_slow_ones_warn_and_very_slow_ones_fail() -> None:
    slow = log(*QUICK, route("POST /cart", 501), route("GET /cold", 4_000, timed=39))
    judged = look(slow)
    assert (judged.verdict, judged.reason) == (Verdict.WARN, "slow-routes")
    assert "1 route of 3 with a p95 over 500 ms" in judged.summary
    assert "POST /cart 501 ms" in judged.summary
    assert "/cold" not in judged.summary, "39 requests are a rumour"
    very = look(log(*QUICK, route("POST /cart", 501), route("POST /checkout", 12_345)))
    assert (very.verdict, very.reason) == (Verdict.FAIL, "very-slow-routes")
    assert "POST /checkout 12.3 s, POST /cart 501 ms" in very.summary
    assert very.facts["routes"] == "POST /checkout, POST /cart"


def test_the_five_slowest_are_in_the_details_and_the_costliest_after_them() -> None:
    routes = [route(f"GET /r{number}", 600 + number, total=1_000 - number) for number in range(8)]
    judged = look(log(*routes))
    assert [line.split()[3] for line in judged.details if line.startswith("slowest")] == [
        "/r7",
        "/r6",
        "/r5",
        "/r4",
        "/r3",
    ]
    assert [line.split()[4] for line in judged.details if line.startswith("most time")] == [
        "/r0", "/r1", "/r2", "/r3", "/r4"
    ]  # fmt: skip
    assert judged.summary.endswith("and 3 more")
    assert "1,000 lines" in judged.details[-1]


def test_limits_are_the_runbooks() -> None:
    facts = log(*QUICK)
    assert look(facts, limits={"p95_warn_ms": 100}).verdict is Verdict.WARN
    assert look(facts, limits={"p95_warn_ms": 100, "p95_fail_ms": 400}).verdict is Verdict.FAIL
    assert look(facts, limits={"min_count": 101}).reason == "too-few-requests"
    assert look(log(*QUICK, unparsed=300), limits={"unparsed_share": 0.2}).reason == "mostly-not-understood"


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (replace(log(), lines=5, unparsed=5, requests=0, timed=0, samples=("a: 9",)), "unreadable-log"),
        (replace(log(), lines=0, requests=0), "unreadable-log"),
        (log(*QUICK, unparsed=501), "mostly-not-understood"),
        (replace(log(route("GET /", None, timed=0)), advice=("nginx: …",)), "no-durations"),
        (log(route("GET /", 900, timed=39)), "too-few-requests"),
        (replace(log(*QUICK), partial=("a.gz: broken",)), "partly-read"),
        (Failure("file-missing", "There is no access log at logs/*.log."), "file-missing"),
    ],
)
def test_what_could_not_be_seen_is_unknown(facts: AccessLog | Failure, reason: str) -> None:
    judged = look(facts)
    assert (judged.verdict, judged.reason) == (Verdict.UNKNOWN, reason)
    assert judged.decide_by or isinstance(facts, Failure)


def test_a_slow_route_in_a_log_that_was_partly_read_is_one() -> None:
    judged = look(replace(log(route("GET /", 900)), partial=("a.gz: broken",)))
    assert judged.verdict is Verdict.FAIL
    assert any("a.gz: broken" in line for line in judged.details)


def test_an_old_log_says_so() -> None:
    old = replace(log(*QUICK), last="2026-09-01T00:00:00Z")
    assert "ends 84 days before" in look(old).summary
    assert "ends" not in look(log(*QUICK)).summary


def test_nobody_named_a_log() -> None:
    judged = look(log(), replace(PRODUCT, logs=Logs()))
    assert (judged.verdict, judged.reason) == (Verdict.NOT_RUN, "input-missing")
    assert "[logs] access" in judged.summary


def test_hostile_names_are_shown_on_one_line() -> None:
    judged = look(log(route("GET /a\x1b]52;c;x\x07\u202e/b", 900)))
    assert not any(code in judged.summary + "".join(judged.details) for code in ("\x1b", "\x07", "\u202e"))
