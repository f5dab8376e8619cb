"""A small shared cache in front of the shop, as a CDN has one: it stores what says that it is public (RFC 9111)."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from launchready_tui.practice.httpserver import Request
from launchready_tui.practice.world import Reply

_MOST_ENTRIES = 1_000
_SHARED = re.compile(r"\bs-maxage=(\d{1,6})\b")
_ORDINARY = re.compile(r"\bmax-age=(\d{1,6})\b")


@dataclass(frozen=True, slots=True)
class _Stored:
    reply: Reply
    at: float
    until: float


class SharedCache:
    """Answers by host and target alone: who asks does not matter to it. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._stored: dict[tuple[str, str], _Stored] = {}

    def find(self, request: Request) -> Reply | None:
        """What is stored for a request, with its age."""
        if request.method not in ("GET", "HEAD") or request.scheme != "https":
            return None
        now = self._clock()
        with self._lock:
            found = self._stored.get((request.host, request.target))
            if found is None or now >= found.until:
                return None
        age = (("Age", str(int(now - found.at))), ("X-Cache", "HIT"))
        return replace(found.reply, headers=(*found.reply.headers, *age))

    def offer(self, request: Request, reply: Reply) -> Reply:
        """Store an answer that may be stored. Returns it with a note that it was not in the cache; that it was not let
        in, where a cookie keeps it out.
        """
        seconds = lifetime(reply)
        if request.method != "GET" or request.scheme != "https":
            return reply
        if seconds <= 0:
            bypassed = lifetime(_without_cookie(reply)) > 0
            return replace(reply, headers=(*reply.headers, ("X-Cache", "BYPASS"))) if bypassed else reply
        now = self._clock()
        with self._lock:
            if len(self._stored) >= _MOST_ENTRIES:
                self._stored.pop(next(iter(self._stored)))
            self._stored[request.host, request.target] = _Stored(reply, now, now + seconds)
        return replace(reply, headers=(*reply.headers, ("X-Cache", "MISS")))

    def purge(self, *paths: str) -> None:
        """Forget everything under these paths; without any, everything."""
        with self._lock:
            self._stored = {
                key: found for key, found in self._stored.items() if paths and key[1].partition("?")[0] not in paths
            }


def _without_cookie(reply: Reply) -> Reply:
    return replace(reply, headers=tuple(pair for pair in reply.headers if pair[0].lower() != "set-cookie"))


def lifetime(reply: Reply) -> float:
    """Seconds that a shared cache may keep an answer: only what is `public`, whole, and sets no cookie."""
    named = {name.lower(): value.lower() for name, value in reply.headers}
    control = named.get("cache-control", "")
    if reply.status != 200 or "set-cookie" in named or "public" not in control or "no-store" in control:
        return 0.0
    found = _SHARED.search(control) or _ORDINARY.search(control)
    return float(found[1]) if found else 0.0
