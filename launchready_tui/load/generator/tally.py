"""Counts what a generator process does. Kept lean: `done` is called for every request."""

from __future__ import annotations

import time
from collections.abc import Callable

from launchready_tui.load.counting import Cell, Delta, Vitals, Walked


class Tally:
    """Requests, sessions and drops since the last `take`, by the second in which they ended.

    `begin` starts the timeline; `apart` keeps service times apart from latencies. `clock` is monotonic, in seconds.
    """

    def __init__(
        self, who: str, journeys: str, *, apart: bool = False, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._who = who
        self._journeys = journeys
        self.apart = apart
        self._clock = clock
        self._start: float | None = None
        self._cells: dict[int, dict[int, Cell]] = {}
        self._walks: dict[int, Walked] = {}
        self._under_way: dict[int, tuple[int, float, float]] = {}
        self._number = 0
        self._scheduled = self._dropped = self._cut = self._held = 0
        self._open = self._most = 0

    def begin(self, elapsed: float = 0.0) -> None:
        """The test began `elapsed` seconds ago."""
        self._start = self._clock() - elapsed

    @property
    def elapsed(self) -> float:
        """Seconds since the test began; 0 before."""
        return self._clock() - self._start if self._start is not None else 0.0

    @property
    def in_flight(self) -> int:
        """Requests under way."""
        return len(self._under_way)

    def sent(self, key: int, due: float) -> int:
        """A request is sent now and was due at `due` (the clock's time). Returns its ticket for `done`."""
        self._number += 1
        self._under_way[self._number] = (key, due, self._clock())
        return self._number

    def done(self, ticket: int, ended: float, error: str, status: int, size: int) -> None:
        """A request ended; `error` is '' or the kind of its failure. What was counted as unfinished stays so."""
        entry = self._under_way.pop(ticket, None)
        if entry is None:
            return
        key, due, sent = entry
        cell = self._cell(ended, key)
        cell.latency.add(ended - due)
        if self.apart:
            cell.service.add(ended - sent)
        cell.bytes += size
        if status >= 500:
            cell.server_errors += 1
        if error:
            cell.errors[error] = cell.errors.get(error, 0) + 1

    def cut(self, ticket: int) -> None:
        """A request was cut off by us."""
        if self._under_way.pop(ticket, None) is not None:
            self._cut += 1

    def unfinished(self) -> None:
        """Count what is still under way as failures that took at least until now."""
        for ticket in list(self._under_way):
            self.done(ticket, self._clock(), "unfinished", 0, 0)

    @property
    def open(self) -> int:
        """Sessions that are going on."""
        return self._open

    def come(self) -> None:
        """A session begins."""
        self._open += 1
        self._most = max(self._most, self._open)

    def go(self) -> None:
        """A session is over."""
        self._open -= 1

    def due(self) -> None:
        """The schedule has a session to start."""
        self._scheduled += 1

    def drop(self, key: int) -> None:
        """A session that was due could not be started; `key` is its first request."""
        self._dropped += 1
        self._cell(self._clock(), key).dropped += 1

    def held(self) -> None:
        """The cap delayed a request."""
        self._held += 1

    def walk(self, number: int) -> Walked:
        """The sessions of a journey since the last `take`."""
        found = self._walks.get(number)
        if found is None:
            found = self._walks[number] = Walked()
        return found

    def take(self, vitals: Vitals) -> Delta:
        """Everything new, with the vitals completed; counts from zero again."""
        now = self._clock()
        vitals.open, self._most = self._most, self._open
        vitals.in_flight = len(self._under_way)
        vitals.oldest = max((now - sent for _, _, sent in self._under_way.values()), default=0.0)
        vitals.scheduled, vitals.dropped = self._scheduled, self._dropped
        vitals.cut, vitals.held = self._cut, self._held
        delta = Delta(self._who, self._journeys, self._cells, self._walks, vitals)
        self._cells, self._walks = {}, {}
        self._scheduled = self._dropped = self._cut = self._held = 0
        return delta

    def _cell(self, now: float, key: int) -> Cell:
        second = int(now - self._start) if self._start is not None else 0
        by_key = self._cells.get(second)
        if by_key is None:
            by_key = self._cells[second] = {}
        cell = by_key.get(key)
        if cell is None:
            cell = by_key[key] = Cell()
        return cell
