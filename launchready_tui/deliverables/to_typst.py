"""Writes documents as data for the PDF template (templates/pack.typ).

The text of a document never becomes typst source: it travels as JSON beside the template, which shows strings as
strings. So nothing in it can be markup, code or a file name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from launchready_tui.deliverables import charts
from launchready_tui.deliverables.anchors import Anchors
from launchready_tui.deliverables.blocks import (
    Block,
    Break,
    Bullets,
    Callout,
    Chart,
    Charts,
    Code,
    CodeBlock,
    Document,
    DocumentLink,
    EvidenceRef,
    Line,
    Mark,
    Pairs,
    Paragraph,
    ProgressBars,
    RecordRef,
    Row,
    Section,
    Span,
    Strip,
    Table,
    Text,
    Verdict,
    When,
    joined,
    line,
    lines_of,
    walk,
)
from launchready_tui.deliverables.safe import flat, multiline
from launchready_tui.text import clock

Plain = dict[str, Any]

_LONGEST = 1_200
"""The most characters of one span: a PDF is for reading; the Markdown and the JSON hold the rest."""

MOST_ROWS = 500
"""Rows of one table, for the same reason; typst takes half a second for so many, and half a minute for thousands."""

MOST_LINES = 5_000
"""Lines of an index: 50 to 60 sheets, four seconds, 1.7 MB."""

_BREAKABLE = re.compile(r"(?<=[/?&=_.:;,@-])(?=[^/\s])|(?<=[^\W_]{16})(?=[^\W_])")
"""Where a long name may be broken: behind its punctuation, and in what has none for long."""

_LONG = re.compile(r"(\S{25,})")
_RUNNING = 80
"""The most characters of the product's name in the head of a sheet."""

_TALL = 1_500
"""Characters of a row that may be broken over two pages."""


def to_typst(documents: Sequence[Document]) -> Plain:
    """The documents as data: strings, numbers, lists and dictionaries."""
    shortened = [replace(document, blocks=_shortened(document.blocks)) for document in documents]
    anchors = Anchors(shortened)
    first = documents[0]
    return {
        "product": shown(first.product),
        "name": _words(first.product),
        "running": _words(f"{first.product[:_RUNNING]}…" if len(first.product) > _RUNNING else first.product),
        "title": shown(first.title),
        "date": shown(first.date),
        "documents": [_document(document, anchors) for document in shortened],
    }


def shown(text: str) -> str:
    """A text as the PDF shows it."""
    safe = flat(text)
    return safe if len(safe) <= _LONGEST else f"{safe[:_LONGEST]}…"


def pieces(text: str) -> list[str]:
    """A name in pieces between which a line may be broken. No sign stands between them: what is copied is the name."""
    return _BREAKABLE.split(text) if len(text) > 16 else [text]


