"""Statements as query logs tell them: their load, and what one tagged request sent. Never a value of a statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from launchready_tui.model.questions.base import Facts, Question
from launchready_tui.model.questions.plans import PlanNode
from launchready_tui.model.verdicts import Consent

Tie = Literal["", "request-id", "traceparent", "route", "application-name", "burst"]
"""What ties a statement to the request that sent it. `burst` is a guess: one connection, without a pause."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """A route, job or controller that sends a statement, how often, and what ties the two."""

    endpoint: str
    calls: int
    tie: Tie = "route"


@dataclass(frozen=True, slots=True)
class Repeats:
    """A statement that is sent several times within one request.

    `requests` are those that sent it, `repeating` those that sent it at least twice, `most` the largest number in one,
    `mean` the mean number in a repeating one. `tie` says how a request is known; `endpoint` sent the most.
    """

    tie: Tie
    requests: int
    repeating: int
    most: int
    mean: float
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class QueryLoad:
    """What one shape of statement costs. Times are milliseconds; `calls` counts those that finished.

    `share` is its part of the time of all statements (0 to 1). Percentiles are by nearest rank. Row counts are sums, -1
    where unknown. `variance_to_mean` is in seconds (as pt-query-digest shows it). `troubles` did not finish, `timeouts`
    of them because of the statement time-out. `plan` is that of its slowest execution with a logged plan.
    """

    fingerprint: str
    calls: int
    total_ms: float
    mean_ms: float
    max_ms: float
    p95_ms: float | None = None
    share: float = 0.0
    tables: tuple[str, ...] = ()
    endpoints: tuple[Issuer, ...] = ()
    id: str = ""
    timed: int = 0
    p50_ms: float | None = None
    p99_ms: float | None = None
    variance_to_mean: float | None = None
    rows_sent: int = -1
    rows_examined: int = -1
    lock_ms: float = -1.0
    troubles: int = 0
    timeouts: int = 0
    databases: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    repeats: Repeats | None = None
    plan: tuple[PlanNode, ...] = ()
    control: bool = False


@dataclass(frozen=True, slots=True)
class EndpointLoad:
    """What the requests to one route or job ask of the database: how many were seen, statements a request, time."""

    endpoint: str
    requests: int
    mean_queries: float
    most_queries: int
    total_ms: float


@dataclass(frozen=True, slots=True)
class LogFile:
    """One log that was read. `cut` says why it was not read to its end; `format` is '' where none was recognised."""

    name: str
    format: str = ""
    lines: int = 0
    unparsed: int = 0
    cut: str = ""
    odd_lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Ties:
    """How many statements each kind of tie leads to a request, route or application; `none` are left over."""

    request: int = 0
    trace: int = 0
    route: int = 0
    application: int = 0
    none: int = 0


@dataclass(frozen=True, slots=True)
class QueryLogFacts(Facts):
    """The digest of query logs: the statements with the largest total time first, at most as many as were asked for.

    `other_lines` are messages that are no statements, `unparsed` lines that nobody can read. `begin` and `end` are
    seconds since 1970. `lower_bound` says why calls and totals are less than what happened ('' : they are not).
    `floor_ms` is the shortest time in the log. `more` shapes were left out of `queries`, with `more_ms`; `folded`
    shapes were forgotten on the way because there were too many. `percentile_error` is the largest relative error of a
    percentile (0: exact).
    """

    files: tuple[LogFile, ...] = ()
    lines: int = 0
    unparsed: int = 0
    other_lines: int = 0
    statements: int = 0
    timed: int = 0
    total_ms: float = 0.0
    begin: float | None = None
    end: float | None = None
    lower_bound: str = ""
    floor_ms: float = 0.0
    ties: Ties = Ties()
    queries: tuple[QueryLoad, ...] = ()
    endpoints: tuple[EndpointLoad, ...] = ()
    shapes: int = 0
    more: int = 0
    more_ms: float = 0.0
    folded: int = 0
    percentile_error: float = 0.0
    troubles: int = 0
    notices: tuple[str, ...] = ()

    @property
    def cut(self) -> bool:
        """Whether part of a file was not read."""
        return any(file.cut for file in self.files)


@dataclass(frozen=True, slots=True)
class QueryLogReading(Question[QueryLogFacts]):
    """Read query logs: files or globs, relative to the profile. `top` bounds the statements of the answer."""

    kind: ClassVar[str] = "query-log-reading"
    answer: ClassVar[type[Facts]] = QueryLogFacts

    paths: tuple[str, ...]
    top: int = 100

    @property
    def patience(self) -> float:
        return 1_800.0


@dataclass(frozen=True, slots=True)
class TaggedStatement:
    """A shape that a tagged request sent, how often and for how long. `control`: it only steers the session."""

    fingerprint: str
    count: int
    total_ms: float = 0.0
    tables: tuple[str, ...] = ()
    control: bool = False


@dataclass(frozen=True, slots=True)
class Repeated:
    """Something that an answer holds many times: a list in JSON (`json:items`), or a tag of HTML (`li.card`)."""

    what: str
    count: int


@dataclass(frozen=True, slots=True)
class TaggedReply(Facts):
    """One tagged request and the statements that the query logs tie to it.

    `tie` is what tied them, '' where nothing did; then `others` statements were logged meanwhile that may or may not
    belong to it, `untagged` of them without any word of who sent them, and `grown` says whether anything was written at
    all. `echoed`: the answer named the id that was sent, so the application knows it. `floor_ms` is the shortest time
    that the log showed lately: above a millisecond it logs only slow statements, and the counts are lower bounds.
    `cached`: the answer came from a cache on the way. `waited` is how long the logs were watched, in seconds.
    """

    status: int
    elapsed_ms: float = 0.0
    body_bytes: int = 0
    statements: tuple[TaggedStatement, ...] = ()
    tie: Tie = ""
    others: int = 0
    untagged: int = 0
    echoed: bool = False
    grown: bool = False
    floor_ms: float = 0.0
    sampled: bool = False
    cached: bool = False
    repeated: tuple[Repeated, ...] = ()
    formats: tuple[str, ...] = ()
    waited: float = 0.0

    @property
    def count(self) -> int:
        """Statements, without those that only steer the session (BEGIN, SET …)."""
        return sum(item.count for item in self.statements if not item.control)

    @property
    def sent_none(self) -> bool:
        """Whether it is plain that the request sent no statement: the application knows its id and writes such ids into
        its statements, and all that were logged meanwhile carry others.
        """
        return not self.tie and self.echoed and self.others > 0 and self.untagged == 0

    @property
    def total_ms(self) -> float:
        """Time of the statements in the database."""
        return sum(item.total_ms for item in self.statements)


@dataclass(frozen=True, slots=True)
class TaggedRequest(Question[TaggedReply]):
    """One GET with a fresh request id and traceparent, then a look at what the query logs say about it.

    `header` names the request id's header. `parameter` is set to `rows` in the URL's query (a page size). `session`
    names a cookie jar (see `Login`). `take` makes it another request of the same kind. Reading logs is local; sending
    the GET is what a browser does, unless a parameter is varied or an account is used.
    """

    kind: ClassVar[str] = "tagged-request"
    answer: ClassVar[type[Facts]] = TaggedReply

    url: str
    logs: tuple[str, ...]
    header: str = "X-Request-Id"
    parameter: str = ""
    rows: int = 0
    session: str = ""
    take: int = 1
    wait: float = field(default=8.0, compare=False)

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").lower()

    @property
    def level(self) -> Consent:
        return Consent.ACTIVE if self.session or self.parameter else Consent.PASSIVE

    @property
    def patience(self) -> float:
        return 60.0
