"""Answers `QueryLogReading` (the digest of query logs) and `TaggedRequest` (a request and what it asked the database).

Logs are read on this machine and nothing of them leaves it; of a statement its shape is kept, never a value.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from launchready_tui.errors import InputError
from launchready_tui.model.cacheheaders import cache_state
from launchready_tui.model.evidence import Ask, Failure, Fault, Vantage
from launchready_tui.model.questions import Question
from launchready_tui.model.questions.querylog import (
    QueryLogFacts,
    QueryLogReading,
    TaggedReply,
    TaggedRequest,
    TaggedStatement,
    Tie,
)
from launchready_tui.probes.answers import header, media_type, not_the_product, text_of
from launchready_tui.probes.http import HttpProbe, read_url
from launchready_tui.probes.httpfetch import Fetched, Order
from launchready_tui.probes.outcome import Outcome, failure
from launchready_tui.probes.repeating import repeated
from launchready_tui.probes.sessions import copied
from launchready_tui.queries.fingerprint import shape
from launchready_tui.queries.lexing import take_comments
from launchready_tui.queries.reading import QueryLogs, digest_of
from launchready_tui.queries.shapes import is_control
from launchready_tui.queries.statement import Statement
from launchready_tui.queries.tables import tables_of
from launchready_tui.queries.tags import NO_TAGS, Tags, read_tags
from launchready_tui.queries.tail import Tail, expand
from launchready_tui.queries.work import Errand, digest_apart
from launchready_tui.text import one_line

MOST_LOGS = 200
SMALL = 2 * 1024 * 1024
"""Bytes of logs that are read beside everything else; more would hold it up."""

MOST_STATEMENTS = 200
"""Different shapes that are kept of one request."""

QUIET = 1.0
"""Seconds without a further statement of a request after which it counts as complete: logs are written with a lag."""

_POLL, _CALM = 0.2, 0.4


class QueryLogProbe:
    """`base` is the folder of the profile; requests go through the fetcher and the jars of the HTTP probe."""

    def __init__(self, http: HttpProbe, base: str) -> None:
        self._http = http
        self._base = Path(base)

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Answer either question."""
        if isinstance(question, TaggedRequest):
            return await self._tagged(question, ask)
        assert isinstance(question, QueryLogReading)
        return await self._digest(question)

    async def aclose(self) -> None:
        """Nothing of its own is held open."""

    async def _digest(self, question: QueryLogReading) -> Outcome:
        paths = (await asyncio.to_thread(expand, self._base, question.paths))[:MOST_LOGS]
        if not paths:
            return _missing(question.paths)
        names = tuple(_shown(path, self._base) for path in paths)
        try:
            facts = await self._read(paths, names, question.top)
        except InputError as error:
            return failure("file-unreadable", error.message, fault=Fault.USAGE)
        if facts.lines and not any(file.format for file in facts.files):
            return failure(
                "malformed", f"{one_line(names[0], 120)} is no query log that is known here", fault=Fault.USAGE
            )
        return Outcome(facts)

    async def _read(self, paths: list[Path], names: tuple[str, ...], top: int) -> QueryLogFacts:
        """Small logs in a thread, which is told to end when nobody waits for it; large ones in a process."""
        if await asyncio.to_thread(_size, paths) > SMALL:
            return await digest_apart(Errand(tuple(map(os.fsencode, paths)), names, top))
        stop = threading.Event()
        try:
            return await asyncio.to_thread(lambda: digest_of(list(paths), top=top, names=names, stop=stop.is_set))
        finally:
            stop.set()

    async def _tagged(self, question: TaggedRequest, ask: Ask) -> Outcome:
        url = read_url(question.url)
        if isinstance(url, Failure):
            return Outcome(failure=url)
        if question.parameter:
            url = url.copy_set_param(question.parameter, question.rows)
        watch = await asyncio.to_thread(_Watch, self._base, question.logs)
        if not watch.tail.files:
            return _missing(question.logs)
        jar = copied(self._http.jar(question.session)) if question.session else None
        got = await self._http.fetcher.fetch(Order("GET", url, watch.headers(question.header)), ask, jar)
        if isinstance(got, Failure):
            return Outcome(failure=got)
        text = await asyncio.to_thread(text_of, got)
        if wall := not_the_product(question.host, got, text):
            return Outcome(failure=wall, vantage=Vantage(address=got.target.address))
        # A server that gives every request an id of its own tells it in the answer.
        watch.also(header(got.headers, question.header.lower()))
        waited = await watch.follow(question.wait)
        reply = await asyncio.to_thread(watch.reply, got, text, round(waited, 1))
        return Outcome(reply, vantage=Vantage(address=got.target.address))


@dataclass(slots=True)
class _Shape:
    count: int = 0
    us: int = 0


