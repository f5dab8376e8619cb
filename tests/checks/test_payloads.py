"""Payloads: compression, size, unused and sensitive fields (S4.PAY)."""

from __future__ import annotations

from typing import Any

import pytest

from launchready_tui.checks.payloads.bodies import is_used
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Account, Route
from launchready_tui.model.questions import (
    HttpExchange,
    HttpResponse,
    Login,
    LoginReply,
    Page,
    PayloadReading,
    Reference,
)
from launchready_tui.model.questions.payload import USUAL_WORDS, Exposure, KeyPath, LongList, Payload
from launchready_tui.model.verdicts import Judgement, Verdict
from tests.checks.web import BOT_WALL, TIMEOUT, Table, acme
from tests.kit import judge

HOME, API, LOGIN = "https://acme.test/", "https://acme.test/api/listings", "https://acme.test/login"
OFFER = (("accept-encoding", "zstd, br, gzip"),)


def told(judgement: Judgement) -> tuple[Verdict, str]:
    return judgement.verdict, judgement.reason


# --- compression ------------------------------------------------------------------------------------------------------


def text(size: int, coding: str = "", kind: str = "application/json", **more: Any) -> HttpResponse:
    headers = (("content-type", kind), *((("content-encoding", coding),) if coding else ()), *more.pop("headers", ()))
    return HttpResponse(more.pop("status", 200), headers=headers, body_bytes=size, **more)


def squeezed(plain: HttpResponse | Failure, wide: HttpResponse | Failure, more: Table | None = None) -> Judgement:
    table: Table = {HttpExchange("GET", API): plain, HttpExchange("GET", API, headers=OFFER): wide, **(more or {})}
    return judge("payloads.compression", API, table, acme(routes=(Route("api", API, "api", core=True),)))


@pytest.mark.parametrize(
    ("plain", "wide", "expected"),
    [
        (text(9_000), text(0, "br"), (Verdict.PASS, "")),
        (text(9_000), text(0, "zstd"), (Verdict.PASS, "")),
        (text(9_000, "gzip"), text(9_000, "gzip"), (Verdict.PASS, "gzip-only")),
        (text(9_000), text(9_000), (Verdict.FAIL, "uncompressed")),
        (text(9_000), text(9_000, "identity"), (Verdict.FAIL, "uncompressed")),
        (text(9_000, kind="image/svg+xml"), text(9_000, kind="image/svg+xml"), (Verdict.FAIL, "uncompressed")),
        (text(1_023), TIMEOUT, (Verdict.NOT_APPLICABLE, "not-applicable")),
        (text(9_000, kind="image/png"), TIMEOUT, (Verdict.NOT_APPLICABLE, "not-applicable")),
        (text(9_000), TIMEOUT, (Verdict.UNKNOWN, "timeout")),
        (text(9_000), text(9_000, status=502), (Verdict.UNKNOWN, "server-error")),
        (text(9_000, status=404), TIMEOUT, (Verdict.UNKNOWN, "unexpected-status")),
        (BOT_WALL, TIMEOUT, (Verdict.UNKNOWN, "bot-wall")),
    ],
)
def test_compression(
    plain: HttpResponse | Failure, wide: HttpResponse | Failure, expected: tuple[Verdict, str]
) -> None:
    assert told(squeezed(plain, wide)) == expected


def test_no_transform_is_named_as_the_cause() -> None:
    wide = text(9_000, headers=(("cache-control", "public, no-transform"),))
    assert "no-transform" in squeezed(text(9_000), wide).summary


def test_scripts_of_a_page_count_too() -> None:
    script = "https://acme.test/app.js"
    page = text(9_000, kind="text/html", page=Page(references=(Reference("script", script),)))
    kind = "text/javascript"
    table: Table = {
        HttpExchange("GET", HOME): page,
        HttpExchange("GET", HOME, headers=OFFER): text(0, "br", kind="text/html"),
        HttpExchange("GET", script): text(90_000, kind=kind),
        HttpExchange("GET", script, headers=OFFER): text(90_000, kind=kind),
    }
    product = acme(routes=(Route("home", HOME, core=True),))
    judged = judge("payloads.compression", HOME, table, product)
    assert told(judged) == (Verdict.FAIL, "uncompressed")
    assert "/app.js sends 90,000 bytes" in judged.summary
    nothing = judge("payloads.compression", "acme.test", {}, acme())
    assert told(nothing) == (Verdict.NOT_RUN, "input-missing")


