"""A list of lines with headings: what boards are made of.

The highlighted line stays where it is when the list changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from launchready_tui.text import one_line


@dataclass(frozen=True, slots=True)
class Line:
    """One line. Without a key it is a heading, which cannot be highlighted."""

    content: Content
    key: str = ""


def fit(words: str, width: int, ellipsis: str = "…", *, right: bool = False) -> str:
    """The words on one line of exactly that many cells."""
    if width <= 0:
        return ""
    words = one_line(words, max(400, width))
    length = cell_len(words)
    if length > width:
        return set_cell_size(words, width - 1) + ellipsis if width > 1 else ellipsis
    return " " * (width - length) + words if right else words + " " * (width - length)


class Lines(OptionList):
    """`show` gives it its lines; `key` is the key of the highlighted one."""

    DEFAULT_CSS = """
    Lines {
        border: none; padding: 0; background: $background; height: 1fr; text-wrap: nowrap; text-overflow: ellipsis;
        scrollbar-size-vertical: 1; scrollbar-gutter: stable;
        background-tint: $background 0%;
        &:focus { border: none; background: $background; background-tint: $background 0%; }
        & > .option-list--option { padding: 0 1; }
        & > .option-list--option-disabled { color: $text-muted; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "down", show=False, id="lines.down", tooltip="The line below"),
        Binding("k", "cursor_up", "up", show=False, id="lines.up", tooltip="The line above"),
    ]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, markup=False)
        self._kept: tuple[Line, ...] = ()

    @property
    def room(self) -> int:
        """The cells of a line."""
        return max(20, (self.scrollable_content_region.width or self.app.size.width - 1) - 2)

    @property
    def key(self) -> str:
        """The key of the highlighted line, '' for none."""
        at = self.highlighted
        return self._kept[at].key if at is not None and at < len(self._kept) else ""

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines; the highlight stays on its key, else near its place."""
        if tuple(lines) == self._kept:
            return
        key, at, top = self.key, self.highlighted, self.scroll_offset.y
        self._kept = tuple(lines)
        with self.prevent(OptionList.OptionHighlighted), self.app.batch_update():
            self.clear_options()
            self.add_options(Option(line.content, disabled=not line.key) for line in lines)
            self.highlighted = self._place(key, at)
            self.scroll_to(y=top, animate=False, immediate=True)
        self.post_message(self.Moved(self))

    def go_to(self, key: str) -> bool:
        """Highlight the line of that key; whether there is one."""
        for index, line in enumerate(self._kept):
            if line.key == key:
                self.highlighted = index
                return True
        return False

    def _place(self, key: str, at: int | None) -> int | None:
        keyed = [index for index, line in enumerate(self._kept) if line.key]
        same = [index for index in keyed if self._kept[index].key == key] if key else []
        if same or not keyed:
            return same[0] if same else None
        return min(keyed, key=lambda index: abs(index - (at or 0)))

    class Moved(OptionList.OptionMessage):
        """The list was shown anew."""

        def __init__(self, lines: Lines) -> None:
            index = lines.highlighted or 0
            option = lines.get_option_at_index(index) if lines.option_count else Option("")
            super().__init__(lines, option, index)
