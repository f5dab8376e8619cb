"""Something went wrong: what happened, and what to do next."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from launchready_tui.tui.base import LaunchModal


class Problem(LaunchModal[None]):
    """A message with its hint."""

    CSS_PATH = "problem.tcss"
    HELP = "What happened stands above, what to do next below. Nothing that you typed is lost."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,q", "cancel", "close", show=False, id="problem.close", tooltip="Close"),
    ]

    def __init__(self, title: str, message: str, hint: str = "") -> None:
        super().__init__()
        self._title = title
        self._message = message
        self._hint = hint

    def compose(self) -> ComposeResult:
        """Message and hint."""
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = self.ink.line(self._title)
            dialog.border_subtitle = self.ink.line("enter or esc closes")
            yield Static(self.ink.line(self._message, lines=True))
            if self._hint:
                yield Static(self.ink.line((self._hint, "focus"), lines=True), id="hint")
