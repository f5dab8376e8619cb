"""Known issues, every check that is not a pass, with owner and date; and what holds, so that silence is no claim."""

from __future__ import annotations

from collections.abc import Iterable

from launchready_tui.deliverables import citing, claims, marks
from launchready_tui.deliverables.blocks import (
    Block,
    Break,
    Code,
    Column,
    DocumentLink,
    Line,
    Paragraph,
    Row,
    Section,
    Table,
    Text,
    line,
)
from launchready_tui.deliverables.reading import Group, Reading
from launchready_tui.deliverables.repairs import anchor
from launchready_tui.model.board import Standing
from launchready_tui.model.runbook import Kind
from launchready_tui.model.verdicts import Severity, Verdict
from launchready_tui.text import plural

_PROBLEM_COLUMNS = (
    Column("State", "state"),
    Column("Issue", "main"),
    Column("Subject"),
    Column("Owner and date", "person"),
    Column("Proof", "source"),
)


def known_issues(reading: Reading) -> Section:
    """Everything that is not a pass (CHECKS.md S7.DOC.02)."""
    problems = [row for row in reading.problems if row.severity is not Severity.INFO]
    live = [row for row in reading.unseen if row.entry.kind is Kind.LIVE and row.severity is not Severity.INFO]
    waiting = [row for row in reading.unseen if row.entry.kind is not Kind.LIVE]
    unowned = sum(row.owner is None for row in problems)
    start = line(
        Text(plural(len(problems), "problem"), "strong"),
        f", {len(reading.snapshot.gate.blockers)} of them open blockers",
        f"; {unowned} without an owner" if unowned else "; each with an owner" if problems else "",
        f"; {plural(len(live), 'check')} that could not be seen; {plural(len(waiting), 'answer')} of people missing.",
    )
    blocks: list[Block] = [Paragraph(start)]
    if problems:
        table = Table(_PROBLEM_COLUMNS, tuple(_problem(reading, row) for row in problems), dense=True)
        blocks.append(Section("Problems", "issues-problems", (table,)))
    if live:
        blocks.append(Section("Not seen", "issues-unseen", (_unseen(reading, live),)))
    if waiting:
        blocks.append(Section("Not answered", "issues-unanswered", (_unanswered(reading, waiting),)))
    return Section("Known issues", "issues", tuple(blocks))


def _problem(reading: Reading, row: Standing) -> Row:
    state = line(marks.mark(row), Break(), marks.severity_mark(row.severity))
    what = line(DocumentLink("risk-list", row.entry.claim, anchor(row.entry.id)), Break(), row.result.summary)
    return Row((state, what, line(Code(row.result.subject)), citing.owner(reading, row), citing.source(reading, row)))


def _unseen(reading: Reading, rows: Iterable[Standing]) -> Table:
    """One line a check and reason: what could not be seen, and how it could."""
    grouped: dict[tuple[str, str], list[Standing]] = {}
    for row in rows:
        grouped.setdefault((row.entry.id, row.result.reason), []).append(row)
    columns = (
        Column("State", "state"),
        Column("Check", "main"),
        Column("Subjects"),
        Column("Owner and date", "person"),
        Column("Proof", "source"),
    )
    lines = []
    for found in grouped.values():
        first = found[0]
        state = line(marks.mark(first), Break(), marks.severity_mark(first.severity))
        how = (Break(), Text("To decide it: ", "muted"), Text(first.result.decide_by)) if first.result.decide_by else ()
        what = line(Text(first.entry.claim, "strong"), Break(), first.result.summary, *how)
        proof = citing.sources(reading, found)
        lines.append(Row((state, what, citing.subjects(found), citing.owner(reading, first), proof)))
    return Table(columns, tuple(lines), dense=True)


def _unanswered(reading: Reading, rows: Iterable[Standing]) -> Table:
    columns = (
        Column("State", "state"),
        Column("Claim", "main"),
        Column("Stage", "short"),
        Column("Owner and date", "person"),
        Column("Proof", "source"),
    )
    lines = []
    for row in rows:
        state = line(marks.mark(row), Break(), marks.severity_mark(row.severity))
        what = line(
            Text(row.entry.claim, "strong"), *((Break(), Text(row.result.summary)) if row.result.record else ())
        )
        lines.append(Row((state, what, line(row.entry.stage), citing.owner(reading, row), citing.source(reading, row))))
    return Table(columns, tuple(lines), dense=True)


def what_holds(reading: Reading) -> Section:
    """The checks that hold everywhere, a line each."""
    groups = [group for group in reading.groups if _holds(group)]
    if not groups:
        return Section("What holds", "holds", (Paragraph(line(Text("Nothing was shown to hold yet.", "muted"))),))
    columns = (Column("State", "state"), Column("Claim", "main"), Column("Proof", "source"))
    rows = tuple(
        Row((line(marks.mark(group.worst)), _held(reading, group), citing.sources(reading, group.rows)))
        for group in groups
    )
    count = f"{plural(len(groups), 'check')} hold for everything that they were asked about."
    intro = f"{count} What stands in no list was not looked at."
    return Section("What holds", "holds", (Paragraph(line(intro)), Table(columns, rows, dense=True)))


def _held(reading: Reading, group: Group) -> Line:
    return claims.claim(reading, group)


def _holds(group: Group) -> bool:
    return group.is_known and all(
        row.verdict in (Verdict.PASS, Verdict.NOT_APPLICABLE) and not row.stale for row in group.rows
    )
