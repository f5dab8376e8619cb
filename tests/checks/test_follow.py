"""Following redirects: chains, circles, cookies, and hostile Location values."""

from __future__ import annotations

import asyncio

import pytest

from launchready_tui.checks.reading.follow import Chain, follow, trace
from launchready_tui.checks.reading.paths import changes_something, has_locale, is_onboarding, is_sign_in
from launchready_tui.checks.reading.urls import (
    REDACTED,
    counterpart,
    host_of,
    lost_pairs,
    normal_path,
    path_of,
    query_of,
    registrable,
    same_page,
    split,
    tidy,
)
from launchready_tui.model.evidence import Unseen
from launchready_tui.model.questions import Cookie, HttpExchange, HttpResponse
from launchready_tui.probes.redaction import MARK
from tests.checks.web import HOSTILE, REFUSED, SETS_COOKIE, Table, ok, to, web
from tests.kit import SEEN_AT, World

A, B, C = "https://a.test/", "https://b.test/", "https://c.test/"


def run(table: Table, url: str = A, limit: int = 10) -> Chain:
    return asyncio.run(trace(World(table), url, limit=limit))


def session(*answers: tuple[str, HttpResponse], jar: str = A) -> Table:
    return {HttpExchange("GET", url, session=jar, step=step): page for step, (url, page) in enumerate(answers)}


def test_a_chain_ends_where_nothing_redirects() -> None:
    chain = run(web({A: to(B), B: to(C, 302), C: ok()}))
    assert (chain.final_url, chain.length, chain.ended, chain.last.seen_at) == (C, 2, True, SEEN_AT)
    assert chain.urls == (A, B, C)


@pytest.mark.parametrize("status", [300, 304, 305, 200, 404])
def test_other_statuses_with_a_location_are_no_redirects(status: int) -> None:
    assert run(web({A: to(B, status)})).ended


def test_a_redirect_without_location_is_an_end() -> None:
    assert run(web({A: ok(301)})).ended


def test_coming_back_is_a_loop() -> None:
    chain = run(web({A: to(B), B: to(A)}))
    assert (chain.loop, chain.ended, chain.length, chain.next_url) == (True, False, 2, A)


def test_another_spelling_of_a_url_is_the_same_url() -> None:
    assert run(web({A: to("HTTPS://A.test:443#top")})).loop


def test_a_page_that_sets_a_cookie_and_returns_is_no_loop() -> None:
    table = web({A: to(A, cookies=SETS_COOKIE)}) | session((A, to(A, cookies=SETS_COOKIE)), (A, ok()))
    chain = run(table)
    assert (chain.loop, chain.ended, chain.length) == (False, True, 1)


def test_a_page_that_ignores_its_cookie_is_a_loop() -> None:
    again = to(A, cookies=SETS_COOKIE)
    assert run(web({A: again}) | session((A, again), (A, again))).loop


def test_the_third_visit_is_a_loop_whatever_is_set() -> None:
    new = [to(A, cookies=(Cookie(f"c{n}"),)) for n in range(9)]
    chain = run(web({A: new[0]}) | session(*((A, page) for page in new)))
    assert (chain.loop, len(chain.hops)) == (True, 2)


def test_a_cookie_of_the_last_page_starts_no_session() -> None:
    world = World(web({A: to(B), B: ok(cookies=SETS_COOKIE)}))
    asyncio.run(follow(world, A))
    assert world.asked == [HttpExchange("GET", A), HttpExchange("GET", B)]


def test_sessions_of_address_families_are_apart() -> None:
    world = World(web({A: to(A, cookies=SETS_COOKIE)}))
    asyncio.run(trace(world, A, family="4"))
    asyncio.run(trace(world, A, family="6"))
    sessions = [question.session for question in world.asked if isinstance(question, HttpExchange)]
    assert len(set(sessions) - {""}) == 2


