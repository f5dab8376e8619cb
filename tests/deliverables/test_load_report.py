"""The load test report: what it says of a run, in every format, and what it says without one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from launchready_tui.deliverables import documents, pdf
from launchready_tui.deliverables.blocks import Chart, Charts, Curve, walk
from launchready_tui.deliverables.charts import HEIGHT, WIDTH, amount, draw, nice, spark, svg, words
from launchready_tui.deliverables.documents import compose
from launchready_tui.deliverables.reading import Reading, read
from launchready_tui.deliverables.to_html import to_html
from launchready_tui.deliverables.to_markdown import to_markdown
from launchready_tui.model.board import Snapshot
from launchready_tui.model.codec import evidence_from_plain, evidence_to_plain, identified
from launchready_tui.model.evidence import Evidence
from launchready_tui.model.questions import KeptLoad, LoadEvent, LoadReport, NewestLoad, RouteLoad, StepLoad
from launchready_tui.model.questions.loadtest import BurstLoad
from launchready_tui.model.questions.serverwatch import CallCount, DependencyCalls, Gap, Unwatched
from launchready_tui.model.results import Result
from launchready_tui.model.verdicts import Severity, Source, Verdict
from tests.checks.load import GOOD, INVALID, STOPPED, over, watched
from tests.deliverables.world import payloads, snapshot

HOSTILE = "<script>alert(1)</script> | `x` \x1b]0;evil\x07 ‮"

BROKE = watched(
    ("db.used", over(lambda at: min(20, 2 + at / 20) if at > 0 else 2)),
    ("db.limit", over(20)),
    ("db.active", over(lambda at: min(15, at / 30) if at > 0 else 0)),
    ("pool.wait", over(lambda at: 0.4 if at > 300 else 0.01)),
    ("memory", over(lambda at: 1e8 + 2e5 * max(0, at))),
    ("queue.mail.depth", over(lambda at: max(0, at / 4))),
    ("queue.mail.delay", over(lambda at: max(0, at / 5))),
    report=replace(
        GOOD,
        most_users=40,
        max_concurrency=15,
        first_to_give=(LoadEvent(310, "p95-fail", 900, "listing", "p95 of listing above 800 ms: 900 ms"),),
        routes=(replace(GOOD.routes[0], p95_ms=1_300, failures=80), *GOOD.routes[1:]),
        flood=(RouteLoad("listing", "flood", 2_000, p95_ms=40, p95_low_ms=38, p95_high_ms=43),),
    ),
    dependencies=(DependencyCalls("api.stripe.com", (CallCount(0, 40), CallCount(300, 90, 30))),),
    gaps=(Gap("database", 400, 410, "timeout", "no answer"),),
    unwatched=(Unwatched("app-log", "input-missing", "no [logs] app is declared"),),
)


def kept(report: LoadReport, **more: Any) -> Evidence[KeptLoad]:
    facts = KeptLoad(True, report, report.finished_at, "e-load")
    at = report.finished_at + timedelta(seconds=5)
    return identified(Evidence("", NewestLoad(), 1, facts, None, at, at, **more))


def judged(evidence: Iterable[Evidence[Any]]) -> Snapshot:
    """A board on which one check of the load test has that evidence."""
    ids = tuple(item.id for item in evidence)
    at = GOOD.finished_at + timedelta(seconds=6)
    result = Result("load.capacity", "acme.test", Verdict.WARN, Severity.HIGH, "little-headroom", "carries 30",
                    Source.LIVE, at, evidence=ids, run=1)  # fmt: skip
    found = snapshot((result,), payloads())
    entry = found.runbook.entry("load.capacity")
    assert entry is not None
    row = next(row for row in found.board if row.entry.id == "load.capacity")
    return replace(found, board=(*(item for item in found.board if item is not row), replace(row, result=result)))


def reading(report: LoadReport) -> Reading:
    evidence = kept(report)
    return read(judged([evidence]), [evidence])


def text(report: LoadReport) -> str:
    return to_markdown(compose("load-report", reading(report)))


def test_the_first_sentence_says_how_many_and_what_broke_first() -> None:
    shown = text(BROKE)
    assert "Holds 15 sessions at once, 0.8 times the expected peak. First to give, at 05:00: " in shown
    assert "api.stripe.com answers 429" in shown
    assert "p95 of listing above 800 ms: 900 ms" in shown


def test_what_gave_way_is_in_order_of_time() -> None:
    shown = text(BROKE)
    part = shown[shown.index("## What gave way first") : shown.index("## Routes")]
    times = re.findall(r"^\d+\. (\d\d:\d\d) ", part, re.MULTILINE)
    assert times == sorted(times)
    assert len(times) >= 4
    assert "(bends)" in part


def test_routes_stand_with_interval_failures_and_state() -> None:
    [row] = [line for line in text(BROKE).splitlines() if line.startswith("| **listing** in browse | 4,000")]
    assert "**1,300** (190–215)" in row
    assert "80 (2.0 %)" in row
    assert "✗ fail" in row


def test_charts_generator_benchmark_suppliers_and_what_was_not_watched() -> None:
    shown = text(BROKE)
    assert "**Database connections:** " in shown
    assert "in use: at most 20 at 06:00" in shown
    assert "valid, CPU 35 %" in shown
    assert "People against a benchmark of one page" in shown
    assert re.search(r"`api.stripe.com` \| 130 \| 30 \| 0 \| 0", shown)
    assert "`database` from 06:40 to 06:50: no answer" in shown
    assert "no \\[logs\\] app is declared" in shown
    assert kept(BROKE).id in shown


def test_kinds_of_failures_and_the_burst() -> None:
    row = replace(GOOD.routes[0], failures=9, errors={"timeout": 2, "status-503": 7})
    many = over(lambda at: max(0, 50 - at) if at > 0 else 0, end=90)
    burst = BurstLoad(53, 212, 0, 5.0, watched(("queue.mail.depth", many)).server)
    shown = text(replace(GOOD, routes=(row,), burst=burst))
    assert "9 (0.2 %)<br>status-503 7, timeout 2" in shown
    assert "**Burst:** 53 sessions within 5 s left work behind; mail: at most 45 jobs, drained 45 s after" in shown


def test_a_run_without_a_break_says_at_least() -> None:
    shown = text(GOOD)
    assert "Holds at least 20 sessions at once, 1.0 times the expected peak; nothing gave way." in shown
    assert "went beyond its limit" in shown


def test_an_invalid_run_says_so_first() -> None:
    assert "**INVALID: the figures describe the generator, not the product" in text(INVALID)


def test_an_early_end_is_said() -> None:
    shown = text(STOPPED)
    assert "It did not run as planned" in shown
    assert "stopped by hand after 40 s" in shown


def test_steps_to_the_knee() -> None:
    steps = (StepLoad(10, 0, 20, 300, 90), StepLoad(20, 20, 40, 500, 950, 0, "checkout", "p95"))
    shown = text(replace(GOOD, plan=replace(GOOD.plan, mode="steps"), steps=steps, knee=10))
    assert "## Steps to the knee" in shown
    assert "| **20** | 500 | 950 ms | 0.0 % | ✗ p95 checkout |" in shown
    assert "Holds 10 sessions at once" in shown


def test_nobody_ran_it() -> None:
    shown = documents.markdown("load-report", snapshot())
    assert "Nobody ran a load test yet" in shown
    assert "launchready load FILE" in shown


def test_without_the_evidence_it_is_not_said_that_nobody_ran_it() -> None:
    evidence = kept(BROKE)
    found = judged([evidence])
    shown = documents.markdown("load-report", found)
    assert "Nobody ran" not in shown
    assert "not in this copy" in shown
    redacted = replace(evidence, facts=None)
    assert "not in this copy" in documents.markdown("load-report", found, [redacted])


def test_a_preview_asks_for_the_evidence_that_it_shows() -> None:
    evidence = kept(BROKE)
    found = judged([evidence])
    assert documents.shown_evidence("load-report", found) == (evidence.id,)
    assert documents.shown_evidence("risk-list", found) == ()
    assert "Holds 15 sessions" in documents.markdown("load-report", found, [evidence])
    asked: list[str] = []

    def look(ids: Iterable[str]) -> list[Evidence[KeptLoad]]:
        asked.extend(ids)
        return [evidence]

    assert "Holds 15 sessions" in documents.preview("load-report", found, look)
    assert documents.preview("risk-list", found, look) == documents.markdown("risk-list", found)
    assert asked == [evidence.id]


def test_the_newest_report_counts() -> None:
    old, new = kept(BROKE), kept(replace(GOOD, finished_at=GOOD.finished_at + timedelta(seconds=9)))
    both = read(judged([old, new]), [new, old])
    assert "Holds at least 20" in to_markdown(compose("load-report", both))


def test_stored_and_read_back_it_is_the_same_bytes() -> None:
    evidence = kept(BROKE)
    again = evidence_from_plain(evidence_to_plain(evidence))
    assert again == evidence
    found = judged([evidence])
    one, two = (to_html([compose("load-report", read(found, [item]))]) for item in (evidence, again))
    assert one == two


def test_the_page_draws_charts_and_needs_nothing_else() -> None:
    page = to_html([compose("load-report", reading(BROKE))])
    assert page.count("<figure") >= 9
    assert page.count("<svg") == page.count('role="img"') == page.count("<figure")
    assert "<script" not in page
    assert 'class="curve t-unknown" d="M' in page


def test_hostile_text_stays_text_in_every_format() -> None:
    dirty = replace(
        BROKE,
        routes=(replace(BROKE.routes[0], route=HOSTILE, journey=HOSTILE),),
        first_to_give=(LoadEvent(310, "errors", 5, HOSTILE, HOSTILE),),
        partial=(HOSTILE,),
        authorized_by=HOSTILE,
        server=replace(
            BROKE.server,
            dependencies=(DependencyCalls(HOSTILE, (CallCount(0, 9, 9),)),),
            gaps=(Gap(HOSTILE, 0, 1, "x", HOSTILE),),
            unwatched=(Unwatched(HOSTILE, "x", HOSTILE),),
            series=(*BROKE.server.series, replace(BROKE.server.series[0], name=f"queue.{HOSTILE}.depth")),
        ),
    )
    page, shown = to_html([compose("load-report", reading(dirty))]), text(dirty)
    assert "<script" not in page
    assert "\x1b" not in page + shown
    assert "‮" not in page + shown
    assert "&lt;script&gt;" in page


@pytest.mark.skipif(not pdf.is_installed(), reason="typst is missing: pip install 'launchready[pdf]'")
def test_the_pdf_holds_the_charts() -> None:
    found = reading(BROKE)
    made = pdf.to_pdf([compose("load-report", found)], found.as_of)
    assert made.startswith(b"%PDF")
    assert made == pdf.to_pdf([compose("load-report", found)], found.as_of)


# --- drawing ----------------------------------------------------------------------------------------------------------


def chart(points: Iterable[tuple[float, float]], **more: Any) -> Chart:
    return Chart("t", "ms", (Curve("c", tuple(points)),), 0.0, 100.0, (0.0, 100.0), **more)


def test_a_curve_goes_from_edge_to_edge_and_zero_is_below() -> None:
    [line] = draw(chart([(0.0, 0.0), (50.0, 50.0), (100.0, 100.0)])).lines
    assert line.path == f"M0 {HEIGHT}L{WIDTH / 2:g} {HEIGHT / 2:g}L{WIDTH} 0"


def test_a_gap_in_time_is_a_gap_in_the_curve() -> None:
    points = [(float(at), 5.0) for at in (*range(20), *range(60, 80))]
    assert draw(chart(points)).lines[0].path.count("M") == 2


def test_many_points_keep_their_peak() -> None:
    points = [(at / 100, 900.0 if at == 4_321 else 1.0) for at in range(10_000)]
    drawing = draw(chart(points))
    assert drawing.top == 1_000
    assert drawing.lines[0].path.count("L") < 300
    assert f" {HEIGHT - 108:g}" in drawing.lines[0].path


@pytest.mark.parametrize(
    ("value", "expected"), [(0, 1), (0.26, 0.3), (1, 1), (7, 8), (9, 10), (21, 25), (260, 300), (float("inf"), 1)]
)
def test_round_tops(value: float, expected: float) -> None:
    assert nice(value) == pytest.approx(expected)


def test_a_limit_far_above_the_curve_is_not_drawn() -> None:
    assert draw(chart([(0.0, 10.0), (9.0, 10.0)], limit=20.0)).limit == pytest.approx(0.0, abs=60)
    assert draw(chart([(0.0, 1.0), (9.0, 1.0)], limit=800.0)).limit is None


def test_words_and_sparks() -> None:
    found = chart([(0.0, 0.0), (30.0, 80.0), (60.0, 40.0)], limit=100.0)
    assert words(found) == "at most 80 ms at 00:30, 40 ms at the end; the limit is 100 ms"
    assert spark(found.curves[0]) == "▁█▅"
    assert words(chart([])) == "nothing was seen"
    assert spark(Curve("c", ())) == ""
    assert amount(2.5e9, "bytes") == "2.50 GB"
    assert "<text" not in svg(found)


def test_every_chart_of_a_report_shares_its_axis() -> None:
    [block] = [item for item in walk(compose("load-report", reading(BROKE)).blocks) if isinstance(item, Charts)]
    assert {(item.start, item.until, item.load) for item in block.charts} == {(-10.0, 900.0, (0.0, 600.0))}
    assert all(curve.points for item in block.charts for curve in item.curves)
