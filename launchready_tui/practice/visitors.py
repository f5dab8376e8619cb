"""What the marketplace remembers of its visitors: who is logged in, and who knocks too often. Everything else is a
value.
"""

from __future__ import annotations

import json
import math
import secrets
import time
from collections import defaultdict
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from launchready_tui.practice import site
from launchready_tui.practice.httpserver import Request
from launchready_tui.practice.marketplace import APP
from launchready_tui.practice.world import Reply, Throttle, World

BUYER, SELLER = "buyer@acme.test", "seller@acme.test"
PASSWORDS = {BUYER: "practice-oak-table", SELLER: "practice-brass-lamp"}
"""The test accounts of the marketplace; they own two orders that do not exist."""

ORDERS = {"/orders/1001": BUYER, "/orders/2002": SELLER}
COOKIE = "__Host-session"
_REDIRECTS = range(300, 400)


class Visitors:
    """Sessions and brakes, over the pages of a world. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sessions: dict[str, str] = {}
        self._tries: defaultdict[Throttle, int] = defaultdict(int)
        self._until: dict[Throttle, float] = {}

    def respond(self, world: World, request: Request) -> Reply:
        """What a visitor gets: the brake, a page of a session, or what the world says."""
        throttle = _throttle(world, request)
        if throttle is not None and (wait := self._wait(throttle)) > 0:
            return _braked(wait)
        reply = self._session_page(world, request) or site.respond(world, request)
        if throttle is not None and reply.status not in _REDIRECTS:
            self._tries[throttle] += 1
            if self._tries[throttle] > throttle.limit:
                self._tries[throttle] = 0
                self._until[throttle] = self._clock() + throttle.seconds
                return _braked(throttle.seconds)
        return reply

    def _wait(self, throttle: Throttle) -> float:
        return self._until.get(throttle, 0.0) - self._clock()

    def _session_page(self, world: World, request: Request) -> Reply | None:
        """The pages that know who asks."""
        known = APP in world.sites and request.host == APP and request.scheme == "https"
        if not known or request.address not in ("", world.sites[APP].address):
            return None
        who = self._sessions.get(_cookie(request))
        if request.method == "POST" and request.path == "/login":
            return self._log_in(request)
        if request.method != "GET":
            return None
        if request.path == "/account":
            return _account(who) if who else _sent("/login")
        if request.path == "/logout":
            self._sessions.pop(_cookie(request), None)
            return _sent("/", f"{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
        if request.path in ORDERS and who == ORDERS[request.path]:
            order = {"order": request.path.rpartition("/")[2], "buyer": who, "item": "Oak table, 1962"}
            return Reply(200, json.dumps(order), "application/json")
        return None

    def _log_in(self, request: Request) -> Reply | None:
        form = parse_qs(request.body.decode("utf-8", "replace"), max_num_fields=20)
        user = form.get("email", [""])[0]
        if PASSWORDS.get(user) != form.get("password", [""])[0] or user not in PASSWORDS:
            return None
        token = secrets.token_urlsafe(24)
        self._sessions[token] = user
        return _sent("/account", f"{COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax")


def tokens(name: str) -> str | None:
    """What the practice engagement uses in place of the keyring: passwords and a token that open nothing else."""
    from launchready_tui.practice.cloudflare import TOKEN

    known = {"cloudflare": TOKEN, "account:buyer": PASSWORDS[BUYER], "account:seller": PASSWORDS[SELLER]}
    return known.get(name)


def _throttle(world: World, request: Request) -> Throttle | None:
    if request.method != "POST" or request.scheme != "https":
        return None
    return next((item for item in world.throttles if (item.host, item.path) == (request.host, request.path)), None)


def _cookie(request: Request) -> str:
    try:
        found = SimpleCookie(request.headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _braked(seconds: float) -> Reply:
    text = (
        "<!doctype html><title>Please wait</title><p>Too many attempts. The shop needs a moment, and so do you.</p>\n"
    )
    return Reply(429, text, headers=(("Retry-After", str(math.ceil(seconds))), ("Cache-Control", "no-store")))


def _sent(target: str, cookie: str = "") -> Reply:
    extra = (("Set-Cookie", cookie),) if cookie else ()
    return Reply(303, headers=(("Location", target), *extra, ("Cache-Control", "no-store")))


def _account(who: str) -> Reply:
    text = f'<!doctype html><title>Your account</title><h1>Hello, {who}</h1><p><a href="/logout">Log out</a></p>\n'
    return Reply(200, text, headers=(("Cache-Control", "private, no-store"),))
