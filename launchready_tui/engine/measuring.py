"""Measures an endpoint before or after a change, and records it: latency, bytes, statements, plans (S4.LOG)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from launchready_tui.checks.limits import count, number
from launchready_tui.engine.session import Session
from launchready_tui.errors import InputError
from launchready_tui.model.board import Snapshot
from launchready_tui.model.evidence import Evidence
from launchready_tui.model.optimization import Optimization, optimizations
from launchready_tui.model.product import Route
from launchready_tui.model.questions import Login, LoginReply, Question
from launchready_tui.model.questions.latency import Latencies, LatencySample
from launchready_tui.model.questions.plans import DatabasePlans, PlanList
from launchready_tui.model.questions.querylog import TaggedReply, TaggedRequest
from launchready_tui.model.records import Change, Measurement, Record
from launchready_tui.model.verdicts import Consent
from launchready_tui.text import one_line, plural

SAMPLER = "latency.core-routes"
"""The check whose limits say how an endpoint is sampled: `requests`, `warm_up`, `interval_s`."""

Phase = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a measurement will ask: for the person who has to agree, and for the session that asks it.

    `interval` is the time between two requests in seconds.
    """

    route: Route
    sample: LatencySample
    questions: tuple[Question[Any], ...]
    interval: float = 1.0

    @property
    def seconds(self) -> float:
        """About how long it takes."""
        return self.sample.requests * self.interval

    @property
    def levels(self) -> frozenset[Consent]:
        """The consent that it needs."""
        return frozenset({Consent.PASSIVE, *(question.level for question in self.questions)})


def plan_of(snapshot: Snapshot, endpoint: str) -> Plan:
    """How an endpoint is measured. Raises `InputError` where the profile does not name it, or not enough of it."""
    product = snapshot.product
    route = product.route(endpoint)
    if route is None:
        known = ", ".join(item.id for item in product.routes[:12])
        raise InputError(f'The profile has no route "{one_line(endpoint, 60)}".', f"Choose one of {known}.")
    entry = snapshot.runbook.entry(SAMPLER)
    limits = entry.limits if entry else {}
    burst = product.budgets.burst_per_second
    questions: list[Question[Any]] = []
    jar = ""
    if route.session:
        door = next((item for item in product.routes if item.family == "login"), None)
        if door is None:
            raise InputError(
                f"{endpoint} is asked as {one_line(route.session, 40)}, and no route has the family login.",
                'Declare it: [[route]] with family = "login".',
            )
        login = Login(door.url, route.session)
        jar = login.session
        questions.append(login)
    sample = LatencySample(
        route.url,
        count(limits, "requests", 65),
        count(limits, "warm_up", 5),
        number(limits, "interval_s", 1.0),
        jar,
    )
    questions.append(sample)
    if product.logs.queries:
        questions.append(TaggedRequest(route.url, product.logs.queries, product.logs.request_id, session=jar))
    if product.database.kind == "postgresql":
        database = product.database
        questions.append(DatabasePlans(database.token, database.scratch_token, database.production_host))
    return Plan(route, sample, tuple(questions), 1 / burst if burst else sample.interval)


async def measure(session: Session, change: int, phase: Phase) -> Record:
    """Measure the endpoint of a recorded change, and record what was seen.

    Raises `InputError` where nothing can be measured: no such change, no answer, answers of another status, no consent.
    """
    snapshot = session.snapshot()
    found = next((item for item in optimizations(snapshot.state) if item.record.number == change), None)
    if found is None:
        raise InputError(f"There is no change with the number {change}.", "`launchready measure FILE` lists them.")
    plan = plan_of(snapshot, found.change.endpoint)
    label = f"measured {phase}: {one_line(found.change.title, 60)}"
    async with session.asking(label, plan.levels) as ask:
        evidence = [(await ask(question)).evidence for question in plan.questions]
    return session.record(_measurement(change, phase, plan, evidence))


