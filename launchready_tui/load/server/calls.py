"""Reads calls to third parties out of lines of an application's JSON log. Pure and tolerant.

A line counts if it names a dependency (`dependency`, or a host that belongs to a declared one); its status, error and
`timeout` say how the call ended. Nothing of a line is kept but the name and what it counts as.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from launchready_tui.model.performance import Dependency
from launchready_tui.model.questions.serverwatch import CallCount
from launchready_tui.text import one_line

MOST_NAMES = 50
"""Third parties that are told apart; the calls of further ones are counted under `OTHERS`."""

OTHERS = "others"
_HOSTS = ("dependency_host", "peer", "peer.service", "server.address", "net.peer.name", "http.host", "upstream", "host")
_URLS = ("url", "http.url", "url.full", "request.url", "target")
_STATUSES = ("status", "status_code", "http.status_code", "http.response.status_code", "response.status", "code")
_ERRORS = ("error", "err", "exception", "error.message", "error.type", "reason", "outcome")
_TIMEOUT = re.compile(r"time[d ]?[ -]?out|ETIMEDOUT|ESOCKETTIMEDOUT|deadline exceeded|\bH12\b", re.IGNORECASE)
_FINE = frozenset({"", "ok", "success", "none", "null", "false"})


@dataclass(frozen=True, slots=True)
class Call:
    """One call: whose, and how it ended."""

    name: str
    throttled: bool = False
    error: bool = False
    timeout: bool = False


class CallReader:
    """Finds the calls among log lines. `dependencies` are those of the profile."""

    def __init__(self, dependencies: Iterable[Dependency]) -> None:
        declared = tuple(dependencies)
        self._by_host = {item.host.lower().strip("."): item.host.lower() for item in declared if item.host}
        self._by_id = {item.id.lower(): item.host.lower() or item.id.lower() for item in declared}
        words = sorted({*self._by_host, *self._by_id, "dependency"}, key=len, reverse=True)
        self._hint = re.compile("|".join(map(re.escape, words)).encode(), re.IGNORECASE)

    def read(self, raw: bytes) -> Call | None:
        """The call that a line tells of; None if it tells of none. Raises `ValueError` where it is no JSON object."""
        if self._hint.search(raw) is None:
            return None
        try:
            data = json.loads(raw)
        except RecursionError:
            raise ValueError("nested too deep") from None
        if not isinstance(data, dict):
            raise ValueError("not an object")
        name = self._name(data)
        return _ending(name, data) if name else None

    def _name(self, data: dict[str, Any]) -> str:
        explicit = _first(data, ("dependency", "dependency.name", "dependency.id"))
        if explicit:
            word = explicit.lower().strip(".")
            return self._by_id.get(word) or self._declared(word) or one_line(word, 100)
        for text in _all(data, _HOSTS):
            if found := self._declared(text.lower().partition(":")[0].strip(".")):
                return found
        for text in _all(data, _URLS):
            if found := self._declared(_host_of(text)):
                return found
        return ""

    def _declared(self, host: str) -> str:
        """The declared dependency that a host is, or is below of."""
        while host:
            if host in self._by_host:
                return self._by_host[host]
            host = host.partition(".")[2]
        return ""


@dataclass(slots=True)
class Counting:
    """Counts calls by third party."""

    counts: dict[str, CallCount] = field(default_factory=dict)

    def add(self, call: Call) -> None:
        """One more call."""
        full = len(self.counts) >= MOST_NAMES and call.name not in self.counts
        name = OTHERS if full else call.name
        one = CallCount(0.0, 1, int(call.throttled), int(call.error), int(call.timeout))
        self.counts[name] = added(self.counts.get(name, CallCount(0.0, 0)), one)


def added(one: CallCount, other: CallCount) -> CallCount:
    """Two counts as one, at the time of the first."""
    return CallCount(
        one.at,
        one.calls + other.calls,
        one.throttled + other.throttled,
        one.errors + other.errors,
        one.timeouts + other.timeouts,
    )


def _ending(name: str, data: dict[str, Any]) -> Call:
    status = _status(data)
    trouble = " ".join(text for text in _all(data, _ERRORS) if text.lower() not in _FINE)[:2_000]
    timeout = _first(data, ("timeout", "timed_out")).lower() == "true" or _TIMEOUT.search(trouble) is not None
    throttled = status == 429
    error = not timeout and not throttled and (status >= 500 or (status == 0 and bool(trouble)))
    return Call(name, throttled, error, timeout)


def _status(data: dict[str, Any]) -> int:
    text = _first(data, _STATUSES)
    return int(text) if text.isascii() and text.isdigit() and len(text) == 3 else 0


def _host_of(url: str) -> str:
    try:
        return (urlsplit(url[:2_000]).hostname or "").lower()
    except ValueError:
        return ""


def _first(data: dict[str, Any], names: Sequence[str]) -> str:
    return next(iter(_all(data, names)), "")


def _all(data: dict[str, Any], names: Sequence[str]) -> list[str]:
    """The values of keys as text: `a.b` is that key, or `b` within `a`."""
    found: list[str] = []
    for name in names:
        value = data.get(name)
        outer, dot, inner = name.partition(".")
        if value is None and dot and isinstance(within := data.get(outer), dict):
            value = within.get(inner)
        if isinstance(value, bool):
            found.append(str(value).lower())
        elif isinstance(value, str | int | float) and (text := str(value).strip()):
            found.append(text[:2_000])
        elif isinstance(value, dict) and isinstance(message := value.get("message"), str):
            found.append(message[:2_000])
    return found
