"""The launch risk list (ROADMAP.md S1.D1): what was found wrong, labelled; and apart from it, what nobody has seen."""

from __future__ import annotations

from collections.abc import Mapping

from launchready_tui.deliverables import citing, marks
from launchready_tui.deliverables.blocks import (
    Block,
    Break,
    Callout,
    Code,
    Column,
    Document,
    DocumentLink,
    Line,
    Paragraph,
    RecordRef,
    Row,
    Section,
    Table,
    Text,
    line,
)
from launchready_tui.deliverables.dates import day, work
from launchready_tui.deliverables.reading import Reading
from launchready_tui.deliverables.repairs import anchor, repairs
from launchready_tui.engine.fixplan import FORMULA
from launchready_tui.model.board import Standing
from launchready_tui.model.journal import payload
from launchready_tui.model.records import Waiver
from launchready_tui.model.verdicts import Severity, Verdict
from launchready_tui.text import plural

ID = "risk-list"
_LABELS = {
    Severity.BLOCKER: ("Blockers", "The launch does not go ahead while one of these stands."),
    Severity.HIGH: ("High", "Exposes data, money or mail, or is likely to break within the launch week."),
    Severity.MEDIUM: ("Medium", "Costs support time or trust; plan it after the two groups above."),
}
_COLUMNS = (
    Column("Label", "state"),
    Column("Problem", "main"),
    Column("Subject"),
    Column("Evidence", "source"),
    Column("Owner", "person"),
    Column("Fix", "short"),
)


def risk_list(reading: Reading) -> Document:
    """The document."""
    unseen = [reading.by_key[key] for key in reading.snapshot.gate.unseen]
    counts = {severity: [row for row in reading.problems if row.severity is severity] for severity in _LABELS}
    blocks: list[Block] = [Paragraph(_summary(counts, len(unseen)), "lede")]
    blocks += [_group(reading, severity, rows) for severity, rows in counts.items()]
    blocks.append(_not_seen(reading, unseen))
    parts = repairs(reading, [row for rows in counts.values() for row in rows])
    if parts:
        formula = Paragraph(line(Text("The order of the fix plan: ", "muted"), FORMULA), "small")
        blocks.append(Section("How each is repaired", "repairs", (formula, *parts)))
    return Document(ID, "Launch risk list", reading.product, reading.date, tuple(blocks))


def _summary(counts: Mapping[Severity, list[Standing]], unseen: int) -> Line:
    """How many of each label are open, what was accepted or only warns, and what is not in these figures."""
    problems = [row for rows in counts.values() for row in rows]
    labels = [(severity.value, sum(_is_open(row) for row in rows)) for severity, rows in counts.items()]
    first, *others = labels
    weak = sum(row.verdict is Verdict.WARN and not row.is_waived for row in problems)
    waived = sum(row.is_waived for row in problems)
    parts = [plural(first[1], "open blocker"), *(f"{count} open {name}" for name, count in others)]
    parts += [f"{plural(waived, 'risk')} accepted in writing"] if waived else []
    parts += [f"{plural(weak, 'warning')}, which let the launch through"] if weak else []
    return line(
        Text(plural(len(problems), "problem"), "strong"),
        f": {'; '.join(parts)}. Besides, {plural(unseen, 'blocker')} nobody has seen yet; ",
        "what is not seen is not safe, only unknown.",
    )


def _is_open(row: Standing) -> bool:
    """Whether a problem is one that counts as open on page one: it fails, and nobody accepted it."""
    return row.verdict is Verdict.FAIL and not row.is_waived


def _tally(rows: list[Standing]) -> str:
    """How many of a label are open, accepted, only warnings."""
    waived = sum(row.is_waived for row in rows)
    weak = sum(row.verdict is Verdict.WARN and not row.is_waived for row in rows)
    parts = [f"{sum(_is_open(row) for row in rows)} open"]
    parts += [f"{waived} accepted"] if waived else []
    parts += [f"{weak} only {'a warning' if weak == 1 else 'warnings'}"] if weak else []
    return ", ".join(parts)


def _group(reading: Reading, severity: Severity, rows: list[Standing]) -> Section:
    title, meaning = _LABELS[severity]
    if not rows:
        nothing: Block = Paragraph(line(Text("None was found by what was looked at.", "muted")))
        return Section(f"{title}: none", severity.value, (nothing,))
    table = Table(_COLUMNS, tuple(Row(_cells(reading, row)) for row in rows))
    return Section(f"{title}: {_tally(rows)}", severity.value, (Paragraph(line(meaning), "small"), table))


def _cells(reading: Reading, row: Standing) -> tuple[Line, ...]:
    label = line(marks.severity_mark(row.severity), Break(), marks.mark(row))
    problem = line(DocumentLink(ID, row.entry.claim, anchor(row.entry.id)), Break(), row.result.summary)
    if row.waiver is not None:
        waiver = payload(row.waiver, Waiver)
        problem = line(
            problem, Break(), Text(f"Accepted by {waiver.who} until {day(waiver.until)} "), RecordRef(row.waiver.number)
        )
    fix = line(work(row.entry.minutes))
    return (
        label,
        problem,
        line(Code(row.result.subject)),
        citing.source(reading, row),
        citing.owner(reading, row),
        fix,
    )


def _not_seen(reading: Reading, rows: list[Standing]) -> Section:
    if not rows:
        return Section("Not seen: none", "not-seen", (Paragraph(line(Text("Every blocker was looked at.", "muted"))),))
    columns = (
        Column("State", "state"),
        Column("Claim", "main"),
        Column("Subject"),
        Column("Source", "source"),
        Column("Answer", "short"),
    )
    lines = []
    for row in rows:
        how = row.result.decide_by or ("A person answers it, with a witness." if row.needs_person else "")
        claim = line(Text(row.entry.claim, "strong"), Break(), row.result.summary, f" {how}" if how else "")
        subject = line(Code(row.result.subject))
        lines.append(
            Row((line(marks.mark(row)), claim, subject, citing.source(reading, row), line(work(row.entry.minutes))))
        )
    return Section(
        f"Not seen: {plural(len(rows), 'blocker')}",
        "not-seen",
        (
            Callout(
                "unknown",
                "Nobody can say that these are safe. Each keeps the gate shut until it is seen or signed for.",
            ),
            Table(columns, tuple(lines), dense=True),
        ),
    )
