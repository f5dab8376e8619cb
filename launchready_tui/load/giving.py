"""What gave way first, and how many people were carried until then. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from launchready_tui.load.collecting import Collector, Slot
from launchready_tui.load.counting import Cell
from launchready_tui.load.figures import FEWEST, Bounds, by_route, milliseconds
from launchready_tui.model.questions.loadtest import LoadEvent, LoadLimits

WINDOW_S = 5
"""Seconds that are judged together."""

IN_A_ROW = 2
"""Windows that have to break one after the other, so that one slow answer is no breaking point."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the test. `users` is the most sessions at once in it."""

    at: float
    users: int
    whole: Cell
    routes: Mapping[str, Cell]

    def broken(self, bounds: Bounds, limits: LoadLimits) -> bool:
        """Whether a limit broke in it."""
        count = self.whole.latency.count
        if count and 100 * self.whole.failures >= limits.error_percent * count and self.whole.failures > 1:
            return True
        return any(
            1000 * cell.latency.percentile(0.95) > bounds.of(route)[1]
            for route, cell in self.routes.items()
            if cell.latency.count >= FEWEST
        )


def windows(collected: Collector) -> list[Window]:
    """The test in stretches of `WINDOW_S` seconds, or of the timeline's points where those are longer."""
    every = collected.timeline.every
    size = max(1, WINDOW_S // every)
    groups: dict[int, Slot] = {}
    for number, slot in sorted(collected.timeline.slots.items()):
        groups.setdefault(number // size, Slot()).merge(slot)
    return [
        Window(float(number * size * every), slot.users, slot.whole, by_route(collected.script, slot.cells))
        for number, slot in sorted(groups.items())
    ]


def carried(found: list[Window], bounds: Bounds, limits: LoadLimits) -> int:
    """The most sessions at once that were carried within the limits; 0 where not even the fewest were."""
    seen = [window for window in found if window.whole.latency.count]
    broken = [window.broken(bounds, limits) for window in seen]
    limit = min(
        (
            seen[number].users
            for number in range(len(seen))
            if broken[number] and (_again(broken, number) or len(seen) <= IN_A_ROW)
        ),
        default=None,
    )
    return max(
        (
            window.users
            for window, bad in zip(seen, broken, strict=True)
            if not bad and (limit is None or window.users < limit)
        ),
        default=0,
    )


def _again(broken: list[bool], number: int) -> bool:
    """Whether a window belongs to a row of broken ones."""
    return any(
        all(broken[start : start + IN_A_ROW])
        for start in range(max(0, number - IN_A_ROW + 1), number + 1)
        if start + IN_A_ROW <= len(broken)
    )


def first_to_give(found: list[Window], bounds: Bounds, limits: LoadLimits) -> tuple[LoadEvent, ...]:
    """The first time that each limit broke, in the order in which that happened, the worst first within a window."""
    events: dict[tuple[str, str], LoadEvent] = {}
    for window in found:
        for event in sorted(_events(window, bounds, limits), key=lambda event: -event.value):
            events.setdefault((event.what, event.route), event)
    return tuple(events.values())


def _events(window: Window, bounds: Bounds, limits: LoadLimits) -> Iterator[LoadEvent]:
    for route, cell in window.routes.items():
        count = cell.latency.count
        p95 = milliseconds(cell.latency.percentile(0.95))
        passing, failing = bounds.of(route)
        if count >= FEWEST and p95 > failing:
            yield LoadEvent(window.at, "p95-fail", p95, route, f"p95 of {route} above {failing:g} ms: {p95:.0f} ms")
        elif count >= FEWEST and p95 > passing:
            yield LoadEvent(window.at, "p95-warn", p95, route, f"p95 of {route} above {passing:g} ms: {p95:.0f} ms")
        share = 100 * cell.failures / count if count else 0.0
        if cell.failures > 1 and share >= limits.error_percent:
            most = sorted(cell.errors.items(), key=lambda item: -item[1])[:3]
            kinds = ", ".join(f"{number} {kind}" for kind, number in most)
            yield LoadEvent(window.at, "errors", round(share, 2), route, f"{share:.1f} % of {route} failed: {kinds}")
    for what, kind in (("server-errors", ""), ("timeouts", "timeout"), ("refused", "refused")):
        number = window.whole.errors.get(kind, 0) if kind else window.whole.server_errors
        if number:
            yield LoadEvent(window.at, what, float(number), "", _SAYS[what].format(number))


_SAYS = {
    "server-errors": "server errors (5xx): {} in 5 s",
    "timeouts": "requests without an answer in time: {} in 5 s",
    "refused": "refused connections: {} in 5 s",
}
