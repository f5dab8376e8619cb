"""PostgreSQL's log as text: stderr with any log_line_prefix, behind syslog, a Heroku drain or a container's prefix."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from launchready_tui.queries.postgres import Messages
from launchready_tui.queries.postgresprefix import LABEL, AnyPrefix, Head, Prefix, recognised
from launchready_tui.queries.statement import MOST_SQL, End

_ISO = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
_SYSLOG = re.compile(
    rf"(?:\d{{1,6}} )?(?:<\d{{1,3}}>\d? ?)?(?P<at>{_ISO}|[A-Z][a-z]{{2}} [ \d]\d \d\d:\d\d:\d\d) "
    r"(?:\S{1,255} )?(?:\S{1,255} )?(?:app\[)?(?P<key>postgres[\w-]{0,40}[.\[]\d{1,10})\]?(?::| -)?"
    r"(?: \[[A-Z_]{1,64}\])? \[(?P<number>\d{1,10})-(?P<part>\d{1,6})\] ?(?P<text>.*)",
    re.DOTALL,
)
_CONTAINER = re.compile(
    rf"(?:(?:\S{{1,120}} )?{_ISO} (?:stdout|stderr) [FP] |[\w.-]{{1,120}}\s{{1,20}}\| ?)(?P<text>.*)", re.DOTALL
)
_ESCAPED = re.compile(r"#(\d{3})")

_SQL_LINE = re.compile(
    r"\s*+(?:[(),]|(?:select|from|where|and|or|join|left|right|inner|outer|cross|on|using|order|group|having|limit|offset"
    r"|union|values|set|insert|update|delete|returning|with|as|case|when|then|else|end|in|not|exists|for)\b)",
    re.IGNORECASE,
)

MOST_OPEN = 200
"""Messages of different syslog processes that are put together at once."""


class Part(NamedTuple):
    """A line without what a log shipper put before it. `key` names the message that it belongs to."""

    text: str
    key: str = ""
    first: bool = True
    at: str = ""


def unwrapped(line: str) -> Part | None:
    """A line of syslog, of a Heroku drain or of a container's log; None for any other."""
    found = _SYSLOG.match(line)
    if found is not None:
        text = _ESCAPED.sub(lambda octal: chr(int(octal[1], 8) & 0x7F), found["text"])
        return Part(text, f"{found['key']}/{found['number']}", found["part"] == "1", found["at"])
    found = _CONTAINER.match(line)
    return Part(found["text"]) if found is not None else None


@dataclass(slots=True)
class _Open:
    """A message whose further lines may still come."""

    head: Head
    lines: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, text: str) -> None:
        if self.size < MOST_SQL:
            self.lines.append(text[: MOST_SQL - self.size])
            self.size += len(text) + 1


