"""The redirects of hosts: loops, path and query, downgrades."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from launchready_tui.checks.redirects.canonical import ARBITRARY, CAMPAIGN
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Host, Product, Redirect, Route
from launchready_tui.model.questions import Cookie, HttpExchange, HttpResponse
from launchready_tui.model.verdicts import Judgement, Verdict
from tests.checks.web import BOT_WALL, HOSTILE, REFUSED, TIMEOUT, acme, ok, to, web
from tests.kit import judge

DEEP = f"{ARBITRARY}?{CAMPAIGN}"
APEX, WWW, APP, API = (
    Host("acme.test", "apex"),
    Host("www.acme.test", "www"),
    Host("app.acme.test", "app"),
    Host("api.acme.test", "api"),
)

Pages = Mapping[str, HttpResponse | Failure]


def site(
    name: str = "acme.test", end: str = "https://www.acme.test", deep: str = DEEP
) -> dict[str, HttpResponse | Failure]:
    """A host that leads to https on itself, then to the canonical host."""
    pages: dict[str, HttpResponse | Failure] = {}
    for path, status in (("/", 200), (deep, 404 if deep == DEEP else 200)):
        pages[f"http://{name}{path}"] = to(f"https://{name}{path}")
        if end != f"https://{name}":
            pages[f"https://{name}{path}"] = to(f"{end}{path}", 308)
        pages[f"{end}{path}"] = ok(status)
    return pages


def told(judgement: Judgement) -> tuple[Verdict, str]:
    return judgement.verdict, judgement.reason


class TestLoop:
    def judge(self, pages: Pages, host: Host = APEX) -> Judgement:
        return judge("redirects.loop", host.name, web(pages), acme(host))

    def test_pass(self) -> None:
        assert self.judge(site()).verdict is Verdict.PASS

    @pytest.mark.parametrize(
        ("reason", "word", "pages"),
        [
            ("loop-flexible-tls", "origin", {"https://acme.test/": to("https://acme.test/")}),
            (
                "loop-flexible-tls",
                "Cloudflare",
                {"https://acme.test/": to("https://acme.test/", headers=(("cf-ray", "8a"),))},
            ),
            ("loop-www-fight", "each other", {"https://www.acme.test/": to("https://acme.test/")}),
            (
                "loop-trailing-slash",
                "slash",
                {
                    "https://acme.test/": to("https://acme.test/shop"),
                    "https://acme.test/shop": to("https://acme.test/shop/"),
                    "https://acme.test/shop/": to("https://acme.test/shop"),
                },
            ),
            (
                "loop-locale-or-login",
                "sign-in",
                {
                    "https://acme.test/": to("https://acme.test/login", 302),
                    "https://acme.test/login": to("https://acme.test/", 302),
                },
            ),
            (
                "loop-locale-or-login",
                "language",
                {
                    "https://acme.test/": to("https://acme.test/en/", 302),
                    "https://acme.test/en/": to("https://acme.test/", 302),
                },
            ),
            ("loop-other", "http and https", {"https://acme.test/": to("http://acme.test/")}),
            (
                "loop-other",
                "back to itself",
                {
                    "https://acme.test/": to("https://acme.test/shop"),
                    "https://acme.test/shop": to("https://acme.test/"),
                },
            ),
        ],
    )
    def test_fail_names_the_cause(self, reason: str, word: str, pages: Pages) -> None:
        judgement = self.judge({**site(), **pages})
        assert (*told(judgement), judgement.network) == (Verdict.FAIL, reason, False)
        assert word in judgement.summary

    def test_a_cookie_that_is_not_accepted(self) -> None:
        again = to("https://acme.test/", cookies=(Cookie("sid"),))
        table = web({"http://acme.test/": REFUSED, "https://acme.test/": again})
        table |= {
            HttpExchange("GET", "https://acme.test/", session="https://acme.test/", step=n): again for n in range(3)
        }
        judgement = judge("redirects.loop", "acme.test", table, acme())
        assert told(judgement) == (Verdict.FAIL, "loop-other")
        assert "cookie" in judgement.summary

    def test_endless(self) -> None:
        pages = {f"https://acme.test/{n}": to(f"https://acme.test/{n + 1}") for n in range(40)}
        judgement = self.judge({**site(), **pages} | {"https://acme.test/": to("https://acme.test/0")})
        assert told(judgement) == (Verdict.FAIL, "loop-other")

    def test_a_declared_redirect(self) -> None:
        product = acme(redirects=(Redirect("https://acme.test/old", "https://acme.test/new"),))
        pages = {
            "https://acme.test/old": to("https://acme.test/old/"),
            "https://acme.test/old/": to("https://acme.test/old"),
        }
        judgement = judge("redirects.loop", "https://acme.test/old", web(pages), product)
        assert told(judgement) == (Verdict.FAIL, "loop-trailing-slash")

    @pytest.mark.parametrize("failure", [TIMEOUT, BOT_WALL, Failure("reset", "reset")])
    def test_unknown(self, failure: Failure) -> None:
        for url in ("http://acme.test/", "https://acme.test/", "https://www.acme.test/"):
            assert told(self.judge(site() | {url: failure})) == (Verdict.UNKNOWN, failure.reason)

    def test_a_server_error_hides_the_redirects(self) -> None:
        assert told(self.judge(site() | {"https://acme.test/": ok(503)})) == (Verdict.UNKNOWN, "server-error")

    def test_https_only_passes_and_http_only_does_not(self) -> None:
        assert self.judge(site() | {"http://acme.test/": REFUSED}).verdict is Verdict.PASS
        assert told(self.judge(site() | {"https://acme.test/": REFUSED})) == (Verdict.UNKNOWN, "refused")
        assert told(self.judge(dict.fromkeys(site(), REFUSED))) == (Verdict.UNKNOWN, "refused")


class TestPathAndQuery:
    def judge(self, pages: Pages, product: Product | None = None) -> Judgement:
        return judge("redirects.path-and-query", "acme.test", web(pages), product or acme())

    def test_pass(self) -> None:
        judgement = self.judge(site())
        assert judgement.verdict is Verdict.PASS
        assert "3 redirects" in judgement.summary

    def test_no_redirect(self) -> None:
        judgement = self.judge({f"http://acme.test{DEEP}": ok(404), f"https://acme.test{DEEP}": ok(404)})
        assert (judgement.verdict, judgement.summary) == (Verdict.PASS, "no redirect, so nothing is lost")

    @pytest.mark.parametrize(
        "kept",
        [
            f"https://www.acme.test{ARBITRARY}?a=1&utm_source=%78",
            f"https://www.acme.test{ARBITRARY}/?utm_source=x&a=1&via=apex",
            f"https://www.acme.test/en{ARBITRARY}?utm_source=x&a=1",
            "https://www.acme.test/login?next=%2Flaunchready-check",
        ],
    )
    def test_spelling_and_order_do_not_matter(self, kept: str) -> None:
        pages = {f"http://acme.test{DEEP}": to(kept), f"https://acme.test{DEEP}": to(kept), kept: ok()}
        assert self.judge(pages).verdict is Verdict.PASS

    @pytest.mark.parametrize("lost", [f"https://www.acme.test{ARBITRARY}", f"https://www.acme.test{ARBITRARY}?a=1"])
    def test_warn(self, lost: str) -> None:
        judgement = self.judge(site() | {f"https://acme.test{DEEP}": to(lost), lost: ok()})
        assert told(judgement) == (Verdict.WARN, "query-dropped")
        assert "utm_source" in judgement.summary

    @pytest.mark.parametrize(
        "lost", ["https://www.acme.test/", "https://www.acme.test/?utm_source=x&a=1", "https://www.acme.test/home"]
    )
    def test_fail(self, lost: str) -> None:
        judgement = self.judge(site() | {f"https://acme.test{DEEP}": to(lost), lost: ok()})
        assert told(judgement) == (Verdict.FAIL, "path-dropped")

    def test_a_host_may_send_an_invented_page_home_but_not_a_declared_one(self) -> None:
        home = {"https://acme.test/": ok()}
        pages: Pages = {
            **home,
            f"https://acme.test{DEEP}": to("https://acme.test/", 302),
            f"http://acme.test{DEEP}": REFUSED,
        }
        assert self.judge(pages).verdict is Verdict.PASS
        deep = f"/listings?{CAMPAIGN}"
        product = acme(routes=(Route("listing", "https://acme.test/listings"),))
        pages = {**home, f"https://acme.test{deep}": to("https://acme.test/", 302), f"http://acme.test{deep}": REFUSED}
        assert told(self.judge(pages, product)) == (Verdict.FAIL, "path-dropped")

    @pytest.mark.parametrize("failure", [TIMEOUT, BOT_WALL])
    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_unknown(self, failure: Failure, scheme: str) -> None:
        assert told(self.judge(site() | {f"{scheme}://acme.test{DEEP}": failure})) == (Verdict.UNKNOWN, failure.reason)

    def test_neither_an_outage_nor_a_loop_passes(self) -> None:
        assert told(self.judge(site() | {f"https://acme.test{DEEP}": ok(503)})) == (Verdict.UNKNOWN, "server-error")
        loop = site() | {f"https://www.acme.test{DEEP}": to(f"https://acme.test{DEEP}")}
        assert told(self.judge(loop)) == (Verdict.UNKNOWN, "loop")

    @pytest.mark.parametrize("location", HOSTILE, ids=range(len(HOSTILE)))
    def test_hostile_locations(self, location: str) -> None:
        assert self.judge(site() | {f"https://acme.test{DEEP}": to(location)}).verdict is not Verdict.PASS


class TestDowngrade:
    def judge(self, pages: Pages) -> Judgement:
        return judge("redirects.downgrade", "acme.test", web(pages), acme())

    def test_pass(self) -> None:
        assert self.judge(site()).verdict is Verdict.PASS

    @pytest.mark.parametrize("next_page", [ok(), TIMEOUT, to("https://www.acme.test/")])
    def test_fail(self, next_page: HttpResponse | Failure) -> None:
        pages = site() | {"https://acme.test/": to("http://www.acme.test/"), "http://www.acme.test/": next_page}
        assert told(self.judge(pages)) == (Verdict.FAIL, "downgrade")

    @pytest.mark.parametrize("failure", [TIMEOUT, BOT_WALL])
    def test_unknown(self, failure: Failure) -> None:
        assert told(self.judge(site() | {"https://acme.test/": failure})) == (Verdict.UNKNOWN, failure.reason)

    def test_a_declared_redirect(self) -> None:
        source = "https://acme.test/old"
        product = acme(redirects=(Redirect(source, "https://acme.test/new"),))
        pages = {
            source: to("http://acme.test/new"),
            "http://acme.test/new": to("https://acme.test/new"),
            "https://acme.test/new": ok(),
        }
        assert told(judge("redirects.downgrade", source, web(pages), product)) == (Verdict.FAIL, "downgrade")
