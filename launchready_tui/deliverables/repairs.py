"""How each open problem is repaired: one part a check, with why it matters, where it was seen and what to do."""

from __future__ import annotations

from collections.abc import Iterable

from launchready_tui.deliverables import citing, marks
from launchready_tui.deliverables.blocks import Block, Code, Paragraph, Section, Text, line
from launchready_tui.deliverables.dates import work
from launchready_tui.deliverables.prose import blocks_of
from launchready_tui.deliverables.reading import Reading
from launchready_tui.engine.fixes import filled, fix_text
from launchready_tui.engine.fixplan import priority
from launchready_tui.model.board import Standing
from launchready_tui.text import plural, slug

SHOWN = 6
"""How many subjects are named in a part; the list of risks has them all."""


def repairs(reading: Reading, rows: Iterable[Standing]) -> tuple[Section, ...]:
    """A part for each check among the rows, in the order in which the rows name them."""
    by_check: dict[str, list[Standing]] = {}
    for row in rows:
        by_check.setdefault(row.entry.id, []).append(row)
    return tuple(_repair(reading, found) for found in by_check.values())


def anchor(check: str) -> str:
    """The anchor of a check's part."""
    return f"fix-{slug(check)}"


def _repair(reading: Reading, rows: list[Standing]) -> Section:
    entry, product = rows[0].entry, reading.snapshot.product
    first = rows[0].result
    severity = marks.severity_mark(rows[0].severity)
    head = line(
        marks.mark(rows[0]), " ", severity, " · ", citing.subjects(rows, SHOWN), " · ", citing.sources(reading, rows)
    )
    facts = line(
        Text("Owner ", "muted"),
        citing.owner(reading, rows[0]),
        Text(f" · about {work(entry.minutes)} · {plural(len(rows), 'place')} · ", "muted"),
        Code(entry.id),
        Text(" · ", "muted"),
        Code(priority(rows[0], product).sum),
    )
    blocks: list[Block] = [
        Paragraph(head),
        Paragraph(facts, "small"),
        *blocks_of(filled(entry.why, first.subject, product)),
    ]
    if len(rows) > 1 and filled(entry.fix, "", product) != filled(entry.fix, first.subject, product):
        blocks.append(
            Paragraph(
                line(
                    Text("Written for ", "muted"), Code(first.subject), Text("; do the same for the others.", "muted")
                ),
                "small",
            )
        )
    blocks += blocks_of(fix_text(entry, first, product))
    return Section(entry.claim, anchor(entry.id), tuple(blocks))
