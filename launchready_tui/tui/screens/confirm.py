"""A question with a safe answer; the effect stands in words, the default is the safe one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from launchready_tui.tui.base import LaunchModal
from launchready_tui.tui.render import plain

Choice = tuple[str, str]
"""What is returned, and the words on the button."""


class Confirm(LaunchModal[str]):
    """Asks; dismisses with the name of the choice, None for esc. The first choice is the default: make it the safe
    one.
    """

    CSS_PATH = "confirm.tcss"
    HELP = "Nothing happens before you choose. `esc` closes without doing anything."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left,up", "app.focus_previous", "before", show=False, id="confirm.previous", tooltip="The choice before"
        ),
        Binding("right,down", "app.focus_next", "next", show=False, id="confirm.next", tooltip="The choice after"),
        Binding("pageup", "scroll(-1)", "up", show=False, id="confirm.page-up", tooltip="Scroll the words up"),
        Binding("pagedown", "scroll(1)", "down", show=False, id="confirm.page-down", tooltip="Scroll the words down"),
    ]

    def __init__(self, title: str, body: Content, choices: Sequence[Choice], *, danger: str = "") -> None:
        super().__init__()
        self._title = title
        self._body = body
        self._choices = choices
        self._danger = danger

    def compose(self) -> ComposeResult:
        """The words, then the buttons."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = plain(self._title)
            with VerticalScroll(can_focus=False):
                yield Static(self._body)
            with Horizontal(id="buttons"):
                for name, words in self._choices:
                    yield Button(
                        plain(words), id=f"choice-{name}", variant="error" if name == self._danger else "default"
                    )

    def action_scroll(self, by: int) -> None:
        """A page of the words."""
        words = self.query_one(VerticalScroll)
        words.scroll_relative(y=by * max(1, words.size.height - 1), animate=False)

    @on(Button.Pressed)
    def chosen(self, event: Button.Pressed) -> None:
        """That one."""
        self.dismiss((event.button.id or "").removeprefix("choice-"))
