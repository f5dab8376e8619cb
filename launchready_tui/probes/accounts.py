"""Answers `RateBurst`, `AccountCompare` and `Login`: all that knocks at doors more than a visitor would.

One ledger counts the requests of each endpoint in a run, whichever question they belong to: the bound holds for all
of them together. A series stops at the first brake; what comes after it lives on what is left.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from launchready_tui.model.evidence import Ask, Failure, Fault, Vantage
from launchready_tui.model.product import Account
from launchready_tui.model.questions import (
    AccountCompare,
    BurstReply,
    Comparison,
    Knock,
    Login,
    Question,
    RateBurst,
)
from launchready_tui.model.questions.accounts import MOST_REQUESTS
from launchready_tui.probes import brakes
from launchready_tui.probes.endpoint import Credentials, Endpoint, Seen, invented_user
from launchready_tui.probes.http import HttpProbe
from launchready_tui.probes.loggingin import LoginProbe, let_in, values
from launchready_tui.probes.outcome import Outcome
from launchready_tui.probes.provider import Tokens
from launchready_tui.probes.redaction import redact_url

SPOOFED = ("203.0.113.7", "203.0.113.8")
"""Client addresses to pretend: documentation addresses (RFC 5737), which belong to nobody."""

SPOOF_HEADERS = ("x-forwarded-for", "x-real-ip", "forwarded", "cf-connecting-ip", "true-client-ip")
MOST_LOGINS = 6
"""Logins with the right password that one endpoint gets in one run, beside its series."""

LONGEST_WATCH = 150.0
"""Seconds for which a recovery is waited for."""

WATCHED_AT = (10.0, 30.0, 60.0)
"""Seconds after a brake without a Retry-After at which it is tried again."""

WRONG = "launchready-wrong-password-{n}"


class AccountProbe:
    """Knocks. `accounts` are the product's test accounts, `pace` overrides requests a second (0: the question's)."""

    def __init__(
        self,
        http: HttpProbe,
        tokens: Tokens,
        accounts: Sequence[Account],
        domain: str,
        *,
        pace: float = 0.0,
    ) -> None:
        self._fetcher = http.fetcher
        self._accounts = {account.role: account for account in accounts}
        self._domain = domain
        self._pace = pace
        self._logins = LoginProbe(http, tokens, self._accounts, lambda url: self._spend(f"login {url}", MOST_LOGINS))
        self._used: defaultdict[str, int] = defaultdict(int)
        self._answers: dict[Question[Any], Outcome] = {}

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Answer once; what was sent is not sent again to confirm anything."""
        if question in self._answers:
            return self._answers[question]
        match question:
            case RateBurst():
                outcome = await self._burst(question, ask)
            case AccountCompare():
                outcome = await self._compare(question, ask)
            case Login():
                outcome = await self._logins.answer(question, attempt, ask)
            case _:
                raise TypeError(question.kind)
        if outcome.facts is not None:
            self._answers[question] = outcome
        return outcome

    async def aclose(self) -> None:
        """Nothing of its own is held open."""

    def _spend(self, url: str, most: int = MOST_REQUESTS) -> bool:
        """Take one request from the budget of an endpoint; False if it is spent."""
        if self._used[url] >= most:
            return False
        self._used[url] += 1
        return True

    async def _burst(self, question: RateBurst, ask: Ask) -> Outcome:
        if question.family == "login":
            # Before the account is braked: everybody who needs a session gets one now.
            for role in self._accounts:
                await ask(Login(question.url, role))
            if question.account:
                await ask(Login(question.url, question.account, logout=True))
        door = Endpoint(self._fetcher, ask, question.url, question.family, method=question.method, body=question.body)
        if failure := await door.open():
            return Outcome(failure=failure)
        series = _Series(self, question, door, self._who(question.account))
        failure = await series.knock_until_braked()
        if failure is not None:
            return Outcome(failure=failure)
        if series.braked:
            await series.look_behind(await self._owner(question))
        return Outcome(series.reply(), vantage=Vantage(address=series.address))

    def _who(self, role: str) -> str:
        account = self._accounts.get(role)
        return account.username if account else invented_user(self._domain)

    async def _owner(self, question: RateBurst) -> Credentials | str:
        """The right password of the account of a series, else why it cannot be tried ('' where none is wanted)."""
        account = self._accounts.get(question.account)
        if question.family != "login":
            return ""
        if account is None:
            return "input-missing"
        password = await self._logins.password(account)
        return Credentials(account.username, password) if password else "input-missing"

    async def _compare(self, question: AccountCompare, ask: Ask) -> Outcome:
        account = self._accounts.get(question.account)
        if account is None:
            return Outcome(failure=Failure("input-missing", "the profile names no test account", Fault.USAGE))
        burst = question.burst
        before = await ask(burst)
        if before.failure is not None:
            return Outcome(failure=before.failure)
        if before.facts.braked_at is not None and before.facts.recovered_after is None:
            return Outcome(Comparison(throttled=True, echo=before.facts.echo))
        door = Endpoint(self._fetcher, ask, burst.url, burst.family, method=burst.method, body=burst.body)
        if failure := await door.open():
            return Outcome(failure=failure)
        series = _Series(self, burst, door, "")
        known, invented, throttled = await series.compare(account.username, invented_user(self._domain), question.tries)
        return Outcome(
            Comparison(known, invented, throttled, before.facts.echo), vantage=Vantage(address=series.address)
        )

    def left(self, question: RateBurst) -> int:
        """Requests that an endpoint may still get."""
        return min(question.budget, MOST_REQUESTS) - self._used[question.url]

    def spend(self, question: RateBurst) -> bool:
        """Take one request from the budget of a question's endpoint."""
        return self.left(question) > 0 and self._spend(question.url)

    def gap(self, question: RateBurst) -> float:
        """Seconds between two requests."""
        return 1.0 / max(self._pace or question.rps, 0.01)


