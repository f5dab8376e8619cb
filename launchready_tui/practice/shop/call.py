"""What a handler of the shop is given: the request, who sent it, the settings, and the database when it is needed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qs

from launchready_tui.practice.httpserver import Request
from launchready_tui.practice.shop.database import Kind, Tagged, tag
from launchready_tui.practice.shop.jobs import Worker
from launchready_tui.practice.shop.payments import Payments
from launchready_tui.practice.shop.pool import Pool
from launchready_tui.practice.shop.settings import ShopSettings
from launchready_tui.practice.shop.sharedcache import SharedCache
from launchready_tui.practice.visitors import Visitors
from launchready_tui.practice.world import Reply, Resource, World

_MOST_FIELDS = 50


@dataclass(frozen=True, slots=True)
class Tools:
    """What all handlers share."""

    kind: Kind
    pool: Pool
    worker: Worker
    payments: Payments
    cache: SharedCache
    visitors: Visitors


@dataclass(frozen=True)
class Call:
    """One request to the shop. `rest` is what the route's pattern found in the path, '' for fixed paths."""

    request: Request
    world: World
    tools: Tools
    route: str
    request_id: str
    rest: str = ""

    @property
    def settings(self) -> ShopSettings:
        """How the shop is built at the moment."""
        return self.world.shop

    @cached_property
    def user(self) -> str:
        """The address of who is logged in, '' for strangers."""
        return self.tools.visitors.who(self.request)

    @cached_property
    def query(self) -> dict[str, str]:
        """The parameters of the query, the first of each name."""
        return _firsts(self.request.query)

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of a form, or of a JSON object, as text."""
        body = self.request.body.decode("utf-8", "replace")
        if not self.request.headers.get("content-type", "").startswith("application/json"):
            return _firsts(body)
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return {}
        return {str(name): _clean(str(item)) for name, item in value.items()} if isinstance(value, dict) else {}

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number of the query between 1 and `most`."""
        text = self.query.get(name, "")
        wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else default
        return max(1, min(wanted, most))

    @contextmanager
    def database(self) -> Iterator[Tagged]:
        """A database connection of the pool. Raises `PoolEmpty` or `DatabaseDown`."""
        visitor = self.request.connection if self.settings.connection_per_visitor else 0
        with self.tools.pool.connection(visitor) as connection:
            yield Tagged(connection, tag(self.request_id, self.route))


Handler = Callable[[Call], Resource | None]
"""Answers a request; None where the shop knows nothing there."""


def as_json(value: object, status: int = 200, *headers: tuple[str, str]) -> Reply:
    """An answer of the API; what JSON has no word for, such as a time, is sent as text."""
    return Reply(status, json.dumps(value, ensure_ascii=False, default=str) + "\n", "application/json", headers)


def _firsts(text: str) -> dict[str, str]:
    try:
        return {name: _clean(values[0]) for name, values in parse_qs(text, max_num_fields=_MOST_FIELDS).items()}
    except ValueError:
        return {}


def _clean(text: str) -> str:
    """Without what no database takes: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
