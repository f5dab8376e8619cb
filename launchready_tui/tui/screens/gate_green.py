"""The part of the gate board that says what would turn it green, the shortest first. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from launchready_tui.engine.togreen import Step, apart, to_green, total, turned
from launchready_tui.engine.work import RUN_MINUTES, Way
from launchready_tui.model.board import Snapshot
from launchready_tui.text import plural
from launchready_tui.tui import render
from launchready_tui.tui.render import Ink, Part
from launchready_tui.tui.screens.gate_lines import heading
from launchready_tui.tui.widgets.lines import Line, fit

WORDS = {
    Way.RUN: ("run", "focus", "R on the sprint screen runs a stage: whatever it finds, somebody looked."),
    Way.ANSWER: ("answer", "person", "a on the check records who looked, and how."),
    Way.DRILL: ("drill", "person", "t on the check starts the stopwatch."),
    Way.DECIDE: ("decide", "person", "d on the check records why you launch without knowing; a answers it."),
    Way.FIX: (
        "repair",
        "fail",
        "y on the check copies how it is repaired; w accepts the risk, signed and on page one.",
    ),
}
"""The word of a way, its tone, and the key that begins it."""


RUNS = "*"
"""The key of the line that stands for all checks that only have to be run."""


def green_lines(snapshot: Snapshot, ink: Ink, room: int) -> list[Line]:
    """One line a check that holds the gate, with the bars that its step turns green."""
    steps = to_green(snapshot)
    if not steps:
        return [Line(ink.line(("Nothing holds the gate.", "pass")))]
    runs, rest = apart(steps)
    count = len(rest) + bool(runs)
    lines = [
        heading(ink, "To green, the shortest first", f"{plural(count, 'step')}, about {render.minutes(total(steps))}")
    ]
    if runs:
        words = plural(len(runs), "check") + " that nobody ran, or too long ago"
        lines.append(Line(_line(ink, Way.RUN, RUN_MINUTES, words, "", turned(runs), room), f"green:{RUNS}"))
    for step in rest:
        subject = step.keys[0][1] if len(step.keys) == 1 else plural(len(step.keys), "subject")
        shown = _line(ink, step.way, step.minutes, step.entry.claim, subject, step.turns, room)
        lines.append(Line(shown, f"green:{step.entry.id}"))
    return lines


def _line(ink: Ink, way: Way, minutes: int, claim: str, subject: str, turns: tuple[str, ...], room: int) -> Content:
    word, tone, _ = WORDS[way]
    side = (16 if room < 90 else 26) if subject else 0
    green = 14 if room < 90 else 22
    rest = max(10, room - 8 - 8 - side - 4 - green)
    dots = ink.glyphs.ellipsis
    return ink.line(
        (fit(render.minutes(minutes), 7, dots, right=True) + " ", "plain"),
        (fit(word, 8), tone),
        fit(claim, rest, dots),
        ("  " + fit(subject, side, dots), "muted"),
        ("  " + fit(f"{' '.join(turns)} green" if turns else "", green, dots), "pass"),
    )


def green_detail(snapshot: Snapshot, ink: Ink, check: str) -> Content:
    """One step: how it is done, for which subjects, what it turns green."""
    steps = to_green(snapshot)
    if check == RUNS:
        return _runs_detail(ink, apart(steps)[0])
    step = next((step for step in steps if step.entry.id == check), None)
    if step is None:
        return ink.line("")
    _, tone, how = WORDS[step.way]
    parts: list[Part | Content] = [(step.entry.claim, "bold"), ("  " + step.entry.id, "muted"), "\n"]
    parts += [(render.minutes(step.minutes), "bold"), ("  " + how + "\n\n", tone)]
    for key in step.keys[:12]:
        row = snapshot.standing(*key)
        if row is not None:
            parts += [ink.sign(render.mark_of(row)), f" {key[1]} ", (f"{row.result.summary}\n", "muted")]
    if len(step.keys) > 12:
        parts.append((f"and {len(step.keys) - 12} more\n", "muted"))
    if step.turns:
        parts += [(f"\nWith everything above it, {', '.join(step.turns)} turns green.", "pass")]
    return ink.line(*parts, ("\nenter goes there", "muted"), lines=True)


def _runs_detail(ink: Ink, runs: Sequence[Step]) -> Content:
    parts: list[Part | Content] = [("One run of checks", "bold"), "\n", (WORDS[Way.RUN][2], "focus"), "\n\n"]
    for step in runs[:20]:
        parts += [step.entry.claim, (f"  {plural(len(step.keys), 'subject')}\n", "muted")]
    if len(runs) > 20:
        parts.append((f"and {len(runs) - 20} more\n", "muted"))
    return ink.line(*parts, ("\nenter goes to the first", "muted"), lines=True)
