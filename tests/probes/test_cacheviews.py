"""Private pages behind real servers, with and without a cache in front that should not keep them."""

from __future__ import annotations

import asyncio
import html
from dataclasses import dataclass, field

import pytest

from launchready_tui.model.cacheheaders import cache_state
from launchready_tui.model.product import Account
from launchready_tui.model.questions import CacheTricks, PrivateViews
from launchready_tui.model.questions.caching import PageViews, TrickReply
from launchready_tui.probes.cacheviews import marked, marks, tricked
from tests.probes.looking import Bench, at_the_door, bench, logged_in
from tests.probes.servers import Seen, response

SUFFIXES = ("/x.css", "%2f..%2fx.js", ";x.css", "?x.css")


@dataclass
class Shop:
    """A shop whose `/account` shows who is logged in. `caches` are endings, or `*`, that a cache in front keeps for
    everybody; `catch_all`: the page also answers false file names.
    """

    caches: tuple[str, ...] = ()
    catch_all: bool = False
    control: str = "private, no-store"
    store: dict[str, bytes] = field(default_factory=dict)
    stranger_page: bytes = b""

    async def __call__(self, seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        if (door := at_the_door(seen)) is not None:
            return door
        if seen.target in self.store:
            return response(200, self.store[seen.target], ("X-Cache", "HIT"), ("Age", "3"))
        mine = seen.target.partition("?")[0] == "/account" or (self.catch_all and seen.target.startswith("/account"))
        who = logged_in(seen)
        if not mine:
            return response(404, b"nothing here")
        if not who:
            if self.stranger_page:
                return response(200, self.stranger_page)
            return response(302, b"", ("Location", "/login"))
        body = f"<h1>Hello {html.escape(who + '@acme.test').replace('@', '&#64;')}</h1>".encode()
        if any(ending == "*" or seen.target.endswith(ending) for ending in self.caches):
            self.store[seen.target] = body
            return response(200, body, ("X-Cache", "MISS"), ("Cache-Control", self.control))
        return response(200, body, ("Cache-Control", self.control))


async def views(there: Bench, path: str = "/account", rounds: int = 2) -> PageViews:
    question = PrivateViews(there.url(path), there.url("/login"), "buyer", "seller", rounds)
    found: PageViews = (await there.ask(question)).facts
    return found


async def test_everybody_sees_their_own() -> None:
    async with bench(Shop()) as there:
        found = await views(there)
        assert [(view.viewer, view.status, view.marked) for view in found.views] == [
            ("stranger", 302, False),
            ("owner", 200, True),
            ("owner", 200, True),
            ("other", 200, False),
            ("other", 200, False),
            ("stranger", 302, False),
            ("stranger", 302, False),
        ]
        assert found.views[0].fresh
        assert found.of("owner")[0].headers == (("content-type", "text/html"), ("cache-control", "private, no-store"))
        targets = [seen.target for seen in there.server.seen if seen.target.startswith("/account")]
        assert targets[0] != "/account"
        assert len(targets) == 7


async def test_a_shared_cache_gives_the_owners_page_away() -> None:
    async with bench(Shop(caches=("*",))) as there:
        found = await views(there, rounds=1)
        stranger = found.of("stranger")[0]
        assert (stranger.status, stranger.marked, cache_state(stranger.headers)[0]) == (200, True, "hit")
        assert found.of("other")[0].marked
        assert found.of("other")[0].body == found.of("owner")[0].body
        assert not found.of("stranger", fresh=True)[0].marked


async def test_evidence_holds_nothing_of_the_page() -> None:
    async with bench(Shop()) as there:
        await views(there)
        kept = repr([item.facts for item in there.kept])
        assert "Hello" not in kept
        assert "right" not in kept
        assert "sid=" not in kept


async def test_rounds_are_bounded() -> None:
    async with bench(Shop()) as there:
        assert len((await views(there, rounds=1_000)).views) == 10


async def tricks(there: Bench) -> TrickReply:
    question = CacheTricks(there.url("/account"), there.url("/login"), "buyer", SUFFIXES)
    found: TrickReply = (await there.ask(question)).facts
    return found


async def test_false_names_that_are_answered_and_kept() -> None:
    async with bench(Shop(caches=(".css",), catch_all=True)) as there:
        found = await tricks(there)
        assert found.plain.marked
        assert {trick.suffix: trick.stranger.marked for trick in found.tricks} == {
            "/x.css": True,
            "%2f..%2fx.js": False,
            ";x.css": True,
            "?x.css": True,
        }


async def test_false_names_that_are_not_answered() -> None:
    async with bench(Shop()) as there:
        found = await tricks(there)
        assert [trick.owner.status for trick in found.tricks] == [404, 404, 404, 200]
        assert not any(trick.stranger.marked for trick in found.tricks)


async def test_every_run_invents_names_of_its_own() -> None:
    names: list[set[str]] = []
    for _ in range(2):
        async with bench(Shop()) as there:
            names.append({trick.path for trick in (await tricks(there)).tricks})
            sent = [seen.target for seen in there.server.seen if "launchready" in seen.target]
            # As its owner and as a stranger, and once more as a stranger; the encoded slash arrives as it was meant.
            assert len(sent) == 9
            assert any("%2f..%2flaunchready" in target for target in sent)
    assert not names[0] & names[1]


@pytest.mark.parametrize(
    ("url", "suffix", "expected"),
    [
        ("https://a.test/account", "/x.css", "https://a.test/account/W.css"),
        ("https://a.test/account/", "/x.css", "https://a.test/account/W.css"),
        ("https://a.test/account?tab=1", ";x.css", "https://a.test/account;W.css?tab=1"),
        ("https://a.test/account?tab=1", "?x.css", "https://a.test/account?tab=1&W.css"),
        ("https://a.test/account", "?x.css", "https://a.test/account?W.css"),
        ("https://a.test/account", "%2f..%2fx.js", "https://a.test/account%2f..%2fW.js"),
        ("https://a.test/", "/x.css", "https://a.test/W.css"),
        ("https://a.test/account", "/odd", "https://a.test/account/oddW"),
    ],
)
def test_false_names(url: str, suffix: str, expected: str) -> None:
    assert tricked(url, suffix, "W") == expected


@pytest.mark.parametrize(
    "body",
    [
        b"Hello Anna+1@acme.test",
        b"Hello anna+1&#64;acme.test",
        b"Hello anna+1&#x40;acme.test",
        b'{"email": "anna+1\\u0040acme.test"}',
        b"?user=anna%2B1%40acme.test",
    ],
)
def test_a_name_in_every_spelling(body: bytes) -> None:
    assert marked(body, marks(Account("buyer", "anna+1@acme.test")))
    assert not marked(body, marks(Account("seller", "bert@acme.test")))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (response(429, b"slow down"), "rate-limited"),
        (response(403, b"x", ("cf-mitigated", "challenge")), "bot-wall"),
        (None, "reset"),
    ],
)
async def test_what_is_not_the_product_is_a_failure(answer: bytes | None, reason: str) -> None:
    async def shop(seen: Seen, writer: asyncio.StreamWriter) -> bytes | None:
        if not seen.target.startswith("/account"):
            return at_the_door(seen) or response(200, b"home")
        return answer

    async with bench(shop) as there:
        got = await there.ask(PrivateViews(there.url("/account"), there.url("/login"), "buyer", "seller"))
        assert got.failure is not None
        assert got.failure.reason == reason


async def test_without_a_login_nobody_looks() -> None:
    async def closed(seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        return response(401, b"no")

    async with bench(closed) as there:
        got = await there.ask(PrivateViews(there.url("/account"), there.url("/login"), "buyer", "seller"))
        assert got.failure is not None
        assert got.failure.reason == "login-refused"
        missing = await there.ask(PrivateViews(there.url("/account"), there.url("/login"), "nobody", "seller"))
        assert missing.failure is not None
        assert missing.failure.reason == "input-missing"
    async with bench(Shop(), consent=False) as there:
        refused = await there.ask(PrivateViews(there.url("/account"), there.url("/login"), "buyer", "seller"))
        assert refused.failure is not None
        assert refused.failure.reason == "no-consent"
        assert there.server.seen == []
