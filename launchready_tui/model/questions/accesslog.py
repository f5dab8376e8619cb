"""Access logs: which routes take the time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from launchready_tui.model.questions.base import Facts, Question

PATIENCE = 900.0
"""Seconds for a reading: 20 GB take about ten minutes on two cores."""


@dataclass(frozen=True, slots=True)
class LogRoute:
    """A route template as the log shows it. Times are milliseconds over the `timed` requests, None without any.

    `share` is its part of all time spent, or of all requests where the log holds no durations.
    """

    method: str
    route: str
    count: int
    timed: int
    share: float
    total_ms: float
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    max_ms: float | None
    client_errors: int = 0
    server_errors: int = 0

    @property
    def name(self) -> str:
        """Method and template; the template alone for what is no request."""
        return self.route if self.method == "-" else f"{self.method} {self.route}"


@dataclass(frozen=True, slots=True)
class AccessLog(Facts):
    """What access logs say.

    `routes` are those with the most time and the slowest, by total time; `more` counts the others. `first` and `last`
    are ISO times in UTC, '' where the log has none. `samples` are lines that no layout reads, masked. `partial` says, a
    sentence each, what was not read. `advice` says what would add durations. `error_bound`: how far percentiles may be
    off, as a share.
    """

    lines: int
    unparsed: int
    requests: int
    timed: int
    first: str = ""
    last: str = ""
    rps: float = 0.0
    formats: tuple[str, ...] = ()
    files: int = 0
    routes: tuple[LogRoute, ...] = ()
    more: int = 0
    samples: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    error_bound: float = 0.0


@dataclass(frozen=True, slots=True)
class AccessLogReading(Question[AccessLog]):
    """A reading of access logs. `paths` are files or globs, relative to the profile's folder.

    `format` is '' (recognise it), a name or a declared line; `fields` map JSON fields, as pairs of field and place.
    """

    kind: ClassVar[str] = "access-log"
    answer: ClassVar[type[Facts]] = AccessLog

    paths: tuple[str, ...]
    format: str = ""
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def patience(self) -> float:
        return PATIENCE
