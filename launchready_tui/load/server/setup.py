"""Which samplers a product needs, from its profile, and what nobody will watch and why.

A part that is not watched goes by the name of its series; `queues` and `app-log` stand for those as a whole.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field

from launchready_tui.errors import InputError
from launchready_tui.load.server.applog import AppLogSampler
from launchready_tui.load.server.database import DatabaseSampler
from launchready_tui.load.server.exposition import Selector, read_selector
from launchready_tui.load.server.metrics import Lookups, MetricsSampler, Wanted, is_delay
from launchready_tui.load.server.redisqueue import RedisQueueSampler
from launchready_tui.load.server.sampling import Sampler, Tokens
from launchready_tui.model.evidence import Failure
from launchready_tui.model.performance import Queue
from launchready_tui.model.product import Product
from launchready_tui.model.questions.serverwatch import (
    DB_LIMIT,
    DB_USED,
    MEMORY,
    POOL_WAIT,
    POOL_WAITING,
    STARTED,
    Unwatched,
    queue_delay,
    queue_depth,
)
from launchready_tui.probes.dialling import DialPolicy
from launchready_tui.probes.dns import DnsProbe
from launchready_tui.probes.httpfetch import Fetcher, Times
from launchready_tui.probes.postgres import Login, read_dsn
from launchready_tui.probes.trust import verifying_context

METRICS_TOKEN, REDIS_TOKEN = "metrics", "redis"
"""Under which names a bearer token for metrics and the URL of Redis are kept where the profile names no other."""

_START_TIME = "process_start_time_seconds"
_TIMES = Times(connect=2.0, overall=4.0)


@dataclass(slots=True)
class Setup:
    """What to start, and what is not watched."""

    samplers: list[Sampler] = field(default_factory=list)
    unwatched: list[Unwatched] = field(default_factory=list)

    def without(self, what: str, reason: str, message: str) -> None:
        """A part that nobody watches."""
        self.unwatched.append(Unwatched(what, reason, message))


def set_up(product: Product, tokens: Tokens) -> Setup:
    """The samplers of a product. Blocks (keyring, trust store): call it in a thread. Raises `InputError` for
    `[network]` settings that cannot be used.
    """
    setup = Setup()
    _databases(setup, product, tokens)
    _redis(setup, product, tokens)
    _endpoints(setup, product, tokens)
    _app_log(setup, product)
    if not product.queues:
        setup.without("queues", "input-missing", "no [[queue]] is declared: declare what customers wait for")
    return setup


def _databases(setup: Setup, product: Product, tokens: Tokens) -> None:
    """One sampler for the product's database with the queues in it, one for every other database with a queue."""
    wanted: dict[str, list[Queue]] = {}
    for queue in product.queues:
        if queue.kind == "table":
            wanted.setdefault(queue.token or product.database.token, []).append(queue)
    own = product.database.token
    if product.database.kind in ("", "postgresql"):
        wanted.setdefault(own, [])
    else:
        message = f"there is no sampler for {product.database.kind}: name a metric of its connections under [server]"
        setup.without(DB_USED, "no-driver", message)
    for token, queues in wanted.items():
        login = _login(token, tokens)
        is_own = token == own and product.database.kind in ("", "postgresql")
        if isinstance(login, Failure):
            if is_own:
                setup.without(DB_USED, login.reason, login.message)
            for queue in queues:
                setup.without(queue_depth(queue.id), login.reason, login.message)
        else:
            name = "database" if is_own else f"database.{token}"
            setup.samplers.append(DatabaseSampler(login, queues, name=name, connections=is_own))


def _login(token: str, tokens: Tokens) -> Login | Failure:
    dsn = tokens(token)
    if not dsn:
        message = f"no DSN of a read-only login is kept under {token}: launchready token set {token}"
        return Failure("input-missing", message)
    return read_dsn(dsn)