@dataclass(slots=True)
class _Watch:
    """The logs around one request. Statements arrive while they are followed; those with its marks are its own."""

    base: Path
    patterns: tuple[str, ...]
    request: str = field(default_factory=lambda: str(uuid.uuid4()))
    trace: str = field(default_factory=lambda: secrets.token_hex(16))
    others: int = 0
    untagged: int = 0
    echoed: bool = False
    own: dict[str, _Shape] = field(default_factory=dict)
    tie: Tie = ""
    tail: Tail = field(init=False)
    logs: QueryLogs = field(init=False)
    _waiting: list[Statement] = field(default_factory=list)
    _marks: dict[str, Tie] = field(default_factory=dict)
    _last: float = 0.0

    def __post_init__(self) -> None:
        self._marks = {self.request: "request-id", self.trace: "traceparent"}
        self.logs = QueryLogs(self._waiting.append)
        self.tail = Tail(self.logs, self.base, self.patterns)

    def headers(self, name: str) -> tuple[tuple[str, str], ...]:
        """What is sent with the request: its id, its trace, and the wish not to be answered from a cache."""
        parent = f"00-{self.trace}-{secrets.token_hex(8)}-01"
        return ((name, self.request), ("traceparent", parent), ("cache-control", "no-cache"))

    def also(self, told: str) -> None:
        """The id under which the server says that it knows the request: ours, or one of its own.

        (One of its own may be that of an earlier request, whose answer a cache kept: it proves nothing.)
        """
        self.echoed = told == self.request
        if 8 <= len(told) <= 200 and told not in self._marks:
            self._marks[told] = "request-id"

    async def follow(self, wait: float) -> float:
        """Read on until nothing more of the request comes; returns the seconds that it took."""
        started = news = self._last = time.monotonic()
        while True:
            grown = await asyncio.to_thread(self._step, time.monotonic() - news >= _CALM)
            now = time.monotonic()
            news = now if grown else news
            if now - started >= wait or (self.own and now - self._last >= QUIET):
                break
            if not grown:
                await asyncio.sleep(_POLL)
        if await asyncio.to_thread(self._step, True):
            await asyncio.to_thread(self._step, True)
        return time.monotonic() - started

    def _step(self, calm: bool) -> bool:
        """Read what is new; where nothing came for a while, the last message is whole as it is."""
        grown = self.tail.read()
        if calm and not grown:
            self.tail.pause()
        self._sort()
        return grown

    def _sort(self) -> None:
        waiting, self._waiting[:] = list(self._waiting), []
        for item in waiting:
            if not item.again and not item.trouble:
                self._take(item)

    def _take(self, item: Statement) -> None:
        bare, comments = take_comments(item.sql, item.dialect)
        tags = read_tags(comments) if comments else NO_TAGS
        tie = self._tie(item, tags, comments)
        text = shape(bare, item.dialect)
        if not tie:
            self.others += 1
            self.untagged += tags == NO_TAGS and not is_control(text)
            return
        self.tie = self.tie or tie
        self._last = time.monotonic()
        if text not in self.own and len(self.own) >= MOST_STATEMENTS:
            text = next(reversed(self.own))
        found = self.own.setdefault(text, _Shape())
        found.count += 1
        found.us += max(item.us, 0)

    def _tie(self, item: Statement, tags: Tags, comments: tuple[str, ...]) -> Tie:
        for told in (tags.request, tags.trace):
            if told in self._marks:
                return self._marks[told]
        for mark, tie in self._marks.items():
            if mark in item.application:
                return "application-name"
            if any(mark in comment for comment in comments):
                return tie
        return ""

    def reply(self, got: Fetched, text: str, waited: float) -> TaggedReply:
        """The facts of the request."""
        own = (
            TaggedStatement(name, item.count, round(item.us / 1000, 3), tables_of(name), is_control(name))
            for name, item in self.own.items()
        )
        return TaggedReply(
            status=got.response.status_code,
            elapsed_ms=round(got.elapsed * 1000, 3),
            body_bytes=len(got.body),
            statements=tuple(
                sorted(own, key=lambda item: (item.control, -item.count, -item.total_ms, item.fingerprint))
            ),
            tie=self.tie,
            others=self.others,
            untagged=self.untagged,
            echoed=self.echoed,
            grown=self.tail.grown,
            floor_ms=self.tail.floor_ms,
            sampled=self.logs.rate > 1,
            cached=cache_state(got.headers)[0] == "hit",
            repeated=repeated(media_type(got), text),
            formats=self.tail.formats,
            waited=waited,
        )


def _missing(patterns: tuple[str, ...]) -> Outcome:
    named = ", ".join(one_line(pattern, 120) for pattern in patterns[:5])
    return failure("file-missing", f"no query log is there: {named}", fault=Fault.USAGE)


def _size(paths: list[Path]) -> int:
    """Bytes of the files as they lie on the disk."""
    found = 0
    for path in paths:
        with suppress(OSError):
            found += path.stat().st_size
    return found


def _shown(path: Path, base: Path) -> str:
    """A path as the profile would name it."""
    return one_line(str(path.relative_to(base)) if path.is_relative_to(base) else str(path), 300)
