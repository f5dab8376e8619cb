"""The onboarding crawl and pages that do not exist."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from launchready_tui.checks.pages.routes import missing_path, onboarding_crawl
from launchready_tui.checks.reading.urls import REDACTED
from launchready_tui.checks.subjects import Subject, subjects
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Host, Journey, JourneyStep, Route
from launchready_tui.model.questions import HttpExchange, HttpResponse
from launchready_tui.model.verdicts import Judgement, Verdict
from tests.checks.web import BOT_WALL, HOSTILE, REFUSED, TIMEOUT, acme, linking, ok, to, web
from tests.kit import World, judge

Pages = Mapping[str, HttpResponse | Failure]
SITE = "https://acme.test"
PAGE, SIGNUP = Route("about", f"{SITE}/about"), Route("signup", f"{SITE}/signup", "auth", "signup")


def told(judgement: Judgement) -> tuple[Verdict, str]:
    return judgement.verdict, judgement.reason


def crawled(pages: Pages, route: Route = PAGE, *others: Route, **more: object) -> Judgement:
    return judge("routes.onboarding-crawl", route.url, web(pages), acme(routes=(route, *others), **more))


class TestRoute:
    def test_pass(self) -> None:
        judgement = crawled({PAGE.url: ok()})
        assert (judgement.verdict, judgement.summary) == (Verdict.PASS, "answers 200; 0 of 0 links seen")

    def test_an_expected_status_is_right(self) -> None:
        private = Route("private", f"{SITE}/private", expect_status=(401,))
        assert crawled({private.url: ok(401)}, private).verdict is Verdict.PASS

    @pytest.mark.parametrize(
        ("status", "reason"), [(401, "access-denied"), (403, "access-denied"), (400, "unexpected-status")]
    )
    def test_warn(self, status: int, reason: str) -> None:
        assert told(crawled({PAGE.url: ok(status)})) == (Verdict.WARN, reason)

    @pytest.mark.parametrize(("status", "network"), [(404, False), (410, False), (500, True), (503, True)])
    def test_fail(self, status: int, network: bool) -> None:
        judgement = crawled({PAGE.url: to(f"{SITE}/a"), f"{SITE}/a": ok(status)})
        assert (*told(judgement), judgement.network) == (Verdict.FAIL, "broken-route", network)

    def test_onboarding_is_worse(self) -> None:
        assert told(crawled({SIGNUP.url: ok(404)}, SIGNUP)) == (Verdict.FAIL, "broken-onboarding-route")
        marked = Route("tour", f"{SITE}/tour", onboarding=True)
        assert told(crawled({marked.url: ok(404)}, marked)) == (Verdict.FAIL, "broken-onboarding-route")
        journey = Journey("browse", steps=(JourneyStep("about"),))
        assert told(crawled({PAGE.url: ok(404)}, PAGE, journeys=(journey,))) == (
            Verdict.FAIL,
            "broken-onboarding-route",
        )

    def test_a_loop(self) -> None:
        assert told(crawled({PAGE.url: to(PAGE.url)})) == (Verdict.FAIL, "broken-route")

    @pytest.mark.parametrize("failure", [TIMEOUT, BOT_WALL, REFUSED])
    def test_unknown(self, failure: Failure) -> None:
        assert told(crawled({SIGNUP.url: failure}, SIGNUP)) == (Verdict.UNKNOWN, failure.reason)

    @pytest.mark.parametrize("location", HOSTILE, ids=range(len(HOSTILE)))
    def test_hostile_locations(self, location: str) -> None:
        assert told(crawled({PAGE.url: to(location)})) == (Verdict.FAIL, "broken-route")


async def _run(subject: Subject[Route], world: World) -> Judgement:
    return await onboarding_crawl(subject, world, {})


class TestLinks:
    def test_pass(self) -> None:
        pages = {
            PAGE.url: linking(f"{SITE}/a", f"{SITE}/b#x", f"{SITE}/b"),
            f"{SITE}/a": linking(f"{SITE}/c"),
            f"{SITE}/b": ok(),
            f"{SITE}/c": ok(),
        }
        judgement = crawled(pages)
        assert (judgement.verdict, judgement.summary) == (Verdict.PASS, "answers 200; 3 of 3 links seen")

    def test_links_two_pages_away_are_the_last(self) -> None:
        pages = {PAGE.url: linking(f"{SITE}/a"), f"{SITE}/a": linking(f"{SITE}/b"), f"{SITE}/b": linking(f"{SITE}/c")}
        assert crawled(pages).summary == "answers 200; 2 of 2 links seen"

    def test_a_private_page_is_no_broken_link(self) -> None:
        assert crawled({PAGE.url: linking(f"{SITE}/account"), f"{SITE}/account": ok(401)}).verdict is Verdict.PASS

    def test_what_is_not_followed(self) -> None:
        links = [
            f"{SITE}/logout",
            f"{SITE}/items/1/delete",
            f"{SITE}/mail?unsubscribe=1",
            "mailto:a@acme.test",
            f"{SITE}/reset?token={REDACTED}",
            "tel:1",
            "https://other.test/",
        ]
        links += [SIGNUP.url, PAGE.url, *HOSTILE]
        product = acme(routes=(PAGE, SIGNUP))
        world = World(web({PAGE.url: linking(*links)}))
        subject = next(found for found in subjects("visited-routes", product) if found.item is PAGE)
        assert asyncio.run(_run(subject, world)).verdict is Verdict.PASS
        assert world.asked == [HttpExchange("GET", PAGE.url)]

    def test_declared_routes_and_sign_in_are_not_passed_through(self) -> None:
        pages = {
            PAGE.url: linking(f"{SITE}/in"),
            f"{SITE}/in": to(SIGNUP.url, 302),
            SIGNUP.url: linking(f"{SITE}/lost"),
        }
        assert crawled(pages, PAGE, SIGNUP).summary == "answers 200; 1 of 1 link seen"

    def test_the_limit(self) -> None:
        urls = [f"{SITE}/{n}" for n in range(9)]
        table = web({PAGE.url: linking(*urls), **dict.fromkeys(urls, ok())})
        judgement = judge("routes.onboarding-crawl", PAGE.url, table, acme(routes=(PAGE,)), {"max_urls": 4})
        assert judgement.summary == "answers 200; 4 of 4 links seen"
        assert judgement.details == ("there are more links than the 4 that were followed",)

    @pytest.mark.parametrize("status", [404, 410, 500])
    def test_warn(self, status: int) -> None:
        judgement = crawled({PAGE.url: linking(f"{SITE}/a"), f"{SITE}/a": ok(status)})
        assert told(judgement) == (Verdict.WARN, "broken-link")
        assert f"{SITE}/a, linked from {PAGE.url}, answers {status}" in judgement.summary

    @pytest.mark.parametrize(("status", "network"), [(404, False), (410, False), (500, True)])
    def test_fail(self, status: int, network: bool) -> None:
        for route, link in ((SIGNUP, f"{SITE}/terms"), (PAGE, f"{SITE}/checkout/start")):
            judgement = crawled({route.url: linking(link), link: ok(status)}, route)
            assert (*told(judgement), judgement.network) == (Verdict.FAIL, "broken-onboarding-link", network)

    def test_a_certain_fail_is_not_confirmed_for_the_sake_of_another(self) -> None:
        pages = {SIGNUP.url: linking(f"{SITE}/a", f"{SITE}/b"), f"{SITE}/a": ok(500), f"{SITE}/b": ok(404)}
        assert crawled(pages, SIGNUP).network is False

    @pytest.mark.parametrize("failure", [TIMEOUT, BOT_WALL])
    @pytest.mark.parametrize("route", [PAGE, SIGNUP])
    def test_unknown(self, route: Route, failure: Failure) -> None:
        judgement = crawled(
            {route.url: linking(f"{SITE}/a", f"{SITE}/b"), f"{SITE}/a": ok(), f"{SITE}/b": failure}, route
        )
        assert told(judgement) == (Verdict.UNKNOWN, failure.reason)
        assert "1 of 2 links seen" in judgement.summary

    def test_a_broken_link_is_still_named_beside_one_that_was_not_seen(self) -> None:
        pages: Pages = {PAGE.url: linking(f"{SITE}/a", f"{SITE}/b"), f"{SITE}/a": ok(404), f"{SITE}/b": TIMEOUT}
        assert told(crawled(pages)) == (Verdict.WARN, "broken-link")
        assert told(crawled({**pages, PAGE.url: linking(f"{SITE}/a", f"{SITE}/checkout")})) == (
            Verdict.UNKNOWN,
            "timeout",
        )

    def test_other_sites_are_not_ours(self) -> None:
        pages: Pages = {PAGE.url: linking(f"{SITE}/out"), f"{SITE}/out": to("https://other.test/", 302)}
        for page in (TIMEOUT, ok(503), ok(403)):
            assert crawled({**pages, "https://other.test/": page}).verdict is Verdict.PASS
        assert told(crawled({**pages, "https://other.test/": ok(404)})) == (Verdict.WARN, "broken-link")


class TestSoft404:
    def judge(
        self, page: HttpResponse | Failure, *more: tuple[str, HttpResponse], host: Host | None = None
    ) -> Judgement:
        host = host or Host("acme.test", "apex")
        pages = {
            f"https://{host.name}/{missing_path(host.name)}": page,
            f"https://{host.name}/": ok(body="home"),
            **dict(more),
        }
        return judge("routes.soft-404", host.name, web(pages), acme(host))

    def test_the_path_is_the_same_in_every_run(self) -> None:
        assert missing_path("acme.test") == missing_path("acme.test") != missing_path("www.acme.test")

    @pytest.mark.parametrize("status", [404, 410])
    def test_pass(self, status: int) -> None:
        assert told(self.judge(ok(status))) == (Verdict.PASS, "")

    def test_behind_a_sign_in(self) -> None:
        assert told(self.judge(ok(401))) == (Verdict.PASS, "access-denied")
        login = f"{SITE}/login"
        assert told(self.judge(to(login, 302), (login, ok()))) == (Verdict.PASS, "sign-in")

    @pytest.mark.parametrize("status", [401, 405, 404])
    def test_an_api(self, status: int) -> None:
        assert self.judge(ok(status), host=Host("api.acme.test", "api")).verdict is Verdict.PASS

    @pytest.mark.parametrize(
        ("page", "word"),
        [(ok(body="home"), "home page"), (ok(), "200 instead of 404"), (to(f"{SITE}/", 302), "redirected")],
    )
    def test_warn(self, page: HttpResponse, word: str) -> None:
        judgement = self.judge(page)
        assert told(judgement) == (Verdict.WARN, "soft-404")
        assert word in judgement.summary

    def test_fail(self) -> None:
        judgement = self.judge(ok(500))
        assert (*told(judgement), judgement.network) == (Verdict.FAIL, "error-on-missing", True)

    @pytest.mark.parametrize("failure", [TIMEOUT, BOT_WALL, REFUSED])
    def test_unknown(self, failure: Failure) -> None:
        assert told(self.judge(failure)) == (Verdict.UNKNOWN, failure.reason)

    @pytest.mark.parametrize("location", HOSTILE, ids=range(len(HOSTILE)))
    def test_hostile_locations(self, location: str) -> None:
        assert self.judge(to(location)).verdict is Verdict.UNKNOWN
