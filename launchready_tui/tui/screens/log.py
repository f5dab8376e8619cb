"""The log: everything that was recorded, the newest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events, on, work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from launchready_tui.model.board import Snapshot
from launchready_tui.model.records import Record
from launchready_tui.text import plural
from launchready_tui.tui.screens import log_entries, opening
from launchready_tui.tui.screens.board import BoardLines, BoardScreen
from launchready_tui.tui.widgets.lines import Line, Lines
from launchready_tui.tui.widgets.segments import Segments


class LogLines(BoardLines):
    """The records."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "select",
            "supersede or go",
            id="log.open",
            tooltip="Replace the decision, or go to what the record is about",
        ),
        Binding("right", "screen.segment(1)", "kinds", id="board.next", tooltip="The next kind"),
    ]


class LogScreen(BoardScreen):
    """`L`."""

    PLACE = "log"
    TITLE_WORDS = "Log"
    CSS_PATH = "log.tcss"
    HELP = """
Everything that people recorded, the newest first. Nothing here is ever changed: what was taken back is ~~struck
through~~ and stays,
a decision that a later one replaces is marked *superseded*. Each record is chained to the one before it by its hash.

- Left and right choose the kind, `/` filters by words; `esc` in the filter clears it.
- `d` records a decision. `enter` on a decision records what replaces it; on a record about a check it goes to
  the check.
"""
    LIST = LogLines
    PARTS = log_entries.KINDS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "decide", "decide", id="log.decide", tooltip="Record a decision"),
        Binding(
            "slash", "filter", "filter", id="log.filter", tooltip="Show only what contains the words", key_display="/"
        ),
        Binding("u", "app.undo", "undo", id="record.undo", tooltip="Take back what was recorded last"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._entries: dict[str, log_entries.Entry] = {}

    def compose_head(self) -> Iterable[Widget]:
        """The filter."""
        yield Input(id="filter", placeholder="words", compact=True, max_length=200)

    def on_mount(self, event: events.Mount) -> None:
        """The filter is there when it is needed."""
        self.query_one(Input).display = False

    def lines(self, snapshot: Snapshot) -> Sequence[Line]:
        """The records of the kind that contain the words."""
        everything = log_entries.entries(snapshot)
        counts = {name: sum(entry.part == name for entry in everything) for name, _ in self.PARTS if name != "all"}
        self.query_one(Segments).count(
            {"all": str(len(everything))} | {name: str(n) for name, n in counts.items() if n}
        )
        words = self.query_one(Input).value
        self._entries = {str(e.record.number): e for e in everything if log_entries.matches(e, self.part, words)}
        ink = self.ink
        if not self._entries and words:
            return [Line(ink.line((f"No record contains “{words}”. esc in the filter clears it.", "muted")))]
        if not self._entries:
            return [Line(ink.line((log_entries.EMPTY[self.part].replace("`", ""), "muted")))]
        return [
            Line(log_entries.line(ink, entry, snapshot.now, self.room), key) for key, entry in self._entries.items()
        ]

    def detail(self, snapshot: Snapshot, key: str) -> Content:
        """The record in full."""
        entry = self._entries.get(key)
        return log_entries.detail(self.ink, entry, snapshot) if entry else self.ink.line("")

    def crumb(self) -> str:
        """With what is filtered."""
        words = self.query_one_optional(Input)
        return f"Log ▸ {words.value}" if words is not None and words.value and not self.ink.glyphs.is_ascii else "Log"

    # ------------------------------------------------------------------------------------------------- filter

    def action_filter(self) -> None:
        """Type words."""
        box = self.query_one(Input)
        box.display = True
        box.focus()

    @on(Input.Changed, "#filter")
    def filter_changed(self) -> None:
        """Filter while typing."""
        self.draw()

    @on(Input.Submitted, "#filter")
    def filter_done(self) -> None:
        """Back to the list, filtered."""
        self._close_filter()

    def action_back(self) -> None:
        """Clear the filter first, then go back."""
        box = self.query_one(Input)
        if box.has_focus or box.value:
            box.value = ""
            self._close_filter()
        else:
            super().action_back()

    def _close_filter(self) -> None:
        box = self.query_one(Input)
        box.display = bool(box.value)
        self.query_one(Lines).focus()
        self.status_changed()
        if box.value:
            self.launch.say(
                f"{plural(len(self._entries), 'record')} with “{box.value}”. esc clears the filter.", timeout=2
            )

    # ------------------------------------------------------------------------------------------------- actions

    def open_line(self, snapshot: Snapshot, key: str) -> None:
        """Supersede a decision; go to the check of anything else."""
        entry = self._entries.get(key)
        if entry is None:
            return
        if entry.kind == "decision":
            self._offer_superseding(entry)
            return
        check, subject = getattr(entry.record.payload, "check", ""), getattr(entry.record.payload, "subject", "")
        if check:
            self.launch.go_to_check(check, subject)
        elif entry.kind in ("person", "system", "grant"):
            self.launch.action_go("access")
        elif entry.kind == "product":
            self.launch.action_go("product")
        elif entry.kind == "sign-off":
            self.launch.action_go("gate")
        else:
            self.launch.say("That is all there is: this record is about no check.")

    def _offer_superseding(self, entry: log_entries.Entry) -> None:
        if entry.superseded_by:
            self.launch.say(f"Superseded already: this is decision {entry.superseded_by}, the newer one.")
            self.query_one(Lines).go_to(str(entry.superseded_by))
        elif entry.undone:
            self.launch.say("It was taken back: U brings back what was taken back last.", severity="warning")
        elif self.launch.can_record():
            self._decide(entry.record)

    def action_decide(self) -> None:
        """A new decision."""
        if self.launch.can_record():
            self._decide(None)

    @work(exclusive=True, group="form", exit_on_error=False, description="a decision")
    async def _decide(self, earlier: Record | None) -> None:
        snapshot = self.launch.snapshot
        assert snapshot is not None
        make = opening.supersede(snapshot, earlier) if earlier else opening.decide(snapshot)
        if await opening.fill(self, make):
            self._to_newest()

    def _to_newest(self) -> None:
        snapshot = self.launch.snapshot
        if snapshot is not None and snapshot.records:
            self.query_one(Lines).go_to(str(snapshot.records[-1].number))
