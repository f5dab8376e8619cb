"""Runs one check for one subject against a door, confirms a fail that a hiccup could have caused, and makes a result of
it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from launchready_tui.checks.registry import Check
from launchready_tui.checks.subjects import Subject
from launchready_tui.engine.asking import Door
from launchready_tui.model import codec
from launchready_tui.model.evidence import Answer, Evidence, Failure, Unseen
from launchready_tui.model.questions import Facts, Question
from launchready_tui.model.results import Result
from launchready_tui.model.runbook import Entry
from launchready_tui.model.verdicts import Consent, Judgement, Source, Verdict, not_run, unknown, warned
from launchready_tui.text import one_line

F = TypeVar("F", bound=Facts)

CONFIRMATION_WAIT = 2.0
"""Seconds before a fail of the network is asked again (CHECKS.md b0, flake policy)."""

_PASSING = frozenset({"timeout", "refused", "reset", "unreachable", "servfail", "dns-refused", "tls"})
"""Failures that may pass by themselves: worth asking once more before they are called unknown."""

_SAW = frozenset({Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.NOT_APPLICABLE})

DECIDE_BY = {
    "not-confirmed": "Run it again: one look is not enough to call it a fail.",
    "bot-wall": "Allow-list the address that this runs from, or run it from the founder's own network.",
    "rate-limited": "Wait a few minutes and run it again, or allow-list the address that this runs from.",
    "timeout": "Run it again; if it stays, try from another network.",
    "refused": "Run it again; if it stays, ask the host's operator whether a firewall refuses this address.",
    "no-ipv6": "Run it from a network with IPv6, or let somebody who has it look and attest.",
    "not-public": "The address is private; add its network to [network] public if it is meant to be reached.",
    "split-dns": "With name servers of its own each authority cannot be asked by itself; look by hand and attest.",
    "no-rdap": "Look the domain up at the registrar and attest.",
    "local-openssl": "This machine's OpenSSL cannot offer it; run from another machine, or look by hand.",
    "certificate": "Mend the certificate first: behind it nothing can be trusted.",
    "does-not-resolve": "Mend the name first: there is no address to look at.",
    "no-earlier-run": "Run it again after the next renewal.",
}


@dataclass(frozen=True, slots=True)
class Planned:
    """One check to be run for one subject. `asked` is False for a slow one that nobody asked for."""

    entry: Entry
    check: Check
    subject: Subject[Any]
    asked: bool = True

    @property
    def key(self) -> tuple[str, str]:
        """Check and subject."""
        return (self.entry.id, self.subject.name)


class _Listening:
    """An `ask` that remembers the evidence that was read."""

    def __init__(self, door: Door, attempt: int) -> None:
        self._door = door
        self._attempt = attempt
        self.read: dict[tuple[Question[Any], int], Evidence[Any]] = {}

    async def __call__(self, question: Question[F], /) -> Answer[F]:
        answer = await self._door.ask(question, self._attempt)
        self.read[question, self._attempt] = answer.evidence
        return answer


async def conclude(
    planned: Planned,
    door: Door,
    *,
    levels: frozenset[Consent],
    started_at: datetime,
    wait: float = CONFIRMATION_WAIT,
    confirming: Callable[[int], None] = lambda attempt: None,
) -> Result:
    """The result of one check for one subject.

    Our own bugs become the verdict `error`; nothing is raised but cancellation.
    """
    entry = planned.entry
    if not planned.asked:
        judgement = not_run("not-asked", f"Slow ({entry.slow}): runs only with --sample, or when asked for by itself.")
        return _result(planned, judgement, [], started_at)
    if entry.consent not in levels and entry.consent is not Consent.PASSIVE:
        judgement = not_run("no-consent", f"Needs the consent for {entry.consent.value} checks.")
        return _result(planned, judgement, [], started_at)
    judgement, evidence = await _judge(planned, door, 1)
    if _wants_confirmation(judgement):
        await asyncio.sleep(wait)
        confirming(2)
        second, more = await _judge(planned, door, 2)
        evidence += more
        attempts = [judgement, second] if judgement.verdict is Verdict.FAIL else [second]
        if any(attempt.verdict is Verdict.FAIL and attempt.network for attempt in attempts):
            confirming(3)
            third, more = await _judge(planned, door, 3)
            evidence += more
            attempts.append(third)
        judgement = _agreed(attempts) if any(a.verdict is Verdict.FAIL for a in attempts) else second
    return _result(planned, judgement, evidence, started_at)


def _wants_confirmation(judgement: Judgement) -> bool:
    if judgement.verdict is Verdict.FAIL:
        return judgement.network
    return judgement.verdict is Verdict.UNKNOWN and judgement.reason in _PASSING


def _agreed(attempts: list[Judgement]) -> Judgement:
    """The fail, if at least two attempts saw it and none saw anything else.

    Attempts that contradict each other make a warning; a fail that no other look could confirm is unknown. Both keep
    what each attempt said.
    """
    seen = [attempt for attempt in attempts if attempt.verdict in _SAW]
    fails = [attempt for attempt in seen if attempt.verdict is Verdict.FAIL]
    if len(fails) == len(seen) >= 2:
        return fails[0]
    details = tuple(
        f"{number}: {attempt.verdict.value}: {attempt.summary}" for number, attempt in enumerate(attempts, 1)
    )
    if len(fails) == len(seen):
        sentence = f"Failed once, and could not be seen again: {fails[0].summary}"
        return unknown("not-confirmed", sentence, details=details)
    return warned("flaky", f"Failed {len(fails)} of {len(seen)} times: {fails[0].summary}", details=details)


async def _judge(planned: Planned, door: Door, attempt: int) -> tuple[Judgement, list[Evidence[Any]]]:
    ask = _Listening(door, attempt)
    try:
        judgement = await planned.check.judge(planned.subject, ask, planned.entry.limits)
    except Unseen as unseen:
        judgement = _unseen(unseen.failure)
    except Exception as error:  # a check must not end the run, whatever it does
        judgement = Judgement(Verdict.ERROR, "bug", f"{type(error).__name__}: {one_line(str(error))}")
    return judgement, list(ask.read.values())


def _unseen(failure: Failure) -> Judgement:
    if failure.reason in ("no-consent", "input-missing", "extra-missing"):
        return not_run(failure.reason, failure.message)
    if failure.reason == "bug":
        return Judgement(Verdict.ERROR, "bug", failure.message)
    return unknown(failure.reason, failure.message)


def _result(planned: Planned, judgement: Judgement, evidence: list[Evidence[Any]], started_at: datetime) -> Result:
    entry = planned.entry
    seen = sorted({item.id: item for item in evidence if item.id}.values(), key=lambda item: (item.started_at, item.id))
    at = max((item.finished_at for item in seen), default=codec.moment(started_at))
    took = (at - min(item.started_at for item in seen)).total_seconds() * 1000 if seen else 0.0
    decide_by = judgement.decide_by
    if judgement.verdict is Verdict.UNKNOWN and not decide_by:
        decide_by = DECIDE_BY.get(judgement.reason, "Run it again, or look by hand and attest.")
    return Result(
        check=entry.id,
        subject=planned.subject.name,
        verdict=judgement.verdict,
        severity=entry.severity_of(judgement.reason),
        reason=judgement.reason,
        summary=one_line(judgement.summary, 400),
        source=Source.LIVE,
        at=at,
        details=tuple(one_line(line, 1_000) for line in judgement.details[:50]),
        facts=judgement.facts,
        limits=entry.limits,
        evidence=tuple(item.id for item in seen),
        decide_by=decide_by,
        duration_ms=round(took, 3),
    )
