"""Declared redirects, the sitemap, and the checks that probe: machines' endpoints and foreign targets at sign-in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest

from launchready_tui.checks import load_checks
from launchready_tui.checks.reading.urls import REDACTED
from launchready_tui.checks.subjects import subjects
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Host, Redirect, Route
from launchready_tui.model.questions import HttpExchange, HttpResponse, Page, Reference
from launchready_tui.model.verdicts import Consent, Judgement, Verdict
from tests.checks.web import BOT_WALL, HOSTILE, REFUSED, TIMEOUT, acme, ok, to, web
from tests.kit import World, judge

Pages = Mapping[str, HttpResponse | Failure]
OLD, NEW = "https://acme.test/pricing-2023?utm_source=x", "https://acme.test/pricing?utm_source=x"


def told(judgement: Judgement) -> tuple[Verdict, str]:
    return judgement.verdict, judgement.reason


def declared(check: str, pages: Pages, source: str = OLD, target: str = NEW) -> Judgement:
    return judge(check, source, web(pages), acme(redirects=(Redirect(source, target),)))


class TestDeclaredTarget:
    check = "redirects.declared-target"

    def test_pass(self) -> None:
        assert told(declared(self.check, {OLD: to(NEW), NEW: ok()})) == (Verdict.PASS, "")

    def test_a_status_is_for_another_check(self) -> None:
        assert declared(self.check, {OLD: to(NEW), NEW: ok(404)}).verdict is Verdict.PASS

    def test_more_in_the_query_is_no_loss(self) -> None:
        assert told(declared(self.check, {OLD: to(f"{NEW}&ref=old"), f"{NEW}&ref=old": ok()})) == (
            Verdict.PASS,
            "extra-query",
        )

    def test_a_target_behind_sign_in(self) -> None:
        login = "https://acme.test/login?next=/pricing"
        assert told(declared(self.check, {OLD: to(NEW), NEW: to(login, 302), login: ok()})) == (Verdict.PASS, "sign-in")

    def test_warn(self) -> None:
        bare = "https://acme.test/pricing"
        assert told(declared(self.check, {OLD: to(bare), bare: ok()})) == (Verdict.WARN, "query-dropped")

    @pytest.mark.parametrize(
        ("source", "target", "final", "reason"),
        [
            (OLD, NEW, "https://acme.test/", "path-dropped"),
            (OLD, NEW, "https://acme.test/contact?utm_source=x", "wrong-target"),
            (OLD, NEW, "https://other.test/pricing?utm_source=x", "wrong-target"),
            (OLD, NEW, "http://acme.test/pricing?utm_source=x", "wrong-target"),
            ("https://acme.test/i/1?t=9", "https://acme.test/invite?t=9", "https://acme.test/invite", "query-dropped"),
            (
                "https://acme.test/pay/back?o=1",
                "https://acme.test/thanks?o=1",
                "https://acme.test/thanks",
                "payment-return-dropped",
            ),
            (
                "https://acme.test/r?o=1",
                "https://acme.test/checkout/return?o=1",
                "https://acme.test/",
                "payment-return-dropped",
            ),
            (
                "https://acme.test/r?o=1",
                "https://acme.test/order?o=1",
                "https://acme.test/contact",
                "payment-return-dropped",
            ),
            ("https://acme.test/r?o=1", "https://acme.test/order?o=1", "https://acme.test/contact?o=1", "wrong-target"),
        ],
    )
    def test_fail(self, source: str, target: str, final: str, reason: str) -> None:
        assert told(declared(self.check, {source: to(final), final: ok()}, source, target)) == (Verdict.FAIL, reason)

    def test_a_token_survives_by_its_name(self) -> None:
        source, target = "https://acme.test/i?token=t9", "https://acme.test/invite?token=t9"
        seen = f"https://acme.test/invite?token={REDACTED}"
        judgement = declared(self.check, {source: to(seen), seen: ok()}, source, target)
        assert judgement.verdict is Verdict.PASS
        assert "not compared" in judgement.summary
        for check in (self.check, TestOldUrls.check):
            assert told(declared(check, {source: to(seen), seen: ok(404)}, source, target)) == (
                Verdict.UNKNOWN,
                "redacted-url",
            )

    def test_a_loop_never_arrives(self) -> None:
        assert told(declared(self.check, {OLD: to(OLD)})) == (Verdict.FAIL, "wrong-target")

    def test_an_outage_on_the_way_is_confirmed_first(self) -> None:
        judgement = declared(self.check, {OLD: ok(503)})
        assert (*told(judgement), judgement.network) == (Verdict.FAIL, "wrong-target", True)

    @pytest.mark.parametrize("page", [TIMEOUT, BOT_WALL, REFUSED])
    def test_unknown(self, page: Failure) -> None:
        for url in (OLD, NEW):
            assert told(declared(self.check, {OLD: to(NEW), NEW: ok(), url: page})) == (Verdict.UNKNOWN, page.reason)

    def test_a_closed_door_is_unknown(self) -> None:
        assert told(declared(self.check, {OLD: ok(403)})) == (Verdict.UNKNOWN, "access-denied")


class TestOldUrls:
    check = "redirects.old-urls"

    @pytest.mark.parametrize(
        "pages",
        [
            {OLD: ok()},
            {OLD: to(NEW), NEW: ok()},
            {OLD: to(NEW, 308), NEW: ok()},
            {
                OLD: to("https://www.acme.test/pricing-2023?utm_source=x"),
                "https://www.acme.test/pricing-2023?utm_source=x": to(NEW),
                NEW: ok(),
            },
        ],
    )
    def test_pass(self, pages: Pages) -> None:
        assert declared(self.check, pages).verdict is Verdict.PASS

    @pytest.mark.parametrize(
        ("reason", "pages"),
        [
            ("temporary", {OLD: to(NEW, 302), NEW: ok()}),
            ("temporary", {OLD: to(NEW, 307), NEW: ok()}),
            ("to-home", {OLD: to("https://acme.test/"), "https://acme.test/": ok()}),
            ("access-denied", {OLD: to(NEW), NEW: ok(403)}),
            ("unexpected-status", {OLD: to(NEW), NEW: ok(400)}),
            ("chain-long", {OLD: to("https://acme.test/a"), "https://acme.test/a": to(NEW), NEW: ok()}),
        ],
    )
    def test_warn(self, reason: str, pages: Pages) -> None:
        assert told(declared(self.check, pages)) == (Verdict.WARN, reason)

    @pytest.mark.parametrize(
        ("reason", "network", "pages"),
        [
            ("old-url-missing", False, {OLD: ok(404)}),
            ("old-url-missing", False, {OLD: to(NEW), NEW: ok(410)}),
            ("old-url-missing", True, {OLD: to(NEW), NEW: ok(500)}),
            ("old-url-missing", False, {OLD: to("javascript:alert(1)")}),
            ("chain-long", False, {OLD: to(OLD)}),
        ],
    )
    def test_fail(self, reason: str, network: bool, pages: Pages) -> None:
        judgement = declared(self.check, pages)
        assert (*told(judgement), judgement.network) == (Verdict.FAIL, reason, network)

    def test_four_hops(self) -> None:
        urls = [OLD, *(f"https://acme.test/{n}" for n in range(3)), NEW]
        pages = {url: to(after) for url, after in pairwise(urls)} | {NEW: ok()}
        assert told(declared(self.check, pages)) == (Verdict.FAIL, "chain-long")

    @pytest.mark.parametrize("failure", [TIMEOUT, BOT_WALL])
    def test_unknown(self, failure: Failure) -> None:
        assert told(declared(self.check, {OLD: to(NEW), NEW: failure})) == (Verdict.UNKNOWN, failure.reason)

    @pytest.mark.parametrize("location", HOSTILE, ids=range(len(HOSTILE)))
    def test_hostile_locations(self, location: str) -> None:
        for check in (self.check, TestDeclaredTarget.check):
            assert declared(check, {OLD: to(location)}).verdict is Verdict.FAIL


MAP = "https://acme.test/sitemap.xml"


def listing(*urls: str, kind: str = "urlset") -> HttpResponse:
    return ok(
        text=f'<?xml version="1.0"?><{kind}>'
        + "".join(f"<url>\n<loc> {url} </loc></url>" for url in urls)
        + f"</{kind}>"
    )


class TestSitemap:
    def judge(self, pages: Pages, **limits: int) -> Judgement:
        return judge("redirects.sitemap-urls", "acme.test", web(pages), acme(), limits)

    def test_pass(self) -> None:
        page = "https://acme.test/a?b=1&c=2"
        judgement = self.judge({MAP: listing("https://acme.test/a?b=1&amp;c=2", "https://other.test/x"), page: ok()})
        assert (judgement.verdict, judgement.summary) == (Verdict.PASS, "1 of 1 sitemap pages answer")
        assert "1 entries are on other sites and were left alone" in judgement.details

    def test_an_index_is_followed_one_level(self) -> None:
        part, page = "https://acme.test/part.xml", "https://acme.test/a"
        pages = {MAP: listing(part, kind="sitemapindex"), part: listing(page)}
        assert self.judge({**pages, page: ok()}).verdict is Verdict.PASS
        assert told(self.judge({**pages, page: ok(404)})) == (Verdict.FAIL, "sitemap-url-broken")
        assert told(self.judge({MAP: pages[MAP], part: ok(404)})) == (Verdict.FAIL, "sitemap-url-broken")
        assert told(self.judge({MAP: pages[MAP], part: TIMEOUT})) == (Verdict.UNKNOWN, "timeout")

    @pytest.mark.parametrize(
        ("page", "network"), [(ok(404), False), (ok(410), False), (ok(503), True), (to("https://acme.test/a"), False)]
    )
    def test_fail(self, page: HttpResponse, network: bool) -> None:
        judgement = self.judge(
            {
                MAP: listing("https://acme.test/a", "https://acme.test/b"),
                "https://acme.test/a": page,
                "https://acme.test/b": ok(),
            }
        )
        assert (*told(judgement), judgement.network) == (Verdict.FAIL, "sitemap-url-broken", network)

    @pytest.mark.parametrize("page", [ok(404), ok(410), ok(text="<html>shop</html>")])
    def test_without_a_sitemap(self, page: HttpResponse) -> None:
        assert told(self.judge({MAP: page})) == (Verdict.NOT_APPLICABLE, "no-sitemap")

    @pytest.mark.parametrize(
        ("page", "reason"), [(ok(403), "access-denied"), (ok(502), "server-error"), (BOT_WALL, "bot-wall")]
    )
    def test_unknown(self, page: HttpResponse | Failure, reason: str) -> None:
        assert told(self.judge({MAP: page})) == (Verdict.UNKNOWN, reason)

    def test_a_page_that_was_not_seen(self) -> None:
        judgement = self.judge(
            {MAP: listing("https://acme.test/a", "https://acme.test/b"), "https://acme.test/a": ok()}
        )
        assert (*told(judgement), judgement.summary) == (Verdict.UNKNOWN, "timeout", "1 of 2 sitemap pages seen")

    def test_an_empty_sitemap_is_no_pass(self) -> None:
        assert told(self.judge({MAP: listing()})) == (Verdict.UNKNOWN, "empty-sitemap")

    def test_a_page_with_a_hidden_value_is_left_alone(self) -> None:
        pages = {
            MAP: listing("https://acme.test/a", f"https://acme.test/b?key={REDACTED}"),
            "https://acme.test/a": ok(),
        }
        assert self.judge(pages).verdict is Verdict.PASS

    def test_the_limit(self) -> None:
        urls = [f"https://acme.test/{n}" for n in range(9)]
        judgement = self.judge({MAP: listing(*urls), **dict.fromkeys(urls, ok())}, max_urls=3)
        assert judgement.summary == "3 of 3 sitemap pages answer"
        assert "only the first 3 of 9 entries were asked for" in judgement.details

    def test_the_sitemap_of_www_when_the_bare_domain_has_none(self) -> None:
        pages = {
            MAP: ok(404),
            "https://www.acme.test/sitemap.xml": listing("https://www.acme.test/"),
            "https://www.acme.test/": ok(),
        }
        product = acme(Host("acme.test", "apex"), Host("www.acme.test", "www"))
        assert judge("redirects.sitemap-urls", "acme.test", web(pages), product).verdict is Verdict.PASS

    @pytest.mark.parametrize(
        "text",
        [
            "<urlset>" + "<loc>" * 3_000,
            "<urlset><loc>" + " " * 16_000,
            "<urlset><loc>https://acme.test/a</lo",
            "<urlset>" + "<loc><![CDATA[" * 1_000,
        ],
    )
    def test_hostile_text(self, text: str) -> None:
        assert self.judge({MAP: ok(text=text)}).verdict is Verdict.UNKNOWN


HOOK = "https://acme.test/hooks/pay"


def post(page: HttpResponse | Failure) -> Judgement:
    question = HttpExchange("POST", HOOK, headers=(("content-type", "application/json"),), body="{}")
    assert question.level is Consent.ACTIVE
    return judge("redirects.machine-endpoints", HOOK, {question: page}, acme(routes=(Route("hook", HOOK, "webhook"),)))


class TestMachineEndpoints:
    @pytest.mark.parametrize("status", [200, 202, 400, 401, 404, 405, 422])
    def test_pass(self, status: int) -> None:
        assert told(post(ok(status))) == (Verdict.PASS, "")

    def test_the_endpoint_breaks_but_is_there(self) -> None:
        assert told(post(ok(500))) == (Verdict.PASS, "server-error")

    @pytest.mark.parametrize("status", [307, 308])
    def test_warn(self, status: int) -> None:
        assert told(post(to(f"{HOOK}/", status))) == (Verdict.WARN, "redirected-307")

    @pytest.mark.parametrize("status", [301, 302, 303])
    @pytest.mark.parametrize("location", [f"{HOOK}/", "https://www.acme.test/hooks/pay", *HOSTILE])
    def test_fail(self, status: int, location: str) -> None:
        assert told(post(to(location, status))) == (Verdict.FAIL, "redirected-post")

    def test_a_hop_between_www_and_the_bare_domain(self) -> None:
        assert told(post(to("https://www.acme.test/hooks/pay", 308))) == (Verdict.FAIL, "host-hop")

    @pytest.mark.parametrize(
        ("page", "reason"),
        [(TIMEOUT, "timeout"), (ok(503), "server-error"), (Failure("no-consent", "not agreed"), "no-consent")],
    )
    def test_unknown(self, page: HttpResponse | Failure, reason: str) -> None:
        assert told(post(page)) == (Verdict.UNKNOWN, reason)


LOGIN = "https://app.acme.test/login"


def sign_in(answer: Any) -> tuple[Judgement, World]:
    """Judge a sign-in page that gives that answer to every try; what a query of a try is in it comes from `answer`."""
    product = acme(Host("app.acme.test", "app"), routes=(Route("login", LOGIN, "auth", "login"),))
    world = World({})

    class Anything(dict):  # type: ignore[type-arg]
        def get(self, question: HttpExchange, default: Any = None) -> Any:
            return answer(question) if callable(answer) else answer

    world.answers = Anything()
    check = load_checks()["redirects.open-redirect"]
    (subject,) = subjects(check.over, product)
    return asyncio.run(_run(check, subject, world)), world


async def _run(check: Any, subject: Any, world: World) -> Judgement:
    judgement: Judgement = await check.judge(subject, world, {})
    return judgement


class TestOpenRedirect:
    @pytest.mark.parametrize(
        "page", [ok(), ok(400), to("https://acme.test/", 302), to(f"{LOGIN}?next=%2F", 302), *map(to, HOSTILE)]
    )
    def test_pass(self, page: HttpResponse) -> None:
        judgement, world = sign_in(page)
        assert judgement.verdict is Verdict.PASS
        assert all(question.level is Consent.ACTIVE and question.host.endswith("acme.test") for question in world.asked)

    @pytest.mark.parametrize(
        "page",
        [
            to("https://example.org", 302),
            to("https://example.org/", 303),
            HttpResponse(302, headers=(("location", "//example.org"),), location="https://example.org/"),
            HttpResponse(
                302, headers=(("location", "/\\example.org"),), location="https://app.acme.test/%5Cexample.org"
            ),
            HttpResponse(
                302, headers=(("location", "https://www.example.org/x"),), location="https://www.example.org/x"
            ),
            ok(page=Page(references=(Reference("refresh", "https://example.org/"),))),
        ],
    )
    def test_fail(self, page: HttpResponse) -> None:
        judgement, world = sign_in(page)
        assert told(judgement) == (Verdict.FAIL, "open-redirect")
        assert {question.host for question in world.asked} == {"app.acme.test"}

    def test_own_redirects_are_followed(self) -> None:
        def answer(question: HttpExchange) -> HttpResponse:
            return (
                to("https://example.org")
                if question.url.startswith("https://app.acme.test/en/")
                else to(f"https://app.acme.test/en/{question.url[-20:]}")
            )

        assert told(sign_in(answer)[0]) == (Verdict.FAIL, "open-redirect")

    def test_one_parameter_is_enough(self) -> None:
        def answer(question: HttpExchange) -> HttpResponse:
            return to("https://example.org") if "return_to=" in question.url else ok()

        assert told(sign_in(answer)[0]) == (Verdict.FAIL, "open-redirect")

    @pytest.mark.parametrize(
        ("page", "reason"),
        [(TIMEOUT, "timeout"), (BOT_WALL, "bot-wall"), (ok(403), "access-denied"), (ok(503), "server-error")],
    )
    def test_unknown(self, page: HttpResponse | Failure, reason: str) -> None:
        assert told(sign_in(page)[0]) == (Verdict.UNKNOWN, reason)

    def test_some_unanswered(self) -> None:
        judgement, _ = sign_in(lambda question: TIMEOUT if "redirect=" in question.url else ok())
        assert (*told(judgement), judgement.summary) == (Verdict.UNKNOWN, "timeout", "6 of 9 tries were answered")
