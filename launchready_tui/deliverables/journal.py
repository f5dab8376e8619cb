"""What people recorded: decisions, waivers, drills, answers, notes and so on, and the whole journal with its chain."""

from __future__ import annotations

from launchready_tui.deliverables import citing, claims, marks, signatures
from launchready_tui.deliverables.blocks import (
    Block,
    Break,
    Callout,
    Code,
    Column,
    Line,
    Mark,
    Paragraph,
    RecordRef,
    Row,
    Section,
    Table,
    Text,
    When,
    joined,
    line,
)
from launchready_tui.deliverables.dates import day, minute, second
from launchready_tui.deliverables.reading import Reading
from launchready_tui.model.journal import counting, payload
from launchready_tui.model.records import Attestation, Authorization, Drill, Record, SignOff, Waiver
from launchready_tui.text import plural
from launchready_tui.words.records import describe


def _empty(title: str, anchor: str, words: str) -> Section:
    return Section(title, anchor, (Paragraph(line(Text(words, "muted"))),))


def launch_notes(reading: Reading) -> Section:
    """The notes that belong to no check, then those that do."""
    notes = reading.snapshot.state.notes
    if not notes:
        return _empty("Launch notes", "notes", "Nobody wrote a note yet.")
    general = reading.notes(("",))
    others = [record for record in notes if record not in general]
    return Section("Launch notes", "notes", (claims.notes_table(reading, [*general, *others]),))


def decisions(reading: Reading) -> Section:
    """All decisions, in the order in which they were taken; superseded ones are marked."""
    found = reading.snapshot.state.decisions
    if not found:
        return _empty("Decisions", "decisions", "No decision was recorded yet.")
    return Section("Decisions", "decisions", (claims.decisions_table(reading, found),))


def waivers(reading: Reading) -> Section:
    """All waivers, in force or not."""
    found = sorted(reading.snapshot.state.waivers.values(), key=lambda record: record.number)
    if not found:
        return _empty("Waivers", "waivers", "No risk was accepted in writing.")
    columns = (
        Column("State", "state"),
        Column("Risk", "main"),
        Column("Why, and control", "main"),
        Column("Who", "person"),
        Column("Record", "source"),
    )
    return Section("Waivers", "waivers", (Table(columns, tuple(_waiver(reading, record) for record in found)),))


def _waiver(reading: Reading, record: Record) -> Row:
    waiver = payload(record, Waiver)
    row = reading.by_key.get((waiver.check, waiver.subject))
    in_force = row is not None and row.waiver is record and row.is_waived
    state = line(
        marks.mark(row) if row and in_force else Text("not in force", "muted"), Break(), f"until {day(waiver.until)}"
    )
    risk = line(Text(_claim(reading, waiver.check), "strong"), Break(), Code(waiver.subject), f" · {waiver.reason}")
    why = line(waiver.why, Break(), Text("Control: ", "muted"), waiver.control)
    return Row((state, risk, why, line(waiver.who), citing.recorded(record)))


def drills(reading: Reading) -> Section:
    """All drills, with the steps as they were marked."""
    found = sorted(reading.snapshot.state.drills.values(), key=lambda record: record.number)
    if not found:
        return _empty("Drills", "drills", "Nothing was tried against the clock yet.")
    parts: list[Block] = []
    for record in found:
        drill = payload(record, Drill)
        note = (Paragraph(line(drill.note)),) if drill.note else ()
        row = next((row for row in reading.snapshot.board if row.result.record == record.number), None)
        state = (Paragraph(line(marks.mark(row), f" {row.result.summary}")),) if row else ()
        parts.append(
            Section(
                _claim(reading, drill.check), f"drill-{record.number}", (*state, *claims.drill_steps(record), *note)
            )
        )
    return Section("Drills", "drills", tuple(parts))


def attestations(reading: Reading) -> Section:
    """All answers of people that count, with the statement as it was shown to them."""
    found = sorted(reading.snapshot.state.attestations.values(), key=lambda record: record.number)
    if not found:
        return _empty("Answers of people", "attestations", "Nobody answered anything yet.")
    columns = (
        Column("Answer", "state"),
        Column("Statement", "main"),
        Column("Until", "short"),
        Column("Proof", "source"),
    )
    rows = tuple(Row(_attestation(reading, record)) for record in found)
    return Section("Answers of people", "attestations", (Table(columns, rows, dense=True),))


