"""The slow query log of MySQL, MariaDB and Percona Server; what it calls an administrator command is no statement."""

from __future__ import annotations

import re
from collections.abc import Sequence

from launchready_tui.queries.clock import Clock
from launchready_tui.queries.statement import MOST_SQL, End, Sink, Statement

_HEADER = re.compile(
    r"# {1,8}(?:Time|User@Host|Thread_id|Schema|Query_time|Rows_affected|Bytes_sent|Tmp_tables|QC_[hH]it|Full_scan"
    r"|Filesort|InnoDB_|No InnoDB|Log_slow_rate|Stored|explain|Id|Priority_queue|Pages_|Engine_time|Killed|Errno|Trx"
    r"|Profile|Plan|Read_first|Created_tmp|Query_id|Shared_blk|Local_blk|Temp_blk|WAL_)"
)
_PAIR = re.compile(r"([A-Za-z_]\w{0,40}): (\S{0,128})")
_USER = re.compile(r"# User@Host: (?:([^\s\[]{1,128})|)\s?\[([^\]]{0,128})\]|# User@Host: ([^\s\[@]{0,128})")
_ID = re.compile(r"\bId:\s+(\d{1,20})")
_SERVER = re.compile(r"(?:\S+, Version: |Tcp port: |TCP Port: |Time\s+Id Command\s+Argument)")
_OTHER = re.compile(r"\{\"|\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d|.{0,200}?[\x00-\x08\x0e-\x1f\ufffd]")
"""What stands behind a statement that has ended and is no part of it: a line of another log, or no text at all."""

_USE = re.compile(r"use `?([^`;]{1,128})`?;\s*\Z", re.IGNORECASE)
_SET = re.compile(r"SET (?:last_insert_id=\d+,|insert_id=\d+,)*timestamp=(\d+)(?:\.\d+)?[^;]*;\s*\Z", re.IGNORECASE)


class MySqlSlow:
    """Reads lines. A record is its `# ` lines, `use`, `SET timestamp`, and the statement up to the next `# ` line.

    `rate` is what Percona Server says of its own sampling: one in so many statements was logged.
    """

    name = "MySQL slow query log"

    def __init__(self, sink: Sink, clock: Clock) -> None:
        self._sink = sink
        self._clock = clock
        self._database = ""
        self._stamp: float | None = None
        self.rate = 1
        self.other = 0
        self._begin()

    def _begin(self) -> None:
        self._values: dict[str, str] = {}
        self._user = self._session = ""
        self._at: float | None = None
        self._sql: list[str] = []
        self._size = 0
        self._headed = False

    def feed(self, line: str) -> bool:
        """Take a line; False if it is none of this format."""
        if line[:2] == "# ":
            if line.startswith("# administrator command:"):
                self.other += 1
                self._begin()
                return True
            if _HEADER.match(line):
                self._header(line)
                return True
        if not self._headed:
            return _SERVER.match(line) is not None or not line.strip()
        if not self._sql:
            if line == "#":
                return True
            if (used := _USE.match(line)) is not None:
                self._database = used[1]
                return True
            if (stamp := _SET.match(line)) is not None:
                self._stamp = float(stamp[1])
                return True
            if _SERVER.match(line):
                return True
        elif self._sql[-1].endswith(";") and _OTHER.match(line):
            return False
        if self._size < MOST_SQL:
            self._sql.append(line[: MOST_SQL - self._size])
            self._size += len(line) + 1
        return True

    def finish(self, end: End = "") -> None:
        """The file is over. The server ends every statement with a semicolon: without one the last was cut."""
        sql = self._sql
        if end == "torn" and len(sql) > 1 and sql[-1][:1] == "#" and sql[-2].rstrip().endswith(";"):
            # The beginning of the next record.
            sql.pop()
        if end and self._headed and self._size < MOST_SQL and not "".join(sql[-1:]).rstrip().endswith(";"):
            self._record("torn")
        else:
            self._record()

    def _header(self, line: str) -> None:
        if self._sql or (line.startswith("# Time:") and self._headed):
            self._record()
        self._headed = True
        if line.startswith("# Time:"):
            time, _, user = line[7:].partition(" # ")
            self._at = self._clock.seconds(time.strip())
            if user:
                self._header(f"# {user}")
        elif line.startswith("# User@Host:"):
            found = _USER.match(line)
            self._user = next((group for group in found.groups() if group), "") if found else ""
            if (session := _ID.search(line)) is not None:
                self._session = session[1]
        else:
            self._values.update(_PAIR.findall(line))

    def _record(self, end: End = "") -> None:
        sql = "\n".join(self._sql).strip().rstrip(";")
        values, at = self._values, self._at
        if (sql or end) and "Query_time" in values and not _server_only(sql):
            rate = values.get("Log_slow_rate_limit", "1")
            self.rate = max(self.rate, int(rate) if rate.isdecimal() and len(rate) < 10 else 1)
            us = _micro(values["Query_time"])
            if at is None and self._stamp is not None:
                at = self._stamp + max(us, 0) / 1e6
            self._sink(
                Statement(
                    sql, us, at, self._session or values.get("Thread_id", "") or values.get("Id", ""),
                    values.get("Schema", "") or self._database, self._user, "", _whole(values.get("Rows_sent")),
                    _whole(values.get("Rows_examined")), _micro(values.get("Lock_time", "")),
                    _trouble(values.get("Killed", "0")), dialect="mysql", end=end,
                )
            )  # fmt: skip
        self._stamp = None
        self._begin()


def _trouble(killed: str) -> str:
    """What the number of an error that ended a statement means: ER_QUERY_TIMEOUT is 3024, 1969 in MariaDB."""
    return "" if killed in ("0", "") else "timeout" if killed in ("3024", "1969") else "error"


def _server_only(sql: str) -> bool:
    return _SERVER.match(sql) is not None


def _micro(seconds: str) -> int:
    """`0.003464` seconds as 3464 microseconds, exactly; -1 for what is no number."""
    whole, _, fraction = seconds.partition(".")
    try:
        return int(whole) * 1_000_000 + int((fraction + "000000")[:6])
    except ValueError:
        return -1


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 19 else -1


def claims(sample: Sequence[str]) -> float:
    """The part of the lines that belong to records of a slow log."""
    good = 0
    inside = False
    for line in sample:
        if _HEADER.match(line) or line.startswith("# administrator command:"):
            good += 1
            inside = True
        elif inside or _SERVER.match(line):
            good += 1
    return good / len(sample) if sample and inside else 0.0
