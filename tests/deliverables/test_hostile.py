"""Text from outside comes out as the text that it is, in both formats."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from launchready_tui.deliverables import documents
from launchready_tui.deliverables.blocks import Code, Column, Document, Paragraph, Row, Section, Table, Text, line
from launchready_tui.deliverables.documents import chapters, compose
from launchready_tui.deliverables.prose import blocks_of
from launchready_tui.deliverables.reading import read
from launchready_tui.deliverables.to_html import to_html
from launchready_tui.deliverables.to_markdown import code, to_markdown
from tests.deliverables.page import Page
from tests.deliverables.world import world

CORPUS = Path("/work/shared/corpora/refdata/blns.json")
NASTIES = [
    "# heading",
    "\n\n# heading\n\n- item",
    "---",
    "===",
    "1. one",
    "10) ten",
    "> quote",
    "``` fence",
    "~~~",
    "a | b | c",
    "\\| \\\\| \\",
    "`tick` ``two`` `",
    "[link](https://evil.test)",
    "![pixel](https://evil.test/x.png)",
    "<https://evil.test>",
    "https://evil.test/path www.evil.test evil@evil.test mailto:evil@evil.test",
    "[ref]: https://evil.test",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "</td></table><h1>Owned</h1>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><script>alert(1)</script>",
    "{{ 7*7 }} {% raw %} ${7*7} #{7*7}",
    "&lt;b&gt; &#35; &amp; &copy",
    "**bold** __bold__ *em* _em_ ~~gone~~ ==mark==",
    "\x1b]0;owned\x07 \x1b[31m red \x9b31m",
    "user\u202egnp.exe \u2066x\u2069 \u200b\u2060\ufeff",
    "\u2028line\u2029paragraph\x85next\x0bvt\x0cff",
    "\ud800 lone surrogate",
    "\U000e0041\U000e0042 tags",
    "$x^2$ $$y$$",
    "@everyone #1 GH-1",
    "- [ ] task",
    "\t tab indented",
    "    four spaces",
    "x" * 30_000,
    "\x00",
]


def corpus() -> list[str]:
    found = json.loads(CORPUS.read_text(encoding="utf-8")) if CORPUS.exists() else []
    return [text for text in found if text.strip()]


def sample(text: str) -> Document:
    """A text in every place that shows one."""
    shown = line(Text(text), " ", Code(text), " ", Text(text, "strong"))
    table = Table((Column("One"), Column("Two")), (Row((shown, line(text))),))
    section = Section(text, "s", (Paragraph(shown), Paragraph(line(text)), table))
    return Document("handover", text, text, "24 Nov 2026", (section,))


def tokens(markdown: str) -> set[str]:
    reader = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table").enable("strikethrough")
    return {
        kind.type
        for token in reader.parse(markdown)
        for kind in [token, *(token.children or [])]
        if kind.type != "inline"
    }


ALLOWED = {
    f"{name}_{end}"
    for name in ("heading", "paragraph", "table", "thead", "tbody", "tr", "th", "td", "strong")
    for end in ("open", "close")
} | {"text", "code_inline", "text_special"}


@pytest.mark.parametrize("text", NASTIES + corpus())
def test_markdown_shows_text_and_nothing_else(text: str) -> None:
    markdown = to_markdown(sample(text))
    assert tokens(markdown) <= ALLOWED
    headings = [row for row in markdown.splitlines() if row.startswith("#")]
    assert len(headings) == 2
    rows = [row for row in markdown.splitlines() if row.startswith("|")]
    assert len(rows) == 3
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\u2028\u2029]", markdown)
    assert not re.search(r"(?i)https?://|(?<!`)\bwww\.", re.sub(r"(`+).*?\1", "", markdown))


@pytest.mark.parametrize("text", NASTIES + corpus())
def test_markdown_tables_keep_their_cells(text: str) -> None:
    markdown = to_markdown(sample(text))
    reader = MarkdownIt("commonmark").enable("table")
    kinds = [token.type for token in reader.parse(markdown)]
    assert kinds.count("td_open") == 2
    assert kinds.count("tr_open") == 2


@pytest.mark.parametrize("text", NASTIES + corpus())
def test_html_shows_text_and_nothing_else(text: str) -> None:
    plain, hostile = Page(to_html([sample("harmless")])), Page(to_html([sample(text)]))
    assert not hostile.problems
    assert set(hostile.tags) <= set(plain.tags)
    assert set(hostile.attributes) <= set(plain.attributes)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\u2028\u2029]", hostile.text)


@pytest.mark.parametrize(
    "text", ["](javascript:alert(1)) <b> | `x` # y \u202e \x1b[2J", "\n# h\n![x](https://evil.test/p)\n| a |"]
)
def test_a_hostile_engagement_gives_clean_documents(text: str) -> None:
    """The text in every field that the outside or a person fills: summaries, evidence, names, notes, reasons."""
    base, evidence = world(text)
    reading = read(base, evidence)
    page = Page(to_html(chapters(reading)))
    assert not page.problems
    assert "\u202e" not in page.text
    assert "\x1b" not in page.text
    allowed = ALLOWED | {
        f"{name}_{end}"
        for name in ("bullet_list", "ordered_list", "list_item", "blockquote", "link")
        for end in ("open", "close")
    }
    allowed |= {"fence", "html_inline", "softbreak", "code_block"}
    for info in documents.available(base):
        markdown = to_markdown(compose(info.id, reading))
        assert tokens(markdown) <= allowed - {"code_block"}
        prose = re.sub(r"(`+).*?\1", "", re.sub(r"(?ms)^(`{3,})$.*?^\1$", "", markdown))
        assert set(re.findall(r"<[a-zA-Z/!][^>]*>", re.sub(r"\\<", "", prose))) <= {"<br>"}
        links = re.findall(r"(?<!\\)\]\(([^)]*)\)", prose)
        assert set(links) <= {f"{other.id}.md" for other in documents.available(base)}


def test_code_in_a_table_never_ends_its_cell() -> None:
    """Readers disagree about a backslash before a bar inside of code, so there it is written as text."""
    assert code("a|b", in_table=True) == "`a\\|b`"
    assert code("a\\|b", in_table=True) == "a\\\\\\|b"
    assert code("`a` ``b``") == "``` `a` ``b`` ```"


def test_a_runbook_text_cannot_bring_markup_along() -> None:
    shown = blocks_of("See <b>x</b> ![p](https://evil.test/p.png) [l](javascript:1)\n\n- one `code`\n\n```\n<raw>\n```")
    page = Page(to_html([Document("handover", "t", "p", "d", shown)]))
    assert not page.problems
    assert "img" not in page.tags
    assert "b" not in page.tags
    assert "<raw>" in page.text
    assert "![p](https://evil.test/p.png)" in page.text
