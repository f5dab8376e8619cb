"""The running shop: its database, pool, worker and suppliers, and how it follows the faults that are switched."""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

from launchready_tui.practice.httpserver import Request
from launchready_tui.practice.shop.call import Call, Tools
from launchready_tui.practice.shop.cluster import ClusterFailed
from launchready_tui.practice.shop.database import Database, DatabaseDown, tag
from launchready_tui.practice.shop.jobs import Worker
from launchready_tui.practice.shop.litebase import SqliteDatabase
from launchready_tui.practice.shop.logs import APP, QUERIES, LogFile, crash_line
from launchready_tui.practice.shop.mailsink import MailSink
from launchready_tui.practice.shop.metrics import Metric, release_memory, resident_bytes
from launchready_tui.practice.shop.payments import PaymentProvider, Payments
from launchready_tui.practice.shop.pool import Pool, PoolEmpty
from launchready_tui.practice.shop.postgres import PostgresDatabase
from launchready_tui.practice.shop.router import Served
from launchready_tui.practice.shop.settings import ShopSettings
from launchready_tui.practice.shop.sharedcache import SharedCache
from launchready_tui.practice.visitors import PASSWORDS, Visitors
from launchready_tui.practice.world import Reply, Resource, World

MOST_KEPT: Final = 150_000_000
"""Bytes up to which the leak goes: a practice target must not hurt the machine that it runs on."""

_TIDY_SECONDS = 5.0
_NAME = "acme-shop"


