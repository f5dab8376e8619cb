"""A value changed on a real server, watched until it shows, and set back whatever happens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest

from launchready_tui.model.questions import FreshnessTrial
from launchready_tui.model.questions.caching import FreshnessSeen
from launchready_tui.probes.freshness import shows, typed
from tests.probes.looking import Bench, at_the_door, bench, logged_in
from tests.probes.servers import Seen, response


@dataclass
class Shop:
    """A listing whose pages show the price only after they were asked for `stale` times."""

    stale: int = 0
    accepts: str = "json"
    refuse: Iterable[int] = ()
    price: object = 101
    writes: list[object] = field(default_factory=list)
    shown: object = 101
    looks: int = 0
    most_looks: int = 0
    written: asyncio.Event = field(default_factory=asyncio.Event)
    statuses: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.statuses = list(self.refuse)

    async def __call__(self, seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        if (door := at_the_door(seen)) is not None:
            return door
        if seen.target == "/listing" and seen.method == "GET":
            self.looks += 1
            self.most_looks = max(self.most_looks, self.looks)
            if self.looks > self.stale:
                self.shown = self.price
            return response(200, f"<p>Only €{self.shown}.00 today, call 1010</p>".encode())
        if seen.target == "/api/listing":
            return self._change(seen)
        return response(404)

    def _change(self, seen: Seen) -> bytes:
        if logged_in(seen) != "seller":
            return response(403)
        if self.statuses:
            return response(self.statuses.pop(0))
        kind = seen.headers.get("content-type", "")
        if (self.accepts == "json") != (kind == "application/json"):
            return response(415)
        value = json.loads(seen.body)["price"] if self.accepts == "json" else parse_qs(seen.body.decode())["price"][0]
        self.writes.append(value)
        self.written.set()
        self.price, self.looks = value, 0
        return response(200, b"{}", media_type="application/json")


def trial(there: Bench, **more: Any) -> FreshnessTrial:
    usual: dict[str, Any] = {"values": ("101", "102"), "read": (there.url("/listing"),), "watch": 5.0}
    return FreshnessTrial(
        there.url("/api/listing"), "PATCH", "price", login=there.url("/login"), account="seller", **{**usual, **more}
    )


async def seen(there: Bench, **more: Any) -> FreshnessSeen:
    facts: FreshnessSeen = (await there.ask(trial(there, **more))).facts
    return facts


async def test_a_change_that_shows_at_once() -> None:
    shop = Shop()
    async with bench(shop) as there:
        facts = await seen(there)
        assert (facts.value, facts.status, facts.restored) == ("102", 200, True)
        assert shop.writes == [102, 101]
        (spot,) = facts.sightings
        assert spot.family == "4"
        assert spot.seconds is not None
        assert not spot.before


async def test_a_stale_page_is_watched_to_the_end() -> None:
    shop = Shop(stale=10_000)
    async with bench(shop) as there:
        facts = await seen(there, watch=1.0)
        assert facts.sightings[0].seconds is None
        assert facts.sightings[0].status == 200
        assert facts.watched >= 1.0
        assert facts.restored
        assert shop.price == 101


async def test_a_page_that_shows_it_later() -> None:
    shop = Shop(stale=3)
    async with bench(shop) as there:
        facts = await seen(there)
        assert facts.sightings[0].seconds is not None
        assert shop.most_looks == 4


async def test_a_server_that_takes_forms() -> None:
    shop = Shop(accepts="form")
    async with bench(shop) as there:
        facts = await seen(there)
        assert (facts.status, facts.restored) == (200, True)
        assert shop.writes == ["102", "101"]


async def test_a_value_that_stands_there_already_is_not_written() -> None:
    shop = Shop(price=103, shown=103)
    async with bench(shop) as there:
        facts = await seen(there, values=("101", "103", "104"))
        assert facts.value == "104"
        assert shop.writes == [104, 101]
        # 1010 is on the page all along: no other value is left, so nothing can be told.
        again = await seen(there, values=("101", "1010"))
        assert again.sightings[0].before


async def test_a_refused_change_is_still_set_back() -> None:
    shop = Shop(refuse=[500])
    async with bench(shop) as there:
        facts = await seen(there)
        assert (facts.status, facts.sightings[0].seconds) == (500, None)
        assert facts.restored
        assert shop.writes == [101]


async def test_what_cannot_be_set_back_says_so() -> None:
    class Stubborn(Shop):
        def _change(self, seen: Seen) -> bytes:
            return response(500) if b"101" in seen.body else super()._change(seen)

    shop = Stubborn()
    async with bench(shop) as there:
        facts = await seen(there)
        assert not facts.restored
        assert shop.price == 102


async def test_a_cancelled_run_sets_back() -> None:
    shop = Shop(stale=10_000)
    async with bench(shop) as there:
        asking = asyncio.create_task(there.ask(trial(there, watch=60.0)))
        await shop.written.wait()
        await there.door.aclose()
        assert shop.writes == [102, 101]
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


async def test_without_a_page_to_read_nothing_is_written() -> None:
    shop = Shop()
    async with bench(shop) as there:
        got = await there.ask(trial(there, read=("http://127.0.0.1:1/x",)))
        assert got.failure is not None
        assert got.failure.reason == "refused"
        assert shop.writes == []


async def test_a_wall_before_the_pages_ends_it() -> None:
    async def wall(seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        return at_the_door(seen) or response(403, b"x", ("cf-mitigated", "challenge"))

    async with bench(wall) as there:
        got = await there.ask(trial(there))
        assert got.failure is not None
        assert got.failure.reason == "bot-wall"
        assert not any(one.method == "PATCH" for one in there.server.seen)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("€101", "101", True), ("101.00", "101", True), ("101,00 €", "101", True), ("<b>101</b>", "101", True),
        ("1010", "101", False), ("2101", "101", False), ("1.101", "101", False), ("101.000", "101", False),
        ("101,000 and 101", "101", True), ("a101", "101", False), ("12.50", "12.50", True), ("12.505", "12.50", False),
        ("sold out", "sold", True), ("unsold", "sold", False), ("resold", "sold", False), ("", "x", False),
        ("a.c", "a.c", True), ("abc", "a.c", False),
    ],
)  # fmt: skip
def test_a_value_by_itself(text: str, value: str, expected: bool) -> None:
    assert shows(text, value) is expected


@pytest.mark.parametrize(
    ("value", "expected"), [("101", 101), ("1.5", 1.5), ("true", True), ("sold", "sold"), ("", ""), ("1e5", "1e5")]
)
def test_values_in_json(value: str, expected: object) -> None:
    assert typed(value) == expected
