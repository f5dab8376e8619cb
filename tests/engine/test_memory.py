"""What a run knows from the engagement itself: when it began, what people wrote down; a replay judges the same."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from launchready_tui.engine.events import Selection
from launchready_tui.engine.session import Session
from launchready_tui.model.records import Note
from launchready_tui.model.verdicts import Verdict

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TOML = """
[product]
name = "Acme"
domain = "acme.test"
[[signal]]
id = "s"
journey = "signup"
signal = "failed sign-ups"
threshold = 20
source = "log"
owner = "Mira"
action = "look"
tested = 2026-11-01
"""
PICK = Selection(checks=frozenset({"signals.registry", "rollback.note"}))


class Clock:
    at = NOW

    def __call__(self) -> datetime:
        return self.at


def verdicts(session: Session, source: int | None = None) -> dict[str, Verdict]:
    conclusion = asyncio.run(session.conclude(PICK) if source is None else session.replay(source, PICK))
    return {result.check: result.verdict for result in conclusion.results}


def test_the_day_of_a_test_is_compared_with_the_run_and_replayed_alike() -> None:
    clock = Clock()
    session = Session.create(None, TOML, ".", clock=clock, tokens=lambda name: None)
    try:
        assert verdicts(session) == {"signals.registry": Verdict.PASS, "rollback.note": Verdict.UNKNOWN}
        session.record(Note("rollback.note", "", "Roll back somehow.", "Ines"))
        clock.at = NOW + timedelta(days=20)
        assert verdicts(session) == {"signals.registry": Verdict.WARN, "rollback.note": Verdict.FAIL}
        clock.at = NOW + timedelta(days=90)
        assert verdicts(session, 1) == {"signals.registry": Verdict.PASS, "rollback.note": Verdict.UNKNOWN}
        assert verdicts(session, 2) == {"signals.registry": Verdict.WARN, "rollback.note": Verdict.FAIL}
        session.undo()
        assert verdicts(session)["rollback.note"] is Verdict.UNKNOWN
    finally:
        session.close()
