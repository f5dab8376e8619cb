"""S6.SRV.01 and 02: connections, the wait for the pool, memory. And the slope by itself."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from launchready_tui.checks.load.server import pool_waits
from launchready_tui.checks.load.trend import read_memory, trend
from launchready_tui.model.performance import Database
from launchready_tui.model.questions import LoadPhase, LoadReport
from launchready_tui.model.questions.serverwatch import Gap, ServerEvent
from tests.checks.load import END, GOOD, PRODUCT, blind, look, outcome, over, watched

CONNECTIONS = "load.database-connections"

# --- connections ------------------------------------------------------------------------------------------------------


def used(peak: float, limit: float = 100, **more: object) -> LoadReport:
    """Connections that rise to a peak in the middle of the load."""
    return watched(("db.used", over(lambda at: peak if 300 <= at <= 310 else 5)), ("db.limit", over(limit)), **more)


@pytest.mark.parametrize(
    ("peak", "expected"),
    [
        (70, ("pass", "")),
        (71, ("warn", "connections-high")),
        (90, ("warn", "connections-high")),
        (91, ("fail", "connections-exhausted")),
        (100, ("fail", "connections-exhausted")),
    ],
)
def test_connections(peak: float, expected: tuple[str, str]) -> None:
    judged = look(CONNECTIONS, used(peak))
    assert outcome(judged) == expected
    assert f"{peak} of 100" in judged.summary
    assert peak <= 70 or "05:00" in judged.summary


def test_what_happens_before_and_after_the_load_does_not_count() -> None:
    quiet = over(lambda at: 5 if 0 <= at <= END else 99)
    assert outcome(look(CONNECTIONS, watched(("db.used", quiet), ("db.limit", over(100))))) == ("pass", "")


def test_the_limit_of_the_moment_counts() -> None:
    report = watched(("db.used", over(30)), ("db.limit", over(lambda at: 100 if at < 200 else 32)))
    assert outcome(look(CONNECTIONS, report)) == ("fail", "connections-exhausted")


@pytest.mark.parametrize(("wait", "expected"), [(0.09, ("pass", "")), (0.25, ("warn", "pool-wait"))])
def test_waiting_for_the_pool(wait: float, expected: tuple[str, str]) -> None:
    report = watched(("db.used", over(5)), ("db.limit", over(100)), ("pool.wait", over(wait)))
    assert outcome(look(CONNECTIONS, report)) == expected
    assert outcome(look(CONNECTIONS, watched(("pool.wait", over(wait))))) == expected, "without a database to ask"


def test_how_many_wait_gives_the_wait_by_littles_law() -> None:
    # 10 requests in 5 s are 2 a second; one waiting at a time makes half a second each.
    waits = pool_waits(watched(("pool.waiting", over(1.0))))
    assert {round(wait, 3) for at, wait in waits if at >= 0} == {0.5}
    assert outcome(look(CONNECTIONS, watched(("pool.waiting", over(1.0))))) == ("warn", "pool-wait")
    assert outcome(look(CONNECTIONS, watched(("pool.waiting", over(0.1))))) == ("pass", "")


def test_a_full_pool_is_seen_where_its_size_is_declared() -> None:
    product = replace(PRODUCT, database=Database("postgresql", pool=10))
    full = watched(("db.used", over(lambda at: 10 if 100 <= at <= 130 else 4)), ("db.limit", over(100)))
    assert outcome(look(CONNECTIONS, full, product=product)) == ("warn", "pool-full")
    once = watched(("db.used", over(lambda at: 10 if at == 100 else 4)), ("db.limit", over(100)))
    assert outcome(look(CONNECTIONS, once, product=product)) == ("pass", "")
    assert outcome(look(CONNECTIONS, full)) == ("pass", "")


def test_what_nobody_watched() -> None:
    judged = look(CONNECTIONS, blind("db.used", "input-missing", "no DSN is kept under database"))
    assert outcome(judged) == ("not-run", "input-missing")
    assert "no DSN" in judged.summary
    assert outcome(look(CONNECTIONS, blind("db.used", "extra-missing", "psycopg"))) == ("not-run", "extra-missing")
    assert outcome(look(CONNECTIONS, blind("db.used", "timeout", "no answer"))) == ("unknown", "timeout")
    assert outcome(look(CONNECTIONS, GOOD)) == ("not-run", "input-missing")


def test_too_much_unseen_is_no_pass_but_a_fail_stands() -> None:
    gap = Gap("database", 100.0, 300.0, "timeout", "no answer")
    judged = look(CONNECTIONS, used(20, gaps=(gap,)))
    assert outcome(judged) == ("unknown", "partly-watched")
    assert "01:40 to 05:00" in judged.details[-1]
    assert outcome(look(CONNECTIONS, used(95, gaps=(gap,)))) == ("fail", "connections-exhausted")
    assert outcome(look(CONNECTIONS, used(20, gaps=(replace(gap, until=110.0),)))) == ("pass", "")


def test_refused_connections_and_locks_are_told() -> None:
    event = ServerEvent(302.0, "too-many-connections", "the database refused a connection")
    report = watched(("db.used", over(100)), ("db.limit", over(100)), ("db.lock-waits", over(7)), events=(event,))
    details = "\n".join(look(CONNECTIONS, report).details)
    assert "05:02" in details
    assert "at most 7 waiting for a lock" in details


# --- memory -----------------------------------------------------------------------------------------------------------

MB = 1e6


def size(value: object, **more: object) -> LoadReport:
    return watched(("memory", over(value)), **more)  # type: ignore[arg-type]


def steady(at: float) -> float:
    return 100 * MB if at <= 0 or at > END + 30 else 130 * MB


def leak(at: float) -> float:
    return 100 * MB + 0.1 * MB * max(0.0, min(at, END))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (steady, ("pass", "")),
        (leak, ("fail", "leak")),
        # A leak that the end of the load takes back is the load's own need.
        (lambda at: leak(at) if at <= END else 100 * MB, ("warn", "memory-grows")),
        # Settled, but what was taken is never given back.
        (lambda at: 100 * MB if at <= 0 else 130 * MB, ("warn", "memory-stays")),
        # Caches that fill flatten out.
        (
            lambda at: 100 * MB if at <= 0 or at > END + 30 else (130 - 25 * math.exp(-max(0.0, at - 120) / 60)) * MB,
            ("pass", ""),
        ),
        # A collector's teeth are no slope.
        (lambda at: 100 * MB if at <= 0 or at > END + 30 else (120 + at % 40 / 4) * MB, ("pass", "")),
        (lambda at: leak(at) + random.Random(at).uniform(-3, 3) * MB, ("fail", "leak")),
    ],
)
def test_memory(value: object, expected: tuple[str, str]) -> None:
    assert outcome(look("load.memory", size(value))) == expected


def test_figures_of_a_leak() -> None:
    judged = look("load.memory", size(leak))
    assert "of constant load" in judged.summary
    assert "stayed at 160 %" in judged.summary
    assert "before the load 100.0 MB, at most 160.0 MB" in judged.details[0]


def short(report: LoadReport, seconds: float = 60.0) -> LoadReport:
    """The report of a test of one minute of constant load."""
    plan = replace(GOOD.plan, phases=(LoadPhase("hold", 0, seconds, 20),), duration_s=seconds)
    return replace(report, plan=plan, timeline=tuple(point for point in GOOD.timeline if point.at < seconds))


def series(value: object, until: int = 160) -> LoadReport:
    return short(watched(("memory", over(value, end=until, step=2))))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "until", "expected"),
    [
        # One minute is enough where the interval of the slope says so.
        (lambda at: 100 * MB, 160, ("pass", "")),
        (lambda at: (100 + random.Random(at).uniform(-3, 3)) * MB, 160, ("unknown", "not-decided")),
        # 1 MB a second, and it does not come back; nor is it on its way back.
        (lambda at: (100 + max(0, min(at, 60))) * MB, 160, ("fail", "leak")),
        (lambda at: (100 + max(0, min(at, 60))) * MB, 62, ("warn", "memory-grows")),
        (lambda at: 100 * MB, 58, ("unknown", "recovery-not-watched")),
        # 1.1 % a minute, and no more sure than that: a process that still warms up.
        (lambda at: (100 + 0.018 * at + at % 7 / 5) * MB, 160, ("unknown", "not-decided")),
    ],
)
def test_a_short_test(value: object, until: int, expected: tuple[str, str]) -> None:
    assert outcome(look("load.memory", series(value, until))) == expected


def test_steps_have_no_hold_phase() -> None:
    plan = replace(GOOD.plan, phases=(LoadPhase("step", 0, 300, 10), LoadPhase("step", 300, 600, 20)))
    assert outcome(look("load.memory", replace(size(steady), plan=plan))) == ("unknown", "no-hold")


def test_processes_that_restart_or_take_turns() -> None:
    once = watched(("memory", over(100 * MB)), ("process.started", over(lambda at: 1_000 if at < 300 else 2_000)))
    judged = look("load.memory", once)
    assert outcome(judged) == ("warn", "restarted")
    assert "once" in judged.summary
    turns = watched(("memory", over(100 * MB)), ("process.started", over(lambda at: 1_000 + at % 3 * 50)))
    assert outcome(look("load.memory", turns)) == ("unknown", "several-processes")


def test_memory_that_nobody_watched() -> None:
    assert outcome(look("load.memory", GOOD)) == ("not-run", "input-missing")
    assert outcome(look("load.memory", blind("memory", "no-metric", "no such metric"))) == ("unknown", "no-metric")


# --- the slope --------------------------------------------------------------------------------------------------------


def test_the_slope_of_a_line_is_its_slope_whatever_the_outliers() -> None:
    points = [(float(at), 5.0 + 2.0 * at) for at in range(40)]
    points[7] = (7.0, 9_000.0)
    points[30] = (30.0, -9_000.0)
    found = trend(points)
    assert found is not None
    assert found.slope == pytest.approx(2.0)
    assert found.start == pytest.approx(5.0)
    assert found.low == pytest.approx(2.0)
    assert found.high == pytest.approx(2.0)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    noise = random.Random(4711)
    hits = 0
    for _ in range(300):
        points = [(float(at), 0.5 * at + noise.gauss(0, 10)) for at in range(25)]
        found = trend(points)
        assert found is not None
        hits += found.low <= 0.5 <= found.high
    assert 270 <= hits <= 297


def test_too_few_points_have_no_trend_and_many_are_thinned() -> None:
    assert trend([]) is None
    assert trend([(0.0, 1.0), (1.0, 2.0)]) is None
    assert trend([(1.0, 1.0), (1.0, 2.0), (1.0, 3.0)]) is None
    found = trend([(float(at), 3.0 * at) for at in range(5_000)])
    assert found is not None
    assert found.slope == pytest.approx(3.0)


def test_memory_on_its_way_back_is_not_yet_called_lost() -> None:
    def coming(at: float) -> float:
        return 100.0 if at <= 0 else 200.0 if at <= 60 else 200.0 - (at - 60)

    def view(value: object, end: int) -> bool | None:
        points = over(value, end=end, step=2)  # type: ignore[arg-type]
        return read_memory(points, (), (0.0, 60.0), 60.0, share=1.1, within=300.0).returned

    assert view(coming, 100) is None
    assert view(coming, 160) is True
    assert view(lambda at: 100.0 if at <= 0 else 200.0, 100) is False
    assert view(lambda at: 100.0 if at <= 0 else 200.0, 70) is None
