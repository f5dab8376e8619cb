"""The tables, indexes and row policies of a database, as its catalogue describes them; never a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from launchready_tui.model.questions.base import Facts, Question
from launchready_tui.model.questions.database import READ_PATIENCE, DatabaseFacts


@dataclass(frozen=True, slots=True)
class TableUse:
    """A table, its size (`rows` by the planner's statistics, -1: never analysed) and what was done with it.

    Counters run since the statistics were reset: `scans` whole readings that read `scanned` rows, `index_scans` through
    an index, `writes` rows inserted, updated or deleted.
    """

    schema: str
    name: str
    rows: float = -1.0
    size: int = 0
    has_primary_key: bool = True
    scans: int = 0
    scanned: int = 0
    index_scans: int = 0
    writes: int = 0
    is_partition: bool = False


@dataclass(frozen=True, slots=True)
class IndexUse:
    """An index. `columns` are its key columns in order, '' for an expression.

    `forms` has one entry a key column: equal entries index the same thing in the same way (column or expression,
    operator class, collation, direction), so that two indexes can be compared. `condition` is the fingerprint of a
    partial index's WHERE, '' for a full one. `enforces`: it stands for a primary key, a unique or an exclusion
    constraint, or is a replica's identity.
    """

    schema: str
    table: str
    name: str
    method: str = "btree"
    columns: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    included: tuple[str, ...] = ()
    condition: str = ""
    unique: bool = False
    enforces: bool = False
    valid: bool = True
    scans: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A reference from `columns` of a table to another table."""

    schema: str
    table: str
    name: str
    columns: tuple[str, ...]
    target: str


@dataclass(frozen=True, slots=True)
class IndexFacts(DatabaseFacts):
    """The tables and indexes of the product (no system tables, none of an extension).

    `since` is when the counters began (None: never reset), `started` when the server was started. `standby`: a replica,
    whose counters are its own. `replicated`: this primary has replicas, which count by themselves.
    """

    since: datetime | None = None
    started: datetime | None = None
    standby: bool = False
    replicated: bool = False
    tables: tuple[TableUse, ...] = ()
    indexes: tuple[IndexUse, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    cut: bool = False


@dataclass(frozen=True, slots=True)
class IndexCatalogue(Question[IndexFacts]):
    """Which tables, indexes and references there are, and how they are used."""

    kind: ClassVar[str] = "index-catalogue"
    answer: ClassVar[type[Facts]] = IndexFacts

    token: str = "database"  # noqa: S105 - the name of a secret, not the secret

    @property
    def patience(self) -> float:
        return READ_PATIENCE


@dataclass(frozen=True, slots=True)
class Policy:
    """A row policy. `command` is SELECT, INSERT, UPDATE, DELETE or ALL; `roles` empty: everybody.

    `using` and `check` are its conditions with literals replaced ('' for none): the same literal has the same number.
    """

    name: str
    command: str
    permissive: bool = True
    roles: tuple[str, ...] = ()
    using: str = ""
    check: str = ""


@dataclass(frozen=True, slots=True)
class SecuredTable:
    """A table of an exposed schema. `readers` and `writers` are the API's roles that hold a grant on it."""

    schema: str
    name: str
    enabled: bool = False
    policies: tuple[Policy, ...] = ()
    columns: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SecuredView:
    """A view of an exposed schema. `invoker`: it obeys the rights of whoever reads it."""

    schema: str
    name: str
    invoker: bool = False
    readers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SecuredFunction:
    """A function of an exposed schema. `definer`: it runs with its owner's rights. `callers` are the API's roles."""

    schema: str
    name: str
    arguments: str = ""
    definer: bool = False
    fixed_path: bool = False
    callers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowSecurityFacts(DatabaseFacts):
    """What a browser's role meets. `roles` are those of the asked that exist; `schemas` what the API exposes."""

    roles: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()
    tables: tuple[SecuredTable, ...] = ()
    views: tuple[SecuredView, ...] = ()
    functions: tuple[SecuredFunction, ...] = ()
    cut: bool = False


@dataclass(frozen=True, slots=True)
class RowSecurity(Question[RowSecurityFacts]):
    """Row policies, grants, views and functions. `roles` are those under which an API lets browsers in.

    `schemas` are looked at besides those that the database itself says an API exposes.
    """

    kind: ClassVar[str] = "row-security"
    answer: ClassVar[type[Facts]] = RowSecurityFacts

    token: str = "database"  # noqa: S105 - the name of a secret, not the secret
    roles: tuple[str, ...] = ("anon", "authenticated")
    schemas: tuple[str, ...] = ("public",)

    @property
    def patience(self) -> float:
        return READ_PATIENCE
