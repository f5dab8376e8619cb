"""Pure: which statements belong to one request, and how often each is repeated within it (the N+1 pattern).

By request id or trace where comments carry one. Where they do not, by bursts: statements of one connection without a
pause. That is a guess, since a pool hands a connection on at once: it is called one wherever it is shown.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from launchready_tui.model.questions.querylog import Repeats, Tie

MOST_OPEN = 5_000
"""Requests that are put together at once; beyond, the one that was silent longest is counted as it is."""

MOST_SHAPES = 300
"""Different statements of one request that are told apart."""

PAUSE = 0.05
"""Seconds without a statement that end a burst."""

LONGEST_BURST = 2_000
"""Statements of one burst: more is a batch job, or a connection that never rests."""


@dataclass(slots=True)
class Requests:
    """Statements by request. `done` is told each finished request: its endpoint, its tie, statements by shape, time."""

    done: Callable[[Unit], None]
    _open: OrderedDict[str, Unit] = field(default_factory=OrderedDict)

    def add(self, key: str, tie: Tie, endpoint: str, shape: int, us: int) -> None:
        """One statement of a request."""
        unit = self._open.get(key)
        if unit is None:
            if len(self._open) >= MOST_OPEN:
                self.done(self._open.popitem(last=False)[1])
            unit = self._open[key] = Unit(tie, endpoint)
        else:
            self._open.move_to_end(key)
            unit.endpoint = unit.endpoint or endpoint
        unit.add(shape, us)

    def finish(self) -> None:
        """Count all that are open."""
        while self._open:
            self.done(self._open.popitem(last=False)[1])


@dataclass(slots=True)
class Bursts:
    """Statements by connection, a new unit after each pause."""

    done: Callable[[Unit], None]
    _open: OrderedDict[str, Unit] = field(default_factory=OrderedDict)

    def add(self, session: str, at: float, shape: int, us: int) -> None:
        """One statement of a connection that ended at `at`."""
        unit = self._open.get(session)
        if unit is not None and (at - max(us, 0) / 1e6 - unit.ended > PAUSE or unit.count >= LONGEST_BURST):
            self.done(unit)
            unit = None
        if unit is None:
            self._open.pop(session, None)
            if len(self._open) >= MOST_OPEN:
                self.done(self._open.popitem(last=False)[1])
            unit = self._open[session] = Unit("burst", "")
        unit.ended = at
        unit.add(shape, us)

    def finish(self) -> None:
        """Count all that are open."""
        while self._open:
            self.done(self._open.popitem(last=False)[1])


@dataclass(slots=True)
class Unit:
    """The statements of one request (or burst): how often each shape was sent, and their time in microseconds."""

    tie: Tie
    endpoint: str
    shapes: dict[int, int] = field(default_factory=dict)
    count: int = 0
    us: int = 0
    ended: float = 0.0

    def add(self, shape: int, us: int) -> None:
        """One more statement."""
        if shape in self.shapes or len(self.shapes) < MOST_SHAPES:
            self.shapes[shape] = self.shapes.get(shape, 0) + 1
        self.count += 1
        self.us += max(us, 0)


@dataclass(slots=True)
class RepeatCount:
    """How a shape is repeated within requests, over many of them."""

    tie: Tie = ""
    requests: int = 0
    repeating: int = 0
    repeats: int = 0
    most: int = 0
    endpoint: str = ""

    def add(self, unit: Unit, times: int) -> None:
        """One request that sent the shape so many times. What is known by id outweighs what is guessed."""
        if unit.tie != self.tie:
            if self.tie and unit.tie == "burst":
                return
            self.tie, self.requests, self.repeating, self.repeats, self.most, self.endpoint = unit.tie, 0, 0, 0, 0, ""
        self.requests += 1
        if times >= 2:
            self.repeating += 1
            self.repeats += times
        if times > self.most:
            self.most, self.endpoint = times, unit.endpoint

    def told(self) -> Repeats | None:
        """The figures; None where nothing repeats."""
        if not self.repeating:
            return None
        mean = round(self.repeats / self.repeating, 2)
        return Repeats(self.tie, self.requests, self.repeating, self.most, mean, self.endpoint)
