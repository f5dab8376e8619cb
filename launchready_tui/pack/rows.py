"""The rows of the hash chain as three JSON files, a row a line, and back without losing a byte of what was hashed.

Rows hold their content as canonical JSON text. In the files it stands as JSON, for people and programs to read; its
canonical form, and with it the hash, is computed again when it is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from launchready_tui.model import codec
from launchready_tui.model.chain import ChainRow
from launchready_tui.pack.layout import EVIDENCE, RECORDS, RESULTS, as_object

FILES: Mapping[str, tuple[str, ...]] = {
    RECORDS: ("records", "runs", "run_ends"),
    EVIDENCE: ("evidence",),
    RESULTS: ("results",),
}
"""Which tables each file holds."""

COLUMNS: Mapping[str, Mapping[str, type]] = {
    "records": {"seq": int, "number": int, "at": str, "kind": str, "payload": str},
    "runs": {"seq": int, "id": int, "started_at": str, "scope": str, "tool": str},
    "run_ends": {"seq": int, "run": int, "finished_at": str, "state": str},
    "evidence": {"seq": int, "id": str, "run": int, "kind": str, "host": str, "attempt": int, "content": str},
    "results": {
        "seq": int,
        "run": int,
        **dict.fromkeys(("check", "subject", "verdict", "severity", "reason", "at", "content"), str),
    },
}
_TEXTS = ("payload", "content")
"""The columns that hold canonical JSON."""

_SCHEMAS = {RECORDS: "launchready/records/1", EVIDENCE: "launchready/evidence/1", RESULTS: "launchready/results/1"}


class BadRows(ValueError):
    """A file holds something else than rows."""


def to_files(rows: Iterable[ChainRow], *, redacted: bool = False) -> dict[str, bytes]:
    """The three files. Where redacted, rows carry no hash: it would let contents be guessed and confirmed."""
    tables: dict[str, list[dict[str, Any]]] = {table: [] for tables in FILES.values() for table in tables}
    for row in rows:
        shown = {key: _opened(value) if key in _TEXTS else value for key, value in row.stored.items()}
        tables[row.table].append(shown if redacted else {**shown, "hash": row.hash})
    return {
        name: _file({"schema": _SCHEMAS[name], "redacted": redacted}, {table: tables[table] for table in held})
        for name, held in FILES.items()
    }


def from_file(name: str, data: bytes) -> tuple[ChainRow, ...]:
    """The rows in one of the files. Raises `BadRows`."""
    try:
        found = as_object(data)
    except ValueError as error:
        raise BadRows(f"{name} cannot be read as JSON ({error})") from None
    rows = []
    for table in FILES[name]:
        held = found.get(table)
        if not isinstance(held, list):
            raise BadRows(f"{name} has no list of {table}")
        rows += [_row(name, table, place, item) for place, item in enumerate(held, 1)]
    return tuple(rows)


def in_order(rows: Iterable[ChainRow]) -> tuple[ChainRow, ...]:
    """Rows in the order of the chain."""
    return tuple(sorted(rows, key=lambda row: row.seq))


def _row(name: str, table: str, place: int, item: object) -> ChainRow:
    columns = COLUMNS[table]
    if not isinstance(item, dict) or set(item) != {*columns, "hash"} or not isinstance(item["hash"], str):
        raise BadRows(f"{name}: number {place} of its {table} does not have the fields of a row")
    try:
        stored = {key: _closed(item[key]) if key in _TEXTS else item[key] for key in columns}
    except (ValueError, RecursionError):
        raise BadRows(f"{name}: number {place} of its {table} holds something that is no JSON") from None
    if any(type(stored[key]) is not kind for key, kind in columns.items()):
        raise BadRows(f"{name}: number {place} of its {table} has a field of the wrong kind")
    return ChainRow(table, stored, item["hash"])


def _opened(text: str) -> object:
    """Canonical JSON as a value; text that is none stays text."""
    try:
        value: object = json.loads(text)
        return value if not isinstance(value, str) and codec.canonical(value) == text else text
    except ValueError:
        return text


def _closed(value: object) -> str:
    return value if isinstance(value, str) else codec.canonical(value)


def _file(head: Mapping[str, object], tables: Mapping[str, list[dict[str, Any]]]) -> bytes:
    parts = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    for table, rows in tables.items():
        lines = ",\n".join(json.dumps(row, ensure_ascii=True, allow_nan=False) for row in rows)
        parts.append(f"{json.dumps(table)}: [\n{lines}\n]" if rows else f"{json.dumps(table)}: []")
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()
