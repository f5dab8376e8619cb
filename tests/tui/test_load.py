"""The load test on the screen: what would be sent, the live charts, the report, and the kill key."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from launchready_tui.load.ticks import LoadTick
from launchready_tui.model.profile import parse_product
from launchready_tui.model.questions.loadtest import (
    GeneratorHealth,
    LoadEvent,
    LoadPhase,
    LoadPlan,
    LoadPoint,
    LoadReport,
    RouteLoad,
    StepLoad,
)
from launchready_tui.model.questions.serverwatch import Series, ServerWatch
from launchready_tui.tui.loading import LiveLoad
from launchready_tui.tui.paragraphs import Line
from launchready_tui.tui.render import ASCII, UNICODE, Ink
from launchready_tui.tui.screens import load_lines
from tests.tui import boards
from tests.tui.boards import SIZES, app_of, opened, press, session, settle, text_of

AT = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
INK = Ink(UNICODE, {})
SLOW = RouteLoad("checkout", "buy", 120, 4, p50_ms=900, p95_ms=2_900, max_ms=4_100, fail_ms=2_000)
FINE = RouteLoad("listing", "browse", 4_000, 0, p50_ms=80, p95_ms=410, max_ms=600)
PLAN = LoadPlan("closed", 100, 480, phases=(LoadPhase("hold", 0, 480, 100),), environment="staging")


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    boards.use_utc(monkeypatch)


def plain(lines: list[Line]) -> str:
    return "\n".join("".join(part if isinstance(part, str) else str(part[0]) for part in line) for line in lines)


def report() -> LoadReport:
    points = tuple(LoadPoint(float(n), n, 10, n // 50, p95_ms=10.0 * n) for n in range(1, 101))
    return LoadReport(
        PLAN,
        AT,
        AT + timedelta(seconds=480),
        routes=(SLOW, FINE),
        timeline=points,
        server=ServerWatch(series=(Series("db.used", "connections", ((1.0, 4.0), (60.0, 20.0))),)),
        first_to_give=(LoadEvent(90.0, "p95-fail", 2_100.0, "checkout", "p95 of checkout above 2 s"),),
        max_concurrency=62,
        most_users=100,
        authorized_by="Ada",
    )


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_a_chart_is_as_wide_as_asked_and_its_peak_stands_out(glyphs: object) -> None:
    ink = Ink(ASCII if glyphs is ASCII else UNICODE, {})
    blocks = ink.glyphs.spark
    drawn = load_lines.spark(ink, [0.0] * 50 + [100.0] + [0.0] * 49, 20)
    assert len(drawn) == 20
    assert drawn.count(blocks[-1]) == 1
    assert load_lines.spark(ink, [5.0], 10).strip() == blocks[-1]
    assert load_lines.spark(ink, [5.0], 10, whole=True) == blocks[-1] * 10
    assert load_lines.spark(ink, [5.0], 10, top=100.0).strip() == blocks[0]
    assert load_lines.spark(ink, [], 10) == " " * 10


def test_the_live_view_says_where_it_is_and_what_hurts() -> None:
    live = LiveLoad()
    health = GeneratorHealth(cpu_percent=31)
    for second in range(5):
        point = LoadPoint(float(second), 60 + second, 200, 6 * second, p95_ms=400.0)
        live.hear(
            LoadTick(
                "running",
                PLAN,
                second,
                60 + second,
                212.0,
                410.0,
                3.1,
                PLAN.phases[0],
                point,
                (SLOW, FINE),
                health,
                {"db.used": 19.0 + second / 4, "db.limit": 20.0, "queue.mail.delay": 74.0},
            )
        )
        assert live.tick is not None
        live.hear(replace(live.tick, at=float(second)))  # a second counts once
    assert len(live.rate) == 5
    text = plain(load_lines.live_lines(INK, live, 110))
    for words in ("64 users of 100", "00:04 of 08:00", "hold", "valid · generator 31 % busy", "q stops", "212.0 req/s"):
        assert words in text
    assert "20 of 20" in text
    assert "queue mail delay" in text
    assert "✗ fail" in text
    assert "2.9 s" in text


def test_an_invalid_generator_is_said() -> None:
    live = LiveLoad()
    live.hear(LoadTick("running", PLAN, generator=GeneratorHealth(cpu_percent=97, reasons=("its CPU was full",))))
    assert "invalid · generator 97 % busy" in plain(load_lines.live_lines(INK, live, 100))


def test_the_report_says_what_gave_first_and_with_how_many() -> None:
    text = plain(load_lines.report_lines(INK, report(), 110))
    for words in (
        "62 sessions at once within the limits",
        "First to give",
        "p95 of checkout above 2 s",
        "authorized by Ada",
    ):
        assert words in text
    assert "(at 90 users)" in text
    broken = replace(
        report(),
        generator=GeneratorHealth(reasons=("its CPU was full",)),
        steps=(StepLoad(10, 0, 20, 100, 300.0), StepLoad(20, 20, 40, 100, 900.0, 2.0, "checkout", "p95")),
        partial=("A worker disappeared.",),
    )
    text = plain(load_lines.report_lines(INK, broken, 80))
    for words in ("describe the generator", "A worker disappeared", "broke: p95 on checkout", "held"):
        assert words in text


def test_all_charts_of_a_report_have_one_axis_and_tell_the_highest() -> None:
    waits = Series("pool.wait", "s", ((10.0, 0.0), (50.0, 3.0), (200.0, 0.0)))
    text = plain(load_lines.report_lines(INK, replace(report(), server=ServerWatch(series=(waits,))), 80))
    assert "3.0 s most" in text
    assert "to 03:20; the load ended at 01:41" in text
    wait, users = (next(line for line in text.splitlines() if line.startswith(name)) for name in ("pool wait", "users"))
    highest = wait[load_lines.NAME :].index("█")
    assert users[load_lines.NAME :][highest] not in "▁█", "where the pool was dry the load was half way up"


def test_what_failed_stands_in_a_narrow_table_too() -> None:
    lines = plain(load_lines.report_lines(INK, report(), 78)).splitlines()
    head = next(at for at, line in enumerate(lines) if "journey" in line)
    assert lines[head].rstrip().endswith("failed")
    assert all(len(line) <= 78 and line.rstrip().endswith("%") for line in lines[head + 1 :])


def test_what_is_not_declared_is_said() -> None:
    text = plain(load_lines.empty_lines(INK, parse_product('[product]\nname = "A"\ndomain = "a.test"\n'), 80))
    assert "No [[journey]] is declared" in text
    assert "not declared: [load] environment" in text


@pytest.mark.parametrize("size", SIZES)
async def test_the_screen_teaches_and_nothing_is_sent_without_permission(size: tuple[int, int], tmp_path: Path) -> None:
    app = app_of(session(), tmp_path)
    async with opened(app, "load", size) as pilot:
        assert "No load test yet" in text_of(app)
        await press(pilot, "c")
        await press(pilot, *"many", "tab", *"soon", "ctrl+s")
        await settle(pilot)
        text = text_of(app)
        assert "That is no whole number" in text
        assert "Write 60s or 5m" in text
