"""The pane that says everything about a row; scrolls, and loads evidence and history when one stays on a row."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from launchready_tui.model.board import Snapshot
from launchready_tui.tui.explain import Background, Explainer
from launchready_tui.tui.rows import Row
from launchready_tui.tui.widgets.textlines import TextLines

SETTLE = 0.06
"""Seconds to wait before the file is asked: whoever runs through the list does not wait for it."""


class Detail(TextLines):
    """Shows one row. The row is set by `show`; nothing is fetched for a row that is passed by."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "down", show=False, id="detail.down", tooltip="Scroll down"),
        Binding("k", "scroll_up", "up", show=False, id="detail.up", tooltip="Scroll up"),
        Binding("g", "scroll_home", "top", show=False, id="detail.top", tooltip="To the top"),
    ]

    def __init__(self, *, title: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._title = title
        self._row: Row | None = None
        self._snapshot: Snapshot | None = None
        self._background = Background()
        self._raw = False
        self._drawn: tuple[object, ...] | None = None

    def show(self, row: Row | None, snapshot: Snapshot) -> None:
        """Show a row; the same row with the same result keeps its place."""
        before = self._row
        same = (
            before is not None
            and row is not None
            and before.key == row.key
            and before.lead is not None
            and row.lead is not None
        )
        same_result = (
            same
            and before is not None
            and before.lead is not None
            and row is not None
            and row.lead is not None
            and before.lead.result == row.lead.result
        )
        self._row, self._snapshot = row, snapshot
        if not same_result:
            self._background = Background()
        if not same:
            self.scroll_home(animate=False)
        self._draw()
        if row is not None and not same_result:
            self._load(row)

    def toggle_raw(self) -> None:
        """Evidence in words, or as it is stored."""
        self._raw = not self._raw
        self._drawn = None
        self._draw()

    @property
    def background(self) -> Background:
        """What was loaded for the row."""
        return self._background

    @work(exclusive=True, group="detail", exit_on_error=False, description="evidence and history of a row")
    async def _load(self, row: Row) -> None:
        session = self.launch.session
        lead = row.lead
        if session is None or lead is None:
            return
        await asyncio.sleep(SETTLE)
        ids = lead.result.evidence
        evidence = await asyncio.to_thread(session.evidence, ids) if ids else ()
        history = await asyncio.to_thread(session.history, *lead.key) if lead.result.run else ()
        if self._row is not None and self._row.key == row.key:
            self._background = Background(evidence, history)
            self._draw()

    def on_resize(self) -> None:
        """Another width, other lines."""
        self._draw()

    def _draw(self) -> None:
        if not self.is_mounted or self._snapshot is None:
            return
        width = self.text_width
        if self._row is None or self._row.lead is None:
            self.set_lines(())
            self._drawn = None
            return
        now = (self._row, self._snapshot, self._background, self._raw, width, self.launch.ink)
        if self._drawn is not None and all(one is other for one, other in zip(now, self._drawn, strict=True)):
            return
        self._drawn = now
        lines = Explainer(
            self._row, self._snapshot, self.ink, width, self._background, raw=self._raw, title=self._title
        ).write()
        self.set_lines(lines)
