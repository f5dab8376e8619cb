"""The canonical matrix: every way of typing an address."""

from __future__ import annotations

import pytest

from launchready_tui.checks.redirects.canonical import CAMPAIGN
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Host, Product, Route
from launchready_tui.model.questions import DnsLookup, HttpExchange
from launchready_tui.model.verdicts import Judgement, Verdict
from tests.checks.test_redirects import APEX, API, APP, DEEP, WWW, Pages, site, told
from tests.checks.web import BOT_WALL, HOSTILE, NO_IPV6, NXDOMAIN, REFUSED, TIMEOUT, Table, acme, dns, ok, to, web
from tests.kit import judge

MATRIX = "redirects.canonical-matrix"


def matrix(
    pages: Pages, host: Host = APEX, *, v6: bool = False, extra: Table | None = None, product: Product | None = None
) -> Judgement:
    table = dns(host.name, v6=v6) | web(pages) | (extra or {})
    return judge(MATRIX, host.name, table, product or acme(host))


class TestMatrix:
    def test_pass(self) -> None:
        judgement = matrix(site())
        assert told(judgement) == (Verdict.PASS, "")
        assert "4 ways end on www.acme.test (IPv4)" in judgement.summary

    def test_both_families_are_walked(self) -> None:
        assert "8 ways" in matrix(site(), v6=True).summary

    def test_a_declared_route_is_the_deep_path_and_its_status_counts(self) -> None:
        route = Route("listing", "https://acme.test/listings?sort=new")
        deep = f"/listings?sort=new&{CAMPAIGN}"
        pages = site(deep=deep)
        assert told(matrix(pages, product=acme(APEX, routes=(route,))))[0] is Verdict.PASS
        pages[f"https://www.acme.test{deep}"] = ok(404)
        assert told(matrix(pages, product=acme(APEX, routes=(route,)))) == (Verdict.FAIL, "final-error")

    def test_no_plain_http_is_fine(self) -> None:
        judgement = matrix(site() | {"http://acme.test/": REFUSED, f"http://acme.test{DEEP}": REFUSED})
        assert judgement.verdict is Verdict.PASS
        assert any("port 80" in line for line in judgement.details)

    def test_a_sign_in_redirect_is_no_canonicalisation(self) -> None:
        pages = site("app.acme.test", "https://app.acme.test")
        pages["https://app.acme.test/"] = to("https://app.acme.test/login", 302)
        pages["https://app.acme.test/login"] = ok()
        assert matrix(pages, APP).verdict is Verdict.PASS

    @pytest.mark.parametrize("status", [404, 401, 403, 405])
    def test_the_root_of_an_api_may_answer_anything_but_an_outage(self, status: int) -> None:
        pages = site("api.acme.test", "https://api.acme.test") | {"https://api.acme.test/": ok(status)}
        assert matrix(pages, API).verdict is Verdict.PASS

    def test_an_api_may_turn_plain_http_down(self) -> None:
        pages = site("api.acme.test", "https://api.acme.test")
        pages |= {"http://api.acme.test/": ok(403), f"http://api.acme.test{DEEP}": ok(403)}
        assert matrix(pages, API).verdict is Verdict.PASS

    @pytest.mark.parametrize(
        ("reason", "pages"),
        [
            ("temporary", {"http://acme.test/": to("https://acme.test/", 302)}),
            ("temporary", {"https://acme.test/": to("https://www.acme.test/", 307)}),
            ("first-hop-elsewhere", {"http://acme.test/": to("https://www.acme.test/")}),
            (
                "first-hop-elsewhere",
                {
                    "http://acme.test/": to("http://www.acme.test/"),
                    "http://www.acme.test/": to("https://www.acme.test/"),
                },
            ),
            (
                "chain-long",
                {"https://www.acme.test/": to("https://www.acme.test/en/"), "https://www.acme.test/en/": ok()},
            ),
        ],
    )
    def test_warn(self, reason: str, pages: Pages) -> None:
        assert told(matrix({**site(), **pages})) == (Verdict.WARN, reason)

    @pytest.mark.parametrize(
        ("reason", "network", "pages"),
        [
            ("loop", False, {"https://www.acme.test/": to("https://acme.test/")}),
            ("final-error", False, {"https://www.acme.test/": ok(404)}),
            ("final-error", False, {"https://www.acme.test/": ok(401)}),
            ("final-error", True, {"https://www.acme.test/": ok(502)}),
            ("final-error", True, {"https://www.acme.test/": NXDOMAIN}),
            ("plain-http-final", False, {"http://acme.test/": ok()}),
            (
                "plain-http-final",
                False,
                {"https://acme.test/": to("http://acme.test/home"), "http://acme.test/home": ok()},
            ),
            ("plain-http-final", True, {"http://acme.test/": ok(503)}),
            ("no-https", True, {"https://acme.test/": REFUSED}),
            (
                "no-single-canonical",
                False,
                {"https://acme.test/": ok(), "http://acme.test/": to("https://www.acme.test/")},
            ),
        ],
    )
    def test_fail(self, reason: str, network: bool, pages: Pages) -> None:
        judgement = matrix({**site(), **pages})
        assert (*told(judgement), judgement.network) == (Verdict.FAIL, reason, network)

    def test_four_hops_fail(self) -> None:
        pages = site() | {
            "https://www.acme.test/": to("https://www.acme.test/a"),
            "https://www.acme.test/a": to("https://www.acme.test/b"),
            "https://www.acme.test/b": ok(),
        }
        assert told(matrix(pages)) == (Verdict.FAIL, "chain-long")

    def test_endless_but_never_the_same_is_too_long(self) -> None:
        pages = site() | {f"https://www.acme.test/{n}": to(f"https://www.acme.test/{n + 1}") for n in range(40)}
        assert told(matrix(pages | {"https://www.acme.test/": to("https://www.acme.test/0")})) == (
            Verdict.FAIL,
            "chain-long",
        )

    def test_access_denied_of_another_host_is_a_warning(self) -> None:
        host = Host("admin.acme.test")
        pages = site(host.name, f"https://{host.name}") | {f"https://{host.name}/": ok(401)}
        assert told(matrix(pages, host)) == (Verdict.WARN, "access-denied")

    def test_an_expected_status_is_right(self) -> None:
        host = Host("admin.acme.test")
        pages = site(host.name, f"https://{host.name}") | {f"https://{host.name}/": ok(401)}
        product = acme(host, routes=(Route("admin", f"https://{host.name}/", "admin", expect_status=(401,)),))
        assert matrix(pages, host, product=product).verdict is Verdict.PASS

    def test_both_names_canonical(self) -> None:
        table = dns("acme.test") | web(site(end="https://acme.test") | site("www.acme.test"))
        assert told(judge(MATRIX, "acme.test", table, acme(APEX, WWW))) == (Verdict.WARN, "no-single-canonical")

    def test_families_differ(self) -> None:
        extra: Table = {HttpExchange("GET", "https://acme.test/", family="6"): ok()}
        assert told(matrix(site(), v6=True, extra=extra)) == (Verdict.WARN, "families-differ")

    def test_refusing_one_family_is_a_difference(self) -> None:
        extra = web(dict.fromkeys(site(), REFUSED), families=("6",))
        assert told(matrix(site(), v6=True, extra=extra)) == (Verdict.WARN, "families-differ")

    def test_without_ipv6_here_a_good_host_is_unknown_and_a_bad_one_fails(self) -> None:
        extra = web(dict.fromkeys(site(), NO_IPV6), families=("6",))
        assert told(matrix(site(), v6=True, extra=extra)) == (Verdict.UNKNOWN, "no-ipv6")
        bad = site() | {"https://www.acme.test/": ok(404)}
        assert told(matrix(bad, v6=True, extra=extra)) == (Verdict.FAIL, "final-error")

    @pytest.mark.parametrize(
        "failure", [TIMEOUT, BOT_WALL, Failure("certificate", "expired"), Failure("reset", "reset")]
    )
    @pytest.mark.parametrize("url", sorted(site()))
    def test_what_was_not_seen_is_unknown(self, failure: Failure, url: str) -> None:
        judgement = matrix(site() | {url: failure})
        assert told(judgement) == (Verdict.UNKNOWN, failure.reason)
        assert judgement.decide_by

    def test_a_403_may_be_a_bot_wall_without_its_marks(self) -> None:
        assert told(matrix({**site(), "https://www.acme.test/": ok(403)})) == (Verdict.UNKNOWN, "access-denied")

    def test_nothing_answers(self) -> None:
        assert told(matrix(dict.fromkeys(site(), REFUSED))) == (Verdict.UNKNOWN, "refused")

    def test_no_address(self) -> None:
        table = dns("acme.test", v4=False)
        assert told(judge(MATRIX, "acme.test", table, acme())) == (Verdict.UNKNOWN, "does-not-resolve")

    def test_a_lookup_that_failed_never_passes(self) -> None:
        lost: Table = {DnsLookup("acme.test", "AAAA"): Failure("servfail", "SERVFAIL")}
        assert told(matrix(site(), extra=lost)) == (Verdict.UNKNOWN, "servfail")
        lost |= {DnsLookup("acme.test", "A"): Failure("timeout", "no answer")}
        assert told(matrix(site(), extra=lost)) == (Verdict.UNKNOWN, "timeout")

    def test_an_address_literal_needs_no_dns(self) -> None:
        pages = site("127.0.0.1", "https://127.0.0.1")
        assert judge(MATRIX, "127.0.0.1", web(pages), acme(Host("127.0.0.1"))).verdict is Verdict.PASS
        pages = site("[2001:db8::1]", "https://[2001:db8::1]")
        assert judge(MATRIX, "2001:db8::1", web(pages), acme(Host("2001:db8::1"))).verdict is Verdict.PASS

    @pytest.mark.parametrize("location", HOSTILE, ids=range(len(HOSTILE)))
    def test_hostile_locations(self, location: str) -> None:
        judgement = matrix(site() | {"https://acme.test/": to(location)})
        assert told(judgement) == (Verdict.FAIL, "final-error")
        assert len(judgement.summary) < 600
        assert all(len(line) < 600 for line in judgement.details)
