"""One check for one subject: confirmation, what could not be seen, our own bugs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest

from launchready_tui.checks.registry import Check
from launchready_tui.checks.subjects import Subject
from launchready_tui.engine.judging import Planned, conclude
from launchready_tui.model import codec
from launchready_tui.model.evidence import Answer, Ask, Evidence, Failure
from launchready_tui.model.product import Product
from launchready_tui.model.questions import DnsAnswer, DnsLookup, Facts, Question
from launchready_tui.model.runbook import Entry, Kind, Limits
from launchready_tui.model.verdicts import Consent, Judgement, Severity, Verdict, failed, passed

F = TypeVar("F", bound=Facts)
START = datetime(2026, 11, 24, tzinfo=UTC)
ASKED = DnsLookup("acme.test", "A")
GOOD, BAD = DnsAnswer("NOERROR", ("192.0.2.1",)), DnsAnswer("NXDOMAIN")
SLOW = Failure("timeout", "no answer")


class Script:
    """A door that gives another answer at every attempt."""

    def __init__(self, *answers: Facts | Failure) -> None:
        self.answers = answers
        self.attempts: list[int] = []

    async def ask(self, question: Question[F], attempt: int) -> Answer[F]:
        self.attempts.append(attempt)
        found: Any = self.answers[attempt - 1]
        facts, failure = (None, found) if isinstance(found, Failure) else (found, None)
        return Answer(codec.identified(Evidence("", question, attempt, facts, failure, START, START)))


async def resolves(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    answer = (await ask(ASKED)).facts
    return passed("it does") if answer.records else failed("does-not-resolve", "it does not", network=True)


async def buggy(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    raise ZeroDivisionError("oh")


def planned(judge: Any = resolves, consent: Consent = Consent.PASSIVE) -> Planned:
    entry = Entry(
        "dns.hosts-resolve", Kind.LIVE, "c", "w", "h", "f", Severity.HIGH, "orders", 5,
        consent=consent, severities={"does-not-resolve": Severity.BLOCKER},
    )  # fmt: skip
    return Planned(
        entry, Check(entry.id, "domain", judge), Subject("acme.test", "acme.test", Product("A", "acme.test"))
    )


async def verdict_of(door: Script, plan: Planned | None = None) -> tuple[Verdict, str, int]:
    result = await conclude(plan or planned(), door, levels=frozenset({Consent.PASSIVE}), started_at=START, wait=0)
    return result.verdict, result.reason, len(result.evidence)


async def test_a_pass_is_asked_once() -> None:
    door = Script(GOOD)
    assert await verdict_of(door) == (Verdict.PASS, "", 1)
    assert door.attempts == [1]


async def test_a_fail_stands_when_three_attempts_agree() -> None:
    door = Script(BAD, BAD, BAD)
    assert await verdict_of(door) == (Verdict.FAIL, "does-not-resolve", 3)
    assert door.attempts == [1, 2, 3]


@pytest.mark.parametrize("answers", [(BAD, GOOD, BAD), (BAD, BAD, GOOD), (BAD, GOOD, SLOW)])
async def test_disagreement_is_a_flaky_warning_that_keeps_everything(answers: tuple[Facts, ...]) -> None:
    result = await conclude(planned(), Script(*answers), levels=frozenset(), started_at=START, wait=0)
    assert (result.verdict, result.reason, len(result.evidence)) == (Verdict.WARN, "flaky", 3)
    assert len(result.details) == 3


async def test_one_look_is_not_enough_for_a_fail() -> None:
    wall = Failure("bot-wall", "Cloudflare asks for a browser")
    assert await verdict_of(Script(BAD, wall, SLOW)) == (Verdict.UNKNOWN, "not-confirmed", 3)
    assert await verdict_of(Script(BAD, SLOW, BAD)) == (Verdict.FAIL, "does-not-resolve", 3)


async def test_what_could_not_be_seen_is_unknown_after_a_second_look() -> None:
    door = Script(SLOW, SLOW)
    assert await verdict_of(door) == (Verdict.UNKNOWN, "timeout", 2)


async def test_a_hiccup_passes() -> None:
    assert await verdict_of(Script(SLOW, GOOD)) == (Verdict.PASS, "", 2)


async def test_a_fail_seen_at_the_second_look_is_confirmed_by_a_third() -> None:
    assert await verdict_of(Script(SLOW, BAD, BAD)) == (Verdict.FAIL, "does-not-resolve", 3)
    assert await verdict_of(Script(SLOW, BAD, GOOD)) == (Verdict.WARN, "flaky", 3)


async def test_a_bot_wall_is_unknown_at_once() -> None:
    door = Script(Failure("bot-wall", "Cloudflare asks for a browser"))
    assert await verdict_of(door) == (Verdict.UNKNOWN, "bot-wall", 1)


async def test_missing_consent_is_not_run_and_asks_nothing() -> None:
    door = Script(GOOD)
    assert await verdict_of(door, planned(consent=Consent.ACTIVE)) == (Verdict.NOT_RUN, "no-consent", 0)
    assert door.attempts == []


async def test_no_consent_of_a_host_is_not_run() -> None:
    assert (await verdict_of(Script(Failure("no-consent", "nobody"))))[:2] == (Verdict.NOT_RUN, "no-consent")


async def test_our_own_bug_is_an_error() -> None:
    assert (await verdict_of(Script(GOOD), planned(buggy)))[:2] == (Verdict.ERROR, "bug")


async def test_severity_goes_by_reason() -> None:
    result = await conclude(planned(), Script(BAD, BAD, BAD), levels=frozenset(), started_at=START, wait=0)
    assert result.severity is Severity.BLOCKER
