"""What `?` shows: where you are, in our own words, and every key that works here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Markdown, Static

from launchready_tui.tui.base import LaunchModal
from launchready_tui.tui.render import Part


class HelpModal(LaunchModal[None]):
    """The help of a screen; `keys` are pairs of a key and what it does."""

    CSS_PATH = "help.tcss"
    HELP = "You are reading it."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,q,f1", "cancel", "close", show=False, id="help.close", tooltip="Close the help"),
        Binding("j", "scroll(1)", "down", show=False, id="help.down", tooltip="Scroll down"),
        Binding("k", "scroll(-1)", "up", show=False, id="help.up", tooltip="Scroll up"),
    ]

    def __init__(self, title: str, text: str, groups: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._groups = groups

    def compose(self) -> ComposeResult:
        """The text, then the keys."""
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = self.ink.line(self._title)
            dialog.border_subtitle = self.ink.line("esc closes")
            yield Markdown(self._text, open_links=False)
            for heading, keys in self._groups:
                parts: list[Part] = [(heading, "bold focus")]
                for key, what in keys:
                    parts += ["\n", (f"{key:>12}", "bold"), f"  {what}"]
                yield Static(self.ink.line(*parts, lines=True, limit=20_000), classes="keys")

    def action_scroll(self, direction: int) -> None:
        """A few lines."""
        self.query_one(VerticalScroll).scroll_relative(y=3 * direction, animate=False)
