"""The shop's data in a PostgreSQL of our own."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import quote

from launchready_tui.practice.shop import schema
from launchready_tui.practice.shop.cluster import OWNER, Cluster, ClusterFailed
from launchready_tui.practice.shop.database import DatabaseDown, Row
from launchready_tui.practice.shop.logs import LogFile

if TYPE_CHECKING:
    import psycopg

READER: Final = "launchready_reader"
DATABASE: Final = "shop"
_UP_SECONDS = 20.0
_ADMINISTRATION = "acme-administration"


class PostgresConnection:
    """A connection that sends values within the statement, as Django does: one line in the log for each statement."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def run(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """The rows of a statement."""
        from psycopg import OperationalError

        try:
            cursor = self._connection.execute(sql.encode(), values or None)
            return cursor.fetchall() if cursor.description else []
        except OperationalError as error:
            raise DatabaseDown(str(error)) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What happens inside happens whole, or not at all."""
        from psycopg import OperationalError

        try:
            with self._connection.transaction():
                yield
        except OperationalError as error:
            raise DatabaseDown(str(error)) from error

    def close(self) -> None:
        """Disconnect."""
        self._connection.close()


class PostgresDatabase:
    """A running server with the shop in it. Raises `ClusterFailed` where it does not come up."""

    kind: Literal["postgresql"] = "postgresql"

    def __init__(self, folder: Path, log: LogFile, accounts: dict[str, str]) -> None:
        self._log = log
        self._cluster = Cluster(folder, log)
        try:
            self._make(accounts)
        except BaseException:
            self._cluster.stop()
            raise

    @property
    def reader_dsn(self) -> str:
        """The login of somebody who may read everything and change nothing."""
        return self._dsn(READER)

    def connect(self, application: str) -> PostgresConnection:
        """A new connection of the application."""
        return PostgresConnection(self._open(OWNER, DATABASE, application))

    def set_orders_index(self, wanted: bool) -> None:
        """Create or drop the index that finds orders by seller, unseen by the statistics."""
        with self._unseen(DATABASE) as connection:
            connection.execute(schema.CREATE_ORDERS_INDEX if wanted else schema.DROP_ORDERS_INDEX)

    def forget_statistics(self) -> None:
        """Begin anew with counting statements and with the log."""
        with self._unseen(DATABASE) as connection:
            if self._cluster.counts_statements:
                connection.execute("SELECT pg_stat_statements_reset()")
            connection.execute("SELECT pg_stat_reset()")
            connection.execute("ANALYZE")
        self._log.rotate()

    def tidy(self) -> None:
        """Keep the log small: the server itself writes into it."""
        self._log.tidy()

    def stop(self) -> None:
        """End the server."""
        self._cluster.stop()

    def _dsn(self, user: str, database: str = DATABASE) -> str:
        return f"postgresql://{user}:{quote(self._cluster.password)}@127.0.0.1:{self._cluster.port}/{database}"

    def _open(self, user: str, database: str, application: str) -> psycopg.Connection[Any]:
        import psycopg

        try:
            return psycopg.connect(
                self._dsn(user, database),
                autocommit=True,
                application_name=application,
                connect_timeout=5,
                cursor_factory=psycopg.ClientCursor,
                prepare_threshold=None,
            )
        except psycopg.OperationalError as error:
            raise DatabaseDown(str(error)) from error

    @contextmanager
    def _unseen(self, database: str) -> Iterator[psycopg.Connection[Any]]:
        """A connection of the administrator whose statements stand neither in the log nor in the statistics."""
        with self._open(OWNER, database, _ADMINISTRATION) as connection:
            connection.execute("SET log_min_duration_statement = -1")
            if self._cluster.counts_statements:
                connection.execute("SET pg_stat_statements.track = 'none'")
            yield connection

    def _make(self, accounts: dict[str, str]) -> None:
        self._wait()
        with self._unseen("postgres") as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        with self._unseen(DATABASE) as connection:
            if self._cluster.counts_statements:
                connection.execute("CREATE EXTENSION pg_stat_statements")
            # What is made here fits together; checking every row would take longer than making it.
            connection.execute("SET session_replication_role = replica")
            with connection.transaction():
                for statement in schema.statements(self.kind, accounts):
                    connection.execute(statement.encode())
            password = self._cluster.password.replace("'", "''")
            connection.execute(f"CREATE ROLE {READER} LOGIN PASSWORD '{password}'".encode())
            connection.execute(f"ALTER ROLE {READER} SET default_transaction_read_only = on")
            # What a reader looks at is not the shop's doing, and does not belong into the shop's log.
            connection.execute(f"ALTER ROLE {READER} SET log_min_duration_statement = -1")
            connection.execute(f"GRANT pg_monitor, pg_read_all_data TO {READER}")

    def _wait(self) -> None:
        """Wait until the server takes connections."""
        deadline = time.monotonic() + _UP_SECONDS
        while time.monotonic() < deadline and self._cluster.is_running:
            with suppress(DatabaseDown):
                self._open(OWNER, "postgres", _ADMINISTRATION).close()
                return
            time.sleep(0.02)
        raise ClusterFailed("the server takes no connections")
