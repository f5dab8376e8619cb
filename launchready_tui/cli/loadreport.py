"""A load test as one page of text with charts, and as JSON (`launchready/load/1`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from launchready_tui.checks.load.axis import axis_of
from launchready_tui.checks.load.drain import burst_words
from launchready_tui.checks.load.order import order
from launchready_tui.cli import output
from launchready_tui.load.judging import Judged, judged_figures
from launchready_tui.load.planning import Little
from launchready_tui.load.ticks import LoadTick
from launchready_tui.model import codec
from launchready_tui.model.questions.loadtest import LoadPlan, LoadReport, RouteLoad
from launchready_tui.model.questions.serverwatch import DB_LIMIT, STARTED
from launchready_tui.text import one_line, plural, span

SCHEMA = "launchready/load/1"
WIDTH = 60
"""Columns of a chart."""

_BARS = "▁▂▃▄▅▆▇█"
_STYLES = {"pass": "pass", "warn": "warn", "fail": "fail", "invalid": "unknown"}
_GLYPHS = {"pass": "✓", "warn": "!", "fail": "✗", "invalid": "?"}


def as_json(report: LoadReport, judged: Judged, product: str) -> str:
    """One JSON document."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "product": product,
        "verdict": judged.verdict,
        "reasons": list(judged.reasons),
        "max_concurrency": report.max_concurrency,
        "most_users": report.most_users,
        "routes": [_route(load) for load in report.routes],
        "journeys": codec.plain(report.journeys),
        "generator": codec.plain(report.generator) | {"valid": report.generator.valid},
        "server": codec.plain(report.server),
        "first_to_give": [
            {"at": gave.at, "what": gave.what, "text": gave.text, "breaks": gave.breaks} for gave in order(report)
        ],
        "steps": codec.plain(report.steps),
        "knee": report.knee,
        "arrivals_per_s": report.arrivals_per_s,
        "session_s": report.session_s,
        "burst": codec.plain(report.burst) if report.burst is not None else None,
        "flood": [_route(load) for load in report.flood],
        "timeline": {"every_s": report.every_s, "points": codec.plain(report.timeline)},
        "plan": codec.plain(report.plan),
        "limits": codec.plain(report.limits),
        "started_at": codec.plain(report.started_at),
        "finished_at": codec.plain(report.finished_at),
        "authorized_by": report.authorized_by,
        "aborted": report.aborted,
        "partial": list(report.partial),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _route(load: RouteLoad) -> dict[str, Any]:
    return {**codec.plain(load), "indicative": load.indicative, "error_percent": round(load.error_percent, 3)}


def plan_lines(plan: LoadPlan, law: Little) -> Iterator[str]:
    """What will be sent, before anything is."""
    cap = f"at most {plan.max_rps:g} requests a second" if plan.max_rps else "no cap of requests a second"
    levels = ", ".join(str(phase.users) for phase in plan.phases)
    open_at_most = f", at most {plan.users} open at once" if plan.users else ""
    shape = {
        "closed": f"{plural(plan.users, 'user')} for {span(plan.duration_s)}",
        "arrival": f"{plan.rate:g} sessions started a second for {span(plan.duration_s)}{open_at_most}",
        "steps": f"steps of {levels} users, {span(plan.duration_s)} at most",
    }[plan.mode]
    yield f"plan: {shape}, {cap}"
    if plan.mode == "closed" and len(plan.phases) > 1:
        stages = ", ".join(f"{phase.name} to {phase.users} until {phase.until:g} s" for phase in plan.phases)
        yield f"stages: {stages}"
    yield from little_lines(law)


def little_lines(law: Little) -> Iterator[str]:
    """Little's law, N = λ × W, in both directions."""
    if law.session_s <= 0:
        return
    per_hour = law.arrivals_per_s * 3600
    yield (
        f"Little's law: {law.users} sessions at once ÷ {law.session_s:.1f} s of thinking each = "
        f"{law.arrivals_per_s:.2f} arrivals a second, {per_hour:,.0f} an hour at most"
    )
    if law.expected_per_hour:
        yield (
            f"Little's law: {law.expected_per_hour:,.0f} arrivals an hour × {law.session_s:.1f} s each = "
            f"{law.expected:.1f} sessions at once"
        )


