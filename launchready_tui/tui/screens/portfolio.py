"""The board of engagements: each recent one with its state, its open blockers and what runs out next."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static

from launchready_tui.model.board import GateVerdict
from launchready_tui.text import plural
from launchready_tui.tui import recents, render
from launchready_tui.tui.base import LaunchScreen
from launchready_tui.tui.recents import Recent
from launchready_tui.tui.render import Part
from launchready_tui.tui.widgets.lines import Line, Lines, fit

if TYPE_CHECKING:
    from launchready_tui.engine.portfolio import Standing

AT_ONCE = 3
"""So many files are read at the same time."""

_TONES = {GateVerdict.GO: "bold pass", GateVerdict.GO_WITH_ACCEPTED_RISKS: "bold warn", GateVerdict.NO_GO: "fail"}
_WORDS = {GateVerdict.GO_WITH_ACCEPTED_RISKS: "GO*"}


class PortfolioLines(Lines):
    """The engagements."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "open", id="portfolio.open", tooltip="Open the highlighted engagement"),
    ]


class PortfolioScreen(LaunchScreen):
    """`b` on the first screen."""

    TITLE_WORDS = "All engagements"
    AUTO_FOCUS = "#lines"
    HELP = """
Every engagement that was opened here lately: what its launch gate says **now**, how many blockers are open, and what
runs out next. The files are read, not changed. One that cannot be read says why.

- `enter` opens the highlighted one; `r` reads them again; `esc` goes back.
"""
    DEFAULT_CSS = """
    PortfolioScreen #head { height: 1; padding: 0 1; }
    PortfolioScreen #lines { height: 1fr; }
    PortfolioScreen #below { height: 5; border-top: solid $border; padding: 0 1; }
    PortfolioScreen #detail { height: auto; width: 100%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "read", "read again", id="portfolio.read", tooltip="Read all files again"),
    ]

    def __init__(self, folder: Path, chosen: Sequence[Recent] | None = None) -> None:
        super().__init__()
        self._folder = folder
        self._chosen = chosen
        self._recents: tuple[Recent, ...] = ()
        self._read: dict[Path, Standing] = {}
        self._is_read = False

    def compose_body(self) -> ComposeResult:
        """Heads of the columns, list, detail."""
        yield Static(id="head")
        yield PortfolioLines(id="lines")
        with VerticalScroll(id="below", can_focus=False):
            yield Static(id="detail")

    def on_mount(self, event: events.Mount) -> None:
        """Begin to read."""
        self.action_read()

    def on_resize(self, event: events.Resize) -> None:
        """Lines are made for a width."""
        self.call_after_refresh(self._draw)

    def action_read(self) -> None:
        """Read all of them."""
        self._load()

    @work(exclusive=True, group="portfolio", exit_on_error=False, description="reading the engagements")
    async def _load(self) -> None:
        from launchready_tui.engine.portfolio import read

        found = self._chosen if self._chosen is not None else await asyncio.to_thread(recents.load, self._folder)
        self._recents, self._read, self._is_read = tuple(found), {}, False
        self._draw()
        places = asyncio.Semaphore(AT_ONCE)

        async def one(path: Path) -> None:
            async with places:
                self._read[path] = await asyncio.to_thread(read, path)
            self._draw()

        first = str(self._recents[0].path) if self._recents else ""
        await asyncio.gather(*(one(recent.path) for recent in self._recents))
        self._is_read = True
        self._draw()
        lines = self.query_one_optional("#lines", Lines)
        if lines is not None and lines.key == first:
            lines.action_first()

    # ------------------------------------------------------------------------------------------------- drawing

    def _draw(self) -> None:
        lines = self.query_one_optional("#lines", Lines)
        if lines is None:
            return
        ink, room = self.ink, lines.room
        name = self._name_width(room)
        rest = max(10, room - name - 9 - 11 - 10 - 11)
        heads = (fit("", name), fit("gate", 9), fit("blockers", 11), fit("not seen", 10), fit("next", 11 + rest))
        self.query_one("#head", Static).update(ink.line((" " + "".join(heads), "muted")))
        if not self._recents:
            words = "No engagement was opened here yet: n on the first screen makes one."
            lines.show([Line(ink.line((words, "muted")))])
        else:
            order = sorted(self._recents, key=self._place) if self._is_read else list(self._recents)
            lines.show([Line(self._line(recent, room), str(recent.path)) for recent in order])
            if lines.highlighted is None:
                lines.action_first()
        self._draw_detail()
        self.status_changed()

    def _place(self, recent: Recent) -> tuple[int, int, str]:
        found = self._read.get(recent.path)
        return found.urgency if found else (0, 0, recent.name.casefold())

    def _name_width(self, room: int) -> int:
        return min(30, max(16, room // 4))

    def _line(self, recent: Recent, room: int) -> Content:
        ink, dots = self.ink, self.ink.glyphs.ellipsis
        name = self._name_width(room)
        rest = max(10, room - name - 9 - 11 - 10 - 11)
        found = self._read.get(recent.path)
        if found is None:
            return ink.line((fit(recent.name, name, dots), "muted"), ("reading…", "muted"))
        if found.problem or found.verdict is None:
            return ink.line((fit(recent.name, name, dots), "muted"), (fit(found.problem, room - name, dots), "warn"))
        now = self.launch.now()
        days = f"in {max(0, (found.next_end - now).days)} days" if found.next_end else ink.glyphs.dash
        soon = found.next_end is not None and (found.next_end - now).days < 7
        return ink.line(
            (fit(found.name, name, dots), "bold"),
            (fit(_WORDS.get(found.verdict, found.verdict.value), 9), _TONES[found.verdict]),
            (
                fit(str(found.blockers) if found.blockers else ink.glyphs.dash, 11),
                "bold fail" if found.blockers else "muted",
            ),
            (fit(str(found.unseen) if found.unseen else ink.glyphs.dash, 10), "unknown" if found.unseen else "muted"),
            (fit(days, 11), "warn" if soon else "muted"),
            (fit(found.next_words, rest, dots), "muted"),
        )

    @on(OptionList.OptionHighlighted, "#lines")
    def _draw_detail(self) -> None:
        key = self.query_one("#lines", Lines).key
        found = self._read.get(Path(key)) if key else None
        parts: list[Part] = []
        if found is not None and found.problem:
            parts = [(f"{found.problem}\n", "warn"), (str(found.path), "muted")]
        elif found is not None:
            parts = [(found.name, "bold"), (f"  {found.done} of {found.total} done", "muted")]
            parts.append(
                (f"   about {render.minutes(found.minutes)} of work to green\n" if found.minutes else "\n", "muted")
            )
            stale = f"{plural(found.stale, 'result')} too old\n" if found.stale else ""
            when = f"{found.next_words} ({render.moment(found.next_end)})\n" if found.next_end else ""
            parts += [(stale, "warn"), (when, "plain"), (str(found.path), "muted")]
        self.query_one("#detail", Static).update(self.ink.line(*parts, lines=True))

    # ------------------------------------------------------------------------------------------------- choosing

    @on(OptionList.OptionSelected, "#lines")
    def selected(self) -> None:
        """Open it."""
        key = self.query_one("#lines", Lines).key
        found = self._read.get(Path(key)) if key else None
        if found is not None and found.problem:
            self.launch.say(found.problem, severity="warning")
        elif key:
            recents.note(self._folder, Recent(Path(key), Path(key).stem, self.launch.now()))
            self.launch.open_engagement(Path(key))
