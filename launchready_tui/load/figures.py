"""From what was collected to the figures of a report. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from launchready_tui.load.collecting import Collector, Slot, merged
from launchready_tui.load.counting import Cell, Walked
from launchready_tui.load.script import Script
from launchready_tui.model.product import Product
from launchready_tui.model.questions.loadtest import (
    GeneratorHealth,
    JourneyLoad,
    LoadLimits,
    LoadPoint,
    RouteLoad,
    StepLoad,
)

BUSIEST = 6
"""Routes whose p95 the timeline shows."""

FEWEST = 20
"""Requests below which a p95 is its maximum, and breaks no step and marks no moment."""


def milliseconds(seconds: float) -> float:
    """A time in milliseconds, to a tenth of the histograms' error."""
    return round(seconds * 1000, 3)


class Bounds:
    """The limits of each route: checkout may take longer than a page."""

    def __init__(self, product: Product, limits: LoadLimits) -> None:
        self._limits = limits
        paying = {route.id for route in product.routes if route.reach == "payment"}
        self._slow = paying | {route.id for route in product.routes if "checkout" in route.id.lower()}

    def of(self, route: str) -> tuple[float, float]:
        """Milliseconds of p95 up to which the route passes, and above which it fails."""
        limits = self._limits
        if route in self._slow:
            return limits.checkout_p95_ms, limits.checkout_p95_ms
        return limits.p95_pass_ms, limits.p95_fail_ms


def route_loads(collected: Collector, bounds: Bounds, *, sure: bool = True) -> tuple[RouteLoad, ...]:
    """Every route of every journey, in the order of the journeys. Not `sure`: without the interval of its p95."""
    script = collected.script
    held = _held(collected)
    return tuple(
        _route(script, key, collected.totals.get(key, Cell()), held.get(key, Cell()), bounds, sure)
        for key in range(len(script.keys))
    )


def _route(script: Script, key: int, cell: Cell, held: Cell, bounds: Bounds, sure: bool) -> RouteLoad:
    route, journey = script.keys[key]
    low, high = cell.latency.interval(0.95) if sure else (-1.0, -1.0)
    passing, failing = bounds.of(route)
    return RouteLoad(
        route=route,
        journey=journey,
        requests=cell.latency.count,
        failures=cell.failures,
        dropped=cell.dropped,
        bytes=cell.bytes,
        p50_ms=milliseconds(cell.latency.percentile(0.5)),
        p95_ms=milliseconds(cell.latency.percentile(0.95)),
        p99_ms=milliseconds(cell.latency.percentile(0.99)),
        max_ms=milliseconds(cell.latency.largest),
        mean_ms=milliseconds(cell.latency.mean),
        p95_low_ms=milliseconds(low) if low >= 0 else -1.0,
        p95_high_ms=milliseconds(high) if high >= 0 else -1.0,
        service_p95_ms=milliseconds(cell.service.percentile(0.95)) if cell.service.count else None,
        peak_requests=held.latency.count,
        peak_failures=held.failures,
        peak_p95_ms=milliseconds(held.latency.percentile(0.95)),
        errors=dict(sorted(cell.errors.items())),
        pass_ms=passing,
        fail_ms=failing,
    )


def _held(collected: Collector) -> Mapping[int, Cell]:
    """What was counted while the planned load was held; in a step load that is no single time."""
    for number, phase in enumerate(collected.script.phases):
        if phase.name == "hold":
            return collected.phases[number]
    return {}


def journey_loads(collected: Collector) -> tuple[JourneyLoad, ...]:
    """The sessions of every journey."""
    found = []
    for number, walk in enumerate(collected.script.walks):
        walked = collected.walks.get(number, Walked())
        mean = walked.seconds / walked.finished if walked.finished else 0.0
        found.append(JourneyLoad(walk.id, walked.started, walked.finished, walked.failed, round(mean, 3)))
    return tuple(found)


def points(collected: Collector) -> tuple[LoadPoint, ...]:
    """The timeline."""
    every = collected.timeline.every
    shown = _busiest(collected)
    return tuple(
        point(collected.script, slot, float(number * every), shown)
        for number, slot in sorted(collected.timeline.slots.items())
    )


def point(script: Script, slot: Slot, at: float, shown: frozenset[str]) -> LoadPoint:
    """One point of the timeline."""
    whole = slot.whole
    return LoadPoint(
        at=at,
        users=slot.users,
        requests=whole.latency.count,
        failures=whole.failures,
        server_errors=whole.server_errors,
        p95_ms=milliseconds(whole.latency.percentile(0.95)),
        routes={
            route: milliseconds(cell.latency.percentile(0.95))
            for route, cell in by_route(script, slot.cells).items()
            if route in shown and cell.latency.count
        },
    )


