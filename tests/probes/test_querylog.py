"""A tagged request against a real server that writes a query log: what is tied, what is not, how long it is waited."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from launchready_tui.engine.asking import LiveDoor
from launchready_tui.errors import InputError
from launchready_tui.model import codec
from launchready_tui.model.evidence import Evidence
from launchready_tui.model.product import Account, Network, Product
from launchready_tui.model.questions import Login, QueryLogReading, TaggedReply, TaggedRequest
from launchready_tui.model.verdicts import Consent
from launchready_tui.probes import querylog
from launchready_tui.probes.prober import Prober
from launchready_tui.probes.repeating import repeated
from launchready_tui.queries.work import Errand, digest_apart
from tests.probes.servers import Seen, http_server, response
from tests.queries.logs import csvlog, jsonlog, slow, stderr

WAIT = 1.2


@dataclass
class Shop:
    """A list whose every row asks its own question, and the log that its database writes."""

    log: Path
    form: str = "text"
    tie: str = "comment"
    listed: int = 100
    lag: float = 0.0
    quiet: bool = False
    noise: int = 0
    html: bool = False
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    echo: bool = False
    written: list[asyncio.Task[None]] = field(default_factory=list)

    async def __call__(self, seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        if urlsplit(seen.target).path == "/login":
            return response(303, b"", ("Location", "/"), ("Set-Cookie", "sid=1; Path=/"))
        asked = parse_qs(urlsplit(seen.target).query)
        rows = min(int(asked.get("per_page", ["5"])[0]), self.listed)
        statements = [f"SELECT id, title FROM listings ORDER BY id LIMIT {rows}"]
        statements += [f"SELECT name FROM sellers WHERE id = {n}" for n in range(rows)]
        text = "".join(self._line(sql, seen) for sql in ["BEGIN", *statements, "COMMIT"])
        text += "".join(self._line("SELECT 1 FROM somebody_else", None) for _ in range(self.noise))
        if not self.quiet:
            self.written.append(asyncio.create_task(self._write(text)))
        body = (
            "".join(f'<li class="card"><a href="/listings/{n}">x</a></li>' for n in range(rows)).encode()
            if self.html
            else json.dumps({"items": [{"id": n} for n in range(rows)]}).encode()
        )
        media_type = "text/html" if self.html else "application/json"
        told = (("X-Request-Id", seen.headers["x-request-id"]),) if self.echo else ()
        return response(self.status, body, *self.headers, *told, media_type=media_type)

    async def _write(self, text: str) -> None:
        await asyncio.sleep(self.lag)
        with self.log.open("a") as file:
            file.write(text)

    def _line(self, sql: str, seen: Seen | None) -> str:
        application = "web"
        if seen is not None:
            request, parent = seen.headers["x-request-id"], seen.headers["traceparent"]
            match self.tie:
                case "comment":
                    sql += f" /*request_id='{request}',route='listing'*/"
                case "trace":
                    sql += f" /*traceparent='{parent[:36]}c532cb4098ac3dd2-01'*/"
                case "application":
                    application = f"web:{request}"
                case "own":
                    sql += " /*request_id='server-4711-id'*/"
        told = f"duration: 0.500 ms  statement: {sql}"
        match self.form:
            case "json":
                return jsonlog(told, application_name=application)
            case "csv":
                return csvlog(told, application=application)
            case "mysql":
                return slow(sql, seconds="0.000500")
        return stderr(told, who=f"shop@market/{application}")


@dataclass
class Bench:
    """A live door to a shop."""

    shop: Shop
    port: int
    door: LiveDoor
    kept: list[Evidence[Any]]
    asked: list[Seen]

    def question(self, **more: Any) -> TaggedRequest:
        return TaggedRequest(f"http://127.0.0.1:{self.port}/listings?sort=new", ("*.log",), wait=WAIT, **more)

    async def ask(self, **more: Any) -> TaggedReply:
        return (await self.door.ask(self.question(**more), 1)).facts


@contextlib.asynccontextmanager
async def bench(folder: Path, consent: bool = True, **settings: Any) -> AsyncIterator[Bench]:
    log = folder / "postgres.log"
    if not log.exists():
        log.touch()
    shop = Shop(log, **settings)
    kept: list[Evidence[Any]] = []
    async with http_server(shop) as server:
        network = Network(public=("127.0.0.0/8",))
        product = Product(
            "Acme", "acme.test", network=network, accounts=(Account("buyer", "b@acme.test"),), base=str(folder)
        )
        door = LiveDoor(
            Prober(network, str(folder), product, {"account:buyer": "x"}.get),
            clock=lambda: datetime.now(UTC),
            may=lambda host, level: consent,
            keep=kept.append,
        )
        try:
            yield Bench(shop, server.port, door, kept, server.seen)
        finally:
            await asyncio.gather(*shop.written)
            await door.aclose()


@pytest.mark.parametrize("form", ["text", "json", "csv", "mysql"])
async def test_statements_are_tied_by_the_comment(tmp_path: Path, form: str) -> None:
    async with bench(tmp_path, form=form, noise=4) as made:
        reply = await made.ask()
    assert (reply.status, reply.tie, reply.count, reply.others) == (200, "request-id", 6, 4)
    first, second, *control = reply.statements
    assert (first.count, first.tables, first.fingerprint) == (5, ("sellers",), "select name from sellers where id = ?")
    assert (second.count, second.tables) == (1, ("listings",))
    assert {item.fingerprint for item in control} == {"begin", "commit"}
    assert all(item.control for item in control)
    assert reply.total_ms == 4.0
    sent = made.asked[-1].headers
    assert sent["cache-control"] == "no-cache"
    assert sent["traceparent"].count("-") == 3


@pytest.mark.parametrize(
    ("tie", "told"), [("trace", "traceparent"), ("application", "application-name"), ("own", "request-id")]
)
async def test_other_ties(tmp_path: Path, tie: str, told: str) -> None:
    async with bench(tmp_path, tie=tie, form="json", headers=(("X-Request-Id", "server-4711-id"),)) as made:
        reply = await made.ask()
    assert (reply.tie, reply.count) == (told, 6)


async def test_an_application_name_in_the_prefix(tmp_path: Path) -> None:
    (tmp_path / "postgres.log").write_text(stderr("duration: 0.1 ms  statement: SELECT 1", who="shop@market/web") * 40)
    async with bench(tmp_path, tie="application") as made:
        reply = await made.ask()
    assert (reply.tie, reply.count) == ("application-name", 6)
    assert reply.formats == ("PostgreSQL text, prefix %m [%p] %q%u@%d/%a",)


async def test_a_log_that_lags(tmp_path: Path) -> None:
    async with bench(tmp_path, lag=0.6) as made:
        assert (await made.ask()).count == 6


async def test_nothing_ties(tmp_path: Path) -> None:
    async with bench(tmp_path, tie="none") as made:
        reply = await made.ask()
    assert (reply.tie, reply.count, reply.others, reply.untagged, reply.grown) == ("", 0, 8, 6, True)
    assert not reply.sent_none
    assert reply.waited >= WAIT


async def test_a_page_that_asks_the_database_for_nothing(tmp_path: Path) -> None:
    stale = (("X-Request-Id", "server-4712-id"),)
    for settings, plain in (({"echo": True}, True), ({"headers": stale}, False), ({}, False)):
        async with bench(tmp_path, tie="own", **settings) as made:
            reply = await made.ask()
        assert (reply.tie, reply.others, reply.untagged, reply.sent_none) == ("", 8, 0, plain)


async def test_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "postgres.log").write_text(stderr("duration: 250.0 ms  statement: SELECT 1 FROM t") * 40)
    async with bench(tmp_path, quiet=True, headers=(("Age", "30"),)) as made:
        reply = await made.ask()
    assert (reply.grown, reply.others, reply.floor_ms, reply.cached) == (False, 0, 250.0, True)


async def test_rows_are_asked_for_and_seen(tmp_path: Path) -> None:
    for html in (False, True):
        async with bench(tmp_path, html=html, listed=20) as made:
            ten = await made.ask(parameter="per_page", rows=10)
            forty = await made.ask(parameter="per_page", rows=40)
        assert [parse_qs(urlsplit(seen.target).query) for seen in made.asked] == [
            {"sort": ["new"], "per_page": [rows]} for rows in ("10", "40")
        ]
        what = "li.card" if html else "json:items"
        counts = [{item.what: item.count for item in reply.repeated}[what] for reply in (ten, forty)]
        assert counts == [10, 20]
        assert (ten.count, forty.count) == (11, 21)


async def test_a_session_sends_its_cookies(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        login = Login(f"http://127.0.0.1:{made.port}/login", "buyer")
        await made.door.ask(login, 1)
        await made.ask(session=login.session)
        await made.ask(take=2)
    assert [seen.headers.get("cookie") for seen in made.asked[-2:]] == ["sid=1", None]


async def test_consent(tmp_path: Path) -> None:
    async with bench(tmp_path, consent=False) as made:
        assert (await made.ask()).count == 6
        for more in ({"parameter": "per_page", "rows": 10}, {"session": "account:buyer"}):
            question = made.question(**more)
            assert question.level is Consent.ACTIVE
            answer = await made.door.ask(question, 1)
            assert answer.failure is not None
            assert answer.failure.reason == "no-consent"


async def test_no_log_is_there_and_no_answer_comes(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        gone = TaggedRequest(f"http://127.0.0.1:{made.port}/", ("nowhere/*.log",))
        answer = await made.door.ask(gone, 1)
        assert answer.failure is not None
        assert answer.failure.reason == "file-missing"
        assert made.asked == []
        wall = TaggedRequest("http://127.0.0.1:1/", ("*.log",))
        refused = await made.door.ask(wall, 1)
        assert refused.failure is not None
        assert refused.failure.reason == "refused"
        made.shop.status = 429
        braked = await made.door.ask(made.question(), 1)
        assert braked.failure is not None
        assert braked.failure.reason == "rate-limited"


async def test_the_digest_is_evidence(tmp_path: Path) -> None:
    plan = json.dumps({"Query Text": "SELECT 5 FROM t", "Plan": {"Node Type": "Seq Scan", "Relation Name": "t"}})
    lines = stderr(f"duration: 3.0 ms  plan:\n{plan}") + stderr("duration: 3.1 ms  statement: SELECT 5 FROM t")
    lines += stderr("duration: 0.5 ms  statement: SELECT 'sEcReT' /*request_id='a',route='x'*/") * 3
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a.log").write_text(lines)
    async with bench(tmp_path) as made:
        answer = await made.door.ask(QueryLogReading(("logs/*.log",)), 1)
        missing = await made.door.ask(QueryLogReading(("nowhere.log",)), 1)
        (tmp_path / "other.txt").write_text("nothing\nof the kind\n")
        other = await made.door.ask(QueryLogReading(("other.txt",)), 1)
    facts = answer.facts
    assert (facts.files[0].name, facts.statements) == ("logs/a.log", 4)
    assert [query.calls for query in facts.queries] == [1, 3]
    assert facts.queries[0].plan[0].table == "t"
    again = codec.evidence_from_plain(json.loads(codec.canonical(codec.evidence_to_plain(answer.evidence))))
    assert again == answer.evidence
    assert "sEcReT" not in codec.canonical(codec.evidence_to_plain(answer.evidence))
    assert missing.failure is not None
    assert missing.failure.reason == "file-missing"
    assert other.failure is not None
    assert other.failure.reason == "malformed"


async def test_large_logs_are_read_by_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.log").write_text(stderr("duration: 0.5 ms  statement: SELECT 5 FROM t") * 30)
    (tmp_path / "other.txt").write_text("nothing\nof the kind\n")
    answers = []
    for small in (querylog.SMALL, 0):
        monkeypatch.setattr(querylog, "SMALL", small)
        async with bench(tmp_path) as made:
            answers.append(await made.door.ask(QueryLogReading(("a.log",)), 1))
            other = await made.door.ask(QueryLogReading(("other.txt",)), 1)
            assert other.failure is not None
            assert other.failure.reason == "malformed"
    assert answers[0].facts == answers[1].facts
    assert answers[0].facts.statements == 30


async def test_an_order_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        await digest_apart(Errand((os.fsencode(tmp_path / "nowhere"),), ("nowhere",), 5))
    reading = asyncio.create_task(digest_apart(Errand((os.fsencode(tmp_path / "nowhere"),), ("nowhere",), 5)))
    await asyncio.sleep(0.05)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


async def test_a_tagged_reply_is_evidence(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        await made.ask(parameter="per_page", rows=10)
        (evidence,) = [item for item in made.kept if item.question.kind == TaggedRequest.kind]
    again = codec.evidence_from_plain(json.loads(codec.canonical(codec.evidence_to_plain(evidence))))
    assert again == evidence


def test_what_repeats() -> None:
    page = '<nav><a href="/a">1</a></nav>' + '<div class="b a"><a href="/listings/x?y=1">x</a></div>' * 7
    counts = {item.what: item.count for item in repeated("text/html", page)}
    assert counts == {"a": 8, "a /listings/": 7, "div.b.a": 7}
    data = json.dumps({"data": {"items": [{"tags": [1, 2]}] * 3}, "n": [1]})
    counts = {item.what: item.count for item in repeated("application/json", data)}
    assert counts == {"json:data.items*.tags": 6, "json:data.items": 3}
    assert repeated("application/json", "[" * 100_000) == ()
    assert repeated("application/json", "{") == ()
