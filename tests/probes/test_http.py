"""HttpProbe against real web servers on loopback."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import trustme

from launchready_tui.errors import InputError
from launchready_tui.model.evidence import Failure, Fault
from launchready_tui.model.product import Network
from launchready_tui.model.questions import DnsAnswer, DnsLookup, HttpExchange, HttpResponse
from launchready_tui.probes.dialling import DialPolicy, has_route
from launchready_tui.probes.http import MAX_TEXT, HttpProbe
from launchready_tui.probes.httpfetch import Times
from launchready_tui.probes.outcome import Outcome
from tests.kit import World
from tests.probes.servers import Seen, always, http2_server, http_server, response, server_context

LOOPBACK = ("127.0.0.0/8", "::1/128")
LIMIT = 5 * 1024 * 1024
GONE = DnsAnswer("NXDOMAIN")


def world(*names: str, v4: tuple[str, ...] = ("127.0.0.1",), v6: tuple[str, ...] = ()) -> World:
    """Where the names of a test are."""
    answers: dict[DnsLookup, DnsAnswer] = {}
    for name in names or ("app.acme.test", "www.acme.test"):
        answers[DnsLookup(name, "A")] = DnsAnswer("NOERROR", v4)
        answers[DnsLookup(name, "AAAA")] = DnsAnswer("NOERROR", v6)
    return World(answers)  # type: ignore[arg-type]


async def visit(
    question: HttpExchange,
    port: int,
    *,
    ask: World | None = None,
    times: Times | None = None,
    ca_bundle: str = "",
    attempt: int = 1,
) -> Outcome:
    """Ask one question with every port led to `port`."""
    network = Network(connect_to=(f":::{port}",), public=LOOPBACK, ca_bundle=ca_bundle)
    probe = HttpProbe(network, ".", times=times)
    try:
        return await probe.answer(question, attempt, ask or world())
    finally:
        await probe.aclose()


def get(url: str = "http://app.acme.test/", **more: object) -> HttpExchange:
    return HttpExchange("GET", url, **more)  # type: ignore[arg-type]


def seen(outcome: Outcome) -> HttpResponse:
    assert isinstance(outcome.facts, HttpResponse), outcome.failure
    return outcome.facts


def failed(outcome: Outcome) -> Failure:
    assert outcome.failure is not None, outcome.facts
    return outcome.failure


async def fetch(answer: bytes, question: HttpExchange | None = None, times: Times | None = None) -> Outcome:
    """The outcome of a server that always answers the same."""
    async with http_server(always(answer)) as server:
        return await visit(question or get(), server.port, times=times)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return str(tmp_path / "ca.pem")


# --- what is sent and seen ------------------------------------------------------------------------------------------


async def test_a_page_is_visited_as_a_browser_would() -> None:
    body = b"<title> Acme \n Market </title><a href='/in'>in</a>"
    async with http_server(always(response(200, body, ("X-Twice", "1"), ("x-twice", "2")))) as server:
        outcome = await visit(get("http://app.acme.test/a?b=c#d"), server.port)
    facts = seen(outcome)
    assert (facts.status, facts.http_version, facts.address) == (200, "HTTP/1.1", "127.0.0.1")
    assert outcome.vantage.address == "127.0.0.1"
    assert facts.all_headers("X-Twice") == ("1", "2")
    assert (facts.page.title, facts.page.references[0].url) == ("Acme Market", "http://app.acme.test/in")
    assert (facts.body_bytes, facts.cut, facts.text) == (len(body), False, body.decode())
    (request,) = server.seen
    assert (request.method, request.target) == ("GET", "/a?b=c")
    assert request.headers["host"] == "app.acme.test"
    assert request.headers["user-agent"].startswith("LaunchReady/")
    assert request.headers["accept-encoding"] == "gzip, deflate"
    assert "cookie" not in request.headers


async def test_redirects_are_not_followed() -> None:
    async with http_server(always(response(301, b"", ("Location", "/x?a=1&utm=2")))) as server:
        facts = seen(await visit(get(), server.port))
    assert (facts.status, facts.location, len(server.seen)) == (301, "http://app.acme.test/x?a=1&utm=2", 1)


async def test_a_post_carries_its_body_and_headers() -> None:
    question = HttpExchange(
        "POST", "http://app.acme.test/hook", headers=(("Content-Type", "application/json"),), body='{"a":"ü"}'
    )
    async with http_server(always(response(204))) as server:
        assert seen(await visit(question, server.port)).status == 204
    assert server.seen[0].headers["content-type"] == "application/json"
    assert server.seen[0].body == '{"a":"ü"}'.encode()


async def test_name_certificate_and_host_are_those_of_the_url_when_the_address_is_pinned(
    authority: trustme.CA, bundle: str
) -> None:
    context = server_context(authority, "app.acme.test")
    async with http_server(always(response()), context, "127.0.0.3") as server:
        question = get("https://app.acme.test/", address="127.0.0.3")
        outcome = await visit(question, server.port, ca_bundle=bundle, ask=World({}))
    assert seen(outcome).address == "127.0.0.3"
    assert server.names == ["app.acme.test"]
    assert server.seen[0].headers["host"] == "app.acme.test"


async def test_names_at_one_address_do_not_share_a_connection(authority: trustme.CA, bundle: str) -> None:
    context = server_context(authority, "app.acme.test")
    async with http_server(always(response()), context) as server:
        network = Network(connect_to=(f":443::{server.port}",), public=LOOPBACK, ca_bundle=bundle)
        probe = HttpProbe(network, ".")
        right = await probe.answer(get("https://app.acme.test/"), 1, world())
        wrong = await probe.answer(get("https://www.acme.test/"), 1, world())
        await probe.aclose()
    assert seen(right).status == 200
    assert failed(wrong).reason == "certificate"
    assert "www.acme.test" in failed(wrong).message


async def test_a_certificate_of_an_unknown_authority_is_refused(authority: trustme.CA) -> None:
    async with http_server(always(response()), server_context(authority, "app.acme.test")) as server:
        found = failed(await visit(get("https://app.acme.test/"), server.port))
    assert (found.reason, found.fault, server.seen) == ("certificate", Fault.TARGET, [])


async def test_a_broken_handshake_is_no_certificate_problem() -> None:
    def answering(first: bytes) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1)
            writer.write(first)
            writer.close()

        return serve

    for first in (b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x15\x03\x03\x00\x02\x02\x28"):
        server = await asyncio.start_server(answering(first), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        assert failed(await visit(get("https://app.acme.test/"), port)).reason == "tls"
        server.close()


async def test_http2_is_spoken_where_offered(authority: trustme.CA, bundle: str) -> None:
    async with http2_server(server_context(authority, "app.acme.test")) as server:
        facts = seen(await visit(get("https://app.acme.test/"), server.port, ca_bundle=bundle))
    assert (facts.http_version, facts.text) == ("HTTP/2", "two")


async def test_hostile_http2_is_a_failure(authority: trustme.CA, bundle: str) -> None:
    bomb = tuple((f"x-{number}", "a" * 1000) for number in range(500))
    for headers, first, reason in ((bomb, b"", "too-large"), ((), b"\0\0\x05\x01garbage" * 9, "malformed")):
        async with http2_server(server_context(authority, "app.acme.test"), headers, first) as server:
            found = failed(await visit(get("https://app.acme.test/"), server.port, ca_bundle=bundle))
        assert (found.reason, found.fault) == (reason, Fault.TARGET)


async def test_connections_are_kept_and_a_closed_one_is_replaced() -> None:
    closing = False

    async def handle(request: Seen, writer: asyncio.StreamWriter) -> bytes | None:
        return None if closing and request.headers.get("x-n") == "2" and server.connections == 1 else response()

    async with http_server(handle) as server:
        probe = HttpProbe(Network(connect_to=(f":80::{server.port}",), public=LOOPBACK), ".")
        ask = world()
        await probe.answer(get(), 1, ask)
        await probe.answer(get("http://app.acme.test/again"), 1, ask)
        assert server.connections == 1
        closing = True
        assert seen(await probe.answer(get(headers=(("x-n", "2"),)), 1, ask)).status == 200
        await probe.aclose()


async def test_cookies_stay_in_their_session() -> None:
    async def handle(request: Seen, writer: asyncio.StreamWriter) -> bytes:
        return response(200, b"", ("Set-Cookie", "sid=s3cr3t; Path=/; HttpOnly; SameSite=Lax"))

    async with http_server(handle) as server:
        probe = HttpProbe(Network(connect_to=(f":80::{server.port}",), public=LOOPBACK), ".")
        ask = world()
        first = seen(await probe.answer(get(session="a", step=1), 1, ask))
        await probe.answer(get(session="a", step=2), 1, ask)
        await probe.answer(get(session="b", step=1), 1, ask)
        await probe.answer(get(), 1, ask)
        await probe.answer(get("http://www.acme.test/", session="a", step=3), 1, ask)
        await probe.aclose()
    assert [request.headers.get("cookie") for request in server.seen] == [None, "sid=s3cr3t", None, None, None]
    assert first.cookies[0].name == "sid"
    assert first.cookies[0].get("httponly") == ""
    assert first.cookies[0].get("samesite") == "Lax"
    assert "s3cr3t" not in repr(first)


# --- where it dials -------------------------------------------------------------------------------------------------


async def test_the_next_address_is_tried_until_one_connects() -> None:
    async with http_server(always(response())) as server:
        outcome = await visit(get(), server.port, ask=world(v4=("127.0.0.9", "127.0.0.1")))
    assert seen(outcome).address == "127.0.0.1"


@pytest.mark.skipif(not has_route("::1"), reason="no IPv6 on this machine")
async def test_the_third_attempt_prefers_ipv6() -> None:
    async with http_server(always(response()), host="::1") as server:
        ask = world(v4=("127.0.0.1",), v6=("::1",))
        assert seen(await visit(get(), server.port, ask=ask, attempt=3)).address == "::1"
        assert seen(await visit(get(family="6"), server.port, ask=ask)).address == "::1"
        assert failed(await visit(get(family="4"), server.port, ask=ask)).reason == "refused"


async def test_failures_of_names_and_addresses_pass_through() -> None:
    gone = World({DnsLookup("app.acme.test", rdtype): GONE for rdtype in ("A", "AAAA")})
    assert failed(await visit(get(), 9, ask=gone)).reason == "does-not-resolve"
    assert failed(await visit(get(), 9, ask=world(v4=("10.0.0.1",)))).reason == "not-public"
    assert failed(await visit(get("http://10.0.0.1/"), 9)).reason == "not-public"
    assert failed(await visit(get("http://[::ffff:10.0.0.1]/"), 9)).reason == "not-public"
    assert failed(await visit(get(), 9, ask=World({}))).reason == "timeout"
    assert failed(await visit(get(), 1)).reason == "refused"


async def test_no_ipv6_here() -> None:
    network = Network(public=LOOPBACK)
    probe = HttpProbe(network, ".", policy=DialPolicy(network, routed=lambda address: False))
    assert failed(await probe.answer(get(family="6"), 1, world(v6=("::1",)))).reason == "no-ipv6"


# --- hostile servers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(bytes(64 * 1024 * 1024))),
        ("deflate", zlib.compress(bytes(64 * 1024 * 1024))),
    ],
    ids=["gzip", "deflate"],
)
async def test_a_compression_bomb_is_cut(coding: str, packed: bytes) -> None:
    facts = seen(await fetch(response(200, packed, ("Content-Encoding", coding))))
    assert (facts.body_bytes, facts.cut, facts.page.cut) == (LIMIT, True, True)


@pytest.mark.parametrize(
    ("coding", "packed", "text", "cut"),
    [
        ("gzip", gzip.compress(b"hello"), "hello", False),
        ("deflate", zlib.compress(b"hello"), "hello", False),
        ("deflate", zlib.compress(b"hello")[2:-4], "hello", False),
        ("gzip", gzip.compress(b"hello " * 1000)[:-20], None, True),
        ("gzip", b"this is no gzip", "", True),
        ("br", b"\x0b\x02\x80hello\x03", "", True),
        ("gzip, gzip", b"whatever", "", True),
        ("identity", b"hello", "hello", False),
    ],
    ids=range(8),
)
async def test_content_codings(coding: str, packed: bytes, text: str | None, cut: bool) -> None:
    facts = seen(await fetch(response(200, packed, ("Content-Encoding", coding))))
    assert facts.cut is cut
    assert text is None or facts.text == text


async def test_an_endless_body_is_cut() -> None:
    async def endless(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    async with http_server(endless) as server:
        facts = seen(await visit(get(), server.port))
    assert (facts.body_bytes, facts.cut, len(facts.text)) == (LIMIT, True, MAX_TEXT)


@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"]
)
async def test_a_drip_feeding_server_is_a_timeout(start: bytes) -> None:
    async def drip(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(b"x" if start.endswith(b"1000\r\n\r\n") else start)
            await writer.drain()
            await asyncio.sleep(0.01)

    async with http_server(drip) as server:
        assert failed(await visit(get(), server.port, times=Times(0.5, 0.5))).reason == "timeout"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\n" + b"X-Bomb: " + b"a" * 1_000_000 + b"\r\n\r\n", "too-large"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Bomb: a\r\n" * 100_000 + b"\r\n", "too-large"),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "malformed"),
        (b"HTTP/1.1 twohundred OK\r\n\r\n", "malformed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "malformed"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n", "malformed"),
        (b"\x00\x01\x02\x03\r\n\r\n", "malformed"),
    ],
    ids=range(7),
)
async def test_garbage_is_malformed(answer: bytes, reason: str) -> None:
    found = failed(await fetch(answer))
    assert (found.reason, found.fault) == (reason, Fault.TARGET)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"])
async def test_a_connection_closed_halfway_is_a_reset(answer: bytes) -> None:
    async def close(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    async with http_server(close) as server:
        assert failed(await visit(get(), server.port)).reason == "reset"


@pytest.mark.parametrize(
    "question",
    [
        get("ftp://app.acme.test/"),
        get("http:///nothing"),
        get("http://[::1/"),
        get("http://app.acme.test:99999/"),
        get("http://" + "a" * 70 + ".test/" + "\x00"),
        get("not a url"),
        get(headers=(("X-Evil", "a\r\nHost: b"),)),
        get(headers=(("X Evil", "a"),)),
        get(address="app.acme.test"),
        HttpExchange("GE T", "http://app.acme.test/"),
    ],
)
async def test_what_cannot_be_sent_is_our_own_fault(question: HttpExchange) -> None:
    async with http_server(always(response())) as server:
        found = failed(await visit(question, server.port))
    assert (found.reason, found.fault) == ("malformed", Fault.USAGE)


async def test_a_bot_wall_is_no_answer() -> None:
    found = failed(await fetch(response(403, b"<title>Just a moment...</title>", ("CF-Mitigated", "challenge"))))
    assert found.reason == "bot-wall"
    assert "Cloudflare" in found.message


async def test_a_429_is_a_failure_of_a_visit() -> None:
    assert failed(await fetch(response(429))).reason == "rate-limited"


async def test_secrets_are_not_stored() -> None:
    body = (
        b"<title>sk_live_abcdefghijkl</title><a href='/cb?code=c0desecret&x=1'>"
        b"<script>var k='AKIAABCDEFGHIJKLMNOP', p='pk_test_abcdefgh1234'; password = 'hunter2hunter2'</script>"
    )
    location = "https://u:pw@app.acme.test/cb?code=c0desecret&state=7#access_token=abc"
    facts = seen(await fetch(response(302, body, ("Location", location))))
    stored = repr(facts)
    for secret in ("sk_live_abc", "c0desecret", "AKIAABC", "hunter2", "u:pw", "access_token=abc"):
        assert secret not in stored
    assert facts.location == "https://‹redacted›@app.acme.test/cb?code=‹redacted›&state=7#access_token=‹redacted›"
    assert facts.page.payment_keys == ("pk_test_…1234",)


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("text/html; charset=iso-8859-1", b"caf\xe9 \x80", "café €"),
        ("text/html", "\ufeffcafé".encode(), "café"),
        ("text/html", b'<meta charset="windows-1252">caf\xe9', '<meta charset="windows-1252">café'),
        ("text/html; charset=punycode", b"caf\xc3\xa9", "café"),
        ("text/html; charset=unicode_escape", b"\\u0041", "\\u0041"),
        ("text/html; charset=nonsense", b"\xff", "\ufffd"),
        ("image/png", b"\x89PNG", ""),
    ],
)
async def test_text_is_decoded_tolerantly(content_type: str, body: bytes, text: str) -> None:
    assert seen(await fetch(response(200, body, media_type=content_type))).text == text


# --- settings -------------------------------------------------------------------------------------------------------


def test_settings_that_cannot_be_used_are_input_errors(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for network in (Network(ca_bundle="missing.pem"), Network(ca_bundle="ca.pem"), Network(connect_to=("a:b",))):
        with pytest.raises(InputError):
            HttpProbe(network, str(tmp_path))


def test_verification_is_the_same_on_every_python() -> None:
    from launchready_tui.probes.trust import verifying_context

    context = verifying_context(Network(), ".")
    assert context.verify_flags == ssl.VerifyFlags.VERIFY_X509_TRUSTED_FIRST
    assert (context.verify_mode, context.check_hostname) == (ssl.VerifyMode.CERT_REQUIRED, True)