def by_route(script: Script, cells: Mapping[int, Cell]) -> dict[str, Cell]:
    """The cells of a route in all journeys, together."""
    found: dict[str, Cell] = {}
    for key, cell in cells.items():
        found.setdefault(script.keys[key][0], Cell()).merge(cell)
    return found


def _busiest(collected: Collector) -> frozenset[str]:
    counts = {route: cell.latency.count for route, cell in by_route(collected.script, collected.totals).items()}
    return frozenset(sorted(counts, key=lambda route: -counts[route])[:BUSIEST])


def step_loads(collected: Collector, bounds: Bounds, limits: LoadLimits) -> tuple[StepLoad, ...]:
    """The steps that were begun, and which limit broke in each."""
    found = []
    for number, phase in enumerate(collected.script.phases):
        cells = collected.phases[number]
        if phase.name != "step" or not cells:
            continue
        whole = merged(cells.values())
        route, broke = _broken(by_route(collected.script, cells), bounds, limits)
        share = 100 * whole.failures / whole.latency.count if whole.latency.count else 0.0
        if share >= limits.error_percent and not broke:
            broke = "errors"
        found.append(
            StepLoad(
                users=phase.users,
                at=phase.at,
                until=min(phase.until, collected.at),
                requests=whole.latency.count,
                p95_ms=milliseconds(whole.latency.percentile(0.95)),
                error_percent=round(share, 3),
                route=route,
                broke=broke,
            )
        )
    return tuple(found)


def _broken(routes: Mapping[str, Cell], bounds: Bounds, limits: LoadLimits) -> tuple[str, str]:
    """The route that is furthest beyond its limit, and which limit that is; ('', '') where all hold."""
    worst, name, what = 1.0, "", ""
    for route, cell in routes.items():
        count = cell.latency.count
        if count < FEWEST:
            continue
        slow = 1000 * cell.latency.percentile(0.95) / bounds.of(route)[1]
        wrong = 100 * cell.failures / count / limits.error_percent
        if wrong >= 1 and wrong >= worst:
            worst, name, what = wrong, route, "errors"
        elif slow > worst:
            worst, name, what = slow, route, "p95"
    return name, what


def health(collected: Collector, limits: LoadLimits, lost: int) -> GeneratorHealth:
    """How the generator did, and why its figures may not count (CHECKS.md S6.RUN.03)."""
    machines = list(collected.machines.values())
    lags = [machine.lag.percentile(0.99) for machine in machines]
    errors = merged(collected.totals.values())
    cpu = max((machine.busiest for machine in machines), default=0.0)
    lag = milliseconds(max(lags, default=0.0))
    dropped = 100 * collected.dropped / collected.scheduled if collected.scheduled else 0.0
    achieved = _achieved(collected)
    ports, files = errors.errors.get("ports", 0), errors.errors.get("files", 0)
    reasons = [
        text
        for broken, text in (
            (cpu > limits.cpu_percent, f"one process used {cpu:.0f} % of a core (limit {limits.cpu_percent:g} %)"),
            (lag > limits.lag_p99_ms, f"its event loop was {lag:.0f} ms late at p99 (limit {limits.lag_p99_ms:g} ms)"),
            (
                dropped > limits.dropped_percent,
                f"{dropped:.1f} % of the schedule was dropped (limit {limits.dropped_percent:g} %)",
            ),
            (
                achieved < limits.achieved_percent,
                f"{achieved:.0f} % of the planned load was reached (limit {limits.achieved_percent:g} %)",
            ),
            (ports > 0, f"it ran out of local ports {ports} times"),
            (files > 0, f"it ran out of file descriptors {files} times"),
        )
        if broken
    ]
    requests = errors.latency.count
    return GeneratorHealth(
        cpu_percent=round(cpu, 1),
        lag_p99_ms=lag,
        scheduled=collected.scheduled,
        dropped=collected.dropped,
        achieved_percent=round(achieved, 2),
        open_files=max((machine.files for machine in machines), default=0),
        file_limit=min((machine.vitals.file_limit for machine in machines if machine.vitals.file_limit), default=0),
        port_errors=ports,
        file_errors=files,
        processes=len(machines) or 1,
        lost=lost,
        capped=collected.held * 100 > requests,
        reasons=tuple(reasons),
    )


def _achieved(collected: Collector) -> float:
    """What was reached of the planned users, or of the planned sessions a second."""
    script = collected.script
    if script.mode == "arrival":
        planned = script.rate * min(collected.at, script.duration_s)
        return min(100.0, 100 * (collected.scheduled - collected.dropped + 1) / planned) if planned > 1 else 100.0
    return 100 * collected.reached / collected.wanted if collected.wanted else 100.0
