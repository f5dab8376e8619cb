"""Bursts, comparisons and logins against real servers: what is sent, how much of it, and when it stops."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from launchready_tui.engine.asking import LiveDoor
from launchready_tui.model.evidence import Evidence
from launchready_tui.model.product import Account, Budgets, Network, Product
from launchready_tui.model.questions import AccountCompare, BurstReply, Comparison, Login, LoginReply, RateBurst
from launchready_tui.probes import brakes
from launchready_tui.probes.prober import Prober
from tests.probes.servers import HttpServer, Seen, http_server, response

FORM = b'<form method="post" action="/login"><input name="email"><input type="password" name="password"></form>'
TOKENS = {"account:buyer": "right"}


@dataclass
class Shop:
    """A login that brakes after `limit` wrong passwords for `seconds`; `key` says whom it counts."""

    limit: int = 5
    seconds: float = 60
    key: Callable[[Seen], str] = lambda seen: ""
    retry: str = "60"
    status: int = 429
    tries: dict[str, int] = field(default_factory=dict)
    until: dict[str, float] = field(default_factory=dict)
    cookie: str = "__Host-sid=fresh; Path=/; Secure; HttpOnly; SameSite=Lax"

    async def __call__(self, seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        if seen.method == "GET":
            inside = "sid=fresh" in seen.headers.get("cookie", "")
            if seen.target == "/account":
                return (
                    response(200, b'Hello <a href="/logout">out</a>')
                    if inside
                    else response(302, b"", ("Location", "/login"))
                )
            return response(200, FORM)
        who, now = self.key(seen), time.monotonic()
        if self.until.get(who, 0) > now:
            return response(self.status, b"slow", ("Retry-After", self.retry))
        if parse_qs(seen.body.decode()).get("password") == ["right"]:
            return response(303, b"", ("Location", "/account"), ("Set-Cookie", self.cookie))
        self.tries[who] = self.tries.get(who, 0) + 1
        if self.tries[who] > self.limit:
            self.tries[who], self.until[who] = 0, now + self.seconds
            return response(self.status, b"slow", ("Retry-After", self.retry), ("RateLimit-Policy", '"a";q=5;w=60'))
        return response(401, FORM + b"wrong")


@dataclass
class Bench:
    """A server and a live door to it. `consent` says whether anybody has agreed."""

    server: HttpServer
    door: LiveDoor
    kept: list[Evidence[Any]]

    def url(self, path: str = "/login") -> str:
        return f"http://127.0.0.1:{self.server.port}{path}"

    @property
    def posts(self) -> int:
        return sum(seen.method == "POST" for seen in self.server.seen)

    async def burst(self, path: str = "/login", **more: Any) -> BurstReply:
        answer = await self.door.ask(RateBurst(self.url(path), more.pop("family", "login"), **more), 1)
        return answer.facts


@contextlib.asynccontextmanager
async def bench(handler: Any, *, consent: bool = True, accounts: bool = False) -> AsyncIterator[Bench]:
    async with http_server(handler) as server:
        product = Product(
            "Acme",
            "acme.test",
            network=Network(public=("127.0.0.0/8",)),
            accounts=(Account("buyer", "buyer@acme.test"),) if accounts else (),
            budgets=Budgets(burst_per_second=500),
        )
        kept: list[Evidence[Any]] = []
        door = LiveDoor(
            Prober(product.network, ".", product, TOKENS.get),
            clock=lambda: datetime.now(UTC),
            may=lambda host, level: consent,
            keep=kept.append,
        )
        try:
            yield Bench(server, door, kept)
        finally:
            await door.aclose()


async def test_a_burst_stops_at_the_first_brake_and_looks_behind_it() -> None:
    async with bench(Shop(seconds=1.0, retry="1")) as there:
        facts = await there.burst()
        assert facts.braked_at == 6
        assert [knock.status for knock in facts.knocks] == [401] * 5 + [429]
        assert all(knock.braked for knock in facts.spoofed)
        assert facts.quota == 'ratelimit-policy: "a";q=5;w=60'
        assert facts.knocks[-1].retry_after == 1
        assert facts.recovered_after is not None
        assert 0.9 <= facts.recovered_after < 3
        assert not facts.early
        assert there.posts == facts.requests <= 20


@pytest.mark.parametrize(("family", "budget", "sent"), [("login", 20, 20), ("reset", 10, 10), ("login", 500, 20)])
async def test_without_a_brake_the_bound_holds(family: Any, budget: int, sent: int) -> None:
    async with bench(Shop(limit=1_000)) as there:
        facts = await there.burst(family=family, budget=budget)
        assert (facts.braked_at, len(facts.knocks), there.posts) == (None, sent, sent)


async def test_all_who_ask_share_one_series() -> None:
    async with bench(Shop(limit=1_000)) as there:
        await asyncio.gather(*(there.burst(budget=number) for number in (20, 15, 20)))
        assert there.posts <= 20
        again = await there.door.ask(RateBurst(there.url(), "login"), 2)
        assert again.facts.knocks
        other = await there.door.ask(RateBurst(there.url(), "signup"), 1)
        assert there.posts <= 20
        assert not other.facts.knocks


async def test_nothing_is_sent_without_consent() -> None:
    async with bench(Shop(), consent=False, accounts=True) as there:
        burst = RateBurst(there.url(), "login", account="buyer")
        for question in (burst, AccountCompare(burst, "buyer"), Login(there.url(), "buyer")):
            answer = await there.door.ask(question, 1)
            assert answer.failure is not None
            assert answer.failure.reason == "no-consent"
        assert there.server.seen == []


async def test_a_limit_that_believes_a_forged_address_is_seen_through() -> None:
    async with bench(Shop(key=lambda seen: seen.headers.get("x-forwarded-for", ""))) as there:
        facts = await there.burst()
        assert facts.braked_at == 6
        assert not any(knock.braked for knock in facts.spoofed)
        assert facts.control is not None
        assert facts.control.braked


async def test_the_owner_gets_in_where_addresses_are_counted_and_not_where_everybody_is() -> None:
    async with bench(Shop(seconds=0.5, retry="1"), accounts=True) as there:
        facts = await there.burst(account="buyer")
        assert (facts.owner, facts.owner_later) == (False, True)

    class Kind(Shop):
        async def __call__(self, seen: Seen, writer: asyncio.StreamWriter) -> bytes:
            if b"password=right" in seen.body:
                return response(303, b"", ("Location", "/account"), ("Set-Cookie", self.cookie))
            return await super().__call__(seen, writer)

    async with bench(Kind(seconds=0.5, retry="1"), accounts=True) as there:
        assert (await there.burst(account="buyer")).owner is True


async def test_a_long_promise_is_not_waited_for() -> None:
    async with bench(Shop(seconds=9_999, retry="3600")) as there:
        started = time.monotonic()
        facts = await there.burst()
        assert time.monotonic() - started < 5
        assert (facts.recovered_after, facts.watched) == (None, 0.0)


@pytest.mark.parametrize(
    ("answers", "mark"),
    [
        ((401, b"no", 401, b"Too many attempts, try again later"), "lockout"),
        ((401, b"no", 403, b"forbidden"), "refused"),
        ((401, b"no", 503, b"busy"), "refused"),
        ((401, b"no", 401, b'<div class="g-recaptcha"></div>'), "captcha"),
        ((401, b"no", 403, b"<title>Just a moment...</title>"), "challenge"),
    ],
)
def test_brakes_are_recognised(answers: tuple[int, bytes, int, bytes], mark: str) -> None:
    usual = (answers[0], answers[1].decode())
    assert mark in brakes.marks(answers[2], (), answers[3].decode(), first=usual)
    assert brakes.marks(*usual[:1], (), usual[1], first=usual) == ()


async def test_a_dropped_connection_is_a_brake_too() -> None:
    count, dropped = 0, asyncio.Event()

    async def handle(seen: Seen, writer: asyncio.StreamWriter) -> bytes | None:
        nonlocal count
        count += seen.method == "POST"
        if count > 3:
            dropped.set()
            return None
        return response(200, FORM) if seen.method == "GET" else response(401, b"no")

    async with bench(handle) as there:
        task = asyncio.create_task(there.burst())
        await dropped.wait()
        await asyncio.sleep(0.3)
        task.cancel()
        # The brake came with the fourth; two forged addresses and what tells them apart follow at once, then it waits.
        assert 4 <= there.posts <= 7


async def test_a_page_that_answers_itself_is_no_endpoint() -> None:
    async def handle(seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        return response(200, FORM)

    async with bench(handle) as there:
        assert (await there.burst()).echo


async def test_machines_get_json_without_a_page_first() -> None:
    async def handle(seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        return response(400, b"{}", media_type="application/json")

    async with bench(handle) as there:
        facts = await there.burst("/hook", family="webhook", method="POST", body='{"n": {n}}')
        assert facts.machine
        assert there.server.seen[0].method == "POST"
        assert {seen.headers["content-type"] for seen in there.server.seen} == {"application/json"}
        assert there.server.seen[2].body == b'{"n": 3}'


async def test_hidden_fields_are_sent_and_fetched_anew() -> None:
    numbers = iter(range(1_000))

    async def handle(seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        if seen.method == "GET":
            return response(
                200,
                FORM.replace(
                    b"<input name", b'<input type="hidden" name="csrf" value="%d"><input name' % next(numbers)
                ),
            )
        return response(401, b"no")

    async with bench(handle) as there:
        await there.burst(budget=5)
        sent = [parse_qs(seen.body.decode())["csrf"][0] for seen in there.server.seen if seen.method == "POST"]
        assert len(set(sent)) == 5


async def compare(there: Bench) -> Comparison:
    burst = RateBurst(there.url(), "login", account="buyer", budget=20)
    return (await there.door.ask(AccountCompare(burst, "buyer"), 1)).facts


async def test_known_and_invented_accounts_are_compared_within_the_budget() -> None:
    async def handle(seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        if seen.method == "GET":
            return response(200, FORM)
        known = b"buyer%40acme.test" in seen.body
        return response(401, b"wrong password" if known else b"no such account")

    async with bench(handle, accounts=True) as there:
        # The series takes the whole budget where nothing brakes, and nothing is left to compare with.
        facts = await compare(there)
        assert facts.throttled
        assert there.posts <= 20 + 2  # and one login for each session that others may need

    class Braking(Shop):
        async def __call__(self, seen: Seen, writer: asyncio.StreamWriter) -> bytes:
            answer = await super().__call__(seen, writer)
            known = b"buyer%40acme.test" in seen.body
            return response(401, b"wrong password" if known else b"no such account") if b" 401 " in answer else answer

    async with bench(Braking(limit=4, seconds=0.5, retry="1"), accounts=True) as there:
        facts = await compare(there)
        assert facts.known
        assert facts.invented
        assert facts.known[0].shape != facts.invented[0].shape
        assert there.posts <= 22


async def test_a_login_shows_its_cookies_and_no_value() -> None:
    async with bench(Shop(), accounts=True) as there:
        answer = await there.door.ask(Login(there.url(), "buyer"), 1)
        assert isinstance(answer.facts, LoginReply)
        assert answer.facts.accepted
        cookie = answer.facts.cookies[0]
        assert (cookie.cookie.name, cookie.size, cookie.rotated) == ("__Host-sid", len("__Host-sid=fresh"), None)
        assert "fresh" not in repr(there.kept)
        assert "right" not in repr([item.question for item in there.kept])


async def test_a_login_that_is_refused_is_no_login() -> None:
    TOKENS["account:buyer"] = "forgotten"
    try:
        async with bench(Shop(), accounts=True) as there:
            assert not (await there.door.ask(Login(there.url(), "buyer"), 1)).facts.accepted
    finally:
        TOKENS["account:buyer"] = "right"


async def test_a_login_without_account_or_password_is_not_run() -> None:
    async with bench(Shop()) as there:
        answer = await there.door.ask(Login(there.url(), "buyer"), 1)
        assert answer.failure is not None
        assert answer.failure.reason == "input-missing"
        assert there.server.seen == []
