"""What comes after the handover: recommended next steps, and what runs out when."""

from __future__ import annotations

from datetime import datetime

from launchready_tui.deliverables import citing, claims
from launchready_tui.deliverables.blocks import (
    Block,
    Break,
    Bullets,
    Callout,
    Column,
    DocumentLink,
    Line,
    Paragraph,
    Row,
    Section,
    Table,
    Text,
    When,
    line,
)
from launchready_tui.deliverables.dates import day, work
from launchready_tui.deliverables.fix_plan import items, nothing_open
from launchready_tui.deliverables.reading import Reading
from launchready_tui.model.journal import payload
from launchready_tui.model.records import Attestation, Authorization, Decision, Drill, Record, Waiver
from launchready_tui.model.runbook import NotNowCard
from launchready_tui.text import one_line, plural

FIRST = 5
"""How many repairs stand among the next steps; the fix plan has the others."""


def next_steps(reading: Reading) -> Section:
    """Repairs, answers, what was put off with the fact that would change it, and what runs out."""
    blocks: list[Block] = [*_repairs(reading), *_answers(reading), *_not_now(reading), *_running_out(reading)]
    return Section("Next steps", "next", tuple(blocks))


def _repairs(reading: Reading) -> tuple[Block, ...]:
    plan = items(reading)
    if not plan:
        return (Paragraph(line(nothing_open(reading))),)
    steps = []
    for item in plan[:FIRST]:
        rows = [priority.standing for priority in item.priorities]
        claim = rows[0].entry.claim
        steps.append(
            line(
                Text(claim, "strong"),
                ": ",
                citing.subjects(rows),
                f", about {work(item.first.minutes)} (",
                citing.sources(reading, rows),
                ")",
            )
        )
    rest = line("Then the rest of the ", DocumentLink("fix-plan", "fix plan"), f": {plural(len(plan), 'line')} in all.")
    return (Section("Repair first", "next-repairs", (Bullets(tuple(steps), ordered=True), Paragraph(rest))),)


def _answers(reading: Reading) -> tuple[Block, ...]:
    waiting = [row for row in reading.unseen if row.needs_person]
    if not waiting:
        return ()
    text = line(
        f"{plural(len(waiting), 'question')} wait for somebody's answer, ",
        f"{sum(row.blocks for row in waiting)} of them blockers: ",
        claims.link_to_handover("issues-unanswered", "the list is under known issues"),
        ".",
    )
    return (Section("Answer", "next-answers", (Paragraph(text),)),)


def _not_now(reading: Reading) -> tuple[Block, ...]:
    """The things that the sprint recommends against for now; those about which somebody decided carry the record."""
    cards = reading.snapshot.runbook.cards
    if not cards:
        return ()
    columns = (Column("Not now", "main"), Column("What would change the answer", "main"), Column("Decided", "source"))
    rows = tuple(Row((_card(card), line(_flat(card.trigger)), _decided(reading, card))) for card in cards)
    return (Section("What waits", "next-waits", (Table(columns, rows),)),)


def _card(card: NotNowCard) -> Line:
    return line(Text(card.title, "strong"), Break(), _flat(card.text))


def _decided(reading: Reading, card: NotNowCard) -> Line:
    superseded = reading.snapshot.state.superseded()
    records = [record for record in reading.decisions((card.id, card.title)) if record.number not in superseded]
    if not records:
        return line(Text(f"no decision recorded; advice of the runbook ({card.id})", "muted"))
    decision = payload(records[-1], Decision)
    return line(Text(decision.choice, "strong"), f", {decision.who}", Break(), *citing.recorded(records[-1]))


def _running_out(reading: Reading) -> tuple[Block, ...]:
    """Everything that ends by itself, the soonest first; what has ended already is marked."""
    ends = sorted(_ends(reading), key=lambda end: (end[0], end[2].number))
    if not ends:
        return ()
    columns = (Column("Ends", "short"), Column("What", "main"), Column("Record", "source"))
    rows = tuple(Row((_when(reading, at), what, citing.recorded(record))) for at, what, record in ends)
    start = (
        Callout("warn", "What has ended counts no more: answer it again, or sign again")
        if any(reading.snapshot.now > at for at, _, _ in ends)
        else None
    )
    return (Section("What runs out", "next-ends", (*((start,) if start else ()), Table(columns, rows, dense=True))),)


def _when(reading: Reading, at: datetime) -> Line:
    return line(When(day(at)), *((Break(), Text("ended", "strong")) if reading.snapshot.now > at else ()))


def _ends(reading: Reading) -> list[tuple[datetime, Line, Record]]:
    state = reading.snapshot.state
    ends: list[tuple[datetime, Line, Record]] = []
    for (check, subject), record in state.attestations.items():
        answer = payload(record, Attestation)
        ends.append((answer.expires_at, line("Answer of ", answer.by, ": ", *_claim(reading, check, subject)), record))
    for (check, _), record in state.drills.items():
        drill = payload(record, Drill)
        ends.append((drill.expires_at, line("Drill of ", drill.by, ": ", *_claim(reading, check, "")), record))
    for (check, subject), record in state.waivers.items():
        waiver = payload(record, Waiver)
        ends.append((waiver.until, line("Waiver of ", waiver.who, ": ", *_claim(reading, check, subject)), record))
    for record in state.authorizations:
        grant = payload(record, Authorization)
        if grant.until:
            where = "all hosts" if grant.host == "*" else grant.host
            ends.append((grant.until, line(f"Authorization of {grant.who} for {where}"), record))
    return ends


def _claim(reading: Reading, check: str, subject: str) -> Line:
    entry = reading.snapshot.runbook.entry(check)
    where = f" ({one_line(subject, 80)})" if subject and subject != reading.snapshot.product.domain else ""
    return line(entry.claim if entry else check, where)


def _flat(text: str) -> str:
    return " ".join(text.split())
