"""Sessions, headers, origins, admin pages, foreign objects, hosted databases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from launchready_tui.checks.identity.admin import NOWHERE, places, wanted_places
from launchready_tui.checks.identity.resettoken import FORGED
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Host, Route
from launchready_tui.model.questions import (
    Backend,
    BackendList,
    BackendRead,
    BackendView,
    Collection,
    Cookie,
    HttpExchange,
    HttpResponse,
    Login,
    LoginReply,
    Page,
    PageBackends,
    Reference,
    SetCookie,
)
from launchready_tui.model.verdicts import Judgement
from tests.checks.edge import APP, BUYER, LOGIN, ME, NO_CONSENT, RESET, SELLER, TIMEOUT, WWW, Table, acme, page
from tests.kit import judge


def outcome(judged: Judgement) -> tuple[str, str]:
    return judged.verdict.value, judged.reason


# --- cookies ----------------------------------------------------------------------------------------------------------

HOME = Route("home", "https://www.acme.test/")
GOOD = Cookie("__Host-session", ("path=/", "secure", "httponly", "samesite=Lax"))


def cookies(*found: Cookie, route: Route = HOME) -> tuple[str, str]:
    table: Table = {HttpExchange("GET", route.url): HttpResponse(200, cookies=found)}
    return outcome(judge("identity.session-cookie", route.url, table, acme(WWW, routes=(route,))))


@pytest.mark.parametrize(
    ("cookie", "expected"),
    [
        (GOOD, ("pass", "")),
        (Cookie("session_id", ("path=/", "httponly", "samesite=lax")), ("fail", "not-secure")),
        (Cookie("connect.sid", ("secure",)), ("fail", "not-http-only")),
        (Cookie("PHPSESSID", ("secure", "httponly", "samesite=none")), ("warn", "samesite-none")),
        (Cookie("jwt", ("secure", "httponly")), ("warn", "no-samesite")),
        (Cookie("auth_token", ("secure", "httponly", "samesite=yes")), ("warn", "no-samesite")),
        (Cookie("sid", ("secure", "httponly", "samesite=strict", "domain=acme.test")), ("warn", "broad-domain")),
        (Cookie("sid", ("secure", "httponly", "samesite=strict")), ("warn", "no-prefix")),
        (Cookie("csrftoken", ()), ("not-applicable", "not-applicable")),
        (Cookie("author", ()), ("not-applicable", "not-applicable")),
        (Cookie("obsession", ()), ("not-applicable", "not-applicable")),
        (Cookie("cart", ()), ("not-applicable", "not-applicable")),
    ],
)
def test_session_cookies_as_anybody_sees_them(cookie: Cookie, expected: tuple[str, str]) -> None:
    assert cookies(cookie) == expected


def logged_in(facts: LoginReply | Failure) -> tuple[str, str]:
    table: Table = {HttpExchange("GET", LOGIN.url): HttpResponse(200), Login(LOGIN.url, "buyer", logout=True): facts}
    return outcome(judge("identity.session-cookie", LOGIN.url, table, acme(APP, routes=(LOGIN,), accounts=(BUYER,))))


def reply(*found: SetCookie, revoked: bool | None = True) -> LoginReply:
    return LoginReply(True, 303, "/account", found, revoked)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (reply(SetCookie(GOOD, 60, True)), ("pass", "")),
        (reply(SetCookie(GOOD, 60, None), revoked=None), ("pass", "")),
        (reply(SetCookie(GOOD, 60, False)), ("fail", "not-rotated")),
        (reply(SetCookie(GOOD, 5_000, True)), ("fail", "too-large")),
        (reply(SetCookie(GOOD, 60, True), revoked=False), ("fail", "not-revoked")),
        (reply(SetCookie(Cookie("who", ("secure",)), 60, None)), ("fail", "not-http-only")),
        (LoginReply(False, 401), ("unknown", "login-refused")),
        (NO_CONSENT, ("not-run", "no-consent")),
        (TIMEOUT, ("unknown", "timeout")),
    ],
)
def test_session_cookies_after_a_login(facts: LoginReply | Failure, expected: tuple[str, str]) -> None:
    assert logged_in(facts) == expected


def test_without_an_account_the_login_is_not_looked_behind() -> None:
    table: Table = {HttpExchange("GET", LOGIN.url): HttpResponse(200)}
    product = acme(APP, routes=(LOGIN,))
    assert outcome(judge("identity.session-cookie", LOGIN.url, table, product)) == ("not-run", "input-missing")
    table = {HttpExchange("GET", HOME.url): TIMEOUT}
    assert outcome(judge("identity.session-cookie", HOME.url, table, acme(WWW, routes=(HOME,)))) == (
        "unknown",
        "timeout",
    )


# --- headers ----------------------------------------------------------------------------------------------------------

SAFE = (
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("content-security-policy", "default-src 'self'; object-src 'none'"),
)


def headers(
    *changes: tuple[str, str], without: str = "", status: int = 200, media: str = "text/html"
) -> tuple[str, str]:
    kept = tuple(pair for pair in SAFE if pair[0] != without and pair[0] not in dict(changes))
    table = page(HOME.url, status=status, media=media, headers=(*kept, *changes))
    return outcome(judge("edge.headers", HOME.url, table, acme(WWW, routes=(HOME,))))


def test_protective_headers() -> None:
    assert headers() == ("pass", "")
    assert headers(without="x-content-type-options") == ("fail", "no-nosniff")
    assert headers(without="x-frame-options") == ("fail", "no-frame-protection")
    assert headers(
        ("content-security-policy", "default-src 'self'; frame-ancestors 'none'"), without="x-frame-options"
    ) == ("pass", "")
    assert headers(without="referrer-policy") == ("pass", "")
    assert headers(("referrer-policy", "unsafe-url")) == ("fail", "referrer-leaks")
    assert headers(("referrer-policy", "whimsy")) == ("warn", "referrer-invalid")
    assert headers(without="content-security-policy") == ("warn", "csp-absent")
    assert headers(("content-security-policy", "script-src *")) == ("warn", "csp-weak")
    assert headers(("cross-origin-opener-policy", "nonsense")) == ("warn", "cross-origin-invalid")
    assert headers(status=301)[0] == headers(media="application/json")[0] == "not-applicable"
    assert headers(status=503) == ("unknown", "page-not-served")
    table: Table = {HttpExchange("GET", HOME.url): Failure("bot-wall", "x")}
    assert outcome(judge("edge.headers", HOME.url, table, acme(WWW, routes=(HOME,)))) == ("unknown", "bot-wall")


# --- origins ----------------------------------------------------------------------------------------------------------

ORIGINS = ("https://evil.example", "null", "https://api.acme.test.evil.example")


def cors(*answers: HttpResponse | Failure) -> tuple[str, str]:
    questions = [HttpExchange("GET", ME.url, headers=(("origin", origin),), active=True) for origin in ORIGINS]
    table: Table = dict(zip(questions, answers, strict=True))
    return outcome(judge("edge.cors", ME.url, table, acme(routes=(ME,))))


def allowing(origin: str, *, credentials: bool = False) -> HttpResponse:
    more = (("access-control-allow-credentials", "true"),) if credentials else ()
    return HttpResponse(401, (("access-control-allow-origin", origin), *more))


NOTHING = HttpResponse(401)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ((NOTHING, NOTHING, NOTHING), ("pass", "")),
        ((allowing("*"), allowing("*"), allowing("*")), ("pass", "")),
        ((allowing("https://acme.test", credentials=True),) * 3, ("pass", "")),
        ((allowing(ORIGINS[0], credentials=True), NOTHING, NOTHING), ("fail", "reflected-with-credentials")),
        ((NOTHING, allowing("null", credentials=True), NOTHING), ("fail", "reflected-with-credentials")),
        ((NOTHING, NOTHING, allowing(ORIGINS[2], credentials=True)), ("fail", "reflected-with-credentials")),
        ((allowing(ORIGINS[0]), NOTHING, NOTHING), ("warn", "reflected-origin")),
        ((allowing("*", credentials=True),) * 3, ("warn", "star-with-credentials")),
        ((NOTHING, TIMEOUT, NOTHING), ("unknown", "timeout")),
        ((NO_CONSENT, NO_CONSENT, NO_CONSENT), ("unknown", "no-consent")),
    ],
)
def test_strange_origins(answers: tuple[HttpResponse | Failure, ...], expected: tuple[str, str]) -> None:
    assert cors(*answers) == expected


# --- admin pages ------------------------------------------------------------------------------------------------------

SHELL = HttpResponse(
    200, (("content-type", "text/html"),), page=Page("App"), text="<div id=root>", body_sha256="s", body_bytes=13
)
GONE = HttpResponse(404, body_sha256="g", body_bytes=3)


def found(text: str, media: str = "text/html", **more: Any) -> HttpResponse:
    return HttpResponse(200, (("content-type", media),), text=text, body_sha256=text, body_bytes=len(text), **more)


def admin(url: str, answer: HttpResponse | Failure, *, nowhere: HttpResponse | Failure = GONE) -> tuple[str, str]:
    host = Host("ops.acme.test")
    product = acme(host)
    root = "https://ops.acme.test/"
    table: Table = {HttpExchange("GET", f"{root}{NOWHERE[1:]}", active=True): nowhere, HttpExchange("GET", root): SHELL}
    for place in wanted_places(host, product, 80):
        table[HttpExchange("GET", f"{root}{place.path[1:]}", active=True)] = (
            nowhere if isinstance(nowhere, HttpResponse) else GONE
        )
    table[HttpExchange("GET", f"https://ops.acme.test{url}", active=True)] = answer
    return outcome(judge("identity.admin-exposure", host.name, table, product))


USERS = '{"users": [{"id": 1, "email": "a@b.test"}]}'
LIST = "<h1>Users</h1><table><tr><td>a@b.test</td></tr></table><a>Log out</a>"


@pytest.mark.parametrize(
    ("path", "answer", "expected"),
    [
        ("/api/admin/users", found(USERS, "application/json"), ("fail", "admin-open")),
        ("/admin/users", found(LIST, page=Page("Users")), ("fail", "admin-open")),
        ("/metrics", found("# HELP http_requests x\n", "text/plain"), ("fail", "admin-open")),
        ("/actuator/env", found('{"propertySources": []}', "application/json"), ("fail", "admin-open")),
        ("/api/admin/users", found('{"error": "log in first"}', "application/json"), ("pass", "")),
        ("/api/admin/users", found("[]", "application/json"), ("pass", "")),
        ("/api/admin/users", found('{"name": "API"}', "application/json"), ("pass", "")),
        ("/api/admin/users", found("not json", "application/json"), ("pass", "")),
        (
            "/admin",
            found('<input type="password">', page=Page("Admin", password_field=True)),
            ("warn", "admin-login-public"),
        ),
        ("/admin", SHELL, ("pass", "")),
        ("/admin", replace(SHELL, body_sha256="t"), ("pass", "")),
        ("/admin", found("<h1>Our administration of chairs</h1>"), ("pass", "")),
        ("/metrics", found("<h1>Metrics of love, a novel</h1>"), ("pass", "")),
        (
            "/phpmyadmin/",
            found("<title>phpMyAdmin</title>", page=Page("x", password_field=True)),
            ("warn", "admin-login-public"),
        ),
        ("/admin", HttpResponse(403), ("pass", "")),
        ("/admin", HttpResponse(302, location="https://ops.acme.test/login"), ("pass", "")),
        ("/admin", TIMEOUT, ("unknown", "timeout")),
        ("/admin", NO_CONSENT, ("unknown", "no-consent")),
    ],
)
def test_admin_pages(path: str, answer: HttpResponse | Failure, expected: tuple[str, str]) -> None:
    assert admin(path, answer) == expected


def test_an_app_that_answers_everything_is_no_exposure() -> None:
    assert admin("/admin", SHELL, nowhere=SHELL) == ("pass", "")
    assert admin("/admin", GONE, nowhere=TIMEOUT) == ("unknown", "timeout")


def test_a_customer_sees_no_admin_page() -> None:
    route = Route("backoffice", "https://app.acme.test/backoffice", "admin")
    product = acme(APP, routes=(route, LOGIN), accounts=(BUYER,))
    root = "https://app.acme.test/"
    table: Table = {
        HttpExchange("GET", f"{root}{NOWHERE[1:]}", active=True): GONE,
        HttpExchange("GET", root): SHELL,
        Login(LOGIN.url, "buyer"): LoginReply(True, 303),
        HttpExchange("GET", route.url, active=True): HttpResponse(401),
        HttpExchange("GET", route.url, active=True, session="account:buyer", step=1): found(LIST),
    }
    assert outcome(judge("identity.admin-exposure", route.url, table, product)) == ("fail", "admin-open-to-customers")


def test_the_list_of_places() -> None:
    assert len(places()) >= 60
    assert len({place.path for place in places()}) == len(places())
    assert all(place.path.startswith("/") and place.what for place in places())


# --- foreign objects --------------------------------------------------------------------------------------------------

ORDER = BUYER.objects[0]


def objects(
    own: HttpResponse | Failure, theirs: HttpResponse | Failure, **logins: LoginReply | Failure
) -> tuple[str, str]:
    product = acme(APP, routes=(LOGIN,), accounts=(BUYER, SELLER))
    inside = LoginReply(True, 303)
    table: Table = {
        Login(LOGIN.url, "buyer"): logins.get("buyer", inside),
        Login(LOGIN.url, "seller"): logins.get("seller", inside),
        HttpExchange("GET", ORDER, session="account:buyer", step=1, active=True): own,
        HttpExchange("GET", ORDER, session="account:seller", step=1, active=True): theirs,
    }
    return outcome(judge("identity.object-access", ORDER, table, product))


MINE = found('{"order": 1}', "application/json")


@pytest.mark.parametrize(
    ("own", "theirs", "expected"),
    [
        (MINE, HttpResponse(403), ("pass", "")),
        (MINE, HttpResponse(404), ("pass", "")),
        (MINE, HttpResponse(302), ("pass", "")),
        (MINE, MINE, ("fail", "foreign-object")),
        (MINE, found('{"order": 1, "at": 7}', "application/json"), ("fail", "foreign-object")),
        (found("<h1>Order 1</h1>"), found("<h1>Please log in</h1>"), ("unknown", "answers-differ")),
        (HttpResponse(404), MINE, ("unknown", "owner-refused")),
        (MINE, TIMEOUT, ("unknown", "timeout")),
    ],
)
def test_foreign_objects(
    own: HttpResponse | Failure, theirs: HttpResponse | Failure, expected: tuple[str, str]
) -> None:
    assert objects(own, theirs) == expected


def test_foreign_objects_take_two_logins_and_a_declaration() -> None:
    assert objects(MINE, MINE, seller=LoginReply(False, 401)) == ("unknown", "login-refused")
    assert objects(MINE, MINE, buyer=NO_CONSENT) == ("unknown", "no-consent")
    for product in (acme(), acme(accounts=(SELLER,))):
        assert outcome(judge("identity.object-access", "acme.test", {}, product)) == ("not-run", "input-missing")
    alone = acme(routes=(LOGIN,), accounts=(BUYER,))
    assert outcome(judge("identity.object-access", ORDER, {}, alone)) == ("not-run", "input-missing")


# --- resets -----------------------------------------------------------------------------------------------------------

NORMAL = HttpResponse(200)


def reset(forged: HttpResponse | Failure, usual: HttpResponse | Failure = NORMAL) -> tuple[str, str]:
    probe = HttpExchange(
        "GET", RESET.url, headers=(("x-forwarded-host", FORGED), ("forwarded", f"host={FORGED}")), active=True
    )
    table: Table = {probe: forged, HttpExchange("GET", RESET.url): usual}
    return outcome(judge("identity.reset-token", RESET.url, table, acme(APP, routes=(RESET,))))


def test_resets_as_far_as_they_can_be_seen() -> None:
    link = HttpResponse(200, page=Page(references=(Reference("link", f"https://{FORGED}/reset"),)))
    assert reset(link) == ("fail", "forged-host-believed")
    assert reset(HttpResponse(302, location=f"https://{FORGED}/")) == ("fail", "forged-host-believed")
    assert reset(HttpResponse(200)) == ("unknown", "needs-mail")
    leaky = HttpResponse(200, (("referrer-policy", "unsafe-url"),))
    assert reset(HttpResponse(200), leaky) == ("warn", "referrer-leaks")
    assert reset(NO_CONSENT) == ("unknown", "no-consent")


# --- databases --------------------------------------------------------------------------------------------------------

BASE = "https://abcdefghijklmnop.supabase.co"
SITE = "https://www.acme.test/"


def database(view: BackendView | Failure | None, *, keyed: bool = True) -> tuple[str, str]:
    backends = () if view is None else (Backend("supabase", BASE, keyed),)
    table: Table = {PageBackends(SITE): BackendList(backends, 1)}
    if view is not None:
        table[BackendRead(SITE, "supabase", BASE)] = view
    return outcome(judge("identity.database-exposure", "acme.test", table, acme(WWW)))


def test_hosted_databases() -> None:
    closed = BackendView(True, (Collection("orders", 200, 0), Collection("users", 401)))
    assert database(closed) == ("pass", "")
    assert database(BackendView(True, (*closed.collections, Collection("profiles", 200, 1)))) == (
        "fail",
        "rows-visible",
    )
    assert database(None) == ("not-applicable", "not-applicable")
    assert database(closed, keyed=False) == ("unknown", "no-key")
    assert database(TIMEOUT) == ("unknown", "timeout")
    assert database(NO_CONSENT) == ("unknown", "no-consent")
    table: Table = {PageBackends(SITE): TIMEOUT}
    assert outcome(judge("identity.database-exposure", "acme.test", table, acme(WWW))) == ("unknown", "timeout")
