"""The shop's data in SQLite, where no PostgreSQL can be started. Its log has the form of PostgreSQL's."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from launchready_tui.practice.shop import schema
from launchready_tui.practice.shop.cluster import FOLDER, OWNER
from launchready_tui.practice.shop.database import DatabaseDown, Row
from launchready_tui.practice.shop.logs import LogFile

_BUSY_SECONDS = 5.0


class SqliteConnection:
    """A connection that writes into the log what it was asked, and how long that took."""

    def __init__(self, path: Path, application: str, log: LogFile | None, number: int) -> None:
        # The pool sees to it that one thread at a time uses it.
        self._connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._log = log
        self._who = f"[{number}]: user={OWNER},db=shop,app={application},client=127.0.0.1"

    def run(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """The rows of a statement."""
        began = time.perf_counter()
        try:
            rows: list[Row] = self._connection.execute(sql.replace("%s", "?"), tuple(values)).fetchall()
        except sqlite3.OperationalError as error:
            raise DatabaseDown(str(error)) from error
        if self._log is not None:
            now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
            took = (time.perf_counter() - began) * 1000
            self._log.line(f"{now} UTC {self._who} LOG:  duration: {took:.3f} ms  statement: {_filled(sql, values)}")
        return rows

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What happens inside happens whole, or not at all."""
        self.run("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.run("ROLLBACK")
            raise
        self.run("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


class SqliteDatabase:
    """A file with the shop in it."""

    kind: Literal["sqlite"] = "sqlite"
    reader_dsn = ""

    def __init__(self, folder: Path, log: LogFile, accounts: dict[str, str]) -> None:
        self._folder = folder / FOLDER
        self._path = self._folder / "shop.sqlite3"
        self._log = log
        self._lock = threading.Lock()
        self._number = 0
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(mode=0o700, parents=True)
        connection = SqliteConnection(self._path, "acme-administration", None, 0)
        connection.run("PRAGMA journal_mode = WAL")
        # What is made here fits together; checking every row would take longer than making it.
        connection.run("PRAGMA foreign_keys = OFF")
        with connection.transaction():
            for statement in schema.statements(self.kind, accounts):
                connection.run(statement)
        connection.run("ANALYZE")
        connection.close()

    def connect(self, application: str) -> SqliteConnection:
        """A new connection of the application."""
        with self._lock:
            self._number += 1
            return SqliteConnection(self._path, application, self._log, self._number)

    def set_orders_index(self, wanted: bool) -> None:
        """Create or drop the index that finds orders by seller."""
        connection = SqliteConnection(self._path, "acme-administration", None, 0)
        connection.run(schema.CREATE_ORDERS_INDEX if wanted else schema.DROP_ORDERS_INDEX)
        connection.close()

    def forget_statistics(self) -> None:
        """Begin anew with the log."""
        self._log.rotate()

    def tidy(self) -> None:
        """The log tidies itself: we alone write into it."""

    def stop(self) -> None:
        """Remove the files."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _filled(sql: str, values: Sequence[object]) -> str:
    """A statement with its values, as the log of a server shows it."""
    parts = sql.split("%s")
    shown = [*(_literal(value) for value in values), ""]
    return "".join(part + value for part, value in zip(parts, shown, strict=True))


def _literal(value: object) -> str:
    return str(value) if isinstance(value, int | float) else "'" + str(value).replace("'", "''") + "'"
