"""What the marketplace remembers of its visitors: who is logged in, and who knocks too often."""

from __future__ import annotations

import hmac
import json
import math
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from html import escape
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

from launchready_tui.folders import data_folder
from launchready_tui.practice.door import database_of
from launchready_tui.practice.httpserver import Request
from launchready_tui.practice.marketplace import APP
from launchready_tui.practice.world import Reply, Throttle, World

BUYER, SELLER = "buyer@acme.test", "seller@acme.test"
PASSWORDS = {BUYER: "practice-oak-table", SELLER: "practice-brass-lamp"}
"""The test accounts of the marketplace; they own two orders that do not exist."""

ORDERS = {"/orders/1001": BUYER, "/orders/2002": SELLER}
COOKIE = "__Host-session"
DATABASE_TOKEN = "database"  # noqa: S105 - the name of a secret, not the secret
"""The name under which the profile keeps the login of the shop's database."""

_NO_TRIES = frozenset({*range(300, 400), *range(500, 600)})
"""Answers that are no try: the visitor got through, or the shop could not even look."""

_MOST_SESSIONS = 20_000
_HOUR = 3_600


class Visitors:
    """Sessions, tokens of forms and brakes. `clock` counts seconds. Any thread may ask."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._sessions: dict[str, str] = {}
        self._tries: defaultdict[Throttle, int] = defaultdict(int)
        self._until: dict[Throttle, float] = {}
        self._key = secrets.token_bytes(32)

    def braked(self, world: World, request: Request) -> Reply | None:
        """The answer to somebody who knocks too often, before anything else is done."""
        throttle = _throttle(world, request)
        with self._lock:
            wait = self._wait(throttle) if throttle is not None else 0.0
        return _braked(wait) if wait > 0 else None

    def counted(self, world: World, request: Request, reply: Reply) -> Reply:
        """The answer, counted as a try; the brake in its place where it was one too many."""
        throttle = _throttle(world, request)
        if throttle is None or reply.status in _NO_TRIES:
            return reply
        with self._lock:
            self._tries[throttle] += 1
            if self._tries[throttle] <= throttle.limit:
                return reply
            self._tries[throttle] = 0
            self._until[throttle] = self._clock() + throttle.seconds
        return _braked(throttle.seconds)

    def who(self, request: Request) -> str:
        """The address of who is logged in, '' for strangers."""
        with self._lock:
            return self._sessions.get(_cookie(request), "")

    def open(self, user: str) -> str:
        """Open a session for a user; the value of its cookie."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            while len(self._sessions) >= _MOST_SESSIONS:
                self._sessions.pop(next(iter(self._sessions)))
            self._sessions[token] = user
        return token

    def close(self, token: str) -> None:
        """End a session."""
        with self._lock:
            self._sessions.pop(token, None)

    def let_in(self, user: str, target: str) -> Reply:
        """Open a session for a user and send them on."""
        return sent(target, f"{COOKIE}={self.open(user)}; Path=/; Secure; HttpOnly; SameSite=Lax")

    def form_token(self, request: Request) -> str:
        """The token that a form carries: good for this visitor, for an hour or two."""
        return self._token(request, self._hour())

    def knows(self, request: Request, token: str) -> bool:
        """Whether a form came from a page of ours."""
        hour = self._hour()
        good = (self._token(request, at) for at in (hour, hour - 1))
        return any(hmac.compare_digest(token.encode(), one.encode()) for one in good)

    def session_page(self, world: World, request: Request) -> Reply | None:
        """The pages that know who asks."""
        if not is_app(world, request) or request.method != "GET":
            return None
        who = self.who(request)
        if request.path == "/account":
            return _account(who) if who else sent("/login")
        if request.path == "/logout":
            self.close(_cookie(request))
            return sent("/", f"{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
        if request.path in ORDERS and who == ORDERS[request.path]:
            order = {"order": request.path.rpartition("/")[2], "buyer": who, "item": "Oak table, 1962"}
            return Reply(200, json.dumps(order), "application/json", (("Cache-Control", "private, no-store"),))
        return None

    def _wait(self, throttle: Throttle) -> float:
        return self._until.get(throttle, 0.0) - self._clock()

    def _hour(self) -> int:
        return int(self._clock() // _HOUR)

    def _token(self, request: Request, hour: int) -> str:
        return hmac.new(self._key, f"{_cookie(request)} {hour}".encode(), "sha256").hexdigest()[:32]


def is_app(world: World, request: Request) -> bool:
    """Whether a request came to the app, over https, at its own address."""
    known = APP in world.sites and request.host == APP and request.scheme == "https"
    return known and request.address in ("", world.sites[APP].address)


def tokens(name: str) -> str | None:
    """What the practice engagement uses in place of the keyring: passwords and tokens that open nothing else."""
    return tokens_of(data_folder())(name)


def tokens_of(folder: Path) -> Callable[[str], str | None]:
    """The passwords and tokens of the target that runs for a folder; its database has another one at every start."""

    def known(name: str) -> str | None:
        from launchready_tui.practice.cloudflare import TOKEN

        if name == DATABASE_TOKEN:
            return database_of(folder)
        return {"cloudflare": TOKEN, "account:buyer": PASSWORDS[BUYER], "account:seller": PASSWORDS[SELLER]}.get(name)

    return known


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


def sent(target: str, cookie: str = "") -> Reply:
    """Sends a visitor on, with a cookie."""
    extra = (("Set-Cookie", cookie),) if cookie else ()
    return Reply(303, headers=(("Location", target), *extra, ("Cache-Control", "no-store")))


def _account(who: str) -> Reply:
    text = (
        f'<!doctype html><title>Your account</title><h1>Hello, {escape(who)}</h1><p><a href="/logout">Log out</a></p>\n'
    )
    return Reply(200, text, headers=(("Cache-Control", "private, no-store"),))
