"""Pure: what an application wrote into the comments of a statement: which request, which trace, which route.

Read are sqlcommenter's `key='value'` pairs (URL-encoded, https://open-telemetry.github.io/opentelemetry-sqlcommenter),
the `key:value` pairs of Rails' query log tags, and `traceparent` (W3C Trace Context).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from launchready_tui.logs.templates import template
from launchready_tui.text import one_line

LONGEST_VALUE = 120
"""Characters of a request id or endpoint that are kept."""

_PAIR = re.compile(
    r"""([A-Za-z_][\w.%-]{0,40}+)\s{0,3}[=:]\s{0,3}"""
    r"""(?:\\?'((?:[^'\\]|\\.){0,500}+)\\?'|"([^"]{0,500}+)"|([^,'"\s]{1,500}+))""",
    re.DOTALL,
)
_TRACE = re.compile(r"[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}", re.IGNORECASE)
_TRACE_ID = re.compile(r"[\da-f]{32}", re.IGNORECASE)
_PATTERN = re.compile(r"/[:<{*\[(]|[\\^$]|\.\*")

_REQUESTS = ("request_id", "requestid", "x_request_id", "req_id", "correlation_id")
_ROUTES = ("route", "http_route")
_CONTROLLERS = (("controller", "action"), ("namespaced_controller", "action"))
_WORKS = ("endpoint", "view", "view_name", "pathname", "path", "job", "operation", "action")
_KEYS = frozenset(
    (
        *_REQUESTS,
        *_ROUTES,
        *_WORKS,
        "controller",
        "namespaced_controller",
        "traceparent",
        "trace_id",
        "application",
        "app",
    )
)


@dataclass(frozen=True, slots=True)
class Tags:
    """Ties of one statement; '' where the comments do not say. `trace` is the trace id, 32 hex digits."""

    request: str = ""
    trace: str = ""
    endpoint: str = ""
    application: str = ""

    @property
    def unit(self) -> str:
        """What names one request: its id, else its trace."""
        return self.request or self.trace


NO_TAGS = Tags()


def read_tags(comments: Iterable[str]) -> Tags:
    """The ties in the comments of a statement; the first value of a key counts."""
    found: dict[str, str] = {}
    for comment in comments:
        for key, quoted, doubled, bare in _PAIR.findall(comment[:4_000]):
            name = key if key in _KEYS else unquote(key).lower().replace("-", "_").replace(".", "_")
            if name in _KEYS and name not in found:
                found[name] = quoted or doubled or bare
    if not found:
        return NO_TAGS
    return Tags(_first(found, _REQUESTS), _trace(found), _endpoint(found), _first(found, ("application", "app")))


def _first(found: dict[str, str], names: Iterable[str]) -> str:
    for name in names:
        if found.get(name):
            return _value(found[name])
    return ""


def _value(text: str) -> str:
    """A value as it was meant, fit to be shown."""
    if len(text) <= LONGEST_VALUE and "%" not in text and text.isprintable() and text.isascii():
        return text.strip()
    return one_line(unquote(text), LONGEST_VALUE)


def _trace(found: dict[str, str]) -> str:
    parent, bare = found.get("traceparent"), found.get("trace_id")
    if parent and (trace := _TRACE.search(parent)) is not None:
        return trace[1].lower()
    return bare.lower() if bare and _TRACE_ID.fullmatch(bare) else ""


def _endpoint(found: dict[str, str]) -> str:
    """Route, else controller and action, else whatever names the work."""
    route = _first(found, _ROUTES)
    if route:
        return fold_path(route)
    for controller, action in _CONTROLLERS:
        if found.get(controller):
            names = (_value(found[controller]), _value(found.get(action, "")))
            return "#".join(name for name in names if name)
    return fold_path(_first(found, _WORKS))


def fold_path(path: str) -> str:
    """A path as the route that it belongs to, as the digest of an access log calls it; a pattern stays as it is."""
    if "/" not in path[:1] or _PATTERN.search(path):
        return path
    return template(path.encode("utf-8", "replace"))
