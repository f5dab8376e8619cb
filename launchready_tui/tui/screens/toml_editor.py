"""An editor for the product profile on the screen, for where no editor can be opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static, TextArea

from launchready_tui.tui.base import LaunchModal

Answer = tuple[str, bool]
"""The text, and whether it is to be saved."""


class TomlEditor(LaunchModal[Answer]):
    """Closes with the text, and whether it is to be saved: after esc it is not, and the caller keeps it as a draft."""

    CSS_PATH = "toml_editor.tcss"
    HELP = "The profile as TOML. `ctrl+s` saves it, `esc` closes without saving; what you typed stays a draft."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "cancel",
            "back",
            priority=True,
            id="dialog.cancel",
            tooltip="Close without saving; what you typed stays a draft",
        ),
        Binding("ctrl+s", "save", "save", priority=True, id="toml.save", tooltip="Save the profile"),
    ]

    def __init__(
        self, text: str, problems: Sequence[str] = (), typing: Callable[[str], None] = lambda _text: None
    ) -> None:
        super().__init__()
        self._text = text
        self._problems = problems
        self._typing = typing

    def compose(self) -> ComposeResult:
        """Problems, text."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = self.ink.line("Product profile")
            dialog.border_subtitle = self.ink.line("ctrl+s saves · esc closes, what you typed stays a draft")
            yield Static(self.ink.line(*((f"{line}\n", "fail") for line in self._problems[:4]), lines=True), id="wrong")
            yield TextArea(self._text, compact=True, show_line_numbers=True, tab_behavior="indent", id="toml")

    def on_mount(self) -> None:
        """Begin to type."""
        self.query_one("#wrong").display = bool(self._problems)
        self.query_one(TextArea).focus()

    @on(TextArea.Changed)
    def typed(self) -> None:
        """The problems were those of the text before; what is typed is told at once."""
        text = self.query_one(TextArea).text
        if text != self._text:
            self._text = text
            self.query_one("#wrong").display = False
            self._typing(text)

    def action_save(self) -> None:
        """Close, to be saved."""
        self.dismiss((self.query_one(TextArea).text, True))

    def action_cancel(self) -> None:
        """Close without saving; nothing typed is lost."""
        self.dismiss((self.query_one(TextArea).text, False))
