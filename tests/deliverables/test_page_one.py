"""Page one of every format: what was accepted, who signed, and figures that agree with the other documents."""

from __future__ import annotations

import re
from dataclasses import replace

import pypdfium2
import pytest

from launchready_tui.deliverables import documents
from launchready_tui.deliverables.documents import chapters, compose
from launchready_tui.deliverables.pdf import to_pdf
from launchready_tui.deliverables.reading import read
from launchready_tui.deliverables.to_html import to_html
from launchready_tui.engine.gate import compute_gate
from launchready_tui.model.board import GateVerdict, Snapshot, Standing
from launchready_tui.model.records import Note, Payload, SignOff, Waiver
from launchready_tui.model.verdicts import Severity, Verdict
from tests.deliverables.world import DAY, NOW, payloads, results, snapshot, world

WHY, CONTROL = "because the page comes after the launch", "an uptime check watches it"


def accepting(severity: Severity, count: int) -> tuple[Snapshot, list[Standing]]:
    """The fixed engagement in which that many failing rows of a severity are accepted, and those rows."""
    found, _ = results()
    entries = [entry for entry in snapshot().runbook.entries if entry.severity is severity][:count]
    shape = next(row for row in found if row.verdict is Verdict.FAIL)
    failing = [
        replace(shape, check=entry.id, subject=f"h{n}.acme.test", severity=severity, summary=f"seen at place {n}")
        for n, entry in enumerate(entries)
    ]
    said: list[Payload] = [
        Waiver(row.check, row.subject, row.reason, "Maya", f"{WHY} {n}", f"{CONTROL} {n}", NOW + DAY)
        for n, row in enumerate(failing)
    ]
    base = snapshot(found, (*payloads(), *said))
    numbers = {(r.payload.check, r.payload.subject): r for r in base.records if isinstance(r.payload, Waiver)}
    rows = []
    for result in failing:
        entry = base.runbook.entry(result.check)
        assert entry is not None
        rows.append(Standing(entry, result, waiver=numbers[result.key]))
    board = (*base.board, *rows)
    return replace(base, board=board, gate=compute_gate(base.runbook, board, base.state)), rows


def launched(*rows: Standing) -> Snapshot:
    """The fixed engagement with a board on which everything holds but those rows."""
    base = world()[0]
    passing = next(row for row in base.board if row.verdict is Verdict.PASS and not row.stale)
    good = tuple(
        replace(passing, entry=row.entry, result=replace(passing.result, check=row.entry.id, severity=row.severity))
        for row in base.board
    )
    board = (*good, *rows)
    return replace(base, board=board, gate=compute_gate(base.runbook, board, base.state))


