"""Reads query logs from files: recognises each format, follows a change of it, and makes one digest of them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from launchready_tui.model.questions.querylog import LogFile, QueryLogFacts
from launchready_tui.queries import mysql, postgrescsv, postgresjson, postgrestext
from launchready_tui.queries.clock import Clock
from launchready_tui.queries.digest import Digest
from launchready_tui.queries.mysql import MySqlSlow
from launchready_tui.queries.postgres import Messages
from launchready_tui.queries.postgrescsv import PostgresCsv
from launchready_tui.queries.postgresjson import PostgresJson, PostgresJsonDocument
from launchready_tui.queries.postgrestext import PostgresText
from launchready_tui.queries.source import Lines, opened
from launchready_tui.queries.statement import End, Sink
from launchready_tui.text import one_line, plural

SAMPLE, SAMPLE_SIZE = 1_000, 4 * 1024 * 1024
"""Lines by which a format is recognised, and their characters."""

SWITCH = 40
"""Lines in a row that a format cannot read, after which another one is tried."""

MOST_ODD = 5
_LEAST, _LONGEST = 0.2, 64 * 1024


class Reader(Protocol):
    """Reads the lines of one format."""

    @property
    def name(self) -> str:
        """The format in words."""
        ...

    def feed(self, line: str) -> bool:
        """Take a line; False if it is none of this format."""
        ...

    def finish(self, end: End = "") -> None:
        """The file is over, and ends so; '' where more may come, but nothing does for the moment."""
        ...


@dataclass(slots=True)
class QueryLogs:
    """What several logs have in common: one clock, the sessions of PostgreSQL, one receiver of statements."""

    sink: Sink
    prefix: str = ""
    clock: Clock = field(default_factory=Clock)
    messages: Messages = field(init=False)
    other: int = 0
    rate: int = 1

    def __post_init__(self) -> None:
        self.messages = Messages(self.sink, self.clock)

    def reader(self, sample: Sequence[str]) -> Reader | None:
        """The reader of a format, by its first lines; None where none fits."""
        lines = [line[:_LONGEST] for line in sample if line.strip()][:SAMPLE]
        makers: list[tuple[float, Callable[[], Reader]]] = [
            (postgresjson.claims(lines), lambda: PostgresJson(self.messages, lines)),
            (postgresjson.document_claims(lines), lambda: PostgresJsonDocument(self.messages)),
            (postgrescsv.claims(lines), lambda: PostgresCsv(self.messages)),
            (mysql.claims(lines), lambda: MySqlSlow(self.sink, self.clock)),
            (postgrestext.claims(lines), lambda: PostgresText(self.messages, lines, self.prefix)),
        ]
        best = max(makers, key=lambda maker: maker[0])
        return best[1]() if best[0] >= _LEAST else None

    def closed(self, reader: Reader | None, end: End = "") -> None:
        """A file is over; `end` says how, '' where another reader goes on."""
        if reader is not None:
            reader.finish(end)
        if isinstance(reader, MySqlSlow):
            self.other += reader.other
            self.rate = max(self.rate, reader.rate)


@dataclass(slots=True)
class Feeder:
    """Feeds one file's lines to the reader that can read them."""

    logs: QueryLogs
    reader: Reader | None = None
    lines: int = 0
    unparsed: int = 0
    odd: list[int] = field(default_factory=list)
    names: dict[str, None] = field(default_factory=dict)
    _waiting: list[str] = field(default_factory=list)
    _waiting_size: int = 0
    _streak: list[str] = field(default_factory=list)
    _refused: bool = False

    def feed(self, batch: Sequence[str]) -> None:
        """Some lines."""
        if self.reader is None:
            self._waiting += batch
            self._waiting_size += sum(map(len, batch))
            if len(self._waiting) < SAMPLE and self._waiting_size < SAMPLE_SIZE:
                return
            batch, self._waiting = self._waiting, []
            self.recognise(batch)
        self._pass(batch)

    def finish(self, end: End = "") -> None:
        """The file is over; `end` says whether its last line is whole."""
        batch, self._waiting = self._waiting, []
        if batch:
            self.recognise(batch)
            self._pass(batch)
        # A torn line that is no part of a message leaves the last message whole.
        self.logs.closed(self.reader, "line" if end and self._refused else end)

    def pause(self) -> None:
        """Nothing more comes for the moment: what is open counts as whole."""
        if self.reader is None and self._waiting:
            self.recognise(self._waiting)
            if self.reader is not None:
                batch, self._waiting = self._waiting, []
                self._pass(batch)
        if self.reader is not None:
            self.reader.finish()

    def recognise(self, batch: Sequence[str]) -> None:
        """Choose the reader by lines that are not fed."""
        self.reader = self.logs.reader(batch)
        if self.reader is not None:
            self.names.setdefault(self.reader.name)

    def _pass(self, batch: Sequence[str]) -> None:
        if self.reader is None:
            for line in batch:
                self._odd(line)
            return
        feed = self.reader.feed
        for line in batch:
            self.lines += 1
            if feed(line):
                if self._streak:
                    self._streak = []
                self._refused = False
                continue
            if not line.strip():
                continue
            self._refused = True
            self.lines -= 1
            self._odd(line)
            self._streak.append(line)
            if len(self._streak) == SWITCH and self._switch():
                assert self.reader is not None
                feed = self.reader.feed

    def _odd(self, line: str) -> None:
        self.lines += 1
        if line.strip():
            self.unparsed += 1
            if len(self.odd) < MOST_ODD:
                self.odd.append(self.lines)

    def _switch(self) -> bool:
        """Another reader, if one can read the lines that this one could not; they are read again."""
        streak, self._streak = self._streak, []
        other = self.logs.reader(streak)
        if other is None:
            return False
        read = sum(other.feed(line) for line in streak)
        self.logs.closed(self.reader)
        self.reader = other
        self.unparsed -= read
        self.odd = [number for number in self.odd if number <= self.lines - len(streak)]
        self.names.setdefault(other.name)
        return True


