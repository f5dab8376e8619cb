"""Writes documents as one HTML file that needs nothing else: no network, no scripts, no fonts. Layout: templates/."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from launchready_tui.deliverables.blocks import Block, Document, Progress, Section, Table, walk
from launchready_tui.deliverables.safe import flat, multiline
from launchready_tui.text import slug

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents."""

    id: str
    title: str
    parts: tuple[Entry, ...] = ()


class Anchors:
    """The ids of one page: no two alike, and none that leads nowhere."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._used: set[str] = set()
        self._sections: dict[int, str] = {}
        self._places: dict[tuple[str, str], str] = {}
        self._rows: dict[str, str] = {}
        for document in documents:
            self._places[document.id, ""] = self._unique(slug(document.id))
        for document in documents:
            for block in walk(document.blocks):
                self._add(document, block)

    def _add(self, document: Document, block: Block) -> None:
        if isinstance(block, Section):
            name = self._unique(f"{slug(document.id)}-{slug(block.anchor)}")
            self._sections[id(block)] = name
            self._places.setdefault((document.id, block.anchor), name)
        elif isinstance(block, Table):
            for row in block.rows:
                if row.anchor and row.anchor not in self._rows:
                    self._rows[row.anchor] = self._unique(slug(row.anchor))

    def _unique(self, name: str) -> str:
        number, found = 1, name
        while found in self._used:
            number += 1
            found = f"{name}-{number}"
        self._used.add(found)
        return found

    def document(self, document: str) -> str:
        """The id of a document."""
        return self._places[document, ""]

    def section(self, section: Section) -> str:
        """The id of a section."""
        return self._sections[id(section)]

    def row(self, anchor: str) -> str:
        """The id of a row that references lead to, '' if there is none."""
        return self._rows.get(anchor, "")

    def target(self, document: str, section: str) -> str:
        """Where a link to a document goes: to its section, else to its beginning; '' if it is not in this file."""
        return self._places.get((document, section)) or self._places.get((document, ""), "")


def to_html(documents: Sequence[Document]) -> str:
    """The documents as one file; the first one opens it."""
    anchors = Anchors(documents)
    first = documents[0]
    lead = tuple(block for block in first.blocks if not isinstance(block, Section))
    page: str = (
        _templates()
        .get_template("pack.html.j2")
        .render(
            first=first,
            lead=lead,
            rest=tuple(block for block in first.blocks if isinstance(block, Section)),
            documents=documents[1:],
            contents=tuple(_contents(documents, anchors)),
            anchors=anchors,
            css=Markup((_TEMPLATES / "pack.css").read_text(encoding="utf-8")),  # noqa: S704 (our own file)
        )
    )
    return page if page.endswith("\n") else page + "\n"


def _contents(documents: Sequence[Document], anchors: Anchors) -> Iterator[Entry]:
    for document in documents:
        sections = [block for block in document.blocks if isinstance(block, Section)]
        parts = tuple(Entry(anchors.section(section), section.title) for section in sections)
        yield Entry(anchors.document(document.id), document.title, parts)


@lru_cache(maxsize=1)
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["lines"] = _code
    environment.filters["shares"] = _shares
    return environment


def _shown(value: object) -> object:
    """What a template prints: markup of our own as it is, everything else as safe text, which is then escaped."""
    return value if isinstance(value, (Markup, int)) else flat(str(value))


def _code(text: str) -> Markup:
    """Text whose lines matter."""
    return Markup.escape(multiline(text))


def _shares(bar: Progress) -> tuple[int, int]:
    """How far a bar is done and failing, in thousandths of its length."""
    if not bar.total:
        return (0, 0)
    done = bar.done * 1000 // bar.total
    return (done, min(1000 - done, -(-bar.failing * 1000 // bar.total)))
