"""Long words wrap in HTML and PDF, and nothing is put into them in HTML and Markdown."""

from __future__ import annotations

import json
import re

from launchready_tui.deliverables.blocks import Column, Document, Row, Section, Table, Text, line
from launchready_tui.deliverables.to_html import to_html
from launchready_tui.deliverables.to_markdown import to_markdown
from launchready_tui.deliverables.to_typst import to_typst

WORD = f"https://tickets.example.com/{'a1b2c3d4' * 30}"


def document(product: str = "Acme") -> Document:
    table = Table((Column("One", "main"), Column(WORD)), (Row((line(WORD), line(Text(WORD, "strong")))),))
    return Document("d", WORD, product, "today", (Section(WORD, "a", (table,)),))


def test_the_page_breaks_words_that_are_wider_than_their_column() -> None:
    html = to_html([document()])
    style = html.partition("<style>")[2].partition("</style>")[0]
    for selector in ("body", "td, th"):
        rule = re.search(rf"^{selector} {{([^}}]*)}}", style, re.MULTILINE)
        assert rule, selector
        assert "overflow-wrap: anywhere" in rule[1]
    assert WORD in html
    assert "\u200b" not in html


def test_a_very_long_name_is_written_small() -> None:
    assert '<h1 id="d">' in to_html([document()])
    assert '<h1 class="long" id="d">' in to_html([document("Acme " * 600)])


def test_the_pdf_gets_every_long_word_in_pieces() -> None:
    whole = [key for key, value in to_typst([document(WORD)]).items() if value == WORD]
    assert whole == ["product", "title"], "the file's own title alone, which is not drawn"
    assert WORD not in json.dumps(to_typst([document(WORD)])["documents"])


def test_markdown_keeps_the_word_whole() -> None:
    assert "\u200b" not in to_markdown(document())
    assert "a1b2c3d4" * 30 in to_markdown(document())
