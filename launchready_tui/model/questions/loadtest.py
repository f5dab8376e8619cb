"""The load test: what was planned, what every route did under it, and what gave way first.

Times (`at`, `until`) are seconds since the first request of the test, on one timeline with what was seen on the
server's side (`serverwatch`). Latencies are in milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from launchready_tui.model.performance import Environment
from launchready_tui.model.questions.base import Facts, Question
from launchready_tui.model.questions.serverwatch import ServerWatch
from launchready_tui.model.verdicts import Consent

LoadMode = Literal["closed", "arrival", "steps"]
PhaseName = Literal["warm-up", "ramp", "hold", "spike", "recovery", "step"]

MOST_POINTS = 600
"""Points of a timeline; a longer test has coarser ones."""

INDICATIVE_BELOW = 200
"""Requests below which the figures of a route are only indicative (CHECKS.md S6.RUN.07)."""


@dataclass(frozen=True, slots=True)
class LoadPhase:
    """A part of the plan. `users` are the sessions at once that it ends with, `rate` the sessions started a second."""

    name: PhaseName
    at: float
    until: float
    users: int = 0
    rate: float = 0.0


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """What was going to be sent.

    `closed`: that many users, each thinking between steps; `arrival`: `rate` sessions are started a second, whatever
    the server does; `steps`: more users step by step, until a limit breaks. `max_rps` is the cap of requests a second
    (0: none), `think_s` the mean pause in one session, `requests_per_session` the mean number of requests in one.
    `journeys` is the SHA-256 of the journeys as they were run.
    """

    mode: LoadMode = "closed"
    users: int = 0
    duration_s: float = 0.0
    rate: float = 0.0
    phases: tuple[LoadPhase, ...] = ()
    environment: Environment = ""
    max_rps: float = 0.0
    processes: int = 1
    peak: int = 0
    think_s: float = 0.0
    requests_per_session: float = 0.0
    journeys: str = ""

    def phase(self, name: PhaseName) -> LoadPhase | None:
        """The first part of that name."""
        return next((phase for phase in self.phases if phase.name == name), None)


@dataclass(frozen=True, slots=True)
class RouteLoad:
    """One route in one journey, over the whole test; `peak_*` only while the planned load was held.

    In arrival mode latencies count from the moment at which the request was due, and `service_p95_ms` from the moment
    at which it was sent. `p95_low_ms` and `p95_high_ms` hold the true p95 with 95 % confidence (order statistics;
    -1: cannot be given). `errors` counts failures by kind: `status-503`, `timeout`, `refused`, `reset`, `tls`,
    `certificate`, `extract` (a value for a later step was not there), `left-site`, `redirects`, `too-large`,
    `malformed`, `unreachable`, `unresolved`, `unfinished` (still open at the end); `ports` and `files` are limits of
    the generator itself. `dropped` are requests that were due and were never sent. `bytes` are those of the bodies on
    the wire. A p95 up to `pass_ms` passes, above `fail_ms` it fails: checkout may take longer.
    """

    route: str
    journey: str
    requests: int = 0
    failures: int = 0
    dropped: int = 0
    bytes: int = 0
    p50_ms: float = 0.0
    p95_ms: float = 0.0
    p99_ms: float = 0.0
    max_ms: float = 0.0
    mean_ms: float = 0.0
    p95_low_ms: float = -1.0
    p95_high_ms: float = -1.0
    service_p95_ms: float | None = None
    peak_requests: int = 0
    peak_failures: int = 0
    peak_p95_ms: float = 0.0
    errors: Mapping[str, int] = field(default_factory=dict)
    pass_ms: float = 500.0
    fail_ms: float = 800.0

    @property
    def indicative(self) -> bool:
        """Whether there are too few requests for a verdict of their own."""
        return self.requests < INDICATIVE_BELOW

    @property
    def error_percent(self) -> float:
        """Failures of a hundred requests."""
        return 100 * self.failures / self.requests if self.requests else 0.0


@dataclass(frozen=True, slots=True)
class JourneyLoad:
    """The sessions of one journey. `mean_s` is how long a finished one took, thinking included."""

    journey: str
    started: int = 0
    finished: int = 0
    failed: int = 0
    mean_s: float = 0.0


@dataclass(frozen=True, slots=True)
class LoadPoint:
    """`every` seconds of the test from `at` on. `p95_ms` is over all routes (0: no request ended), `routes` that of
    the busiest ones by their id. `server_errors` are answers 5xx.
    """

    at: float
    users: int = 0
    requests: int = 0
    failures: int = 0
    server_errors: int = 0
    p95_ms: float = 0.0
    routes: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GeneratorHealth:
    """How the load generator itself did; `reasons` say why its figures do not count.

    `cpu_percent` is the busiest process (of one core, over 10 s), `lag_p99_ms` how late its event loop woke up.
    `scheduled` and `dropped` are sessions in arrival mode, else 0; `achieved_percent` is what was reached of the
    planned users or rate. `lost` are processes or machines that disappeared. `capped`: the cap of requests a second
    held the load back.
    """

    cpu_percent: float = 0.0
    lag_p99_ms: float = 0.0
    scheduled: int = 0
    dropped: int = 0
    achieved_percent: float = 100.0
    open_files: int = 0
    file_limit: int = 0
    port_errors: int = 0
    file_errors: int = 0
    processes: int = 1
    lost: int = 0
    capped: bool = False
    reasons: tuple[str, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether the figures describe the product and not the generator."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class LoadEvent:
    """The first time that something gave way. `what` is a stable slug: `p95-warn`, `p95-fail`, `errors`,
    `server-errors`, `refused`, `timeouts`; `route` may be '' (all of them).
    """

    at: float
    what: str
    value: float
    route: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class StepLoad:
    """One step of a step load. `broke` says which limit broke: `p95`, `errors`, `aborted`; '' where all held."""

    users: int
    at: float
    until: float
    requests: int = 0
    p95_ms: float = 0.0
    error_percent: float = 0.0
    route: str = ""
    broke: str = ""


@dataclass(frozen=True, slots=True)
class LoadLimits:
    """The limits that the test was run with (CHECKS.md b6), and those at which it ends itself."""

    p95_pass_ms: float = 500.0
    p95_fail_ms: float = 800.0
    checkout_p95_ms: float = 2000.0
    error_percent: float = 1.0
    cpu_percent: float = 80.0
    lag_p99_ms: float = 20.0
    dropped_percent: float = 0.5
    achieved_percent: float = 98.0
    abort_error_percent: float = 10.0
    abort_error_for_s: float = 10.0
    abort_p95_ms: float = 5000.0
    abort_p95_for_s: float = 30.0
    abort_burst: int = 20
    abort_burst_percent: float = 50.0
    stop_within_s: float = 1.0


@dataclass(frozen=True, slots=True)
class BurstLoad:
    """Many sessions at once that each leave work behind, such as fifty sign-ups within seconds, after the test itself.

    `sessions` are those that went well to their end; `until` is the end of the traffic on the burst's own timeline,
    `server` what was seen on it, until the queues were drained. `partial` says what did not go as planned.
    """

    sessions: int = 0
    requests: int = 0
    failures: int = 0
    until: float = 0.0
    server: ServerWatch = field(default_factory=ServerWatch)
    partial: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadReport(Facts):
    """A load test as it went.

    `aborted` says why it ended itself ('' if it did not), `partial` what is missing where it did not run as planned:
    stopped by hand, a worker disappeared, the generator crashed. `knee` is the highest step that held every limit (0:
    none), `max_concurrency` the most sessions at once that were carried within the limits, `most_users` the most that
    there were. `flood` are the same routes called alone, without sessions and pauses, at the same rate of requests.
    `burst` is what queues made of many jobs at once; None where nobody asked for it.
    `arrivals_per_s` and `session_s` are what Little's law was measured with: sessions started a second, their length.
    """

    plan: LoadPlan
    started_at: datetime
    finished_at: datetime
    routes: tuple[RouteLoad, ...] = ()
    journeys: tuple[JourneyLoad, ...] = ()
    timeline: tuple[LoadPoint, ...] = ()
    every_s: float = 1.0
    generator: GeneratorHealth = GeneratorHealth()
    server: ServerWatch = field(default_factory=ServerWatch)
    first_to_give: tuple[LoadEvent, ...] = ()
    steps: tuple[StepLoad, ...] = ()
    knee: int = 0
    max_concurrency: int = 0
    most_users: int = 0
    arrivals_per_s: float = 0.0
    session_s: float = 0.0
    flood: tuple[RouteLoad, ...] = ()
    burst: BurstLoad | None = None
    limits: LoadLimits = LoadLimits()
    authorized_by: str = ""
    aborted: str = ""
    partial: tuple[str, ...] = ()

    @property
    def requests(self) -> int:
        """All requests."""
        return sum(route.requests for route in self.routes)

    @property
    def failures(self) -> int:
        """All failed ones."""
        return sum(route.failures for route in self.routes)

    def of_route(self, route: str) -> tuple[RouteLoad, ...]:
        """A route in all journeys that use it."""
        return tuple(item for item in self.routes if item.route == route)


@dataclass(frozen=True, slots=True)
class LoadTest(Question[LoadReport]):
    """The newest load test of a product. The plan makes no other question: whoever judges wants the last one."""

    kind: ClassVar[str] = "load-test"
    answer: ClassVar[type[Facts]] = LoadReport

    domain: str
    url: str = field(default="", compare=False)
    plan: LoadPlan = field(default=LoadPlan(), compare=False)

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or self.domain).lower()

    @property
    def level(self) -> Consent:
        return Consent.LOAD

    @property
    def patience(self) -> float:
        return self.plan.duration_s + 600.0
