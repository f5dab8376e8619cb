"""Plans a load test: phases, cap, Little's law. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from launchready_tui.errors import InputError
from launchready_tui.load.request import LoadRequest
from launchready_tui.load.script import Dial, Script, Walk
from launchready_tui.load.walks import Key, fingerprint, make_walks, mean_requests, mean_think
from launchready_tui.model.performance import USUAL_RPS, LoadSettings
from launchready_tui.model.product import Product
from launchready_tui.model.questions.loadtest import LoadPhase, LoadPlan

CONSTANT_S = 60.0
STAGED_S = 180.0
STEP_S = 20.0
"""Seconds of a test whose length nobody said: constant load, all stages, one step."""

SPIKE = 1.5
"""The spike is that many times the held load."""

STAGES = (("warm-up", 0.10), ("ramp", 0.25), ("hold", 0.40), ("spike", 0.10), ("recovery", 0.15))
"""The stages and their shares of the time (CHECKS.md b6); the warm-up has a tenth of the users."""

STEPS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
"""The steps to the knee, in expected peaks: twice the peak is the headroom that a launch wants (S6.RUN.06)."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and the script that carries it out."""

    plan: LoadPlan
    script: Script


def make_plan(
    product: Product,
    request: LoadRequest,
    targets: Mapping[str, tuple[Dial, ...]],
    pools: Mapping[str, tuple[str, ...]],
    now: datetime,
) -> Planned:
    """The plan of a load test. Raises `InputError` for what cannot be run as asked."""
    request.check()
    walks, keys = make_walks(product)
    settings = product.load
    cap = cap_of(settings, request.max_rps, targets)
    plan = LoadPlan(
        mode="arrival" if request.rate else "steps" if request.steps else "closed",
        phases=_phases(request, settings),
        rate=request.rate,
        environment=settings.environment,
        max_rps=cap,
        processes=max(1, request.processes),
        peak=settings.peak,
        think_s=mean_think(walks),
        requests_per_session=mean_requests(walks),
        journeys=fingerprint(walks, dict(pools)),
    )
    plan = replace(plan, users=max(phase.users for phase in plan.phases), duration_s=plan.phases[-1].until)
    wanted = request.rate * plan.requests_per_session
    if cap and wanted > cap:
        raise InputError(
            f"{request.rate:g} sessions a second make {wanted:.0f} requests a second, and the cap is {cap:g}.",
            "Raise [load] max_rps in the profile or give --max-rps, if the owner of the target agrees.",
        )
    return Planned(plan, _script(product, request, plan, (walks, keys), targets, pools, now))


def cap_of(settings: LoadSettings, asked: float, targets: Mapping[str, tuple[Dial, ...]]) -> float:
    """The cap of requests a second, 0 for none: what was asked for, else the profile's.

    The default of the profile protects other people's servers, and does not apply where all targets are this machine.
    """
    if asked:
        return asked
    local = all(
        dial.address.startswith("127.") or dial.address == "::1" for found in targets.values() for dial in found
    )
    return settings.max_rps or (0.0 if local else USUAL_RPS)


def _phases(request: LoadRequest, settings: LoadSettings) -> tuple[LoadPhase, ...]:
    if request.rate:
        return (LoadPhase("hold", 0.0, request.duration_s or CONSTANT_S, request.users, request.rate),)
    if request.steps:
        return _steps(request, max(1, settings.peak))
    if request.users:
        return (LoadPhase("hold", 0.0, request.duration_s or CONSTANT_S, request.users),)
    return _stages(max(1, settings.peak), request.duration_s or STAGED_S)


def _stages(users: int, seconds: float) -> tuple[LoadPhase, ...]:
    levels = {"warm-up": math.ceil(users / 10), "spike": math.ceil(users * SPIKE)}
    found: list[LoadPhase] = []
    at = 0.0
    for name, share in STAGES:
        until = at + share * seconds
        found.append(LoadPhase(name, round(at, 3), round(until, 3), levels.get(name, users)))  # type: ignore[arg-type]
        at = until
    return tuple(found)


def _steps(request: LoadRequest, peak: int) -> tuple[LoadPhase, ...]:
    most = request.users or math.ceil(peak * STEPS[-1])
    levels = sorted({max(1, math.ceil(peak * step)) for step in STEPS})
    levels = [level for level in levels if level < most] + [most]
    each = request.duration_s / len(levels) if request.duration_s else STEP_S
    return tuple(
        LoadPhase("step", round(number * each, 3), round((number + 1) * each, 3), level)
        for number, level in enumerate(levels)
    )


def _script(
    product: Product,
    request: LoadRequest,
    plan: LoadPlan,
    journeys: tuple[tuple[Walk, ...], tuple[Key, ...]],
    targets: Mapping[str, tuple[Dial, ...]],
    pools: Mapping[str, tuple[str, ...]],
    now: datetime,
) -> Script:
    walks, keys = journeys
    return Script(
        mode=plan.mode,
        walks=walks,
        keys=keys,
        pools=dict(pools),
        targets=dict(targets),
        phases=plan.phases,
        journeys=plan.journeys,
        epoch=int(now.timestamp()),
        duration_s=plan.duration_s,
        rate=plan.rate,
        max_rps=plan.max_rps,
        ca_bundle=product.network.ca_bundle,
        base=product.base,
        most_open=request.users or max(1_000, math.ceil(plan.rate * (plan.think_s + 60))),
        workers=request.workers or (request.processes if request.processes > 1 else 0),
    )


@dataclass(frozen=True, slots=True)
class Little:
    """Little's law, N = λ × W, read from two sides.

    `arrivals_per_s` is what that many `users` amount to with sessions of `session_s` seconds. `expected` is the number
    of sessions at once that the declared arrivals an hour amount to, 0 where nobody declared any.
    """

    users: int
    session_s: float
    arrivals_per_s: float
    expected_per_hour: float = 0.0
    expected: float = 0.0


def little(users: int, session_s: float, per_hour: float = 0.0, rate: float = 0.0) -> Little:
    """Both directions. With a `rate` of sessions a second the users follow from it."""
    if rate:
        return Little(math.ceil(rate * session_s), session_s, rate, per_hour, per_hour / 3600 * session_s)
    arrivals = users / session_s if session_s > 0 else 0.0
    return Little(users, session_s, arrivals, per_hour, per_hour / 3600 * session_s)
