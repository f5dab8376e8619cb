"""The application's pool of database connections: bounded, measured, and the first thing to run dry."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from launchready_tui.practice.shop.database import Connection, DatabaseDown

PATIENCE = 3.0
"""Seconds that a request waits for a connection before it gives up."""

_WINDOW = 15.0
_MOST_WAITS = 10_000
_WORTH_NOTING = 0.001


class PoolEmpty(Exception):
    """Every connection is taken, and none came back in time."""


class Pool:
    """Hands out at most `size` connections. `connect` opens one."""

    def __init__(self, connect: Callable[[], Connection], size: int) -> None:
        self._connect = connect
        self._condition = threading.Condition()
        self._idle: list[Connection] = []
        self._open = 0
        self._kept: dict[int, Connection] = {}
        self._busy: set[int] = set()
        self._waits: deque[tuple[float, float]] = deque(maxlen=_MOST_WAITS)
        self._waiting: dict[int, float] = {}
        self.size = size
        self.waited_seconds = 0.0

    @contextmanager
    def connection(self, visitor: int = 0) -> Iterator[Connection]:
        """A connection for a while; for a `visitor` (not 0) it stays taken until `leave`.

        Raises `PoolEmpty` after `PATIENCE`, and `DatabaseDown`.
        """
        connection = self._take(visitor)
        broken = False
        try:
            yield connection
        except DatabaseDown:
            broken = True
            raise
        finally:
            self._give_back(connection, visitor, broken=broken)

    def leave(self, visitor: int) -> None:
        """A visitor is gone; the connection that was kept for them comes back."""
        with self._condition:
            connection = self._kept.pop(visitor, None)
            if connection is not None and id(connection) not in self._busy:
                self._return(connection)

    def reshape(self, size: int) -> None:
        """Another size from now on. Connections that were kept for visitors come back."""
        with self._condition:
            self.size = size
            for connection in self._kept.values():
                if id(connection) not in self._busy:
                    self._return(connection)
            self._kept.clear()
            while self._idle and self._open > size:
                self._idle.pop().close()
                self._open -= 1
            self._condition.notify_all()

    def renew(self) -> None:
        """A new connection in place of the idle one that was used last. A server counts what a connection did at the
        latest when it ends.
        """
        with self._condition:
            old = self._idle.pop() if self._idle else None
        if old is not None:
            old.close()
            fresh = self._opened(0)
            with self._condition:
                self._busy.discard(id(fresh))
                self._return(fresh)

    def close(self) -> None:
        """Close what is idle; what is taken is closed when it comes back."""
        self.reshape(0)

    @property
    def in_use(self) -> int:
        """Connections that are taken."""
        with self._condition:
            return self._open - len(self._idle)

    @property
    def longest_wait(self) -> float:
        """The longest time in seconds that a request waited for a connection within the last 15, or waits now."""
        now = time.monotonic()
        with self._condition:
            ended = [seconds for at, seconds in self._waits if now - at <= _WINDOW]
            going_on = [now - since for since in self._waiting.values()]
            return max([*ended, *going_on], default=0.0)

    def _take(self, visitor: int) -> Connection:
        began = time.monotonic()
        with self._condition:
            connection = self._kept.get(visitor)
            if connection is not None:
                self._busy.add(id(connection))
                return connection
            self._waiting[threading.get_ident()] = began
            try:
                found = self._condition.wait_for(lambda: self._idle or self._open < self.size, PATIENCE)
            finally:
                del self._waiting[threading.get_ident()]
                self._note(time.monotonic() - began)
            if not found:
                raise PoolEmpty(f"no connection became free within {PATIENCE:.0f} seconds ({self.size} are taken)")
            if self._idle:
                return self._handed(self._idle.pop(), visitor)
            self._open += 1
        return self._opened(visitor)

    def _opened(self, visitor: int) -> Connection:
        """A new connection; it was counted already, so that nobody waits while it is made."""
        try:
            connection = self._connect()
        except BaseException:
            with self._condition:
                self._open -= 1
                self._condition.notify()
            raise
        with self._condition:
            return self._handed(connection, visitor)

    def _handed(self, connection: Connection, visitor: int) -> Connection:
        self._busy.add(id(connection))
        if visitor:
            self._kept[visitor] = connection
        return connection

    def _give_back(self, connection: Connection, visitor: int, *, broken: bool) -> None:
        with self._condition:
            self._busy.discard(id(connection))
            if broken:
                self._kept.pop(visitor, None)
                connection.close()
                self._open -= 1
                self._condition.notify()
            elif self._kept.get(visitor) is not connection:
                self._return(connection)

    def _return(self, connection: Connection) -> None:
        if self._open > self.size:
            connection.close()
            self._open -= 1
        else:
            self._idle.append(connection)
        self._condition.notify()

    def _note(self, seconds: float) -> None:
        self.waited_seconds += seconds
        if seconds > _WORTH_NOTING:
            self._waits.append((time.monotonic(), seconds))
