"""Counts requests by route: how many, with which status, how long. The innermost loop of the reader is here.

Nothing is done per line in Python where a function of the standard library can do it for a whole block.
"""

from __future__ import annotations

from array import array
from collections import Counter, deque
from dataclasses import dataclass, field

from launchready_tui.logs.collapse import Weight, collapse
from launchready_tui.logs.durations import Durations
from launchready_tui.logs.layouts import Columns, Status
from launchready_tui.logs.templates import OTHER, Calls, route_of
from launchready_tui.logs.timeline import Timeline

Route = tuple[str, str]
"""Method and template."""

MOST_EXACT = 64_000_000
"""Durations that are kept one by one, over all processes: at four bytes each, 256 MB. Beyond, they go into buckets."""

MOST_ROUTES = 20_000
"""Routes that are told apart while reading; when there are more, rare ones are put together."""

_MOST_STATUSES = 200_000


def status_class(status: Status) -> str:
    """`2xx` and so on; `other` for what is no status."""
    try:
        number = int(status or 0)
    except ValueError:
        return "other"
    return f"{number // 100}xx" if 100 <= number <= 599 else "other"


@dataclass(slots=True)
class RouteTally:
    """What is known of one route."""

    count: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    durations: Durations = field(default_factory=Durations)

    def absorb(self, other: RouteTally) -> None:
        """Add all of another."""
        self.count += other.count
        self.statuses.update(other.statuses)
        self.durations.absorb(other.durations)

    @property
    def weight(self) -> Weight:
        """For putting rare routes together: all requests, and those that something answered."""
        return Weight(self.count, self.count - self.statuses["4xx"] - self.statuses["other"])


class Tally:
    """Counts the requests of one part of a log. `most_exact` durations are kept one by one."""

    def __init__(self, most_exact: int = MOST_EXACT, most_routes: int = MOST_ROUTES) -> None:
        self.timeline = Timeline()
        self._most_exact = most_exact
        self._most_routes = most_routes
        self._start()

    def _start(self) -> None:
        self._routes: dict[Route, int] = {}
        self._calls = Calls(lambda call: self._number(*route_of(call)))
        self._durations: list[Durations] = []
        self._values: list[array[float]] = []
        self._statuses: Counter[tuple[int, Status]] = Counter()
        self._classes: Counter[tuple[int, str]] = Counter()
        self._held = 0

    def add(self, columns: Columns) -> int:
        """Count the requests of a block; how many of them had a duration."""
        numbers = list(map(self._calls.__getitem__, columns.calls))
        held = 0
        if columns.durations is not None:
            values = self._values
            if columns.gappy:
                for number, duration in zip(numbers, columns.durations, strict=True):
                    if duration is not None:
                        values[number].append(duration)
                        held += 1
            else:
                deque(map(array.append, map(values.__getitem__, numbers), columns.durations), maxlen=0)  # type: ignore[arg-type]
                held = len(numbers)
            self._held += held
        self._statuses.update(zip(numbers, columns.statuses, strict=True))
        self.timeline.add(columns.times)
        if self._held > self._most_exact:
            self._fold()
        if len(self._statuses) > _MOST_STATUSES:
            self._class_statuses()
        if len(self._routes) > self._most_routes:
            self._collapse()
        return held

    def _number(self, method: str, route: str) -> int:
        if (method, route) not in self._routes and len(self._routes) > 2 * self._most_routes:
            # One block can bring many routes at once; the table is put in order after it.
            route = OTHER
        number = self._routes.setdefault((method, route), len(self._routes))
        if number == len(self._durations):
            self._durations.append(Durations())
            self._values.append(self._durations[-1].values)
        return number

    def _fold(self) -> None:
        for number, durations in enumerate(self._durations):
            durations.fold()
            self._values[number] = durations.values
        self._held = 0

    def _class_statuses(self) -> None:
        for (number, status), count in self._statuses.items():
            self._classes[(number, status_class(status))] += count
        self._statuses.clear()

    @property
    def routes(self) -> dict[Route, RouteTally]:
        """What was counted so far, by route."""
        self._class_statuses()
        found = {route: RouteTally(durations=self._durations[number]) for route, number in self._routes.items()}
        names = {number: route for route, number in self._routes.items()}
        for (number, status), count in self._classes.items():
            route = found[names[number]]
            route.statuses[status] += count
            route.count += count
        return found

    def _collapse(self) -> None:
        """Put rare routes together, so that the table stays small however many paths a scanner tries."""
        routes = merged(self.routes)
        self._start()
        for (method, template), tally in routes.items():
            number = self._number(method, template)
            self._durations[number] = tally.durations
            self._values[number] = tally.durations.values
            self._held += len(tally.durations.values)
            for status, count in tally.statuses.items():
                self._classes[(number, status)] += count


def merged(routes: dict[Route, RouteTally]) -> dict[Route, RouteTally]:
    """The routes with rare ones put together (see `collapse`)."""
    names = collapse({route: tally.weight for route, tally in routes.items()})
    found: dict[Route, RouteTally] = {}
    for route, tally in routes.items():
        target = found.get(names[route])
        if target is None:
            found[names[route]] = tally
        else:
            target.absorb(tally)
    return found