# --- size -------------------------------------------------------------------------------------------------------------

READING = PayloadReading(API, ("acme.test",))


def sized(payload: Payload | Failure, **limits: Any) -> Judgement:
    product = acme(routes=(Route("api", API, "api", core=True),))
    return judge("payloads.size", API, {READING: payload}, product, limits)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (Payload(200, documents=1, bytes=100_000), (Verdict.PASS, "")),
        (Payload(200, documents=1, bytes=100_001), (Verdict.WARN, "json-large")),
        (Payload(200, documents=1, bytes=500_001), (Verdict.FAIL, "json-too-large")),
        (Payload(200, documents=1, bytes=9, lists=(LongList("items[]", 200),)), (Verdict.PASS, "")),
        (Payload(200, documents=1, bytes=9, lists=(LongList("items[]", 201),)), (Verdict.FAIL, "list-not-paged")),
        # What is too large to be read is too large in any case.
        (Payload(200, bytes=12_582_912, unreadable=("it goes on",), cut=True), (Verdict.FAIL, "json-too-large")),
        (Payload(200, bytes=400, unreadable=("no JSON",)), (Verdict.UNKNOWN, "unreadable")),
        (Payload(200), (Verdict.NOT_APPLICABLE, "not-applicable")),
        (Payload(401), (Verdict.UNKNOWN, "unexpected-status")),
        (BOT_WALL, (Verdict.UNKNOWN, "bot-wall")),
    ],
)
def test_size(payload: Payload | Failure, expected: tuple[Verdict, str]) -> None:
    assert told(sized(payload)) == expected


def test_a_declared_refusal_is_no_payload() -> None:
    product = acme(routes=(Route("me", API, "api", core=True, expect_status=(401,)),))
    judged = judge("payloads.size", API, {READING: Payload(401)}, product)
    assert told(judged) == (Verdict.NOT_APPLICABLE, "not-applicable")


def pictures(head: HttpResponse | Failure, got: HttpResponse | Failure = TIMEOUT) -> Judgement:
    photo = "https://img.acme.test/sofa.jpg"
    references = (Reference("image", photo), Reference("image", "https://cdn.other.test/x.jpg"))
    table: Table = {
        PayloadReading(HOME, ("acme.test",)): Payload(200),
        HttpExchange("GET", HOME): HttpResponse(200, page=Page(references=references)),
        HttpExchange("HEAD", photo): head,
        HttpExchange("GET", photo): got,
    }
    return judge("payloads.size", HOME, table, acme(routes=(Route("home", HOME, core=True),)))


def long(size: str) -> HttpResponse:
    return HttpResponse(200, headers=(("content-length", size),))


@pytest.mark.parametrize(
    ("head", "got", "expected"),
    [
        (long("500000"), TIMEOUT, (Verdict.PASS, "")),
        (long("500001"), TIMEOUT, (Verdict.FAIL, "picture-too-large")),
        (HttpResponse(405), HttpResponse(200, body_bytes=600_000), (Verdict.FAIL, "picture-too-large")),
        (HttpResponse(200), HttpResponse(200, body_bytes=60_000), (Verdict.PASS, "")),
        (long("x"), HttpResponse(200, body_bytes=60_000), (Verdict.PASS, "")),
        (HttpResponse(404), TIMEOUT, (Verdict.NOT_APPLICABLE, "not-applicable")),
        (TIMEOUT, TIMEOUT, (Verdict.UNKNOWN, "timeout")),
        (HttpResponse(405), TIMEOUT, (Verdict.UNKNOWN, "timeout")),
    ],
)
def test_pictures(head: HttpResponse | Failure, got: HttpResponse | Failure, expected: tuple[Verdict, str]) -> None:
    assert told(pictures(head, got)) == expected