def _redis(setup: Setup, product: Product, tokens: Tokens) -> None:
    context: ssl.SSLContext | None = None
    for queue in product.queues:
        if not queue.kind.startswith("redis"):
            continue
        name = queue.token or REDIS_TOKEN
        url = tokens(name)
        if not url:
            message = f"no URL of Redis is kept under {name}: launchready token set {name}"
            setup.without(queue_depth(queue.id), "input-missing", message)
            continue
        context = context or verifying_context(product.network, product.base)
        try:
            setup.samplers.append(RedisQueueSampler(queue, url, context))
        except ValueError as error:
            setup.without(queue_depth(queue.id), "malformed", str(error))


def _endpoints(setup: Setup, product: Product, tokens: Tokens) -> None:
    """One sampler a URL, however much is wanted from it."""
    wanted: dict[str, list[Wanted]] = {}
    if product.server.metrics:
        wanted[product.server.metrics] = list(_server_metrics(setup, product))
    else:
        message = "no [server] metrics is declared: the URL of a Prometheus text endpoint"
        setup.without(MEMORY, "input-missing", message)
    for queue in product.queues:
        if queue.kind == "prometheus":
            url = queue.url or product.server.metrics
            selector = _selector(setup, queue_depth(queue.id), queue.source)
            if not url:
                setup.without(queue_depth(queue.id), "input-missing", "it has no url and [server] has no metrics")
            elif selector is not None:
                wanted.setdefault(url, []).append(_queue_metric(queue, selector))
    if not wanted:
        return
    context, policy = verifying_context(product.network, product.base), DialPolicy(product.network)
    lookups = Lookups(DnsProbe(product.network))
    token = tokens(METRICS_TOKEN) or ""
    for number, (url, items) in enumerate(wanted.items()):
        # A token goes to the declared endpoint of the server alone, and never over an open line.
        own = token if url == product.server.metrics and url.startswith("https:") else ""
        name = "metrics" if not number else f"metrics-{number + 1}"
        setup.samplers.append(MetricsSampler(name, url, items, Fetcher(policy, context, _TIMES), lookups, own))


def _server_metrics(setup: Setup, product: Product) -> Iterator[Wanted]:
    server = product.server
    yield Wanted(STARTED, "time", Selector(_START_TIME, {}), "largest", optional=True)
    if server.memory and (selector := _selector(setup, MEMORY, server.memory)):
        yield Wanted(MEMORY, "bytes", selector)
    if server.pool_wait and (selector := _selector(setup, POOL_WAIT, server.pool_wait)):
        yield Wanted(POOL_WAIT, "s", selector, "wait", POOL_WAITING)
    if any(isinstance(item, DatabaseSampler) and DB_USED in item.units for item in setup.samplers):
        return
    if server.connections and (selector := _selector(setup, DB_USED, server.connections)):
        yield Wanted(DB_USED, "connections", selector)
        if (fixed := _number(server.max_connections)) is not None:
            yield Wanted(DB_LIMIT, "connections", Selector("", {}), constant=fixed)
        elif server.max_connections and (limit := _selector(setup, DB_LIMIT, server.max_connections)):
            yield Wanted(DB_LIMIT, "connections", limit)


def _queue_metric(queue: Queue, selector: Selector) -> Wanted:
    if is_delay(selector.name):
        return Wanted(queue_delay(queue.id), "s", selector, "largest")
    return Wanted(queue_depth(queue.id), "jobs", selector)


def _selector(setup: Setup, what: str, text: str) -> Selector | None:
    try:
        return read_selector(text)
    except ValueError as error:
        setup.without(what, "malformed", str(error))
        return None


def _number(text: str) -> float | None:
    """A positive number that a text is; None if it is none."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if 0 < found < 1e9 else None


def _app_log(setup: Setup, product: Product) -> None:
    if product.logs.app:
        setup.samplers.append(AppLogSampler(product.logs.app, product.base, product.dependencies))
    else:
        message = "no [logs] app is declared: the application's JSON log, with host and status of its calls"
        setup.without("app-log", "input-missing", message)


__all__ = ["InputError", "Setup", "set_up"]
