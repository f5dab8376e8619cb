"""Layouts of text that belong to one server, balancer, platform or framework each.

Sources: HAProxy configuration manual 8.2.3 (HTTP log format); Envoy, default format string; AWS, access log entries of
Application and Classic Load Balancers; Heroku, HTTP routing, router log format; lograge's key=value formatter; the log
formats in the sources of Nginx Proxy Manager and Zoraxy.
"""

from __future__ import annotations

from launchready_tui.logs.commonlog import QUOTED, TIME
from launchready_tui.logs.layouts import TextLayout

_ISO = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
_PART = r"(-?\d+(?:\.\d+)?)"


def _pairs(*keys: str) -> str:
    """Finds `key=value` in any order: a look ahead each, which takes no time beyond one pass over the line."""
    return "^" + "".join(rf"(?=(?:[^\n]*?[ \t\[,;])?{key})" for key in keys)


def _data(name: str, value: str) -> str:
    """One value of an exported event."""
    return rf'(?=[^\n]*?<Data Name="{name}">{value}</Data>)'


_METHOD = r'(?:http_)?(?:method|verb)="?([A-Z-]+)'
_PATH = r'(?:path|uri|url|request_uri)="?([^ ?"\n]*)'
_STATUS = r'(?:http_)?(?:status|code|status_code)="?(\d+)'
_WHEN = rf"(?=(?:[^\n]*?({_ISO}))?)"
_TOOK = "(?:duration|elapsed|latency|took|response_time)"

LAYOUTS = (
    TextLayout(
        "haproxy",
        "HAProxy, httplog",
        # CLIENT:PORT [TIME] FRONTEND BACKEND/SERVER TR/Tw/Tc/Tr/Ta STATUS BYTES … {captured} "REQUEST"
        r"^[^\n]*?\[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d)[.\d]*\] \S+ \S+ "
        r'-?\d+/-?\d+/-?\d+/-?\d+/\+?(-?\d+) (-?\d+) [^"\n]*+"([^"\n]*+)',
        ("time", "duration", "status", "request"),
        "ms",
        gappy=True,
    ),
    TextLayout(
        "envoy",
        "Envoy, default format",
        # [START] "METHOD PATH PROTOCOL" CODE FLAGS [DETAILS TERMINATION "FAILURE"] RECEIVED SENT DURATION UPSTREAM "…"
        rf'^[^\n"]*\[({_ISO})[^\]\n]*\] "{QUOTED}" (\d+) \S+ (?:\S+ \S+ "[^"\n]*" )?\d+ \d+ (\d+) ',
        ("time", "request", "status", "duration"),
        "ms",
    ),
    TextLayout(
        "alb",
        "AWS load balancer",
        # TYPE TIME NAME CLIENT TARGET (three times) STATUS TARGET-STATUS RECEIVED SENT "METHOD URL PROTOCOL" …
        rf"^(?:[a-z0-9]+ )?({_ISO})[.\d]*Z \S+ \S+ \S+ {_PART} {_PART} {_PART} (\d+|-) (?:\d+|-) \d+ \d+ "
        r'"([A-Z-]+) (?:[a-z]+://[^/ ?"\n]*+)?([^ ?"\n]*+)',
        ("time", "duration", "duration", "duration", "status", "method", "target"),
        "s",
    ),
    TextLayout(
        "zoraxy",
        "Zoraxy",
        r"^[^\n\[]*\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)[.\d]*\] \[router:(?>[^\n]*\] )([A-Z-]+ [^ ?\n]*+)[^\n]* (\d+)$",
        ("time", "call", "status"),
    ),
    TextLayout(
        "nginx-proxy-manager",
        "Nginx Proxy Manager",
        # [TIME] (CACHE UPSTREAM-STATUS)? STATUS - METHOD SCHEME HOST "URI" [Client …
        rf'^[^\n"]*?\[({TIME})\] (?:\S+ (?:[\d, :]+|-) )?(\d\d\d|-) - ([A-Z-]+) \S+ \S+ "([^?"\n]*+)[^"\n]*+"'
        r" \[Client ",
        ("time", "status", "method", "target"),
    ),
    TextLayout(
        "nginx-host-time",
        "nginx, host and request time first",
        # [TIME] HOST CLIENT REQUEST-TIME "REQUEST" STATUS …
        rf'^[^\n"]*?\[({TIME})\] \S+ \S+ (\d{{1,6}}\.\d{{3,6}}) "{QUOTED}" (\d\d\d|-)',
        ("time", "duration", "request", "status"),
        "s",
    ),
    TextLayout(
        "iis-event",
        "IIS, exported events",
        "^"
        + _data("date", r"(\d{4}-\d\d-\d\d)")
        + _data("time", r"(\d\d:\d\d:\d\d)")
        + _data("cs-method", "([A-Z-]+)")
        + _data("cs-uri-stem", r"([^<?\n]*)[^<\n]*")
        + _data("sc-status", r"(\d+)")
        + _data("time-taken", r"(\d+)"),
        ("time", "time2", "method", "target", "status", "duration"),
        "ms",
    ),
)
"""In the order in which they are tried."""

PAIRS = (
    TextLayout(
        "heroku",
        "Heroku router",
        _pairs(_METHOD, _PATH, r"service=(\d+)ms", _STATUS) + _WHEN,
        ("method", "target", "duration", "status", "time"),
        "ms",
    ),
    TextLayout(
        "lograge",
        "Rails, lograge",
        _pairs(_METHOD, _PATH, _STATUS, r"duration=(\d+(?:\.\d+)?)(?:[ \t,;]|$)") + _WHEN,
        ("method", "target", "status", "duration", "time"),
        "ms",
    ),
    TextLayout(
        "logfmt-ms",
        "key=value, duration in milliseconds",
        _pairs(_METHOD, _PATH, _STATUS, _TOOK + r'(?:_ms="?(?=\d+(?:\.\d+)?[ \t",;\n])|="?(?=[\d.]+ms))(\d+(?:\.\d+)?)')
        + _WHEN,
        ("method", "target", "status", "duration", "time"),
        "ms",
    ),
    TextLayout(
        "logfmt-s",
        "key=value, duration in seconds",
        _pairs(_METHOD, _PATH, _STATUS, _TOOK + r'="?(\d+(?:\.\d+)?)s') + _WHEN,
        ("method", "target", "status", "duration", "time"),
        "s",
    ),
    TextLayout(
        "logfmt",
        "key=value",
        _pairs(_METHOD, _PATH, _STATUS) + _WHEN,
        ("method", "target", "status", "time"),
    ),
)
"""Layouts of `key=value`, in any order of the keys."""
