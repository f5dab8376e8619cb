"""The fix kit: for each problem the text to paste, for the zone, the edge or the framework that the product has."""

from __future__ import annotations

from collections.abc import Iterable

from launchready_tui.deliverables import citing, marks
from launchready_tui.deliverables.blocks import Block, CodeBlock, Document, DocumentLink, Paragraph, Section, Text, line
from launchready_tui.deliverables.reading import Reading
from launchready_tui.deliverables.repairs import anchor
from launchready_tui.engine.fixkit import Snippet, detected_frameworks, kit
from launchready_tui.model.board import Standing
from launchready_tui.text import plural, slug

ID = "fix-kit"
SHOWN = 6
"""How many subjects are named at the head of a part."""


def fix_kit(reading: Reading) -> Document:
    """The document, a part for each check in the order of the fix plan."""
    by_check: dict[str, list[Standing]] = {}
    for item in reading.priorities:
        by_check.setdefault(item.standing.entry.id, []).append(item.standing)
    parts = [part for rows in by_check.values() if (part := _part(reading, rows)) is not None]
    intro = line(
        Text(f"{plural(len(parts), 'finding')} with text to paste. " if parts else "Nothing to paste. ", "strong"),
        "Each part has one text for each place where it can be done: take the one that the product has, once. ",
        "Words in CAPITALS are values that only the provider's page shows. Afterwards run the check again.",
    )
    how = line("Why, and in which order: ", DocumentLink("fix-plan", "fix plan"), ".")
    blocks: list[Block] = [Paragraph(intro, "lede"), Paragraph(how, "small"), *parts]
    return Document(ID, "Fix kit", reading.product, reading.date, tuple(blocks))


def _part(reading: Reading, rows: list[Standing]) -> Section | None:
    detected = detected_frameworks(reading.snapshot.board)
    snippets = _merged(snippet for row in rows for snippet in kit(row, reading.snapshot.product, detected))
    if not snippets:
        return None
    entry = rows[0].entry
    severity = marks.severity_mark(rows[0].severity)
    seen = citing.sources(reading, rows)
    head = line(marks.mark(rows[0]), " ", severity, " · ", citing.subjects(rows, SHOWN), " · ", seen)
    link = DocumentLink("risk-list", "what was seen, and why it matters", anchor(entry.id))
    blocks: list[Block] = [Paragraph(head), Paragraph(line(link), "small")]
    for snippet in snippets:
        title = line(Text(snippet.title, "strong"), Text(f": {snippet.where}", "muted"))
        blocks += [Paragraph(title), CodeBlock(snippet.text)]
    return Section(entry.claim, f"kit-{slug(entry.id)}", tuple(blocks))


def _merged(snippets: Iterable[Snippet]) -> tuple[Snippet, ...]:
    """Each text once, those for the same place one after the other; lines of the zone are put together."""
    groups: dict[tuple[str, str], list[Snippet]] = {}
    for snippet in snippets:
        found = groups.setdefault((snippet.title, snippet.where), [])
        if all(snippet.text != other.text for other in found):
            found.append(snippet)
    merged: list[Snippet] = []
    for found in groups.values():
        if found[0].language == "zone":
            lines = dict.fromkeys(text for item in found for text in item.text.split("\n"))
            merged.append(Snippet(found[0].title, "zone", "\n".join(lines), found[0].where))
        else:
            merged += found
    return tuple(merged)
