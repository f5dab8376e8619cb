"""What somebody took upon themselves, for page one: waivers in force, signatures against the gate, and what a launch
accepts without anybody's signature.
"""

from __future__ import annotations

from launchready_tui.deliverables import citing, marks, signatures
from launchready_tui.deliverables.blocks import (
    Block,
    Break,
    Callout,
    Code,
    Column,
    DocumentLink,
    Line,
    Paragraph,
    RecordRef,
    Row,
    Table,
    Text,
    When,
    joined,
    line,
)
from launchready_tui.deliverables.dates import day, minute
from launchready_tui.deliverables.reading import Reading
from launchready_tui.model.board import GateVerdict, Standing
from launchready_tui.model.journal import payload
from launchready_tui.model.records import SignOff, Waiver
from launchready_tui.model.verdicts import Severity
from launchready_tui.text import plural

FULL = 4
"""Up to so many waivers are told in full whatever their severity; of more only the blockers."""

_RISK = Column("Accepted risk", "main")
_WHY = Column("Why, and what keeps the damage small", "main")
_SIGNED = (Column("Signed", "person"), Column("Until", "short"))

NAMED = 12
"""How many checks are named that nobody signed for; the known issues have all."""


def blocks(reading: Reading) -> tuple[Block, ...]:
    """Signatures against the gate, then waivers, then what nobody signed for; nothing where nothing was accepted."""
    return (*_overrides(reading), *_waivers(reading), *_unsigned(reading))


def count(reading: Reading) -> int:
    """How many risks are accepted: those in writing, and where the gate lets through more than those, the others."""
    return reading.snapshot.gate.waived + len(unsigned(reading))


def unsigned(reading: Reading) -> tuple[Standing, ...]:
    """The high problems that the gate lets through without a waiver; none where it is shut or plainly open."""
    if reading.snapshot.gate.verdict is not GateVerdict.GO_WITH_ACCEPTED_RISKS:
        return ()
    return reading.high_risks


def _overrides(reading: Reading) -> tuple[Block, ...]:
    found = []
    for record in signatures.overrides(reading):
        signed = payload(record, SignOff)
        title = f"Override: {signed.by}, {signed.role}, signed while the gate said {signed.verdict}"
        old = signatures.outdated(reading, record)
        proof = line(RecordRef(record.number), ", ", When(minute(record.at)))
        found.append(Callout("fail", title, (Paragraph(joined([proof, old])),)))
    return tuple(found)


def _waivers(reading: Reading) -> tuple[Block, ...]:
    rows = sorted((row for row in reading.snapshot.board if row.is_waived), key=_place)
    if not rows:
        return ()
    few = len(rows) <= FULL
    told = [row for row in rows if few or row.severity is Severity.BLOCKER]
    rest = [row for row in rows if not few and row.severity is not Severity.BLOCKER]
    inside: list[Block] = []
    if told:
        inside.append(Table((_RISK, _WHY, *_SIGNED), tuple(Row(_in_full(row)) for row in told), dense=True))
    if rest:
        inside.append(Table((_RISK, *_SIGNED), tuple(Row(_short(row)) for row in rest), dense=True))
        words = DocumentLink("handover", "under Waivers", "waivers")
        inside.append(Paragraph(line("Why, and what keeps the damage small, stands ", words, "."), "small"))
    return (Callout("waived", f"Accepted in writing: {plural(len(rows), 'risk')}", tuple(inside)),)


def _place(row: Standing) -> int:
    return list(Severity).index(row.severity)


def _in_full(row: Standing) -> tuple[Line, ...]:
    assert row.waiver is not None
    waiver = payload(row.waiver, Waiver)
    risk = line(
        marks.severity_mark(row.severity),
        " ",
        Text(row.entry.claim, "strong"),
        Break(),
        Code(row.result.subject),
        Break(),
        row.result.summary,
    )
    why = line(waiver.why, Break(), Text("Control: ", "muted"), waiver.control)
    return (risk, why, _who(row), line(When(day(waiver.until))))


def _short(row: Standing) -> tuple[Line, ...]:
    assert row.waiver is not None
    waiver = payload(row.waiver, Waiver)
    where = line(Code(row.result.subject), Text(f" · {row.result.summary}", "muted"))
    risk = line(marks.severity_mark(row.severity), " ", row.entry.claim, " · ", *where)
    return (risk, _who(row), line(When(day(waiver.until))))


def _who(row: Standing) -> Line:
    assert row.waiver is not None
    return line(payload(row.waiver, Waiver).who, ", ", RecordRef(row.waiver.number))


def _unsigned(reading: Reading) -> tuple[Block, ...]:
    rows = unsigned(reading)
    if not rows:
        return ()
    by_check: dict[tuple[str, str], list[Standing]] = {}
    for row in rows:
        by_check.setdefault((row.entry.id, marks.mark(row).word), []).append(row)
    groups = list(by_check.values())
    columns = (Column("State", "state"), Column("Risk", "main"), Column("Where"))
    shown = tuple(
        Row((line(marks.mark(found[0])), line(found[0].entry.claim), citing.subjects(found, 2)))
        for found in groups[:NAMED]
    )
    more = len(groups) - len(shown)
    inside: list[Block] = [Table(columns, shown, dense=True)]
    if more > 0:
        words = DocumentLink("handover", "known issues", "issues")
        inside.append(Paragraph(line(f"And {plural(more, 'more check')}, among the ", words, "."), "small"))
    title = f"Accepted by launching: {plural(len(rows), 'high risk')} that nobody signed for"
    return (Callout("waived", title, tuple(inside)),)
