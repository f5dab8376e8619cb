"""What a document is made of, before it is Markdown or HTML.

Everything that is said stands in spans; a writer makes their text safe for its format. Text in a span is plain text,
never markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

Tone = Literal["pass", "warn", "fail", "unknown", "waived", "attested", "muted", "plain"]
"""What a state or a callout means; the HTML gives each a colour, beside its glyph and word."""


@dataclass(frozen=True, slots=True)
class Span:
    """Base of what stands in a line."""

    kind: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class Text(Span):
    """Words."""

    kind: ClassVar[str] = "text"

    text: str
    style: Literal["plain", "strong", "muted"] = "plain"


@dataclass(frozen=True, slots=True)
class Code(Span):
    """Something to be read letter by letter: a host, a URL, a command."""

    kind: ClassVar[str] = "code"

    text: str


@dataclass(frozen=True, slots=True)
class Mark(Span):
    """A state: glyph, word and tone. `loud` is for what keeps the launch shut."""

    kind: ClassVar[str] = "mark"

    glyph: str
    word: str
    tone: Tone
    loud: bool = False


@dataclass(frozen=True, slots=True)
class EvidenceRef(Span):
    """The id of a piece of evidence; leads to its line in the evidence list."""

    kind: ClassVar[str] = "evidence"

    id: str


@dataclass(frozen=True, slots=True)
class RecordRef(Span):
    """The number of a record of a person; leads to its line in the journal."""

    kind: ClassVar[str] = "record"

    number: int


@dataclass(frozen=True, slots=True)
class When(Span):
    """The date of something that is proven; it is not broken over two lines."""

    kind: ClassVar[str] = "when"

    text: str


@dataclass(frozen=True, slots=True)
class DocumentLink(Span):
    """Leads to another document of the pack, or to a section of it."""

    kind: ClassVar[str] = "document"

    document: str
    text: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class Break(Span):
    """A new line within a cell or an item."""

    kind: ClassVar[str] = "break"


Line: TypeAlias = tuple[Span, ...]


def line(*parts: str | Span | Line) -> Line:
    """A line from strings, spans and lines."""
    spans: list[Span] = []
    for part in parts:
        if isinstance(part, str):
            spans += [Text(part)] if part else []
        elif isinstance(part, Span):
            spans.append(part)
        else:
            spans += part
    return tuple(spans)


def joined(lines: list[Line], between: str | Span = ", ") -> Line:
    """Lines one after the other with something between them; empty ones are left out."""
    spans: list[Span] = []
    for item in filter(None, lines):
        spans += line(between, *item) if spans else item
    return tuple(spans)


@dataclass(frozen=True, slots=True)
class Block:
    """Base of what a section holds."""

    kind: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class Paragraph(Block):
    """A paragraph. `lede` opens a document, `small` is an aside."""

    kind: ClassVar[str] = "paragraph"

    line: Line
    role: Literal["body", "lede", "small"] = "body"


@dataclass(frozen=True, slots=True)
class Bullets(Block):
    """A list."""

    kind: ClassVar[str] = "bullets"

    items: tuple[Line, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class CodeBlock(Block):
    """Commands or output, line by line as they are."""

    kind: ClassVar[str] = "code-block"

    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    `role` steers its width: `state` and `short` are never broken, `person` and `source` stay narrow, `main` takes what
    is left.
    """

    title: str
    role: Literal["state", "short", "person", "source", "main", "plain"] = "plain"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; references lead to its `anchor`."""

    cells: tuple[Line, ...]
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Table(Block):
    """A table. `dense` is for long lists that are looked up rather than read; `index` for those that run to thousands
    and are printed as small lines in two columns.
    """

    kind: ClassVar[str] = "table"

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    dense: bool = False
    index: bool = False


@dataclass(frozen=True, slots=True)
class Pairs(Block):
    """Short facts, each with its label."""

    kind: ClassVar[str] = "pairs"

    items: tuple[tuple[str, Line], ...]


@dataclass(frozen=True, slots=True)
class Callout(Block):
    """A box that must not be overlooked."""

    kind: ClassVar[str] = "callout"

    tone: Tone
    title: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict(Block):
    """The head of page one: what the gate says, in letters that can be read across a room."""

    kind: ClassVar[str] = "verdict"

    mark: Mark
    sentence: str
    figures: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a strip."""

    label: str
    title: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Strip(Block):
    """A row of states that is taken in at one glance, such as the twelve bars of the gate."""

    kind: ClassVar[str] = "strip"

    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one thing is: `done` of `total`, of which `failing` fail; what is left waits."""

    label: str
    done: int
    failing: int
    total: int
    note: str


@dataclass(frozen=True, slots=True)
class ProgressBars(Block):
    """Several things with how far each is."""

    kind: ClassVar[str] = "progress"

    bars: tuple[Progress, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a chart: (at, value), times rising."""

    name: str
    points: tuple[tuple[float, float], ...]
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Chart:
    """Figures over time, from zero upwards. Times are seconds; `load` is the part of the axis that matters most.

    `limit` is drawn across, `marks` are moments at which something happened.
    """

    title: str
    unit: str
    curves: tuple[Curve, ...]
    start: float
    until: float
    load: tuple[float, float]
    limit: float | None = None
    marks: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Charts(Block):
    """Several charts that share their axis of time."""

    kind: ClassVar[str] = "charts"

    charts: tuple[Chart, ...]


@dataclass(frozen=True, slots=True)
class Section(Block):
    """A part of a document with a heading. `page` starts it on a new sheet when printed."""

    kind: ClassVar[str] = "section"

    title: str
    anchor: str
    blocks: tuple[Block, ...]
    page: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document. `date` is that of the newest thing it knows; `compact` fits it on one printed sheet."""

    id: str
    title: str
    product: str
    date: str
    blocks: tuple[Block, ...]
    compact: bool = False


def walk(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Every block, those inside sections and callouts too, in reading order."""
    for block in blocks:
        yield block
        if isinstance(block, (Section, Callout)):
            yield from walk(block.blocks)


def lines_of(block: Block) -> Iterator[Line]:
    """The lines that a block itself shows."""
    match block:
        case Paragraph(line=shown):
            yield shown
        case Bullets(items=items):
            yield from items
        case Table(rows=rows):
            for row in rows:
                yield from row.cells
        case Pairs(items=pairs):
            for _, shown in pairs:
                yield shown
        case _:
            return
