"""Sections of the profile about speed: load, database, logs, queues, third parties, freshness."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Environment = Literal["", "staging", "production"]
DatabaseKind = Literal["", "postgresql", "mysql", "sqlite"]
QueueKind = Literal["table", "redis-list", "redis-stream", "prometheus"]
DependencyKind = Literal["payments", "mail", "auth", "llm", "search", "maps", "storage", "other"]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

_TIME = re.compile(r"^(\d+(?:\.\d+)?)(ms|s|m|h)?$")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, None: 1.0}


def seconds(text: str) -> float:
    """A time such as `5s`, `500ms`, `2m` or `1h` in seconds; without a unit it is seconds. Raises `ValueError`."""
    found = _TIME.match(text.strip())
    if found is None:
        raise ValueError(f'"{text[:40]}" is no time such as "5s" or "500ms"')
    return float(found[1]) * _UNITS[found[2]]


def seconds_range(text: str) -> tuple[float, float]:
    """A time or a range of times such as `2s..6s`, in seconds. Raises `ValueError`."""
    first, dots, last = text.partition("..")
    low = seconds(first)
    high = seconds(last) if dots else low
    if high < low:
        raise ValueError(f'"{text[:40]}" ends before it begins')
    return low, high


def times_range(text: str) -> tuple[int, int]:
    """How often a step is done, such as `1` or `3..8`. Raises `ValueError`."""
    first, dots, last = text.partition("..")
    if not first.strip().isdecimal() or (dots and not last.strip().isdecimal()):
        raise ValueError(f'"{text[:40]}" is no number of times such as "1" or "3..8"')
    low = int(first)
    high = int(last) if dots else low
    if not 1 <= low <= high <= 1000:
        raise ValueError(f'"{text[:40]}": a step is done 1 to 1000 times')
    return low, high


USUAL_RPS = 50.0
"""The cap of requests a second where a profile names none."""


@dataclass(frozen=True, slots=True)
class LoadSettings:
    """What a load test may do, and what the launch expects.

    `peak` is the number of sessions at once that the launch expects, `max_rps` the cap of requests a second
    (0: `USUAL_RPS`, and none where every address is loopback). `window` is `FROM/UNTIL` (ISO 8601), for production
    only. `payment_test` is a URL that answers JSON with `livemode` false, `mail_sink` the host that swallows mail;
    either may be `attested`: a person has looked.
    """

    environment: Environment = ""
    peak: int = 20
    arrivals_per_hour: float = 0.0
    max_rps: float = 0.0
    window: str = ""
    payment_test: str = ""
    mail_sink: str = ""


@dataclass(frozen=True, slots=True)
class Database:
    """The product's database. `token` and `scratch_token` are names under which a DSN is kept, never the DSN.

    `token` leads to a login that can only read; what needs a scratch database refuses `production_host`. `pool` is how
    many connections the application may open; 0: unknown.
    """

    kind: DatabaseKind = ""
    token: str = "database"  # noqa: S105 - the name of a secret, not the secret
    scratch_token: str = ""
    production_host: str = ""
    pool: int = 0


@dataclass(frozen=True, slots=True)
class Logs:
    """Files (or globs) that the product writes. `format` and `fields` say how the access log is read; '' recognises it.

    `queries` are logs of the database, `app` JSON lines of the application, `lighthouse` saved Lighthouse reports.
    `request_id` is the header that ties a request to what it caused.
    """

    access: tuple[str, ...] = ()
    format: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    queries: tuple[str, ...] = ()
    app: tuple[str, ...] = ()
    lighthouse: tuple[str, ...] = ()
    request_id: str = "X-Request-Id"


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of background work: a table, a Redis list or stream, or a metric of a Prometheus text endpoint.

    `source` is the table, the key, the stream (`STREAM/GROUP`) or the metric. `token` names the DSN or URL; '': the
    database's for a table.
    """

    id: str
    kind: QueueKind = "table"
    source: str = ""
    token: str = ""
    url: str = ""
    max_delay: str = "60s"


@dataclass(frozen=True, slots=True)
class Server:
    """What is watched on the server during a load test: a Prometheus text endpoint and the metrics in it.

    `memory` is in bytes, `pool_wait` in seconds; `max_connections` is a metric, or a number.
    """

    metrics: str = ""
    memory: str = "process_resident_memory_bytes"
    connections: str = ""
    max_connections: str = ""
    pool_wait: str = ""


@dataclass(frozen=True, slots=True)
class Dependency:
    """Somebody else's API. `calls` is how often each journey calls it; `limit_per_minute` 0: unknown."""

    id: str
    host: str = ""
    kind: DependencyKind = "other"
    limit_per_minute: float = 0.0
    calls: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Freshness:
    """The designated test listing: who changes what, and where the change has to show within which time.

    `values` are taken in turns; the first is what the field is set back to.
    """

    account: str = ""
    url: str = ""
    method: Method = "PATCH"
    field: str = "price"
    values: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    within: str = "5s"


Pools = Mapping[str, tuple[str, ...] | str]
"""Data for placeholders by name: values, or a file with one a line."""
