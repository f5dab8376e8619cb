"""Where JSON logs keep method, path, status, duration and time: one dialect a server, platform or framework.

Sources: Caddy, log field reference; Traefik, access log fields; Envoy Gateway's default access log; Cloudflare Logpush,
HTTP requests; Vercel, log drains reference; Google Cloud, LogEntry.httpRequest; lograge's JSON formatters; pino-http.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from launchready_tui.errors import InputError
from launchready_tui.logs.layouts import Unit
from launchready_tui.text import did_you_mean

Place = tuple[str, ...]
"""Keys from the outside in."""

FIELDS = ("path", "method", "status", "duration", "time")
"""What can be mapped."""

_UNITS: tuple[Unit, ...] = ("s", "ms", "us", "ns")


def place(text: str) -> Place:
    """`request/uri` as a place: `/` because keys may hold dots."""
    return tuple(text.split("/"))


@dataclass(frozen=True, slots=True)
class Took:
    """Where a duration stands, in which unit; with `until` it is the time from `place` to `until`."""

    place: Place
    unit: Unit = "ms"
    until: Place = ()


@dataclass(frozen=True, slots=True)
class Dialect:
    """Places of the fields; the first of several that holds something counts.

    `marks` must be there. `only`: a place whose text, where it is there, has to begin so. `wary`: only what looks like
    the path of a URL is one.
    """

    name: str
    title: str
    path: tuple[Place, ...]
    method: tuple[Place, ...] = ()
    status: tuple[Place, ...] = ()
    took: tuple[Took, ...] = ()
    time: tuple[Place, ...] = ()
    marks: tuple[Place, ...] = ()
    only: tuple[Place, str] = ((), "")
    wary: bool = False


def _places(*texts: str) -> tuple[Place, ...]:
    return tuple(map(place, texts))


_TIMES = _places(
    "time", "timestamp", "@timestamp", "ts", "time_iso8601", "time_local", "datetime", "date", "start_time"
)

DIALECTS: tuple[Dialect, ...] = (
    Dialect(
        "caddy",
        "Caddy, JSON",
        _places("request/uri"),
        _places("request/method"),
        _places("status"),
        (Took(("duration",), "s"),),
        _places("ts"),
        _places("request/uri", "status"),
        (("logger",), "http.log.access"),
    ),
    Dialect(
        "traefik-json",
        "Traefik, JSON",
        _places("RequestPath"),
        _places("RequestMethod"),
        _places("DownstreamStatus", "OriginStatus"),
        (Took(("Duration",), "ns"),),
        _places("StartUTC", "time"),
        _places("RequestPath", "RequestMethod"),
    ),
    Dialect(
        "envoy-json",
        "Envoy, JSON",
        _places("x-envoy-origin-path", "x-envoy-original-path", "path", ":path"),
        _places("method", ":method"),
        _places("response_code"),
        (Took(("duration",), "ms"),),
        _places("start_time"),
        _places("response_code", "method"),
    ),
    Dialect(
        "cloudflare",
        "Cloudflare Logpush",
        _places("ClientRequestPath", "ClientRequestURI"),
        _places("ClientRequestMethod"),
        _places("EdgeResponseStatus"),
        (
            Took(("EdgeStartTimestamp",), "ns", until=("EdgeEndTimestamp",)),
            Took(("EdgeTimeToFirstByteMs",), "ms"),
            Took(("OriginResponseDurationMs",), "ms"),
        ),
        _places("EdgeStartTimestamp", "EdgeEndTimestamp"),
        _places("ClientRequestMethod", "EdgeResponseStatus"),
    ),
    Dialect(
        "vercel",
        "Vercel, log drain",
        _places("proxy/path", "path"),
        _places("proxy/method"),
        _places("proxy/statusCode", "statusCode"),
        (Took(("durationMs",), "ms"), Took(("duration",), "ms"), Took(("message",), "ms")),
        _places("proxy/timestamp", "timestamp"),
        _places("proxy/path", "deploymentId"),
    ),
    Dialect(
        "gcp",
        "Google Cloud, httpRequest",
        _places("httpRequest/requestUrl"),
        _places("httpRequest/requestMethod"),
        _places("httpRequest/status"),
        (Took(("httpRequest", "latency"), "s"),),
        _places("timestamp"),
        _places("httpRequest/requestUrl"),
    ),
    Dialect(
        "pino",
        "pino-http",
        _places("req/url"),
        _places("req/method"),
        _places("res/statusCode"),
        (Took(("responseTime",), "ms"),),
        _places("time"),
        _places("req/url", "res/statusCode"),
    ),
    Dialect(
        "lograge-json",
        "Rails, lograge JSON",
        _places("path"),
        _places("method"),
        _places("status"),
        (Took(("duration",), "ms"),),
        _TIMES,
        _places("path", "method", "status", "controller"),
    ),
    Dialect(
        "json",
        "JSON",
        _places(
            "request_uri", "uri", "path", "url", "request_path", "requestPath", "request_url", "url.path",
            "http.target", "http.path", "url/path", "http/url", "http/path", "request/uri", "request/path",
            "request/url", "req/path", "req/url", "http/request/path", "request",
        ),
        _places(
            "request_method", "method", "http_method", "verb", "requestMethod", "http.request.method", "http.method",
            "http/request/method", "http/method", "request/method", "req/method",
        ),
        _places(
            "status", "status_code", "statusCode", "response_status", "responseStatus", "response_code", "http_status",
            "code", "http.response.status_code", "http.status_code", "http/response/status_code", "http/status_code",
            "response/status", "response/status_code", "res/statusCode", "res/status",
        ),
        (
            Took(("request_time",), "s"), Took(("duration_ms",), "ms"), Took(("response_time_ms",), "ms"),
            Took(("responseTime",), "ms"), Took(("elapsed_ms",), "ms"), Took(("latency_ms",), "ms"),
            Took(("time_ms",), "ms"), Took(("durationMs",), "ms"), Took(("latencyMs",), "ms"),
            Took(("elapsedMs",), "ms"), Took(("request_time_ms",), "ms"), Took(("duration_s",), "s"),
            Took(("elapsed_s",), "s"), Took(("duration_us",), "us"), Took(("duration_ns",), "ns"),
            Took(("upstream_response_time",), "s"),
            Took(("duration",), ""), Took(("latency",), ""), Took(("elapsed",), ""), Took(("response_time",), ""),
            Took(("took",), ""),
        ),
        _TIMES,
        wary=True,
    ),
)  # fmt: skip
"""In the order in which they are tried. A unit of '' stands for a number that says its own: `12ms`, `0.4s`."""


def mapped(fields: Mapping[str, str]) -> Dialect:
    """A dialect from `field = place`: `path = "req.url"`, `duration = "took:us"`.

    A dot leads into an object, unless a key is called so. Raises `InputError` for an unknown field or unit, and where
    there is no path.
    """
    for field in fields:
        if field not in FIELDS:
            guess = did_you_mean(field, FIELDS)
            raise InputError(f"A log has no field {field}{guess}", f"Fields are {', '.join(FIELDS)}.")
    if not fields.get("path"):
        raise InputError(
            "The mapping of fields names no path.", 'Say where it stands: path=req.url, or path = "req.url".'
        )
    where, unit = _duration(fields.get("duration", ""))

    def both(text: str) -> tuple[Place, ...]:
        return ((text,), tuple(text.split("."))) if "." in text else ((text,),)

    return Dialect(
        "mapped",
        "JSON, by field mapping",
        both(fields["path"]),
        both(fields["method"]) if fields.get("method") else (),
        both(fields["status"]) if fields.get("status") else (),
        tuple(Took(found, unit) for found in both(where)) if where else (),
        both(fields["time"]) if fields.get("time") else _TIMES,
    )


def _duration(text: str) -> tuple[str, Unit]:
    """Place and unit of `took:us`; without a unit the one that the name tells, or '' where it tells none."""
    where, colon, given = text.rpartition(":")
    if colon:
        for unit in _UNITS:
            if unit == given:
                return where, unit
        raise InputError(f"There is no unit {given}.", f"Units of a duration are {', '.join(_UNITS)}.")
    last = text.rpartition(".")[2]
    endings: tuple[tuple[tuple[str, ...], Unit], ...] = (
        (("_ms", "Ms", "responseTime", "milliseconds"), "ms"),
        (("_us",), "us"),
        (("_ns",), "ns"),
        (("_s", "seconds", "request_time"), "s"),
    )
    return text, next((unit for ends, unit in endings if last.endswith(ends)), "")
