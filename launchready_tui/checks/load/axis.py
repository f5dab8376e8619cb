"""One time axis for everything that is drawn of a load test: what users met, and what the server did meanwhile and
until it was quiet again. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from launchready_tui.checks.load.kept import load_end
from launchready_tui.model.questions import LoadReport


@dataclass(frozen=True, slots=True)
class Axis:
    """From the first request to the last thing that was seen, in `cells` of `every` seconds; the load ended at
    `load_s`.
    """

    every: float
    cells: int
    load_s: float

    @property
    def end_s(self) -> float:
        """Its last moment, in seconds from the first request."""
        return self.cells * self.every

    def load(self, values: Iterable[float]) -> list[float]:
        """Figures of the timeline, one a cell: nothing is sent after the load."""
        found = list(values)[: self.cells]
        return [*found, *[0.0] * (self.cells - len(found))]

    def seen(self, points: Iterable[tuple[float, float]]) -> list[float]:
        """The highest value of each cell; where nobody looked within one, the value before it still counts."""
        highest: dict[int, float] = {}
        for at, value in points:
            if at >= 0 and (cell := int(at // self.every)) < self.cells:
                highest[cell] = max(value, highest.get(cell, value))
        found: list[float] = []
        for cell in range(self.cells):
            found.append(highest.get(cell, found[-1] if found else 0.0))
        return found


def axis_of(report: LoadReport) -> Axis:
    """The axis of a report."""
    every = report.every_s or 1.0
    load_s = load_end(report) if report.timeline else 0.0
    last = max((series.points[-1][0] for series in report.server.series if series.points), default=0.0)
    return Axis(every, max(1, ceil(max(load_s, last) / every)), load_s)
