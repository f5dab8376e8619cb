"""Pure: what is counted of each shape of statement while logs are read."""

from __future__ import annotations

from dataclasses import dataclass, field

from launchready_tui.logs.durations import Durations
from launchready_tui.model.questions.plans import PlanNode
from launchready_tui.model.questions.querylog import Issuer, QueryLoad, Tie
from launchready_tui.queries.fingerprint import identity
from launchready_tui.queries.requests import RepeatCount
from launchready_tui.queries.statement import Statement
from launchready_tui.queries.tables import tables_of
from launchready_tui.queries.tags import Tags

MOST_NAMES = 20
"""Databases, users, applications and endpoints of one shape that are told apart."""

_CONTROL = (
    "begin", "start transaction", "commit", "rollback", "end", "set ", "show ", "reset ", "discard", "deallocate",
    "savepoint", "release", "abort", "listen", "unlisten", "use ", "select pg_stat_statements_reset", "/*",
)  # fmt: skip


def is_control(fingerprint: str) -> bool:
    """Whether a statement only steers the session: no query that a page needs."""
    return not fingerprint or fingerprint.startswith(_CONTROL) or fingerprint in ("select ?", "select version()")


@dataclass(slots=True)
class Shape:
    """One shape. Times are whole microseconds, so that sums are exact."""

    text: str
    number: int
    control: bool = False
    calls: int = 0
    timed: int = 0
    us: int = 0
    squares: int = 0
    longest: int = 0
    durations: Durations = field(default_factory=Durations)
    rows_sent: int = -1
    rows_examined: int = -1
    lock_us: int = -1
    troubles: int = 0
    timeouts: int = 0
    databases: dict[str, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    applications: dict[str, int] = field(default_factory=dict)
    endpoints: dict[tuple[str, Tie], int] = field(default_factory=dict)
    plan: tuple[PlanNode, ...] = ()
    plan_us: int = -1
    repeats: RepeatCount = field(default_factory=RepeatCount)

    def add(self, item: Statement, tags: Tags) -> None:
        """One execution."""
        if item.trouble:
            self.troubles += 1
            self.timeouts += item.trouble == "timeout"
            return
        us = item.us
        if item.plan and us > self.plan_us:
            self.plan, self.plan_us = item.plan, us
        if item.again:
            return
        self.calls += 1
        if us >= 0:
            self.timed += 1
            self.us += us
            self.squares += us * us
            if us > self.longest:
                self.longest = us
            self.durations.values.append(us / 1000)
        if item.rows_sent >= 0:
            self.rows_sent = max(self.rows_sent, 0) + item.rows_sent
        if item.rows_examined >= 0:
            self.rows_examined = max(self.rows_examined, 0) + item.rows_examined
        if item.lock_us >= 0:
            self.lock_us = max(self.lock_us, 0) + item.lock_us
        if item.database:
            _count(self.databases, item.database)
        if item.user:
            _count(self.users, item.user)
        application = tags.application or item.application
        if application:
            _count(self.applications, application)
        if tags.endpoint:
            _count(self.endpoints, (tags.endpoint, "route"))

    def load(self, all_us: int) -> QueryLoad:
        """The figures, as a part of the time of all statements."""
        has = self.timed > 0
        mean = self.us / self.timed if has else 0.0
        p50, p95, p99 = self.durations.percentiles((0.5, 0.95, 0.99)) if has else (0.0, 0.0, 0.0)
        variance = max(0.0, (self.squares * self.timed - self.us * self.us) / self.timed**2) if has else 0.0
        ranked = sorted(self.endpoints.items(), key=lambda item: (-item[1], item[0]))
        return QueryLoad(
            fingerprint=self.text,
            calls=self.calls,
            total_ms=_ms(self.us),
            mean_ms=_ms(mean),
            max_ms=_ms(self.longest),
            p95_ms=_shown(p95, has),
            share=round(self.us / all_us, 6) if all_us else 0.0,
            tables=tables_of(self.text),
            endpoints=tuple(Issuer(name, calls, tie) for (name, tie), calls in ranked),
            id=identity(self.text),
            timed=self.timed,
            p50_ms=_shown(p50, has),
            p99_ms=_shown(p99, has),
            variance_to_mean=round(variance / mean / 1e6, 6) if mean else 0.0 if has else None,
            rows_sent=self.rows_sent,
            rows_examined=self.rows_examined,
            lock_ms=_ms(self.lock_us) if self.lock_us >= 0 else -1.0,
            troubles=self.troubles,
            timeouts=self.timeouts,
            databases=_ranked(self.databases),
            users=_ranked(self.users),
            applications=_ranked(self.applications),
            repeats=None if self.control else self.repeats.told(),
            plan=self.plan,
            control=self.control,
        )


def _count(names: dict[str, int] | dict[tuple[str, Tie], int], name: object) -> None:
    known: dict[object, int] = names  # type: ignore[assignment]
    if name in known:
        known[name] += 1
    elif len(known) < MOST_NAMES:
        known[name] = 1


def _ranked(names: dict[str, int]) -> tuple[str, ...]:
    return tuple(sorted(names, key=lambda name: (-names[name], name)))


def _ms(us: float) -> float:
    return round(us / 1000, 3)


def _shown(ms: float, has: bool) -> float | None:
    return round(ms, 3) if has else None
