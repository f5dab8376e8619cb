"""A yes-or-no question whose safe answer is the default."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from launchready_tui.tui.base import LaunchModal


class ConfirmModal(LaunchModal[bool]):
    """Closes with True for yes; with False for no, and for esc. The focus is on the way back."""

    CSS_PATH = Path(__file__).with_name("forms.tcss")
    AUTO_FOCUS = "#no"
    HELP: ClassVar[str] = "Nothing happens before you choose. `y` is yes; `n` and `esc` go back without doing anything."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "yes", id="confirm-modal.yes", tooltip="Do it"),
        Binding("n", "answer(False)", "no", id="confirm-modal.no", tooltip="Do nothing"),
        Binding(
            "left,up",
            "app.focus_previous",
            "before",
            show=False,
            id="confirm-modal.previous",
            tooltip="The answer before",
        ),
        Binding("right,down", "app.focus_next", "next", show=False, id="confirm-modal.next", tooltip="The next answer"),
    ]

    def __init__(
        self, title: str, text: Sequence[str | Content], yes: str = "Yes", *, no: str = "Back", danger: bool = False
    ) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._yes = yes
        self._no = no
        self._danger = danger

    def compose(self) -> ComposeResult:
        """The words, then the two answers."""
        with Vertical(classes="dialog form ask") as dialog:
            dialog.border_title = self.ink.line(self._title, limit=100)
            with VerticalScroll(id="body", can_focus=False):
                for paragraph in self._text:
                    yield Static(self.ink.line(paragraph, lines=True), classes="head")
            with Horizontal(id="foot"):
                yield Static(id="wrong")
                yield Button(
                    self.ink.line(self._yes, ("  y", "dim")),
                    id="yes",
                    compact=True,
                    classes="-danger" if self._danger else "",
                )
                yield Button(self.ink.line(self._no, ("  esc", "dim")), id="no", compact=True)

    def on_resize(self) -> None:
        """The words give way first."""
        self.query_one("#body").styles.max_height = max(3, self.size.height - 4)

    def action_answer(self, yes: bool) -> None:
        """That one."""
        self.dismiss(yes)

    def action_cancel(self) -> None:
        """Back, without doing anything."""
        self.dismiss(False)

    @on(Button.Pressed)
    def pressed(self, event: Button.Pressed) -> None:
        """A button is its answer."""
        self.dismiss(event.button.id == "yes")
