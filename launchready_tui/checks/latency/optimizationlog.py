"""Whether each change that was made for speed is proven by a measurement before and after it."""

from __future__ import annotations

from launchready_tui.checks.limits import count
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.optimization import EFFECTS, MIN_SAMPLES
from launchready_tui.model.questions import KeptOptimizations
from launchready_tui.model.questions.memory import MeasuredChange
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, not_run, passed, warned
from launchready_tui.text import one_line, plural

_NOTHING = "No change for speed is recorded. `c` on the log (O), or `launchready measure FILE before`, begins one."


@check("latency.optimization-log", over="domain")
async def optimization_log(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S4.LOG: every recorded change has both measurements, and made its endpoint faster beyond chance.

    Limit `min_samples`: samples on each side that a proof needs.
    """
    changes = (await ask(KeptOptimizations(count(limits, "min_samples", MIN_SAMPLES)))).facts.changes
    if not changes:
        return not_run("input-missing", _NOTHING)
    details = tuple(map(in_words, changes))
    open_ones = [change for change in changes if change.effect == "open"]
    if open_ones:
        named = ", ".join(one_line(change.title, 60) for change in open_ones[:3])
        summary = f"{len(open_ones)} of {plural(len(changes), 'change')} not measured on both sides: {named}"
        return warned("not-measured", summary, details=details)
    slower = [change for change in changes if change.effect == "slower"]
    if slower:
        named = ", ".join(one_line(change.endpoint, 60) for change in slower[:3])
        return warned("made-slower", f"{plural(len(slower), 'change')} made it slower: {named}", details=details)
    unproven = [change for change in changes if change.effect != "faster"]
    if unproven:
        named = ", ".join(f"{one_line(c.title, 50)} ({EFFECTS[c.effect]})" for c in unproven[:3])
        summary = f"{len(unproven)} of {plural(len(changes), 'change')} unproven: {named}"
        return warned("unproven", summary, details=details)
    return passed(f"{plural(len(changes), 'change')}, each proven faster", details=details)


def in_words(change: MeasuredChange) -> str:
    """One change with its figures, as a line."""
    parts = [f"{one_line(change.endpoint, 60)}: {one_line(change.title, 100)}"]
    if change.commit:
        parts.append(change.commit[:12])
    if change.count_before and change.count_after:
        parts.append(f"p95 {change.p95_before:.0f} → {change.p95_after:.0f} ms")
        parts.append(f"p50 {change.p50_before:.0f} → {change.p50_after:.0f} ms")
        parts.append(f"n {change.count_before} and {change.count_after}")
    if change.queries_before is not None and change.queries_after is not None:
        parts.append(f"{change.queries_before:g} → {change.queries_after:g} queries")
    if change.bytes_before and change.bytes_after:
        parts.append(f"{change.bytes_before:,} → {change.bytes_after:,} bytes")
    if change.p_value is not None:
        parts.append(f"chance {change.p_value:.3f}" if change.p_value >= 0.001 else "chance below 0.001")
    parts.append(EFFECTS[change.effect])
    return " · ".join(parts)
