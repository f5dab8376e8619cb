"""The slowest routes, from production's own access log (S1.PERF.01)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from launchready_tui.checks.limits import count, number
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.questions.accesslog import AccessLog, AccessLogReading, LogRoute
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, not_run, passed, unknown, warned
from launchready_tui.text import one_line, plural

NO_LOG = (
    'The profile names no access log: [logs] access = ["logs/access.log"], a file of production, or several, also'
    " packed ones."
)


@check("performance.slow-routes-log", over="domain")
async def slow_routes_log(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """Names the slowest routes with their figures, and compares their p95 with two limits.

    Limits: `p95_warn_ms`, `p95_fail_ms`; `top`, how many are named; `min_count`, requests below which a percentile is a
    rumour; `unparsed_share`, the part of lines that may not be understood; `old_days`, after which a log is old.
    """
    logs = subject.product.logs
    if not logs.access:
        return not_run("input-missing", NO_LOG)
    answer = await ask(AccessLogReading(logs.access, logs.format, tuple(sorted(logs.fields.items()))))
    facts = answer.facts
    blind = _blind(facts, limits)
    if blind is not None:
        return blind
    top = count(limits, "top", 5)
    least = count(limits, "min_count", 40)
    known = [route for route in facts.routes if route.p95_ms is not None and route.timed >= least]
    if not known:
        return unknown(
            "too-few-requests",
            f"no route has {least} requests with a duration, of {plural(facts.timed, 'request')} in all",
            decide_by="Take the log of a longer time, or of a busier day.",
        )
    slowest = sorted(known, key=lambda route: (-(route.p95_ms or 0.0), -route.total_ms))
    warn, fail = number(limits, "p95_warn_ms", 500), number(limits, "p95_fail_ms", 800)
    slow = [route for route in slowest if (route.p95_ms or 0.0) > warn]
    very_slow = [route for route in slow if (route.p95_ms or 0.0) > fail]
    base = _base(facts, answer.seen_at, number(limits, "old_days", 30))
    details = _details(facts, slowest[:top], top)
    if not slow:
        if facts.partial:
            return unknown(
                "partly-read",
                f"no slow route in what could be read; {facts.partial[0]}",
                decide_by="Read the log again, whole.",
                details=details,
            )
        named = ", ".join(map(_short, slowest[:top]))
        return passed(f"every p95 within {warn:.0f} ms {base}; the slowest: {named}", details=details)
    named = ", ".join(map(_short, slow[:top])) + (f" and {len(slow) - top} more" if len(slow) > top else "")
    summary = f"{plural(len(slow), 'route')} of {len(known)} with a p95 over {warn:.0f} ms {base}: {named}"
    words = {"routes": ", ".join(route.name for route in slow[:top])}
    if very_slow:
        return failed("very-slow-routes", summary, details=details, facts=words)
    return warned("slow-routes", summary, details=details, facts=words)


def _blind(facts: AccessLog, limits: Limits) -> Judgement | None:
    """Why nothing can be said about time; None where something can."""
    if not facts.requests:
        sample = f"; a line looks like {facts.samples[0]}" if facts.samples else ""
        return unknown(
            "unreadable-log",
            f"none of {plural(facts.lines, 'line')} is a request in a known format{sample}",
            decide_by="Declare the format in [logs] format, or the places of JSON fields in [logs] fields.",
        )
    share = facts.unparsed / facts.lines if facts.lines else 0.0
    if share > number(limits, "unparsed_share", 0.5):
        return unknown(
            "mostly-not-understood",
            f"{facts.unparsed:,} of {facts.lines:,} lines are in no known format ({share:.0%})",
            decide_by="Declare the format in [logs] format, or take the other lines out of the file.",
            details=facts.samples,
        )
    if not facts.timed:
        return unknown(
            "no-durations",
            f"{plural(facts.requests, 'request')} in the log, none with a duration ({_formats(facts)})",
            decide_by=" ".join(facts.advice) or "Add the duration to the format of the log.",
        )
    return None


def _base(facts: AccessLog, seen_at: datetime, old_days: float) -> str:
    """What the figures rest on."""
    words = f"in {plural(facts.timed, 'request')}"
    if facts.last:
        age = (seen_at - datetime.fromisoformat(facts.last.replace("Z", "+00:00"))).days
        if age > old_days:
            words += f" (the log ends {age} days before it was read)"
    return words


def _formats(facts: AccessLog) -> str:
    return one_line(", ".join(facts.formats), 160)


def _details(facts: AccessLog, slowest: Sequence[LogRoute], top: int) -> tuple[str, ...]:
    """The slowest, then what costs most, then what the figures rest on."""
    span = f"{facts.first} to {facts.last}, " if facts.first else ""
    rest = f"{span}{facts.lines:,} lines, {facts.unparsed:,} not understood; {_formats(facts)}"
    costly = [route for route in facts.routes[:top] if route.total_ms]
    more = [f"partly read: {one_line(why, 200)}" for why in facts.partial]
    if facts.error_bound:
        more.append(f"percentiles are exact to {facts.error_bound:.1%}")
    return (
        *(f"slowest · {_figures(route)}" for route in slowest),
        *(f"most time · {_figures(route)}" for route in costly),
        rest,
        *more,
    )


def _short(route: LogRoute) -> str:
    return f"{one_line(route.name, 100)} {_ms(route.p95_ms)}"


def _figures(route: LogRoute) -> str:
    failing = f", {route.server_errors / route.count:.1%} 5xx" if route.server_errors else ""
    return (
        f"{one_line(route.name, 160)} · {route.count:,} requests, {route.share:.0%} of the time,"
        f" p50 {_ms(route.p50_ms)}, p95 {_ms(route.p95_ms)}, p99 {_ms(route.p99_ms)}, max {_ms(route.max_ms)}{failing}"
    )


def _ms(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.0f} ms" if value < 9_999.5 else f"{value / 1_000:.1f} s"