class PostgresText:
    """Reads lines. `sample` are the first ones of the file: they decide about prefix and wrapping.

    A continuation begins with a tab; where managed exports have lost it (`loose`) any line of text without a head is
    one.
    """

    def __init__(self, messages: Messages, sample: Sequence[str], prefix: str = "") -> None:
        self._messages = messages
        self._wrapped = _mostly_wrapped(sample)
        plain = [part.text for line in sample if (part := unwrapped(line))] if self._wrapped else list(sample)
        self._prefix: Prefix | AnyPrefix = Prefix(prefix) if prefix else recognised(plain)
        self._read = self._prefix.read
        self._loose = not self._wrapped and _without_tabs(plain, self._prefix)
        self._open: OrderedDict[str, _Open] = OrderedDict()
        self._last: _Open | None = None
        self._newest: _Open | None = None

    @property
    def name(self) -> str:
        """The format in words."""
        template = self._prefix.template.strip()
        shown = "a prefix of its own" if template == "?" else f"prefix {template}" if template else "no prefix"
        return f"PostgreSQL {'syslog' if self._wrapped else 'text'}, {shown}"

    def feed(self, line: str) -> bool:
        """Take a line; False if it is none of this format."""
        if self._wrapped:
            return self._feed_wrapped(line)
        if line[:1] == "\t":
            if self._last is None:
                return False
            self._last.add(line[1:])
            return True
        head = self._read(line)
        if head is not None:
            self._close()
            self._last = _Open(head)
            return True
        if self._last is not None and (not line or (self._loose and line[:1] != "{" and line.isprintable())):
            self._last.add(line)
            return True
        return False

    def text(self, text: str, fallback: Head) -> bool:
        """A whole message with its head and all its lines, as JSON wrappers hold it; `fallback` fills what lacks."""
        first, _, rest = text.partition("\n")
        head = self._read(first) or AnyPrefix().read(first)
        if head is None:
            return False
        rest = rest.replace("\n\t", "\n").removeprefix("\t")
        message = f"{head.message}\n{rest}" if rest else head.message
        self._messages.message(
            Head(head.severity, message, *(mine or theirs for mine, theirs in zip(head[2:], fallback[2:], strict=True)))
        )
        return True

    def finish(self, end: End = "") -> None:
        """The file is over: what is open is whole, but perhaps for the last message."""
        newest = self._last or self._newest
        self._close(end)
        while self._open:
            opened = self._open.popitem(last=False)[1]
            self._send(opened, end if opened is newest else "")

    def _feed_wrapped(self, line: str) -> bool:
        part = unwrapped(line)
        if part is None:
            return False
        if not part.key:
            return self._feed_contained(part.text)
        if not part.first:
            opened = self._open.get(part.key)
            if opened is not None:
                opened.add(part.text.removeprefix("\t"))
                self._newest = opened
            return opened is not None
        head = self._read(part.text)
        if head is None:
            return False
        process = part.key.partition("/")[0]
        for key in [key for key in self._open if key.partition("/")[0] == process]:
            self._send(self._open.pop(key))
        while len(self._open) >= MOST_OPEN:
            self._send(self._open.popitem(last=False)[1])
        self._newest = self._open[part.key] = _Open(
            head._replace(at=head.at or part.at, session=head.session or process)
        )
        return True

    def _feed_contained(self, text: str) -> bool:
        self._wrapped = False
        try:
            return self.feed(text)
        finally:
            self._wrapped = True

    def _close(self, end: End = "") -> None:
        if self._last is not None:
            self._send(self._last, end)
            self._last = None

    def _send(self, opened: _Open, end: End = "") -> None:
        head = opened.head
        if opened.lines:
            head = head._replace(message="\n".join((head.message, *opened.lines)))
        self._messages.message(head, end=end if opened.size < MOST_SQL else "")


def _mostly_wrapped(sample: Sequence[str]) -> bool:
    return sum(unwrapped(line) is not None for line in sample) > len(sample) / 2


def _without_tabs(sample: Sequence[str], prefix: Prefix | AnyPrefix) -> bool:
    """Whether the further lines of statements have lost their tab: there are some, and most look like SQL."""
    told, tabs, bare, alike = False, 0, 0, 0
    for line in sample:
        if line.startswith("\t"):
            tabs += 1
        elif (head := prefix.read(line)) is not None:
            told = head.message.startswith(("duration: ", "statement: ", "execute "))
        elif told and line.strip() and line[:1] not in "{#":
            bare += 1
            alike += _SQL_LINE.match(line) is not None
    return tabs == 0 and 0 < bare <= 2 * alike


def claims(sample: Sequence[str]) -> float:
    """The part of the lines that look like this format."""
    good = 0
    open_event = False
    for line in sample:
        part = unwrapped(line)
        text = part.text if part else line
        if LABEL.search(text[:800]) and not text.startswith("{"):
            good += 1
            open_event = True
        elif open_event and (text[:1] == "\t" or (part and not part.first)):
            good += 1
    return good / len(sample) if sample else 0.0
