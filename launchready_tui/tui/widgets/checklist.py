"""The list of checks: draws only the lines that are seen, so that five thousand rows cost no more than thirty.

A `DataTable` would lay out every row at each change of stage or filter (0.5 s for 5,000); here a key is answered by
drawing a screenful.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from launchready_tui.text import one_line
from launchready_tui.tui.base import Aware
from launchready_tui.tui.render import fit, short_age
from launchready_tui.tui.rows import Key, Row, Shape

STATE, AGE = 10, 5


class CheckList(Aware, ScrollView, can_focus=True):
    """Rows with a cursor that stays on its row whatever else changes."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"list--cursor", "list--cursor-blurred", "list--hover"}
    DEFAULT_CSS = """
    CheckList {
        height: 1fr; overflow-x: hidden;
        scrollbar-gutter: stable; scrollbar-size-horizontal: 0; scrollbar-size-vertical: 1;
    }
    CheckList > .list--cursor {
        background: $block-cursor-background; color: $block-cursor-foreground; text-style: $block-cursor-text-style;
    }
    CheckList > .list--cursor-blurred {
        background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground;
    }
    CheckList > .list--hover { background: $block-hover-background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "down", show=False, id="list.down", tooltip="One row down"),
        Binding("up,k", "move(-1)", "up", show=False, id="list.up", tooltip="One row up"),
        Binding("pagedown,ctrl+d", "page(1)", "page down", show=False, id="list.page-down", tooltip="A page down"),
        Binding("pageup,ctrl+u", "page(-1)", "page up", show=False, id="list.page-up", tooltip="A page up"),
        Binding("home,g", "end(-1)", "first", show=False, id="list.first", tooltip="The first row"),
        Binding("end", "end(1)", "last", show=False, id="list.last", tooltip="The last row"),
        Binding("right", "open(1)", "open", show=False, id="list.open", tooltip="Show the subjects of this check"),
        Binding("left", "open(0)", "close", show=False, id="list.close", tooltip="Hide the subjects"),
        Binding("enter", "select", "detail", show=False, id="list.select", tooltip="Read everything about this row"),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)
    hovered: reactive[int] = reactive(-1, repaint=False)

    @dataclass
    class Moved(Message):
        """The cursor is on another row."""

        row: Row

    @dataclass
    class Chosen(Message):
        """Enter, or a second click."""

        row: Row

    @dataclass
    class Toggled(Message):
        """The subjects of a check are to be shown or hidden."""

        row: Row
        opened: bool

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: Sequence[Row] = ()
        self.chosen: frozenset[Key] = frozenset()
        self.empty = ""
        self._at: dict[Key, int] = {}
        self._now: datetime | None = None
        self._told: Row | None = None
        self._owned = False

    # --------------------------------------------------------------------------------------------------- content

    def set_rows(
        self, rows: Sequence[Row], now: datetime, *, chosen: frozenset[Key] = frozenset(), empty: str = ""
    ) -> None:
        """Show these rows; the cursor stays on its key, else where it was."""
        key = self.row.key if self.row else None
        above = self.cursor - self.scroll_offset.y
        self.rows, self._now, self.chosen, self.empty = rows, now, chosen, empty
        self._owned = any(row.owner for row in rows)
        self._at = {row.key: index for index, row in enumerate(rows)}
        self.virtual_size = Size(max(1, self.size.width), max(1, len(rows)))
        at = self._at.get(key) if key else None
        if at is None and key is not None and key[1]:
            at = self._at.get((key[0], ""))
        if at is None:
            self.cursor = self._sensible(min(self.cursor, len(rows) - 1), 1)
            self.show_cursor()
        else:
            moved = at != self.cursor
            self.cursor = at
            if moved:
                self.scroll_to(y=at - above, animate=False, immediate=True)
        self.refresh()
        self._tell()

    def select(self, key: Key) -> bool:
        """Put the cursor on a row; whether it is there."""
        at = self._at.get(key)
        if at is None:
            return False
        self.cursor = at
        self.show_cursor()
        self.refresh()
        self._tell()
        return True

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if 0 <= self.cursor < len(self.rows) and self.rows[self.cursor].lead else None

    def _tell(self) -> None:
        row = self.row
        if row is not None and row is not self._told:
            self._told = row
            self.post_message(self.Moved(row))

    # ------------------------------------------------------------------------------------------------- movement

    def _sensible(self, index: int, direction: int) -> int:
        """The nearest row that is no heading, looking in a direction first."""
        last = len(self.rows) - 1
        index = max(0, min(last, index))
        for step in (direction, -direction):
            at = index
            while 0 <= at <= last:
                if self.rows[at].shape is not Shape.GROUP:
                    return at
                at += step
        return max(0, index)

    def _go(self, index: int, direction: int) -> None:
        before, after = self.cursor, self._sensible(index, direction)
        if after != before:
            self.cursor = after
            self.show_cursor()
            self._refresh_line(before)
            self._refresh_line(after)
            self._tell()

    def show_cursor(self) -> None:
        """Scroll so that the cursor is seen, with its heading where it is the first of a group."""
        top = self.cursor - 1 if self.cursor and self.rows[self.cursor - 1].shape is Shape.GROUP else self.cursor
        if self.size.height:
            self.scroll_to_region(Region(0, top, 1, self.cursor - top + 1), animate=False, immediate=True, force=True)

    def _refresh_line(self, index: int) -> None:
        self.refresh(Region(0, index - self.scroll_offset.y, self.size.width, 1))

    def action_move(self, by: int) -> None:
        """Up or down."""
        self._go(self.cursor + by, by)

    def action_page(self, direction: int) -> None:
        """A page up or down."""
        self._go(self.cursor + direction * max(1, self.size.height - 1), direction)

    def action_end(self, direction: int) -> None:
        """To the first or last row."""
        self._go(0 if direction < 0 else len(self.rows) - 1, -direction)

    def action_open(self, opened: int) -> None:
        """Show or hide the subjects; left on a subject goes to its check."""
        row = self.row
        if row is None:
            return
        if row.opened is not None and row.opened is not bool(opened):
            self.post_message(self.Toggled(row, bool(opened)))
        elif not opened and row.shape is Shape.SUBJECT and row.lead is not None:
            self.select((row.lead.entry.id, ""))

    def action_select(self) -> None:
        """Open the row."""
        if self.row is not None:
            self.post_message(self.Chosen(self.row))

    # ---------------------------------------------------------------------------------------------------- mouse

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor, a click on the cursor opens."""
        index = event.y + self.scroll_offset.y
        if 0 <= index < len(self.rows) and self.rows[index].shape is not Shape.GROUP:
            row = self.rows[index]
            if row.opened is not None and event.x >= self._handle_at():
                self._go(index, 1)
                self.post_message(self.Toggled(row, not row.opened))
            elif index == self.cursor:
                self.action_select()
            else:
                self._go(index, 1)

    def _handle_at(self) -> int:
        """Where the column begins that opens a check."""
        width = self.scrollable_content_region.width
        owner = self._owner_width(width)
        return width - AGE - owner - self._about_width(width - 1 - STATE - AGE - owner)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Light up what the mouse is on."""
        self.hovered = event.y + self.scroll_offset.y

    def on_leave(self) -> None:
        """The mouse is gone."""
        self.hovered = -1

    def watch_hovered(self, before: int, after: int) -> None:
        """Only two lines change."""
        self._refresh_line(before)
        self._refresh_line(after)

    # -------------------------------------------------------------------------------------------------- drawing

    def on_resize(self) -> None:
        """The cursor stays in sight."""
        self.virtual_size = Size(max(1, self.size.width), max(1, len(self.rows)))
        if self.rows:
            self.show_cursor()

    def on_focus(self) -> None:
        """The cursor's colour tells."""
        self._refresh_line(self.cursor)

    def on_blur(self) -> None:
        """The cursor's colour tells."""
        self._refresh_line(self.cursor)

    def render_line(self, y: int) -> Strip:
        """One line of what is seen."""
        width = self.scrollable_content_region.width or self.size.width
        base = self.rich_style
        index = y + self.scroll_offset.y
        if not self.rows and self.empty:
            return self._empty_line(y, width, base)
        if not 0 <= index < len(self.rows):
            return Strip.blank(width, base)
        row = self.rows[index]
        is_cursor = index == self.cursor
        if is_cursor:
            base = self.get_component_rich_style("list--cursor" if self.has_focus else "list--cursor-blurred")
        elif index == self.hovered and row.shape is not Shape.GROUP:
            base += Style(bgcolor=self.get_component_rich_style("list--hover").bgcolor)
        return Strip(self._segments(row, width, base, is_cursor), width)

    def _empty_line(self, y: int, width: int, base: Style) -> Strip:
        lines = self.empty.split("\n")
        text = lines[y - 1] if 1 <= y <= len(lines) else ""
        return Strip([Segment(set_cell_size(f"  {text}", width), base + self.ink.style("muted"))], width)

    def _owner_width(self, width: int) -> int:
        """Owners get a column where there is room and somebody owns anything."""
        return 0 if not self._owned or width < 84 else 8 if width < 100 else 12

    def _about_width(self, rest: int) -> int:
        """What the claims leave over, between 16 and 28 cells."""
        return max(0, min(max(17, rest - 58), 28, rest - 20))

    def _segments(self, row: Row, width: int, base: Style, is_cursor: bool) -> list[Segment]:
        ink, glyphs = self.ink, self.ink.glyphs

        def piece(text: str, cells: int, tone: str = "") -> Segment:
            return Segment(fit(text, cells, glyphs.ellipsis), base + ink.style(tone) if tone else base)

        if row.shape is Shape.GROUP:
            return [piece(f" {one_line(row.title)}", width, "muted")]
        chosen = bool(row.members) and all(key in self.chosen for key in row.keys)
        sign = glyphs.chosen if chosen else " "
        tone = f"bold {row.mark.tone}" if row.loud else row.mark.tone
        owner = self._owner_width(width)
        rest = width - 1 - STATE - AGE - owner
        age = short_age(row.seen, self._now) if row.seen and self._now else ""
        stale = row.lead is not None and row.lead.stale
        if row.shape is Shape.CHECK:
            about = self._about_width(rest)
            handle = "  " if row.opened is None else f"{glyphs.opened if row.opened else glyphs.closed} "
            words = f" {handle}{row.about}"
            title = one_line(row.title)
            strong = "bold" if row.loud else "muted" if row.mark.tone == "muted" and not is_cursor else ""
        else:
            about = max(14, min(rest - 20, int(rest * 0.55)))
            words = f" {one_line(row.about, 120)}"
            title, strong = f"  {one_line(row.title)}", ""
        return [
            piece(sign, 1, "focus"),
            piece(f"{glyphs.marks[row.mark]} {row.mark.value}", STATE, tone),
            piece(title, rest - about, strong),
            piece(words, about, "muted"),
            *([piece(f" {one_line(row.owner, 20)}", owner, "muted")] if owner else []),
            piece(age.rjust(AGE - 1) + " ", AGE, "warn" if stale else "muted"),
        ]
