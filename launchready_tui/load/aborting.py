"""When a load test ends itself (CHECKS.md S6.RUN.04): before it does damage, faster than a person would. Pure."""

from __future__ import annotations

from launchready_tui.load.collecting import Collector
from launchready_tui.model.questions.loadtest import LoadLimits

SMOOTH_S = 5
"""Seconds that are looked at together: one error in a quiet second is no outage."""

FEWEST = 5
"""Requests below which a stretch says nothing about a share."""


class Watchdog:
    """Looks at every second once it is over; says why the test has to end, or ''."""

    def __init__(self, limits: LoadLimits) -> None:
        self._limits = limits
        self._next = 1
        self._failing_since: int | None = None
        self._slow_since: int | None = None

    def look(self, collected: Collector) -> str:
        """Judge the seconds that are complete since the last look; a second is, when a later report has come."""
        complete = int(collected.at) - 1
        while self._next <= complete:
            why = self._judge(collected, self._next)
            self._next += 1
            if why:
                return why
        return ""

    def _judge(self, collected: Collector, second: int) -> str:
        limits = self._limits
        recent = collected.recent(SMOOTH_S, second)
        whole = recent.whole
        count, failures = whole.latency.count, whole.failures
        share = 100 * failures / count if count else 0.0
        self._failing_since = _since(
            self._failing_since, second, count >= FEWEST and share > limits.abort_error_percent
        )
        p95 = 1000 * whole.latency.percentile(0.95)
        stuck = not count and 1000 * recent.stuck > limits.abort_p95_ms
        self._slow_since = _since(self._slow_since, second, stuck or (count > 0 and p95 > limits.abort_p95_ms))
        fives = whole.server_errors
        if fives >= limits.abort_burst and 100 * fives > limits.abort_burst_percent * count:
            return f"a burst of server errors: {fives} of {count} answers within {SMOOTH_S} s were 5xx"
        if self._failing_since is not None and second - self._failing_since >= limits.abort_error_for_s:
            return (
                f"more than {limits.abort_error_percent:g} % of requests failed for {limits.abort_error_for_s:g} s "
                f"({share:.0f} % at last)"
            )
        if self._slow_since is not None and second - self._slow_since >= limits.abort_p95_for_s:
            last = "no answer came at all" if stuck else f"{p95 / 1000:.1f} s at last"
            return f"p95 was above {limits.abort_p95_ms / 1000:g} s for {limits.abort_p95_for_s:g} s ({last})"
        return ""


def _since(began: int | None, second: int, holds: bool) -> int | None:
    if not holds:
        return None
    return second if began is None else began
