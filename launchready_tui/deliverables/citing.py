"""How a document proves what it says: evidence with its date, or a record with who said it, who watched, and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from launchready_tui.deliverables.blocks import (
    Code,
    EvidenceRef,
    Line,
    RecordRef,
    Span,
    Text,
    When,
    joined,
    line,
)
from launchready_tui.deliverables.dates import day, minute
from launchready_tui.deliverables.marks import was_seen
from launchready_tui.deliverables.reading import Reading
from launchready_tui.model.board import Standing
from launchready_tui.model.records import Attestation, Drill, Grant, Ownership, Person, Record, System
from launchready_tui.model.results import Result

SHOWN = 2
"""How many pieces of evidence are named beside a claim; the evidence list has them all."""

NOBODY = Text("nobody yet", "muted")


def source(reading: Reading, row: Standing, shown: int = SHOWN) -> Line:
    """Where a check's state comes from. Nothing is claimed where nobody looked, and the line says so."""
    result = row.result
    if result.record:
        record = reading.numbers.get(result.record)
        return said(record) if record else line(RecordRef(result.record), ", ", When(day(result.at)))
    return seen(result, shown) if was_seen(result) else line(Text("nobody looked yet", "muted"))


def seen(result: Result, shown: int = SHOWN) -> Line:
    """The evidence of a live result, with its date."""
    where = evidence(result.evidence, shown) or line(f"run {result.run}")
    return line(where, ", ", When(minute(result.at)))


def evidence(ids: Sequence[str], shown: int = SHOWN) -> Line:
    """The first ids, and how many more there are."""
    named: list[Line] = [(EvidenceRef(item),) for item in ids[:shown]]
    more = len(ids) - len(named)
    return line(joined(named, " "), Text(f" +{more}", "muted") if more > 0 else "")


def sources(reading: Reading, rows: Iterable[Standing], shown: int = SHOWN) -> Line:
    """Where the states of several subjects come from: the first evidence of each, and the newest date."""
    known = [row for row in rows if was_seen(row.result)]
    if not known:
        return line(Text("nobody looked yet", "muted"))
    if len(known) == 1 or known[0].result.record:
        return source(reading, known[0], shown)
    ids = list(dict.fromkeys(item for row in known for item in row.result.evidence))
    newest = max(row.result.at for row in known)
    return (
        line(evidence(ids, shown), ", ", When(minute(newest)))
        if ids
        else line(f"run {known[0].result.run}, ", When(minute(newest)))
    )


def said(record: Record) -> Line:
    """Who recorded something, who watched, how and when."""
    parts: list[Span | str] = [RecordRef(record.number)]
    match record.payload:
        case Attestation(by=by, witness=witness, method=method):
            parts.append(f" · {by}{f', witness {witness}' if witness else ', no witness'} · {method.replace('-', ' ')}")
        case Drill(by=by, witness=witness):
            parts.append(f" · {by}{f', witness {witness}' if witness else ', no witness'} · stopwatch")
        case Person() | System() | Grant():
            parts.append(" · the access map")
        case _:
            pass
    return line(*parts, ", ", When(minute(record.at)))


def recorded(record: Record | None) -> Line:
    """The number and day of a record, for lists in which the person stands elsewhere."""
    return line(RecordRef(record.number), ", ", When(day(record.at))) if record else ()


def owner(reading: Reading, row: Standing) -> Line:
    """Who owns a problem, until when, and where that was recorded."""
    owned: Ownership | None = row.owner
    if owned is None:
        return line(NOBODY)
    record = reading.record_of(owned)
    due = Text(f", due {owned.due}" if owned.due else ", no date", "plain" if owned.due else "muted")
    return line(owned.owner, due, *((" · ", RecordRef(record.number)) if record else ()))


def subjects(rows: Sequence[Standing], shown: int = 3) -> Line:
    """The subjects of some rows: the first ones, and how many more."""
    names = list(dict.fromkeys(row.result.subject for row in rows))
    named: list[Line] = [(Code(name),) for name in names[:shown]]
    more = len(names) - shown
    return line(joined(named), Text(f" and {more} more", "muted") if more > 0 else "")


def seen_first(rows: Sequence[Standing]) -> str:
    """What was seen at the first of several subjects, with its name where the sentence does not hold it."""
    result = rows[0].result
    return (
        result.summary if len(rows) == 1 or result.subject in result.summary else f"{result.subject}: {result.summary}"
    )
