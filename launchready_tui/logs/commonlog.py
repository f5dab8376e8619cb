"""The family of the common log format, by which nginx, Apache and many others write.

`[VHOST] CLIENT IDENT USER [TIME] "REQUEST" STATUS BYTES ["REFERER" "AGENT"] [MORE]`. What stands before the time is
of no interest here, so a syslog prefix does not matter. Each layout has a quick version and a thorough one: for escaped
quotes, odd prefixes, and request lines that are no HTTP.
"""

from __future__ import annotations

from launchready_tui.logs.layouts import Role, TextLayout, Unit

TIME = r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}"
QUOTED = r'([^"\\\n]*(?:\\[^\n][^"\\\n]*)*)'
_QUICK = r'^[^\[\n]*+\[([^\n]{26})\] "([A-Z]+ [^ ?"\n]*+)[^"\n]*+" (\d\d\d)'
_THOROUGH = rf'^[^"\n]*\[({TIME})\] "{QUOTED}" (\d\d\d|-)'

SECONDS = r"(\d{1,6}\.\d{3,6})"
"""Seconds as nginx writes them, never the seconds since 1970 that `$msec` writes."""

_NAMES = "rt|request_time|req_time|reqtime|request-time|duration|total_time"

TAILS: tuple[tuple[str, str, str, Unit], ...] = (
    ("last", "request time last", rf" .* {SECONDS}$", "s"),
    ("after-agent", "request time after the agent", rf' .*" {SECONDS} [^"\n]*$', "s"),
    ("quoted", "request time in quotes", rf' .*"{SECONDS}"$', "s"),
    ("quoted-first", "request time in quotes", rf' .*" "{SECONDS}"(?: "[\d.,: -]{{0,80}}"){{1,6}}$', "s"),
    ("named", "request time by name", rf' .*[ "|](?:{_NAMES})[=:]"?(\d{{1,6}}\.\d+)(?:[^\d\n].*)?$', "s"),
    ("ms", "duration in milliseconds", r" .*[ =](\d+(?:\.\d+)?)ms$", "ms"),
    ("us", "duration in microseconds", r" .*[ =](\d+)(?:us|\xc2\xb5s|\xb5s)$", "us"),
    ("s", "duration in seconds", r" .*[ =](\d+(?:\.\d+)?)s$", "s"),
)
"""Where a request time may stand after the rest: name, words, pattern, unit."""

TIMED = "combined-timed"
_TRAEFIK = r' (?:\d+|-) "[^\n]*?" (?:\d+|-) "[^"\n]*" "[^"\n]*" (\d+)ms$'
_PLAIN = (
    ("combined", "combined (nginx, Apache)", r' .*"$'),
    ("common", "common log format", r" (?:\d+|-)$"),
    ("combined-more", "combined with further columns", r"(?: .*)?$"),
)


def layouts() -> list[TextLayout]:
    """All of the family, the more particular before the more general."""
    quick: tuple[Role, ...] = ("time", "call", "status")
    thorough: tuple[Role, ...] = ("time", "request", "status")
    return _versions("", _QUICK, quick) + _versions("+", _THOROUGH, thorough)


def _versions(suffix: str, pattern: str, roles: tuple[Role, ...]) -> list[TextLayout]:
    timed: tuple[Role, ...] = (*roles, "duration")
    return [
        TextLayout(f"traefik{suffix}", "Traefik, common log format", pattern + _TRAEFIK, timed, "ms"),
        *(
            TextLayout(f"{TIMED}/{name}{suffix}", f"combined (nginx, Apache), {words}", pattern + tail, timed, unit)
            for name, words, tail, unit in TAILS
        ),
        *(TextLayout(f"{name}{suffix}", title, pattern + tail, roles) for name, title, tail in _PLAIN),
    ]
