"""From a profile and a request to a load test that may begin: what both doors, the verb and the screen, call.

prepared = await prepare(product, request, ask=…, recorded=…, tokens=…, now=…)
prepared.gate.require()
report = await start(prepared, listener=…).run()
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from launchready_tui.load.gate import Gate, Standing, authorizations, decide, reaches
from launchready_tui.load.planning import Little, Planned, little, make_plan
from launchready_tui.load.proofs import prove
from launchready_tui.load.request import LoadRequest, parse_address
from launchready_tui.load.runner import LoadRun, utc_now
from launchready_tui.load.script import Walk
from launchready_tui.load.server.setup import set_up
from launchready_tui.load.server.watch import Watch
from launchready_tui.load.targets import find_targets, hosts_of
from launchready_tui.load.ticks import TickListener, no_one
from launchready_tui.load.walks import flood_walks, make_walks, read_pools
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Product
from launchready_tui.model.questions.loadtest import LoadLimits, LoadPhase, LoadReport, RouteLoad

Tokens = Callable[[str], str | None]

SETTLE_S = 300.0
"""Seconds after the load in which memory and queues may come back (CHECKS.md S6.SRV.02, S6.SRV.03)."""

FLOOD_S = 15.0
"""Seconds for which every route is called alone."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A load test that only waits for its gate. `secrets` are passwords by role, and never shown."""

    product: Product
    request: LoadRequest
    planned: Planned
    gate: Gate
    little: Little
    secrets: dict[str, str] = field(repr=False)


async def prepare(
    product: Product,
    request: LoadRequest,
    *,
    ask: Ask,
    recorded: Callable[[str], str],
    tokens: Tokens,
    now: datetime,
) -> Prepared:
    """Plan, resolve, ask for proofs and decide. Sends no load.

    `recorded` tells who authorized load on a host ('' nobody). Raises `InputError` for what cannot be run as asked.
    """
    request.check()
    walks, keys = make_walks(product)
    hosts = hosts_of(walks)
    authorized = authorizations(hosts, recorded, request.authorized_by, product)

    def may(host: str) -> bool:
        return bool(recorded(host) or (request.authorized_by and product.names(host)))

    pools = await asyncio.to_thread(read_pools, product)
    targets = await find_targets(product, walks, ask, may)
    planned = make_plan(product, request, targets, pools, now)
    needed = reaches(product, walks, keys)
    secrets, missing = await asyncio.to_thread(_passwords, product, walks, tokens)
    standing = Standing(
        hosts=hosts,
        authorized=authorized,
        settings=product.load,
        reaches=needed,
        proofs=await prove(product, needed, ask),
        missing_passwords=missing,
    )
    plan = planned.plan
    law = little(plan.users, plan.think_s, product.load.arrivals_per_hour, plan.rate)
    return Prepared(product, request, planned, decide(standing, now), law, secrets)


def start(
    prepared: Prepared,
    *,
    limits: LoadLimits | None = None,
    listener: TickListener = no_one,
    watch: Watch | None = None,
    settle_s: float = SETTLE_S,
    clock: Callable[[], datetime] = utc_now,
) -> LoadRun:
    """The load test, ready to `run`. The gate is asked once more: nothing is sent past it."""
    prepared.gate.require()
    request = prepared.request
    return LoadRun(
        prepared.planned,
        prepared.product,
        secrets=prepared.secrets,
        limits=limits,
        listener=listener,
        watch=watch,
        settle_s=settle_s,
        master=parse_address(request.master, "--master") if request.master else None,
        authorized_by=prepared.gate.who,
        clock=clock,
    )


def start_flood(
    prepared: Prepared, report: LoadReport, *, limits: LoadLimits | None = None, listener: TickListener = no_one
) -> LoadRun | None:
    """The same routes called alone, as fast as the journeys called all of them together; None where none can be.

    It shows what a simple benchmark would have said (CHECKS.md S6.RUN.05).
    """
    prepared.gate.require()
    alone = flood_walks(prepared.planned.script.walks)
    seconds = min(report.plan.duration_s, max((point.at for point in report.timeline), default=0.0) + report.every_s)
    if not alone or seconds <= 0 or not report.requests:
        return None
    rate = max(1.0, report.requests / seconds)
    rate = min(rate, prepared.planned.plan.max_rps or rate)
    phases = (LoadPhase("hold", 0.0, FLOOD_S, 0, rate),)
    plan = replace(
        prepared.planned.plan,
        mode="arrival",
        phases=phases,
        rate=rate,
        duration_s=FLOOD_S,
        think_s=0.0,
        requests_per_session=1.0,
    )
    script = replace(prepared.planned.script, mode="arrival", walks=alone, phases=phases, rate=rate, duration_s=FLOOD_S)
    return LoadRun(Planned(plan, script), prepared.product, limits=limits, listener=listener)


def flooded(report: LoadReport, flood: LoadReport) -> LoadReport:
    """The report with the flood's figures beside the journeys'."""
    seen: tuple[RouteLoad, ...] = tuple(load for load in flood.routes if load.requests)
    return replace(report, flood=seen)


async def make_watch(product: Product, tokens: Tokens) -> Watch:
    """What looks at the server's side meanwhile, as the profile declares it."""
    setup = await asyncio.to_thread(set_up, product, tokens)
    return Watch(setup.samplers, setup.unwatched)


def _passwords(product: Product, walks: Iterable[Walk], tokens: Tokens) -> tuple[dict[str, str], tuple[str, ...]]:
    """The passwords that the journeys fill in, by role, and the roles that have none."""
    found: dict[str, str] = {}
    missing: list[str] = []
    for walk in walks:
        wanted = any("account.password" in step.needs for step in walk.steps)
        if not wanted or walk.role in found or walk.role in missing:
            continue
        account = product.account(walk.role)
        secret = tokens(account.secret) if account is not None else None
        if secret:
            found[walk.role] = secret
        else:
            missing.append(walk.role)
    return found, tuple(missing)
