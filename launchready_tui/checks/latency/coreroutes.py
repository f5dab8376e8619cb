"""How long core routes take, sampled live (S4.LAT.01)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from statistics import median

from launchready_tui.checks.limits import count, number
from launchready_tui.checks.payloads.bodies import session_for
from launchready_tui.checks.reading.visits import NOTHING_CORE
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Route
from launchready_tui.model.questions import KeptDecision, LatencySample
from launchready_tui.model.questions.latency import Latencies, Timing
from launchready_tui.model.runbook import Limits
from launchready_tui.model.statistics import percentile, percentile_interval
from launchready_tui.model.verdicts import Judgement, failed, passed, unknown, warned
from launchready_tui.text import one_line, plural

REQUESTS, WARM_UP, INTERVAL = 65, 5, 1.0
PASS_MS, FAIL_MS = 500.0, 800.0
LEAST = 20
"""Answers from which a 95th percentile is more than the slowest of a few."""

MOST_LOST = 0.1
"""The share of requests without an answer beyond which times say nothing."""


def topic(route: Route) -> str:
    """The topic under which a decision explains why a route is slow."""
    return f"latency:{route.id}"


@check("latency.core-routes", over="core-routes")
async def core_routes(subject: Subject[Route | None], ask: Ask, limits: Limits) -> Judgement:
    """The 95th percentile of one route, with its confidence interval and where the time goes.

    Limits: `requests`, `warm_up`, `interval_s`, `p95_pass_ms`, `p95_fail_ms`.
    """
    route = subject.item
    if route is None:
        return NOTHING_CORE
    session = await session_for(route, subject.product, ask)
    if isinstance(session, Judgement):
        return session
    question = LatencySample(
        route.url,
        count(limits, "requests", REQUESTS),
        count(limits, "warm_up", WARM_UP),
        number(limits, "interval_s", INTERVAL),
        session,
    )
    sample = (await ask(question)).facts
    if judged := _worthless(sample, route):
        return judged
    return await _judged(sample, route, ask, limits)


def _worthless(sample: Latencies, route: Route) -> Judgement | None:
    """Why the times of a sample say nothing: throttled, other answers than declared, too many lost, too few."""
    timings = sample.timings
    answered = [timing for timing in timings if timing.status]
    details = _details(sample)
    if sample.stopped:
        summary = f"the sample ended after {plural(len(timings), 'request')} ({one_line(sample.stopped, 40)})"
        return unknown(sample.stopped, summary, details=details)
    wrong = Counter(timing.status for timing in answered if timing.status not in route.expect_status)
    if wrong:
        status, times = wrong.most_common(1)[0]
        summary = f"{times} of {plural(len(timings), 'request')} answered {status}, and their times say nothing"
        decide_by = "Mend the route, or declare its status, then sample it again."
        return unknown("unexpected-status", summary, decide_by=decide_by, details=details)
    if len(timings) - len(answered) > MOST_LOST * len(timings):
        summary = f"{len(timings) - len(answered)} of {plural(len(timings), 'request')} got no answer"
        return unknown("answers-lost", summary, decide_by="Sample it again from a calm network.", details=details)
    if len(answered) < LEAST:
        summary = f"only {plural(len(answered), 'answer')}; a 95th percentile takes at least {LEAST}"
        return unknown("too-few", summary, decide_by="Raise `requests` in the runbook, and sample again.")
    return None


async def _judged(sample: Latencies, route: Route, ask: Ask, limits: Limits) -> Judgement:
    # A request without an answer took at least as long as it was waited for.
    times = sorted(timing.total for timing in sample.timings)
    p95 = percentile(times, 0.95)
    good, bad = number(limits, "p95_pass_ms", PASS_MS), number(limits, "p95_fail_ms", FAIL_MS)
    summary = (
        f"p95 {p95:,.0f} ms ({_interval(times)}), median {percentile(times, 0.5):,.0f} ms of {len(times)} requests"
    )
    details = _details(sample)
    if p95 < good:
        return passed(summary, details=details)
    slow = f"{summary}; {_where(sample.timings)}"
    if p95 <= bad:
        return warned("slow", slow, details=details)
    decision = (await ask(KeptDecision(topic(route)))).facts
    if decision.record:
        why = f"explained by {one_line(decision.who, 40)}: {one_line(decision.why or decision.choice, 120)}"
        return warned("slow-explained", f"{slow}; {why}", details=details)
    how = f"an explanation is recorded with `launchready decide FILE … --topic {topic(route)}`"
    return failed("too-slow", slow, details=(*details, how))


def _interval(times: Sequence[float]) -> str:
    """The confidence interval of the 95th percentile in words."""
    low, high = percentile_interval(times, 0.95)
    if math.isinf(high):
        return f"95 % sure: {low:,.0f} or more" if math.isfinite(low) else "too few to say how sure"
    return f"95 % sure: {low:,.0f} to {high:,.0f}"


def _where(timings: Sequence[Timing]) -> str:
    """Where the time of the slow answers goes: the largest part of the median of the slowest tenth."""
    slow = sorted(timings, key=lambda timing: timing.total)[-max(1, len(timings) // 10) :]
    parts = {
        "waiting for the first byte": median(timing.wait for timing in slow),
        "reading the body": median(timing.body for timing in slow),
        "connecting": median(timing.dns + timing.connect + timing.tls for timing in slow),
    }
    name, took = max(parts.items(), key=lambda pair: pair[1])
    return f"most of it {name} ({took:,.0f} ms)"


def _details(sample: Latencies) -> tuple[str, ...]:
    timings = [timing for timing in sample.timings if timing.status]
    lines: list[str] = []
    if timings:
        wait, body = median(timing.wait for timing in timings), median(timing.body for timing in timings)
        lines.append(f"median: first byte {wait:,.1f} ms, body {body:,.1f} ms; {sample.bytes:,} bytes on the wire")
    opened = [timing for timing in (*sample.warm_up, *sample.timings) if not timing.reused and timing.status]
    if opened:
        dns, connect, tls = (median(getattr(one, part) for one in opened) for part in ("dns", "connect", "tls"))
        each = plural(len(opened), "connection")
        lines.append(f"{each} opened, then kept: DNS {dns:,.1f} ms, TCP {connect:,.1f} ms, TLS {tls:,.1f} ms")
    reused = sum(timing.reused for timing in timings)
    lines.append(
        f"{len(sample.warm_up)} requests to warm up thrown away; one request every {sample.interval:g} s;"
        f" {reused} of {len(timings)} on a kept connection; {sample.http_version or 'HTTP version unknown'}"
    )
    lines += [f"Server-Timing {one_line(item.name, 40)}: median {item.median:,.1f} ms" for item in sample.server[:10]]
    lost = Counter(timing.failure for timing in sample.timings if not timing.status)
    lines += [f"{times} without an answer ({one_line(reason, 40)})" for reason, times in lost.items()]
    return tuple(lines)
