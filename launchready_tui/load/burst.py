"""The burst test (S6.SRV.03): fifty sessions within seconds that each leave a job behind, for the queue to take."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from launchready_tui.load.planning import Planned
from launchready_tui.load.preparing import SETTLE_S, Prepared
from launchready_tui.load.runner import LoadRun, utc_now
from launchready_tui.load.script import Walk
from launchready_tui.load.server.watch import Watch
from launchready_tui.load.ticks import TickListener, no_one
from launchready_tui.model.product import Product
from launchready_tui.model.questions.loadtest import BurstLoad, LoadLimits, LoadPhase, LoadReport

JOBS = 50
SPARE = 3
"""Sessions that leave a job each, and a few more: one or the other may fail."""

SECONDS = 5.0
"""Within which they are started, unless the cap of requests a second stretches it."""


def start_burst(
    prepared: Prepared,
    report: LoadReport,
    *,
    limits: LoadLimits | None = None,
    listener: TickListener = no_one,
    watch: Watch | None = None,
    settle_s: float = SETTLE_S,
    clock: Callable[[], datetime] = utc_now,
) -> LoadRun | None:
    """The burst as a run of its own, after the test of `report`; None where no journey is known to leave work behind.

    The gate is asked once more, and the cap of requests a second holds.
    """
    prepared.gate.require()
    planned = prepared.planned
    walks = burst_walks(prepared.product, planned.script.walks, planned.script.keys)
    if not walks:
        return None
    requests = max(len(walk.steps) for walk in walks)
    rate = (JOBS + SPARE) / SECONDS
    if planned.plan.max_rps:
        rate = min(rate, planned.plan.max_rps / requests)
    seconds = math.ceil((JOBS + SPARE) / rate)
    phases = (LoadPhase("spike", 0.0, float(seconds), 0, rate),)
    plan = replace(
        planned.plan,
        mode="arrival",
        phases=phases,
        users=0,
        rate=rate,
        duration_s=float(seconds),
        think_s=0.0,
        requests_per_session=float(requests),
    )
    script = replace(
        planned.script,
        mode="arrival",
        walks=walks,
        phases=phases,
        rate=rate,
        duration_s=float(seconds),
        # Sign-ups of the test itself had the numbers of its own epoch.
        epoch=planned.script.epoch + math.ceil(report.plan.duration_s) + 1,
        most_open=2 * (JOBS + SPARE),
    )
    return LoadRun(
        Planned(plan, script),
        prepared.product,
        secrets=prepared.secrets,
        limits=limits,
        listener=listener,
        watch=watch,
        settle_s=settle_s,
        clock=clock,
    )


def burst_walks(product: Product, walks: tuple[Walk, ...], keys: tuple[tuple[str, str], ...]) -> tuple[Walk, ...]:
    """The journeys that send mail, else those that pay: each step once and without a pause."""
    for reach in ("mail", "payment"):
        routes = {route.id for route in product.routes if route.reach == reach}
        found = [walk for walk in walks if any(keys[step.key][0] in routes for step in walk.steps)]
        if found:
            return tuple(
                replace(walk, steps=tuple(replace(step, times=(1, 1), think=(0.0, 0.0)) for step in walk.steps))
                for walk in found
            )
    return ()


def burst_through(report: LoadReport, burst: LoadReport) -> LoadReport:
    """The report with what the burst did."""
    until = burst.timeline[-1].at + burst.every_s if burst.timeline else burst.plan.duration_s
    went_well = sum(max(0, walk.finished - walk.failed) for walk in burst.journeys)
    seen = BurstLoad(went_well, burst.requests, burst.failures, until, burst.server, burst.partial)
    return replace(report, burst=seen)
