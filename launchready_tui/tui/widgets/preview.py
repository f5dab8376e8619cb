"""Two lines under the list on narrow screens: what was found, and what can be done about it."""

from __future__ import annotations

from textual.widgets import Static

from launchready_tui.model.verdicts import Verdict
from launchready_tui.text import one_line, span
from launchready_tui.tui import render
from launchready_tui.tui.base import Aware
from launchready_tui.tui.render import Part, fit
from launchready_tui.tui.rows import Row


class Preview(Aware, Static):
    """The row under the cursor in two lines."""

    DEFAULT_CSS = "Preview { height: 3; width: 100%; border-top: solid $border; padding: 0 1; }"

    def show(self, row: Row | None) -> None:
        """Draw a row."""
        if row is None or row.lead is None:
            self.update("", layout=False)
            return
        at = row.lead
        width = max(20, (self.size.width or self.app.size.width) - 2)
        second: list[Part] = []
        if at.verdict is not Verdict.PASS:
            second += [(render.severity_word(at.severity), render.severity_tone(at.severity)), "  "]
        second.append((f"fix {span(at.entry.minutes * 60)}  ", "muted"))
        owner = at.owner.owner if at.owner else "no owner"
        second.append((f"{one_line(owner, 20)}  ", "muted" if not at.owner else ""))
        second.append(("enter: everything about it", "muted"))
        words = at.entry.statement if at.needs_person else at.result.summary
        subject = f"{at.result.subject}: " if len(row.members) > 1 else ""
        self.update(
            self.ink.line(
                fit(one_line(subject + words, 400), width, self.ink.glyphs.ellipsis), "\n", *second, lines=True
            ),
            layout=False,
        )
