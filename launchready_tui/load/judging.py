"""The verdict of a load test, and the sentences that say why. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from launchready_tui.model.questions.loadtest import LoadReport, RouteLoad
from launchready_tui.text import plural

ENOUGH = 0.8
"""The share of the planned time that has to have run for a verdict about the product."""

LoadVerdict = Literal["pass", "warn", "fail", "invalid"]


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict and its reasons, the weightiest first."""

    verdict: LoadVerdict
    reasons: tuple[str, ...] = ()


def judge(report: LoadReport) -> Judged:
    """Invalid where the generator was the limit, or nothing was measured; else what the product did.

    A step load is not judged by its routes: it goes on until they break. Its verdict is the headroom (S6.RUN.06).
    """
    if report.generator.reasons:
        return Judged(
            "invalid", tuple(f"The generator was the limit: {reason}." for reason in report.generator.reasons)
        )
    if not report.requests:
        return Judged("invalid", ("No request ended: there is nothing to judge.", *report.partial))
    if report.partial and not report.aborted and ran_for(report) < ENOUGH * report.plan.duration_s:
        return Judged("invalid", report.partial)
    fails, warns = _of_steps(report) if report.plan.mode == "steps" else _of_routes(report)
    warns += report.partial if not report.aborted else ()
    if report.aborted and report.plan.mode != "steps":
        fails.insert(0, f"It ended itself: {report.aborted}.")
    if fails:
        return Judged("fail", tuple(fails + warns))
    return Judged("warn" if warns else "pass", tuple(warns))


def ran_for(report: LoadReport) -> float:
    """Seconds of the test that there are figures of."""
    return report.timeline[-1].at + report.every_s if report.timeline else 0.0


def _of_routes(report: LoadReport) -> tuple[list[str], list[str]]:
    """What fails, and what is worth a warning. Few requests decide nothing that chance could explain (S6.RUN.07)."""
    fails: list[str] = []
    warns: list[str] = []
    for load in report.routes:
        requests, failures, p95 = judged_figures(load)
        if not requests:
            continue
        few = f", of {plural(requests, 'request')} only" if load.indicative else ""
        name = f"{load.route} ({load.journey})"
        limit = report.limits.error_percent
        if 100 * failures >= limit * requests and failures:
            sure = not load.indicative or 100 * least_share(failures, requests) >= limit
            share = 100 * failures / requests
            (fails if sure else warns).append(f"{share:.1f} % of {name} failed (limit {limit:g} %){few}.")
        if p95 > load.fail_ms:
            sure = not load.indicative or load.p95_low_ms > load.fail_ms
            (fails if sure else warns).append(f"p95 of {name} is {p95:.0f} ms (limit {load.fail_ms:g} ms){few}.")
        elif p95 > load.pass_ms:
            warns.append(f"p95 of {name} is {p95:.0f} ms (aim {load.pass_ms:g} ms){few}.")
    return fails, warns


def least_share(failures: int, requests: int) -> float:
    """The share that fails at least, with 97.5 % confidence, after so many of so many did (Wilson's lower bound)."""
    z = 1.96
    share = failures / requests
    middle = share + z * z / (2 * requests)
    spread = z * math.sqrt(share * (1 - share) / requests + z * z / (4 * requests * requests))
    return max(0.0, (middle - spread) / (1 + z * z / requests))


def judged_figures(load: RouteLoad) -> tuple[int, int, float]:
    """Requests, failures and p95 (ms) by which a route is judged: at the held load, if anything was asked there."""
    if load.peak_requests:
        return load.peak_requests, load.peak_failures, load.peak_p95_ms
    return load.requests, load.failures, load.p95_ms


def _of_steps(report: LoadReport) -> tuple[list[str], list[str]]:
    peak, knee = report.plan.peak, report.knee
    if not report.steps:
        return [], ["No step was finished."]
    if knee < peak:
        return [f"{plural(knee, 'session')} at once were carried, and {peak} are expected."], []
    broke = any(step.broke for step in report.steps)
    if knee < 2 * peak:
        more = "" if broke else " (no limit broke: go on with more users)"
        return [], [f"{plural(knee, 'session')} at once were carried, less than twice the expected {peak}{more}."]
    return [], []
