"""The PDFs: pages, one of them for the fix plan, and text that is never read as typst."""

from __future__ import annotations

import json
import re

import pypdfium2
import pytest

from launchready_tui.deliverables import pdf
from launchready_tui.deliverables.blocks import (
    Callout,
    Code,
    CodeBlock,
    Column,
    Document,
    Paragraph,
    RecordRef,
    Row,
    Section,
    Table,
    Text,
    line,
)
from launchready_tui.deliverables.documents import chapters, compose
from launchready_tui.deliverables.pdf import to_pdf
from launchready_tui.deliverables.reading import read
from launchready_tui.deliverables.to_typst import MOST_LINES, pieces, to_typst
from tests.deliverables.world import NOW, crowded, snapshot, world

pytest.importorskip("typst", reason="the PDF extra is not installed")

HOSTILE = [
    "#let x = 1 #x",
    "$ a^2 $ \\ #sym.arrow \\u{1F600}",
    '"quoted" #"string" \\"',
    "#panic()",
    '#read("/etc/passwd")',
    '#image("x.png")',
    "= heading",
    "// comment /* block */",
    "@label <label>",
    "*bold* _emph_ `raw` ```raw```",
    "[bracket] {brace} (paren)",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "\u202egnp.exe\u2066x\u2069",
    "\ud800 lone",
    "\x00\x1b[31m",
    "\u4e2d\u6587 \U0001f680",
    "x" * 30_000,
    "",
]


def text_of(data: bytes) -> str:
    """The words of all pages; a form feed ends each."""
    with pypdfium2.PdfDocument(data) as document:
        return "".join(f"{page.get_textpage().get_text_range()}\f" for page in document)


def pages(data: bytes) -> int:
    """How many there are."""
    with pypdfium2.PdfDocument(data) as document:
        return len(document)


def sample(text: str, *, compact: bool = False) -> Document:
    shown = line(Text(text), " ", Code(text), " ", Text(text, "strong"))
    table = Table((Column(text), Column("Two")), (Row((shown, line(text))),))
    return Document("d", text, text, text, (Paragraph(shown), table, CodeBlock(text)), compact=compact)


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_never_code(text: str) -> None:
    made = to_pdf([sample(text), sample(text)], NOW)
    assert made.startswith(b"%PDF-")
    if text.isascii() and text.isprintable() and 0 < len(text) < 100:
        shown = re.sub(r"\s+", "", text_of(made))
        assert re.sub(r"\s+", "", text) in shown


def test_a_hostile_engagement() -> None:
    base, evidence = world('#panic() $ \\ "\u05d0 ] } \x1b \u202e')
    made = pdf.pdf_files(read(base, evidence))
    assert pages(made["handover.pdf"]) > 5
    assert pages(made["fix-plan.pdf"]) == 1


def test_the_same_bytes_twice_and_no_date() -> None:
    base, evidence = world()
    reading = read(base, evidence)
    assert to_pdf(chapters(reading), NOW) == to_pdf(chapters(reading), NOW)
    assert b"/CreationDate" not in to_pdf([compose("fix-plan", reading)], None)


def test_header_footer_and_outline() -> None:
    base, evidence = world()
    made = pdf.pdf_files(read(base, evidence))["handover.pdf"]
    text = text_of(made)
    count = text.count("\f")
    sheets = text.split("\f")[:count]
    assert f"1 / {count}" in sheets[0]
    assert f"{count} / {count}" in sheets[-1]
    assert "Acme Market" in sheets[3]
    assert "NO-GO" in sheets[0]
    assert b"/Outlines" in made


@pytest.mark.parametrize("base", [snapshot(), world()[0], crowded(5_000), world("long words " * 40)[0]])
def test_the_fix_plan_is_one_page(base: object) -> None:
    reading = read(base)  # type: ignore[arg-type]
    made = to_pdf([compose("fix-plan", reading)], NOW)
    assert pages(made) == 1
    assert "Fix plan" in text_of(made)


def test_even_a_plan_that_does_not_fit_is_one_page() -> None:
    rows = tuple(Row((line(f"{n}"), line("word " * 200))) for n in range(60))
    huge = Document("d", "t", "p", "x", (Table((Column("#"), Column("Text", "main")), rows),), compact=True)
    assert pages(to_pdf([huge], NOW)) == 1


def test_a_table_without_end_is_cut_with_a_word() -> None:
    rows = tuple(Row((line(f"row{n}"), line(RecordRef(n))), anchor=f"r-{n}") for n in range(1_000))
    text = text_of(to_pdf([Document("d", "t", "p", "x", (Table((Column("A"), Column("B")), rows),))], NOW))
    assert "row499" in text
    assert "row500" not in text
    assert "500 more of 1,000 are not printed here: handover.html and handover.md have all" in " ".join(text.split())


def index(count: int) -> Document:
    rows = tuple(Row((line(Code(f"id{n:05}")), line(f"asked{n}"), line("-")), anchor=f"e-{n:05}") for n in range(count))
    columns = (Column("Id"), Column("Asked"), Column("Seen"))
    return Document("d", "t", "p", "x", (Table(columns, rows, dense=True, index=True),))


