"""The words in the frame of the list of checks: how many of what above it, what is going on below it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from launchready_tui.model.runbook import Runbook
from launchready_tui.text import one_line
from launchready_tui.tui.query import Query
from launchready_tui.tui.render import Ink, Mark, Part
from launchready_tui.tui.rows import Row, Shape, tally
from launchready_tui.tui.running import Progress

COUNTED = (Mark.FAIL, Mark.ERROR, Mark.UNKNOWN, Mark.STALE, Mark.WARN, Mark.ATTEST, Mark.DRILL, Mark.NOT_RUN)


def title(ink: Ink, rows: Sequence[Row], typed: str, query: Query) -> Content:
    """`Checks 51 · ✗ 4 · ? 2  / status:fail`."""
    counts = tally(rows)
    parts: list[Part] = [f"Checks {sum(row.shape is Shape.CHECK for row in rows)}"]
    for mark in COUNTED:
        if counts.get(mark):
            parts += [(f" {ink.glyphs.dot} ", "muted"), (f"{ink.glyphs.marks[mark]} {counts[mark]}", mark.tone)]
    if query.terms or query.problem:
        parts += [("  / ", "muted"), (one_line(typed, 30), "focus")]
    if query.problem:
        parts += ["  ", (query.problem, "warn")]
    return ink.line(*parts)


def subtitle(ink: Ink, runbook: Runbook, progress: Progress | None, chosen: int) -> Content:
    """What is being looked at now, or how many rows are marked."""
    if progress is None:
        return ink.line((f"{chosen} marked {ink.glyphs.dot} space, * marks", "focus") if chosen else "")
    current = progress.current
    entry = runbook.entry(current[0]) if current else None
    what = "finishing" if progress.done else "starting"
    if current is not None and entry is not None:
        attempt = progress.running.get(current, 1)
        again = f" (asking again, {attempt} of 3)" if attempt > 1 else ""
        what = f"{one_line(current[1], 40)}: {one_line(entry.claim, 60)}{again}"
    return ink.line((f"{ink.glyphs.marks[Mark.RUNNING]} {what}", "focus"))
