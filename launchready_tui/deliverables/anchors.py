"""The ids of one page or PDF: no two alike, and no link that leads nowhere."""

from __future__ import annotations

from collections.abc import Sequence

from launchready_tui.deliverables.blocks import Block, Document, Section, Table, walk
from launchready_tui.text import slug


class Anchors:
    """The places in some documents that links may lead to."""

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
