"""What could not be seen is never a pass: throttled, broken, cut, sent elsewhere, or a hiccup of the network."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from launchready_tui.checks import load_checks
from launchready_tui.checks.identity.admin import NOWHERE, wanted_places
from launchready_tui.checks.identity.ratelimits import burst_of
from launchready_tui.checks.subjects import subjects
from launchready_tui.model.evidence import Answer, Failure
from launchready_tui.model.product import Host, Product, Route
from launchready_tui.model.questions import (
    Backend,
    BackendList,
    BackendRead,
    BackendView,
    BurstReply,
    Collection,
    Cookie,
    HttpExchange,
    HttpResponse,
    Knock,
    Login,
    LoginReply,
    PageBackends,
    Question,
    SetCookie,
)
from launchready_tui.model.questions.secrets import BundleScan, ShippedBundle
from launchready_tui.model.verdicts import Judgement
from tests.checks.edge import APP, BUYER, LOGIN, TIMEOUT, WWW, Table, acme, at, without_token
from tests.checks.test_dangling import S3, points_to, record
from tests.checks.test_dangling import page as looked_at
from tests.checks.test_edge import DIRECT, HIDDEN, NO_MX, RANGES, USUAL, hidden
from tests.checks.test_edge import HOME as APP_HOME
from tests.checks.test_identity import GONE, LIST, ORIGINS, SHELL, cors, found, logged_in, objects, reply
from tests.checks.test_identity import MINE as ORDER_PAGE
from tests.checks.test_ratelimits import look, series
from tests.checks.test_redirects_unseen import run
from tests.kit import World, judge

THROTTLED = Failure("rate-limited", "429")
DOWN = HttpResponse(503)
SITE = "https://www.acme.test/"
BASE = "https://abcdefghijklmnop.supabase.co"


def outcome(judged: Judgement) -> tuple[str, str]:
    return judged.verdict.value, judged.reason


# --- throttled and broken -------------------------------------------------------------------------------------------


def sweep(
    answer: HttpResponse | Failure, nowhere: HttpResponse | Failure = GONE, rest: HttpResponse | Failure | None = None
) -> tuple[Judgement, World]:
    """The admin sweep of a host where every usual path (or, with `rest`, the first one alone) gives one answer."""
    host = Host("ops.acme.test")
    product = acme(host)
    root = f"https://{host.name}/"
    table: Table = {HttpExchange("GET", f"{root}{NOWHERE[1:]}", active=True): nowhere, HttpExchange("GET", root): SHELL}
    for place in wanted_places(host, product, 80):
        table[HttpExchange("GET", f"{root}{place.path[1:]}", active=True)] = answer
        answer = rest or answer
    world = World(table)
    check = load_checks()["identity.admin-exposure"]
    subject = next(item for item in subjects(check.over, product) if item.name == host.name)
    return run(check.id, subject, world), world


def test_the_admin_sweep_stops_at_the_first_429() -> None:
    judged, world = sweep(THROTTLED, rest=GONE)
    assert outcome(judged) == ("unknown", "rate-limited")
    assert len(world.asked) <= 2 + 8, "four are asked at the same time"


def test_a_broken_host_shows_no_closed_admin_pages() -> None:
    assert outcome(sweep(DOWN)[0]) == ("unknown", "server-error")
    judged, world = sweep(DOWN, nowhere=DOWN)
    assert outcome(judged) == ("unknown", "server-error")
    assert len(world.asked) <= 2
    assert outcome(sweep(replace(found(LIST), status=200))[0]) == ("fail", "admin-open")


def test_a_broken_api_shows_nothing_about_strange_origins() -> None:
    assert cors(DOWN, HttpResponse(401), HttpResponse(401)) == ("unknown", "server-error")
    open_and_broken = HttpResponse(
        500, (("access-control-allow-origin", ORIGINS[0]), ("access-control-allow-credentials", "true"))
    )
    assert cors(open_and_broken, DOWN, DOWN) == ("fail", "reflected-with-credentials")


def test_a_broken_page_does_not_say_that_a_name_is_claimed() -> None:
    assert outcome(record(points_to(S3), looked_at(DOWN), looked_at(DOWN, "http://shop.acme.test/"))) == (
        "unknown",
        "server-error",
    )


# --- hosted databases -----------------------------------------------------------------------------------------------


def database(*views: BackendView | Failure, listed: BackendList | Failure | None = None) -> tuple[str, str]:
    table: Table = {PageBackends(SITE): listed or BackendList((Backend("supabase", BASE, True),), 1)}
    for view in views:
        table[BackendRead(SITE, "supabase", BASE)] = view
    return outcome(judge("identity.database-exposure", "acme.test", table, acme(WWW)))


CLOSED = Collection("orders", 401)


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (BackendView(True, (CLOSED,)), ("pass", "")),
        (BackendView(False, (CLOSED, Collection("gone", 404)), cut=False), ("pass", "")),
        (BackendView(True, (CLOSED,), cut=True), ("unknown", "partly-read")),
        (BackendView(False), ("unknown", "no-tables")),
        (BackendView(False, (Collection("a-bucket", 404),)), ("unknown", "no-tables")),
        (BackendView(True, (CLOSED, Collection("users", 0))), ("unknown", "table-not-read")),
        (BackendView(True, (CLOSED, Collection("users", 429))), ("unknown", "table-not-read")),
        (BackendView(True, (CLOSED, Collection("users", 503))), ("unknown", "table-not-read")),
        (BackendView(True, (Collection("users", 503), Collection("orders", 200, 1))), ("fail", "rows-visible")),
    ],
)
def test_a_table_that_was_not_read_is_not_closed(view: BackendView, expected: tuple[str, str]) -> None:
    assert database(view) == expected


def test_a_project_that_could_not_be_tried_is_not_closed() -> None:
    assert database(listed=BackendList((Backend("supabase", BASE, False),), 1)) == ("unknown", "no-key")
    assert database(listed=BackendList((), 20, cut=True)) == ("unknown", "partly-read")
    closed = BackendView(True, (CLOSED,))
    cut = BackendList((Backend("supabase", BASE, True),), 20, cut=True)
    assert database(closed, listed=cut) == ("unknown", "partly-read")


def test_some_pages_unseen_is_not_applicable_to_nobody() -> None:
    login = "https://www.acme.test/login"
    product = acme(WWW, routes=(Route("login", login, "auth"),))
    table: Table = {PageBackends(SITE): BackendList(), PageBackends(login): TIMEOUT}
    assert outcome(judge("identity.database-exposure", "acme.test", table, product)) == ("unknown", "timeout")
    table[PageBackends(login)] = BackendList()
    assert judge("identity.database-exposure", "acme.test", table, product).verdict.value == "not-applicable"


def test_the_page_that_holds_the_key_is_the_one_that_counts() -> None:
    login = "https://www.acme.test/login"
    product = acme(WWW, routes=(Route("login", login, "auth"),))
    table: Table = {
        PageBackends(SITE): BackendList((Backend("supabase", BASE, False),)),
        PageBackends(login): BackendList((Backend("supabase", BASE, True),)),
        BackendRead(login, "supabase", BASE): BackendView(True, (Collection("orders", 200, 1),)),
    }
    assert outcome(judge("identity.database-exposure", "acme.test", table, product)) == ("fail", "rows-visible")


def test_a_page_that_leads_elsewhere_was_not_seen() -> None:
    assert database(listed=BackendList(elsewhere="https://auth.acme.test/login")) == ("unknown", "redirected")
    assert database(listed=BackendList(elsewhere="https://help.example/"))[0] == "not-applicable"


# --- brakes ---------------------------------------------------------------------------------------------------------


def hiccup(status: int, *, then: bool = False) -> BurstReply:
    """A series in which one answer was lost and nothing else looked like a brake."""
    usual = [Knock(number, 401, 10.0, shape="a") for number in range(1, 21)]
    usual[4] = Knock(5, status)
    if then:
        usual = [*usual[:8], Knock(9, 429, 1.0, ("429",), "b", retry_after=60.0)]
    return BurstReply("https://app.acme.test/login", tuple(usual))


@pytest.mark.parametrize("status", [0, 503])
def test_a_hiccup_is_neither_a_brake_nor_proof_of_none(status: int) -> None:
    assert look("limits.login", LOGIN, hiccup(status)) == ("unknown", "hiccup")
    assert look("limits.login", LOGIN, hiccup(status, then=True)) == ("pass", "")
    assert look("limits.account-key", LOGIN, hiccup(status)) == ("unknown", "not-throttled")


def test_a_lost_forged_request_did_not_stay_braked() -> None:
    braked, lost = Knock(7, 429, 1.0, ("429",)), Knock(8, 0, marks=("dropped",))
    assert look("limits.account-key", LOGIN, series(spoofed=(braked, lost))) == ("unknown", "hiccup")
    dropping = replace(series(), knocks=(Knock(1, 401), Knock(2, 0, marks=("dropped",)), lost), spoofed=(lost, lost))
    assert look("limits.account-key", LOGIN, dropping) == ("pass", "")


@pytest.mark.parametrize(
    ("why", "expected", "word"),
    [
        ("input-missing", ("not-run", "input-missing"), "launchready token set"),
        ("budget-spent", ("unknown", "budget-spent"), "budget"),
        ("timeout", ("unknown", "timeout"), "could not be tried"),
        ("server-error", ("unknown", "server-error"), "could not be tried"),
    ],
)
def test_why_the_right_password_was_not_tried(why: str, expected: tuple[str, str], word: str) -> None:
    facts = series(owner=None, owner_unseen=why)
    product = acme(routes=(LOGIN,), accounts=(BUYER,))
    judged = judge("limits.no-lockout", LOGIN.url, {burst_of(LOGIN, product, {}): facts}, product)
    assert outcome(judged) == expected
    assert word in judged.summary


# --- bundles, origins, cookies --------------------------------------------------------------------------------------


def test_a_page_of_another_site_has_no_bundle_of_ours() -> None:
    url = "https://acme.test/"
    product = Product("Acme", "acme.test", (Host("acme.test", "apex"),), (Route("home", url),))

    def look_at(facts: ShippedBundle) -> Judgement:
        return judge("secrets.client-bundle", url, {BundleScan(url, ("acme.test",)): facts}, product)

    assert look_at(ShippedBundle(302)).verdict.value == "not-applicable"
    half = ShippedBundle(200, source_maps=("m",), named=("VITE_API_SECRET",), incomplete=("a.js: timeout",))
    judged = look_at(half)
    assert outcome(judged) == ("unknown", "partly-read")
    assert {"m", "VITE_API_SECRET"} <= set(judged.details)


@pytest.mark.parametrize(
    "reason", ["no-ipv6", "not-public", "rate-limited", "unreachable", "bot-wall", "timeout", "does-not-resolve"]
)
def test_an_origin_that_we_cannot_see_is_not_closed(reason: str) -> None:
    assert hidden(Failure(reason, "x")) == ("unknown", reason)


@pytest.mark.parametrize("reason", ["refused", "reset", "tls"])
def test_an_origin_that_refuses_is_closed(reason: str) -> None:
    assert hidden(Failure(reason, "x")) == ("pass", "")


class Again(World):
    """Answers as at the second attempt, which confirms."""

    async def __call__(self, question: Question[Any], /) -> Answer[Any]:
        first = await super().__call__(question)
        return Answer(replace(first.evidence, attempt=2))


def test_an_origin_that_stays_silent_when_asked_again_is_closed() -> None:
    product = acme(HIDDEN, network=RANGES)
    table: Table = {
        **NO_MX,
        **without_token(),
        **at(APP.name, "198.51.100.7"),
        HttpExchange("GET", APP_HOME): USUAL,
        DIRECT: TIMEOUT,
    }
    check = load_checks()["edge.hidden-origin"]
    subject = next(item for item in subjects(check.over, product) if item.name == APP.name)
    assert outcome(asyncio.run(check.judge(subject, Again(table), {}))) == ("pass", "")


WEAK = Cookie("sid", ("secure", "httponly", "samesite=strict"))


def test_what_was_not_seen_of_a_cookie_outweighs_what_is_weak_about_it() -> None:
    table: Table = {
        HttpExchange("GET", LOGIN.url): HttpResponse(200, cookies=(WEAK,)),
        Login(LOGIN.url, "buyer", logout=True): TIMEOUT,
    }
    judged = judge("identity.session-cookie", LOGIN.url, table, acme(APP, routes=(LOGIN,), accounts=(BUYER,)))
    assert outcome(judged) == ("unknown", "timeout")
    assert any("sid" in line for line in judged.details)
    assert logged_in(LoginReply(True, 303, "/", (SetCookie(WEAK, 60, True),), True)) == ("warn", "no-prefix")
    assert logged_in(reply(SetCookie(WEAK, 60, True))) == ("warn", "no-prefix")


def test_a_login_page_that_was_not_seen_is_no_pass() -> None:
    good = Cookie("__Host-session", ("path=/", "secure", "httponly", "samesite=Lax"))
    table: Table = {
        HttpExchange("GET", LOGIN.url): TIMEOUT,
        Login(LOGIN.url, "buyer", logout=True): reply(SetCookie(good, 60, True)),
    }
    judged = judge("identity.session-cookie", LOGIN.url, table, acme(APP, routes=(LOGIN,), accounts=(BUYER,)))
    assert outcome(judged) == ("unknown", "timeout")
    assert objects(ORDER_PAGE, THROTTLED) == ("unknown", "rate-limited")
