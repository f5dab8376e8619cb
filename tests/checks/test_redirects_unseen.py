"""Not seen is never a pass, a hiccup never a certain fail: each answer of a good site is taken away in turn."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from launchready_tui.checks import load_checks
from launchready_tui.checks.subjects import Subject, subjects
from launchready_tui.model.evidence import Failure, Unseen
from launchready_tui.model.product import Host, Product, Redirect, Route
from launchready_tui.model.questions import Facts, HttpExchange, HttpResponse, Question
from launchready_tui.model.verdicts import Judgement, Verdict, unknown
from tests.checks.web import BOT_WALL, TIMEOUT, dns, linking, ok, to
from tests.kit import World

SITE = "https://www.acme.test"
PRODUCT = Product(
    "Acme",
    "acme.test",
    hosts=(Host("acme.test", "apex"),),
    routes=(
        Route("signup", f"{SITE}/signup", "auth", "signup"),
        Route("hook", f"{SITE}/hook", "webhook"),
    ),
    redirects=(Redirect("http://acme.test/old?o=1", f"{SITE}/pay/return?o=1"),),
)
CHECKS = (
    "redirects.canonical-matrix",
    "redirects.loop",
    "redirects.path-and-query",
    "redirects.declared-target",
    "redirects.old-urls",
    "redirects.sitemap-urls",
    "redirects.machine-endpoints",
    "redirects.downgrade",
    "redirects.open-redirect",
    "routes.onboarding-crawl",
    "routes.soft-404",
)


class GoodSite(World):
    """Answers everything as a product without a fault would, but for one question."""

    def __init__(self, spoilt: Question[Any] | None = None, by: Facts | Failure = TIMEOUT) -> None:
        super().__init__(dns("acme.test", v6=True))
        self.spoilt, self.by = spoilt, by

    async def __call__(self, question: Question[Any], /) -> Any:
        if question == self.spoilt:
            self.answers[question] = self.by
        elif isinstance(question, HttpExchange):
            self.answers[question] = _page(question)
        return await super().__call__(question)


def _page(question: HttpExchange) -> HttpResponse:
    url = question.url
    if url.startswith("http://"):
        return to(url.replace("http://acme.test/old?", f"{SITE}/pay/return?").replace("http://", "https://"))
    if url.startswith("https://acme.test/"):
        return to(url.replace("https://acme.test", SITE))
    path = url.removeprefix(SITE)
    if path == "/sitemap.xml":
        return ok(text=f"<urlset><loc>{SITE}/a</loc><loc>{SITE}/b</loc></urlset>")
    if path == "/signup":
        return linking(f"{SITE}/terms")
    return ok(404 if "launchready-" in path else 200)


def run(check: str, subject: Subject[Any], world: World) -> Judgement:
    async def judge() -> Judgement:
        try:
            return await load_checks()[check].judge(subject, world, {})
        except Unseen as unseen:
            return unknown(unseen.failure.reason, unseen.failure.message)

    return asyncio.run(judge())


@pytest.mark.parametrize("check", CHECKS)
def test_each_answer_counts(check: str) -> None:
    for subject in subjects(load_checks()[check].over, PRODUCT):
        good = GoodSite()
        assert run(check, subject, good).verdict is Verdict.PASS
        for question in good.asked:
            for failure in (TIMEOUT, BOT_WALL, Failure("certificate", "expired")):
                judgement = run(check, subject, GoodSite(question, failure))
                assert (judgement.verdict, judgement.reason) == (Verdict.UNKNOWN, failure.reason), question


@pytest.mark.parametrize("check", CHECKS)
def test_a_server_error_is_confirmed_before_it_fails(check: str) -> None:
    for subject in subjects(load_checks()[check].over, PRODUCT):
        good = GoodSite()
        run(check, subject, good)
        for question in good.asked:
            if isinstance(question, HttpExchange):
                judgement = run(check, subject, GoodSite(question, ok(503)))
                assert judgement.verdict is not Verdict.FAIL or judgement.network, question
                assert judgement.verdict is not Verdict.PASS or "launchready-check" in question.url, question


@pytest.mark.parametrize("check", CHECKS)
def test_the_same_answers_give_the_same_judgement(check: str) -> None:
    for subject in subjects(load_checks()[check].over, PRODUCT):
        assert run(check, subject, GoodSite()) == run(check, subject, GoodSite())
