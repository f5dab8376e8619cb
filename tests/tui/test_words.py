"""The pure parts: rows, filters, wrapping, the top line."""

from __future__ import annotations

from datetime import timedelta

import pytest
from rich.cells import cell_len

from launchready_tui.engine.events import CheckStarted, Confirming, ResultReady, RunStarted
from launchready_tui.model.records import PAYLOADS
from launchready_tui.model.results import Run
from launchready_tui.model.verdicts import Verdict
from launchready_tui.tui import query, render
from launchready_tui.tui.paragraphs import block, wrap
from launchready_tui.tui.render import ASCII, UNICODE, Ink, Mark, fit
from launchready_tui.tui.rows import Board, Shape, build_rows, fix_first, risk, stage_tallies
from launchready_tui.tui.running import Progress
from launchready_tui.tui.widgets.statusline import Standpoint, status
from tests.tui.driving import NOW, working
from tests.tui.fake import PRODUCT, FakeSession


def test_every_sign_is_one_cell_wide_and_its_own() -> None:
    for glyphs in (UNICODE, ASCII):
        assert set(glyphs.marks) == set(Mark)
        assert all(cell_len(sign) == 1 for sign in glyphs.marks.values())
    assert all(sign.isascii() for sign in ASCII.marks.values())


@pytest.mark.parametrize("width", range(60, 200, 7))
def test_the_top_line_fits(width: int) -> None:
    snapshot = working().snapshot()
    progress = Progress("stage S1", NOW, total=21, done=14)
    for running in (None, progress):
        at = Standpoint(
            snapshot, "1 Quick audit", NOW, snapshot.runbook.stages[0], running, True, NOW - timedelta(minutes=2)
        )
        line = status(at, Ink(UNICODE, {}), width)
        assert line.cell_length <= width
        assert "NO-GO" in line.plain


def test_one_row_stands_for_all_subjects_and_shows_the_worst() -> None:
    session = working(
        verdict=lambda number, check, subject: Verdict.FAIL if subject.startswith("app") else Verdict.PASS
    )
    board = Board(session.snapshot())
    rows = build_rows(board.stage("S1"), query=query.Query(), opened=(), running=(), domain="acme.test")
    row = next(row for row in rows if row.key == ("dns.hosts-resolve", ""))
    assert (row.mark, row.about, row.opened) == (Mark.FAIL, "1 of 5 hosts", False)
    rows = build_rows(board.stage("S1"), query=query.parse("status:fail"), opened=(), running=(), domain="acme.test")
    assert {row.mark for row in rows if row.lead} == {Mark.FAIL}
    assert ("dns.hosts-resolve", "app.acme.test") in {row.key for row in rows}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 60),
        ("status:fail", 6),
        ("!status:fail", 54),
        ("owner:anna", 5),
        ("severity:blocker status:fail", 5),
        ("group:tls !owner:none", 0),
    ],
)
def test_filters(text: str, count: int) -> None:
    wanted = query.parse(text)
    assert sum(wanted.fits(row) for row in Board(working().snapshot()).stage("S1")) == count


def test_fix_first_is_the_fix_plan() -> None:
    rows = fix_first(Board(working().snapshot()))
    risks = [risk(row.lead) for row in rows if row.lead]
    assert risks == sorted(risks, reverse=True)
    assert len({row.key[0] for row in rows}) == len(rows)


def test_a_stage_is_counted_in_checks() -> None:
    tallies = stage_tallies(Board(working().snapshot()))
    assert (tallies[0].done, tallies[0].total, tallies[0].failing) == (9, 21, 4)
    assert [tally.total for tally in tallies] == [21, 4, 3, 1, 2, 1, 2]


def test_progress_folds_events() -> None:
    session = FakeSession()
    progress = Progress("x", NOW)
    progress.hear(RunStarted(Run(1, NOW, None, "running", "x", "t"), 2))
    progress.hear(CheckStarted("a.b", "s"))
    progress.hear(Confirming("a.b", "s", 2))
    assert progress.current == ("a.b", "s")
    assert progress.running["a.b", "s"] == 2
    progress.hear(ResultReady(session.judge(0, "dns.hosts-resolve", "s", NOW, 1), 1, 2))
    assert progress.fraction == 0.5


def test_text_is_wrapped_in_cells_with_a_hanging_indent() -> None:
    lines = wrap("宽字符 " * 20 + "x" * 100, 30, indent=4, first=["ab  "])
    plain = ["".join(part if isinstance(part, str) else part[0] for part in line) for line in lines]
    assert all(cell_len(line.rstrip()) <= 30 for line in plain)
    assert plain[0].startswith("ab  ")
    assert all(line.startswith("    ") for line in plain[1:])


def test_code_stays_as_it_is() -> None:
    lines = block("Say:\n\n```\ndig  +short\n  x\n```\n\n- one\n  two\n- three", 40)
    plain = ["".join(part if isinstance(part, str) else part[0] for part in line) for line in lines]
    assert plain == ["Say:", "", "│ dig  +short", "│   x", "", "• one two", "• three"]


def test_fit_counts_cells() -> None:
    assert fit("abc", 5, "…") == "abc  "
    assert fit("abcdef", 4, "…") == "abc…"
    assert cell_len(fit("宽字符宽", 4, "…")) == 4


def test_ages() -> None:
    assert [render.short_age(NOW - timedelta(seconds=s), NOW) for s in (3, 40, 130, 9000, 300_000)] == [
        "now",
        "40s",
        "2m",
        "2h",
        "3d",
    ]
    assert render.hours(46 * 3600 + 12 * 60) == "46:12"


def test_every_record_has_words() -> None:
    from launchready_tui.words.records import describe

    assert set(PAYLOADS) >= {"note", "waiver"}
    for record in working()._records:
        assert describe(record.payload)


def test_five_thousand_rows_are_built() -> None:
    more = "\n".join(
        f'[[redirect]]\nfrom = "http://acme.test/old/{n}"\nto = "https://www.acme.test/new/{n}"' for n in range(5_000)
    )
    board = Board(working(toml=PRODUCT + more).snapshot())
    standings = board.stage("S1")
    assert len(standings) > 5_000
    opened = {row.entry.id for row in standings}
    rows = build_rows(standings, query=query.Query(), opened=opened, running=(), domain="acme.test")
    assert len([row for row in rows if row.shape is Shape.SUBJECT]) > 5_000
