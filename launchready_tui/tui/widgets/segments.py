"""A line of words of which one is chosen: the parts of a board.

The arrows left and right walk through it, a click chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from rich.cells import cell_len
from textual import events
from textual.message import Message
from textual.widgets import Static

from launchready_tui.tui.base import LaunchScreen
from launchready_tui.tui.render import Part


class Segments(Static):
    """The screen that holds it binds the arrows to `move`; it never takes the focus."""

    DEFAULT_CSS = """
    Segments { height: 1; width: 100%; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    class Changed(Message):
        """Another part was chosen."""

        def __init__(self, segments: Segments, name: str) -> None:
            super().__init__()
            self.segments = segments
            self.name = name

        @property
        def control(self) -> Segments:
            """The line that sent it."""
            return self.segments

    def __init__(self, names: Sequence[tuple[str, str]], *, id: str) -> None:
        """`names`: what is reported, and the words that are shown."""
        super().__init__(id=id)
        self._names = list(names)
        self._at = 0
        self._counts: dict[str, str] = {}
        self._spots: list[tuple[int, int, int]] = []

    @property
    def chosen(self) -> str:
        """The name of the part that is shown."""
        return self._names[self._at][0]

    def count(self, counts: dict[str, str]) -> None:
        """Short words behind the names, as `3` or `✗2`; then draw."""
        self._counts = counts
        self.draw()

    def rename(self, names: Sequence[tuple[str, str]]) -> None:
        """Other parts; the chosen one stays if it is among them."""
        before = self.chosen
        self._names = list(names)
        self._at = next((index for index, (known, _) in enumerate(self._names) if known == before), 0)
        self.draw()

    def choose(self, name: str) -> None:
        """Show that part."""
        at = next((index for index, (known, _) in enumerate(self._names) if known == name), self._at)
        if at != self._at:
            self._at = at
            self.draw()
            self.post_message(self.Changed(self, self.chosen))

    def move(self, by: int) -> None:
        """The part beside it, round and round."""
        self.choose(self._names[(self._at + by) % len(self._names)][0])

    def on_mount(self) -> None:
        """Draw once the theme is known."""
        self.draw()

    def on_resize(self) -> None:
        """Another width, another part of the line."""
        self.draw()

    def draw(self) -> None:
        """Draw the line; where it does not fit it begins so far right that the chosen part is seen."""
        if not self.is_attached:
            return
        ink = cast(LaunchScreen, self.screen).ink
        width = self.content_size.width or 200
        words = [
            f"{label} {self._counts[name]}".strip() if self._counts.get(name) else label for name, label in self._names
        ]
        first = 0
        while first < self._at and sum(cell_len(word) + 3 for word in words[first : self._at + 1]) > width:
            first += 1
        parts: list[Part] = []
        self._spots = []
        column = 0
        if first:
            parts.append((f"{ink.glyphs.ellipsis} ", "muted"))
            column = 2
        for index in range(first, len(words)):
            parts += [(words[index], "bold underline focus" if index == self._at else "muted"), "   "]
            self._spots.append((column, column + cell_len(words[index]), index))
            column += cell_len(words[index]) + 3
        self.update(ink.line(*parts))

    def on_click(self, event: events.Click) -> None:
        """A click chooses."""
        for start, end, index in self._spots:
            if start <= event.get_content_offset_capture(self).x < end:
                self.choose(self._names[index][0])
