"""States and severities as documents show them: glyph, word and tone (SCREENS.md, Language)."""

from __future__ import annotations

from launchready_tui.deliverables.blocks import Mark, Tone
from launchready_tui.model.board import BarState, GateVerdict, Standing
from launchready_tui.model.results import Result
from launchready_tui.model.runbook import Kind
from launchready_tui.model.verdicts import Severity, Source, Verdict

_VERDICTS: dict[Verdict, tuple[str, str, Tone]] = {
    Verdict.PASS: ("✓", "pass", "pass"),
    Verdict.WARN: ("!", "warn", "warn"),
    Verdict.FAIL: ("✗", "fail", "fail"),
    Verdict.UNKNOWN: ("?", "unknown", "unknown"),
    Verdict.NOT_APPLICABLE: ("–", "n/a", "muted"),
    Verdict.NOT_RUN: ("○", "not run", "muted"),
    Verdict.ERROR: ("‼", "error", "fail"),
}
_BARS: dict[BarState, tuple[str, str, Tone]] = {
    BarState.PASS: ("✓", "pass", "pass"),
    BarState.ATTESTED: ("✎", "attested", "attested"),
    BarState.WAIVED: ("~", "waived", "waived"),
    BarState.STALE: ("◷", "stale", "warn"),
    BarState.NOT_RUN: ("○", "not run", "muted"),
    BarState.UNKNOWN: ("?", "unknown", "unknown"),
    BarState.FAIL: ("✗", "fail", "fail"),
}
_SEVERITIES: dict[Severity, tuple[str, Tone]] = {
    Severity.BLOCKER: ("BLOCKER", "fail"),
    Severity.HIGH: ("high", "warn"),
    Severity.MEDIUM: ("medium", "plain"),
    Severity.INFO: ("info", "muted"),
}
_WAITING = {Kind.ATTEST: "not answered", Kind.DRILL: "not drilled", Kind.IMPORT: "not read", Kind.LIVE: "not run"}
_URGENCY = ("fail", "error", "unknown", "stale", "not run", "not answered", "not drilled", "not read", "warn", "waived")

MISSING = Mark("○", "missing", "unknown")
DONE = Mark("✓", "recorded", "pass")


def mark(row: Standing) -> Mark:
    """How a check stands."""
    verdict = row.verdict
    if row.is_waived:
        return Mark("~", "waived", "waived")
    if row.stale and verdict in (Verdict.PASS, Verdict.WARN):
        return Mark("◷", "stale", "warn")
    if verdict is Verdict.NOT_RUN:
        return Mark("○", _WAITING[row.entry.kind], "muted")
    if verdict is Verdict.PASS and row.result.source is Source.ATTESTATION:
        return Mark("✎", "attested", "attested")
    if verdict is Verdict.PASS and row.result.source is Source.DRILL:
        return Mark("✎", "drilled", "attested")
    if verdict is Verdict.PASS and row.result.source is Source.MAP:
        return Mark("✎", "recorded", "attested")
    glyph, word, tone = _VERDICTS[verdict]
    return Mark(glyph, word, tone, loud=verdict is Verdict.FAIL and row.severity is Severity.BLOCKER)


def urgency(row: Standing) -> int:
    """The place of a row's state, the worst first: what stands for a check with several subjects."""
    word = mark(row).word
    return _URGENCY.index(word) if word in _URGENCY else len(_URGENCY) + (row.verdict is Verdict.NOT_APPLICABLE)


def bar_mark(state: BarState) -> Mark:
    """How a line of the gate stands."""
    glyph, word, tone = _BARS[state]
    return Mark(glyph, word, tone, loud=state is BarState.FAIL)


def severity_mark(severity: Severity) -> Mark:
    """The label of a risk."""
    word, tone = _SEVERITIES[severity]
    return Mark("", word, tone, loud=severity is Severity.BLOCKER)


def gate_mark(verdict: GateVerdict) -> Mark:
    """What the gate says."""
    match verdict:
        case GateVerdict.GO:
            return Mark("✓", verdict.value, "pass", loud=True)
        case GateVerdict.GO_WITH_ACCEPTED_RISKS:
            return Mark("~", verdict.value, "waived", loud=True)
        case GateVerdict.NO_GO:
            return Mark("✗", verdict.value, "fail", loud=True)


def was_seen(result: Result) -> bool:
    """Whether somebody looked, answered or drilled: only then does the time of a result mean anything."""
    return bool(result.run or result.record or result.evidence)
