"""What a generator process counts, second by second, and how it travels to whoever adds it up.

The same classes stand at both ends: a process counts into a `Tally` and ships what is new; the other side adds deltas
of all processes up, which loses nothing (`histogram`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from launchready_tui.load.histogram import Histogram


class Cell:
    """One route of one journey in one second (or in any other part of a test). Latencies in seconds."""

    __slots__ = ("bytes", "dropped", "errors", "latency", "server_errors", "service")

    def __init__(self) -> None:
        self.latency = Histogram()
        self.service = Histogram()
        self.errors: dict[str, int] = {}
        self.server_errors = 0
        self.bytes = 0
        self.dropped = 0

    @property
    def failures(self) -> int:
        """Failed requests."""
        return sum(self.errors.values())

    def merge(self, other: Cell) -> None:
        """Add everything of another cell."""
        self.latency.merge(other.latency)
        self.service.merge(other.service)
        for kind, count in other.errors.items():
            self.errors[kind] = self.errors.get(kind, 0) + count
        self.server_errors += other.server_errors
        self.bytes += other.bytes
        self.dropped += other.dropped

    def to_plain(self) -> list[Any]:
        """For JSON."""
        service = self.service.to_plain() if self.service.count else []
        return [self.latency.to_plain(), service, self.errors, self.server_errors, self.bytes, self.dropped]

    @classmethod
    def from_plain(cls, data: list[Any]) -> Cell:
        """The inverse of `to_plain`. Raises `ValueError` or `TypeError` for what is none."""
        latency, service, errors, server_errors, size, dropped = data
        found = cls()
        found.latency = Histogram.from_plain(latency)
        if service:
            found.service = Histogram.from_plain(service)
        found.errors = {str(kind): int(count) for kind, count in errors.items()}
        found.server_errors, found.bytes, found.dropped = int(server_errors), int(size), int(dropped)
        return found


@dataclass
class Walked:
    """The sessions of one journey. `seconds` is the sum of the finished ones' lengths."""

    started: int = 0
    finished: int = 0
    failed: int = 0
    seconds: float = 0.0

    def merge(self, other: Walked) -> None:
        """Add another's."""
        self.started += other.started
        self.finished += other.finished
        self.failed += other.failed
        self.seconds += other.seconds


@dataclass
class Vitals:
    """How a generator process did since its last report.

    `cpu` is the percentage of one core, `lag` how late its event loop woke up (seconds), `open` the most sessions at
    once, `in_flight` requests under way, `oldest` the age of the oldest of them in seconds. `cut` are requests that
    were cut off because the load was lowered or stopped; `held` are requests that the cap delayed.
    """

    cpu: float = 0.0
    lag: Histogram = field(default_factory=Histogram)
    open: int = 0
    in_flight: int = 0
    oldest: float = 0.0
    files: int = 0
    file_limit: int = 0
    scheduled: int = 0
    dropped: int = 0
    cut: int = 0
    held: int = 0

    def to_plain(self) -> dict[str, Any]:
        """For JSON."""
        return {name: getattr(self, name) for name in _VITALS} | {"lag": self.lag.to_plain()}

    @classmethod
    def from_plain(cls, data: dict[str, Any]) -> Vitals:
        """The inverse of `to_plain`."""
        return cls(**{name: data[name] for name in _VITALS}, lag=Histogram.from_plain(data["lag"]))


_VITALS = ("cpu", "open", "in_flight", "oldest", "files", "file_limit", "scheduled", "dropped", "cut", "held")


@dataclass
class Delta:
    """What one process counted since its last report. `cells` by second of the test, then by key."""

    who: str
    journeys: str = ""
    cells: dict[int, dict[int, Cell]] = field(default_factory=dict)
    walks: dict[int, Walked] = field(default_factory=dict)
    vitals: Vitals = field(default_factory=Vitals)

    def to_plain(self) -> dict[str, Any]:
        """For JSON and for Locust's messages: string keys only."""
        return {
            "who": self.who,
            "journeys": self.journeys,
            "cells": [
                [second, key, cell.to_plain()] for second, by_key in self.cells.items() for key, cell in by_key.items()
            ],
            "walks": [
                [number, walked.started, walked.finished, walked.failed, walked.seconds]
                for number, walked in self.walks.items()
            ],
            "vitals": self.vitals.to_plain(),
        }

    @classmethod
    def from_plain(cls, data: dict[str, Any]) -> Delta:
        """The inverse of `to_plain`. Raises `ValueError`, `TypeError` or `KeyError` for what is none."""
        found = cls(str(data["who"]), str(data["journeys"]), vitals=Vitals.from_plain(data["vitals"]))
        for second, key, cell in data["cells"]:
            found.cells.setdefault(int(second), {})[int(key)] = Cell.from_plain(cell)
        for number, started, finished, failed, seconds in data["walks"]:
            found.walks[int(number)] = Walked(started, finished, failed, seconds)
        return found
