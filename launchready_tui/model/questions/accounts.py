"""Bounded series of requests at the doors of a product: wrong passwords, reset mails, sign-ups, unsigned webhooks;
and one login.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlsplit

from launchready_tui.model.product import Family
from launchready_tui.model.questions.base import Facts, Question
from launchready_tui.model.questions.http import Cookie
from launchready_tui.model.verdicts import Consent

MOST_REQUESTS = 20
"""Requests that one endpoint ever gets in one run, whatever the limits of a runbook say (CHECKS.md S3.RL)."""


@dataclass(frozen=True, slots=True)
class Knock:
    """One request of a series and its answer.

    `status` is 0 where the connection was dropped. `marks` name what looks like a brake: `429`, `challenge`, `captcha`,
    `lockout` (by the text), `refused` (403, 423 or 503 where the first answer was another), `delay`, `dropped`. A lone
    503 or dropped connection in a series has none of them: it may be a hiccup.
    `shape` is a hash of status, target and normalised body: equal shapes are the same answer. `retry_after` is in
    seconds.
    """

    number: int
    status: int
    ms: float = 0.0
    marks: tuple[str, ...] = ()
    shape: str = ""
    location: str = ""
    retry_after: float | None = None

    @property
    def braked(self) -> bool:
        """Whether the answer shows a brake."""
        return bool(self.marks)


@dataclass(frozen=True, slots=True)
class BurstReply(Facts):
    """A series that stopped at the first brake, and what came after it, all within one budget.

    `target` is the URL that was asked, as the page's form names it. `quota` is what RateLimit or RateLimit-Policy said
    (draft-ietf-httpapi-ratelimit-headers). `spoofed` are requests right after the brake with a forged client address,
    `control` the one without it that followed. `owner` is the right password in a second session while braked: whether
    it was let in (None: not tried, `owner_unseen` has the reason). `recovered_after` is in seconds from the brake to
    the first normal answer (None: not within `watched` seconds), `early` whether that was before four fifths of the
    promised time, `braked_until` when the last try that was still braked was sent. `echo`: every answer was the page
    itself, so that nothing was judged there. `machine`: it was asked without a page.
    """

    target: str
    knocks: tuple[Knock, ...] = ()
    quota: str = ""
    spoofed: tuple[Knock, ...] = ()
    control: Knock | None = None
    owner: bool | None = None
    owner_unseen: str = ""
    owner_later: bool | None = None
    recovered_after: float | None = None
    early: bool = False
    braked_until: float = 0.0
    watched: float = 0.0
    echo: bool = False
    machine: bool = False
    requests: int = 0

    @property
    def braked_at(self) -> int | None:
        """The number of the request that was braked first."""
        return next((knock.number for knock in self.knocks if knock.braked), None)

    @property
    def brake(self) -> Knock | None:
        """The braked request."""
        return next((knock for knock in self.knocks if knock.braked), None)


@dataclass(frozen=True, slots=True)
class RateBurst(Question[BurstReply]):
    """Knock at one endpoint until it brakes, at most `budget` times, `rps` a second.

    `method` and `body` are '' where the page's own form says what to send. In a body `{n}` stands for the number of
    the request, `{user}` for the account's name. `account` is the role of a test account ('' an invented address).
    Budget and pace make no
    other question: every check that looks at an endpoint shares one series.
    """

    kind: ClassVar[str] = "rate-burst"
    answer: ClassVar[type[Facts]] = BurstReply

    url: str
    family: Family
    method: str = ""
    body: str = ""
    account: str = ""
    budget: int = field(default=MOST_REQUESTS, compare=False)
    rps: float = field(default=1.0, compare=False)
    delay_factor: float = field(default=2.0, compare=False)

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").lower()

    @property
    def level(self) -> Consent:
        return Consent.ACTIVE

    @property
    def patience(self) -> float:
        return 300.0


@dataclass(frozen=True, slots=True)
class Comparison(Facts):
    """The same request for an account that exists and for one that does not, in turns. Stops at the first brake
    (`throttled`).
    """

    known: tuple[Knock, ...] = ()
    invented: tuple[Knock, ...] = ()
    throttled: bool = False
    echo: bool = False


@dataclass(frozen=True, slots=True)
class AccountCompare(Question[Comparison]):
    """Whether a form tells who has an account. Waits for the series of the same endpoint, and lives on what that left
    of its budget.
    """

    kind: ClassVar[str] = "account-compare"
    answer: ClassVar[type[Facts]] = Comparison

    burst: RateBurst
    account: str
    tries: int = field(default=15, compare=False)

    @property
    def host(self) -> str:
        return self.burst.host

    @property
    def level(self) -> Consent:
        return Consent.ACTIVE

    @property
    def patience(self) -> float:
        return 600.0


@dataclass(frozen=True, slots=True)
class SetCookie:
    """A cookie that a login set, without its value. `size` is its name and value in bytes; `rotated`: it had another
    value before.
    """

    cookie: Cookie
    size: int
    rotated: bool | None = None


@dataclass(frozen=True, slots=True)
class LoginReply(Facts):
    """One login of a test account. `revoked`: after logging out, its old session was refused (None: no way to log out
    was seen).
    """

    accepted: bool
    status: int
    location: str = ""
    cookies: tuple[SetCookie, ...] = ()
    revoked: bool | None = None


@dataclass(frozen=True, slots=True)
class Login(Question[LoginReply]):
    """Log in once with a test account. Exchanges of the session `account:ROLE` are then this account's.

    `logout` ends the session again, to see whether the server forgets it; it makes a session of its own.
    """

    kind: ClassVar[str] = "login"
    answer: ClassVar[type[Facts]] = LoginReply

    url: str
    account: str
    logout: bool = False

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").lower()

    @property
    def level(self) -> Consent:
        return Consent.ACTIVE

    @property
    def session(self) -> str:
        """The cookie jar of this account."""
        return f"account:{self.account}"
