"""Puts a load report together. Pure."""

from __future__ import annotations

from datetime import datetime

from launchready_tui.load.collecting import Collector
from launchready_tui.load.figures import Bounds, health, journey_loads, points, route_loads, step_loads
from launchready_tui.load.giving import carried, first_to_give, windows
from launchready_tui.model import codec
from launchready_tui.model.questions.loadtest import LoadLimits, LoadPlan, LoadReport, RouteLoad, StepLoad
from launchready_tui.model.questions.serverwatch import ServerWatch


def until_broken(steps: tuple[StepLoad, ...]) -> tuple[StepLoad, ...]:
    """The steps up to the first that broke: what was begun after it says nothing."""
    first = next((number for number, step in enumerate(steps) if step.broke), len(steps))
    return steps[: first + 1]


def make_report(
    collected: Collector,
    plan: LoadPlan,
    limits: LoadLimits,
    bounds: Bounds,
    *,
    started_at: datetime,
    finished_at: datetime,
    authorized_by: str = "",
    aborted: str = "",
    partial: tuple[str, ...] = (),
    lost: int = 0,
    server: ServerWatch | None = None,
    flood: tuple[RouteLoad, ...] = (),
) -> LoadReport:
    """The report of what was collected."""
    found = windows(collected)
    steps = until_broken(step_loads(collected, bounds, limits))
    knee = max((step.users for step in steps if not step.broke), default=0)
    walks = journey_loads(collected)
    started = sum(walk.started for walk in walks)
    finished = sum(walk.finished for walk in walks)
    seconds = min(collected.at, plan.duration_s) or 1.0
    return LoadReport(
        plan=plan,
        started_at=codec.moment(started_at),
        finished_at=codec.moment(finished_at),
        routes=route_loads(collected, bounds),
        journeys=walks,
        timeline=points(collected),
        every_s=float(collected.timeline.every),
        generator=health(collected, limits, lost),
        server=server or ServerWatch(),
        first_to_give=first_to_give(found, bounds, limits),
        steps=steps,
        knee=knee,
        max_concurrency=knee if plan.mode == "steps" else carried(found, bounds, limits),
        most_users=collected.most_users,
        arrivals_per_s=round(started / seconds, 4),
        session_s=round(sum(walk.mean_s * walk.finished for walk in walks) / finished, 3) if finished else 0.0,
        flood=flood,
        limits=limits,
        authorized_by=authorized_by,
        aborted=aborted,
        partial=partial,
    )
