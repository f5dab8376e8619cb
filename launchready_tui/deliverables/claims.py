"""What is known about a set of checks, and what is missing: the two tables that most documents are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from launchready_tui.checks.operations.rollbacknote import NOTE
from launchready_tui.deliverables import citing, marks
from launchready_tui.deliverables.blocks import (
    Block,
    Break,
    Callout,
    Code,
    Column,
    DocumentLink,
    Line,
    Paragraph,
    Row,
    Section,
    Table,
    Text,
    joined,
    line,
)
from launchready_tui.deliverables.dates import day, work
from launchready_tui.deliverables.reading import Group, Reading
from launchready_tui.engine.fixes import filled
from launchready_tui.model.journal import payload
from launchready_tui.model.records import Attestation, Decision, Drill, Note, Record
from launchready_tui.model.verdicts import Severity, Verdict
from launchready_tui.text import plural, span

ROLLBACK = "rollback-note"
"""The document that the rollback note is."""

_HOLDS = (Verdict.PASS, Verdict.WARN)


def known_and_missing(reading: Reading, groups: Sequence[Group], prefix: str = "") -> tuple[Section, ...]:
    """Two sections: what is known, and what nobody answered yet. `prefix` keeps the anchors of several pairs apart."""
    known = [group for group in groups if group.is_known]
    lacking = [group for group in groups if not group.is_known]
    sections = []
    if known:
        sections.append(Section("What is known", f"{prefix}known", (known_table(reading, known),)))
    if lacking:
        sections.append(
            Section(f"What is missing: {len(lacking)}", f"{prefix}missing", (missing_table(reading, lacking),))
        )
    return tuple(sections)


def tally(groups: Sequence[Group]) -> Callout:
    """How complete a document is, as a box: nobody should have to count."""
    rows = [group.worst for group in groups]
    holding = sum(group.worst.verdict in _HOLDS for group in groups)
    failing = sum(row.verdict is Verdict.FAIL for row in rows)
    missing = sum(not group.is_known for group in groups)
    unsure = len(groups) - holding - failing - missing
    parts = [f"{holding} of {len(groups)} hold"]
    parts += [f"{failing} fail"] if failing else []
    parts += [f"{unsure} could not be decided"] if unsure else []
    parts += [f"{missing} missing: nobody looked or answered yet"] if missing else []
    if missing == len(groups):
        return Callout(
            "unknown",
            "Nothing is recorded for this document yet",
            (Paragraph(line("Everything below is still to be answered.")),),
        )
    return Callout("fail" if failing else "unknown" if missing or unsure else "pass", ", ".join(parts))


def known_table(reading: Reading, groups: Iterable[Group]) -> Table:
    """State, claim with what was said or seen, and the proof."""
    columns = (Column("State", "state"), Column("Claim", "main"), Column("Proof", "source"))
    return Table(
        columns,
        tuple(Row((_state(group), claim(reading, group), citing.sources(reading, group.rows))) for group in groups),
    )


def missing_table(reading: Reading, groups: Iterable[Group]) -> Table:
    """What has to be shown, how it can be proven, and how long that takes."""
    columns = (Column("State", "state"), Column("To be shown", "main"), Column("Proof"), Column("Time", "short"))
    rows = []
    for group in groups:
        entry = group.entry
        statement = filled(entry.statement, group.worst.result.subject, reading.snapshot.product)
        text = line(Text(entry.claim, "strong"), *((Break(), Text(_flat(statement), "muted")) if statement else ()))
        rows.append(Row((_state(group), text, line(_methods(entry.methods)), line(work(entry.minutes)))))
    return Table(columns, tuple(rows))


def claim(reading: Reading, group: Group) -> Line:
    """The claim of a check, with what is known about it."""
    return line(Text(group.entry.claim, "strong"), Break(), *what_is_known(reading, group))


def what_is_known(reading: Reading, group: Group) -> Line:
    """One or two sentences: the statement that a person gave word for word, or the figures of what was seen."""
    worst = group.worst
    record = reading.numbers.get(worst.result.record)
    match record.payload if record else None:
        case Attestation() as answer:
            return _attested(answer, worst.result.summary if worst.verdict is Verdict.UNKNOWN else "")
        case Drill() as drill:
            return line(worst.result.summary, f" {drill.note}" if drill.note else "")
        case _:
            pass
    if len(group.rows) == 1:
        return line(worst.result.summary)
    if len(waiting := group.having(Verdict.NOT_RUN)) == len(group.rows):
        return line(f"Not run yet, {plural(len(group.rows), 'place')}: {worst.result.summary}")
    holding = len(group.having(Verdict.PASS, Verdict.WARN, Verdict.NOT_APPLICABLE))
    parts = [line(f"{holding} of {plural(len(group.rows), 'place')} hold")]
    for verdict, word in (
        (Verdict.FAIL, "fail"),
        (Verdict.WARN, "with a weakness"),
        (Verdict.UNKNOWN, "could not be seen"),
    ):
        rows = group.having(verdict)
        if rows:
            parts.append(line(f"{len(rows)} {word} (", citing.subjects(rows, 2), f": {rows[0].result.summary})"))
    parts += [line(f"{len(waiting)} not run yet")] if waiting else []
    return joined(parts, "; ")


def _attested(answer: Attestation, summary: str) -> Line:
    said = "" if answer.holds else "Said not to hold: "
    parts = [line(f"{said}“{_flat(answer.statement)}”")]
    if answer.note:
        parts.append(line(answer.note))
    if answer.proof:
        digest = f" (SHA-256 {answer.proof_sha256[:16]}…)" if answer.proof_sha256 else ""
        parts.append(line("Proof: ", Code(answer.proof), digest))
    if summary:
        parts.append(line(summary))
    parts.append(line(Text(f"Holds until {day(answer.expires_at)}.", "muted")))
    return joined(parts, " ")


def decisions_table(reading: Reading, records: Iterable[Record]) -> Table:
    """Decisions with what they replaced and what replaced them."""
    superseded = {
        payload(r, Decision).supersedes: r.number
        for r in reading.snapshot.state.decisions
        if payload(r, Decision).supersedes
    }
    columns = (Column("Decision", "main"), Column("Why"), Column("Who", "person"), Column("Record", "source"))
    rows = []
    for record in records:
        decision = payload(record, Decision)
        options = f"Options: {', '.join(decision.options)}." if decision.options else ""
        text = line(
            Text(decision.title, "strong"),
            Break(),
            "→ ",
            decision.choice,
            *((Break(), Text(options, "muted")) if options else ()),
        )
        later = superseded.get(record.number)
        if later:
            text = line(Text("superseded by decision ", "muted"), Text(str(later), "muted"), Break(), *text)
        if decision.supersedes:
            text = line(*text, Break(), Text(f"supersedes decision {decision.supersedes}", "muted"))
        rows.append(Row((text, line(decision.why), line(decision.who), citing.recorded(record))))
    return Table(columns, tuple(rows))


def notes_table(reading: Reading, records: Iterable[Record]) -> Table:
    """Notes with what they are about."""
    columns = (Column("Note", "main"), Column("About"), Column("By", "person"), Column("Record", "source"))
    rows = []
    for record in records:
        note = payload(record, Note)
        entry = reading.snapshot.runbook.entry(note.check) if note.check else None
        about = line(entry.claim if entry else note.check, *((Break(), Code(note.subject)) if note.subject else ()))
        parts: list[Line] = [line(part.strip()) for part in note.text.splitlines() if part.strip()]
        if note.check == NOTE and reading.deliverable(ROLLBACK):
            parts = [line(DocumentLink(ROLLBACK, "the rollback note"), f", {plural(len(parts), 'line')}")]
        rows.append(Row((joined(parts, Break()), about, line(note.by), citing.recorded(record))))
    return Table(columns, tuple(rows))


def remarks(reading: Reading, groups: Sequence[Group], prefix: str = "") -> tuple[Section, ...]:
    """The decisions and notes about some checks, where there are any."""
    checks = [group.entry.id for group in groups]
    sections = []
    if decided := reading.decisions(checks):
        sections.append(Section("Decisions", f"{prefix}decisions", (decisions_table(reading, decided),)))
    if noted := reading.notes(checks):
        sections.append(Section("Notes", f"{prefix}notes", (notes_table(reading, noted),)))
    return tuple(sections)


def drill_steps(record: Record) -> tuple[Block, ...]:
    """What was marked on the stopwatch, with its time."""
    drill = payload(record, Drill)
    columns = (Column("At", "short"), Column("Step", "main"))
    rows = tuple(Row((line(_clock(step.seconds)), line(step.text))) for step in drill.steps)
    end = "Done after" if drill.completed else "Given up after"
    head = Paragraph(line(Text(f"{end} {span(drill.seconds)}", "strong"), " · ", *citing.said(record)))
    return (head, Table(columns, rows)) if rows else (head,)


def open_blockers(groups: Iterable[Group]) -> int:
    """How many of the checks keep the gate shut."""
    return sum(any(row.blocks and row.severity is Severity.BLOCKER for row in group.rows) for group in groups)


def link_to_handover(section: str, words: str) -> DocumentLink:
    """Leads to a part of the handover."""
    return DocumentLink("handover", words, section)


def _state(group: Group) -> Line:
    severity = group.worst.severity
    label = () if group.worst.is_settled else (Break(), marks.severity_mark(severity))
    return line(marks.mark(group.worst), *label)


def _methods(methods: Iterable[str]) -> str:
    return " or ".join(method.replace("-", " ") for method in methods)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes:02d}:{rest:02d}"


def _flat(text: str) -> str:
    return " ".join(text.split())
