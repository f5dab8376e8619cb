"""Latency of core routes, and what Lighthouse reports say (S4.LAT)."""

from __future__ import annotations

from typing import Any

import pytest

from launchready_tui.model.evidence import Failure
from launchready_tui.model.performance import Logs
from launchready_tui.model.product import Account, Route
from launchready_tui.model.questions import (
    DecisionText,
    KeptDecision,
    LatencySample,
    LighthouseReports,
    Login,
    LoginReply,
)
from launchready_tui.model.questions.latency import Latencies, PageReports, PageRun, ServerTime, Timing
from launchready_tui.model.verdicts import Judgement, Verdict
from tests.checks.web import BOT_WALL, TIMEOUT, Table, acme
from tests.kit import judge

API, LOGIN = "https://acme.test/api/listings", "https://acme.test/login"
SAMPLE = LatencySample(API)


def told(judgement: Judgement) -> tuple[Verdict, str]:
    return judgement.verdict, judgement.reason


def taking(*totals: float, status: int = 200, **more: Any) -> Latencies:
    timings = tuple(Timing(status, total, wait=total * 0.75, body=total * 0.25) for total in totals)
    first = Timing(200, 90.0, wait=20.0, dns=5.0, connect=10.0, tls=30.0, reused=False)
    return Latencies(timings, (first,), bytes=9_000, http_version="HTTP/2", **more)


def flat(p95: float, size: int = 60) -> Latencies:
    """A sample whose 95th percentile is that, all below it half."""
    slow = size - (size * 95 + 99) // 100 + 1
    return taking(*[p95 / 2] * (size - slow), *[p95] * slow)


def latency(facts: Latencies | Failure, decided: DecisionText | None = None, **limits: Any) -> Judgement:
    table: Table = {SAMPLE: facts, KeptDecision("latency:listings"): decided or DecisionText(0)}
    return judge("latency.core-routes", API, table, acme(routes=(Route("listings", API, "api", core=True),)), limits)


def mixed(*parts: Latencies, **more: Any) -> Latencies:
    return Latencies(tuple(timing for part in parts for timing in part.timings), **more)


LOST = Latencies((Timing(0, 20_000.0, failure="timeout"),))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (flat(100), (Verdict.PASS, "")),
        (flat(499.9), (Verdict.PASS, "")),
        (flat(500), (Verdict.WARN, "slow")),
        (flat(800), (Verdict.WARN, "slow")),
        (flat(801), (Verdict.FAIL, "too-slow")),
        # Three of sixty may be slow: that is what a 95th percentile says.
        (taking(*[100.0] * 57, *[5_000.0] * 3), (Verdict.PASS, "")),
        (taking(*[100.0] * 56, *[5_000.0] * 4), (Verdict.FAIL, "too-slow")),
        # What got no answer counts with the time that was waited.
        (mixed(flat(100), LOST), (Verdict.PASS, "")),
        (mixed(flat(100, 55), *[LOST] * 5), (Verdict.FAIL, "too-slow")),
        (mixed(flat(100, 50), *[LOST] * 10), (Verdict.UNKNOWN, "answers-lost")),
        (mixed(flat(100, 59), taking(5.0, status=503)), (Verdict.UNKNOWN, "unexpected-status")),
        (taking(*[5.0] * 12, stopped="rate-limited"), (Verdict.UNKNOWN, "rate-limited")),
        (flat(100, 19), (Verdict.UNKNOWN, "too-few")),
        (Latencies(), (Verdict.UNKNOWN, "too-few")),
        (BOT_WALL, (Verdict.UNKNOWN, "bot-wall")),
        (TIMEOUT, (Verdict.UNKNOWN, "timeout")),
    ],
)
def test_latency(facts: Latencies | Failure, expected: tuple[Verdict, str]) -> None:
    assert told(latency(facts)) == expected


def test_a_recorded_decision_explains_a_slow_route() -> None:
    decided = DecisionText(4, "accept it", "the tax office answers within a second", "Margaux")
    judged = latency(flat(1_200), decided)
    assert told(judged) == (Verdict.WARN, "slow-explained")
    assert "the tax office" in judged.summary
    assert told(latency(flat(700), decided)) == (Verdict.WARN, "slow")


