"""Caches: static files, and variants of one URL (S4.CACHE.01 and 02)."""

from __future__ import annotations

from typing import Any

import pytest

from launchready_tui.checks.reading.visits import is_versioned
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Account, Product, Route
from launchready_tui.model.questions import (
    HttpExchange,
    HttpResponse,
    Login,
    LoginReply,
    Page,
    Reference,
)
from launchready_tui.model.verdicts import Judgement, Verdict
from tests.checks.web import BOT_WALL, TIMEOUT, Table, acme
from tests.kit import judge

HOME, APP = "https://acme.test/", "https://acme.test/assets/app-3f9c1b.js"
ORDERS, LOGIN = "https://acme.test/orders", "https://acme.test/login"
ACCOUNTS = (Account("buyer", "buyer@acme.test"), Account("seller", "seller@acme.test"))
LOGIN_ROUTE = Route("login", LOGIN, "auth", "login")
YEAR = "public, max-age=31536000, immutable"

RATE_LIMITED = Failure("rate-limited", "answers 429")
NO_CONSENT = Failure("no-consent", "nobody has agreed")


def told(judgement: Judgement) -> tuple[Verdict, str]:
    return judgement.verdict, judgement.reason


def shop(*routes: Route, **more: Any) -> Product:
    return acme(routes=(*(routes or (Route("home", HOME, core=True),)), LOGIN_ROUTE), accounts=ACCOUNTS, **more)


def answer(control: str = "", *headers: tuple[str, str], **more: Any) -> HttpResponse:
    stated = (("cache-control", control),) if control else ()
    return HttpResponse(more.pop("status", 200), headers=(*stated, *headers), **more)


# --- static files -----------------------------------------------------------------------------------------------------


def page(*files: str, control: str = "no-cache", role: str = "script", **more: Any) -> HttpResponse:
    references = tuple(Reference(role, url) for url in files)
    return answer(control, *more.pop("headers", ()), page=Page(references=references), **more)


def static(table: Table, **limits: Any) -> Judgement:
    return judge("caching.static-assets", HOME, table, shop(), limits)


def files(url: str, response: HttpResponse | Failure, again: int | HttpResponse | Failure = 304, **more: Any) -> Table:
    """A page that loads one script, the script, and what it answers when asked again."""
    role = more.pop("role", "script")
    method = "GET" if role in ("script", "style") else "HEAD"
    table: Table = {HttpExchange("GET", HOME): page(url, role=role, **more), HttpExchange(method, url): response}
    second = HttpResponse(again) if isinstance(again, int) else again
    if isinstance(response, HttpResponse) and (etag := response.header("etag")):
        table[HttpExchange(method, url, headers=(("if-none-match", etag),))] = second
    elif isinstance(response, HttpResponse) and (changed := response.header("last-modified")):
        table[HttpExchange(method, url, headers=(("if-modified-since", changed),))] = second
    return table


TAG = ("etag", '"a"')
FIXED = "https://acme.test/js/app.js"


def test_a_page_and_its_files_as_they_should_be() -> None:
    judged = static(files(APP, answer(YEAR, TAG)))
    assert told(judged) == (Verdict.PASS, "")
    assert "1 of 1 answer 304" in judged.summary
    assert told(static({HttpExchange("GET", HOME): page()})) == (Verdict.PASS, "")
    assert told(static(files(FIXED, answer("max-age=3600", ("last-modified", "x"))))) == (Verdict.PASS, "")
    picture = "https://acme.test/img/sofa.jpg"
    assert told(static(files(picture, answer("max-age=2592000", TAG), role="image"))) == (Verdict.PASS, "")


@pytest.mark.parametrize(
    ("url", "response", "expected"),
    [
        (APP, answer("", TAG), (Verdict.FAIL, "short-lifetime")),
        (APP, answer("max-age=3600", TAG), (Verdict.FAIL, "short-lifetime")),
        (APP, answer("no-cache", TAG), (Verdict.FAIL, "short-lifetime")),
        (APP, answer("max-age=31536000", TAG), (Verdict.WARN, "not-immutable")),
        (FIXED, answer(YEAR, TAG), (Verdict.FAIL, "fixed-name-kept")),
        (FIXED, answer("max-age=604800", TAG), (Verdict.WARN, "fixed-name-lifetime")),
        (FIXED, answer("max-age=60"), (Verdict.FAIL, "missing-validator")),
        (FIXED, answer(""), (Verdict.FAIL, "missing-validator")),
        (FIXED, answer("no-store"), (Verdict.PASS, "")),
        (f"{FIXED}?v=12", answer(YEAR, TAG), (Verdict.PASS, "")),
        (APP, answer(YEAR, TAG, status=404), (Verdict.PASS, "")),
        (APP, answer(YEAR, TAG, status=503), (Verdict.UNKNOWN, "server-error")),
        (APP, TIMEOUT, (Verdict.UNKNOWN, "timeout")),
        ("https://cdn.other.test/app.js", answer(""), (Verdict.PASS, "")),
    ],
)
def test_files(url: str, response: HttpResponse | Failure, expected: tuple[Verdict, str]) -> None:
    assert told(static(files(url, response))) == expected


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        (HttpResponse(200, headers=(TAG,)), (Verdict.FAIL, "not-revalidated")),
        (HttpResponse(200, headers=(("etag", '"b"'),)), (Verdict.PASS, "")),
        (TIMEOUT, (Verdict.UNKNOWN, "timeout")),
        (HttpResponse(502), (Verdict.UNKNOWN, "server-error")),
    ],
)
def test_files_that_are_asked_for_again(again: HttpResponse | Failure, expected: tuple[Verdict, str]) -> None:
    assert told(static(files(APP, answer(YEAR, TAG), again))) == expected


