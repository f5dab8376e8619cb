"""What would turn the gate green, as lines of text: the shortest first."""

from __future__ import annotations

from launchready_tui.cli import output
from launchready_tui.engine.togreen import apart, to_green, total, turned
from launchready_tui.engine.work import RUN_MINUTES, Way
from launchready_tui.model.board import Snapshot
from launchready_tui.text import plural, span

WORDS = {
    Way.RUN: "run",
    Way.ANSWER: "an answer of a person",
    Way.DRILL: "a drill against the clock",
    Way.DECIDE: "a decision or an answer",
    Way.FIX: "repair",
}
MOST = 12


def togreen_lines(snapshot: Snapshot) -> list[str]:
    """The steps to green with their minutes; none where nothing holds the gate."""
    steps = to_green(snapshot)
    if not steps:
        return []
    lines = ["", f"What turns it green, the shortest first ({span(total(steps) * 60)} in all):"]
    runs, rest = apart(steps)
    if runs:
        first = f": {runs[0].entry.claim}" if len(runs) == 1 else f": {plural(len(runs), 'check')}, none seen in time"
        lines.append(_line(RUN_MINUTES, f"{WORDS[Way.RUN]}{first}", turned(runs)))
    for step in rest[:MOST]:
        subjects = output.safe(step.keys[0][1], 60) if len(step.keys) == 1 else plural(len(step.keys), "subject")
        lines.append(_line(step.minutes, f"{WORDS[step.way]}: {step.entry.claim} ({subjects})", step.turns))
    if len(rest) > MOST:
        lines.append(f"  and {len(rest) - MOST} more; the gate screen lists all of them")
    return lines


def _line(minutes: int, words: str, turns: tuple[str, ...]) -> str:
    return f"  {minutes:>4} min  {words}" + (f" -> {', '.join(turns)} green" if turns else "")
