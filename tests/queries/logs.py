"""Short logs in the forms that servers and services write them."""

from __future__ import annotations

import json
from pathlib import Path

from launchready_tui.model.questions.querylog import QueryLoad, QueryLogFacts
from launchready_tui.queries.reading import digest_of

AT = "2026-11-24 10:00:00.000 UTC"


def read(tmp_path: Path, text: str | bytes, name: str = "q.log", **more: int | str) -> QueryLogFacts:
    """The digest of one log."""
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return digest_of([path], top=int(more.get("top", 100)), prefix=str(more.get("prefix", "")))


def one(facts: QueryLogFacts) -> QueryLoad:
    """The only statement of a digest."""
    (query,) = facts.queries
    return query


def shapes(facts: QueryLogFacts) -> dict[str, int]:
    """Calls by fingerprint."""
    return {query.fingerprint: query.calls for query in facts.queries}


def stderr(message: str, *, pid: int = 41, at: str = AT, label: str = "LOG", who: str = "shop@market") -> str:
    """A line as a packaged PostgreSQL writes it; further lines get their tab."""
    text = message.replace("\n", "\n\t")
    return f"{at} [{pid}] {who} {label}:  {text}\n"


def jsonlog(message: str, **more: object) -> str:
    """A line of PostgreSQL 15's jsonlog."""
    entry = {"timestamp": AT, "user": "shop", "dbname": "market", "pid": 41, "session_id": "6743.29", "line_num": 1,
             "error_severity": "LOG", "message": message, "application_name": "web", "backend_type": "client backend",
             "query_id": 0}  # fmt: skip
    return json.dumps(entry | more) + "\n"


def csvlog(message: str, *, severity: str = "LOG", query: str = "", application: str = "web") -> str:
    """A line of csvlog with the 26 columns of version 14."""
    told, text = (part.replace('"', '""') for part in (message, query))
    return (
        f'{AT},"shop","market",41,"10.0.0.1:5000",6743.29,1,"SELECT",2026-11-24 09:00:00 UTC,3/1,0,{severity},00000,'
        f'"{told}",,,,,,"{text}",,,"{application}","client backend",,0\n'
    )


def slow(sql: str, *, seconds: str = "0.001500", head: str = "", rows: tuple[int, int] = (1, 100)) -> str:
    """A record of MySQL's slow log."""
    return (
        f"# Time: 2026-11-24T10:00:00.123456Z\n# User@Host: shop[shop] @ web [10.0.0.1]  Id:    41\n{head}"
        f"# Query_time: {seconds}  Lock_time: 0.000010 Rows_sent: {rows[0]}  Rows_examined: {rows[1]}\n"
        f"SET timestamp=1795514400;\n{sql};\n"
    )