def test_an_index_holds_thousands_of_lines_in_two_columns_and_says_what_it_leaves_out() -> None:
    made = to_pdf([index(MOST_LINES + 7)], NOW)
    text = text_of(made)
    assert f"id{MOST_LINES - 1:05}" in text
    assert f"id{MOST_LINES:05}" not in text
    assert f"7 more of {MOST_LINES + 7:,} are not printed here" in " ".join(text.split())
    assert pages(made) < 60


def test_the_evidence_is_in_the_pdf_and_ids_lead_to_it() -> None:
    base, evidence = world()
    made = pdf.pdf_files(read(base, evidence))["handover.pdf"]
    text = text_of(made)
    for item in evidence:
        assert item.id in text
    assert f"Evidence: {len(evidence)}" in text
    plain = json.dumps(to_typst(chapters(read(base, evidence))))
    assert f'"kind": "evidence", "text": "{evidence[0].id}", "to": ""' not in plain


@pytest.mark.parametrize(("lead", "count"), [(0, 5), (15, 81), (20, 67), (20, 93), (0, 200)])
def test_no_sheet_is_empty_however_long_the_contents(lead: int, count: int) -> None:
    said = (Paragraph(line("Words that stand on the sheet.")),)
    parts = tuple(Section(f"Part {n}", f"p{n}", said) for n in range(count))
    first = Document("a", "A", "Acme", "today", (*said * lead, *parts))
    other = Document("b", "B", "Acme", "today", said)
    sheets = text_of(to_pdf([first, other], NOW)).split("\f")[:-1]
    assert all("Words that stand" in sheet or "Part" in sheet or "Contents" in sheet for sheet in sheets)


def test_a_short_box_is_never_broken_over_two_sheets() -> None:
    box = Callout("unknown", "A box", (Paragraph(line("its words")),))
    for filler in range(36, 46):
        blocks = (*(Paragraph(line(f"filler {n}")) for n in range(filler)), box)
        document = Document("a", "A", "Acme", "today", blocks)
        sheet = next(sheet for sheet in text_of(to_pdf([document, document], NOW)).split("\f") if "A box" in sheet)
        assert "its words" in sheet


def test_the_one_page_is_an_upright_sheet_of_a4() -> None:
    made = to_pdf([compose("fix-plan", read(world()[0]))], NOW)
    with pypdfium2.PdfDocument(made) as document:
        assert [round(side) for side in document[0].get_size()] == [595, 842]


@pytest.mark.parametrize(
    "word",
    [
        "q" * 300,
        "T" * 3_000,
        f"https://tickets.example.com/browse/{'a1b2c3d4e5' * 20}?x={'q' * 60}",
        "Launch-Decision-" * 40,
        "_" * 300,
        "." * 300,
        "\u05d0" * 300,
        "\u0416" * 300,
    ],
    ids=["q", "title", "url", "dashes", "underscores", "dots", "hebrew", "cyrillic"],
)
def test_nothing_runs_off_the_sheet_or_into_the_next_column(word: str) -> None:
    columns = (Column("One", "main"), Column("Two"), Column(word, "person"), Column("END", "source"))
    cells = (line(word), line(Text(word, "strong"), " ", Code(word)), line("x"), line("end"))
    said = line("see ", word, " and ", Code(word))
    blocks = (
        Paragraph(said),
        CodeBlock(word),
        Callout("waived", word, (Paragraph(said),)),
        Table(columns, (Row(cells),)),
        Section(word, "a", (Paragraph(said),)),
    )
    made = to_pdf([Document("d", word, word, "today", blocks), Document("e", "E", word, "today", blocks)], NOW)
    with pypdfium2.PdfDocument(made) as document:
        for page in document:
            width = page.get_size()[0]
            text = page.get_textpage()
            rights = [text.get_charbox(n)[2] for n in range(text.count_chars())]
            assert max(rights, default=0) < width - 30, "nothing leaves the sheet"


def test_names_are_broken_without_adding_a_sign() -> None:
    url = "https://www.acme.test/a/long/path?with=a&query=string"
    assert "".join(pieces(url)) == url
    assert len(pieces(url)) > 5
    data = json.dumps(to_typst([sample(url)]), ensure_ascii=False)
    assert "\u200b" not in data
    assert url in "".join(text_of(to_pdf([sample(url)], NOW)).split()), "what is copied is the name"


def test_letters_that_the_fonts_inside_lack_are_looked_for_on_the_machine() -> None:
    assert pdf._is_covered("Zo\u00eb \u0416 \u05d0 \u0627 \u2713 \u2192 \u221a")
    assert not pdf._is_covered("\u4e2d")


def test_without_typst(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    assert not pdf.is_installed()
    with pytest.raises(pdf.PdfMissing, match="typst"):
        to_pdf([sample("x")], NOW)
