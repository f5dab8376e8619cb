"""Discovery while it goes on: what is looked at now and what was seen, line by line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from launchready_tui.text import plural
from launchready_tui.tui.base import Aware, LaunchModal

T = TypeVar("T")
Tell = Callable[[str], None]
Look = Callable[[Tell], Awaitable[T]]
"""Looks, and tells every step: a line that begins with a space is something that was seen."""

MOST_LINES = 2_000


class Told(Aware, VerticalScroll, can_focus=True):
    """The lines so far; the newest is always in sight."""

    def __init__(self) -> None:
        super().__init__(id="told")
        self._lines: list[str] = []

    def compose(self) -> ComposeResult:
        """One text, so that it can be read again from its top."""
        yield Static(id="lines")

    @property
    def seen(self) -> int:
        """How much was seen."""
        return sum(line.startswith(" ") for line in self._lines)

    def tell(self, line: str) -> None:
        """Another line."""
        if not self.is_mounted or len(self._lines) >= MOST_LINES:
            return
        self._lines.append(line)
        parts = [(f"{text}\n", "plain" if text.startswith(" ") else "bold focus") for text in self._lines]
        self.query_one("#lines", Static).update(self.ink.line(*parts, lines=True))
        self.scroll_end(animate=False)


class Looking(LaunchModal[T], Generic[T]):
    """Looks, and closes with what was found; None after esc, or where it went wrong and that was read."""

    CSS_PATH = "looking.tcss"
    HELP = (
        "What is looked at appears in bold, what was seen below it. Only what any visitor may see is asked for. "
        "`esc` ends it; nothing is recorded then."
    )

    def __init__(self, title: str, look: Look[T], problem: str) -> None:
        super().__init__()
        self._title = title
        self._look = look
        self._problem = problem

    def compose(self) -> ComposeResult:
        """The sequence, and how it stands."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = self.ink.line(self._title)
            dialog.border_subtitle = self.ink.line("esc ends it")
            yield Told()
            yield Static(self.ink.line(("Looking …", "muted")), id="standing")

    def on_mount(self) -> None:
        """Begin."""
        self.query_one(Told).focus()
        self._work()

    @work(exclusive=True, group="looking", exit_on_error=False, description="looking at the product")
    async def _work(self) -> None:
        told = self.query_one(Told)
        try:
            found = await self._look(self._hear)
        except Exception as error:
            await self.launch.explain(error, self._problem)
            self.dismiss(None)
            return
        if self.is_attached:
            self.query_one("#standing", Static).update(self.ink.line((f"{plural(told.seen, 'sighting')}.", "muted")))
            self.finished(found)

    def _hear(self, line: str) -> None:
        told = self.query_one(Told)
        told.tell(line)
        self.query_one("#standing", Static).update(
            self.ink.line((f"Looking … {plural(told.seen, 'sighting')} so far", "muted"))
        )

    def finished(self, found: T) -> None:
        """What happens with what was found."""
        self.dismiss(found)