def begin(session: Session, title: str, endpoint: str, *, commit: str = "", who: str = "") -> int:
    """Record that something is going to be changed; its number."""
    plan_of(session.snapshot(), endpoint)
    return session.record(Change(title, endpoint, commit, who)).number


def waiting(snapshot: Snapshot) -> Optimization | None:
    """The newest change that is measured before and not yet after."""
    found = [item for item in optimizations(snapshot.state) if item.before is not None and item.after is None]
    return found[-1] if found else None


def _measurement(change: int, phase: Phase, plan: Plan, evidence: Sequence[Evidence[Any]]) -> Measurement:
    facts = {item.question.kind: item for item in evidence}
    login = facts.get(Login.kind)
    if login is not None:
        _accepted(login, plan.route)
    sampled = facts[LatencySample.kind]
    if not isinstance(sampled.facts, Latencies):
        raise InputError(f"{plan.route.id} could not be measured: {_why(sampled)}", "Measure again when it answers.")
    samples = _samples(plan.route, sampled.facts)
    queries, unseen = _queries(facts.get(TaggedRequest.kind))
    return Measurement(
        change,
        phase,
        plan.route.url,
        samples,
        discarded=len(sampled.facts.warm_up),
        bytes=sampled.facts.bytes,
        queries=queries,
        plan=_plan_hash(facts.get(DatabasePlans.kind), plan.route.id),
        unseen=unseen,
        evidence=tuple(item.id for item in evidence),
    )


def _samples(route: Route, found: Latencies) -> tuple[float, ...]:
    """The times of answers, in ms to a tenth. Raises `InputError` where some answers were other ones than expected."""
    wrong = [timing for timing in found.timings if timing.status not in route.expect_status]
    if not found.timings or found.stopped:
        raise InputError(
            f"{route.id} could not be measured: {one_line(found.stopped or 'no answer', 80)}.",
            "Measure again when nothing throttles it.",
        )
    if wrong:
        raise InputError(
            f"{plural(len(wrong), 'answer')} of {len(found.timings)} had another status than expected"
            f" ({wrong[0].status}): their times say nothing.",
            "Repair the route first, or correct expect_status in the profile.",
        )
    return tuple(round(timing.total, 1) for timing in found.timings)


def _queries(tagged: Evidence[Any] | None) -> tuple[float | None, str]:
    """The statements of one request, or why they are not known."""
    if tagged is None:
        return None, "no query log is declared"
    if not isinstance(tagged.facts, TaggedReply):
        return None, _why(tagged)
    if not tagged.facts.tie:
        return None, "nothing in the query log ties statements to a request"
    if tagged.facts.cached:
        return None, "the answer came from a cache"
    return float(tagged.facts.count), ""


def _plan_hash(planned: Evidence[Any] | None, endpoint: str) -> str:
    """One hash of the plans of the statements that this endpoint sends; '' where none is known."""
    if planned is None or not isinstance(planned.facts, PlanList):
        return ""
    shapes = sorted(f"{plan.fingerprint} {plan.shape}" for plan in planned.facts.plans if plan.route == endpoint)
    return hashlib.sha256("\n".join(shapes).encode()).hexdigest()[:16] if shapes else ""


def _accepted(login: Evidence[Any], route: Route) -> None:
    if not isinstance(login.facts, LoginReply):
        hint = (
            "Record the permission: `launchready authorize FILE`." if _no_consent(login) else "Try the login by hand."
        )
        raise InputError(f"The login of {one_line(route.session, 40)} failed: {_why(login)}", hint)
    if not login.facts.accepted:
        raise InputError(
            f"The login of {one_line(route.session, 40)} was not accepted ({login.facts.status}).",
            f"Give its password: `launchready token set account:{route.session}`.",
        )


def _no_consent(evidence: Evidence[Any]) -> bool:
    return evidence.failure is not None and evidence.failure.reason == "no-consent"


def _why(evidence: Evidence[Any]) -> str:
    return one_line(evidence.failure.message, 160) if evidence.failure else "no answer"


__all__ = ["Phase", "Plan", "begin", "measure", "plan_of", "waiting"]
