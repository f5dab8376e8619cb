"""What caches do with pages of one person, with changes, and with what they should hold (S4.CACHE.03 to 06)."""

from __future__ import annotations

from typing import Any

import pytest

from launchready_tui.model.evidence import Failure
from launchready_tui.model.performance import Freshness
from launchready_tui.model.product import Account, Product, Route
from launchready_tui.model.questions import (
    CacheTricks,
    Cookie,
    DecisionText,
    FreshnessTrial,
    HttpExchange,
    HttpResponse,
    KeptDecision,
    PrivateViews,
)
from launchready_tui.model.questions.caching import FreshnessSeen, PageViews, Sighting, Trick, TrickReply, View
from launchready_tui.model.verdicts import Judgement, Verdict
from tests.checks.web import BOT_WALL, TIMEOUT, Table, acme
from tests.kit import judge

HOME = "https://acme.test/"
ORDERS, LOGIN = "https://acme.test/orders", "https://acme.test/login"
ACCOUNTS = (Account("buyer", "buyer@acme.test"), Account("seller", "seller@acme.test"))
LOGIN_ROUTE = Route("login", LOGIN, "auth", "login")


def told(judgement: Judgement) -> tuple[Verdict, str]:
    return judgement.verdict, judgement.reason


def shop(*routes: Route, **more: Any) -> Product:
    return acme(routes=(*(routes or (Route("home", HOME, core=True),)), LOGIN_ROUTE), accounts=ACCOUNTS, **more)


def answer(control: str = "", *headers: tuple[str, str], **more: Any) -> HttpResponse:
    stated = (("cache-control", control),) if control else ()
    return HttpResponse(more.pop("status", 200), headers=(*stated, *headers), **more)


# --- private pages ----------------------------------------------------------------------------------------------------

PRIVATE = shop(Route("orders", ORDERS, private=True, session="buyer"))
NO_STORE = (("cache-control", "private, no-store"),)
HIT = (("x-cache", "HIT"),)


def seen(*views: View | Failure, product: Product = PRIVATE) -> Judgement:
    facts = next((view for view in views if isinstance(view, Failure)), None) or PageViews(
        tuple(view for view in views if isinstance(view, View))
    )
    question = PrivateViews(ORDERS, LOGIN, "buyer", "seller", 2)
    return judge("caching.private-pages", ORDERS, {question: facts}, product)


OWNER = View("owner", 200, True, NO_STORE, "mine")
FRESH = View("stranger", 302, fresh=True)
OTHER, STRANGER = View("other", 200, False, NO_STORE, "theirs"), View("stranger", 302)


