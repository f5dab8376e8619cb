"""Slow checks: they run only when they are asked for, after all others, and their decisions come from the records."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from launchready_tui.checks import load_checks
from launchready_tui.checks.registry import Check
from launchready_tui.checks.subjects import Subject
from launchready_tui.engine.earlier import newest_decision
from launchready_tui.engine.events import Selection, nobody
from launchready_tui.engine.judging import Planned
from launchready_tui.engine.planning import plan, preview
from launchready_tui.engine.running import Batch, execute
from launchready_tui.engine.session import Session
from launchready_tui.model.evidence import Ask
from launchready_tui.model.journal import fold
from launchready_tui.model.product import Product, Route
from launchready_tui.model.records import Decision, Record
from launchready_tui.model.results import Result
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Consent, Judgement, Verdict, passed
from launchready_tui.runbook.loader import built_in
from tests.probes.servers import HttpServer, Seen, http_server, response

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SLOW = "latency.core-routes"
PAGE = "https://acme.test/"
PRODUCT = Product("Acme", "acme.test", routes=(Route("home", PAGE, core=True),))


def asked(selection: Selection) -> dict[str, bool]:
    return {item.entry.id: item.asked for item in plan(built_in(), load_checks(), PRODUCT, selection)}


def test_slow_checks_are_asked_for_by_name_or_all_at_once() -> None:
    assert not asked(Selection())[SLOW]
    assert not asked(Selection(stages=frozenset({"S4"})))[SLOW]
    assert asked(Selection(sample=True))[SLOW]
    assert asked(Selection(checks=frozenset({SLOW})))[SLOW]
    assert asked(Selection(keys=frozenset({(SLOW, PAGE)})))[SLOW]
    others = asked(Selection())
    assert all(found for check, found in others.items() if check != SLOW)


def test_what_takes_long_is_said_before() -> None:
    for selection, said in ((Selection(), 0), (Selection(sample=True), 1)):
        planned = plan(built_in(), load_checks(), PRODUCT, selection)
        shown = preview(planned, frozenset({Consent.PASSIVE}), lambda host, level: True)
        assert len(shown.slow) == said
    assert shown.slow[0].startswith(f"{PAGE}: 65 requests")


async def test_slow_checks_have_the_line_for_themselves() -> None:
    events: list[str] = []

    def named(name: str, slow: str, wanted: bool = True) -> Planned:
        async def judge(subject: Subject[Any], ask: Ask, limits: Limits) -> Judgement:
            events.append(f"{name} begins")
            await asyncio.sleep(0.01)
            events.append(f"{name} ends")
            return passed("yes")

        entry = built_in().entry("dns.hosts-resolve")
        assert entry is not None
        subject: Subject[Any] = Subject(name, name, PRODUCT)
        return Planned(replace(entry, id=name, slow=slow), Check(name, "domain", judge), subject, asked=wanted)

    planned = [named("a.slow", "a minute"), named("b.quick", ""), named("c.quick", ""), named("d.slow", "x", False)]
    results = await execute(
        planned,
        None,  # type: ignore[arg-type]
        Batch(lambda evidence, found: None),
        run=1,
        levels=frozenset({Consent.PASSIVE}),
        started_at=NOW,
        listener=nobody,
    )
    assert [(item.check, item.reason) for item in results] == [
        ("a.slow", ""),
        ("b.quick", ""),
        ("c.quick", ""),
        ("d.slow", "not-asked"),
    ]
    assert events[-2:] == ["a.slow begins", "a.slow ends"]
    assert results[3].verdict is Verdict.NOT_RUN
    assert "--sample" in results[3].summary


@asynccontextmanager
async def shop() -> AsyncIterator[tuple[Session, HttpServer]]:
    """An engagement whose one core page is served on loopback."""

    async def serve(seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        return response(200, b"hello")

    async with http_server(serve) as server:
        toml = f"""
            [product]
            name = "Acme"
            domain = "acme.test"
            [[route]]
            id = "home"
            url = "http://127.0.0.1:{server.port}/"
            core = true
            [network]
            public = ["127.0.0.0/8"]
            [budgets]
            burst_per_second = 50
            """
        session = Session.create(None, toml, ".", tokens=lambda name: None)
        try:
            yield session, server
        finally:
            session.close()


async def test_a_sample_is_kept_replayed_and_not_forgotten() -> None:
    async with shop() as (session, server):

        async def run(**more: Any) -> Result:
            selection = Selection(stages=frozenset({"S4"}), **more)
            return next(item for item in (await session.conclude(selection)).results if item.check == SLOW)

        assert (await run()).reason == "not-asked"
        quick = len(server.seen)
        sampled = await run(sample=True)
        assert sampled.verdict is Verdict.PASS
        assert len(server.seen) - quick >= 65
        before = len(server.seen)
        replayed = await session.replay(2, Selection(checks=frozenset({SLOW})))
        whole = await session.replay(2, Selection(stages=frozenset({"S4"})))
        assert len(server.seen) == before
        again = [item for item in (*replayed.results, *whole.results) if item.check == SLOW]
        assert [(item.verdict, item.summary) for item in again] == [(sampled.verdict, sampled.summary)] * 2
        assert (await run()).reason == "not-asked"
        row = next(row for row in session.snapshot().board if row.entry.id == SLOW)
        assert row.verdict is Verdict.PASS


def decided(number: int, topic: str, choice: str, supersedes: int = 0) -> Record:
    said = Decision("Why it is slow", (), choice, "because", "Margaux", supersedes, topic)
    return Record(number, NOW, said)


def test_the_newest_decision_that_nothing_replaced() -> None:
    first, other = decided(1, "latency:home", "a"), decided(2, "latency:api", "b")
    state = fold([first, other])
    assert newest_decision(state, "latency:home").choice == "a"
    assert newest_decision(state, "latency:none").record == 0
    replaced = fold([first, other, decided(3, "something else", "c", supersedes=1)])
    assert newest_decision(replaced, "latency:home").record == 0
    renewed = fold([first, decided(3, "latency:home", "c", supersedes=1)])
    assert (newest_decision(renewed, "latency:home").record, newest_decision(renewed, "latency:home").who) == (
        3,
        "Margaux",
    )
