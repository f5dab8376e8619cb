"""Probes that must not take a lost answer for an answer, nor send anything further than they may."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme

from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Network, Product
from launchready_tui.model.questions import (
    BackendList,
    BackendRead,
    BackendView,
    Collection,
    DnsAnswer,
    DnsLookup,
    Login,
    PageBackends,
    ProviderRead,
)
from launchready_tui.model.questions.secrets import BundleScan, FoundSecret, ShippedBundle
from launchready_tui.probes.bundle import MOST_FINDINGS, BundleProbe
from launchready_tui.probes.endpoint import Seen as Answered
from launchready_tui.probes.http import HttpProbe
from launchready_tui.probes.loggingin import way_out
from launchready_tui.probes.outcome import Outcome
from launchready_tui.probes.prober import Prober
from launchready_tui.probes.redaction import MARK, read_cookie, redact_header
from tests.kit import World
from tests.probes.servers import Seen, always, http_server, response, server_context
from tests.probes.test_accounts import FORM, Shop, bench
from tests.probes.test_exposure import ask as exposed
from tests.probes.test_http import LOOPBACK, failed, fetch, get, world

REF, OTHER = "abcdefghijklmnopqrst", "zyxwvutsrqponmlkjihg"
BASE, THEIRS = f"https://{REF}.supabase.co", f"https://{OTHER}.supabase.co"
PAGE = "https://www.acme.test/"
JSON = "application/json"


async def test_a_429_is_a_failure_of_every_exchange() -> None:
    assert failed(await fetch(response(429), get(active=True))).reason == "rate-limited"


# --- exposed paths --------------------------------------------------------------------------------------------------


async def test_a_broken_server_hides_no_path() -> None:
    for status in (500, 502, 503):
        broken = await exposed(response(status, b"sorry"), "/.env")
        assert broken.failure is not None
        assert broken.failure.reason == "server-error"


@pytest.mark.parametrize(
    ("path", "start", "what"),
    [
        ("/actuator/env", b'{"activeProfiles": [], "propertySources": [', "Spring's environment page"),
        ("/graphql", b'{"data": {"__schema": {"types": [', "the whole GraphQL schema"),
        ("/swagger.json", b'{"openapi": "3.0.0", "paths": [', "API documentation"),
    ],
)
async def test_json_that_was_cut_is_told_by_its_keys_or_not_at_all(path: str, start: bytes, what: str) -> None:
    filling = b'{"a": 1},' * 20_000
    cut = (await exposed(response(200, start + filling, media_type=JSON), path)).facts
    assert getattr(cut, "what", "") == what
    other = await exposed(response(200, b'{"something": [' + filling, media_type=JSON), path)
    assert other.failure is not None
    assert other.failure.reason == "too-large"
    page = await exposed(response(200, b"<!doctype html><html>" + filling), path)
    assert page.failure is None


# --- hosted databases -----------------------------------------------------------------------------------------------


def jwt(ref: str, role: str = "anon") -> str:
    part = base64.urlsafe_b64encode(json.dumps({"role": role, "ref": ref}).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJIUzI1NiJ9.{part}.signaturesignature"


BUNDLE = f'createClient("{BASE}", "{jwt(REF)}"); db.from("orders").select()'


async def backends(
    answer: Callable[[Seen], bytes | None], tmp_path: Path, *bases: str
) -> tuple[BackendList | Failure, list[BackendView | Failure], list[Seen]]:
    """What a page names and what its projects show, over real connections."""
    names = ("www.acme.test", *(base.removeprefix("https://") for base in (BASE, THEIRS)))
    authority = trustme.CA()
    bundle = str(tmp_path / "ca.pem")
    authority.cert_pem.write_to_path(bundle)

    async def handle(seen: Seen, writer: asyncio.StreamWriter) -> bytes | None:
        return answer(seen)

    async with http_server(handle, server_context(authority, *names)) as server:
        network = Network(ca_bundle=bundle, public=LOOPBACK, connect_to=(f":443::{server.port}",))
        prober = Prober(network, ".", Product("Acme", "acme.test", network=network))
        asker = world(*names)
        found = await prober.answer(PageBackends(PAGE), 1, asker)
        views = [await prober.answer(BackendRead(PAGE, "supabase", base), 1, asker) for base in bases]
        await prober.aclose()
        return _of(found), [_of(view) for view in views], server.seen


def _of(outcome: Outcome) -> Any:
    return outcome.failure or outcome.facts


def page_with(script: str) -> bytes:
    return response(200, f"<script>{script}</script>".encode())


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (response(403, b"<title>Just a moment...</title>", ("cf-mitigated", "challenge")), "bot-wall"),
        (response(429), "rate-limited"),
        (response(503), "page-not-served"),
        (response(401), "page-not-served"),
    ],
)
async def test_a_page_that_was_not_served_names_nothing(answer: bytes, reason: str, tmp_path: Path) -> None:
    found, _, _ = await backends(lambda seen: answer, tmp_path)
    assert isinstance(found, Failure)
    assert found.reason == reason


async def test_scripts_that_were_not_served_are_missed(tmp_path: Path) -> None:
    for status, cut in ((500, True), (403, True), (429, True), (404, False)):
        found, _, _ = await backends(
            lambda seen, status=status: (
                response(200, b'<script src="/a.js"></script>')  # type: ignore[misc]
                if seen.target == "/"
                else response(status)
            ),
            tmp_path,
        )
        assert isinstance(found, BackendList)
        assert found.cut is cut, status


async def test_redirects_are_followed_within_the_host_and_named_beyond(tmp_path: Path) -> None:
    def inside(seen: Seen) -> bytes:
        return response(302, b"", ("Location", "/login")) if seen.target == "/" else page_with(BUNDLE)

    found, _, _ = await backends(inside, tmp_path)
    assert isinstance(found, BackendList)
    assert found.backends
    found, _, seen = await backends(
        lambda seen: response(302, b"", ("Location", "https://auth.acme.test/?token=abc")), tmp_path
    )
    assert isinstance(found, BackendList)
    assert (found.elsewhere, len(seen)) == (f"https://auth.acme.test/?token={MARK}", 1)


async def test_tables_that_could_not_be_read_are_kept_as_such(tmp_path: Path) -> None:
    tables = ("lost", "busy", "broken", "garbled", "open", "shut")

    def answer(seen: Seen) -> bytes | None:
        path = seen.target
        if path == "/":
            return page_with(BUNDLE + "".join(f'.from("{name}")' for name in tables))
        if path == "/rest/v1/":
            return response(503)
        if "/lost" in path:
            return None
        if "/busy" in path or "/broken" in path:
            return response(429 if "/busy" in path else 500, b"[]", media_type=JSON)
        if "/garbled" in path:
            return response(200, b"<html>", media_type=JSON)
        if "/open" in path:
            return response(200, b"[]", media_type=JSON)
        if "/bucket" in path:
            return response(502)
        return response(401, b"{}", media_type=JSON)

    _, (view,), _ = await backends(answer, tmp_path, BASE)
    assert isinstance(view, BackendView)
    assert {item.name: item.status for item in view.collections} == {
        "the list of tables": 503,
        "orders": 401,
        "lost": 0,
        "busy": 429,
        "broken": 500,
        "garbled": 0,
        "open": 200,
        "shut": 401,
        "storage buckets": 502,
    }


async def test_a_key_goes_to_its_own_project_only(tmp_path: Path) -> None:
    script = f'img("{THEIRS}/x.png"); {BUNDLE}; window.k = "sb_publishable_0123456789abcdef"'

    def answer(seen: Seen) -> bytes:
        return page_with(script) if seen.target == "/" else response(401, b"{}", media_type=JSON)

    found, views, seen = await backends(answer, tmp_path, BASE, THEIRS)
    assert isinstance(found, BackendList)
    assert {item.base: item.keyed for item in found.backends} == {BASE: True, THEIRS: False}
    assert isinstance(views[0], BackendView)
    assert isinstance(views[1], Failure)
    assert views[1].reason == "no-key"
    assert {item.headers["host"] for item in seen} == {"www.acme.test", f"{REF}.supabase.co"}
    assert {item.headers.get("apikey", jwt(REF)) for item in seen} == {jwt(REF)}


async def test_a_publishable_key_belongs_to_the_project_that_it_stands_beside(tmp_path: Path) -> None:
    key = "sb_publishable_0123456789abcdef"
    script = f'img("{THEIRS}/x.png");{" " * 400}var u="{BASE}",k="{key}";db.from("orders")'

    def answer(seen: Seen) -> bytes:
        return page_with(script) if seen.target == "/" else response(401, b"{}", media_type=JSON)

    found, _, seen = await backends(answer, tmp_path, BASE)
    assert isinstance(found, BackendList)
    assert {item.base: item.keyed for item in found.backends} == {BASE: True, THEIRS: False}
    assert {item.headers["apikey"] for item in seen if "apikey" in item.headers} == {key}


async def test_a_tree_in_another_region_was_not_read(tmp_path: Path) -> None:
    authority = trustme.CA()
    bundle = str(tmp_path / "ca.pem")
    authority.cert_pem.write_to_path(bundle)
    names = ("www.acme.test", "shop-1.firebaseio.com")
    moved = b'{"correctUrl": "https://shop-1.europe-west1.firebasedatabase.app", "error": "another region"}'
    async with http_server(always(response(404, moved, media_type=JSON)), server_context(authority, *names)) as server:
        network = Network(ca_bundle=bundle, public=LOOPBACK, connect_to=(f":443::{server.port}",))
        prober = Prober(network, ".", Product("Acme", "acme.test", network=network))
        got = await prober.answer(BackendRead(PAGE, "firebase", "https://shop-1.firebaseio.com"), 1, world(*names))
        await prober.aclose()
    assert got.facts == BackendView(True, (Collection("/", 0),))


# --- brakes and logins ----------------------------------------------------------------------------------------------


def losing(lost: Callable[[int], bool], status: int = 0, limit: int = 1_000, retry: str = "3600") -> Any:
    """A login that loses some of its answers, or gives 503 for them, and brakes after `limit`."""
    count = 0

    async def handle(seen: Seen, writer: asyncio.StreamWriter) -> bytes | None:
        nonlocal count
        if seen.method == "GET":
            return response(200, FORM)
        count += 1
        if lost(count):
            return response(status, b"busy") if status else None
        return response(429, b"slow", ("Retry-After", retry)) if count > limit else response(401, b"no")

    return handle


@pytest.mark.parametrize("status", [0, 503])
async def test_one_lost_answer_is_no_brake(status: int) -> None:
    async with bench(losing(lambda number: number == 4, status)) as there:
        facts = await there.burst()
        assert (facts.braked_at, len(facts.knocks), there.posts) == (None, 20, 20)
        assert (facts.knocks[3].status, facts.knocks[3].marks) == (status, ())
    async with bench(losing(lambda number: number == 4, status, limit=6)) as there:
        assert (await there.burst()).braked_at == 7
    async with bench(losing(lambda number: number == 20, status)) as there:
        assert (await there.burst()).braked_at is None


async def test_two_503_in_a_row_are_a_brake_and_an_outage_from_the_start_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("launchready_tui.probes.accounts.WATCHED_AT", (0.0,))
    async with bench(losing(lambda number: number > 3, 503)) as there:
        facts = await there.burst()
        assert (facts.braked_at, [knock.status for knock in facts.knocks]) == (4, [401, 401, 401, 503, 503])
    async with bench(losing(lambda number: True, 503)) as there:
        assert (await there.burst()).braked_at is None


async def test_a_lost_answer_while_waiting_is_no_brake_that_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("launchready_tui.probes.accounts.WATCHED_AT", (0.05, 0.1))
    # Five answers, the brake, two forged addresses, then a lost answer and a lost answer.
    async with bench(losing(lambda number: number > 8, limit=5, retry="")) as there:
        facts = await there.burst()
        assert facts.braked_at == 6
        assert facts.braked_until == 0.0


async def logged_out(left: Callable[[bool], bytes], *, status: int = 303) -> bool | None:
    """What is seen of a log-out after which the account's page answers `left(knows the old cookie)`."""
    out = False

    async def handle(seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        nonlocal out
        inside = "sid=fresh" in seen.headers.get("cookie", "")
        if seen.method == "POST":
            return response(303, b"", ("Location", "/account"), ("Set-Cookie", "sid=fresh; Path=/"))
        if seen.target == "/logout":
            out = True
            return response(status, b"", ("Location", "/"), ("Set-Cookie", "sid=; Path=/; Max-Age=0"))
        if seen.target == "/account":
            if out:
                return left(inside)
            return response(200, b'Hello <a href="/logout">out</a>') if inside else response(302, b"no")
        return response(200, FORM)

    async with bench(handle, accounts=True) as there:
        facts = (await there.door.ask(Login(there.url(), "buyer", logout=True), 1)).facts
        assert facts.accepted
        revoked: bool | None = facts.revoked
        return revoked


async def test_a_log_out_is_seen_only_where_the_old_session_looks_like_a_stranger() -> None:
    stranger, hello = response(302, b"no"), response(200, b'Hello <a href="/logout">out</a>')
    assert await logged_out(lambda old: stranger) is True
    assert await logged_out(lambda old: hello if old else stranger) is False
    assert await logged_out(lambda old: response(200, b"Hello, you have 3 new letters") if old else stranger) is None
    assert await logged_out(lambda old: response(503, b"busy") if old else stranger) is None
    assert await logged_out(lambda old: hello if old else stranger, status=403) is None


async def test_a_page_without_a_form_is_no_login() -> None:
    async def handle(seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        if seen.method == "GET":
            return response(200, FORM, ("Set-Cookie", "visit=1; Path=/"))
        return response(200, b"E-mail or password is wrong.")

    async with bench(handle, accounts=True) as there:
        assert not (await there.door.ask(Login(there.url(), "buyer"), 1)).facts.accepted
    async with bench(Shop(), accounts=True) as there:
        assert (await there.door.ask(Login(there.url(), "buyer"), 1)).facts.accepted


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ('<a href="/logout">out</a>', ("GET", "https://app.acme.test/logout")),
        ('<a href="https://evil.example/logout">out</a>', None),
        ('<a href="http://app.acme.test/logout">out</a>', None),
        ('<a href="http://[::1/logout">out</a>', None),
        ('<form method="post" action="https://evil.example/logout"></form>', None),
        (
            '<form method="post" action="https://evil.example/logout"></form><a href="/logout">out</a>',
            ("GET", "https://app.acme.test/logout"),
        ),
        ('<form method="post" action="/logout"></form>', ("POST", "https://app.acme.test/logout")),
    ],
)
def test_the_way_out_stays_on_the_host(text: str, way: tuple[str, str] | None) -> None:
    assert way_out(Answered(200, (), text, "", "https://app.acme.test/account", 1.0, "")) == way


