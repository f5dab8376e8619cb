"""PostgreSQL's log as JSON, an object a line: jsonlog, and the wrappers of managed services and log shippers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from launchready_tui.queries.plans import whole
from launchready_tui.queries.postgres import Messages
from launchready_tui.queries.postgresprefix import LABEL, Head
from launchready_tui.queries.postgrestext import PostgresText
from launchready_tui.queries.statement import End

_BOXES = ("record", "properties", "jsonPayload", "metadata", "parsed", "event", "_source", "fields")
_MESSAGES = ("message", "event_message", "textPayload", "@message", "msg", "log", "line", "_raw", "MESSAGE")
_SEVERITY = ("error_severity", "errorLevel", "severity_text")
_FIELDS = (
    ("timestamp", "log_time", "time", "@timestamp", "ts", "__REALTIME_TIMESTAMP"),
    ("session_id", "pid", "process_id", "processId", "_PID"),
    ("user", "user_name", "username"),
    ("dbname", "database_name", "database", "db"),
    ("application_name", "application", "app"),
)
_STATEMENT = ("statement", "query")
_LISTS = ("events", "entries", "result", "results", "records", "data", "logs")
_DOCUMENT = re.compile(rf'\[\s*\{{\s*"|\{{\s*"(?:{"|".join(_LISTS)})"\s*:\s*\[')

MOST_DOCUMENT = 64 * 1024 * 1024
"""Characters of a JSON document."""


class _JsonLog(msgspec.Struct):
    """An object of jsonlog (PostgreSQL 15), the columns that are used."""

    message: str
    error_severity: str
    timestamp: str = ""
    user: str = ""
    dbname: str = ""
    pid: int = 0
    session_id: str = ""
    statement: str = ""
    application_name: str = ""


_JSONLOG = msgspec.json.Decoder(_JsonLog)
_ANY = msgspec.json.Decoder(dict[str, Any])


class PostgresJson:
    """Reads lines that are JSON objects."""

    def __init__(self, messages: Messages, sample: Sequence[str]) -> None:
        self._messages = messages
        texts = [text for line in sample if (text := _message(line))]
        self._text = PostgresText(messages, [text.partition("\n")[0] for text in texts if LABEL.search(text[:800])])
        self._plain = any(_is_jsonlog(line) for line in sample)

    @property
    def name(self) -> str:
        """The format in words."""
        return "PostgreSQL jsonlog" if self._plain else "PostgreSQL in JSON"

    def feed(self, line: str) -> bool:
        """Take a line; False if it is none of this format."""
        if line[:1] != "{":
            return False
        data = line.encode("utf-8", "replace")
        if self._plain:
            try:
                found = _JSONLOG.decode(data)
            except (msgspec.DecodeError, RecursionError):
                pass
            else:
                session = found.session_id or (str(found.pid) if found.pid else "")
                head = Head(
                    found.error_severity, found.message, found.timestamp, session, found.user, found.dbname,
                    found.application_name,
                )  # fmt: skip
                self._messages.message(head, found.statement)
                return True
        try:
            return self.object(_ANY.decode(data))
        except (msgspec.DecodeError, RecursionError):
            return False

    def object(self, data: Mapping[str, Any]) -> bool:
        """One decoded object."""
        boxes = list(_boxes(data))
        text = _first(boxes, _MESSAGES)
        if not text:
            return False
        fields = [_first(boxes, names) for names in _FIELDS]
        head = Head(_first(boxes, _SEVERITY) or "LOG", text.rstrip("\n"), *fields)
        if LABEL.search(text[:800]) and not text.startswith(("duration: ", "statement: ", "execute ")):
            return self._text.text(text.rstrip("\n"), head)
        self._messages.message(head, _first(boxes, _STATEMENT))
        return True

    def finish(self, end: End = "") -> None:
        """Every object is whole: one that was cut is no object."""
        self._text.finish()


class PostgresJsonDocument:
    """Reads one JSON document over many lines: a list of entries, as command lines and consoles of clouds export it.

    Such lists often begin with the newest entry: then they are read backwards.
    """

    name = "PostgreSQL in a JSON document"

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._lines: list[str] = []
        self._size = 0

    def feed(self, line: str) -> bool:
        """Take a line, until the document is too large to be held."""
        self._size += len(line) + 1
        if self._size > MOST_DOCUMENT:
            return False
        self._lines.append(line)
        return True

    def finish(self, end: End = "") -> None:
        """The file is over: read the document. One that is damaged tells nothing, which is noted."""
        text, self._lines, self._size = "\n".join(self._lines), [], 0
        entries = _entries(text)
        if text.strip() and not entries:
            self._messages.tally.unread_documents += 1
        texts = [found for entry in entries if (found := _first(list(_boxes(entry)), _MESSAGES))]
        reader = PostgresJson(self._messages, [json.dumps({"message": item}) for item in texts[:1_000]])
        times = [_first(list(_boxes(entry)), _FIELDS[0]) for entry in (entries[:1] + entries[-1:])]
        for entry in reversed(entries) if len(times) == 2 and times[0] > times[1] else entries:
            reader.object(entry)
        reader.finish()


def _entries(text: str) -> list[dict[str, Any]]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return []
    if isinstance(data, dict):
        data = next((data[name] for name in _LISTS if isinstance(data.get(name), list)), [])
    return [entry for entry in data if isinstance(entry, dict)] if isinstance(data, list) else []


def document_claims(sample: Sequence[str]) -> float:
    """1 for lines that begin a JSON document of entries, 0 for any other."""
    head = "".join(sample[:50])[:4_000].lstrip()
    return float(_DOCUMENT.match(head) is not None)


def _boxes(data: Mapping[str, Any], depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """The objects in which wrappers keep the record, the innermost first."""
    for name in _BOXES:
        inner = data.get(name)
        if isinstance(inner, list) and inner:
            inner = inner[0]
        if isinstance(inner, dict) and depth < 4:
            yield from _boxes(inner, depth + 1)
    yield data


def _first(boxes: Sequence[Mapping[str, Any]], names: Sequence[str]) -> str:
    """The first value of one of the names that is text or a number."""
    for box in boxes:
        for name in names:
            value = box.get(name)
            if isinstance(value, str) and value:
                return whole(value)
            if isinstance(value, int | float) and not isinstance(value, bool):
                return str(value)
    return ""


def _message(line: str) -> str:
    try:
        return _first(list(_boxes(_ANY.decode(line.encode("utf-8", "replace")))), _MESSAGES) if line[:1] == "{" else ""
    except (msgspec.DecodeError, RecursionError):
        return ""


def _is_jsonlog(line: str) -> bool:
    try:
        return bool(_JSONLOG.decode(line.encode("utf-8", "replace")).error_severity)
    except (msgspec.DecodeError, RecursionError):
        return False


def claims(sample: Sequence[str]) -> float:
    """The part of the lines that look like this format."""
    return sum(bool(_message(line)) for line in sample) / len(sample) if sample else 0.0
