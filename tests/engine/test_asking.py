"""The single door: single flight, consent, deadlines, cancellation, replay."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from launchready_tui.engine import asking
from launchready_tui.engine.asking import LiveDoor, ReplayDoor
from launchready_tui.engine.pacing import Pacing
from launchready_tui.errors import ReplayError
from launchready_tui.model.evidence import Ask, Evidence, Unseen
from launchready_tui.model.questions import DnsAnswer, DnsLookup, HttpExchange, HttpResponse, Question
from launchready_tui.model.verdicts import Consent
from launchready_tui.probes.outcome import Outcome

START = datetime(2026, 11, 24, tzinfo=UTC)


class Counting:
    """A probe that counts what it is asked, and can be told to hang."""

    def __init__(self, *, hang: bool = False) -> None:
        self.asked: list[tuple[Question[Any], int]] = []
        self.at_once = self.most = 0
        self.hang = hang
        self.closed = False

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        self.asked.append((question, attempt))
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            await asyncio.sleep(3600 if self.hang else 0.001)
            if isinstance(question, HttpExchange):
                await ask(DnsLookup(question.host, "A"))
                return Outcome(HttpResponse(200))
            return Outcome(DnsAnswer("NOERROR", ("127.0.0.1",)))
        finally:
            self.at_once -= 1

    async def aclose(self) -> None:
        self.closed = True


def door(probe: Counting, kept: list[Evidence[Any]] | None = None, *, may: bool = False) -> LiveDoor:
    kept = kept if kept is not None else []
    return LiveDoor(probe, clock=lambda: START, may=lambda host, level: may, keep=kept.append)


async def test_equal_questions_are_asked_once() -> None:
    probe, kept = Counting(), list[Evidence[Any]]()
    live = door(probe, kept)
    answers = await asyncio.gather(*(live.ask(DnsLookup("acme.test", "A"), 1) for _ in range(50)))
    assert len(probe.asked) == 1
    assert {answer.evidence.id for answer in answers} == {kept[0].id}


async def test_attempts_are_asked_apart() -> None:
    probe = Counting()
    live = door(probe)
    await live.ask(DnsLookup("acme.test", "A"), 1)
    await live.ask(DnsLookup("acme.test", "A"), 2)
    assert [attempt for _, attempt in probe.asked] == [1, 2]


async def test_simpler_questions_are_shared_and_recorded() -> None:
    probe, kept = Counting(), list[Evidence[Any]]()
    live = door(probe, kept)
    await asyncio.gather(
        live.ask(HttpExchange("GET", "https://acme.test/"), 1), live.ask(HttpExchange("GET", "https://acme.test/a"), 1)
    )
    assert [question.kind for question, _ in probe.asked].count("dns-lookup") == 1
    assert len(kept) == 3


async def test_nothing_above_passive_is_sent_without_consent() -> None:
    probe = Counting()
    answer = await door(probe).ask(HttpExchange("POST", "https://acme.test/hook"), 1)
    assert probe.asked == []
    with pytest.raises(Unseen) as unseen:
        _ = answer.facts
    assert unseen.value.failure.reason == "no-consent"


async def test_consent_lets_it_through() -> None:
    probe = Counting()
    answer = await door(probe, may=True).ask(HttpExchange("POST", "https://acme.test/hook"), 1)
    assert answer.facts.status == 200


async def test_a_hanging_probe_is_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "DEADLINE", 0.02)
    answer = await door(Counting(hang=True)).ask(DnsLookup("acme.test", "A"), 1)
    assert answer.failure is not None
    assert answer.failure.reason == "timeout"


async def test_closing_ends_what_is_in_the_air() -> None:
    probe = Counting(hang=True)
    live = door(probe)
    waiting = asyncio.create_task(live.ask(DnsLookup("acme.test", "A"), 1))
    await asyncio.sleep(0.01)
    await live.aclose()
    assert probe.closed
    assert probe.at_once == 0
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_cancelled_asker_does_not_cancel_the_others() -> None:
    probe = Counting()
    live = door(probe)
    first = asyncio.create_task(live.ask(DnsLookup("acme.test", "A"), 1))
    second = asyncio.create_task(live.ask(DnsLookup("acme.test", "A"), 1))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).facts.records == ("127.0.0.1",)


async def test_one_host_is_not_leant_on() -> None:
    probe = Counting()
    live = door(probe)
    await asyncio.gather(*(live.ask(HttpExchange("GET", f"https://acme.test/{n}"), 1) for n in range(60)))
    assert probe.most <= 9  # eight exchanges, and the one look-up that they share


async def test_offers_to_one_host_are_spaced(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def noting(seconds: float) -> None:
        pauses.append(seconds)
        await sleep(0)

    from launchready_tui.model.questions import TlsOffer

    pacing = Pacing()
    monkeypatch.setattr(asyncio, "sleep", noting)
    for version in ("TLSv1.2", "TLSv1.3"):
        async with pacing.turn(TlsOffer("acme.test", version)):  # type: ignore[arg-type]
            pass
    assert len(pauses) == 1
    assert 0.2 < pauses[0] <= 0.25
    assert pacing.mandated == pytest.approx(pauses[0])


def saved() -> Evidence[DnsAnswer]:
    facts = DnsAnswer("NOERROR", ("192.0.2.1",))
    return Evidence("e1", DnsLookup("acme.test", "A"), 1, facts, None, START, START + timedelta(seconds=1))


async def test_replay_answers_from_what_was_saved() -> None:
    answer = await ReplayDoor([saved()]).ask(DnsLookup("acme.test", "A"), 1)
    assert answer.facts.records == ("192.0.2.1",)
    assert answer.seen_at == START + timedelta(seconds=1)


async def test_replay_does_not_know_what_was_not_asked() -> None:
    answer = await ReplayDoor([saved()]).ask(DnsLookup("acme.test", "MX"), 1)
    assert answer.failure is not None
    assert answer.failure.reason == "not-recorded"


async def test_replay_of_nothing_says_so() -> None:
    with pytest.raises(ReplayError):
        await ReplayDoor([]).ask(DnsLookup("acme.test", "A"), 1)


def test_levels() -> None:
    assert HttpExchange("GET", "https://a.test/").level is Consent.PASSIVE
    assert HttpExchange("GET", "https://a.test/", active=True).level is Consent.ACTIVE
    assert HttpExchange("POST", "https://a.test/").level is Consent.ACTIVE
