"""The acceptance test of the whole tool: all live checks run for real against the target, and find what is planted and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from launchready_tui.engine import judging
from launchready_tui.engine.events import Selection
from launchready_tui.engine.session import Session
from launchready_tui.model.results import Result
from launchready_tui.model.verdicts import Consent, Verdict
from launchready_tui.practice.faults import Shown
from launchready_tui.practice.target import PracticeTarget

EVERYTHING = Selection(levels=frozenset({Consent.PASSIVE, Consent.ACTIVE}))
BAD = (Verdict.FAIL, Verdict.WARN, Verdict.ERROR)
COULD_NOT_SEE = (Verdict.UNKNOWN, Verdict.NOT_RUN)

Found = set[tuple[str, str, str, str]]


def bad(results: Iterable[Result]) -> Found:
    return {(item.check, item.subject, item.reason, item.verdict.value) for item in results if item.verdict in BAD}


def truth(shown: Iterable[Shown]) -> Found:
    return {(item.check, item.subject, item.reason, item.verdict.value) for item in shown}


@pytest.fixture(autouse=True)
def _no_confirmation_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging.conclude, "__kwdefaults__", {**(judging.conclude.__kwdefaults__ or {}), "wait": 0.0})


async def _run(session: Session) -> tuple[Result, ...]:
    return (await session.conclude(EVERYTHING, authorized_by="the founder of Acme")).results


async def test_every_planted_fault_is_found_and_nothing_else_then_mended(tmp_path: Path) -> None:
    target = PracticeTarget(tmp_path)
    await target.start()
    session = Session.create(None, target.product_toml, str(tmp_path))
    there = [state.fault for state in target.faults if state.planted]
    first = truth(item for fault in there for item in fault.shows)
    assert bad(await _run(session)) == first
    assert bad(await _run(session)) == first | truth(item for fault in there for item in fault.again)

    target.repair_all()
    mended = await _run(session)
    assert bad(mended) == set()
    assert [item for item in mended if item.verdict in COULD_NOT_SEE] == []
    session.close()
    await target.stop()
