"""What to add to a server's configuration so that its log says how long requests take."""

from __future__ import annotations

from collections.abc import Iterable

_NGINX = (
    'nginx: log_format timed \'$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent'
    ' "$http_referer" "$http_user_agent" $request_time\'; and access_log … timed;'
)
_APACHE = (
    'Apache: LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-agent}i\\" %{ms}Tms" timed'
    " and CustomLog … timed"
)
_BY_BEGINNING: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("combined", (_NGINX, _APACHE)),
    ("common log format", (_NGINX, _APACHE)),
    ("BunkerWeb", ("BunkerWeb: add $request_time at the end of the setting LOG_FORMAT.",)),
    (
        "Nginx Proxy Manager",
        ("Nginx Proxy Manager: declare a format with $request_time in custom/http_top.conf and use it as access_log.",),
    ),
    ("Zoraxy", ("Zoraxy writes no durations: take the log of the application behind it.",)),
    ("IIS", ("IIS: Logging → Select Fields → Time Taken.",)),
    ("W3C", ("Add the field time-taken.",)),
    ("key=value", ("Add duration=…ms to the line.",)),
    ("JSON", ("If a field holds the duration, say which and its unit: --field duration=PLACE:ms (or s, us, ns).",)),
    ("Envoy, JSON", ('Envoy: add "duration": "%DURATION%" to json_format.',)),
    (
        "Cloudflare",
        ("Cloudflare Logpush: add EdgeStartTimestamp and EdgeEndTimestamp as rfc3339 with fractions or unixnano.",),
    ),
    ("Vercel", ("Vercel: durations are in the reports of functions; include that source in the drain.",)),
    ("nginx, declared", (_NGINX,)),
    ("Apache, declared", (_APACHE,)),
)


def to_get_durations(titles: Iterable[str]) -> tuple[str, ...]:
    """For the formats of a log without durations, what to change; one sentence each."""
    found: dict[str, None] = {}
    for title in titles:
        for beginning, sentences in _BY_BEGINNING:
            if title.startswith(beginning):
                found.update(dict.fromkeys(sentences))
                break
    return tuple(found)
