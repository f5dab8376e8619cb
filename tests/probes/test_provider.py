"""ProviderProbe against a fake Cloudflare: it reads, all of it, and nothing but reads."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Network, Product
from launchready_tui.model.questions import ProviderRead, ProviderReply
from launchready_tui.probes.prober import Prober
from launchready_tui.probes.provider import APIS, trusted_base
from tests.kit import World
from tests.probes.servers import HttpServer, Seen, http_server, response

JSON = "application/json"
CLOUDFLARE = APIS["cloudflare"]


def envelope(result: object, **info: int) -> bytes:
    body: dict[str, Any] = {"success": True, "errors": [], "messages": [], "result": result}
    if info:
        body["result_info"] = info
    return response(200, json.dumps(body).encode(), media_type=JSON)


async def read(
    answer: Callable[[Seen], bytes], path: str = "/zones?name=acme.test", token: str | None = "secret-token"
) -> tuple[ProviderReply | Failure, HttpServer]:
    async def handle(seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        return answer(seen)

    async with http_server(handle) as server:
        product = Product(
            "Acme",
            "acme.test",
            network=Network(public=("127.0.0.0/8",)),
            providers={"cloudflare": f"http://127.0.0.1:{server.port}/client/v4"},
        )
        prober = Prober(product.network, ".", product, lambda name: token)
        outcome = await prober.answer(ProviderRead("cloudflare", path), 1, World({}))
        await prober.aclose()
    found = outcome.failure or outcome.facts
    assert isinstance(found, ProviderReply | Failure)
    return found, server


async def test_it_reads_with_the_token_and_with_get_alone() -> None:
    found, server = await read(lambda seen: envelope([{"id": "z", "name": "acme.test"}]))
    assert isinstance(found, ProviderReply)
    assert found.result == [{"id": "z", "name": "acme.test"}]
    assert [seen.method for seen in server.seen] == ["GET"]
    assert server.seen[0].headers["authorization"] == "Bearer secret-token"
    assert server.seen[0].target.startswith("/client/v4/zones?name=acme.test")
    assert "secret-token" not in repr(found)


async def test_pages_are_followed_to_the_end() -> None:
    def answer(seen: Seen) -> bytes:
        page = int(seen.target.partition("&page=")[2] or 1)
        return envelope([{"id": f"r{page}"}], page=page, total_pages=3)

    found, _ = await read(answer, "/zones/z/dns_records")
    assert isinstance(found, ProviderReply)
    assert [item["id"] for item in found.result] == ["r1", "r2", "r3"]
    assert not found.capped


async def test_pages_without_end_are_capped_and_it_says_so() -> None:
    found, server = await read(lambda seen: envelope([{"id": "r"}], page=1, total_pages=10_000), "/zones/z/dns_records")
    assert isinstance(found, ProviderReply)
    assert found.capped
    assert len(server.seen) == 20


async def test_an_empty_page_ends_the_list() -> None:
    found, server = await read(lambda seen: envelope([], page=1, total_pages=9), "/zones/z/dns_records")
    assert isinstance(found, ProviderReply)
    assert (found.result, len(server.seen)) == ([], 1)


async def test_a_short_retry_after_is_waited_for() -> None:
    answers = iter([response(429, b"", ("Retry-After", "1")), envelope({"value": "strict"})])
    started = time.monotonic()
    found, _ = await read(lambda seen: next(answers), "/zones/z/settings/ssl")
    assert isinstance(found, ProviderReply)
    assert found.result == {"value": "strict"}
    assert time.monotonic() - started >= 1


async def test_a_long_retry_after_is_not() -> None:
    found, server = await read(lambda seen: response(429, b"", ("Retry-After", "3600")))
    assert isinstance(found, Failure)
    assert (found.reason, len(server.seen)) == ("rate-limited", 1)


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/zones/z/settings/ssl", "Zone Settings: Read"),
        ("/zones/z/rulesets/phases/ddos_l7/entrypoint", "HTTP DDoS Managed Ruleset: Read"),
        ("/zones/z/dns_records", "DNS: Read"),
    ],
)
async def test_a_missing_scope_is_named(status: int, path: str, scope: str) -> None:
    found, _ = await read(lambda seen: response(status, b'{"success": false}', media_type=JSON), path)
    assert isinstance(found, Failure)
    assert found.reason == "missing-scope"
    assert scope in found.message


async def test_404_is_the_default() -> None:
    found, _ = await read(lambda seen: response(404, b'{"success": false}', media_type=JSON), "/zones/z/rulesets/x")
    assert isinstance(found, ProviderReply)
    assert (found.configured, found.result) == (False, None)


@pytest.mark.parametrize(
    "answer",
    [
        response(200, b"<html>We are down</html>"),
        response(200, b""),
        response(200, b"[1]", media_type=JSON),
        response(200, b'{"success": false, "errors": [{"code": 1}]}', media_type=JSON),
        response(302, b"", ("Location", "https://example.org/")),
        response(200, b"[" * 100_000, media_type=JSON),
    ],
)
async def test_what_is_not_the_documented_json_is_malformed(answer: bytes) -> None:
    found, server = await read(lambda seen: answer)
    assert isinstance(found, Failure)
    assert found.reason == "malformed"
    assert len(server.seen) == 1


async def test_a_broken_provider_is_its_own_fault() -> None:
    found, _ = await read(lambda seen: response(502, b""))
    assert isinstance(found, Failure)
    assert found.reason == "server-error"


async def test_people_and_secrets_are_left_out() -> None:
    result = {
        "id": "z",
        "owner": {"email": "founder@acme.test"},
        "meta": {"x": 1},
        "content": "sk_live_abcdefgh12345678",
        "plan": {"legacy_id": "pro"},
        "deep": {"user": {"email": "a@b.c"}, "value": 1.5},
    }
    found, _ = await read(lambda seen: envelope(result), "/zones/z")
    assert isinstance(found, ProviderReply)
    assert found.result == {"content": "‹redacted›", "deep": {"value": 1.5}, "id": "z", "plan": {"legacy_id": "pro"}}


async def test_unknown_values_are_kept_as_they_are() -> None:
    found, _ = await read(lambda seen: envelope({"value": "quantum"}), "/zones/z/settings/ssl")
    assert isinstance(found, ProviderReply)
    assert found.result == {"value": "quantum"}


async def test_without_a_token_nothing_is_asked() -> None:
    found, server = await read(lambda seen: envelope([]), token=None)
    assert isinstance(found, Failure)
    assert (found.reason, server.seen) == ("input-missing", [])


@pytest.mark.parametrize(
    ("base", "trusted"),
    [
        ("", True),
        ("https://api.cloudflare.com/client/v4", True),
        ("http://127.0.0.1:8080", True),
        ("http://localhost:8080", True),
        ("http://10.0.0.7/", True),
        ("http://api.cloudflare.com/client/v4", False),
        ("https://api.cloudflare.com.evil.example/", False),
        ("https://evil.example/", False),
        ("http://1.1.1.1/", False),
        ("ftp://127.0.0.1/", False),
    ],
)
def test_a_token_goes_to_the_provider_or_nearby(base: str, trusted: bool) -> None:
    assert isinstance(trusted_base(base, CLOUDFLARE), str) is trusted


async def test_with_name_servers_of_its_own_a_profile_must_name_the_api() -> None:
    product = Product("Acme", "acme.test", network=Network(("127.0.0.1:5353",)))
    prober = Prober(product.network, ".", product, lambda name: "token")
    outcome = await prober.answer(ProviderRead("cloudflare", "/zones"), 1, World({}))
    await prober.aclose()
    assert outcome.failure is not None
    assert outcome.failure.reason == "input-missing"
