"""The run itself (S6.RUN.01 to 04): whether it was like people, what every route did, whether the generator held,
whether it would have stopped itself.
"""

from __future__ import annotations

from collections.abc import Callable

from launchready_tui.checks.limits import count, number
from launchready_tui.checks.load.kept import complete, newest
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Route
from launchready_tui.model.questions import LoadReport, RouteLoad
from launchready_tui.model.questions.loadtest import LoadPoint
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, not_run, passed, unknown, warned
from launchready_tui.text import clock, one_line, plural, span

LITTLE_SHARE = 0.25
"""How far sessions at once and arrivals × length may differ before they contradict each other (Little's law)."""

SESSIONS_TO_TELL = 3
"""Session lengths that a test must last before its arrivals say anything."""


@check("load.concurrency-model", over="domain")
async def concurrency_model(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S6.RUN.01: sessions think, open several pages, reach the expected peak; Little's law agrees both ways."""
    kept = await newest(ask, limits)
    if isinstance(kept, Judgement):
        return kept
    report, plan = kept.report, kept.report.plan
    peak = subject.product.load.peak or count(limits, "peak_sessions", 20)
    mean = mean_users(report)
    details = little_lines(report, mean)
    if plan.think_s <= 0:
        summary = "sessions send one request after the other without a pause: a fire hose, not people"
        return failed("no-think-time", summary, details=details)
    if report.most_users < peak:
        summary = f"at most {report.most_users} sessions at once, and the launch expects {peak}"
        return warned("below-peak", summary, details=details)
    if plan.requests_per_session < 2:
        summary = f"a session makes {plan.requests_per_session:.1f} requests: people open several pages"
        return warned("short-sessions", summary, details=details)
    product = report.arrivals_per_s * report.session_s
    long = kept.end >= SESSIONS_TO_TELL * report.session_s > 0
    if long and mean > 0 and abs(product - mean) > LITTLE_SHARE * mean:
        summary = (
            f"{mean:.1f} sessions at once on average, but arrivals × length give {product:.1f}: sessions were lost"
        )
        return warned("little-disagrees", summary, details=details)
    summary = (
        f"up to {report.most_users} sessions at once, {plan.requests_per_session:.1f} requests and "
        f"{plan.think_s:.0f} s of thinking each"
    )
    return complete(kept, passed(summary, note="" if _ramps(report) else "no-ramp", details=details))


def mean_users(report: LoadReport) -> float:
    """Sessions at once, on average over the test."""
    points = report.timeline
    return sum(point.users for point in points) / len(points) if points else 0.0


def little_lines(report: LoadReport, mean: float) -> tuple[str, ...]:
    """Little's law in both directions, as measured and as expected."""
    lines = []
    if report.session_s > 0:
        rate, length = report.arrivals_per_s, report.session_s
        lines.append(f"N = λ × W: {rate:.3f} sessions a second × {length:.1f} s = {rate * length:.1f} at once")
        lines.append(f"λ = N ÷ W: {mean:.1f} at once ÷ {length:.1f} s = {3600 * mean / length:,.0f} sessions an hour")
    return tuple(lines)


def _ramps(report: LoadReport) -> bool:
    """Whether the load rose before it was held."""
    return any(phase.name in ("warm-up", "ramp", "step") for phase in report.plan.phases)


@check("load.route-results", over="journey-routes")
async def route_results(subject: Subject[Route | None], ask: Ask, limits: Limits) -> Judgement:
    """S6.RUN.02: a route stays fast and correct at the peak, in every journey that uses it."""
    route = subject.item
    if route is None:
        return not_run("input-missing", "declare what people do as [[journey]] with the routes that they call")
    kept = await newest(ask, limits)
    if isinstance(kept, Judgement):
        return kept
    rows = kept.report.of_route(route.id)
    if not rows or not sum(row.requests for row in rows):
        summary = f"the test sent no request to {one_line(route.id, 60)}"
        return unknown("not-reached", summary, decide_by="Run it longer, or give its journey more weight.")
    details = tuple(_row_line(row) for row in rows)
    if kept.report.plan.mode == "steps":
        return _judge_steps(route.id, kept.report, details)
    judged = [_judge_row(row, limits, details) for row in rows]
    order = ("fail", "unknown", "warn", "pass")
    worst = min(judged, key=lambda item: order.index(item.verdict.value))
    return complete(kept, worst)


def _judge_row(row: RouteLoad, limits: Limits, details: tuple[str, ...]) -> Judgement:
    """One route in one journey. The peak decides where enough was sent in it, else the whole test; where even that is
    little, the confidence interval decides, or nothing does.
    """
    least = count(limits, "min_samples", 200)
    at_peak = row.peak_requests >= least
    n, bad = (row.peak_requests, row.peak_failures) if at_peak else (row.requests, row.failures)
    p95 = row.peak_p95_ms if at_peak else row.p95_ms
    allowed = number(limits, "error_rate_percent", 1.0)
    failing = 100 * bad / n if n else 0.0
    where = f"in {one_line(row.journey, 40)}{', at the peak' if at_peak else ''}"
    if failing >= allowed and (n >= least or bad >= 2):
        kinds = ", ".join(f"{one_line(kind, 30)} {times}" for kind, times in most_common(row)[:3])
        summary = f"{bad} of {plural(n, 'request')} failed ({failing:.1f} %) {where}{f': {kinds}' if kinds else ''}"
        return failed("errors", summary, details=details)
    pass_ms, fail_ms = _limits_of(row, limits)
    low, high = (p95, p95) if n >= least else (row.p95_low_ms, row.p95_high_ms)
    text = f"p95 {p95:.0f} ms of {plural(n, 'request')} {where}"
    if n < least and (low < 0 or high < 0) and low <= fail_ms:
        summary = f"{text}: too few to say how sure that is"
        return unknown("too-few", summary, decide_by="Hold the load longer.", details=details)
    if n < least:
        text += f", indicative: between {low:.0f} and {high:.0f}" if high >= 0 else f", surely above {low:.0f}"
    if low > fail_ms:
        return failed("slow", f"{text}; {fail_ms:.0f} ms are allowed", details=details)
    if high < pass_ms:
        return passed(text, note="indicative" if n < least else "", details=details)
    if n < least and (high > fail_ms or low < pass_ms):
        summary = f"{text}: not decided against {pass_ms:.0f} and {fail_ms:.0f} ms"
        return unknown("not-decided", summary, decide_by="Hold the load longer.", details=details)
    return warned("slow-ish", f"{text}; {pass_ms:.0f} ms would be good", details=details)


def _judge_steps(route: str, report: LoadReport, details: tuple[str, ...]) -> Judgement:
    """A step load goes on until something breaks, so its figures over all say little: what counts is whether the step
    of the expected peak held its limits.
    """
    peak = report.plan.peak
    bad = next((step for step in report.steps if step.broke), None)
    if bad is not None and bad.users <= peak and bad.route == route:
        text = f"{bad.users} sessions at once, of {peak} that are expected, broke its limit for {bad.broke}"
        return failed("errors" if bad.broke == "errors" else "slow", text, details=details)
    if report.knee >= peak > 0:
        return passed(f"held its limits in every step up to {report.knee} sessions at once", details=details)
    summary = f"the steps went up to {report.knee} sessions within the limits, and {peak} are expected"
    return unknown("peak-not-held", summary, decide_by="Run `launchready load FILE` with its stages.", details=details)


def _limits_of(row: RouteLoad, limits: Limits) -> tuple[float, float]:
    """Up to where the p95 of a route is good, and from where on it fails: checkout may take longer."""
    usual = (number(limits, "p95_pass_ms", 500), number(limits, "p95_fail_ms", 800))
    checkout = number(limits, "checkout_p95_ms", 2000)
    return (checkout, checkout) if row.fail_ms > 800.0 else usual


def most_common(row: RouteLoad) -> list[tuple[str, int]]:
    """The kinds of failures of a route, the most frequent first."""
    return sorted(row.errors.items(), key=lambda item: (-item[1], item[0]))


def _row_line(row: RouteLoad) -> str:
    figures = f"p50 {row.p50_ms:.0f}, p95 {row.p95_ms:.0f}, p99 {row.p99_ms:.0f}, max {row.max_ms:.0f} ms"
    size = f"{row.bytes / row.requests:,.0f} bytes each" if row.requests else "0 bytes"
    return (
        f"{one_line(row.journey, 40)}: {plural(row.requests, 'request')}, {row.failures} failed, "
        f"{row.dropped} dropped, {figures}, {size}"
    )


@check("load.generator-health", over="domain")
async def generator_health(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S6.RUN.03: the figures describe the product and not the machine that sent the load."""
    kept = await newest(ask, limits)
    if isinstance(kept, Judgement):
        return kept
    health = kept.report.generator
    share = 100 * health.dropped / health.scheduled if health.scheduled else 0.0
    broken = [
        text
        for text, bad in (
            (f"CPU {health.cpu_percent:.0f} %", health.cpu_percent > number(limits, "cpu_percent", 80)),
            (f"loop lag p99 {health.lag_p99_ms:.1f} ms", health.lag_p99_ms > number(limits, "loop_lag_p99_ms", 20)),
            (f"{share:.1f} % of the schedule dropped", share > number(limits, "dropped_percent", 0.5)),
            (
                f"{health.achieved_percent:.1f} % of the load reached",
                health.achieved_percent < number(limits, "achieved_percent", 98) and not kept.report.aborted,
            ),
            (f"{health.port_errors} times no port", health.port_errors > 0),
            (f"{health.file_errors} times no file handle", health.file_errors > 0),
        )
        if bad
    ]
    if broken:
        summary = f"the run is invalid by the runbook's limits: {', '.join(broken)}"
        return unknown("invalid-run", summary, decide_by="Mend what limited the generator, and run it again.")
    details = (f"{plural(health.processes, 'process', 'processes')}, {health.open_files} of {health.file_limit} files",)
    figures = (
        f"CPU {health.cpu_percent:.0f} %, loop lag p99 {health.lag_p99_ms:.1f} ms, "
        f"{health.achieved_percent:.1f} % of the planned load"
    )
    if health.capped:
        return warned("capped", f"the cap of requests a second held the load back; {figures}", details=details)
    if health.lost:
        lost = plural(health.lost, "process or machine", "processes or machines")
        return warned("worker-lost", f"{lost} disappeared during the test; {figures}", details=details)
    return passed(figures, details=details)


@check("load.auto-abort", over="domain")
async def auto_abort(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S6.RUN.04: the rules that end a test were armed, and no time of the test went beyond them."""
    kept = await newest(ask, limits)
    if isinstance(kept, Judgement):
        return kept
    report, armed = kept.report, kept.report.limits
    rules = (
        f"armed: more than {armed.abort_error_percent:g} % errors for {armed.abort_error_for_s:g} s, "
        f"p95 above {armed.abort_p95_ms:g} ms for {armed.abort_p95_for_s:g} s, a burst of 5xx"
    )
    if report.aborted:
        return passed(
            f"the test ended itself after {span(kept.end)}: {one_line(report.aborted, 160)}", details=(rules,)
        )
    errors, errors_for = number(limits, "error_percent", 10), number(limits, "error_for_s", 10)
    p95, p95_for = number(limits, "p95_ms", 5000), number(limits, "p95_for_s", 30)
    slack = 2 * report.every_s + number(limits, "stop_within_s", 1)
    missed = _longest(report, lambda point: _error_percent(point) > errors)
    if missed[1] > errors_for + slack:
        when = f"for {span(missed[1])} from {clock(missed[0])} on"
        summary = f"more than {errors:g} % of requests failed {when}, and the test went on"
        return failed("did-not-stop", summary, details=(rules,))
    missed = _longest(report, lambda point: point.p95_ms > p95)
    if missed[1] > p95_for + slack:
        summary = f"p95 was above {p95:g} ms for {span(missed[1])} from {clock(missed[0])} on, and the test went on"
        return failed("did-not-stop", summary, details=(rules,))
    lax = (armed.abort_error_percent > errors, armed.abort_error_for_s > errors_for, armed.abort_p95_ms > p95)
    if any(lax) or armed.abort_p95_for_s > p95_for:
        return warned("lax-rules", f"the rules were laxer than the runbook's; {rules}")
    return passed(f"{rules}; no time of the test went beyond them")


def _error_percent(point: LoadPoint) -> float:
    return 100 * point.failures / point.requests if point.requests else 0.0


def _longest(report: LoadReport, is_bad: Callable[[LoadPoint], bool]) -> tuple[float, float]:
    """Where the longest stretch of bad points begins, and how many seconds it lasts."""
    start: float | None = None
    best = (0.0, 0.0)
    for point in report.timeline:
        if not is_bad(point):
            start = None
            continue
        start = point.at if start is None else start
        best = max(best, (start, point.at + report.every_s - start), key=lambda item: item[1])
    return best
