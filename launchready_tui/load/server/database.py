"""Samples PostgreSQL: who is connected and what they wait for, and tables that serve as queues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from launchready_tui.load.server.sampling import Reading
from launchready_tui.load.server.tablequeue import TableQueue, quoted, read_table, split_name
from launchready_tui.model.evidence import Failure, Fault
from launchready_tui.model.performance import Queue
from launchready_tui.model.questions.serverwatch import (
    DB_ACTIVE,
    DB_IDLE_IN_TRANSACTION,
    DB_LIMIT,
    DB_LOCK_WAITS,
    DB_USED,
    queue_added,
    queue_delay,
    queue_depth,
)
from launchready_tui.probes.postgres import Login, Session, read
from launchready_tui.text import one_line

EVERY = 2.0
SECONDS, CONNECT_SECONDS = 4.0, 3
"""How long one look may take, and its connection."""

_LIMIT = """
SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
         - coalesce(current_setting('reserved_connections', true)::int, 0),
       (SELECT datconnlimit FROM pg_catalog.pg_database WHERE datname = current_database())
"""

_ACTIVITY = """
WITH client AS (
  SELECT state, wait_event_type, backend_type, datname = current_database() AS here
  FROM pg_catalog.pg_stat_activity
  WHERE pid <> pg_catalog.pg_backend_pid()
    AND (backend_type = 'client backend' OR (backend_type IS NULL AND datname IS NOT NULL))
)
SELECT count(*), count(*) FILTER (WHERE here),
       count(*) FILTER (WHERE state = 'active'),
       count(*) FILTER (WHERE state LIKE 'idle in transaction%%'),
       count(*) FILTER (WHERE wait_event_type = 'Lock'),
       count(*) FILTER (WHERE backend_type IS NULL)
FROM client
"""
"""The columns of other logins' sessions are NULL without pg_read_all_stats; that they are there is always shown."""

_TABLE = """
SELECT n.nspname, c.relname, c.oid::bigint FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = pg_catalog.to_regclass(%s)
"""

_COLUMNS = """
SELECT a.attname, CASE WHEN t.typtype = 'e' THEN 'enum' ELSE pg_catalog.format_type(a.atttypid, NULL) END
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = %s::bigint::oid AND a.attnum > 0 AND NOT a.attisdropped
"""

HIDDEN = Failure(
    "missing-privilege",
    "the login sees that others are connected but not what they do: GRANT pg_monitor TO it",
    Fault.PERMISSION,
)


class DatabaseSampler:
    """One database: its connections (unless only queues are wanted) and the tables in it that are queues.

    Every look is a session of its own, which is one connection more for a few milliseconds.
    """

    every = EVERY

    def __init__(
        self, login: Login, queues: Sequence[Queue] = (), *, name: str = "database", connections: bool = True
    ) -> None:
        self.name = name
        self._login = login
        self._queues = tuple(queues)
        self._connections = connections
        self._limit = 0
        self._tables: dict[str, TableQueue] = {}

    @property
    def units(self) -> Mapping[str, str]:
        """Connections, and for each queue its length and age."""
        own = (DB_USED, DB_LIMIT, DB_ACTIVE, DB_IDLE_IN_TRANSACTION, DB_LOCK_WAITS) if self._connections else ()
        units = dict.fromkeys(own, "connections")
        for queue in self._queues:
            units |= {queue_depth(queue.id): "jobs", queue_delay(queue.id): "s", queue_added(queue.id): "jobs"}
        return units

    async def look(self) -> Reading | Failure:
        """Look once. A server without a free connection is a figure, not a failure."""
        found = await read(self._login, self._work, seconds=SECONDS, connect_seconds=CONNECT_SECONDS)
        if isinstance(found, Failure) and found.reason == "too-many-connections" and self._connections:
            event = ("too-many-connections", "the database refused a connection: it has none left")
            full = {DB_USED: float(self._limit), DB_LIMIT: float(self._limit)} if self._limit else {}
            return Reading(full, dict.fromkeys(self.units.keys() - full.keys(), found), (event,))
        return found

    async def aclose(self) -> None:
        """Nothing is held open between two looks."""

    def _work(self, session: Session) -> Reading:
        values: dict[str, float] = {}
        missing: dict[str, Failure] = {}
        if self._connections:
            self._activity(session, values, missing)
        for queue in self._queues:
            found = session.attempt(lambda queue=queue: self._queue(session, queue))  # type: ignore[misc]
            depth, delay = queue_depth(queue.id), queue_delay(queue.id)
            if isinstance(found, Failure):
                missing |= {depth: found, delay: found}
                continue
            count, age, highest, why = found
            values[depth] = float(count)
            if highest is not None:
                values[queue_added(queue.id)] = float(highest)
            if age is not None:
                values[delay] = max(0.0, age)
            elif why is None or not count:
                values[delay] = 0.0
            else:
                missing[delay] = why
        return Reading(values, missing)

    def _activity(self, session: Session, values: dict[str, float], missing: dict[str, Failure]) -> None:
        [(usable, own_limit)] = session.rows(_LIMIT)
        [(used, here, active, idle, locked, hidden)] = session.rows(_ACTIVITY)
        if own_limit is not None and 0 <= own_limit < usable:
            used, usable = here, own_limit
        self._limit = int(usable)
        values |= {DB_USED: float(used), DB_LIMIT: float(usable)}
        what = {DB_ACTIVE: active, DB_IDLE_IN_TRANSACTION: idle, DB_LOCK_WAITS: locked}
        if hidden:
            missing |= dict.fromkeys(what, HIDDEN)
        else:
            values |= {name: float(value) for name, value in what.items()}

    def _queue(self, session: Session, queue: Queue) -> tuple[int, float | None, int | None, Failure | None] | Failure:
        """Unfinished jobs, the age of the oldest that waits (None: none does, or it cannot be told, and why), and the
        highest number of a job.
        """
        table = self._tables.get(queue.id)
        if table is None:
            found = self._recognised(session, queue)
            if isinstance(found, Failure):
                return found
            table = self._tables[queue.id] = found
        rows: list[tuple[Any, ...]] = session.single(table.statement)
        count, age, highest = rows[0]
        why = None if table.has_age else Failure("no-time", f"{one_line(queue.source, 60)}: {table.why}", Fault.TARGET)
        return int(count), None if age is None else float(age), highest, why

    @staticmethod
    def _recognised(session: Session, queue: Queue) -> TableQueue | Failure:
        try:
            schema, table = split_name(queue.source)
        except ValueError as error:
            return Failure("input-missing", str(error), Fault.USAGE)
        name = f"{quoted(schema)}.{quoted(table)}" if schema else quoted(table)
        found = session.rows(_TABLE, name)
        if not found:
            message = f"there is no table {one_line(queue.source, 60)} that this login can see"
            return Failure("missing-object", message, Fault.USAGE)
        schema, table, oid = found[0]
        return read_table(schema, table, dict(session.rows(_COLUMNS, oid)))
