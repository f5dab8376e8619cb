"""A long text that scrolls: drawn line by line, so that another text costs a repaint and not a new layout. Can be
selected.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from launchready_tui.tui.base import Aware
from launchready_tui.tui.paragraphs import Line


class TextLines(Aware, ScrollView, can_focus=True):
    """Shows lines of parts. They are wrapped already: who gives them knows `text_width`."""

    ALLOW_SELECT = True
    DEFAULT_CSS = """
    TextLines {
        padding: 0 1; overflow-x: hidden; scrollbar-gutter: stable; scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lines: Sequence[Line] = ()
        self._texts: dict[int, Text] = {}

    @property
    def text_width(self) -> int:
        """How many cells a line may have."""
        return self.scrollable_content_region.width or self.app.size.width - 4

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines; the place is kept as far as they reach."""
        self.lines = lines
        self._texts.clear()
        self.virtual_size = Size(1, len(lines))
        self.refresh()

    def plain(self) -> str:
        """The whole text."""
        return "\n".join(self._text(number).plain for number in range(len(self.lines)))

    def _text(self, number: int) -> Text:
        found = self._texts.get(number)
        if found is None:
            found = self._texts[number] = self.ink.cell(*self.lines[number], limit=2_000)
        return found

    def render_line(self, y: int) -> Strip:
        """One line of what is seen."""
        number = y + self.scroll_offset.y
        style = self.rich_style
        width = self.scrollable_content_region.width
        if not 0 <= number < len(self.lines):
            return Strip.blank(width, style)
        text = self._text(number).copy()
        text.stylize_before(style)
        span = self.text_selection.get_span(number) if self.text_selection is not None else None
        if span is not None:
            start, end = span
            text.stylize(
                self.screen.get_component_rich_style("screen--selection"), start, len(text) if end == -1 else end
            )
        strip = Strip(text.render(self.app.console)).crop_extend(0, width, style)
        return strip.apply_offsets(0, number)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text."""
        return selection.extract(self.plain()), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the selection."""
        self.refresh()
