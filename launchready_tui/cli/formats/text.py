"""Results as lines of text: glyph, verdict word, severity, subject, summary."""

from __future__ import annotations

from collections import Counter

from launchready_tui.cli import output
from launchready_tui.model.board import BarState, Gate, GateVerdict
from launchready_tui.model.results import Result
from launchready_tui.model.verdicts import Severity, Verdict
from launchready_tui.text import plural, span

GLYPHS = {
    Verdict.PASS: "✓",
    Verdict.WARN: "!",
    Verdict.FAIL: "✗",
    Verdict.UNKNOWN: "?",
    Verdict.NOT_APPLICABLE: "–",
    Verdict.NOT_RUN: "○",
    Verdict.ERROR: "‼",
}
WORDS = {Verdict.NOT_APPLICABLE: "n/a", Verdict.NOT_RUN: "not run"}
_BAR_GLYPHS = {
    BarState.PASS: "✓",
    BarState.ATTESTED: "✎",
    BarState.WAIVED: "~",
    BarState.STALE: "?",
    BarState.NOT_RUN: "○",
    BarState.UNKNOWN: "?",
    BarState.FAIL: "✗",
}
_BAR_STYLES = {
    BarState.PASS: "pass",
    BarState.ATTESTED: "pass",
    BarState.WAIVED: "waived",
    BarState.FAIL: "fail",
    BarState.NOT_RUN: "muted",
}


def result_line(result: Result) -> str:
    """One result on one line."""
    word = WORDS.get(result.verdict, result.verdict.value)
    state = output.paint(f"{GLYPHS[result.verdict]} {word:<7}", result.verdict.value)
    severity = result.severity.value
    if result.severity is Severity.BLOCKER:
        severity = "BLOCKER"
    matters = result.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE)
    shown = f"{severity if matters else '':<8}"
    if matters and result.severity is Severity.BLOCKER:
        shown = output.paint(shown, "strong")
    text = f"{result.check}: {result.summary}" if result.summary else result.check
    reason = f" [{result.reason}]" if result.reason and matters else ""
    return f"{state} {shown} {output.safe(result.subject, 120)}  {output.safe(text)}{output.paint(reason, 'muted')}"


def summary_line(results: tuple[Result, ...], seconds: float) -> str:
    """The counts of a run and how long it took."""
    counts = Counter(result.verdict for result in results)
    parts = [f"{counts[v]} {WORDS.get(v, v.value)}" for v in Verdict if counts[v]]
    return f"{plural(len(results), 'result')} in {span(seconds)}: {', '.join(parts) or 'nothing to run'}"


def gate_lines(gate: Gate) -> list[str]:
    """The gate: its verdict, then a line a bar."""
    blockers = plural(len(gate.blockers), "blocker")
    counts = f"{blockers}, {len(gate.unseen)} not seen, {gate.stale} stale, {gate.waived} waived"
    style = {GateVerdict.GO: "pass", GateVerdict.NO_GO: "fail"}.get(gate.verdict, "warn")
    lines = [f"Launch gate: {output.paint(gate.verdict.value, style)} ({counts})"]
    for bar in gate.bars:
        state = output.paint(f"{_BAR_GLYPHS[bar.state]} {bar.state.value:<8}", _BAR_STYLES.get(bar.state, "unknown"))
        lines.append(f"  {bar.id:<5} {state} {bar.title}: {output.safe(bar.sentence, 160)}")
    return lines
