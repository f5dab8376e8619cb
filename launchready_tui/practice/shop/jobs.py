"""The worker: takes mail jobs from the table `jobs` and sends them, a few at a time."""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from typing import Final

from launchready_tui.practice.shop.database import Connection, Database, DatabaseDown, Kind, Tagged, tag

SENDER: Final = "hello@acme.test"
LOOK_EVERY = 5.0
"""Seconds between two looks into the table, where nobody rings."""

_SEND_SECONDS = 10.0
_AFTER_TROUBLE = 1.0
_ADD: Final = "INSERT INTO jobs (kind, payload) VALUES (%s, %s)"
_NOW: Final[dict[Kind, str]] = {"postgresql": "now()", "sqlite": "CURRENT_TIMESTAMP"}


def add_job(db: Tagged, kind: str, address: str) -> None:
    """Put a mail into the queue."""
    db.run(_ADD, (kind, address))


class Worker:
    """As many threads as the shop has workers, each with a database connection of its own."""

    def __init__(self, database: Database, sink: int, seconds: Callable[[], float]) -> None:
        self._database = database
        self._sink = sink
        self._seconds = seconds
        self._bell = threading.Condition()
        self._wanted = 0
        self._threads: list[threading.Thread] = []
        self._pause = threading.Event()

    def reshape(self, count: int) -> None:
        """So many workers from now on. What a worker has begun with is not taken from it, but its pause ends."""
        with self._bell:
            self._wanted = count
            self._bell.notify_all()
            self._pause.set()
            self._pause = threading.Event()
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        for number in range(count):
            name = f"practice-worker-{number}"
            if not any(thread.name == name for thread in self._threads):
                thread = threading.Thread(target=self._work, args=(number,), name=name, daemon=True)
                self._threads.append(thread)
                thread.start()

    def ring(self) -> None:
        """There is something to do."""
        with self._bell:
            self._bell.notify()

    def stop(self) -> None:
        """End all workers."""
        self.reshape(0)
        for thread in self._threads:
            thread.join(_AFTER_TROUBLE)

    def _work(self, number: int) -> None:
        connection: Connection | None = None
        while number < self._wanted:
            try:
                connection = connection or self._database.connect("acme-worker")
                busy = self._next_job(Tagged(connection, tag(f"worker-{number}", "worker")))
            except (DatabaseDown, OSError, smtplib.SMTPException):
                if connection is not None:
                    with suppress(DatabaseDown, OSError):
                        connection.close()
                connection, busy = None, False
            if not busy:
                self._sleep(number, LOOK_EVERY if connection else _AFTER_TROUBLE)
        if connection is not None:
            connection.close()

    def _sleep(self, number: int, seconds: float) -> None:
        with self._bell:
            if number < self._wanted:
                self._bell.wait(seconds)

    def _next_job(self, db: Tagged) -> bool:
        """Do the oldest job; whether there was one."""
        now, locking = _NOW[self._database.kind], self._database.kind == "postgresql"
        taken = db.one(
            f"UPDATE jobs SET state = 'running', started_at = {now} WHERE id = (SELECT id FROM jobs "  # noqa: S608 - our own words
            "WHERE finished_at IS NULL AND state = 'queued' ORDER BY id LIMIT 1"
            f"{' FOR UPDATE SKIP LOCKED' if locking else ''}) RETURNING id, kind, payload"
        )
        if taken is None:
            return False
        self._pause.wait(self._seconds())
        try:
            _send(self._sink, str(taken[2]), str(taken[1]))
        except (OSError, smtplib.SMTPException):
            db.run("UPDATE jobs SET state = 'queued', started_at = NULL WHERE id = %s", (taken[0],))
            raise
        db.run(f"UPDATE jobs SET state = 'done', finished_at = {now} WHERE id = %s", (taken[0],))  # noqa: S608 - our own words
        return True


def _send(port: int, address: str, kind: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = SENDER, address, f"Acme Market: {kind}"
    message.set_content("Thank you. The van is being loaded.")
    with smtplib.SMTP("127.0.0.1", port, local_hostname="acme.test", timeout=_SEND_SECONDS) as server:
        server.send_message(message)
