"""Answers `Login`: logs in once with a test account, looks at the cookies, and at what the server forgets at logout."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from http.cookiejar import Cookie as JarCookie
from typing import Any
from urllib.parse import urljoin

import httpx

from launchready_tui.model.evidence import Ask, Failure, Fault, Vantage
from launchready_tui.model.product import Account
from launchready_tui.model.questions import Login, LoginReply, Question, SetCookie
from launchready_tui.probes import brakes
from launchready_tui.probes.endpoint import Credentials, Endpoint, Seen, same_host
from launchready_tui.probes.forms import read_forms
from launchready_tui.probes.htmltokens import tags
from launchready_tui.probes.http import HttpProbe
from launchready_tui.probes.outcome import Outcome
from launchready_tui.probes.provider import Tokens
from launchready_tui.probes.redaction import read_cookie, redact_url

_LOGOUT = re.compile(r"log-?_?out|sign-?_?out|abmelden|deconnexion", re.IGNORECASE)


class LoginProbe:
    """Keeps the sessions of the test accounts in the jars of the HTTP probe, under `account:ROLE`."""

    def __init__(
        self, http: HttpProbe, tokens: Tokens, accounts: Mapping[str, Account], spend: Callable[[str], bool]
    ) -> None:
        self._http = http
        self._tokens = tokens
        self._accounts = accounts
        self._spend = spend
        self._passwords: dict[str, asyncio.Task[str | None]] = {}

    async def password(self, account: Account) -> str | None:
        """The password of a test account, asked for once."""
        if account.role not in self._passwords:
            self._passwords[account.role] = asyncio.create_task(asyncio.to_thread(self._tokens, account.secret))
        return await self._passwords[account.role]

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Answer a `Login`."""
        assert isinstance(question, Login)
        account = self._accounts.get(question.account)
        if account is None:
            return _missing(f"the profile names no test account with the role {question.account}")
        password = await self.password(account)
        if not password:
            return _missing(
                f"no password is known for the test account {account.role} (`launchready token set {account.secret}`)"
            )
        if not self._spend(question.url):
            return Outcome(failure=Failure("budget-spent", "this endpoint had its share of requests", Fault.USAGE))
        jar = httpx.Cookies() if question.logout else self._http.jar(question.session)
        door = Endpoint(self._http.fetcher, ask, question.url, "login", jar=jar)
        if failure := await door.open():
            return Outcome(failure=failure)
        before = values(jar)
        seen = await door.send(Credentials(account.username, password))
        if isinstance(seen, Failure):
            return Outcome(failure=seen)
        accepted = let_in(seen, door, before)
        headers = (*(door.page.set_cookies if door.page else ()), *seen.set_cookies)
        revoked = await self._revoked(question, door, seen, ask) if accepted and question.logout else None
        reply = LoginReply(
            accepted, seen.status, redact_url(seen.location)[:300], cookies_set(headers, before, values(jar)), revoked
        )
        return Outcome(reply, vantage=Vantage(address=seen.address))

    async def _revoked(self, question: Login, door: Endpoint, seen: Seen, ask: Ask) -> bool | None:
        """Whether the server forgets the session at logout; None where that cannot be told from the pages."""
        way = way_out(seen)
        if way is None:
            return None
        inside = await door.get(seen.landing)
        old = httpx.Cookies(door.jar)
        method, url = way
        leaver = Endpoint(self._http.fetcher, ask, url, "", method=method, jar=door.jar)
        left = await leaver.send(Credentials(""))
        stranger = await Endpoint(self._http.fetcher, ask, question.url, "login").get(seen.landing)
        again = await Endpoint(self._http.fetcher, ask, question.url, "login", jar=old).get(seen.landing)
        for answer in (inside, left, stranger, again):
            if isinstance(answer, Failure):
                return None
        forms = [
            brakes.shape(item.status, item.location, item.text)
            for item in (inside, stranger, again)
            if isinstance(item, Seen)
        ]
        if forms[0] == forms[1] or (isinstance(left, Seen) and left.status >= 400):
            return None
        # Anything else than what a stranger or the account itself sees (an error, a page that changed) tells nothing.
        return {forms[1]: True, forms[0]: False}.get(forms[2])


def let_in(seen: Seen, door: Endpoint, before: Mapping[str, str]) -> bool:
    """Whether an answer to a login lets the visitor in: it is no refusal, the form does not stand there again, and a
    cookie is new or has another value than in `before`. Where a session keeps its cookie (a fault of its own), the page
    has to show the way to log out.
    """
    if seen.status >= 400 or brakes.marks(seen.status, seen.headers, seen.text):
        return False
    again = any(form.has_password for form in read_forms(seen.landing, seen.text))
    changed = any(value and before.get(name) != value for name, value in values(door.jar).items())
    return not again and (changed or (bool(before) and way_out(seen) is not None))


def way_out(seen: Seen) -> tuple[str, str] | None:
    """Method and URL of the page's way to log out: a form, else a link. One that leads to another host is none."""
    for form in read_forms(seen.landing, seen.text):
        if _LOGOUT.search(form.action) and same_host(form.action, seen.landing):
            return form.method, form.action
    for tag in tags(seen.text):
        if tag.name == "a" and _LOGOUT.search(tag.attributes.get("href", "")):
            url = _joined(seen.landing, tag.attributes["href"])
            if same_host(url, seen.landing):
                return "GET", url
    return None


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url.strip())
    except ValueError:
        return ""


def values(jar: httpx.Cookies) -> dict[str, str]:
    """The values in a jar by name; they stay inside the probe."""
    found: list[JarCookie] = list(jar.jar)
    return {cookie.name: cookie.value or "" for cookie in found}


def cookies_set(headers: tuple[str, ...], before: Mapping[str, str], after: Mapping[str, str]) -> tuple[SetCookie, ...]:
    """The cookies of a login without their values, each name once, as it was set last."""
    found: dict[str, SetCookie] = {}
    for header in headers[:50]:
        cookie = read_cookie(header)
        pair = header.partition(";")[0]
        changed = before[cookie.name] != after.get(cookie.name) if cookie.name in before else None
        found[cookie.name] = SetCookie(cookie, len(pair.encode(errors="replace")), changed)
    return tuple(found.values())


def _missing(message: str) -> Outcome:
    return Outcome(failure=Failure("input-missing", message, Fault.USAGE))
