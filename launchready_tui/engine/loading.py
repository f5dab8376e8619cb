"""A load test of an engagement: prepared, run, kept as evidence, and judged by the checks of its stage."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from launchready_tui.engine.conclusion import Conclusion
from launchready_tui.engine.events import Listener, Selection, nobody
from launchready_tui.engine.session import Session
from launchready_tui.load.burst import burst_through, start_burst
from launchready_tui.load.limits import limits_of
from launchready_tui.load.preparing import SETTLE_S, Prepared, flooded, make_watch, prepare, start, start_flood
from launchready_tui.load.request import LoadRequest
from launchready_tui.load.runner import LoadRun
from launchready_tui.load.ticks import TickListener, no_one
from launchready_tui.model import codec
from launchready_tui.model.evidence import Evidence
from launchready_tui.model.journal import payload
from launchready_tui.model.questions.loadtest import LoadReport, LoadTest
from launchready_tui.model.records import Authorization
from launchready_tui.model.runbook import Kind, Runbook
from launchready_tui.model.verdicts import Consent

FAMILY = "load."
"""The checks that judge a load test."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A load test that is over: its report, and what the checks conclude from it."""

    report: LoadReport
    conclusion: Conclusion


class LoadTesting:
    """One load test: `prepare`, then `run`; `stop` ends it within a second.

    `tokens` are the session's: passwords of test accounts, DSNs. Raises `InputError` (`LoadRefused` where somebody or
    something has not agreed) for what cannot be run as asked, `LoadError` where the generator cannot begin.
    """

    def __init__(self, session: Session, request: LoadRequest) -> None:
        self._session = session
        self._request = request
        self._run: LoadRun | None = None
        self._stopped = ""

    async def prepare(self) -> Prepared:
        """Plan it, resolve its hosts and ask for its proofs. Sends no load."""
        session, request = self._session, self._request
        snapshot = await asyncio.to_thread(session.snapshot)
        levels = frozenset({Consent.PASSIVE, Consent.LOAD})
        async with session.asking("load test, prepared", levels, authorized_by=request.authorized_by) as ask:
            return await prepare(
                snapshot.product,
                request,
                ask=ask,
                recorded=_recorded(session),
                tokens=session.token,
                now=snapshot.now,
            )

    async def run(
        self,
        prepared: Prepared,
        ticks: TickListener = no_one,
        listener: Listener = nobody,
        *,
        settle_s: float = SETTLE_S,
    ) -> Loaded:
        """Run it, keep what was seen, and judge it. What is stopped early is kept and judged as partial."""
        session = self._session
        limits = limits_of(session.runbook)
        watch = await make_watch(prepared.product, session.token)
        report = await self._one(
            start(prepared, limits=limits, listener=ticks, watch=watch, settle_s=settle_s, clock=session.clock)
        )
        if prepared.request.burst and not (report.partial or report.aborted or self._stopped):
            watch = await make_watch(prepared.product, session.token)
            many = start_burst(
                prepared, report, limits=limits, listener=ticks, watch=watch, settle_s=settle_s, clock=session.clock
            )
            if many is not None:
                report = burst_through(report, await self._one(many))
        if prepared.request.flood and not (report.partial or report.aborted or self._stopped):
            alone = start_flood(prepared, report, limits=limits, listener=ticks)
            if alone is not None:
                report = flooded(report, await self._one(alone))
        await asyncio.to_thread(session.keep_seen, "load test", evidence_of(prepared, report))
        selection = Selection(checks=judging(session.runbook), levels=frozenset({Consent.PASSIVE, Consent.LOAD}))
        conclusion = await session.conclude(selection, listener, authorized_by=prepared.gate.who)
        return Loaded(report, conclusion)

    def stop(self, why: str = "It was stopped by hand.") -> None:
        """End all traffic within a second."""
        self._stopped = why
        if self._run is not None:
            self._run.stop(why)

    async def _one(self, run: LoadRun) -> LoadReport:
        self._run = run
        try:
            return await run.run()
        finally:
            self._run = None


def judging(runbook: Runbook) -> frozenset[str]:
    """The live checks that a load test decides."""
    return frozenset(entry.id for entry in runbook.entries if entry.kind is Kind.LIVE and entry.id.startswith(FAMILY))


def evidence_of(prepared: Prepared, report: LoadReport) -> Evidence[LoadReport]:
    """The report as a piece of evidence."""
    first = prepared.product.routes[0].url if prepared.product.routes else ""
    question = LoadTest(prepared.product.domain, first, report.plan)
    return Evidence(
        id="",
        question=question,
        attempt=1,
        facts=report,
        failure=None,
        started_at=codec.moment(report.started_at),
        finished_at=codec.moment(report.finished_at),
    )


def _recorded(session: Session) -> Callable[[str], str]:
    """Who authorized load on a host by a record, '' for nobody."""

    def who(host: str) -> str:
        snapshot = session.snapshot()
        record = snapshot.state.authorized(host, Consent.LOAD.value, snapshot.now)
        if record is None:
            return ""
        said = payload(record, Authorization)
        return said.who if said.host == host or snapshot.product.names(host) else ""

    return who


__all__ = ["LoadRequest", "LoadTesting", "Loaded", "Prepared", "evidence_of", "judging"]
