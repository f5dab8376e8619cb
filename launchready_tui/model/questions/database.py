"""What a PostgreSQL database says about itself to a login that can only read.

No facts hold a DSN, a password, a value of a row or a literal of a statement. Of the place only the host's name is
kept, as the operator's DSN writes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from launchready_tui.model.questions.base import Facts, Question

READ_PATIENCE = 60.0
"""Seconds for reading the catalogue or the statistics: each statement of them ends after ten."""


@dataclass(frozen=True, slots=True)
class DatabaseFacts(Facts):
    """Where an answer comes from: the host's name (`local socket` for none) and `server_version_num` (150004)."""

    host: str
    version: int

    @property
    def release(self) -> str:
        """The version for people: `PostgreSQL 15`."""
        return f"PostgreSQL {self.version // 10_000}"


StatisticsState = Literal["", "not-installed", "not-loaded", "not-readable"]
"""Why pg_stat_statements says nothing; '' where it does."""


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One statement of pg_stat_statements, its literals replaced. Times are milliseconds.

    `share` is of the time of all statements (0 to 1). `fingerprint` is the name of its form, the same as in a digest of
    the log. `route` is what a comment in the statement says of who sent it; '' for nothing.
    """

    fingerprint: str
    text: str
    calls: int
    total_ms: float
    mean_ms: float
    max_ms: float
    deviation_ms: float
    rows: int
    share: float
    tables: tuple[str, ...] = ()
    route: str = ""


@dataclass(frozen=True, slots=True)
class StatementList(DatabaseFacts):
    """The statements that took most time in total, the first the worst.

    `since` is when the counting began (None: the server does not say). `hidden` statements belong to other roles and
    this login may not read them: they count in `total_ms`, and in no row.
    """

    state: StatisticsState = ""
    since: datetime | None = None
    statements: tuple[StatementRow, ...] = ()
    distinct: int = 0
    total_ms: float = 0.0
    calls: int = 0
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class StatementStatistics(Question[StatementList]):
    """The statements with the largest total time, by pg_stat_statements. `token` is the name under which the DSN is
    kept.
    """

    kind: ClassVar[str] = "statement-statistics"
    answer: ClassVar[type[Facts]] = StatementList

    token: str = "database"  # noqa: S105 - the name of a secret, not the secret
    top: int = 20

    @property
    def patience(self) -> float:
        return READ_PATIENCE


@dataclass(frozen=True, slots=True)
class SequenceUse:
    """How much of a sequence is used, 0 to 1."""

    schema: str
    name: str
    used: float


@dataclass(frozen=True, slots=True)
class Replica:
    """A replica as its primary sees it. `lag_s` None: not known."""

    name: str
    lag_s: float | None


@dataclass(frozen=True, slots=True)
class DeadRows:
    """A table with rows that vacuum has not yet removed."""

    schema: str
    table: str
    live: int
    dead: int
    size: int


@dataclass(frozen=True, slots=True)
class HealthFacts(DatabaseFacts):
    """The state of the server at one moment.

    `blocks_hit` and `blocks_read` count since `since` (None: since the statistics began). `longest_transaction_s` and
    `idle_in_transaction_s` are 0 where there is none; `activity_hidden` counts the sessions of other roles that this
    login may not look at. `replay_lag_s` is of this server where it is a replica (`standby`). `can_write`: the login
    could do more than read, which it need not.
    """

    standby: bool = False
    started: datetime | None = None
    since: datetime | None = None
    blocks_hit: int = 0
    blocks_read: int = 0
    connections: int = 0
    max_connections: int = 0
    longest_transaction_s: float = 0.0
    idle_in_transaction_s: float = 0.0
    activity_hidden: int = 0
    sequences: tuple[SequenceUse, ...] = ()
    sequences_hidden: int = 0
    transaction_age: int = 0
    replicas: tuple[Replica, ...] = ()
    replicas_hidden: bool = False
    replay_lag_s: float | None = None
    dead_rows: tuple[DeadRows, ...] = ()
    encrypted: bool = True
    can_write: bool = False


@dataclass(frozen=True, slots=True)
class DatabaseHealth(Question[HealthFacts]):
    """Room and stress of the server: cache, connections, transactions, sequences, replicas."""

    kind: ClassVar[str] = "database-health"
    answer: ClassVar[type[Facts]] = HealthFacts

    token: str = "database"  # noqa: S105 - the name of a secret, not the secret

    @property
    def patience(self) -> float:
        return READ_PATIENCE
