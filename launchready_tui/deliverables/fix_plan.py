"""The fix plan on one page (ROADMAP.md S1.D2): what to repair first, what to do, how long it takes, who does it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from launchready_tui.deliverables import citing, marks
from launchready_tui.deliverables.blocks import (
    Block,
    Break,
    Callout,
    Column,
    Document,
    DocumentLink,
    Line,
    Paragraph,
    Row,
    Table,
    Text,
    joined,
    line,
)
from launchready_tui.deliverables.dates import work
from launchready_tui.deliverables.instructions import instruction
from launchready_tui.deliverables.reading import Reading
from launchready_tui.deliverables.repairs import anchor
from launchready_tui.engine.fixplan import Priority
from launchready_tui.model.verdicts import Severity
from launchready_tui.text import plural

ID = "fix-plan"
ITEMS = 24
"""The most lines of the plan: with the frame around them it stays under 60 lines of text and on one printed sheet."""

NAMED = 8
"""How many blockers that wait for a person are named."""


@dataclass(frozen=True, slots=True)
class Item:
    """Problems that are repaired in one go: the same check with the same figures, at one place or several."""

    priorities: tuple[Priority, ...]

    @property
    def first(self) -> Priority:
        """The one that stands for all."""
        return self.priorities[0]


def items(reading: Reading) -> tuple[Item, ...]:
    """The plan, in the order of `engine.fixplan.priorities`."""
    grouped = groupby(reading.priorities, key=lambda p: (p.standing.entry.id, p.standing.verdict, p.sum))
    return tuple(Item(tuple(found)) for _, found in grouped)


def fix_plan(reading: Reading) -> Document:
    """The document."""
    plan = items(reading)
    shown = plan[:ITEMS]
    blocks: list[Block] = (
        _how(reading, plan) if plan else [Paragraph(line(Text(nothing_open(reading), "strong")), "lede")]
    )
    if shown:
        blocks.append(_table(reading, shown))
    if len(plan) > len(shown):
        more = plan[len(shown) :]
        count = sum(len(item.priorities) for item in more)
        blocks.append(
            Paragraph(
                line(
                    Text(f"{plural(len(more), 'more line')} with {plural(count, 'problem')} ", "strong"),
                    "of less weight: all of them are in the ",
                    DocumentLink("risk-list", "launch risk list"),
                    ".",
                )
            )
        )
    waiting = _waiting(reading)
    if waiting:
        blocks.append(Callout("unknown", "Blockers that need a person", (Paragraph(waiting),)))
    return Document(ID, "Fix plan", reading.product, reading.date, tuple(blocks), compact=True)


def _how(reading: Reading, plan: tuple[Item, ...]) -> list[Block]:
    """How much it is, what is not in it, and how to read it."""
    minutes = sum({item.first.standing.entry.id: item.first.minutes for item in plan}.values())
    problems = plural(len(reading.priorities), "problem")
    blockers = len(reading.snapshot.gate.blockers)
    intro = line(
        Text(f"{problems}, {blockers} of them open blockers: about {work(minutes)} of work. ", "strong"),
        f"Besides, {reading.not_seen}. " if reading.not_seen else "",
        "From the top downwards; a line counts as done when its check passes, not when somebody has changed something.",
    )
    how = line("How each is done stands in the ", DocumentLink("risk-list", "launch risk list"))
    if reading.deliverable("fix-kit"):
        how = line(how, ", text to paste in the ", DocumentLink("fix-kit", "fix kit"))
    how = line(how, ". What matters most to the business comes first; the sum behind each place stands there too.")
    return [Paragraph(intro, "lede"), Paragraph(how, "small")]


def nothing_open(reading: Reading) -> str:
    """That nothing is to repair, without a word too much: what nobody has looked at may still fail."""
    left = reading.not_seen
    return f"Nothing open among what was seen; {left}." if left else "Nothing open: everything was looked at."


def _table(reading: Reading, shown: tuple[Item, ...]) -> Table:
    columns = (
        Column("#", "short"),
        Column("What to do", "main"),
        Column("Where"),
        Column("Time", "short"),
        Column("Owner", "person"),
        Column("Evidence", "source"),
    )
    rows = []
    for number, item in enumerate(shown, 1):
        standings = [priority.standing for priority in item.priorities]
        first = standings[0]
        repair = line(
            marks.severity_mark(first.severity),
            " ",
            instruction(reading, first),
            Break(),
            Text("so that: ", "muted"),
            DocumentLink("risk-list", first.entry.claim, anchor(first.entry.id)),
        )
        rows.append(
            Row(
                (
                    line(str(number)),
                    repair,
                    citing.subjects(standings, 2),
                    line(work(item.first.minutes)),
                    citing.owner(reading, first),
                    citing.sources(reading, standings, 1),
                )
            )
        )
    return Table(columns, tuple(rows), dense=True)


def _waiting(reading: Reading) -> Line:
    """The blockers that wait for somebody's answer, in one line."""
    rows = [row for row in reading.unseen if row.needs_person and row.severity is Severity.BLOCKER]
    if not rows:
        return ()
    more = len(rows) - NAMED
    named = joined([line(row.entry.claim) for row in rows[:NAMED]], "; ")
    return line(
        Text(f"{plural(len(rows), 'answer')}: ", "strong"),
        named,
        f"; and {more} more, in the " if more > 0 else ". All are in the ",
        DocumentLink("risk-list", "launch risk list", "not-seen"),
        ".",
    )
