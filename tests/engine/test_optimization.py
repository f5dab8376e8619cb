"""The optimization log: what was changed, measured on both sides, and what of it is proven."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Literal

import pytest

from launchready_tui.deliverables.documents import markdown
from launchready_tui.engine.events import Selection
from launchready_tui.engine.session import Session
from launchready_tui.errors import InputError
from launchready_tui.model.optimization import optimizations
from launchready_tui.model.records import Change, Measurement
from launchready_tui.model.results import Result
from launchready_tui.model.verdicts import Verdict

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TOML = """
[product]
name = "Acme"
domain = "acme.test"
[[route]]
id = "listing"
url = "https://www.acme.test/listings"
"""
URL = "https://www.acme.test/listings"
PICK = Selection(checks=frozenset({"latency.optimization-log"}))
SLOW = tuple(400.0 + 3 * n for n in range(60))
FAST = tuple(90.0 + n for n in range(60))


@pytest.fixture
def session() -> Iterator[Session]:
    opened = Session.create(None, TOML, ".", clock=lambda: NOW, tokens=lambda name: None)
    yield opened
    opened.close()


def judged(session: Session) -> Result:
    return asyncio.run(session.conclude(PICK)).results[0]


def change(session: Session, title: str = "Index on orders(seller_id)") -> int:
    return session.record(Change(title, "listing", "4f2c91aa0b11c2", "Ines")).number


def measured(
    session: Session, number: int, phase: str, samples: tuple[float, ...], queries: int | None = None, bytes: int = 0
) -> None:
    side: Literal["before", "after"] = "before" if phase == "before" else "after"
    session.record(Measurement(number, side, URL, samples, bytes=bytes, queries=queries))


def test_nothing_recorded_is_not_run(session: Session) -> None:
    assert (judged(session).verdict, judged(session).reason) == (Verdict.NOT_RUN, "input-missing")


def test_a_gain_beyond_chance_passes_and_stands_in_the_document(session: Session) -> None:
    number = change(session)
    measured(session, number, "before", SLOW, queries=42, bytes=81_000)
    assert (judged(session).verdict, judged(session).reason) == (Verdict.WARN, "not-measured")
    measured(session, number, "after", FAST, queries=3, bytes=9_000)
    result = judged(session)
    assert result.verdict is Verdict.PASS
    assert any("p95 568 → 146 ms" in line and "42 → 3 queries" in line for line in result.details)
    text = markdown("optimization-log", session.snapshot())
    assert "Index on orders" in text
    assert "p95 568 ms" in text
    assert "−74%" in text
    assert "4f2c91aa0b11" in text


@pytest.mark.parametrize(
    ("after", "reason"),
    [(SLOW, "unproven"), (FAST[:30], "unproven"), (tuple(2 * ms for ms in SLOW), "made-slower")],
    ids=["the same", "too few", "slower"],
)
def test_what_is_not_proven_warns(session: Session, after: tuple[float, ...], reason: str) -> None:
    number = change(session)
    measured(session, number, "before", SLOW)
    measured(session, number, "after", after)
    assert (judged(session).verdict, judged(session).reason) == (Verdict.WARN, reason)


def test_the_newest_measurement_counts_and_undo_brings_the_older_back(session: Session) -> None:
    number = change(session)
    for phase, samples in (("before", SLOW), ("after", SLOW), ("after", FAST)):
        measured(session, number, phase, samples)
    assert optimizations(session.snapshot().state)[0].effect() == "faster"
    session.undo()
    assert optimizations(session.snapshot().state)[0].effect() == "unproven"


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (lambda: Change("", "listing"), "no words"),
        (lambda: Change("An index", "listings"), 'no route "listings"; did you mean "listing"'),
        (lambda: Measurement(7, "before", URL, (1.0,)), "no change with the number 7"),
    ],
)
def test_what_makes_no_sense_is_refused(
    session: Session, payload: Callable[[], Change | Measurement], said: str
) -> None:
    with pytest.raises(InputError, match=said.replace("?", ".")):
        session.record(payload())


def test_a_measurement_of_nothing_is_refused(session: Session) -> None:
    number = change(session)
    with pytest.raises(InputError, match="Nothing was measured"):
        session.record(Measurement(number, "after", URL, ()))
