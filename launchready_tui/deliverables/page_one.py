"""Page one of the handover: what the gate says and why, who signed it, and what was accepted in spite of it."""

from __future__ import annotations

from launchready_tui.deliverables import accepted, citing, marks, signatures
from launchready_tui.deliverables.blocks import (
    Block,
    Break,
    Cell,
    Code,
    Column,
    DocumentLink,
    Line,
    Pairs,
    Paragraph,
    Progress,
    ProgressBars,
    Row,
    Section,
    Strip,
    Table,
    Text,
    Verdict,
    line,
)
from launchready_tui.deliverables.dates import work
from launchready_tui.deliverables.reading import Reading
from launchready_tui.deliverables.repairs import anchor
from launchready_tui.model.board import GateItem, GateVerdict, Standing
from launchready_tui.text import plural


def verdict(reading: Reading) -> tuple[Block, ...]:
    """The verdict with its figures, what was accepted, the bars at one glance, the product, and who signed."""
    snapshot = reading.snapshot
    gate = snapshot.gate
    green = sum(item.state.is_green for item in gate.bars)
    taken = accepted.count(reading)
    signed = signatures.signed(reading)
    figures = (
        (f"{green} of {len(gate.bars)}", "bars are green"),
        (str(len(gate.blockers)), "blockers open"),
        (str(len(gate.unseen)), "blockers not seen"),
        (str(taken), "risk accepted" if taken == 1 else "risks accepted"),
    )
    people = "; ".join(f"{person.name} ({person.role})" for person in snapshot.state.people)
    pairs = (
        ("Gate", signed or line(Text("signed by neither consultant nor founder yet", "muted"))),
        *_nothing_accepted(taken),
        ("Domain", line(Code(snapshot.product.domain))),
        ("Runbook", line(f"{snapshot.runbook.title}, {snapshot.runbook.name} {snapshot.runbook.version}")),
        ("People", line(people) if people else line(Text("nobody recorded yet", "muted"))),
        (
            "Records",
            line(f"{plural(len(snapshot.records), 'record')}, chain head ", Code(snapshot.head[:16] or "none")),
        ),
    )
    cells = tuple(Cell(item.id, item.title, marks.bar_mark(item.state)) for item in gate.bars)
    head = Verdict(marks.gate_mark(gate.verdict), _sentence(reading), figures)
    return (head, *accepted.blocks(reading), Strip(cells), Pairs(pairs))


def _nothing_accepted(taken: int) -> tuple[tuple[str, Line], ...]:
    return () if taken else (("Accepted", line(Text("no risk: no waiver is in force", "muted"))),)


def _sentence(reading: Reading) -> str:
    gate = reading.snapshot.gate
    if gate.verdict is GateVerdict.GO:
        return "Every bar is green and nothing blocks the launch."
    if gate.verdict is GateVerdict.GO_WITH_ACCEPTED_RISKS:
        written, others = gate.waived, len(accepted.unsigned(reading))
        parts = [f"{written} accepted in writing"] if written else []
        parts += [f"{others} high that nobody signed for"] if others else []
        return f"Nothing blocks the launch. It takes {plural(written + others, 'risk')}: {' and '.join(parts)}."
    minutes = f" About {work(gate.minutes)} of work would open it." if gate.minutes else ""
    return f"The launch gate is shut.{minutes}"


def bars(reading: Reading) -> Section:
    """The minimum bar, line by line: state, reason, and where the reason was seen."""
    columns = (Column("Bar", "short"), Column("State", "state"), Column("Why", "main"), Column("Proof", "source"))
    rows = tuple(_bar(reading, item) for item in reading.snapshot.gate.bars)
    return Section("The minimum bar", "bars", (Table(columns, rows),))


def _bar(reading: Reading, item: GateItem) -> Row:
    why = line(Text(item.title, "strong"), Break(), item.sentence)
    return Row((line(item.id), line(marks.bar_mark(item.state)), why, bar_proof(reading, item)))


def bar_proof(reading: Reading, item: GateItem) -> Line:
    """Where a bar's state comes from: what holds it, else what it passes on."""
    rows = [reading.by_key[key] for key in item.because if key in reading.by_key]
    if not rows or not marks.was_seen(rows[0].result):
        bar = next(
            bar for bar in (*reading.snapshot.runbook.bars, *reading.snapshot.runbook.items) if bar.id == item.id
        )
        passing = [row for group in reading.covering(bar.controls) for row in group.rows if marks.was_seen(row.result)]
        return citing.sources(reading, rows if rows else passing)
    return citing.source(reading, rows[0])


def blockers(reading: Reading) -> Section:
    """What fails and blocks, a line a check; how many more nobody has seen."""
    gate = reading.snapshot.gate
    by_check: dict[str, list[Standing]] = {}
    for key in gate.blockers:
        by_check.setdefault(key[0], []).append(reading.by_key[key])
    blocks: list[Block] = []
    if by_check:
        columns = (
            Column("State", "state"),
            Column("Problem", "main"),
            Column("Owner", "person"),
            Column("Proof", "source"),
        )
        blocks.append(Table(columns, tuple(_blocker(reading, rows) for rows in by_check.values())))
    else:
        blocks.append(Paragraph(line("None is open.")))
    if gate.unseen:
        link = DocumentLink("risk-list", "listed apart in the launch risk list", "not-seen")
        text = line(
            Text(f"{plural(len(gate.unseen), 'more blocker')} nobody has seen or answered: ", "strong"), link, "."
        )
        blocks.append(Paragraph(text))
    return Section(f"Open blockers: {len(gate.blockers)}", "blockers", tuple(blocks))


def _blocker(reading: Reading, rows: list[Standing]) -> Row:
    first = rows[0]
    what = line(
        DocumentLink("risk-list", first.entry.claim, anchor(first.entry.id)),
        Break(),
        citing.subjects(rows, 4),
        Break(),
        citing.seen_first(rows),
    )
    return Row((line(marks.mark(first)), what, citing.owner(reading, first), citing.sources(reading, rows)))


def progress(reading: Reading) -> Section:
    """How far each stage is."""
    stages = []
    for stage in reading.snapshot.runbook.stages:
        state = reading.snapshot.progress(stage)
        note = f"{state.done} of {state.total} settled"
        note += f", {state.failing} failing" if state.failing else ""
        note += f", {plural(state.waiting, 'answer')} of a person missing" if state.waiting else ""
        stages.append(Progress(f"{stage.id} {stage.title}", state.done, state.failing, state.total, note))
    return Section("How far the sprint came", "progress", (ProgressBars(tuple(stages)),))
