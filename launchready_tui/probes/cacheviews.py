"""Answers `PrivateViews` and `CacheTricks`: pages of one person, looked at as that person and as somebody else.

Bodies stay here. What leaves is whether the owner's mark was in them, a hash, and what caches said in the headers.
"""

from __future__ import annotations

import hashlib
import html
import json
import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import httpx

from launchready_tui.model.cacheheaders import ABOUT_CACHES
from launchready_tui.model.evidence import Ask, Failure, Fault, Vantage
from launchready_tui.model.product import Account
from launchready_tui.model.questions import Question
from launchready_tui.model.questions.caching import (
    CacheTricks,
    Headers,
    PageViews,
    PrivateViews,
    Trick,
    TrickReply,
    View,
    Viewer,
)
from launchready_tui.probes import brakes
from launchready_tui.probes.answers import not_the_product, text_of
from launchready_tui.probes.http import HttpProbe, read_url
from launchready_tui.probes.httpfetch import Fetched, Order
from launchready_tui.probes.outcome import Outcome
from launchready_tui.probes.redaction import redact_header, redact_url
from launchready_tui.probes.sessions import copied, session_of

MAX_BYTES = 2 * 1024 * 1024
MAX_HEADER = 500
MOST_HEADERS = 40
MOST_SUFFIXES = 8
MOST_ROUNDS = 3


class CacheViewProbe:
    """Looks at private pages. `accounts` are the product's test accounts."""

    def __init__(self, http: HttpProbe, accounts: Sequence[Account]) -> None:
        self._http = http
        self._accounts = {account.role: account for account in accounts}

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Answer a `PrivateViews` or `CacheTricks`."""
        assert isinstance(question, PrivateViews | CacheTricks)
        account = self._accounts.get(question.owner)
        if account is None:
            message = f"the profile names no test account with the role {question.owner}"
            return Outcome(failure=Failure("input-missing", message, Fault.USAGE))
        visit = _Visit(self._http, ask, question.host, marks(account))
        if failure := await visit.log_in("owner", question.login, question.owner):
            return Outcome(failure=failure)
        found: PageViews | TrickReply | Failure
        if isinstance(question, CacheTricks):
            found = await self._tricks(question, visit)
        elif failure := await visit.log_in("other", question.login, question.other):
            found = failure
        else:
            found = await self._views(question, visit)
        if isinstance(found, Failure):
            return Outcome(failure=found)
        return Outcome(found, vantage=Vantage(address=visit.address))

    async def aclose(self) -> None:
        """Nothing of its own is held open."""

    async def _views(self, question: PrivateViews, visit: _Visit) -> PageViews | Failure:
        looks: list[tuple[Viewer, str, bool]] = [("stranger", _with_query(question.url, _word()), True)]
        for viewer in ("owner", "other", "stranger"):
            looks += [(viewer, question.url, False)] * min(max(1, question.rounds), MOST_ROUNDS)
        views: list[View] = []
        for viewer, url, fresh in looks:
            view = await visit.look(viewer, url, fresh=fresh)
            if isinstance(view, Failure):
                return view
            views.append(view)
        return PageViews(tuple(views))

    async def _tricks(self, question: CacheTricks, visit: _Visit) -> TrickReply | Failure:
        plain = await visit.look("owner", question.url)
        if isinstance(plain, Failure):
            return plain
        bare = await visit.look("stranger", _with_query(question.url, _word()), fresh=True)
        if isinstance(bare, Failure):
            return bare
        tricks: list[Trick] = []
        for suffix in question.suffixes[:MOST_SUFFIXES]:
            url = tricked(question.url, suffix, _word())
            owner = await visit.look("owner", url)
            if isinstance(owner, Failure):
                return owner
            stranger = await visit.look("stranger", url)
            if isinstance(stranger, Failure):
                return stranger
            tricks.append(Trick(suffix, redact_url(url)[:500], owner, stranger))
        return TrickReply(plain, bare, tuple(tricks))


class _Visit:
    """The viewers of one question, each with cookies of its own."""

    def __init__(self, http: HttpProbe, ask: Ask, host: str, marks: tuple[bytes, ...]) -> None:
        self._http = http
        self._ask = ask
        self._host = host
        self._marks = marks
        self._jars: dict[Viewer, httpx.Cookies] = {}
        self.address = ""

    async def log_in(self, viewer: Viewer, login: str, role: str) -> Failure | None:
        jar = await session_of(self._http, self._ask, login, role)
        if isinstance(jar, Failure):
            return jar
        self._jars[viewer] = copied(jar)
        return None

    async def look(self, viewer: Viewer, url: str, *, fresh: bool = False) -> View | Failure:
        """One look. A stranger comes without a cookie each time."""
        target = read_url(url)
        if isinstance(target, Failure):
            return target
        order = Order("GET", target, max_bytes=MAX_BYTES)
        got = await self._http.fetcher.fetch(order, self._ask, self._jars.get(viewer))
        if isinstance(got, Failure):
            return got
        text = text_of(got)
        if failure := not_the_product(self._host, got, text):
            return failure
        self.address = got.target.address
        return View(
            viewer,
            got.response.status_code,
            marked(got.body, self._marks),
            about_caches(got),
            hashlib.sha256(got.body).hexdigest()[:16] if got.body else "",
            fresh,
            brakes.shape(got.response.status_code, "", text),
        )


def marks(account: Account) -> tuple[bytes, ...]:
    """The account's name in the spellings in which a page may write it: plain, for HTML, JSON and URLs."""
    name = account.username
    spellings = {
        name,
        html.escape(name),
        name.replace("@", "&#64;"),
        name.replace("@", "&#x40;"),
        json.dumps(name)[1:-1],
        name.replace("@", "\\u0040"),
        quote(name),
        quote(name, safe=""),
    }
    return tuple(sorted(spelling.lower().encode() for spelling in spellings if spelling))


def marked(body: bytes, found: tuple[bytes, ...]) -> bool:
    """Whether a body shows one of the marks."""
    folded = body.lower()
    return any(mark in folded for mark in found)


def about_caches(got: Fetched) -> Headers:
    """The headers that say what caches did and may do."""
    told = [(name, value) for name, value in got.headers if name in ABOUT_CACHES or name == "set-cookie"]
    return tuple((name, redact_header(name, value[:MAX_HEADER])) for name, value in told[:MOST_HEADERS])


def tricked(url: str, suffix: str, word: str) -> str:
    """The URL with a suffix behind its path, or a query of its own; `x.` in it becomes a word that nobody else has."""
    parts = urlsplit(url)
    unique = suffix.replace("x.", f"{word}.") if "x." in suffix else f"{suffix}{word}"
    if unique.startswith("?"):
        return _with_query(url, unique[1:])
    return urlunsplit((parts.scheme, parts.netloc, (parts.path.rstrip("/") or "") + unique, parts.query, ""))


def _with_query(url: str, word: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((*parts[:3], f"{parts.query}&{word}" if parts.query else word, ""))


def _word() -> str:
    return f"launchready{secrets.token_hex(6)}"
