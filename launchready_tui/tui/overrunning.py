"""Asks what to drop when a stage takes longer than its time box: once a stage and hour, and never over a dialog."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding, BindingType

from launchready_tui.engine.replan import Overrun, overrun
from launchready_tui.model.board import Snapshot
from launchready_tui.tui import doors
from launchready_tui.tui.acting import ActingScreen

LOOK_EVERY = 20.0
"""Seconds between two looks at the clock."""


class ClockedScreen(ActingScreen):
    """A screen that keeps an eye on the time boxes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "T", "remaining", "time left", show=False, id="sprint.remaining", tooltip="What is left to do, what to drop"
        ),
    ]

    def watch_clock(self) -> None:
        """Begin to look."""
        self.set_interval(LOOK_EVERY, self.look_at_clock)

    def look_at_clock(self) -> None:
        """Ask, where a time box is over and somebody can answer."""
        snapshot = self._at_present()
        quiet = self.launch.screen is self and self.launch.progress is None and not self.launch.read_only
        over = overrun(snapshot) if snapshot is not None and quiet else None
        drafts = self.launch.drafts
        if over is not None and drafts.asked.get(over.stage.id) != over.hour:
            drafts.asked[over.stage.id] = over.hour
            drafts.hurry()
            self._ask(over)

    def action_remaining(self) -> None:
        """The work that is left, whatever the clock says."""
        snapshot = self._at_present()
        self._ask(overrun(snapshot) if snapshot is not None else None)

    def _ask(self, over: Overrun | None) -> None:
        snapshot = self._at_present()
        if snapshot is not None and self.launch.can_record():
            self.launch.fill(doors.overrun(snapshot, over))

    def _at_present(self) -> Snapshot | None:
        """The snapshot with the clock as it is now."""
        snapshot = self.launch.snapshot
        return replace(snapshot, now=max(snapshot.now, self.launch.now())) if snapshot is not None else None
