"""A live door to a server on loopback, for the tests of the probes that look at pages."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from launchready_tui.engine.asking import LiveDoor
from launchready_tui.model.evidence import Answer, Evidence
from launchready_tui.model.product import Account, Budgets, Network, Product
from launchready_tui.model.questions import Question
from launchready_tui.probes.prober import Prober
from tests.probes.servers import HttpServer, Seen, http_server, response

PASSWORDS = {"account:buyer": "right", "account:seller": "right"}
USERS = {"buyer@acme.test": "buyer", "seller@acme.test": "seller"}
LOGIN = b'<form method="post" action="/login"><input name="email"><input type="password" name="password"></form>'


@dataclass
class Bench:
    """A server, a live door to it, and the evidence that was kept."""

    server: HttpServer
    door: LiveDoor
    kept: list[Evidence[Any]]

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.port}{path}"

    async def ask(self, question: Question[Any], attempt: int = 1) -> Answer[Any]:
        return await self.door.ask(question, attempt)


@contextlib.asynccontextmanager
async def bench(handler: Any, *, pace: float = 500.0, consent: bool = True) -> AsyncIterator[Bench]:
    """Two accounts, buyer and seller, whose sessions are the cookie `sid` with their name."""
    async with http_server(handler) as server:
        product = Product(
            "Acme",
            "acme.test",
            network=Network(public=("127.0.0.0/8",)),
            accounts=(Account("buyer", "buyer@acme.test"), Account("seller", "seller@acme.test")),
            budgets=Budgets(burst_per_second=pace),
        )
        kept: list[Evidence[Any]] = []
        door = LiveDoor(
            Prober(product.network, ".", product, PASSWORDS.get),
            clock=lambda: datetime.now(UTC),
            may=lambda host, level: consent,
            keep=kept.append,
        )
        try:
            yield Bench(server, door, kept)
        finally:
            await door.aclose()


def logged_in(seen: Seen) -> str:
    """Who asks: buyer, seller, or '' for a stranger."""
    cookie = seen.headers.get("cookie", "")
    return next((who for who in USERS.values() if f"sid={who}" in cookie), "")


def at_the_door(seen: Seen) -> bytes | None:
    """The login, where it is asked for."""
    if seen.target != "/login":
        return None
    if seen.method == "GET":
        return response(200, LOGIN)
    form = parse_qs(seen.body.decode())
    who = USERS.get(form.get("email", [""])[0], "")
    if not who or form.get("password") != ["right"]:
        return response(401, LOGIN)
    return response(303, b"", ("Location", "/home"), ("Set-Cookie", f"sid={who}; Path=/"))