def progress_line(tick: LoadTick) -> str:
    """How it stands, on one line."""
    where = tick.phase.name if tick.phase is not None and tick.stage == "running" else tick.stage
    if tick.stage == "starting":
        return "starting the generator"
    return (
        f"{tick.at:5.0f} s of {tick.plan.duration_s:.0f} s  {where:<9} {tick.users:>5} users  {tick.rps:>7.0f}/s  "
        f"p95 {tick.p95_ms:>6.0f} ms  {tick.error_percent:>5.1f} % failed"
    )


def as_text(report: LoadReport, judged: Judged, product: str) -> str:
    """One page: the verdict, what holds and what gave first, a table of routes, charts, and how sure it is."""
    lines = [
        *_head(report, judged, product),
        "",
        *_table(report),
        "",
        *_charts(report),
        *_steps(report),
        *_first(report),
        *_server(report),
        *_burst(report),
        *_flood(report),
        "",
        *_foot(report),
    ]
    return "\n".join(lines) + "\n"


def _head(report: LoadReport, judged: Judged, product: str) -> Iterator[str]:
    word = output.paint(f"{_GLYPHS[judged.verdict]} {judged.verdict.upper()}", _STYLES[judged.verdict])
    carried = report.max_concurrency
    most = f"up to {carried} sessions at once within the limits" if carried else "no load was carried within the limits"
    yield f"{word}  {one_line(product, 80)}: {most}; {report.most_users} at most were sent"
    for reason in judged.reasons:
        yield f"  {one_line(reason, 200)}"
    for text in report.partial:
        yield output.paint(f"  PARTIAL: {one_line(text, 200)}", "unknown")


def _table(report: LoadReport) -> Iterator[str]:
    width = max((len(load.route) + len(load.journey) for load in report.routes), default=8) + 3
    width = min(max(width, 16), 40)
    yield (
        f"{'route (journey)':<{width}} {'requests':>8} {'failed':>8} {'dropped':>7} "
        f"{'p50':>7} {'p95':>7} {'p99':>7} {'max':>7} ms"
    )
    for load in report.routes:
        name = one_line(f"{load.route} ({load.journey})", width)
        _, _, p95 = judged_figures(load)
        style = "fail" if p95 > load.fail_ms else "warn" if p95 > load.pass_ms else ""
        shown = output.paint(f"{load.p95_ms:>7.0f}", style)
        failed = output.paint(f"{load.failures:>8,}", "fail" if load.error_percent >= 1 else "")
        sure = " indicative" if load.indicative else ""
        yield (
            f"{name:<{width}} {load.requests:>8,} {failed} {load.dropped:>7,} "
            f"{load.p50_ms:>7.0f} {shown} {load.p99_ms:>7.0f} {load.max_ms:>7.0f}   {_interval(load)}{sure}"
        )
        if load.errors:
            kinds = ", ".join(f"{count:,} {one_line(kind, 40)}" for kind, count in load.errors.items())
            yield f"{'':<{width}} {kinds}"


def _interval(load: RouteLoad) -> str:
    low = f"{load.p95_low_ms:.0f}" if load.p95_low_ms >= 0 else "?"
    high = f"{load.p95_high_ms:.0f}" if load.p95_high_ms >= 0 else "?"
    service = f", service time {load.service_p95_ms:.0f}" if load.service_p95_ms is not None else ""
    return f"p95 {low} to {high} with 95 % confidence{service}"


def _charts(report: LoadReport) -> Iterator[str]:
    every, axis = report.every_s, axis_of(report)
    figures: tuple[tuple[str, Callable[[Any], float], str], ...] = (
        ("users", lambda point: point.users, ""),
        ("requests/s", lambda point: point.requests / every, ""),
        ("p95", lambda point: point.p95_ms, " ms"),
        ("failed/s", lambda point: point.failures / every, ""),
    )
    for name, value, unit in figures:
        if report.timeline:
            yield _chart(name, axis.load(value(point) for point in report.timeline), unit)
    for series in report.server.series:
        if series.name not in (STARTED, DB_LIMIT):
            scale, unit = (1 / 2**20, "MiB") if series.unit == "bytes" else (1.0, series.unit)
            seen = [value * scale for value in axis.seen(series.points)] if series.points else []
            yield _chart(series.name, seen, f" {unit}")
    if report.timeline:
        last = f"{axis.end_s:.0f} s"
        after = f", the load ended at {axis.load_s:.0f} s" if axis.end_s > axis.load_s + every else ""
        yield f"{'':<22} 0 s{'':>{max(1, min(WIDTH, axis.cells) - 3 - len(last))}}{last}{after}"


