"""What the shop needs of a database, whichever it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Literal, Protocol

Kind = Literal["postgresql", "sqlite"]
Row = tuple[Any, ...]

_FIT = re.compile(r"[A-Za-z0-9._:-]{1,64}\Z")


class DatabaseDown(Exception):
    """The database does not answer; the shop says 503."""


class Connection(Protocol):
    """One connection, used by one thread at a time. A method raises `DatabaseDown` where the database is gone."""

    def run(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """The rows of a statement, none for one without. Values stand as `%s`."""
        ...

    def transaction(self) -> AbstractContextManager[object]:
        """What happens inside happens whole, or not at all."""
        ...

    def close(self) -> None:
        """Give it back to the database."""
        ...


class Database(Protocol):
    """A running database with the shop's data in it."""

    @property
    def kind(self) -> Kind:
        """What it is."""
        ...

    @property
    def reader_dsn(self) -> str:
        """How somebody logs in who may read everything and change nothing."""
        ...

    def connect(self, application: str) -> Connection:
        """A new connection under a name. Raises `DatabaseDown`."""
        ...

    def set_orders_index(self, wanted: bool) -> None:
        """Create or drop the index that finds orders by seller."""
        ...

    def forget_statistics(self) -> None:
        """Begin anew with counting statements."""
        ...

    def tidy(self) -> None:
        """Keep the logs small; called every few seconds."""
        ...

    def stop(self) -> None:
        """End it and remove its files."""
        ...


def tag(request_id: str, route: str) -> str:
    """The comment that ties a statement to the request that needed it, in the form of sqlcommenter.

    Whatever is not plain is left out of it: the request id comes from outside.
    """
    parts = {"request_id": request_id, "route": route}
    pairs = ",".join(f"{name}='{value}'" for name, value in parts.items() if _FIT.match(value))
    return f" /*{pairs}*/" if pairs else ""


class Tagged:
    """A connection whose statements all carry the comment of one request."""

    def __init__(self, connection: Connection, comment: str) -> None:
        self._connection = connection
        self._comment = comment

    def run(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """The rows of a statement."""
        return self._connection.run(sql + self._comment, values)

    def one(self, sql: str, values: Sequence[object] = ()) -> Row | None:
        """The first row of a statement."""
        return next(iter(self.run(sql, values)), None)

    def transaction(self) -> AbstractContextManager[object]:
        """What happens inside happens whole, or not at all."""
        return self._connection.transaction()
