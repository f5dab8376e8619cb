"""The limits of a load test, from the runbook's entries: thresholds are for people to change there, not in code."""

from __future__ import annotations

from launchready_tui.model.questions.loadtest import LoadLimits
from launchready_tui.model.runbook import Entry, Runbook

_ROUTES = {
    "p95_pass_ms": "p95_pass_ms",
    "p95_fail_ms": "p95_fail_ms",
    "checkout_p95_ms": "checkout_p95_ms",
    "error_percent": "error_rate_percent",
}
_HEALTH = {
    "cpu_percent": "cpu_percent",
    "lag_p99_ms": "loop_lag_p99_ms",
    "dropped_percent": "dropped_percent",
    "achieved_percent": "achieved_percent",
}
_ABORT = {
    "abort_error_percent": "error_percent",
    "abort_error_for_s": "error_for_s",
    "abort_p95_ms": "p95_ms",
    "abort_p95_for_s": "p95_for_s",
    "abort_burst": "burst_5xx",
    "abort_burst_percent": "burst_percent",
    "stop_within_s": "stop_within_s",
}


def limits_of(runbook: Runbook) -> LoadLimits:
    """What the entries for S6.RUN.02, 03 and 04 say; what they leave out is as in CHECKS.md b6."""
    found: dict[str, float] = {}
    for row, names in (("S6.RUN.02", _ROUTES), ("S6.RUN.03", _HEALTH), ("S6.RUN.04", _ABORT)):
        entry = next((entry for entry in runbook.entries if entry.covers(row)), None)
        if entry is not None:
            found.update(_numbers(entry, names))
    burst = found.pop("abort_burst", LoadLimits().abort_burst)
    return LoadLimits(**found, abort_burst=int(burst))


def _numbers(entry: Entry, names: dict[str, str]) -> dict[str, float]:
    said = {ours: entry.limits.get(theirs) for ours, theirs in names.items()}
    return {
        ours: float(value)
        for ours, value in said.items()
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0
    }