@pytest.mark.parametrize(
    ("control", "headers", "expected"),
    [
        ("no-cache", (), (Verdict.PASS, "")),
        ("private, no-store", (), (Verdict.PASS, "")),
        ("max-age=60", (), (Verdict.PASS, "")),
        ("public, s-maxage=31536000, max-age=0", (), (Verdict.PASS, "")),
        ("max-age=300", (), (Verdict.WARN, "html-lifetime")),
        ("max-age=86400", (), (Verdict.FAIL, "html-kept")),
        ("max-age=60, immutable", (), (Verdict.FAIL, "html-kept")),
        ("", (), (Verdict.PASS, "")),
        ("", (("last-modified", "Tue, 01 Jan 2019 00:00:00 GMT"),), (Verdict.WARN, "html-unstated")),
        ("", (("expires", "0"),), (Verdict.PASS, "")),
        (
            "",
            (("date", "Tue, 24 Nov 2026 12:00:00 GMT"), ("expires", "Wed, 25 Nov 2026 12:00:00 GMT")),
            (Verdict.FAIL, "html-kept"),
        ),
    ],
)
def test_the_page_itself(control: str, headers: tuple[tuple[str, str], ...], expected: tuple[Verdict, str]) -> None:
    assert told(static({HttpExchange("GET", HOME): page(control=control, headers=headers)})) == expected


def test_pages_that_are_not_there() -> None:
    assert told(static({HttpExchange("GET", HOME): BOT_WALL})) == (Verdict.UNKNOWN, "bot-wall")
    assert told(static({HttpExchange("GET", HOME): HttpResponse(302)})) == (Verdict.UNKNOWN, "unexpected-status")
    nothing = judge("caching.static-assets", "acme.test", {}, acme(routes=(Route("home", HOME),)))
    assert told(nothing) == (Verdict.NOT_RUN, "input-missing")


def test_fonts_of_a_style_sheet_are_files_too() -> None:
    css, font = "https://acme.test/assets/a-3f9c1b.css", "https://acme.test/assets/f-9d8e7f.woff2"
    table: Table = {
        HttpExchange("GET", HOME): page(css, role="style"),
        HttpExchange("GET", css): answer(YEAR, page=Page(references=(Reference("css", font),))),
        HttpExchange("HEAD", font): answer("no-cache"),
    }
    judged = static(table)
    assert told(judged) == (Verdict.FAIL, "short-lifetime")
    assert "woff2" in judged.summary


@pytest.mark.parametrize(
    ("name", "versioned"),
    [
        ("/assets/app-3f9c1b.js", True), ("/assets/index-BX3k9aZq.js", True), ("/main.3f9c1b2d.css", True),
        ("/entry.BqTcXuZr.js", True), ("/app-1700000000.js", True), ("/style.css?v=3", True),
        ("/app.js?20261124", True),
        ("/_next/static/build/_ssgManifest.js", True), ("/_app/immutable/start.js", True),
        ("/d41d8cd98f00b204e9800998ecf8427e.png", True),
        ("/js/jquery-3.6.0.min.js", False), ("/bootstrap.bundle.min.js", False), ("/style.css", False),
        ("/facade.css", False), ("/component-DataTable.js", False), ("/checkout-PaymentForm.js", False),
        ("/apple-touch-icon-180x180.png", False), ("/photo-2024.jpg", False), ("/sofa-deadbeef.jpg", False),
        ("/app.js?lang=de", False), ("/", False), ("/.js", False),
    ],
)  # fmt: skip
def test_names_that_change_with_their_content(name: str, versioned: bool) -> None:
    assert is_versioned(f"https://acme.test{name}") is versioned


# --- variants ---------------------------------------------------------------------------------------------------------