@pytest.mark.parametrize(
    ("views", "expected"),
    [
        ((FRESH, OWNER, OTHER, STRANGER), (Verdict.PASS, "")),
        ((FRESH, OWNER, OTHER, View("stranger", 200, True, HIT, "mine")), (Verdict.FAIL, "private-leak")),
        ((FRESH, OWNER, View("other", 200, True, (), "x"), STRANGER), (Verdict.FAIL, "private-leak")),
        # The same page as its owner's, which is not what everybody gets: a leak without a name.
        (
            (FRESH, View("owner", 200, False, NO_STORE, "mine"), OTHER, View("stranger", 200, False, HIT, "mine")),
            (Verdict.FAIL, "private-leak"),
        ),
        (
            (FRESH, View("owner", 200, True, (("cache-control", "public, max-age=60"),), "mine"), OTHER, STRANGER),
            (Verdict.FAIL, "shared-directive"),
        ),
        (
            (FRESH, View("owner", 200, True, (*NO_STORE, ("cdn-cache-control", "max-age=9")), "m"), OTHER, STRANGER),
            (Verdict.FAIL, "shared-directive"),
        ),
        ((FRESH, View("owner", 200, True, (*NO_STORE, *HIT), "mine"), OTHER, STRANGER), (Verdict.WARN, "cache-hit")),
        ((FRESH, OWNER, OTHER, View("stranger", 200, False, HIT, "home")), (Verdict.WARN, "cache-hit")),
        # Nothing to recognise, and everybody is answered: nothing can be told.
        (
            (View("stranger", 200, False, (), "shell", True), View("owner", 200, False, NO_STORE, "shell"),
             View("other", 200, False, (), "shell"), View("stranger", 200, False, (), "shell")),
            (Verdict.UNKNOWN, "no-mark"),
        ),
        (
            (FRESH, View("owner", 200, False, NO_STORE, "a"), View("other", 403), View("stranger", 401)),
            (Verdict.PASS, ""),
        ),
        # The shell of an app with a nonce in it, kept by the edge: everybody gets it, and it belongs to nobody.
        (
            (View("stranger", 200, body="s1", fresh=True, shape="shell"),
             View("owner", 200, False, NO_STORE, "s2", shape="shell"),
             View("other", 200, False, HIT, "s2", shape="shell"),
             View("stranger", 200, False, HIT, "s2", shape="shell")),
            (Verdict.UNKNOWN, "no-mark"),
        ),
        ((FRESH, View("owner", 302), OTHER, STRANGER), (Verdict.UNKNOWN, "owner-refused")),
        ((BOT_WALL,), (Verdict.UNKNOWN, "bot-wall")),
        ((Failure("login-refused", "x"),), (Verdict.UNKNOWN, "login-refused")),
    ],
)  # fmt: skip
def test_private_pages(views: tuple[View | Failure, ...], expected: tuple[Verdict, str]) -> None:
    assert told(seen(*views)) == expected


def test_a_name_that_is_a_word_of_the_site_proves_nothing() -> None:
    accounts = (Account("buyer", "buyer"), Account("seller", "seller"))
    product = acme(routes=(*PRIVATE.routes,), accounts=accounts)
    views = (
        View("stranger", 200, True, (), "a", True),
        View("owner", 200, True, NO_STORE, "b"),
        View("stranger", 200, True, (), "a"),
    )
    assert told(seen(*views, product=product)) == (Verdict.UNKNOWN, "no-mark")
    # A mail address stands nowhere by chance: then everybody sees it, with or without a cache.
    assert told(seen(*views)) == (Verdict.FAIL, "private-leak")


@pytest.mark.parametrize("check", ["caching.private-pages", "caching.deception"])
def test_private_pages_that_are_not_declared(check: str) -> None:
    assert told(judge(check, "acme.test", {}, shop())) == (Verdict.NOT_RUN, "input-missing")
    nobody = acme(routes=(Route("orders", ORDERS, private=True), LOGIN_ROUTE))
    assert told(judge(check, ORDERS, {}, nobody)) == (Verdict.NOT_RUN, "input-missing")


def test_a_leak_takes_two_accounts() -> None:
    alone = acme(routes=(Route("orders", ORDERS, private=True), LOGIN_ROUTE), accounts=ACCOUNTS[:1])
    assert told(judge("caching.private-pages", ORDERS, {}, alone)) == (Verdict.NOT_RUN, "input-missing")


def test_objects_of_an_account_are_private_pages() -> None:
    url = "https://acme.test/orders/1001"
    accounts = (Account("seller", "s@acme.test"), Account("buyer", "b@acme.test", (url,)))
    product = acme(routes=(LOGIN_ROUTE,), accounts=accounts)
    question = PrivateViews(url, LOGIN, "buyer", "seller", 2)
    judged = judge("caching.private-pages", url, {question: PageViews((FRESH, OWNER, OTHER, STRANGER))}, product)
    assert told(judged) == (Verdict.PASS, "")


# --- false names ------------------------------------------------------------------------------------------------------


def tricks(*found: Trick, plain: View = OWNER, bare: View = FRESH) -> Judgement:
    question = CacheTricks(ORDERS, LOGIN, "buyer", ("/x.css", "%2f..%2fx.js", ";x.css", "?x.css"))
    return judge("caching.deception", ORDERS, {question: TrickReply(plain, bare, found)}, PRIVATE)


MISSING = View("owner", 404)


