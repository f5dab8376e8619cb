"""Where the hash chain of a pack does not hold, in sentences that name the record, evidence or result."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from launchready_tui.model import codec
from launchready_tui.model.chain import ChainRow, link
from launchready_tui.pack.layout import Chain
from launchready_tui.text import one_line, plural

SHORTEST_HEAD = 16
"""The fewest digits that a head may be given with: page one of the handover shows as many."""


def faults(rows: Sequence[ChainRow], sealed: Chain) -> tuple[str, ...]:
    """Everything that is wrong with the rows, which are in the order of the chain."""
    found = [*_breaks(rows), *_numbers(rows), *_lost_evidence(rows), *_evidence_ids(rows), *_sign_offs(rows)]
    counts = {table: sum(row.table == table for row in rows) for table in sealed.rows}
    for table, count in sealed.rows.items():
        if counts[table] != count:
            found.append(f"the manifest counts {plural(count, 'row')} of {table}, there are {counts[table]:,}")
    head = rows[-1].hash if rows else ""
    if head != sealed.head:
        found.append(f"the chain ends at {head[:16] or 'nothing'}, the manifest says {sealed.head[:16] or 'nothing'}")
    return tuple(found)


def missing_head(rows: Sequence[ChainRow], head: str) -> str:
    """Why the chain does not hold a head that somebody wrote down; '' if it does."""
    wanted = head.strip().lower().rstrip("….")
    if any(row.hash.startswith(wanted) for row in rows):
        return ""
    return f"the chain never had the head {wanted[:16]}: it was recomputed, or cut, after that was written down"


def rows_after(rows: Sequence[ChainRow], head: str) -> int:
    """How many rows were added after that head."""
    wanted = head.strip().lower().rstrip("….")
    place = next((place for place, row in enumerate(rows, 1) if row.hash.startswith(wanted)), len(rows))
    return len(rows) - place


def name_of(row: ChainRow) -> str:
    """What people call a row."""
    stored = row.stored
    match row.table:
        case "records":
            name = f"record {stored['number']} ({stored['kind']})"
        case "evidence":
            about = f" about {stored['host']}" if stored["host"] else ""
            name = f"evidence {stored['id']} ({stored['kind']}{about})"
        case "results":
            name = f"the result of {stored['check']} for {stored['subject']} in run {stored['run']}"
        case "runs":
            name = f"the beginning of run {stored['id']}"
        case _:
            name = f"the end of run {stored['run']}"
    return one_line(name, 200)


def _breaks(rows: Sequence[ChainRow]) -> Iterator[str]:
    head, last = "", 0
    before: ChainRow | None = None
    for row in rows:
        place = f"after {name_of(before)}" if before else "at the beginning"
        if row.seq == last:
            yield f"{name_of(row)} stands where another row stands already (row {row.seq} of the chain)"
        elif row.seq != last + 1:
            yield f"{plural(row.seq - last - 1, 'row')} of the chain {place} {_were(row.seq - last - 1)} removed"
        elif link(head, row.table, row.stored) != row.hash:
            yield f"{name_of(row)} was altered: it does not fit the chain"
        head, last, before = row.hash, row.seq, row


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _numbers(rows: Iterable[ChainRow]) -> Iterator[str]:
    """Records that are missing from the count of the journal."""
    numbers = {row.stored["number"] for row in rows if row.table == "records"}
    if numbers and max(numbers) > len(numbers):
        gone = [number for number in range(1, min(max(numbers), 100_000)) if number not in numbers]
        for number in gone[:20]:
            yield f"record {number} is missing"


def _lost_evidence(rows: Iterable[ChainRow]) -> Iterator[str]:
    """Evidence that a result names and that is not there."""
    held = {row.stored["id"] for row in rows if row.table == "evidence"}
    lost: dict[str, str] = {}
    for row in rows:
        if row.table == "results":
            for item in _content(row).get("evidence", ()):
                if isinstance(item, str) and item not in held:
                    lost.setdefault(item, name_of(row))
    for item, result in list(lost.items())[:20]:
        yield f"evidence {one_line(item, 40)} is missing; {result} rests on it"


def _evidence_ids(rows: Iterable[ChainRow]) -> Iterator[str]:
    """Evidence whose content is not what its id was made from."""
    for row in rows:
        if row.table == "evidence":
            content = _content(row)
            named = content.pop("id", "")
            if named != row.stored["id"] or codec.digest(content)[:16] != named:
                yield f"{name_of(row)} is not what its id was made from"


def _sign_offs(rows: Iterable[ChainRow]) -> Iterator[str]:
    """Signatures under a chain that is not this one."""
    heads = {""}
    for row in rows:
        if row.table == "records" and row.stored["kind"] == "sign-off":
            said = _content(row)
            if said.get("head", "") not in heads:
                yield (
                    f"{name_of(row)}: {one_line(str(said.get('by', '')), 60)} signed at a head that this chain never "
                    "had; what stands before it was changed since"
                )
        heads.add(row.hash)


def _content(row: ChainRow) -> dict[str, Any]:
    text = row.stored["payload" if row.table == "records" else "content"]
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return dict(found) if isinstance(found, Mapping) else {}
