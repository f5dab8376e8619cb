"""How long answers take: sampled live, or read from saved Lighthouse reports. All times are in milliseconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from launchready_tui.model.questions.base import Facts, Question
from launchready_tui.model.verdicts import Consent


@dataclass(frozen=True, slots=True)
class Timing:
    """One request and its parts.

    `total` is from the first byte sent to the last byte read, plus what connecting took where a connection had to be
    opened (`reused` False): `dns`, `connect` (TCP), `tls`. `wait` ends with the first byte of the answer, `body` with
    its last. `status` 0: no answer, `failure` says why.
    """

    status: int
    total: float
    wait: float = 0.0
    body: float = 0.0
    dns: float = 0.0
    connect: float = 0.0
    tls: float = 0.0
    reused: bool = True
    failure: str = ""


@dataclass(frozen=True, slots=True)
class ServerTime:
    """What the server itself says a part of its work took (Server-Timing), the median of the sample."""

    name: str
    median: float
    count: int


@dataclass(frozen=True, slots=True)
class Latencies(Facts):
    """A sample of one URL. `warm_up` are the requests that were thrown away, `timings` those that count, in order.

    `interval` is the planned time between two starts in seconds. `stopped` is the reason why it ended early: throttled,
    a bot wall, no answers. `bytes` are those of the largest answer on the wire (0: unknown).
    """

    timings: tuple[Timing, ...] = ()
    warm_up: tuple[Timing, ...] = ()
    server: tuple[ServerTime, ...] = ()
    interval: float = 1.0
    stopped: str = ""
    http_version: str = ""
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class LatencySample(Question[Latencies]):
    """Ask a URL again and again, one request after the other, `interval` seconds from start to start.

    The first `warm_up` of `requests` are thrown away. `session` names the jar of an account that has logged in.
    """

    kind: ClassVar[str] = "latency-sample"
    answer: ClassVar[type[Facts]] = Latencies

    url: str
    requests: int = 65
    warm_up: int = 5
    interval: float = 1.0
    session: str = ""

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").lower()

    @property
    def level(self) -> Consent:
        return Consent.ACTIVE if self.session else Consent.PASSIVE

    @property
    def patience(self) -> float:
        # A request that waits for its answer longer than the interval delays the next one.
        return 60.0 + self.requests * max(self.interval, 5.0)


@dataclass(frozen=True, slots=True)
class PageRun:
    """One Lighthouse run. Times in milliseconds, `shift` is the cumulative layout shift; None: not in the report."""

    url: str
    lcp: float | None = None
    tbt: float | None = None
    shift: float | None = None
    server: float | None = None
    form_factor: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class PageReports(Facts):
    """The runs of all report files, and the files that hold none, with the reason."""

    runs: tuple[PageRun, ...] = ()
    unreadable: tuple[str, ...] = ()
    files: int = 0


@dataclass(frozen=True, slots=True)
class LighthouseReports(Question[PageReports]):
    """Read saved Lighthouse or PageSpeed Insights reports (JSON); the paths and globs are relative to the profile."""

    kind: ClassVar[str] = "lighthouse-reports"
    answer: ClassVar[type[Facts]] = PageReports

    paths: tuple[str, ...]
