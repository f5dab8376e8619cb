"""Writes documents as one HTML file that needs nothing else: no network, no scripts, no fonts. Layout: templates/."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from launchready_tui.deliverables import charts
from launchready_tui.deliverables.anchors import Anchors
from launchready_tui.deliverables.blocks import Document, Progress, Section
from launchready_tui.deliverables.safe import flat, multiline
from launchready_tui.text import clock

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents."""

    id: str
    title: str
    parts: tuple[Entry, ...] = ()


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
    environment.filters["drawn"] = charts.draw
    environment.filters["in_words"] = charts.words
    environment.filters["amount"] = charts.amount
    environment.filters["clock"] = clock
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