async def test_why_the_right_password_was_not_tried_is_kept() -> None:
    async with bench(Shop(limit=17, retry="3600"), accounts=True) as there:
        # 18 in the series, two forged ones: nothing is left for the owner.
        facts = await there.burst(account="buyer")
        assert (facts.owner, facts.owner_unseen) == (None, "budget-spent")
    async with bench(Shop(retry="3600")) as there:
        facts = await there.burst()
        assert (facts.owner, facts.owner_unseen) == (None, "input-missing")


# --- bundles --------------------------------------------------------------------------------------------------------


def secret(kind: Any, number: int) -> FoundSecret:
    return FoundSecret("r", "A key", kind, "why", "", number, f"{number:016x}", "", 20)


async def test_a_real_key_is_not_cut_off_behind_doubtful_ones() -> None:
    class Many:
        def scan(self, data: bytes, origin: object) -> list[FoundSecret]:
            return [*(secret("generic", number) for number in range(MOST_FINDINGS + 50)), secret("provider", 9_999)]

    async with http_server(always(response(200, b"<html>"))) as server:
        http = HttpProbe(Network(connect_to=(f":::{server.port}",), public=LOOPBACK), ".")
        probe = BundleProbe(http.fetcher, lambda: Many())  # type: ignore[arg-type,return-value]
        got = (await probe.answer(BundleScan("http://app.acme.test/"), 1, world())).facts
        await http.aclose()
    assert isinstance(got, ShippedBundle)
    assert got.findings[0].kind == "provider"
    assert len(got.findings) == MOST_FINDINGS
    assert any(f"{MOST_FINDINGS} of {MOST_FINDINGS + 51}" in line for line in got.incomplete)


