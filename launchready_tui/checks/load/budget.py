"""Pure: what suppliers allow against what journeys need, and what the application's log said about its calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from launchready_tui.checks.load.trend import trend
from launchready_tui.model.performance import Dependency, seconds_range, times_range
from launchready_tui.model.product import Journey, Product
from launchready_tui.model.questions import LoadReport
from launchready_tui.model.questions.serverwatch import CALL_BUCKET_S, CallCount, DependencyCalls

FEWEST_BUCKETS = 4
FEWEST_REQUESTS = 5
"""Buckets of a timeline, and requests in each, below which calls for each request say nothing."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one supplier allows and what is needed at the expected peak, in calls a minute.

    `most` is how many of each journey a minute its limit would carry alone; `observed` is calls for each journey as the
    log counted them, None without a log.
    """

    dependency: Dependency
    needed: float
    most: Mapping[str, float]

    @property
    def allowed(self) -> float:
        """The limit of the supplier; 0: not declared."""
        return self.dependency.limit_per_minute

    @property
    def ratio(self) -> float:
        """How many times the peak the limit carries."""
        return self.allowed / self.needed if self.needed else 0.0


def budgets(product: Product, per_minute: float) -> tuple[Budget, ...]:
    """The budget of every declared supplier at that many journeys a minute, spread by their weights."""
    weights = {journey.id: float(journey.weight) for journey in product.journeys}
    whole = sum(weights.values())
    found = []
    for item in product.dependencies:
        shares = {name: weights.get(name, 0.0) / whole if whole else 1.0 for name in item.calls}
        needed = per_minute * sum(calls * shares[name] for name, calls in item.calls.items())
        most = {
            name: item.limit_per_minute / calls for name, calls in item.calls.items() if calls and item.limit_per_minute
        }
        found.append(Budget(item, needed, most))
    return tuple(found)


def journeys_per_minute(product: Product, report: LoadReport | None) -> float:
    """Journeys a minute at the expected peak: as declared, else by Little's law from sessions at once and their length.

    The length is the measured one, else what the profile's pauses add up to.
    """
    if product.load.arrivals_per_hour:
        return product.load.arrivals_per_hour / 60
    length = report.session_s if report and report.session_s > 0 else mean_session(product)
    return 60 * product.load.peak / length if length > 0 else 0.0


def mean_session(product: Product) -> float:
    """Seconds that a session takes by its pauses alone."""
    weights = sum(journey.weight for journey in product.journeys)
    return sum(journey.weight * _pauses(journey) for journey in product.journeys) / weights if weights else 0.0


def _pauses(journey: Journey) -> float:
    total = 0.0
    for step in journey.steps:
        try:
            pause, times = seconds_range(step.think), times_range(step.times)
        except ValueError:
            continue
        total += sum(pause) / 2 * sum(times) / 2
    return total


@dataclass(frozen=True, slots=True)
class Storm:
    """Calls for each request of the test, early and late: they rise where the application retries what is refused."""

    early: float
    late: float
    rises: bool

    @property
    def ratio(self) -> float:
        """Late over early."""
        return self.late / self.early if self.early else 0.0


def storm(calls: DependencyCalls, report: LoadReport) -> Storm | None:
    """How calls for each request changed over the load; None where there is too little of either."""
    shares = []
    for count in calls.counts:
        requests = sum(point.requests for point in report.timeline if count.at <= point.at < count.at + CALL_BUCKET_S)
        if requests >= FEWEST_REQUESTS:
            shares.append((count.at, count.calls / requests))
    if len(shares) < FEWEST_BUCKETS:
        return None
    third = max(1, len(shares) // 3)
    early, late = (median(value for _, value in part) for part in (shares[:third], shares[-third:]))
    found = trend(shares)
    return Storm(early, late, found is not None and found.low > 0)


def whole(counts: Iterable[CallCount]) -> CallCount:
    """All counts as one."""
    items = list(counts)
    return CallCount(
        items[0].at if items else 0.0,
        sum(item.calls for item in items),
        sum(item.throttled for item in items),
        sum(item.errors for item in items),
        sum(item.timeouts for item in items),
    )


def calls_of(report: LoadReport, dependency: Dependency) -> DependencyCalls | None:
    """What the log said about a declared supplier."""
    names = {dependency.host.lower(), dependency.id.lower()} - {""}
    return next((item for item in report.server.dependencies if item.host.lower() in names), None)