class Shop:
    """The application behind the pages. Its methods but `start` and `stop` may be called from any thread."""

    def __init__(self, folder: Path, visitors: Visitors) -> None:
        self._folder = folder
        self._visitors = visitors
        self._closing = ExitStack()
        self._started_at = time.time()
        self._lock = threading.Lock()
        self._kept: deque[bytes] = deque()
        self._kept_bytes = 0
        self._failures = 0
        self.cache = SharedCache()
        self._database: Database | None = None
        self._settings: ShopSettings | None = None

    def start(self, *, postgres: bool) -> None:
        """Start everything; SQLite takes the place of a PostgreSQL that does not come up. Takes a second or two."""
        closing = self._closing
        queries, self._app_log = LogFile(self._folder / QUERIES), LogFile(self._folder / APP)
        closing.callback(queries.close)
        closing.callback(self._app_log.close)
        self._database = self._open(queries, postgres=postgres)
        closing.callback(self._database.stop)
        self.provider, self.sink = PaymentProvider(), MailSink()
        closing.callback(self.provider.stop)
        closing.callback(self.sink.stop)
        database = self._database
        self.pool = Pool(lambda: database.connect(_NAME), ShopSettings().pool)
        closing.callback(self.pool.close)
        self._worker = Worker(database, self.sink.port, lambda: (self._settings or ShopSettings()).job_seconds)
        closing.callback(self._worker.stop)
        payments = Payments(self.provider.port, self._app_log)
        self._tools = Tools(database.kind, self.pool, self._worker, payments, self.cache, self._visitors)
        ended = threading.Event()
        threading.Thread(target=self._tidy, args=(ended,), name="practice-tidy", daemon=True).start()
        closing.callback(ended.set)

    def _open(self, queries: LogFile, *, postgres: bool) -> Database:
        if postgres:
            with suppress(ClusterFailed, DatabaseDown, OSError):
                return PostgresDatabase(self._folder, queries, PASSWORDS)
        return SqliteDatabase(self._folder, queries, PASSWORDS)

    def stop(self) -> None:
        """End everything, in the reverse order."""
        self._closing.close()

    @property
    def database(self) -> Database:
        """The database; only after `start`."""
        assert self._database is not None
        return self._database

    def follow(self, settings: ShopSettings) -> bool:
        """Be built in another way from now on; whether that is a change. A new release begins with new logs."""
        if settings == self._settings:
            return False
        before, self._settings = self._settings, settings
        if before is None or before.orders_index != settings.orders_index:
            self.database.set_orders_index(settings.orders_index)
        self.pool.reshape(settings.pool)
        self._worker.reshape(settings.workers)
        self.cache.purge()
        with self._lock:
            self._kept.clear()
            self._kept_bytes = 0
        self.database.forget_statistics()
        self._app_log.rotate()
        return True

    def answer(self, world: World, request: Request, route: Served, slug: str, name: str) -> Resource | None:
        """What the shop has for a request, whose id is `name`; None if it knows nothing there. May wait for the
        database.
        """
        call = Call(request, world, self._tools, route.name, name, slug)
        try:
            resource = route.handler(call)
        except PoolEmpty:
            resource = self._failed("The shop is full. Please come back in a moment.")
        except DatabaseDown:
            resource = self._failed("The shop has lost its books. Please come back in a moment.")
        except Exception as error:
            # As any application server does: one request that nobody foresaw must not end the others.
            self._app_log.line(crash_line(route.name, type(error).__name__, name))
            resource = self._failed("Something went wrong, and we have been told.", 500)
        self._keep(world.shop.kept_per_request)
        return resource

    def left(self, connection: int) -> None:
        """A visitor has disconnected."""
        self.pool.leave(connection)

    def metrics(self) -> list[Metric]:
        """What monitoring reads."""
        depth, delay = self._queue()
        pool = self.pool
        return [
            ("process_resident_memory_bytes", "gauge", "Resident memory of the application.", resident_bytes()),
            ("process_start_time_seconds", "gauge", "When the application was started.", self._started_at),
            ("db_pool_size", "gauge", "Connections that the pool may open.", pool.size),
            ("db_pool_in_use", "gauge", "Connections that are taken.", pool.in_use),
            ("db_pool_longest_wait_seconds", "gauge", "Longest wait within 15 seconds.", pool.longest_wait),
            ("db_pool_wait_seconds_total", "counter", "All waits for a connection.", pool.waited_seconds),
            ("queue_depth", "gauge", "Mail jobs that are not done.", depth),
            ("queue_delay_seconds", "gauge", "Age of the oldest mail job.", delay),
            ("mails_sent_total", "counter", "Mails that were sent.", self.sink.messages),
            ("requests_failed_total", "counter", "Requests that ended with an error.", self._failures),
        ]

    def _queue(self) -> tuple[float, float]:
        """Length of the queue in jobs, age of its oldest in seconds; asked past the pool, which may be dry."""
        age = {
            "postgresql": "extract(epoch FROM now() - min(created_at))",
            "sqlite": "86400 * (julianday('now') - julianday(min(created_at)))",
        }[self.database.kind]
        try:
            connection = self.database.connect("acme-metrics")
        except DatabaseDown:
            return 0.0, 0.0
        try:
            look = f"SELECT count(*), {age} FROM jobs WHERE finished_at IS NULL"  # noqa: S608 - our own words
            [(depth, delay)] = connection.run(look + tag("metrics", "metrics"))
        except DatabaseDown:
            return 0.0, 0.0
        finally:
            connection.close()
        return float(depth), max(0.0, float(delay or 0))

    def _keep(self, count: int) -> None:
        """The leak: what was rendered is remembered and never looked at again."""
        if not count:
            return
        with self._lock:
            if self._kept_bytes + count <= MOST_KEPT:
                self._kept.append(b"x" * count)
                self._kept_bytes += count

    def _failed(self, text: str, status: int = 503) -> Reply:
        with self._lock:
            self._failures += 1
        page = f"<!doctype html><title>Please wait</title><p>{text}</p>\n"
        retry = (("Retry-After", "5"),) if status == 503 else ()
        return Reply(status, page, headers=(*retry, ("Cache-Control", "no-store")))

    def _tidy(self, ended: threading.Event) -> None:
        while not ended.wait(_TIDY_SECONDS):
            self.database.tidy()
            release_memory()
