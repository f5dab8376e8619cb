"""Payloads from real servers and hostile documents: what is read of them, within which bounds."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

import pytest

from launchready_tui.model.questions import PayloadReading
from launchready_tui.model.questions.payload import USUAL_WORDS, Payload
from launchready_tui.probes import jsonreading
from launchready_tui.probes.jsonreading import Reading
from launchready_tui.probes.payload import balanced, embedded
from tests.probes.looking import at_the_door, bench, logged_in
from tests.probes.servers import Seen, always, response

JSON = "application/json"


def api(document: Any, *headers: tuple[str, str], status: int = 200) -> bytes:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return response(status, body, *headers, media_type=JSON)


async def read(answer: bytes, **more: Any) -> Payload:
    async with bench(always(answer)) as there:
        payload: Payload = (await there.ask(PayloadReading(there.url("/"), **more))).facts
        return payload


def paths(payload: Payload) -> list[str]:
    return [key.path for key in payload.keys]


async def test_fields_lists_and_sizes() -> None:
    listings = [{"id": n, "seller": {"name": "Margaux"}, "tags": ["oak"]} for n in range(3)]
    document = {"listings": listings, "page": None}
    payload = await read(api(document))
    assert payload.bytes == len(json.dumps(document))
    assert paths(payload) == ["listings", "listings[].id", "listings[].seller", "listings[].seller.name",
                              "listings[].tags", "page"]  # fmt: skip
    leaves = {key.path for key in payload.keys if key.leaf}
    assert leaves == {"listings[].id", "listings[].seller.name", "listings[].tags", "page"}
    assert [key.count for key in payload.keys if key.path == "listings[].id"] == [3]
    assert [(item.path, item.items) for item in payload.lists] == [("listings[]", 3), ("listings[].tags[]", 1)]
    assert (payload.status, payload.documents, payload.cut) == (200, 1, False)


async def test_a_list_by_itself() -> None:
    payload = await read(api([{"id": 1}, {"id": 2}]))
    assert paths(payload) == ["[].id"]
    assert payload.lists[0].items == 2


async def test_compressed_json_counts_as_it_is_read() -> None:
    document = [{"title": "oak"}] * 1_000
    payload = await read(api(gzip.compress(json.dumps(document).encode()), ("Content-Encoding", "gzip")))
    assert payload.bytes == len(json.dumps(document))


async def test_keys_that_are_values_are_not_kept() -> None:
    payload = await read(api({"anna@gmail.com": {"a": 1}, "550e8400-e29b-41d4": 2, "12345": 3, "a b": 4}))
    assert paths(payload) == ["*", "*.a", "a b"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"[" * 100_000, "nested too deep"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "nested too deep"),
        (b'{"a": ', "no JSON"),
        (b"<html>", "no JSON"),
        (b"", "no JSON"),
        (b"\xff\xfe\x00", "no JSON"),
    ],
)
async def test_what_cannot_be_read_says_so(body: bytes, why: str) -> None:
    payload = await read(api(body))
    assert payload.documents == 0
    assert why in payload.unreadable[0]


async def test_doubled_keys_nan_and_huge_numbers() -> None:
    digits = b"9" * 10_000
    payload = await read(api(b'{"a": NaN, "email": "x", "email": "anna@gmail.com", "n": ' + digits + b"}"))
    assert payload.documents == 1
    assert [item.path for item in payload.exposures] == ["email"]


async def test_guards_before_json_are_no_harm() -> None:
    assert paths(await read(api(b')]}\',\n{"a": 1}'))) == ["a"]
    assert paths(await read(api('\ufeff{"a": 1}'.encode()))) == ["a"]


async def test_ten_megabytes_are_read_and_twenty_are_not() -> None:
    row = {"id": 1, "title": "x" * 90}
    ten = await read(api([row] * 90_000))
    assert ten.documents == 1
    assert ten.bytes > 9_000_000
    twenty = await read(api(b"[" + b'"' + b"x" * 20_000_000 + b'"]'))
    assert twenty.documents == 0
    assert twenty.cut
    assert "goes on" in twenty.unreadable[0]
    assert twenty.bytes == 12 * 1024 * 1024


async def test_a_bomb_ends_at_the_bound() -> None:
    payload = await read(api(gzip.compress(b"[" + b" " * 200_000_000 + b"]"), ("Content-Encoding", "gzip")))
    assert payload.cut
    assert payload.bytes == 12 * 1024 * 1024


def test_a_million_nodes_and_paths_are_bounded() -> None:
    reading = Reading(USUAL_WORDS)
    reading.take(json.dumps([0] * (jsonreading.MOST_NODES + 10)), 1)
    assert reading.cut
    many = Reading(USUAL_WORDS)
    letters = "abcdefghij"
    names = {f"k{a}{b}{c}{d}": 1 for a in letters for b in letters for c in letters for d in letters}
    many.take(json.dumps(names), 1)
    assert many.cut
    assert len(many.keys) == jsonreading.MOST_PATHS


async def test_an_endless_body_is_cut_by_time_or_size() -> None:
    async def endless(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
        while True:
            writer.write(b" " * 65_536)
            await writer.drain()

    async with bench(endless) as there:
        payload = (await there.ask(PayloadReading(there.url("/")))).facts
        assert payload.cut
        assert payload.documents == 0


async def test_a_wall_and_a_brake_are_no_payload() -> None:
    for answer, reason in (
        (response(403, b"{}", ("cf-mitigated", "challenge"), media_type=JSON), "bot-wall"),
        (response(429, b"{}", media_type=JSON), "rate-limited"),
    ):
        async with bench(always(answer)) as there:
            got = await there.ask(PayloadReading(there.url("/")))
            assert got.failure is not None
            assert got.failure.reason == reason


async def test_other_types_are_no_json() -> None:
    for kind in ("image/png", "text/css", "application/pdf"):
        payload = await read(response(200, b'{"email": "anna@gmail.com"}', media_type=kind))
        assert (payload.documents, payload.exposures) == (0, ())
    for kind in ("application/vnd.api+json", "text/plain", "application/problem+json; charset=utf-8"):
        assert (await read(response(200, b'{"a": 1}', media_type=kind))).documents == 1


async def test_as_an_account() -> None:
    async def shop(seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        return at_the_door(seen) or api({"who": 1} if logged_in(seen) == "buyer" else {"stranger": 1})

    from launchready_tui.model.questions import Login

    async with bench(shop) as there:
        login = Login(there.url("/login"), "buyer")
        assert (await there.ask(login)).facts.accepted
        assert paths((await there.ask(PayloadReading(there.url("/me"), session=login.session))).facts) == ["who"]
        assert paths((await there.ask(PayloadReading(there.url("/me")))).facts) == ["stranger"]


PAGE = b"""<!doctype html><title>x</title>
<script id="__NEXT_DATA__" type="application/json">{"props": {"seller": {"email": "anna@gmail.com"}}}</script>
<script type="application/ld+json">{"@type": "Organization", "telephone": "+33 6 12 34 56 78"}</script>
<script type="importmap">{"imports": {"a": "b"}}</script>
<script>window.__NUXT__ = {"user": {"phone": "+49 170 1234567"}}; var a = "{";</script>
<script>window.__APOLLO_STATE__={"a": {"b": "} \\" {"}};</script>
<script>self.__next_f.push([1,"2:[\\"$\\",{\\"token\\":\\"k9f83hf98h3f\\"}]\\n3:T1,"])</script>
<script>self.__next_f.push([1,"x"])</script>
<script>alert("__NEXT_DATA__")</script>
"""


async def test_documents_in_a_page() -> None:
    payload = await read(response(200, PAGE))
    assert payload.documents == 5
    assert {item.path: item.danger for item in payload.exposures} == {
        "props.seller.email": "personal",
        "user.phone": "personal",
        "[].token": "secret",
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": "}"} x', '{"a": "}"}'),
        ('[{"a": 1}, 2];', '[{"a": 1}, 2]'),
        ('{"a": "\\"}"}', '{"a": "\\"}"}'),
        ("{{{", ""),
    ],
)
def test_brackets_inside_texts(text: str, found: str) -> None:
    assert balanced(text, 0) == found


def test_hostile_scripts_take_linear_time() -> None:
    # A scan that begins anew at each of these would not end today.
    unclosed = "<script>" + 'window.__NUXT__={"' * 200_000
    flight = "<script>" + 'self.__next_f.push([1,"' * 100_000
    lines = "<script>" + 'self.__next_f.push([1,"' + "1:{" * 300_000 + '"])'
    for html in (unclosed, flight, lines):
        assert list(embedded(html)) == []