def _chart(name: str, values: Sequence[float], unit: str) -> str:
    """One line: the highest value of each column."""
    if not values:
        return f"{one_line(name, 22):<22} not seen"
    size = max(1, -(-len(values) // WIDTH))
    columns = [max(values[start : start + size]) for start in range(0, len(values), size)]
    most = max(columns)
    bars = "".join(_BARS[min(7, int(8 * value / most))] if most > 0 and value > 0 else " " for value in columns)
    return f"{one_line(name, 22):<22} {bars} max {_amount(most)}{unit}"


def _amount(value: float) -> str:
    """Three digits where there are fewer, whole numbers from a hundred on."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def _steps(report: LoadReport) -> Iterator[str]:
    if not report.steps:
        return
    yield ""
    for step in report.steps:
        what = {"p95": "p95 above its limit", "errors": "too many failures"}.get(step.broke, "held")
        where = f" on {one_line(step.route, 40)}" if step.route else ""
        yield f"{step.users:>6} users  p95 {step.p95_ms:>6.0f} ms  {step.error_percent:>5.1f} % failed  {what}{where}"
    broke = any(step.broke for step in report.steps)
    headroom = f", {report.knee / report.plan.peak:.1f} × the expected peak" if report.plan.peak else ""
    yield f"knee: {plural(report.knee, 'user')}{headroom}" + ("" if broke else " (no limit broke)")


def _first(report: LoadReport) -> Iterator[str]:
    gave = order(report)
    for title, breaks in (("What gave first:", True), ("Under strain, without breaking:", False)):
        found = [item for item in gave if item.breaks is breaks][:8]
        yield from ("", title) if found else ()
        for item in found:
            yield f"  {item.at:>5.0f} s  {one_line(item.text, 160)}"


def _server(report: LoadReport) -> Iterator[str]:
    watch = report.server
    lines = [
        *(f"  {event.at:>5.0f} s  {one_line(event.text, 160)}" for event in watch.events[:8]),
        *(f"  {one_line(gap.sampler, 30)}: not seen from {gap.at:.0f} to {gap.until:.0f} s" for gap in watch.gaps[:5]),
        *(f"  {one_line(item.what, 30)} was not watched: {one_line(item.message, 140)}" for item in watch.unwatched),
        *(f"  {one_line(calls.host, 60)}: {plural(calls.calls, 'call')}" for calls in watch.dependencies[:8]),
    ]
    if lines:
        yield ""
        yield "The server's side:"
        yield from lines


def _burst(report: LoadReport) -> Iterator[str]:
    if report.burst is None:
        return
    yield ""
    yield f"Many jobs at once: {one_line(burst_words(report.burst), 300)}"


def _flood(report: LoadReport) -> Iterator[str]:
    if not report.flood:
        return
    yield ""
    yield "Called alone at the same rate, as a simple benchmark does:"
    for load in report.flood:
        name = one_line(f"{load.route} ({load.journey})", 60)
        yield f"  {name}: p95 {load.p95_ms:.0f} ms, {load.error_percent:.1f} % failed"


def _foot(report: LoadReport) -> Iterator[str]:
    health = report.generator
    state = "valid" if health.valid else "INVALID"
    yield (
        f"generator {state}: {plural(health.processes, 'process', 'processes')}, CPU {health.cpu_percent:.0f} %, "
        f"loop lag p99 {health.lag_p99_ms:.1f} ms, {health.dropped:,} dropped, "
        f"{health.achieved_percent:.0f} % of the planned load"
    )
    if health.capped:
        yield f"the cap of {report.plan.max_rps:g} requests a second held the load back: more users change nothing"
    if report.session_s:
        yield (
            f"Little's law, measured: {report.arrivals_per_s:.2f} arrivals a second × {report.session_s:.1f} s = "
            f"{report.arrivals_per_s * report.session_s:.1f} sessions at once"
        )
    yield f"journeys {report.plan.journeys[:12]}, authorized by {one_line(report.authorized_by, 80)}"