def test_the_limit_counts_redirects() -> None:
    pages = {f"https://a.test/{n}": to(f"https://a.test/{n + 1}") for n in range(30)}
    assert run(web(pages), "https://a.test/0", limit=10).too_long
    assert len(run(web(pages), "https://a.test/0", limit=10).hops) == 11
    assert run(web(pages | {"https://a.test/10": ok()}), "https://a.test/0", limit=10).ended


def test_a_url_without_answer_ends_a_trace_and_raises_in_follow() -> None:
    table = web({A: to(B), B: REFUSED})
    chain = run(table)
    assert (chain.failure, chain.next_url, chain.ended, chain.length) == (REFUSED, B, False, 1)
    with pytest.raises(Unseen):
        asyncio.run(follow(World(table), A))


@pytest.mark.parametrize("location", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_locations_are_neither_followed_nor_fatal(location: str) -> None:
    chain = run(web({A: to(location)}))
    assert (chain.stuck, chain.ended, len(chain.hops)) == (True, False, 1)
    for told in (
        split,
        host_of,
        path_of,
        query_of,
        registrable,
        is_sign_in,
        is_onboarding,
        changes_something,
        has_locale,
    ):
        told(location)
    assert not same_page(location, A)


def test_a_unicode_host_is_followed() -> None:
    there = "https://exämple.test/ü"
    assert run(web({A: to(there), there: ok()})).final_url == there


@pytest.mark.parametrize(
    ("url", "tidied"),
    [
        ("HTTPS://Acme.TEST", "https://acme.test/"),
        ("http://acme.test:80/a#b", "http://acme.test/a"),
        ("https://acme.test.:8443/?q", "https://acme.test:8443/?q"),
        ("https://[2001:DB8::1]/", "https://[2001:db8::1]/"),
        ("ftp://acme.test/", ""),
        ("/relative", ""),
    ],
)
def test_tidy(url: str, tidied: str) -> None:
    assert tidy(url) == tidied
    assert tidy(tidied) == tidied


def test_spellings_compare_equal() -> None:
    assert same_page("https://a.test/%7Eme/?b=%C3%BC&a=1", "https://a.test/~me?a=1&b=ü")
    assert not same_page("https://a.test/a%2Fb", "https://a.test/a/b")
    assert normal_path("/%41%2f") == "/A%2F"
    assert not same_page("https://a.test/?a=1&a=1", "https://a.test/?a=1")


def test_a_secret_is_followed_without_its_value() -> None:
    assert REDACTED == MARK
    hidden = f"https://a.test/join?code={MARK}"
    assert run(web({A: to(hidden), hidden: ok()})).ended
    for broken in (ok(400), ok(404), ok(500), to(hidden), to("javascript:x")):
        chain = run(web({A: to(hidden), hidden: broken}))
        assert chain.failure is not None
        assert (chain.failure.reason, chain.next_url, chain.loop, len(chain.hops)) == ("redacted-url", hidden, False, 1)


def test_a_hidden_value_compares_by_its_name() -> None:
    assert same_page(f"https://a.test/?code={MARK}&b=1", "https://a.test/?b=1&code=x")
    assert not same_page(f"https://a.test/?code={MARK}", "https://a.test/?b=1")
    assert lost_pairs("https://a.test/?code=x&b=1", f"https://a.test/?code={MARK}") == (("b", "1"),)


def test_names() -> None:
    assert registrable("www.shop.acme.co.uk") == "acme.co.uk"
    assert registrable("127.0.0.1") == "127.0.0.1"
    assert counterpart("www.acme.test", "acme.test")
    assert not counterpart("app.acme.test", "acme.test")


def test_what_paths_tell() -> None:
    assert is_sign_in("https://a.test/en/sign-in?x")
    assert is_sign_in("https://a.test/account/logIn")
    assert not is_sign_in("https://a.test/blog/catalogin")
    assert is_onboarding("https://a.test/checkout/2")
    assert changes_something("https://a.test/account?action=log_out")
    assert changes_something("https://a.test/items/3/delete")
    assert not changes_something("https://a.test/deleted-scenes")
    assert has_locale("https://a.test/de-AT/x")
    assert not has_locale("https://a.test/deals")
