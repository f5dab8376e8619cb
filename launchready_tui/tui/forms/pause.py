"""Pausing the sprint clock, with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from launchready_tui.model.board import Snapshot
from launchready_tui.model.journal import SPRINT
from launchready_tui.model.records import ClockMark
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.fields import Field, TextField
from launchready_tui.tui.forms.form import RecordForm, Saved, Values
from launchready_tui.tui.render import hours

USUAL = ("Sleep", "Waiting for DNS to spread", "Waiting for the founder", "Waiting for a provider's support", "A meal")


class PauseForm(RecordForm):
    """Closes with the mark of the clock."""

    NAME = "pause"
    SAVE = "Pause"
    HELP: ClassVar[str] = """
# Pausing the clock

The sprint has 48 working hours. Sleep, and waiting for somebody else, do not count, as long as the reason stands in the
log. The same key lets the clock go on.
"""

    def __init__(self, snapshot: Snapshot, *, drafts: Drafts | None = None, draft: object = None) -> None:
        super().__init__("Pause the clock", "", snapshot, drafts, draft)

    def head(self) -> Iterable[Widget]:
        """How much is left."""
        spent = self.snapshot.state.clock.elapsed(self.moment)
        left = hours(SPRINT.total_seconds() - spent)
        yield self.told(
            (left, "bold"),
            (f" left of the sprint, {hours(spent)} spent. Nothing counts until you let it go on.", "muted"),
        )

    def fields(self) -> Iterable[Field]:
        """Why."""
        yield TextField(
            "reason",
            "Why",
            help="it stands in the log: sleep, waiting for DNS, a meal",
            offers=USUAL,
            needed=True,
            most=160,
        )

    def problems(self, values: Values) -> dict[str, str]:
        """No reason."""
        return {} if len(values["reason"]) >= 3 else {"reason": "Say why the clock stops."}

    def result(self, values: Values) -> Saved:
        """The mark."""
        return (ClockMark("pause", values["reason"]),)