ACCOUNTS = (Account("buyer", "buyer@acme.test"),)
LOGIN_ROUTE = Route("login", LOGIN, "auth", "login")


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        (LoginReply(True, 303), (Verdict.PASS, "")),
        (LoginReply(False, 401), (Verdict.UNKNOWN, "login-refused")),
        (TIMEOUT, (Verdict.UNKNOWN, "timeout")),
    ],
)
def test_a_payload_of_an_account(login: LoginReply | Failure, expected: tuple[Verdict, str]) -> None:
    route = Route("orders", API, "api", core=True, private=True, session="buyer")
    product = acme(routes=(route, LOGIN_ROUTE), accounts=ACCOUNTS)
    table: Table = {
        Login(LOGIN, "buyer"): login,
        PayloadReading(API, ("acme.test",), session="account:buyer"): Payload(200, documents=1, bytes=9),
    }
    assert told(judge("payloads.size", API, table, product)) == expected
    nobody = acme(routes=(route,), accounts=ACCOUNTS)
    assert told(judge("payloads.size", API, table, nobody)) == (Verdict.NOT_RUN, "input-missing")


# --- unused fields ----------------------------------------------------------------------------------------------------


def keys(*paths: str) -> Payload:
    containers = {path.rpartition(".")[0].removesuffix("[]") for path in paths if "." in path}
    found = [KeyPath(path, 1, 10) for path in paths] + [KeyPath(path, 1, 2, leaf=False) for path in sorted(containers)]
    return Payload(200, documents=1, bytes=9, keys=tuple(found))


def unused(payload: Payload | Failure, *uses: str) -> Judgement:
    product = acme(routes=(Route("api", API, "api", uses=uses),))
    return judge("payloads.unused-fields", API, {READING: payload}, product)


@pytest.mark.parametrize(
    ("payload", "uses", "expected"),
    [
        (keys("items[].id", "items[].title"), ("id", "title"), (Verdict.PASS, "")),
        (keys(*(f"items[].f{n}" for n in range(10))), ("f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8"),
         (Verdict.PASS, "")),
        (keys("a.id", "a.b", "a.c", "a.d", "a.e"), ("id", "b", "c", "d"), (Verdict.WARN, "partly-unused")),
        (keys("a.id", "a.b"), ("id",), (Verdict.WARN, "partly-unused")),
        (keys("a.id", "a.b", "a.c"), ("id",), (Verdict.FAIL, "mostly-unused")),
        (keys("seller.name", "seller.town"), ("seller",), (Verdict.PASS, "")),
        (keys("seller.name", "buyer.name", "buyer.town"), ("seller.name",), (Verdict.FAIL, "mostly-unused")),
        (Payload(200), ("id",), (Verdict.UNKNOWN, "no-fields")),
        (Payload(200, unreadable=("no JSON",)), ("id",), (Verdict.UNKNOWN, "no-fields")),
        (Payload(503), ("id",), (Verdict.UNKNOWN, "unexpected-status")),
        (BOT_WALL, ("id",), (Verdict.UNKNOWN, "bot-wall")),
    ],
)  # fmt: skip
def test_unused_fields(payload: Payload | Failure, uses: tuple[str, ...], expected: tuple[Verdict, str]) -> None:
    assert told(unused(payload, *uses)) == expected


def test_unused_fields_are_named_by_path() -> None:
    judged = unused(keys("items[].id", "items[].password_hash", "items[].x"), "id", "gone")
    assert "items[].password_hash" in judged.summary
    assert "2 of 3 fields unused (67 %" in judged.summary
    assert judged.details[-1] == "declared as used, but not in the answer: gone"
    nothing = judge("payloads.unused-fields", "acme.test", {}, acme())
    assert told(nothing) == (Verdict.NOT_RUN, "input-missing")


@pytest.mark.parametrize(
    ("path", "use", "used"),
    [
        ("items[].id", "id", True),
        ("items[].id", "items[].id", True),
        ("items[].seller.name", "seller.name", True),
        ("items[].seller.name", "name", True),
        ("items[].seller.name", "items", True),
        ("items[].seller.name", "sell", False),
        ("items[].seller.name", "name.seller", False),
        ("id", "", False),
    ],
)
def test_what_counts_as_used(path: str, use: str, used: bool) -> None:
    assert is_used(path, (use,)) is used


