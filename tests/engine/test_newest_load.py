"""The newest load test of an engagement: kept, found by the checks of a later run, judged the same when replayed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from launchready_tui.engine.events import Selection
from launchready_tui.engine.session import Session
from launchready_tui.model.evidence import Evidence
from launchready_tui.model.questions import KeptLoad, LoadReport, LoadTest, NewestLoad
from launchready_tui.model.results import Result
from tests.checks.load import GOOD
from tests.kit import SEEN_AT

TOML = """
[product]
name = "Acme"
domain = "acme.test"
[[route]]
id = "listing"
url = "https://www.acme.test/listings"
[[journey]]
id = "browse"
[[journey.step]]
route = "listing"
think = "2s..6s"
"""
PICK = Selection(checks=frozenset({"load.route-results", "load.capacity"}))


@pytest.fixture
def session() -> Iterator[Session]:
    opened = Session.create(None, TOML, ".", clock=lambda: SEEN_AT, tokens=lambda name: None)
    yield opened
    opened.close()


def keep(session: Session, report: LoadReport) -> None:
    question = LoadTest("acme.test", "https://www.acme.test/listings", report.plan)
    session.keep_seen("load test", Evidence("", question, 1, report, None, report.started_at, report.finished_at))


def run(session: Session, source: int | None = None) -> dict[str, Result]:
    conclusion = asyncio.run(session.conclude(PICK) if source is None else session.replay(source, PICK))
    return {result.check: result for result in conclusion.results}


def verdict(found: dict[str, Result]) -> str:
    return found["load.route-results"].verdict.value


def test_a_check_reads_the_newest_report_and_starts_nothing(session: Session) -> None:
    found = run(session)
    assert (verdict(found), found["load.route-results"].reason) == ("not-run", "input-missing")
    keep(session, GOOD)
    found = run(session)
    assert verdict(found) == "pass"
    assert found["load.capacity"].reason == "knee-not-reached"
    slow = replace(GOOD.routes[0], peak_p95_ms=3_000)
    keep(session, replace(GOOD, routes=(slow,), finished_at=GOOD.finished_at + timedelta(seconds=50)))
    assert verdict(run(session)) == "fail"


def test_a_replay_judges_what_was_known_then(session: Session) -> None:
    keep(session, GOOD)
    assert verdict(run(session)) == "pass"
    keep(session, replace(GOOD, routes=(replace(GOOD.routes[0], peak_p95_ms=3_000),)))
    assert verdict(run(session)) == "fail"
    assert verdict(run(session, 2)) == "pass"


def test_the_evidence_names_the_report_that_it_repeats(session: Session) -> None:
    points = tuple(replace(point, routes={"listing": 210.0}) for point in GOOD.timeline)
    keep(session, replace(GOOD, timeline=points))
    [shown] = session.evidence(run(session)["load.route-results"].evidence)
    assert isinstance(shown.question, NewestLoad)
    assert isinstance(shown.facts, KeptLoad)
    assert shown.facts.report == GOOD
    [original] = session.evidence((shown.facts.evidence,))
    assert original.facts.timeline == points, "only the test itself keeps the single routes over time"
