"""PostgreSQL's csvlog: 23 to 26 columns by version; records of several lines, and recovery after a damaged one."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

from launchready_tui.queries.postgres import Messages
from launchready_tui.queries.postgresprefix import Head
from launchready_tui.queries.statement import MOST_SQL, End

_START = re.compile(
    r'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [^,"]{1,32},(?:"(?:[^"]|"")*"|[^",]*),(?:"(?:[^"]|"")*"|[^",]*),\d*,'
)
_FIELD = re.compile(r'(?:^|,)(?:"((?:[^"]|"")*+)"?|([^,"]*+))')
_TELLS = re.compile(r',"(?:duration: \d[\d.]*+ ms {1,2})?(?:statement|execute [^:"]{1,128}):')
_MOST_FIELD = 100_000
_COLUMNS = range(23, 40)


class PostgresCsv:
    """Reads lines of csvlog.

    A line that begins like a record begins one, even if a quote of the record before is still open: logs are rotated,
    cut and joined. (A statement that holds such a line is torn; that is the smaller evil.)
    """

    name = "PostgreSQL csvlog"

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._lines: list[str] = []
        self._size = 0
        self._open = False

    def feed(self, line: str) -> bool:
        """Take a line; False if it is none of this format."""
        quotes = line.count('"')
        if not self._open:
            if not _START.match(line):
                return False
            self._lines, self._size = [line], len(line)
            self._open = quotes % 2 == 1
            return True if self._open else self._record()
        if _START.match(line):
            self._open = False
            self.feed(line)
            return False
        if self._size < 2 * MOST_SQL:
            self._lines.append(line)
            self._size += len(line)
        if quotes % 2 == 1:
            self._open = False
            return self._record()
        return True

    def finish(self, end: End = "") -> None:
        """The file is over; a record without an end is lost, and counted where it began to tell a statement."""
        if self._open and end and _TELLS.search("\n".join(self._lines)):
            self._messages.tally.cut += 1
        self._open = False

    def _record(self) -> bool:
        text = "\n".join(self._lines)
        self._lines = []
        row = _fields(text)
        if len(row) not in _COLUMNS:
            return False
        head = Head(
            row[11], row[13], row[0], row[5] or row[3], row[1], row[2], row[22] if row[22] != "[unknown]" else ""
        )
        self._messages.message(head, row[19])
        return True


def _fields(text: str) -> list[str]:
    """The columns of a record; the library refuses long ones, which are split by hand."""
    if len(text) < _MOST_FIELD:
        return next(csv.reader([text]), []) if "\n" not in text else next(csv.reader(text.splitlines(True)), [])
    return [found[1] or found[0].replace('""', '"') for found in _FIELD.findall(text)]


def claims(sample: Sequence[str]) -> float:
    """The part of the lines that look like this format: a line that begins a record, and those within its quotes."""
    good = 0
    inside = False
    for line in sample:
        begins = _START.match(line) is not None
        if begins:
            inside = False
        if begins or inside:
            good += 1
            if line.count('"') % 2:
                inside = not inside
    return good / len(sample) if sample else 0.0
