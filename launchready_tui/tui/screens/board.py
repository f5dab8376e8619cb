"""What the boards share: parts in a line, a list on the left, the detail of its highlighted line beside or below it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from launchready_tui.model.board import Snapshot
from launchready_tui.tui.base import LaunchScreen
from launchready_tui.tui.widgets.lines import Line, Lines
from launchready_tui.tui.widgets.segments import Segments

WIDE = 100
"""From this width on the detail stands beside the list."""


class BoardLines(Lines):
    """The list of a board: left and right go to its other parts."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left", "screen.segment(-1)", "part before", show=False, id="board.previous", tooltip="The part before"
        ),
        Binding("right", "screen.segment(1)", "next part", show=False, id="board.next", tooltip="The next part"),
    ]


class BoardScreen(LaunchScreen):
    """A list of lines in parts, with a detail.

    Subclasses give `PARTS`, `LIST` (whose keys the bottom line shows), `lines` and `detail`, and do something in
    `open_line`.
    """

    PARTS: ClassVar[tuple[tuple[str, str], ...]] = ()
    LIST: ClassVar[type[BoardLines]] = BoardLines
    AUTO_FOCUS = "#lines"

    DEFAULT_CSS = """
    BoardScreen #parts { background: $surface; }
    BoardScreen #board { layout: vertical; height: 1fr; }
    BoardScreen #lines { height: 1fr; }
    BoardScreen #side { height: 7; border-top: solid $border; padding: 0 1; scrollbar-size-vertical: 1; }
    BoardScreen #side:focus { border-top: solid $primary; }
    BoardScreen #detail { height: auto; width: 100%; }
    BoardScreen.-wide #board { layout: horizontal; }
    BoardScreen.-wide #lines { width: 5fr; }
    BoardScreen.-wide #side { width: 3fr; height: 100%; padding: 0 1 0 2; }
    BoardScreen.-wide #side { border-top: none; border-left: solid $border; }
    BoardScreen.-wide #side:focus { border-left: solid $primary; }
    """

    def compose_body(self) -> ComposeResult:
        """Head, parts, list and detail."""
        yield from self.compose_head()
        if self.PARTS:
            yield Segments(self.PARTS, id="parts")
        with Container(id="board"):
            yield self.LIST(id="lines")
            with VerticalScroll(id="side"):
                yield Static(id="detail")
        yield from self.compose_foot()

    def compose_head(self) -> Iterable[Widget]:
        """What stands above the parts."""
        return ()

    def compose_foot(self) -> Iterable[Widget]:
        """What stands below the list."""
        return ()

    def lines(self, snapshot: Snapshot) -> Sequence[Line]:
        """The lines of the part that is shown."""
        raise NotImplementedError

    def detail(self, snapshot: Snapshot, key: str) -> Content:
        """The detail of a line; key '' is none."""
        raise NotImplementedError

    def open_line(self, snapshot: Snapshot, key: str) -> None:
        """Enter on a line."""

    # --------------------------------------------------------------------------------------------------------

    @property
    def part(self) -> str:
        """The part that is shown."""
        return self.query_one(Segments).chosen if self.PARTS else ""

    @property
    def room(self) -> int:
        """The cells of a line of the list."""
        return self.query_one(Lines).room

    @property
    def is_wide(self) -> bool:
        """Whether the detail stands beside the list."""
        return self.app.size.width >= WIDE

    @property
    def key(self) -> str:
        """The key of the highlighted line."""
        return self.query_one(Lines).key

    def show(self, snapshot: Snapshot) -> None:
        """Draw the list, then the detail."""
        self.query_one(Lines).show(self.lines(snapshot))
        self.show_detail()

    def show_detail(self) -> None:
        """Draw the detail of the highlighted line."""
        snapshot = self.launch.snapshot
        if snapshot is not None:
            self.query_one("#detail", Static).update(self.detail(snapshot, self.key))

    def draw(self) -> None:
        """Draw again, for another width or part."""
        snapshot = self.launch.snapshot
        if snapshot is not None and self.is_attached:
            self.show(snapshot)

    def action_segment(self, by: int) -> None:
        """Another part."""
        if self.PARTS:
            self.query_one(Segments).move(by)

    @on(Segments.Changed)
    def part_changed(self) -> None:
        """Draw the other part from its top."""
        lines = self.query_one(Lines)
        lines.show(())
        self.draw()
        lines.scroll_to(y=0, animate=False)
        self.query_one("#side", VerticalScroll).scroll_home(animate=False)
        self.status_changed()

    @on(OptionList.OptionHighlighted, "#lines")
    def line_highlighted(self) -> None:
        """Another line."""
        self.query_one("#side", VerticalScroll).scroll_home(animate=False)
        self.show_detail()
        self.status_changed()

    @on(OptionList.OptionSelected, "#lines")
    def line_selected(self) -> None:
        """Enter or a click."""
        snapshot = self.launch.snapshot
        if snapshot is not None and self.key:
            self.open_line(snapshot, self.key)

    def on_resize(self, event: events.Resize) -> None:
        """Lines are made for a width."""
        self.call_after_refresh(self.draw)