def test_the_figures_are_all_there() -> None:
    facts = mixed(flat(620), server=(ServerTime("db", 400.0, 60),), warm_up=taking(1.0).warm_up, interval=1.0)
    judged = latency(facts)
    assert judged.summary == (
        "p95 620 ms (95 % sure: 310 to 620), median 310 ms of 60 requests;"
        " most of it waiting for the first byte (465 ms)"
    )
    joined = "\n".join(judged.details)
    assert "1 connection opened, then kept: DNS 5.0 ms, TCP 10.0 ms, TLS 30.0 ms" in joined
    assert "Server-Timing db: median 400.0 ms" in joined
    assert "1 requests to warm up thrown away; one request every 1 s" in joined


def test_few_requests_are_sure_of_less() -> None:
    assert "95 % sure: 50 or more" in latency(flat(100, 30)).summary


def test_the_status_is_the_declared_one() -> None:
    route = Route("me", API, "api", core=True, expect_status=(401,))
    judged = judge("latency.core-routes", API, {SAMPLE: mixed(taking(*[9.0] * 60, status=401))}, acme(routes=(route,)))
    assert told(judged) == (Verdict.PASS, "")


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        (LoginReply(True, 303), (Verdict.PASS, "")),
        (LoginReply(False, 401), (Verdict.UNKNOWN, "login-refused")),
        (Failure("budget-spent", "x"), (Verdict.UNKNOWN, "budget-spent")),
    ],
)
def test_as_an_account(login: LoginReply | Failure, expected: tuple[Verdict, str]) -> None:
    routes = (Route("me", API, "api", core=True, session="buyer"), Route("login", LOGIN, "auth", "login"))
    product = acme(routes=routes, accounts=(Account("buyer", "b@acme.test"),))
    table: Table = {Login(LOGIN, "buyer"): login, LatencySample(API, session="account:buyer"): flat(100)}
    assert told(judge("latency.core-routes", API, table, product)) == expected


def test_nothing_is_core() -> None:
    judged = judge("latency.core-routes", "acme.test", {}, acme(routes=(Route("x", API),)))
    assert told(judged) == (Verdict.NOT_RUN, "input-missing")


# --- page vitals ------------------------------------------------------------------------------------------------------

HOME = "https://acme.test/"
PATHS = ("reports/*.json",)


def run(url: str = HOME, **more: Any) -> PageRun:
    usual: dict[str, Any] = {"lcp": 2_000.0, "tbt": 100.0, "shift": 0.05, "server": 90.0, "form_factor": "mobile"}
    return PageRun(url, **{**usual, **more})


def vitals(facts: PageReports | Failure) -> Judgement:
    product = acme(logs=Logs(lighthouse=PATHS))
    return judge("latency.page-vitals", "acme.test", {LighthouseReports(PATHS): facts}, product)


def reports(*runs: PageRun, **more: Any) -> PageReports:
    return PageReports(runs, files=more.pop("files", len(runs)), **more)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (reports(run(), run(), run()), (Verdict.PASS, "")),
        (reports(run(), run(lcp=9_000.0), run()), (Verdict.PASS, "")),
        (reports(run(lcp=3_000.0)), (Verdict.WARN, "slow-page")),
        (reports(run(lcp=4_001.0)), (Verdict.WARN, "poor-page")),
        (reports(run(tbt=601.0), run(f"{HOME}listings")), (Verdict.WARN, "poor-page")),
        (reports(run(shift=0.2)), (Verdict.WARN, "slow-page")),
        (reports(run(server=700.0)), (Verdict.WARN, "slow-page")),
        (reports(run(lcp=None, tbt=None, shift=None)), (Verdict.PASS, "")),
        # A phone and a desk are two pages.
        (reports(run(), run(lcp=9_000.0, form_factor="desktop")), (Verdict.WARN, "poor-page")),
        (reports(run("https://other.test/")), (Verdict.UNKNOWN, "other-site")),
        (reports(), (Verdict.NOT_RUN, "input-missing")),
        (Failure("file-unreadable", "x"), (Verdict.UNKNOWN, "file-unreadable")),
    ],
)
def test_page_vitals(facts: PageReports | Failure, expected: tuple[Verdict, str]) -> None:
    assert told(vitals(facts)) == expected


def test_page_vitals_never_fail_and_say_what_was_not_read() -> None:
    judged = vitals(reports(run(lcp=90_000.0, tbt=9_000.0, shift=3.0), unreadable=("b.json: is no JSON",)))
    assert judged.verdict is Verdict.WARN
    assert any("not read: b.json" in line for line in judged.details)
    assert "paint 90,000 ms" in judged.details[-1] or any("paint 90,000 ms" in line for line in judged.details)


def test_page_vitals_without_reports() -> None:
    assert told(judge("latency.page-vitals", "acme.test", {}, acme())) == (Verdict.NOT_RUN, "input-missing")
