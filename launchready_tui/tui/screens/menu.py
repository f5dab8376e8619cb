"""A short list to choose from: what to copy, which fault to repair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from launchready_tui.tui.base import LaunchModal
from launchready_tui.tui.render import Part, fit


class Menu(LaunchModal[str]):
    """Dismisses with the id of the chosen line. Each line: its id, its words, a muted explanation."""

    CSS_PATH = "menu.tcss"
    HELP = "Choose a line with the arrows and `enter`; the digits choose at once."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "move(1)", "down", show=False, id="menu.down", tooltip="The line below"),
        Binding("k", "move(-1)", "up", show=False, id="menu.up", tooltip="The line above"),
        *(
            Binding(str(n), f"pick({n})", f"line {n}", show=False, id=f"menu.pick-{n}", tooltip=f"Choose line {n}")
            for n in range(1, 10)
        ),
    ]

    def __init__(self, title: str, lines: Sequence[tuple[str, str, str]], note: str = "") -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._note = note

    def compose(self) -> ComposeResult:
        """The lines."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = self.ink.line(self._title)
            dialog.border_subtitle = self.ink.line("enter chooses · esc closes")
            yield OptionList(*(Option(self._line(n, line), id=f"line-{n}") for n, line in enumerate(self._lines)))
            if self._note:
                yield Static(self.ink.line((self._note, "muted"), lines=True), id="note")

    def _line(self, index: int, line: tuple[str, str, str]) -> Content:
        number: Part = (f"{index + 1} " if index < 9 else "  ", "muted")
        words, note = line[1], line[2]
        room = min(76, self.app.size.width * 94 // 100) - 12
        title = fit(words, max(15, min(room, len(words) + 1)), self.ink.glyphs.ellipsis)
        return self.ink.line(
            number, title, (fit(f" {note}", max(0, room - len(title)), self.ink.glyphs.ellipsis), "muted")
        )

    def action_move(self, by: int) -> None:
        """Up or down."""
        options = self.query_one(OptionList)
        if by > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    def action_pick(self, number: int) -> None:
        """The line of that number."""
        if number <= len(self._lines):
            self.dismiss(self._lines[number - 1][0])

    @on(OptionList.OptionSelected)
    def selected(self, event: OptionList.OptionSelected) -> None:
        """That line."""
        self.dismiss(self._lines[event.option_index][0])