def digest_of(
    paths: Sequence[Path | None],
    *,
    top: int = 20,
    prefix: str = "",
    names: Sequence[str] = (),
    stop: Callable[[], bool] = lambda: False,
) -> QueryLogFacts:
    """One digest of several logs, in the order of time as far as their order says so; None is standard input.

    Raises `InputError` for a file that cannot be opened, `ValueError` for a prefix that is none.
    """
    digest = Digest()
    logs = QueryLogs(digest.add, prefix)
    digest.fine = lambda: logs.clock.fine
    files: list[LogFile] = []
    for number, path in enumerate(paths):
        name = names[number] if number < len(names) else str(path) if path else "standard input"
        lines = Lines(name)
        feeder = Feeder(logs)
        with opened(path, lines) as stream:
            for batch in lines.read(stream):
                if stop():
                    lines.cut = "stopped"
                    break
                feeder.feed(batch)
        feeder.finish("torn" if lines.torn else "line")
        formats = ", then ".join(feeder.names)
        files.append(LogFile(name, formats, feeder.lines, feeder.unparsed, lines.cut, tuple(feeder.odd)))
    logs.messages.finish()
    tally = logs.messages.tally
    return digest.facts(
        top,
        files=tuple(files),
        other_lines=tally.other + logs.other,
        sampled=_sampled(logs),
        notices=_notices(logs, digest.cut),
    )


def _sampled(logs: QueryLogs) -> str:
    """What the log says itself about being a part of the truth."""
    if logs.rate > 1:
        return f"one in {logs.rate} statements was logged (log_slow_rate_limit): calls and totals are lower bounds"
    for name in ("log_min_duration_sample", "log_statement_sample_rate", "log_transaction_sample_rate"):
        value = logs.messages.tally.settings.get(name)
        if value and value not in ("-1", "1", "0") and name != "log_min_duration_sample":
            return f"{name} is {one_line(value, 20)}: calls and totals are lower bounds"
    return ""


def _notices(logs: QueryLogs, cut: int) -> tuple[str, ...]:
    tally = logs.messages.tally
    told: list[str] = []
    if cut := cut + tally.cut:
        where = "the log" if cut == 1 else "a log"
        told.append(f"{plural(cut, 'statement')} cut at the end of {where}: neither counted nor ranked")
    if tally.phases:
        told.append(
            f"{plural(tally.phases, 'line')} of parsing and binding ({tally.phase_us / 1e6:,.1f} s) counted as no calls"
        )
    if tally.unread_plans:
        told.append(f"{plural(tally.unread_plans, 'plan')} in a form that is not read (text and JSON are)")
    if tally.unread_documents:
        told.append(f"{plural(tally.unread_documents, 'JSON document')} could not be read: cut, or too large")
    if logs.clock.odd_zones:
        zones = ", ".join(sorted(one_line(zone, 20) for zone in logs.clock.odd_zones))
        told.append(f"time zone {zones} taken as UTC")
    return tuple(told)