def _attestation(reading: Reading, record: Record) -> tuple[Line, ...]:
    answer = payload(record, Attestation)
    expired = reading.snapshot.now > answer.expires_at
    state = Mark("✎", "holds", "attested") if answer.holds else Mark("✗", "does not hold", "fail")
    state = Mark("?", "expired", "unknown") if expired else state
    parts: list[Line] = [line(Text(_claim(reading, answer.check), "strong")), line(" ".join(answer.statement.split()))]
    parts += [line(Text("Note: ", "muted"), answer.note)] if answer.note else []
    digest = f" SHA-256 {answer.proof_sha256}" if answer.proof_sha256 else ""
    parts += [line(Text("Proof: ", "muted"), Code(answer.proof), digest)] if answer.proof else []
    return (line(state), joined(parts, Break()), line(When(day(answer.expires_at))), citing.said(record))


def permissions(reading: Reading) -> Section:
    """Who allowed what to be tried on the product."""
    found = reading.snapshot.state.authorizations
    if not found:
        return _empty("Authorizations", "authorizations", "Nothing beyond what any visitor does was authorized.")
    columns = (
        Column("Hosts"),
        Column("What", "short"),
        Column("Who, and how shown", "main"),
        Column("Until", "short"),
        Column("Record", "source"),
    )
    rows = []
    for record in found:
        grant = payload(record, Authorization)
        host = line("every host of the profile") if grant.host == "*" else line(Code(grant.host))
        who = line(Text(grant.who, "strong"), Break(), grant.proof)
        until = line(When(day(grant.until)) if grant.until else "no end")
        rows.append(Row((host, line(", ".join(grant.levels)), who, until, citing.recorded(record))))
    return Section("Authorizations", "authorizations", (Table(columns, tuple(rows)),))


def sign_offs(reading: Reading) -> Section:
    """Who signed the gate, as it stood then, and which signatures are outdated."""
    found = reading.snapshot.state.sign_offs
    if not found:
        return _empty("Sign-off", "sign-off", "Neither consultant nor founder has signed the gate yet.")
    columns = (
        Column("Who", "main"),
        Column("The gate said", "state"),
        Column("Head of the chain"),
        Column("Record", "source"),
    )
    rows = []
    for record in found:
        signed = payload(record, SignOff)
        who = line(Text(signed.by, "strong"), f", {signed.role}")
        old = signatures.outdated(reading, record)
        who = line(*who, Break(), *old) if old else who
        rows.append(
            Row(
                (
                    who,
                    line(signed.verdict),
                    line(Code(signed.head[:16])),
                    line(RecordRef(record.number), ", ", When(minute(record.at))),
                )
            )
        )
    return Section("Sign-off", "sign-off", (Table(columns, tuple(rows)),))


def whole_journal(reading: Reading) -> Section:
    """Every record in order, with its link of the chain; what was taken back stays, marked."""
    records = reading.snapshot.records
    if not records:
        return _empty("Journal", "journal", "The journal is empty.")
    counts = {record.number for record in counting(records)}
    columns = (
        Column("Record", "short"),
        Column("When (UTC)", "source"),
        Column("What", "main"),
        Column("Link", "source"),
    )
    rows = tuple(_entry(reading, record, record.number in counts) for record in records)
    head = Callout(
        "plain",
        "How to check it",
        (
            Paragraph(
                line(
                    "Every record carries the hash of the one before; the head of the chain is ",
                    Code(reading.snapshot.head or "none"),
                    ".",
                )
            ),
        ),
    )
    return Section(
        f"Journal: {plural(len(records), 'record')}", "journal", (head, Table(columns, rows, dense=True)), page=True
    )


def _entry(reading: Reading, record: Record, counts: bool) -> Row:
    text = line(describe(record.payload, reading.snapshot.runbook))
    if not counts and record.payload.undoable:
        text = line(*text, Break(), Text("taken back", "muted"))
    cells = (line(str(record.number)), line(When(second(record.at))), text, line(Code(record.hash[:12])))
    return Row(cells, anchor=f"r-{record.number}")


def _claim(reading: Reading, check: str) -> str:
    entry = reading.snapshot.runbook.entry(check)
    return entry.claim if entry else check
