"""Writes a document as Markdown (CommonMark with GitHub's tables). What a span holds comes out as the text it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from launchready_tui.deliverables import charts
from launchready_tui.deliverables.blocks import (
    Block,
    Break,
    Bullets,
    Callout,
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
    Section,
    Span,
    Strip,
    Table,
    Text,
    Verdict,
    When,
)
from launchready_tui.deliverables.safe import flat, multiline

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&$])")
_LINKS = re.compile(r"(?i)(:)(?=/)|(?<=www)(\.)|(@)|(?<=mailto)(:)|(?<=xmpp)(:)")
_START = re.compile(r"^(\s*)([#+=>:-]|\d{1,9}(?=[.)]))")
_FULL, _FAIL, _EMPTY, _WIDTH = "█", "▒", "░", 20


def to_markdown(document: Document) -> str:
    """The document as Markdown."""
    head = [f"# {_start(escaped(f'{document.product}: {document.title}'))}", "", f"As of {escaped(document.date)}.", ""]
    body = _blocks(document.blocks, document.id, 2)
    return "\n".join([*head, *body]).rstrip("\n") + "\n"


def escaped(text: str) -> str:
    """Text that Markdown shows as it is: no emphasis, link, image, HTML, table cell or bare address comes of it."""
    shown = _SPECIAL.sub(r"\\\1", flat(text))
    return _LINKS.sub(lambda found: f"\\{found[0]}", shown)


def code(text: str, in_table: bool = False) -> str:
    """Text as inline code, fenced by more backticks than it holds."""
    shown = flat(text).strip()
    if not shown:
        return ""
    if in_table and "\\|" in shown:
        return escaped(shown)
    fence = "`" * (max((len(run) for run in re.findall(r"`+", shown)), default=0) + 1)
    pad = " " if shown[0] == "`" or shown[-1] == "`" else ""
    shown = shown.replace("|", "\\|") if in_table else shown
    return f"{fence}{pad}{shown}{pad}{fence}"


def _blocks(blocks: Iterable[Block], document: str, level: int) -> list[str]:
    lines: list[str] = []
    for block in blocks:
        lines += [*_block(block, document, level), ""]
    return lines


def _block(block: Block, document: str, level: int) -> Iterator[str]:
    match block:
        case Section(title=title, blocks=blocks):
            yield f"{'#' * min(level, 6)} {_start(escaped(title)).rstrip()}"
            yield ""
            yield from _trimmed(_blocks(blocks, document, level + 1))
        case Paragraph(line=shown):
            yield _start(_line(shown, document))
        case Bullets(items=items, ordered=ordered):
            for number, item in enumerate(items, 1):
                yield f"{f'{number}.' if ordered else '-'} {_start(_line(item, document))}"
        case CodeBlock(text=text):
            yield from _code_block(text)
        case Table():
            yield from _table(block, document)
        case Pairs(items=pairs):
            for label, shown in pairs:
                yield f"- **{escaped(label)}:** {_line(shown, document, newline='; ')}"
        case Callout(title=title, blocks=blocks):
            yield f"> **{escaped(title)}**"
            for inner in _trimmed(_blocks(blocks, document, level + 1)):
                yield f"> {inner}".rstrip() if inner else ">"
        case Verdict(mark=mark, sentence=sentence, figures=figures):
            yield f"## {_mark(mark)}"
            yield ""
            yield _start(escaped(sentence))
            yield ""
            yield " · ".join(f"**{escaped(figure)}** {escaped(label)}" for figure, label in figures)
        case Strip(cells=cells):
            yield " · ".join(f"{escaped(cell.label)} {cell.mark.glyph}" for cell in cells)
        case ProgressBars(bars=bars):
            for bar in bars:
                yield f"- {_bar(bar.done, bar.failing, bar.total)} {escaped(bar.label)}: {escaped(bar.note)}"
        case Charts(charts=shown_charts):
            for chart in shown_charts:
                rows = " ".join(charts.spark(curve) for curve in chart.curves if curve.points)
                yield f"- **{escaped(chart.title)}:** {rows} {escaped(charts.words(chart))}"
        case _:
            raise TypeError(f"no Markdown for {type(block).__name__}")


def _table(table: Table, document: str) -> Iterator[str]:
    yield f"| {' | '.join(escaped(column.title) for column in table.columns)} |"
    yield f"|{'|'.join(' --- ' for _ in table.columns)}|"
    for row in table.rows:
        yield f"| {' | '.join(_line(cell, document, in_table=True, newline='<br>') for cell in row.cells)} |"


def _code_block(text: str) -> Iterator[str]:
    shown = multiline(text)
    fence = "`" * max(3, max((len(run) for run in re.findall(r"`+", shown)), default=0) + 1)
    yield fence
    yield from shown.split("\n")
    yield fence


def _line(shown: Line, document: str, *, in_table: bool = False, newline: str = "<br>") -> str:
    return "".join(_span(span, document, in_table, newline) for span in shown).strip()


def _span(span: Span, document: str, in_table: bool, newline: str) -> str:
    match span:
        case Text(text=text, style="strong"):
            return _strong(escaped(text))
        case Text(text=text) | When(text=text):
            return escaped(text)
        case Code(text=text) | EvidenceRef(id=text):
            return code(text, in_table)
        case Mark():
            return _mark(span)
        case RecordRef(number=number):
            return f"record {number}"
        case DocumentLink(document=target, text=text):
            return escaped(text) if target == document else f"[{escaped(text)}]({target}.md)"
        case Break():
            return newline
        case _:
            raise TypeError(f"no Markdown for {type(span).__name__}")


def _strong(text: str) -> str:
    """Bold that stays bold beside spaces: the white space goes outside of the stars."""
    bare = text.strip()
    if not bare:
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{before}**{bare}**{after}"


def _mark(mark: Mark) -> str:
    word = f"**{mark.word}**" if mark.loud else mark.word
    return f"{mark.glyph} {word}" if mark.glyph else word


def _bar(done: int, failing: int, total: int) -> str:
    if not total:
        return _EMPTY * _WIDTH
    full = done * _WIDTH // total
    fail = min(_WIDTH - full, -(-failing * _WIDTH // total))
    return _FULL * full + _FAIL * fail + _EMPTY * (_WIDTH - full - fail)


def _start(text: str) -> str:
    """The text, if it begins like a heading, list or quote, with that taken away from it."""
    return _START.sub(lambda found: f"{found[1]}\\{found[2]}" if not found[2].isdigit() else _numbered(found), text)


def _numbered(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}\\"


def _trimmed(lines: list[str]) -> list[str]:
    while lines and not lines[-1]:
        lines.pop()
    return lines
