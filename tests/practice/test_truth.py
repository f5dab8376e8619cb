"""The acceptance test of the whole tool: all live checks run for real, and find what is planted and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

import pytest

from launchready_tui.engine.events import Selection
from launchready_tui.engine.running import execute
from launchready_tui.engine.session import Session
from launchready_tui.model.results import Result
from launchready_tui.model.verdicts import Consent, Verdict
from launchready_tui.practice.faults import FAULTS, Shown
from launchready_tui.practice.process import start
from launchready_tui.practice.visitors import tokens_of

EVERYTHING = Selection(levels=frozenset({Consent.PASSIVE, Consent.ACTIVE}))
RENEWALS = Selection(checks=frozenset({"tls.renewal-proof"}))
BAD = (Verdict.FAIL, Verdict.WARN, Verdict.ERROR)
COULD_NOT_SEE = (Verdict.UNKNOWN, Verdict.NOT_RUN)

NOT_TO_BE_SEEN = {
    ("dns.authorities-agree", "split-dns"),
    ("identity.enumeration", "throttled"),
    ("identity.reset-token", "needs-mail"),
    ("rollback.note", "no-note"),
    ("latency.core-routes", "not-asked"),
    ("latency.optimization-log", "input-missing"),
    ("latency.page-vitals", "input-missing"),
}
"""What stays unknown on a product without a fault: a brake that works leaves too few tries, links are in the mail,
slow samplers run when they are asked for.
"""

UNDER_LOAD = "load."
"""Checks of a load test, which nobody has run."""

Found = set[tuple[str, str, str, str]]


def bad(results: Iterable[Result]) -> Found:
    return {(item.check, item.subject, item.reason, item.verdict.value) for item in results if item.verdict in BAD}


def truth(shown: Iterable[Shown]) -> Found:
    return {(item.check, item.subject, item.reason, item.verdict.value) for item in shown}


@pytest.fixture(autouse=True)
def _confirm_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Confirmations of a fail need not wait here: nothing on loopback passes by itself."""
    monkeypatch.setattr("launchready_tui.engine.session.execute", partial(execute, wait=0.0))


async def test_every_planted_fault_is_found_and_nothing_else(tmp_path: Path) -> None:
    target = start(tmp_path)
    session = Session.create(None, target.product_toml, str(tmp_path), tokens=tokens_of(tmp_path))
    planted = {line.id for line in target.faults() if line.planted}
    there = [fault for fault in FAULTS if fault.id in planted]

    async def run(selection: Selection) -> tuple[Result, ...]:
        return (await session.conclude(selection, authorized_by="the founder of Acme")).results

    try:
        assert bad(await run(EVERYTHING)) == truth(item for fault in there for item in fault.shows)
        assert bad(await run(RENEWALS)) == truth(item for fault in there for item in fault.again)

        target.repair_all()
        mended = await run(EVERYTHING)
        assert bad(mended) == set()
        unseen = [item for item in mended if item.verdict in COULD_NOT_SEE]
        unseen = [item for item in unseen if not item.check.startswith(UNDER_LOAD)]
        assert [item for item in unseen if (item.check, item.reason) not in NOT_TO_BE_SEEN] == []
    finally:
        session.close()
        target.stop()
