"""The roadmap trace: every line of the plan, what carries it, and how that stands."""

from __future__ import annotations

import re

from launchready_tui.deliverables import marks
from launchready_tui.deliverables.blocks import (
    Block,
    Code,
    Column,
    Line,
    Paragraph,
    Row,
    Section,
    Strip,
    Table,
    Text,
    joined,
    line,
)
from launchready_tui.deliverables.blocks import Cell as StripCell
from launchready_tui.deliverables.page_one import bar_proof
from launchready_tui.deliverables.reading import Reading
from launchready_tui.model.board import Standing
from launchready_tui.model.runbook import Automation, Entry, Signal
from launchready_tui.text import plural

_ID = re.compile(r"^([A-Z]+)(\d*)(?:\.([A-Z]+)(\d+))?$")
_ORDER = ("MB", "S", "A", "N", "M", "H")


def items(reading: Reading) -> Section:
    """The items that the sprint was bought for, each with its state."""
    gate = reading.snapshot.gate
    columns = (Column("Item", "short"), Column("State", "state"), Column("Why", "main"), Column("Proof", "source"))
    rows = tuple(
        Row(
            (
                line(item.id),
                line(marks.bar_mark(item.state)),
                line(Text(item.title, "strong"), ": ", item.sentence),
                bar_proof(reading, item),
            )
        )
        for item in gate.items
    )
    strip = Strip(tuple(StripCell(item.id, item.title, marks.bar_mark(item.state)) for item in gate.items))
    blocks: tuple[Block, ...] = (
        (strip, Table(columns, rows, dense=True)) if rows else (Paragraph(line("The runbook names none.")),)
    )
    return Section("What the sprint was bought for", "items", blocks, page=True)


def trace(reading: Reading) -> Section:
    """Every roadmap id that the runbook carries, with the checks, signals and documents that carry it."""
    carried = _carried(reading)
    checks = _checks(reading)
    columns = (Column("Line", "short"), Column("Carried by", "main"), Column("State", "state"))
    rows = tuple(
        Row((line(Code(name)), joined(carried[name], "; "), _state(checks.get(name, []))))
        for name in sorted(carried, key=_place)
    )
    intro = f"{plural(len(rows), 'line')} of the roadmap, each with the worst state among the checks that carry it."
    return Section("Roadmap trace", "trace", (Paragraph(line(intro)), Table(columns, rows, dense=True)), page=True)


def _carried(reading: Reading) -> dict[str, list[Line]]:
    """What carries each roadmap id, in words."""
    runbook = reading.snapshot.runbook
    carried: dict[str, list[Line]] = {}

    def carry(roadmap: tuple[str, ...], kind: str, title: str) -> None:
        for name in roadmap:
            carried.setdefault(name, []).append(line(Text(f"{kind} ", "muted"), title) if kind else line(title))

    for kind, bars in (("bar", runbook.bars), ("item", runbook.items)):
        for bar in bars:
            carry(bar.roadmap, kind, bar.title)
    for stage in runbook.stages:
        for deliverable in stage.deliverables:
            carry(deliverable.roadmap, "document", deliverable.title)
        for signal in stage.signals:
            carry(signal.roadmap, "failure signal", signal.title)
    for step in runbook.plan:
        carry(step.roadmap, "step", step.title)
    for card in runbook.cards:
        carry(card.roadmap, "not now", card.title)
    for automation in runbook.automations:
        carry(automation.roadmap, "automation", automation.title)
    for entry in runbook.entries:
        carry(entry.roadmap, "", entry.claim)
    return carried


def _checks(reading: Reading) -> dict[str, list[Standing]]:
    """The worst subject of each check, by roadmap id; automations and signals count through their controls."""
    found: dict[str, list[Standing]] = {}
    for group in reading.groups:
        for name in group.entry.roadmap:
            found.setdefault(name, []).append(group.worst)
    runbook = reading.snapshot.runbook
    signals = [signal for stage in runbook.stages for signal in stage.signals]
    decided: list[Signal | Automation] = [*signals, *runbook.automations]
    for item in decided:
        for group in reading.covering(item.controls):
            for name in item.roadmap:
                found.setdefault(name, []).append(group.worst)
    return found


def _state(rows: list[Standing]) -> Line:
    if not rows:
        return line(Text("no check decides it", "muted"))
    worst = min(rows, key=marks.urgency)
    same = len({row.entry.id for row in rows if marks.mark(row).word == marks.mark(worst).word})
    return line(marks.mark(worst), Text(f" {same} of {len(_entries(rows))}", "muted"))


def _entries(rows: list[Standing]) -> dict[str, Entry]:
    return {row.entry.id: row.entry for row in rows}


def _place(name: str) -> tuple[int, int, str, int]:
    """Where a line stands in the roadmap."""
    match = _ID.match(name)
    if match is None:
        return (len(_ORDER), 0, name, 0)
    family, number, part, last = match.groups()
    place = _ORDER.index(family) if family in _ORDER else len(_ORDER)
    return (place, int(number or 0), {"C": "1", "D": "2", "F": "3"}.get(part or "", part or ""), int(last or 0))