CODED = (("accept-encoding", "zstd, br, gzip"),)
PLAIN = (("accept-encoding", "identity"),)
COOKIES = "lang=fr; locale=fr; NEXT_LOCALE=fr; i18next=fr; currency=USD; theme=dark"
VARY = ("vary", "Accept-Encoding")
GZIP = ("content-encoding", "gzip")


def look(text: str = "hello", *headers: tuple[str, str], control: str = "max-age=60", **more: Any) -> HttpResponse:
    return answer(control, *headers, text=text, body_sha256=text, body_bytes=len(text), **more)


def variants(changes: dict[str, HttpResponse | Failure] | None = None, usual: HttpResponse | None = None) -> Judgement:
    """Every variant of the home page alike, but those that are named: coded, plain, again, de, fr, cookie, buyer."""
    usual = usual or look("hello", VARY, GZIP)
    table: Table = {HttpExchange("GET", HOME): usual, Login(LOGIN, "buyer"): LoginReply(True, 303)}
    questions = {
        "coded": HttpExchange("GET", HOME, headers=CODED),
        "plain": HttpExchange("GET", HOME, headers=PLAIN),
        "again": HttpExchange("GET", HOME, session=f"variants {HOME}"),
        "de": HttpExchange("GET", HOME, headers=(("accept-language", "de"),)),
        "fr": HttpExchange("GET", HOME, headers=(("accept-language", "fr"),)),
        "cookie": HttpExchange("GET", HOME, headers=(("cookie", COOKIES),)),
        "buyer": HttpExchange("GET", HOME, session="account:buyer", step=1, active=True),
    }
    for name, question in questions.items():
        table[question] = (changes or {}).get(name, usual if name != "plain" else look("hello", VARY))
    if "login" in (changes or {}):
        table[Login(LOGIN, "buyer")] = (changes or {})["login"]
    return judge("caching.negotiation", HOME, table, shop())


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (Verdict.PASS, "")),
        ({"coded": look("hello", GZIP)}, (Verdict.FAIL, "missing-vary-encoding")),
        (
            {"coded": look("hello", VARY, GZIP, TAG), "plain": look("hello", VARY, TAG)},
            (Verdict.WARN, "shared-etag"),
        ),
        (
            {"coded": look("hello", VARY, GZIP, ("etag", 'W/"a"')), "plain": look("hello", VARY, ("etag", 'W/"a"'))},
            (Verdict.PASS, ""),
        ),
        ({"de": look("hallo")}, (Verdict.WARN, "language-unmarked")),
        ({"fr": answer("", status=302, location="https://acme.test/fr")}, (Verdict.WARN, "language-unmarked")),
        ({"de": look("hallo", ("vary", "Accept-Language"))}, (Verdict.PASS, "")),
        ({"de": look("hallo", control="private")}, (Verdict.PASS, "")),
        ({"cookie": look("bonjour")}, (Verdict.WARN, "cookie-unmarked")),
        ({"buyer": look("hello Anna")}, (Verdict.WARN, "cookie-unmarked")),
        ({"buyer": look("hello Anna", control="public, max-age=60")}, (Verdict.FAIL, "signed-in-shared")),
        ({"buyer": look("hello Anna", control="private, no-store")}, (Verdict.PASS, "")),
        ({"login": NO_CONSENT}, (Verdict.PASS, "")),
        ({"login": LoginReply(False, 401)}, (Verdict.PASS, "")),
        ({"de": TIMEOUT}, (Verdict.UNKNOWN, "timeout")),
        ({"coded": RATE_LIMITED}, (Verdict.UNKNOWN, "rate-limited")),
        ({"again": TIMEOUT}, (Verdict.UNKNOWN, "timeout")),
        # What differs at every visit cannot be compared; what only counts up is the same page.
        ({"again": look("quite another"), "de": look("hallo")}, (Verdict.PASS, "")),
        ({"again": look("hello"), "de": look("hello")}, (Verdict.PASS, "")),
    ],
)
def test_variants(changes: dict[str, HttpResponse | Failure], expected: tuple[Verdict, str]) -> None:
    assert told(variants(changes)) == expected


def test_noise_is_no_variant() -> None:
    first = look('<input type="hidden" value="k3j4h5">visit 17', VARY)
    other = look('<input type="hidden" value="9f8e7d">visit 18', VARY)
    assert told(variants({"again": other, "de": other}, first)) == (Verdict.PASS, "")


def test_a_page_that_nobody_may_share_has_no_variants() -> None:
    private = "private, no-store"
    coded = look("hello", GZIP, control=private)
    judged = variants({"de": look("hallo"), "coded": coded}, look("hello", control=private))
    assert told(judged) == (Verdict.PASS, "")


def test_a_vary_for_cookies_covers_the_session() -> None:
    usual = look("hello", ("vary", "Accept-Encoding, Cookie"), GZIP)
    assert told(variants({"buyer": look("hello Anna"), "cookie": look("x")}, usual)) == (Verdict.PASS, "")