@pytest.mark.parametrize(
    ("trick", "expected"),
    [
        (Trick("/x.css", "u", MISSING, View("stranger", 404)), (Verdict.PASS, "")),
        (Trick("?x.css", "u", OWNER, View("stranger", 302)), (Verdict.PASS, "")),
        (Trick("/x.css", "u", OWNER, View("stranger", 302)), (Verdict.WARN, "false-name-answered")),
        (
            Trick("?x.css", "u", View("owner", 200, True, (("cache-control", "public"),), "m"), View("stranger", 302)),
            (Verdict.WARN, "false-name-kept"),
        ),
        (Trick("/x.css", "u", OWNER, View("stranger", 200, True, HIT, "m")), (Verdict.FAIL, "cache-deception")),
        (Trick("/x.css", "u", OWNER, View("stranger", 200, False, (), "mine")), (Verdict.FAIL, "cache-deception")),
    ],
)
def test_false_names(trick: Trick, expected: tuple[Verdict, str]) -> None:
    assert told(tricks(trick)) == expected


def test_false_names_of_a_page_without_a_name() -> None:
    nameless = View("owner", 200, False, NO_STORE, "shell")
    answered = Trick("/x.css", "u", nameless, View("stranger", 200, False, (), "other"))
    assert told(tricks(answered, plain=nameless)) == (Verdict.UNKNOWN, "no-mark")
    missing = Trick("/x.css", "u", MISSING, View("stranger", 404))
    assert told(tricks(missing, plain=nameless)) == (Verdict.PASS, "")
    assert told(tricks(missing, plain=View("owner", 302))) == (Verdict.UNKNOWN, "owner-refused")


def test_a_page_that_is_open_anyhow_tells_nothing_of_caches() -> None:
    trick = Trick("?x.css", "u", OWNER, View("stranger", 200, True, (), "mine"))
    for bare in (View("stranger", 200, True, (), "x", True), View("stranger", 200, False, (), "mine", True)):
        assert told(tricks(trick, bare=bare)) == (Verdict.UNKNOWN, "page-open")


# --- freshness --------------------------------------------------------------------------------------------------------

LISTING, PATCH = "https://acme.test/listings/test", "https://acme.test/api/listings/test"
TRIAL = Freshness("seller", PATCH, "PATCH", "price", ("101", "102"), (LISTING,), "5s")
FRESHNESS = shop(freshness=TRIAL)


def fresh(facts: FreshnessSeen | Failure, product: Product = FRESHNESS) -> Judgement:
    question = FreshnessTrial(PATCH, "PATCH", "price", ("101", "102"), (LISTING,), LOGIN, "seller", watch=12.0)
    return judge("caching.freshness", PATCH, {question: facts}, product)


def spots(*found: Sighting, status: int = 200, restored: bool = True) -> FreshnessSeen:
    return FreshnessSeen("102", status, found, 12.0, restored)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (spots(Sighting(LISTING, "4", 0.4, 200)), (Verdict.PASS, "")),
        (spots(Sighting(LISTING, "4", 5.0, 200)), (Verdict.PASS, "")),
        (spots(Sighting(LISTING, "4", 0.4, 200), Sighting(LISTING, "6", 7.2, 200)), (Verdict.WARN, "late")),
        (spots(Sighting(LISTING, "4", 10.5, 200)), (Verdict.FAIL, "stale")),
        (spots(Sighting(LISTING, "4", 0.4, 200), Sighting(LISTING, "6", None, 200)), (Verdict.FAIL, "stale")),
        (spots(Sighting(LISTING, "4", None, 0, failure="timeout")), (Verdict.UNKNOWN, "not-watched")),
        (
            spots(Sighting(LISTING, "4", 0.4, 200), Sighting("u", "4", None, 500)),
            (Verdict.UNKNOWN, "not-watched"),
        ),
        (spots(Sighting(LISTING, "4", None, 200, before=True)), (Verdict.UNKNOWN, "not-watched")),
        (spots(status=403), (Verdict.UNKNOWN, "change-refused")),
        (spots(Sighting(LISTING, "4", 0.4, 200), restored=False), (Verdict.WARN, "not-restored")),
        (spots(Sighting(LISTING, "4", None, 200), restored=False), (Verdict.FAIL, "stale")),
        (spots(status=500, restored=False), (Verdict.WARN, "not-restored")),
        (BOT_WALL, (Verdict.UNKNOWN, "bot-wall")),
    ],
)
def test_freshness(facts: FreshnessSeen | Failure, expected: tuple[Verdict, str]) -> None:
    assert told(fresh(facts)) == expected


