"""What people wrote into the engagement itself, as sections of a document: the signals of the journeys, the rollback
note, the exit list.
"""

from __future__ import annotations

from launchready_tui.checks.operations.rollbacknote import NOTE, lint
from launchready_tui.deliverables.blocks import (
    Block,
    Bullets,
    Callout,
    Code,
    Column,
    Paragraph,
    RecordRef,
    Row,
    Section,
    Table,
    Text,
    When,
    line,
)
from launchready_tui.deliverables.dates import day
from launchready_tui.deliverables.prose import blocks_of
from launchready_tui.deliverables.reading import Reading
from launchready_tui.engine.exitlist import ExitState, exit_list
from launchready_tui.model.journal import payload
from launchready_tui.model.product import BusinessSignal
from launchready_tui.model.records import Note
from launchready_tui.text import plural

_UNITS = {"count": "failures", "rate": "% failing", "latency": "ms"}


def registry(reading: Reading) -> Section:
    """The failure signals of the product profile, a line each."""
    signals = reading.snapshot.product.signals
    if not signals:
        how = Paragraph(line("Each is a ", Code("[[signal]]"), " of the product profile."))
        return Section("Signals of the journeys", "signals", (Callout("unknown", "No signal is declared", (how,)),))
    columns = (
        Column("Journey", "short"),
        Column("Signal", "main"),
        Column("Fires at", "short"),
        Column("Who is told, and does what", "main"),
        Column("Last fired", "short"),
    )
    return Section("Signals of the journeys", "signals", (Table(columns, tuple(map(_signal, signals))),))


def _signal(signal: BusinessSignal) -> Row:
    source = Code(signal.source) if signal.source else Text("source not recorded", "muted")
    owner = Text(signal.owner, "strong") if signal.owner else Text("nobody", "muted")
    tested = f"{signal.tested:%Y-%m-%d}" if signal.tested else Text("never", "muted")
    return Row(
        (
            line(signal.journey),
            line(signal.signal, ", ", source),
            line(f"{signal.threshold:g} {_UNITS[signal.kind]} in {signal.window}"),
            line(owner, f": {signal.action}" if signal.action else ""),
            line(tested),
        )
    )


def rollback(reading: Reading) -> Section:
    """The note as it is kept, with what its reader would miss."""
    notes = [record for record in reading.snapshot.state.notes if payload(record, Note).check == NOTE]
    if not notes:
        missing = Callout("unknown", "No rollback note is kept in this engagement")
        return Section("The note", "note", (missing,))
    record = notes[-1]
    note = payload(record, Note)
    who = f" by {note.by}" if note.by else ""
    blocks: list[Block] = [
        Paragraph(line(RecordRef(record.number), ", ", When(day(record.at)), who), "small"),
        *blocks_of(note.text),
    ]
    gaps = lint(note.text)
    if gaps:
        title = f"{plural(len(gaps), 'gap')} in the note"
        blocks.append(Callout("warn", title, (Bullets(tuple(line(gap.words) for gap in gaps[:20])),)))
    return Section("The note", "note", tuple(blocks))


def exits(reading: Reading) -> tuple[Section, ...]:
    """Whose access ends when; nothing where nobody leaves."""
    found = exit_list(reading.snapshot.state, reading.snapshot.now)
    if not found:
        return ()
    columns = (Column("System"), Column("Who", "person"), Column("Removal", "main"), Column("Record", "source"))
    rows = []
    for item in found:
        grant = item.grant
        when = {
            ExitState.GONE: f"gone, looked up on {day(grant.gone_at)}" if grant.gone_at else "gone",
            ExitState.NO_DATE: "no day is set",
            ExitState.OVERDUE: f"overdue since {day(grant.until)}" if grant.until else "overdue",
            ExitState.DATED: f"by {day(grant.until)}" if grant.until else "",
        }[item.state]
        record = reading.record_of(grant)
        proof = line(RecordRef(record.number), ", ", When(day(record.at))) if record else line("")
        rows.append(Row((line(item.title), line(grant.person), line(when), proof)))
    return (Section("Exit list", "access-exits", (Table(columns, tuple(rows)),)),)
