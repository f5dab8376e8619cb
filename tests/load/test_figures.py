"""What is made of counted requests: figures, health, what gave first, verdicts. Pure: every count is made here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from launchready_tui.load.aborting import Watchdog
from launchready_tui.load.collecting import Collector
from launchready_tui.load.counting import Delta, Vitals
from launchready_tui.load.figures import Bounds, health, step_loads
from launchready_tui.load.generator.tally import Tally
from launchready_tui.load.giving import carried, first_to_give, windows
from launchready_tui.load.judging import judge
from launchready_tui.load.reporting import make_report, until_broken
from launchready_tui.load.script import Script, Step, Walk
from launchready_tui.model import codec
from launchready_tui.model.product import Product, Route
from launchready_tui.model.questions.loadtest import MOST_POINTS, LoadLimits, LoadPhase, LoadPlan, LoadReport, LoadTest

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LIMITS = LoadLimits()
KEYS = (("home", "browse"), ("checkout", "buy"), ("home", "buy"))
PRODUCT = Product(
    "Acme",
    "acme.test",
    routes=(Route("home", "https://acme.test/"), Route("checkout", "https://acme.test/pay", reach="payment")),
)
BOUNDS = Bounds(PRODUCT, LIMITS)


def script(*phases: LoadPhase, **changes: Any) -> Script:
    step = Step(0, "GET", "https://acme.test:443", "/")
    found = Script(
        mode="closed",
        walks=(Walk("browse", 1, (step,)), Walk("buy", 1, (replace(step, key=1), replace(step, key=2)))),
        keys=KEYS,
        pools={},
        targets={},
        phases=phases or (LoadPhase("hold", 0, 60, 10),),
        journeys="abc",
        epoch=1,
        duration_s=(phases[-1].until if phases else 60),
    )
    return replace(found, **changes)


class Machine:
    """A generator process with a clock that is set by hand."""

    def __init__(self, who: str = "a", *, apart: bool = False) -> None:
        self.now = 0.0
        self.tally = Tally(who, "abc", apart=apart, clock=lambda: self.now)
        self.tally.begin()

    def request(self, at: float, seconds: float, key: int = 0, error: str = "", status: int = 200) -> None:
        """A request that was due at `at` and took so long."""
        self.now = at
        ticket = self.tally.sent(key, at)
        self.now = at + seconds
        self.tally.done(ticket, self.now, error, status, 100)

    def report(self, at: float, **vitals: Any) -> Delta:
        """Everything since the last report, through JSON as on its way."""
        self.now = at
        return Delta.from_plain(json.loads(json.dumps(self.tally.take(Vitals(**vitals)).to_plain())))


def collected(plan: Script, requests: Iterable[tuple[float, float, int, str, int]], users: int = 10) -> Collector:
    """What one process reported every second of these requests (at, seconds, key, error, status)."""
    found, machine = Collector(plan), Machine()
    for _ in range(users):
        machine.tally.come()
    rows = sorted(requests, key=lambda row: row[0] + row[1])
    end = int(max((row[0] + row[1] for row in rows), default=0)) + 2
    for second in range(1, end + 1):
        while rows and rows[0][0] + rows[0][1] < second:
            machine.request(*rows.pop(0))
        found.hear(float(second), False, [machine.report(float(second))])
    return found


def steady(until: int, seconds: float = 0.1, key: int = 0, each: int = 10) -> list[tuple[float, float, int, str, int]]:
    """`each` requests a second, all alike."""
    return [(at + n / each * 0.8, seconds, key, "", 200) for at in range(until) for n in range(each)]


def report_of(found: Collector, **changes: Any) -> LoadReport:
    plan = LoadPlan(mode=found.script.mode, users=10, duration_s=found.script.duration_s, phases=found.script.phases)
    plan = replace(plan, **changes.pop("plan", {}))
    return make_report(found, plan, LIMITS, BOUNDS, started_at=NOW, finished_at=NOW, **changes)


def test_two_machines_give_the_histogram_of_one() -> None:
    one, left, right = Machine(), Machine("left"), Machine("right")
    alone, together = Collector(script()), Collector(script())
    for number in range(1, 400):
        at, seconds = number * 0.1, (number % 37 + 1) / 100
        error = "status-500" if number % 40 == 0 else ""
        one.request(at, seconds, number % 3, error, 500 if error else 200)
        (left if number % 2 else right).request(at, seconds, number % 3, error, 500 if error else 200)
    alone.hear(42.0, False, [one.report(42.0)])
    together.hear(42.0, False, [left.report(42.0), right.report(42.0)])
    assert {key: cell.latency for key, cell in together.totals.items()} == {
        key: cell.latency for key, cell in alone.totals.items()
    }
    first, second = report_of(alone), report_of(together)
    assert [replace(load, mean_ms=0) for load in first.routes] == [replace(load, mean_ms=0) for load in second.routes]
    assert [point.requests for point in first.timeline] == [point.requests for point in second.timeline]
    assert [point.p95_ms for point in first.timeline] == [point.p95_ms for point in second.timeline]


def test_every_request_is_in_the_figures_once() -> None:
    found = collected(script(), [*steady(10), *steady(10, key=1, each=3), (4.0, 0.2, 0, "timeout", 0)])
    report = report_of(found)
    assert [load.requests for load in report.routes] == [101, 30, 0]
    assert report.routes[0].errors == {"timeout": 1}
    assert report.routes[0].bytes == 10_100
    assert sum(point.requests for point in report.timeline) == report.requests == 131
    assert report.routes[1].indicative
    assert report.most_users == 10


def test_late_requests_count_from_when_they_were_due() -> None:
    machine, found = Machine(apart=True), Collector(script(mode="arrival", rate=1.0))
    machine.now = 3.0
    ticket = machine.tally.sent(0, 1.0)
    machine.tally.done(ticket, 3.5, "", 200, 0)
    found.hear(4.0, False, [machine.report(4.0)])
    load = report_of(found).routes[0]
    assert (load.max_ms, load.service_p95_ms) == (2_500.0, 500.0)


def test_only_the_held_load_is_judged_where_there_are_stages() -> None:
    phases = (LoadPhase("warm-up", 0, 10, 1), LoadPhase("hold", 10, 20, 10), LoadPhase("spike", 20, 30, 15))
    slow = [(at, seconds, key, error, status) for at, seconds, key, error, status in steady(10, 0.95)]
    found = collected(script(*phases), [*((row[0] + 20, *row[1:]) for row in slow), *steady(20, 0.1)])
    report = report_of(found)
    load = report.routes[0]
    assert load.p95_ms > 900
    assert load.peak_p95_ms < 110
    assert judge(report).verdict == "pass"


def test_checkout_may_take_longer() -> None:
    found = collected(script(), [*steady(25, 1.5, key=1), *steady(25, 0.1)])
    report = report_of(found)
    assert [(load.pass_ms, load.fail_ms) for load in report.routes] == [(500, 800), (2000, 2000), (500, 800)]
    assert judge(replace(report, plan=replace(report.plan, duration_s=25))).verdict == "pass"


@pytest.mark.parametrize(
    ("seconds", "failures", "verdict"), [(0.1, 0, "pass"), (0.6, 0, "warn"), (0.9, 0, "fail"), (0.1, 4, "fail")]
)
def test_verdicts(seconds: float, failures: int, verdict: str) -> None:
    rows = [*steady(30, seconds), *((n * 5.0, 0.1, 0, "status-500", 500) for n in range(failures))]
    report = report_of(collected(script(LoadPhase("hold", 0, 30, 10)), rows))
    assert judge(report).verdict == verdict


def test_few_requests_decide_nothing_that_chance_could_explain() -> None:
    def verdict(requests: int, failures: int, seconds: float) -> str:
        rows = [(n * 0.1, seconds, 0, "status-500" if n < failures else "", 200) for n in range(requests)]
        found = collected(script(LoadPhase("hold", 0, int(requests / 10), 10)), rows)
        return judge(report_of(found)).verdict

    assert verdict(50, 0, 0.1) == "pass"
    assert verdict(50, 1, 0.1) == "warn", "one of fifty may be chance"
    assert verdict(50, 10, 0.1) == "fail", "ten of fifty is not"
    assert verdict(250, 5, 0.1) == "fail"
    assert verdict(50, 0, 0.9) == "fail", "all of them were slow"
    mixed = [(n * 0.1, 0.9 if n % 17 == 0 else 0.1, 0, "", 200) for n in range(50)]
    report = report_of(collected(script(LoadPhase("hold", 0, 5, 10)), mixed))
    assert report.routes[0].p95_ms > 800
    assert judge(report).verdict == "warn", "three slow ones of fifty leave the p95 open"


def test_a_part_of_a_test_is_no_pass() -> None:
    found = collected(script(), steady(20))
    assert judge(report_of(found, partial=("It was stopped by hand.",))).verdict == "invalid"
    longer = collected(script(LoadPhase("hold", 0, 22, 10)), steady(20))
    assert judge(report_of(longer, partial=("1 generator disappeared.",))).verdict == "warn"
    assert judge(report_of(collected(script(), []))).verdict == "invalid"


@pytest.mark.parametrize(
    ("vitals", "words"),
    [
        ({"cpu": 95.0}, "of a core"),
        ({"scheduled": 100, "dropped": 1}, "dropped"),
        ({}, ""),
    ],
)
def test_health_has_reasons(vitals: dict[str, Any], words: str) -> None:
    found = Collector(script(mode="arrival", rate=1.0) if "scheduled" in vitals else script())
    machine = Machine()
    for second in range(1, 15):
        delta = machine.report(float(second))
        for name, value in vitals.items():
            setattr(delta.vitals, name, value)
        found.hear(float(second), False, [delta])
    state = health(found, replace(LIMITS, achieved_percent=0.0), lost=0)
    assert state.valid == (not words)
    assert all(words in reason for reason in state.reasons)


def test_a_short_peak_of_cpu_is_no_overload_and_a_late_loop_is() -> None:
    found, machine = Collector(script()), Machine()
    for second in range(1, 30):
        delta = machine.report(float(second))
        delta.vitals.cpu = 100.0 if second == 3 else 20.0
        found.hear(float(second), False, [delta])
    limits = replace(LIMITS, achieved_percent=0.0)
    assert health(found, limits, 0).cpu_percent == pytest.approx(28.0)
    late = machine.report(30.0)
    for _ in range(50):
        late.vitals.lag.add(0.05)
    found.hear(30.0, False, [late])
    assert any("event loop" in reason for reason in health(found, limits, 0).reasons)


def test_missing_users_and_missing_ports_make_it_invalid() -> None:
    half = collected(script(), steady(20), users=5)
    assert health(half, LIMITS, 0).achieved_percent == pytest.approx(50.0)
    ports = collected(script(), [*steady(20), (3.0, 0.1, 0, "ports", 0), (3.0, 0.1, 0, "files", 0)])
    state = health(ports, LIMITS, 0)
    assert (state.port_errors, state.file_errors) == (1, 1)
    assert len(state.reasons) == 2


def test_the_watchdog_ends_an_outage_after_its_time() -> None:
    rows = [*steady(20), *((20 + n / 10, 0.05, 0, "refused", 0) for n in range(300))]
    found, watchdog = Collector(script()), Watchdog(LIMITS)
    machine = Machine()
    rows.sort(key=lambda row: row[0] + row[1])
    for second in range(1, 50):
        while rows and rows[0][0] + rows[0][1] < second:
            machine.request(*rows.pop(0))
        found.hear(float(second), False, [machine.report(float(second))])
        if why := watchdog.look(found):
            break
    assert "10 % of requests failed for 10 s" in why
    assert 30 <= second <= 34


def test_the_watchdog_is_patient_with_single_errors_and_slow_answers() -> None:
    rows = [*steady(60), *((n * 3.0, 0.1, 0, "status-500", 500) for n in range(20)), (10.0, 20.0, 0, "", 200)]
    found = collected(script(), rows)
    assert Watchdog(LIMITS).look(found) == ""


def test_the_watchdog_sees_a_target_that_answers_nothing_at_all() -> None:
    found, machine, watchdog = Collector(script()), Machine(), Watchdog(LIMITS)
    machine.tally.sent(0, 0.0)
    for second in range(1, 60):
        found.hear(float(second), False, [machine.report(float(second))])
        if why := watchdog.look(found):
            break
    assert "no answer came at all" in why
    assert 35 <= second <= 40


def test_a_burst_of_server_errors_ends_it_at_once() -> None:
    rows = [*steady(10), *((10 + n / 100, 0.01, 0, "status-503", 503) for n in range(60))]
    assert "5xx" in Watchdog(LIMITS).look(collected(script(), rows))


def test_what_gave_first_is_told_in_order() -> None:
    rows = [*steady(20), *((20 + row[0], 0.9, *row[2:]) for row in steady(10)), *steady(30, key=1)]
    rows += [(32 + n / 10, 0.1, 1, "status-500", 500) for n in range(20)]
    found = windows(collected(script(), rows))
    events = first_to_give(found, BOUNDS, LIMITS)
    assert [(event.what, event.route) for event in events] == [
        ("p95-fail", "home"),
        ("errors", "checkout"),
        ("server-errors", ""),
    ]
    assert events[0].at == 20.0
    assert "20 status-500" in events[1].text or "status-500" in events[1].text


def test_the_most_that_was_carried_is_below_where_it_broke() -> None:
    plan, machine = script(), Machine()
    found = Collector(plan)
    for second in range(1, 41):
        if second % 5 == 1:
            machine.tally.come()
        for n in range(20):
            machine.request(second - 1 + n / 25, 0.1 if second <= 25 else 0.9)
        found.hear(float(second), False, [machine.report(float(second))])
    assert carried(windows(found), BOUNDS, LIMITS) == 5
    assert carried(windows(collected(plan, steady(30))), BOUNDS, LIMITS) == 10
    assert carried(windows(collected(plan, steady(30, 0.95))), BOUNDS, LIMITS) == 0


def test_one_slow_moment_is_no_breaking_point() -> None:
    rows = [row if not 10 <= row[0] < 13 else (row[0], 0.9, *row[2:]) for row in steady(40)]
    assert carried(windows(collected(script(), rows)), BOUNDS, LIMITS) == 10


def test_steps_break_where_a_limit_does() -> None:
    phases = tuple(LoadPhase("step", n * 10, n * 10 + 10, users) for n, users in enumerate((5, 10, 20)))
    plan = script(*phases, mode="steps")
    rows = [*steady(20), *((20 + row[0], 0.95, *row[2:]) for row in steady(9))]
    steps = step_loads(collected(plan, rows), BOUNDS, LIMITS)
    assert until_broken((steps[2], steps[1])) == (steps[2],)
    assert until_broken(steps) == steps
    assert [(step.users, step.broke, step.route) for step in steps] == [
        (5, "", ""),
        (10, "", ""),
        (20, "p95", "home"),
    ]
    for peak, verdict in ((20, "fail"), (8, "warn"), (5, "pass")):
        report = report_of(collected(plan, rows, users=20), plan={"peak": peak})
        assert (report.knee, report.max_concurrency) == (10, 10)
        assert judge(report).verdict == verdict


def test_a_long_test_has_a_bounded_timeline_that_loses_nothing() -> None:
    plan = script(LoadPhase("hold", 0, 5_000, 10))
    found, machine = Collector(plan), Machine()
    for second in range(1, 5_001):
        machine.request(second - 0.5, 0.1)
        found.hear(float(second), False, [machine.report(float(second))])
    report = report_of(found)
    assert len(report.timeline) <= MOST_POINTS
    assert report.every_s == 16.0
    assert sum(point.requests for point in report.timeline) == report.requests == 5_000
    assert found.recent(5, 4_999).whole.latency.count == 5


def test_a_silent_machine_no_longer_has_users() -> None:
    found, gone, here = Collector(script()), Machine("gone"), Machine("here")
    gone.tally.come()
    here.tally.come()
    for second in range(1, 12):
        deltas = [here.report(float(second))] + ([gone.report(float(second))] if second < 4 else [])
        found.hear(float(second), False, deltas)
    assert found.users == 1
    assert found.most_users == 2


def test_the_report_is_evidence_that_can_be_read_back() -> None:
    report = report_of(collected(script(), steady(5)))
    assert codec.facts_type(LoadTest.kind) is LoadReport
    question = LoadTest("acme.test", plan=report.plan)
    assert codec.question_from_plain(json.loads(codec.canonical(codec.question_to_plain(question)))) == question
    assert question == LoadTest("acme.test"), "the plan makes no other question"
    import msgspec

    assert msgspec.convert(json.loads(codec.canonical(codec.plain(report))), LoadReport) == report