def plain(text: str) -> str:
    """The words alone: no markup, escapes or line ends."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).replace("\\", "").replace("**", "").replace("\xa0", " ").split())


def first_pages(base: Snapshot) -> dict[str, str]:
    """What a reader of each format sees first: up to the contents, else up to the minimum bar."""
    reading = read(base)
    html = to_html(chapters(reading))
    with pypdfium2.PdfDocument(to_pdf(chapters(reading), NOW)) as document:
        sheet = document[0].get_textpage().get_text_range()
    return {
        "md": plain(documents.markdown("handover", base).partition("## The minimum bar")[0]),
        "html": plain(html[html.index("<body>") : html.index('<nav class="contents"')]),
        "pdf": plain(sheet.partition("Contents")[0]),
    }


@pytest.mark.parametrize("form", ["md", "html", "pdf"])
def test_each_waiver_stands_on_page_one_with_all_that_was_signed(form: str) -> None:
    base, rows = accepting(Severity.BLOCKER, 3)
    page = first_pages(base)[form]
    for n, row in enumerate(rows):
        assert row.waiver is not None
        for words in (
            row.entry.claim,
            row.result.subject,
            row.result.summary,
            f"{WHY} {n}",
            f"{CONTROL} {n}",
            f"record {row.waiver.number}",
        ):
            assert words in page, words
    assert "Maya" in page
    assert "25 Nov 2026" in page
    assert "Override: Iris, consultant, signed while the gate said NO-GO" in page


@pytest.mark.parametrize("form", ["md", "html", "pdf"])
def test_many_waivers_stay_on_page_one_blockers_in_full(form: str) -> None:
    lesser, rows = accepting(Severity.HIGH, 14)
    both, blockers = accepting(Severity.BLOCKER, 5)
    board = (*both.board, *rows)
    base = replace(both, board=board, gate=compute_gate(both.runbook, board, both.state))
    assert lesser.gate.waived > 10
    page = first_pages(base)[form]
    for n, row in enumerate(blockers):
        assert row.entry.claim in page
        assert f"{WHY} {n}" in page
    for row in rows:
        assert row.entry.claim in page
        assert row.result.subject in page
        assert row.result.summary in page


@pytest.mark.parametrize("form", ["md", "html", "pdf"])
def test_a_signature_says_since_when_it_is_outdated(form: str) -> None:
    fresh = first_pages(world()[0])[form]
    assert "signed by Iris as consultant" in fresh
    assert "outdated" not in fresh
    later = snapshot(results()[0], (*payloads(), Note("", "", "The DNS moved.", "Maya")))
    words = f"outdated since record {later.records[-1].number}"
    assert f"signed by Iris as consultant, {words}" in first_pages(later)[form]
    section = documents.markdown("handover", later).partition("## Sign-off")[2].partition("\n## ")[0]
    assert words in plain(section)


def test_a_signature_that_was_repeated_is_not_called_outdated_by_the_second() -> None:
    again = snapshot(results()[0], (*payloads(), SignOff("Maya", "founder", "NO-GO", "beef" * 16)))
    assert "outdated" not in documents.markdown("handover", again)


def test_open_blockers_are_one_figure_everywhere() -> None:
    base, _ = accepting(Severity.BLOCKER, 3)
    weak = next(row for row in base.board if row.verdict is Verdict.FAIL and row.severity is Severity.BLOCKER)
    warning = replace(weak, waiver=None, result=replace(weak.result, subject="weak.acme.test", verdict=Verdict.WARN))
    board = (*base.board, warning)
    base = replace(base, board=board, gate=compute_gate(base.runbook, board, base.state))
    count = len(base.gate.blockers)
    waived = sum(row.is_waived and row.severity is Severity.BLOCKER for row in base.board)
    risks = plain(documents.markdown("risk-list", base))
    warnings = sum(
        row.verdict is Verdict.WARN and row.severity is Severity.BLOCKER and not row.is_waived for row in board
    )
    assert f"Blockers: {count} open, {waived} accepted, {warnings} only a warning" in risks.replace(
        "only warnings", "only a warning"
    )
    assert f"{count} open blockers" in risks
    assert f"Not seen: {len(base.gate.unseen)} blockers" in risks
    assert f"{count} of them open blockers" in plain(documents.markdown("fix-plan", base))
    assert f"{count} of them open blockers" in plain(documents.markdown("handover", base))


def test_go_with_accepted_risks_names_them_and_how_many() -> None:
    runbook = world()[0].runbook
    barred = [control for bar in runbook.bars for control in bar.controls]
    highs = [
        entry
        for entry in runbook.entries
        if entry.severity is Severity.HIGH and not any(entry.covers(control) for control in barred)
    ]
    shape = next(row for row in world()[0].board if row.verdict is Verdict.FAIL)
    fails = Standing(highs[0], replace(shape.result, check=highs[0].id, subject="a.acme.test", severity=Severity.HIGH))
    unseen = Standing(
        highs[1],
        replace(
            shape.result,
            check=highs[1].id,
            subject="b.acme.test",
            severity=Severity.HIGH,
            verdict=Verdict.UNKNOWN,
            summary="a bot wall stood there",
        ),
    )
    base = launched(unseen)
    gate = replace(base.gate, risks=(fails.key, unseen.key))
    base = replace(base, board=(*base.board, fails), gate=gate)
    for form, page in first_pages(base).items():
        assert "GO WITH ACCEPTED RISKS" in page, form
        assert re.search(r"\b2\W+risks accepted", page), form
        for words in (highs[0].claim, highs[1].claim, "a.acme.test", "b.acme.test", "nobody signed for"):
            assert words in page, (form, words)


def test_go_names_no_risk() -> None:
    base = launched()
    assert base.gate.verdict is GateVerdict.GO
    assert not read(base).high_risks
    page = plain(documents.markdown("handover", base).partition("## The minimum bar")[0])
    assert "nobody signed for" not in page


def test_contents_that_find_no_room_go_to_the_second_sheet() -> None:
    base, _ = accepting(Severity.BLOCKER, 12)
    reading = read(base)
    with pypdfium2.PdfDocument(to_pdf(chapters(reading), NOW)) as document:
        sheets = [page.get_textpage().get_text_range() for page in document][:3]
    assert "NO-GO" in sheets[0]
    assert any("Contents" in sheet for sheet in sheets)
    assert f"{WHY} 11" in plain(sheets[0])


def test_parts_of_the_handover_that_follow_short_ones_begin_no_sheet() -> None:
    """Else the sheet before them holds a few lines and is blank below."""
    base, evidence = world()
    reading = read(base, evidence)
    parts = {getattr(block, "anchor", ""): block for block in compose("handover", reading).blocks}
    assert not any(getattr(parts[name], "page", True) for name in ("topics", "issues", "next", "holds"))
