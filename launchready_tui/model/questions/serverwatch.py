"""What was seen on the server's side while a load test ran: a part of its report, on the same timeline.

Times (`at`, `until`) are seconds since the first request of the test; what was sampled before it, for a baseline, has a
negative time.
"""

from __future__ import annotations

from dataclasses import dataclass

DB_USED, DB_LIMIT, DB_ACTIVE = "db.used", "db.limit", "db.active"
DB_IDLE_IN_TRANSACTION, DB_LOCK_WAITS = "db.idle-in-transaction", "db.lock-waits"
POOL_WAIT, POOL_WAITING, MEMORY, STARTED = "pool.wait", "pool.waiting", "memory", "process.started"
"""The names of the series that every product shares.

`pool.wait` is how long a request waited for a connection, in seconds; `pool.waiting` how many waited at a time (what a
counter of seconds waited gives: by Little's law the wait is that number over the rate of requests). `process.started`
is the Unix time at which the process began.
"""


def queue_depth(queue: str) -> str:
    """The series of a queue's length, in jobs."""
    return f"queue.{queue}.depth"


def queue_delay(queue: str) -> str:
    """The series of the age of a queue's oldest job, in seconds."""
    return f"queue.{queue}.delay"


def queue_added(queue: str) -> str:
    """The series of how many jobs a queue ever got, where its broker counts them."""
    return f"queue.{queue}.added"


@dataclass(frozen=True, slots=True)
class Series:
    """One figure over time; `points` are (at, value), times rising.

    `unit` is connections, requests, bytes, jobs, s or time.
    """

    name: str
    unit: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which a sampler saw nothing, and why; its `reason` is a stable slug."""

    sampler: str
    at: float
    until: float
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class CallCount:
    """Calls to one third party that the application logged from `at` on, for `CALL_BUCKET_S` seconds."""

    at: float
    calls: int
    throttled: int = 0
    errors: int = 0
    timeouts: int = 0


@dataclass(frozen=True, slots=True)
class DependencyCalls:
    """What the application's own log said about its calls to one host."""

    host: str
    counts: tuple[CallCount, ...]

    @property
    def calls(self) -> int:
        """All calls."""
        return sum(count.calls for count in self.counts)


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """Something that happened on the server's side and is no figure: a process was started anew, a log was rotated."""

    at: float
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Unwatched:
    """A part that nobody watched. `reason` is input-missing, extra-missing, or why its sampler never saw anything."""

    what: str
    reason: str
    message: str


CALL_BUCKET_S = 10.0
"""Seconds that one `CallCount` covers."""


@dataclass(frozen=True, slots=True)
class ServerWatch:
    """Everything that was watched, until the last look at `until`.

    `log_lines` are those that the application's log gained, `log_unread` what of it could not be read.
    """

    until: float = 0.0
    series: tuple[Series, ...] = ()
    gaps: tuple[Gap, ...] = ()
    dependencies: tuple[DependencyCalls, ...] = ()
    events: tuple[ServerEvent, ...] = ()
    unwatched: tuple[Unwatched, ...] = ()
    log_lines: int = 0
    log_unread: int = 0

    def points(self, name: str) -> tuple[tuple[float, float], ...]:
        """The points of a series, () where it was not seen."""
        return next((series.points for series in self.series if series.name == name), ())

    def named(self, prefix: str, suffix: str = "") -> tuple[Series, ...]:
        """The series whose names begin and end so."""
        return tuple(item for item in self.series if item.name.startswith(prefix) and item.name.endswith(suffix))