def _shortened(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Blocks without the rows that are too many, and with a word on where those are."""
    kept: list[Block] = []
    for block in blocks:
        if isinstance(block, (Section, Callout)):
            kept.append(replace(block, blocks=_shortened(block.blocks)))
        elif isinstance(block, Table) and len(block.rows) > (most := MOST_LINES if block.index else MOST_ROWS):
            left = len(block.rows) - most
            more = f"{left:,} more of {len(block.rows):,} are not printed here: handover.html and handover.md have all."
            kept += [Paragraph(line(more), "small"), replace(block, rows=block.rows[:most])]
        else:
            kept.append(block)
    return tuple(kept)


def _document(document: Document, anchors: Anchors) -> Plain:
    return {
        "title": _words(document.title),
        "anchor": anchors.document(document.id),
        "compact": document.compact,
        "blocks": _blocks(document.blocks, anchors),
    }


def _blocks(blocks: Iterable[Block], anchors: Anchors) -> list[Plain]:
    return [{"kind": block.kind, **_block(block, anchors)} for block in blocks]


def _block(block: Block, anchors: Anchors) -> Plain:
    match block:
        case Section(title=title, blocks=blocks, page=page):
            anchor = anchors.section(block)
            return {"title": _words(title), "anchor": anchor, "page": page, "blocks": _blocks(blocks, anchors)}
        case Paragraph(line=said, role=role):
            return {"line": _line(said, anchors), "role": role}
        case Bullets(items=items, ordered=ordered):
            return {"items": [_line(item, anchors) for item in items], "ordered": ordered}
        case CodeBlock(text=text):
            return {"rows": [_words(row) for row in multiline(text)[: _LONGEST * 4].split("\n")]}
        case Table(columns=columns, rows=rows, index=True):
            titles = [shown(column.title) for column in columns]
            return {"index": titles, "rows": [_entry(row, anchors) for row in rows]}
        case Table(columns=columns, rows=rows, dense=dense):
            heads = [{"title": _words(column.title), "role": column.role} for column in columns]
            return {"columns": heads, "rows": [_row(row, anchors) for row in rows], "dense": dense}
        case Pairs(items=pairs):
            return {"items": [[_words(label), _line(said, anchors)] for label, said in pairs]}
        case Callout(tone=tone, title=title, blocks=blocks):
            tall = sum(len(_words_of(said)) for inner in walk(blocks) for said in lines_of(inner)) > _TALL
            return {"tone": tone, "title": _words(title), "tall": tall, "blocks": _blocks(blocks, anchors)}
        case Verdict(mark=mark, sentence=sentence, figures=figures):
            return {
                "mark": _mark(mark),
                "sentence": _words(sentence),
                "figures": [[shown(figure), shown(label)] for figure, label in figures],
            }
        case Strip(cells=cells):
            return {"cells": [{"label": shown(cell.label), "mark": _mark(cell.mark)} for cell in cells]}
        case ProgressBars(bars=bars):
            return {"bars": [{**_share(b.done, b.failing, b.total), "label": b.label, "note": b.note} for b in bars]}
        case Charts(charts=several):
            return {"charts": [_chart(chart) for chart in several]}
        case _:
            raise TypeError(f"no PDF for {type(block).__name__}")


def _chart(chart: Chart) -> Plain:
    top = charts.draw(chart).top
    return {
        "title": shown(chart.title),
        "top": charts.amount(top, chart.unit),
        "svg": charts.svg(chart),
        "words": shown(charts.words(chart)),
        "from": clock(chart.start),
        "until": clock(chart.until),
        "curves": [{"name": shown(curve.name), "tone": curve.tone} for curve in chart.curves],
    }


def _row(row: Row, anchors: Anchors) -> Plain:
    anchor = anchors.row(row.anchor) if row.anchor else ""
    tall = max((sum(len(getattr(span, "text", "")) for span in cell) for cell in row.cells), default=0) > _TALL
    return {"anchor": anchor, "tall": tall, "cells": [_line(cell, anchors) for cell in row.cells]}


def _entry(row: Row, anchors: Anchors) -> Plain:
    """A line of an index: everything in a row, one cell after the other."""
    cells = [cell for cell in row.cells if _words_of(cell)]
    flat_cells = joined([_on_one_line(cell) for cell in cells], Text(" · ", "muted"))
    return {"anchor": anchors.row(row.anchor) if row.anchor else "", "line": _line(flat_cells, anchors)}


def _on_one_line(cell: Line) -> Line:
    """A cell without new lines."""
    return tuple(Text(" · ", "muted") if isinstance(span, Break) else span for span in cell)


def _words_of(cell: Line) -> str:
    return "".join(getattr(span, "text", "") for span in cell).strip()


def _line(said: Line, anchors: Anchors) -> list[Plain]:
    return [_span(span, anchors) for span in said]


def _span(span: Span, anchors: Anchors) -> Plain:
    match span:
        case Text(text=text, style=style):
            return {"kind": "text", "pieces": _words(text), "style": style}
        case Code(text=text):
            return {"kind": "code", "pieces": pieces(shown(text))}
        case Mark():
            return _mark(span)
        case EvidenceRef(id=item):
            return {"kind": "evidence", "pieces": pieces(shown(item)), "to": anchors.row(f"e-{item}")}
        case RecordRef(number=number):
            return {"kind": "link", "pieces": [f"record\u00a0{number}"], "to": anchors.row(f"r-{number}")}
        case When(text=text):
            return {"kind": "when", "text": shown(text).replace(" ", "\u00a0")}
        case DocumentLink(document=document, text=text, section=section):
            return {"kind": "link", "pieces": _words(text), "to": anchors.target(document, section)}
        case Break():
            return {"kind": "break"}
        case _:
            raise TypeError(f"no PDF for {type(span).__name__}")


def _words(text: str) -> list[str]:
    """Words: spaces at the ends stay, since other spans follow; only what is too long for a line may be broken."""
    safe = shown(f"|{text}|")[1:].removesuffix("|")
    found: list[str] = []
    for part in _LONG.split(safe):
        found += pieces(part) if _LONG.fullmatch(part) else [part]
    return [part for part in found if part]


def _mark(mark: Mark) -> Plain:
    return {
        "kind": "mark",
        "glyph": mark.glyph,
        "word": shown(mark.word),
        "tone": mark.tone,
        "loud": mark.loud,
    }


def _share(done: int, failing: int, total: int) -> Plain:
    """How far a bar is done and failing, in percent of its length."""
    if not total:
        return {"done": 0, "failing": 0}
    full = done * 100 // total
    return {"done": full, "failing": min(100 - full, -(-failing * 100 // total))}