# --- sensitive fields -------------------------------------------------------------------------------------------------


def exposed(*found: Exposure, **more: Any) -> Judgement:
    payload = Payload(200, documents=more.pop("documents", 1), bytes=9, keys=keys("a").keys, exposures=found, **more)
    return sensitive(payload)


def sensitive(payload: Payload | Failure, **limits: Any) -> Judgement:
    product = acme(routes=(Route("api", API, "api"),))
    return judge("payloads.sensitive-fields", API, {READING: payload}, product, limits)


SECRET = Exposure("users[].password_hash", "secret", "a password hash (bcrypt)", 20)
MAIL = Exposure("seller.email", "personal", "an e-mail address of 14 characters")
PLACE = Exposure("items[].lat", "location", "a coordinate with more than 2 decimals")
FLAG = Exposure("user.role", "internal", "a user's role")
DOUBT = Exposure("hash", "secret", "a value of 32 characters", certain=False)


@pytest.mark.parametrize(
    ("found", "more", "expected"),
    [
        ((), {}, (Verdict.PASS, "")),
        ((FLAG, PLACE, MAIL, SECRET), {}, (Verdict.FAIL, "secret")),
        ((PLACE, MAIL), {}, (Verdict.FAIL, "personal-data")),
        ((PLACE, FLAG), {}, (Verdict.FAIL, "precise-location")),
        ((FLAG,), {}, (Verdict.WARN, "internal-field")),
        ((FLAG, DOUBT), {}, (Verdict.WARN, "suspicious-field")),
        ((MAIL,), {"cut": True}, (Verdict.FAIL, "personal-data")),
        ((), {"cut": True}, (Verdict.UNKNOWN, "unreadable")),
        ((FLAG,), {"unreadable": ("nested too deep",)}, (Verdict.UNKNOWN, "unreadable")),
        ((), {"documents": 0}, (Verdict.NOT_APPLICABLE, "not-applicable")),
    ],
)
def test_sensitive_fields(found: tuple[Exposure, ...], more: dict[str, Any], expected: tuple[Verdict, str]) -> None:
    assert told(exposed(*found, **more)) == expected


def test_the_path_is_named() -> None:
    judged = exposed(MAIL, SECRET)
    assert judged.summary == "users[].password_hash holds a password hash (bcrypt), 20 times"
    assert "seller.email holds an e-mail address of 14 characters" in judged.details


def test_sensitive_fields_that_cannot_be_seen() -> None:
    assert told(sensitive(BOT_WALL)) == (Verdict.UNKNOWN, "bot-wall")
    assert told(sensitive(Payload(500))) == (Verdict.UNKNOWN, "unexpected-status")
    nothing = judge("payloads.sensitive-fields", "acme.test", {}, acme())
    assert told(nothing) == (Verdict.NOT_RUN, "input-missing")


def test_pages_of_accounts_are_not_public() -> None:
    routes = (Route("orders", API, "api", private=True), Route("me", HOME, "api", session="buyer"))
    nothing = judge("payloads.sensitive-fields", "acme.test", {}, acme(routes=routes))
    assert told(nothing) == (Verdict.NOT_RUN, "input-missing")


def test_the_words_of_the_runbook_are_looked_for() -> None:
    product = acme(routes=(Route("api", API, "api"),))
    question = PayloadReading(API, ("acme.test",), ("shoe_size",), 4)
    limits = {"words": ["shoe_size"], "coordinate_decimals": 4}
    judged = judge("payloads.sensitive-fields", API, {question: Payload(200, documents=1)}, product, limits)
    assert told(judged) == (Verdict.PASS, "")
    # With the usual words all checks of payloads share one question.
    shared = judge("payloads.sensitive-fields", API, {READING: Payload(200, documents=1)}, product,
                   {"words": list(USUAL_WORDS)})  # fmt: skip
    assert told(shared) == (Verdict.PASS, "")