def test_freshness_says_where_and_how_long() -> None:
    judged = fresh(spots(Sighting(LISTING, "4", None, 200), restored=False))
    assert LISTING in judged.summary
    assert "could not be set back to 101" in judged.summary


def test_freshness_without_a_test_listing() -> None:
    assert told(judge("caching.freshness", "acme.test", {}, shop())) == (Verdict.NOT_RUN, "input-missing")
    lonely = acme(routes=(Route("home", HOME),), freshness=TRIAL)
    assert told(judge("caching.freshness", PATCH, {}, lonely)) == (Verdict.NOT_RUN, "input-missing")


# --- hits -------------------------------------------------------------------------------------------------------------

CATEGORIES = "https://acme.test/api/categories"


def hits(*responses: HttpResponse | Failure, decided: DecisionText | None = None) -> Judgement:
    table: Table = {HttpExchange("GET", CATEGORIES, step=step): found for step, found in enumerate(responses)}
    table[KeptDecision("cache:categories")] = decided or DecisionText(0)
    return judge("caching.hit-ratio", CATEGORIES, table, shop(Route("categories", CATEGORIES, "api", cacheable=True)))


def cached(state: str, control: str = "public, s-maxage=60", **more: Any) -> HttpResponse:
    return answer(control, ("cf-cache-status", state), **more)


@pytest.mark.parametrize(
    ("responses", "expected"),
    [
        ((cached("MISS"), cached("MISS"), cached("HIT")), (Verdict.PASS, "")),
        ((cached("MISS"), cached("HIT"), cached("HIT")), (Verdict.PASS, "")),
        ((cached("MISS"),) * 3, (Verdict.FAIL, "never-kept")),
        ((cached("BYPASS", cookies=(Cookie("sid"),)),) * 3, (Verdict.FAIL, "cookie-bypass")),
        ((cached("MISS", cookies=(Cookie("sid"),)),) * 3, (Verdict.FAIL, "cookie-bypass")),
        ((cached("BYPASS"),) * 3, (Verdict.FAIL, "bypassed")),
        ((cached("BYPASS", "private"),) * 3, (Verdict.FAIL, "not-allowed")),
        ((cached("DYNAMIC"),) * 3, (Verdict.WARN, "not-eligible")),
        ((answer("no-store"),) * 3, (Verdict.FAIL, "not-allowed")),
        ((answer("public"),) * 3, (Verdict.UNKNOWN, "no-shared-cache")),
        ((answer("", cookies=(Cookie("sid"),)),) * 3, (Verdict.WARN, "sets-cookie")),
        ((cached("MISS"), TIMEOUT, cached("HIT")), (Verdict.UNKNOWN, "timeout")),
        ((cached("MISS"), cached("MISS", status=500), cached("HIT")), (Verdict.UNKNOWN, "unexpected-status")),
    ],
)
def test_hits(responses: tuple[HttpResponse | Failure, ...], expected: tuple[Verdict, str]) -> None:
    assert told(hits(*responses)) == expected


def test_a_decision_explains_why_nothing_is_stored() -> None:
    decided = DecisionText(7, "not cached", "prices differ by buyer", "Margaux")
    assert told(hits(*(cached("DYNAMIC"),) * 3, decided=decided)) == (Verdict.PASS, "explained")


def test_hits_of_nothing() -> None:
    assert told(judge("caching.hit-ratio", "acme.test", {}, shop())) == (Verdict.NOT_RUN, "input-missing")
