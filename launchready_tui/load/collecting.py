"""Adds up what the generator's processes report: totals, phases, and one timeline that stays bounded."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from launchready_tui.load.counting import Cell, Delta, Vitals, Walked
from launchready_tui.load.histogram import Histogram
from launchready_tui.load.script import Script
from launchready_tui.model.questions.loadtest import MOST_POINTS

CPU_WINDOW = 10
"""Reports (one a second) over which a process' CPU is averaged: a start-up peak is no overload."""

SETTLING = 0.2
"""The share of a step that is left out of its figures, while its users arrive."""

ARRIVING_S = 3.0
"""Seconds after which the users of a phase have to be there."""

GONE_S = 4.0
"""Seconds without a report after which a process' sessions no longer count as open: it reports every second."""

REMEMBERED_S = 60
"""Seconds that are kept one by one for whoever watches, however coarse the timeline has become."""


@dataclass
class Slot:
    """`Timeline.every` seconds of the test. `users` is the most sessions at once that were seen in them."""

    cells: dict[int, Cell] = field(default_factory=dict)
    users: int = 0
    stuck: float = 0.0

    def merge(self, other: Slot) -> None:
        """Add another slot."""
        for key, cell in other.cells.items():
            self.cells.setdefault(key, Cell()).merge(cell)
        self.users = max(self.users, other.users)
        self.stuck = max(self.stuck, other.stuck)

    @property
    def whole(self) -> Cell:
        """All routes together."""
        return merged(self.cells.values())


def merged(cells: Iterable[Cell]) -> Cell:
    """One cell of several."""
    whole = Cell()
    for cell in cells:
        whole.merge(cell)
    return whole


class Timeline:
    """Slots of equal length; when there are too many they become twice as long."""

    def __init__(self) -> None:
        self.every = 1
        self.slots: dict[int, Slot] = {}

    def at(self, second: int) -> Slot:
        """The slot of a second of the test."""
        while second // self.every >= MOST_POINTS:
            self._coarsen()
        return self.slots.setdefault(second // self.every, Slot())

    def _coarsen(self) -> None:
        older, self.slots = self.slots, {}
        self.every *= 2
        for number, slot in older.items():
            self.slots.setdefault(number // 2, Slot()).merge(slot)


@dataclass
class Machine:
    """One process of the generator, as its reports describe it."""

    vitals: Vitals = field(default_factory=Vitals)
    recent: list[float] = field(default_factory=list)
    cpu: float = 0.0
    lag: Histogram = field(default_factory=Histogram)
    files: int = 0
    heard_at: float = 0.0

    def hear(self, vitals: Vitals, at: float) -> None:
        """Take a report that came at a time of the test."""
        self.vitals, self.heard_at = vitals, at
        self.lag.merge(vitals.lag)
        self.files = max(self.files, vitals.files)
        self.recent = [*self.recent[-CPU_WINDOW + 1 :], vitals.cpu]
        if len(self.recent) == CPU_WINDOW:
            self.cpu = max(self.cpu, sum(self.recent) / CPU_WINDOW)

    @property
    def busiest(self) -> float:
        """CPU of the busiest ten seconds; of all there were, where the test was shorter."""
        return self.cpu or (sum(self.recent) / len(self.recent) if self.recent else 0.0)


class Collector:
    """Everything that was reported so far."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.timeline = Timeline()
        self.totals: dict[int, Cell] = {}
        self.phases: list[dict[int, Cell]] = [{} for _ in script.phases]
        self.walks: dict[int, Walked] = {}
        self.machines: dict[str, Machine] = {}
        self.scheduled = self.dropped = self.cut = self.held = 0
        self.at = 0.0
        self.over = False
        self.users = 0
        self.most_users = 0
        self.reached = self.wanted = 0.0
        self._fresh: dict[int, Slot] = {}

    def hear(self, at: float, over: bool, deltas: Iterable[Delta]) -> None:
        """Take what was reported at a time of the test."""
        spent, self.at, self.over = at - self.at, max(at, self.at), over
        for delta in deltas:
            for second, cells in delta.cells.items():
                self._add(second, cells)
            for number, walked in delta.walks.items():
                self.walks.setdefault(number, Walked()).merge(walked)
            machine = self.machines.setdefault(delta.who, Machine())
            if at > 0:
                machine.hear(delta.vitals, at)
            self.scheduled += delta.vitals.scheduled
            self.dropped += delta.vitals.dropped
            self.cut += delta.vitals.cut
            self.held += delta.vitals.held
        present = [machine for machine in self.machines.values() if machine.heard_at > at - GONE_S]
        self.users = sum(machine.vitals.open for machine in present)
        if at <= 0 or over:
            return
        self.most_users = max(self.most_users, self.users)
        second = int(max(0.0, at - 1))
        stuck = max((machine.vitals.oldest for machine in present), default=0.0)
        for slot in (self.timeline.at(second), self._second(second)):
            slot.users, slot.stuck = max(slot.users, self.users), max(slot.stuck, stuck)
        self._compare(at, spent)

    def recent(self, seconds: int, until: int) -> Slot:
        """The seconds before `until`, together; at most `REMEMBERED_S` ago."""
        whole = Slot()
        for second in range(max(0, until - seconds), until):
            if (slot := self._fresh.get(second)) is not None:
                whole.merge(slot)
        return whole

    def _compare(self, at: float, spent: float) -> None:
        """Add up how many users there were, and how many there should have been."""
        for phase in self.script.phases:
            settled = phase.at + max(ARRIVING_S, SETTLING * (phase.until - phase.at))
            if phase.users and phase.name in ("hold", "step") and settled <= at < phase.until:
                self.reached += min(self.users, phase.users) * spent
                self.wanted += phase.users * spent

    def _second(self, second: int) -> Slot:
        found = self._fresh.get(second)
        if found is None:
            found = self._fresh[second] = Slot()
            for old in [number for number in self._fresh if number < second - REMEMBERED_S]:
                del self._fresh[old]
        return found

    def _add(self, second: int, cells: dict[int, Cell]) -> None:
        second = max(0, second)
        slot, fresh = self.timeline.at(second), self._second(second)
        phase = self._phase(second)
        for key, cell in cells.items():
            slot.cells.setdefault(key, Cell()).merge(cell)
            fresh.cells.setdefault(key, Cell()).merge(cell)
            self.totals.setdefault(key, Cell()).merge(cell)
            if phase is not None:
                self.phases[phase].setdefault(key, Cell()).merge(cell)

    def _phase(self, second: int) -> int | None:
        """The phase that a whole second belongs to; None between two, and while the users of a step arrive."""
        for number, phase in enumerate(self.script.phases):
            settling = SETTLING * (phase.until - phase.at) if phase.name == "step" else 0.0
            if phase.at + settling <= second and second + 1 <= math.ceil(phase.until):
                return number
        return None
