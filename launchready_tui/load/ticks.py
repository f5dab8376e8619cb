"""What whoever watches a load test hears, about once a second."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from launchready_tui.model.questions.loadtest import GeneratorHealth, LoadPhase, LoadPlan, LoadPoint, RouteLoad

Stage = Literal["starting", "running", "ending", "watching", "flood", "finished"]


@dataclass(frozen=True, slots=True)
class LoadTick:
    """How the test stands. `at` is in seconds since the first request, `latest` the newest complete second (None before
    it), `routes` everything since the beginning. `server` are the newest figures of the server's side by series.
    """

    stage: Stage
    plan: LoadPlan
    at: float = 0.0
    users: int = 0
    rps: float = 0.0
    p95_ms: float = 0.0
    error_percent: float = 0.0
    phase: LoadPhase | None = None
    latest: LoadPoint | None = None
    routes: tuple[RouteLoad, ...] = ()
    generator: GeneratorHealth = field(default_factory=GeneratorHealth)
    server: Mapping[str, float] = field(default_factory=dict)
    note: str = ""


TickListener = Callable[[LoadTick], None]


def no_one(tick: LoadTick) -> None:
    """Hears nothing."""
