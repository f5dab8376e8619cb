"""BackendProbe: projects and keys are found in scripts, rows are counted and never kept."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
from collections.abc import Callable

import trustme

from launchready_tui.model.product import Network, Product
from launchready_tui.model.questions import (
    BackendList,
    BackendRead,
    BackendView,
    Collection,
    DnsAnswer,
    DnsLookup,
    PageBackends,
)
from launchready_tui.probes.prober import Prober
from tests.kit import World
from tests.probes.servers import HttpServer, Seen, http_server, response, server_context

REF = "abcdefghijklmnopqrst"
BASE = f"https://{REF}.supabase.co"


def jwt(role: str) -> str:
    part = base64.urlsafe_b64encode(json.dumps({"role": role, "ref": REF}).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJIUzI1NiJ9.{part}.signaturesignature"


BUNDLE = f'createClient("{BASE}", "{jwt("anon")}"); db.from("orders").select(); const s = "{jwt("service_role")}"'


async def ask(answer: Callable[[Seen], bytes], tmp_path: str) -> tuple[BackendList, BackendView, HttpServer, str]:
    authority = trustme.CA()
    bundle = f"{tmp_path}/ca.pem"
    authority.cert_pem.write_to_path(bundle)
    context: ssl.SSLContext = server_context(authority, "www.acme.test", f"{REF}.supabase.co")

    async def handle(seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        return answer(seen)

    async with http_server(handle, context) as server:
        network = Network(ca_bundle=bundle, public=("127.0.0.0/8",), connect_to=(f":443::{server.port}",))
        prober = Prober(network, ".", Product("Acme", "acme.test", network=network))
        names = ("www.acme.test", f"{REF}.supabase.co")
        world = World(
            {DnsLookup(name, "A"): DnsAnswer("NOERROR", ("127.0.0.1",)) for name in names}
            | {DnsLookup(name, "AAAA"): DnsAnswer("NOERROR") for name in names}
        )
        page = "https://www.acme.test/"
        found = (await prober.answer(PageBackends(page), 1, world)).facts
        view = (await prober.answer(BackendRead(page, "supabase", BASE), 1, world)).facts
        await prober.aclose()
    assert isinstance(found, BackendList)
    assert isinstance(view, BackendView)
    return found, view, server, repr((found, view))


async def test_a_project_is_found_and_read_as_a_stranger_would(tmp_path: object) -> None:
    def answer(seen: Seen) -> bytes:
        path = seen.target
        if path == "/":
            return response(200, b'<script src="/app.js"></script><script src="https://cdn.example/x.js"></script>')
        if path == "/app.js":
            return response(200, BUNDLE.encode(), media_type="text/javascript")
        assert seen.headers["apikey"] == jwt("anon")
        assert seen.method == "GET"
        if path == "/rest/v1/":
            return response(200, json.dumps({"paths": {"/": {}, "/profiles": {}, "/rpc/x": {}}}).encode())
        if path.startswith("/rest/v1/profiles"):
            return response(200, b'[{"email": "private@example.org"}]', media_type="application/json")
        if path.startswith("/rest/v1/orders"):
            return response(200, b"[]", media_type="application/json")
        return response(404, b'{"error": "not found"}', media_type="application/json")

    found, view, server, text = await ask(answer, str(tmp_path))
    assert [(item.kind, item.base, item.keyed) for item in found.backends] == [("supabase", BASE, True)]
    assert view == BackendView(True, (Collection("profiles", 200, 1), Collection("orders", 200, 0)))
    assert "private@example.org" not in text
    assert "eyJ" not in text
    assert all("limit=1" in seen.target for seen in server.seen if "select" in seen.target)


async def test_hostile_answers_count_as_unread(tmp_path: object) -> None:
    def answer(seen: Seen) -> bytes:
        if seen.target == "/":
            return response(200, f"<script>{BUNDLE}</script>".encode())
        return response(200, b"[" * 100_000 if "orders" in seen.target else b"<html>", media_type="application/json")

    _, view, _, _ = await ask(answer, str(tmp_path))
    assert view == BackendView(False, (Collection("orders", 0), Collection("storage buckets", 0)))