class _Series:
    """The requests to one endpoint, in their order."""

    def __init__(self, probe: AccountProbe, question: RateBurst, door: Endpoint, user: str) -> None:
        self._probe = probe
        self._question = question
        self._door = door
        self._user = user
        self._first: tuple[int, str] | None = None
        self._knocks: list[Knock] = []
        self._braked_at = 0.0
        self._last_at = 0.0
        self._reply = BurstReply(redact_url(door.target), machine=bool(question.method or question.body))
        self.address = ""

    @property
    def braked(self) -> bool:
        """Whether the last request was braked."""
        return bool(self._knocks) and self._knocks[-1].braked

    @property
    def _brake(self) -> tuple[int, tuple[str, ...]]:
        """Status and marks of the request that was braked."""
        return self._knocks[-1].status, self._knocks[-1].marks

    def reply(self) -> BurstReply:
        """Everything that was seen."""
        return replace(self._reply, knocks=tuple(self._knocks), requests=self._probe._used[self._question.url])

    async def knock_until_braked(self) -> Failure | None:
        """The series itself. A failure only if not even the first request was answered."""
        times: list[float] = []
        echo = True
        # A dropped connection or a bare 503 is a brake only if the next request, in its turn, is braked as well.
        waiting = braked = False
        while not braked and self._probe.left(self._question) > 0:
            got = await self._knock(self._bad(len(self._knocks) + 1))
            if isinstance(got, Failure):
                return got
            knock, seen = got
            if seen is not None:
                times.append(knock.ms)
            if not knock.braked and brakes.growing(times, self._question.delay_factor):
                knock = replace(knock, marks=("delay",))
            echo = echo and seen is not None and self._is_page(seen)
            self._knocks.append(knock)
            if waiting and not knock.braked:
                self._forgive(-2)
            waiting = not waiting and brakes.doubtful(knock.status, knock.marks)
            braked = knock.braked and not waiting
        if waiting:
            self._forgive(-1)
        self._reply = replace(self._reply, echo=echo and bool(self._knocks))
        return None

    def _forgive(self, place: int) -> None:
        """What looked like a brake was a hiccup, or nobody can tell any more."""
        self._knocks[place] = replace(self._knocks[place], marks=())

    async def look_behind(self, owner: Credentials | str) -> None:
        """After the brake: forged addresses, the owner's own password (or why there is none), and when it lets go."""
        self._braked_at = time.monotonic()
        if self._question.family == "login":
            await self._spoof()
        if isinstance(owner, Credentials):
            await self._try_owner(owner)
        elif owner:
            self._reply = replace(self._reply, owner_unseen=owner)
        await self._recover()
        later = self._reply.owner is False and self._reply.recovered_after is not None
        if later and isinstance(owner, Credentials) and self._probe.spend(self._question):
            let = await self._owner(owner)
            self._reply = replace(self._reply, owner_later=None if isinstance(let, Failure) else let)

    async def _try_owner(self, owner: Credentials) -> None:
        """The right password while the brake is on, or why it was not tried."""
        if not self._probe.spend(self._question):
            self._reply = replace(self._reply, owner_unseen="budget-spent")
            return
        let = await self._owner(owner)
        if isinstance(let, Failure):
            self._reply = replace(self._reply, owner_unseen=let.reason)
        else:
            self._reply = replace(self._reply, owner=let)

    async def compare(self, known: str, invented: str, tries: int) -> tuple[tuple[Knock, ...], tuple[Knock, ...], bool]:
        """Pairs of requests for two users, until the tries, the budget or the patience of the endpoint end."""
        seen: tuple[list[Knock], list[Knock]] = ([], [])
        for number in range(1, tries + 1):
            for user, side in ((known, seen[0]), (invented, seen[1])):
                who = replace(self._bad(number), user=user)
                if self._question.family == "signup":
                    who = replace(who, password="")
                got = await self._knock(who)
                if isinstance(got, Failure) or got[0].braked:
                    return tuple(seen[0]), tuple(seen[1]), True
                side.append(got[0])
        return tuple(seen[0]), tuple(seen[1]), False

    def _bad(self, number: int) -> Credentials:
        """What is certain to be refused: a wrong password, no address, a token that nobody has."""
        if self._question.family == "signup":
            return Credentials("launchready-no-address" if not self._user else self._user.replace("@", " at "), "x")
        return Credentials(self._user, WRONG.replace("{n}", str(number)), f"launchready-wrong-token-{number}")

    async def _knock(
        self, who: Credentials, headers: tuple[tuple[str, str], ...] = (), *, hurry: bool = False
    ) -> tuple[Knock, Seen | None] | Failure:
        if not self._probe.spend(self._question):
            return Failure("budget-spent", "this endpoint had its share of requests", Fault.USAGE)
        number = len(self._knocks) + 1
        if not hurry:
            await self._pace()
            if self._door.refreshes:
                await self._door.open()
        seen = await self._door.send(who, number, headers)
        self._last_at = time.monotonic()
        if isinstance(seen, Failure):
            if self._first is None:
                return seen
            return Knock(number, 0, marks=("dropped",)), None
        self.address = seen.address
        marks = brakes.marks(seen.status, seen.headers, seen.text, first=self._first or self._page())
        if self._first is None:
            self._first = (seen.status, seen.text)
        if said := brakes.quota(seen.headers):
            self._reply = replace(self._reply, quota=said)
        hide = (who.user, who.password, who.token)
        return (
            Knock(
                number,
                seen.status,
                seen.ms,
                marks,
                brakes.shape(seen.status, seen.location, seen.text, hide),
                redact_url(seen.location)[:300],
                brakes.retry_after(seen.header("retry-after")),
            ),
            seen,
        )

    def _page(self) -> tuple[int, str] | None:
        """What the page itself says, so that a captcha that always stands there counts as none."""
        return (403, self._door.page.text) if self._door.page else None

    def _is_page(self, seen: Seen) -> bool:
        """Whether an answer is the page itself: then nobody read what was sent."""
        page = self._door.page
        if page is None or seen.status != 200:
            return False
        return brakes.shape(200, "", seen.text) == brakes.shape(200, "", page.text)

    async def _pace(self) -> None:
        wait = self._last_at + self._probe.gap(self._question) - time.monotonic()
        if self._last_at and wait > 0:
            await asyncio.sleep(wait)

    async def _spoof(self) -> None:
        forged: list[Knock] = []
        for address in SPOOFED:
            headers = tuple((name, f"for={address}" if name == "forwarded" else address) for name in SPOOF_HEADERS)
            got = await self._knock(self._bad(90 + len(forged)), headers, hurry=True)
            if not isinstance(got, Failure):
                forged.append(got[0])
        self._reply = replace(self._reply, spoofed=tuple(forged))
        if any(not knock.braked for knock in forged):
            got = await self._knock(self._bad(99), hurry=True)
            if not isinstance(got, Failure):
                self._reply = replace(self._reply, control=got[0])

    async def _owner(self, owner: Credentials) -> bool | Failure:
        """Whether the right password is let in, from a session that knows nothing of the series."""
        question = self._question
        door = Endpoint(
            self._probe._fetcher,
            self._door._ask,
            question.url,
            question.family,
            method=question.method,
            body=question.body,
        )
        if failure := await door.open():
            return failure
        before = values(door.jar)
        seen = await door.send(owner)
        if isinstance(seen, Failure):
            return seen
        if seen.status >= 500 and seen.status != self._brake[0]:
            return Failure("server-error", f"answered {seen.status}", Fault.TARGET)
        return let_in(seen, door, before)

    async def _recover(self) -> None:
        """Wait as the answer asks, and see when a request is judged normally again."""
        promised = self._knocks[-1].retry_after
        if promised is not None and promised > LONGEST_WATCH:
            return
        moments = (
            (promised * 0.75, promised * 1.05, max(promised * 1.25, promised + 1.1))
            if promised is not None
            else WATCHED_AT
        )
        for place, moment in enumerate(moments):
            if promised is not None and place == 0 and promised < 1:
                continue
            await asyncio.sleep(max(0.0, self._braked_at + moment - time.monotonic()))
            sent = round(time.monotonic() - self._braked_at, 2)
            got = await self._knock(self._bad(80 + place), hurry=True)
            if isinstance(got, Failure):
                return
            # Judged against us both ways: a slow machine is late at sending, and hears late of an answer.
            since = round(time.monotonic() - self._braked_at, 2)
            if brakes.doubtful(got[0].status, got[0].marks, self._brake):
                continue
            self._reply = replace(self._reply, watched=since)
            if got[0].braked:
                self._reply = replace(self._reply, braked_until=sent)
            else:
                early = promised is not None and since <= promised * 0.8
                self._reply = replace(self._reply, recovered_after=since, early=early)
                return