# --- the provider's token -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("providers", [{}, {"cloudflare": "https://api.cloudflare.com/client/v4"}])
async def test_the_real_token_is_not_sent_where_a_profile_leads(providers: dict[str, str], tmp_path: Path) -> None:
    authority = trustme.CA()
    bundle = str(tmp_path / "ca.pem")
    authority.cert_pem.write_to_path(bundle)
    names = ("api.cloudflare.com",)
    context = server_context(authority, *names)
    async with http_server(always(response(200, b'{"success": true, "result": []}')), context) as server:
        network = Network(ca_bundle=bundle, public=LOOPBACK, connect_to=(f":443:127.0.0.1:{server.port}",))
        product = Product("Acme", "acme.test", network=network, providers=providers)
        prober = Prober(network, ".", product, lambda name: "real-token")
        asker = World({DnsLookup(names[0], "A"): DnsAnswer("NOERROR", ("127.0.0.1",))})
        got = await prober.answer(ProviderRead("cloudflare", "/zones?name=acme.test"), 1, asker)
        await prober.aclose()
        assert got.failure is not None
        assert server.seen == []


async def test_an_address_nearby_is_asked_there_and_nowhere_else() -> None:
    async with http_server(always(response(200, b'{"success": true, "result": []}', media_type=JSON))) as server:
        network = Network(public=LOOPBACK, connect_to=(f"127.0.0.1:9:127.0.0.1:{server.port}",))
        product = Product("Acme", "acme.test", network=network, providers={"cloudflare": "http://127.0.0.1:9"})
        prober = Prober(network, ".", product, lambda name: "real-token")
        got = await prober.answer(ProviderRead("cloudflare", "/zones?name=acme.test"), 1, World({}))
        await prober.aclose()
        assert got.failure is not None
        assert server.seen == []


# --- redaction ------------------------------------------------------------------------------------------------------


def test_a_cookie_without_a_name_has_no_value_either() -> None:
    assert redact_header("set-cookie", "s3cret-value; Path=/; Secure") == f"{MARK}; Path=/; Secure"
    assert read_cookie("s3cret-value; Path=/").name == MARK
    assert read_cookie("=s3cret-value; Path=/").name == ""
    assert "s3cret" not in redact_header("set-cookie", "=s3cret-value")
