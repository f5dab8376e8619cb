"""The first screen when no file is named: what was opened lately, a new one, another one, the practice target."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from launchready_tui.folders import data_folder
from launchready_tui.tui import recents, render
from launchready_tui.tui.base import LaunchScreen
from launchready_tui.tui.forms.paths import PathSuggester, expand, file_problem
from launchready_tui.tui.recents import Recent
from launchready_tui.tui.render import Part
from launchready_tui.tui.widgets.lines import Line, Lines, fit

TEACH = (
    ("p", "practice", "a small faulty marketplace on this machine: nothing leaves it, nothing can break"),
    ("n", "new", "an engagement for a product: its name and its domain are enough to begin"),
    ("o", "open", "an engagement file that somebody sent, or that lies elsewhere"),
)
"""What an empty list offers, the gentlest first."""


class PickerLines(Lines):
    """The engagements."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "open", id="picker.open", tooltip="Open the highlighted engagement"),
    ]


class PickerScreen(LaunchScreen):
    """Shown at the start."""

    PLACE = ""
    TITLE_WORDS = "Launch Ready"
    CSS_PATH = "picker.tcss"
    AUTO_FOCUS = "#lines"
    HELP = """
An **engagement** is one product taken through one 48-hour sprint, and exactly one file. Copy it, mail it, open
it again.

- `enter` opens the highlighted one, `o` another file, `n` makes a new one.
- `b` shows all of them with their gate, their blockers and what runs out next.
- `p` starts the practice target: a marketplace on this machine with many small faults, to learn on.
- `delete` takes a line off this list; the file stays where it is.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "new", id="picker.new", tooltip="Make a new engagement"),
        Binding("o", "other", "open a file", id="picker.other", tooltip="Open an engagement by its path"),
        Binding("b", "board", "board", id="picker.board", tooltip="All engagements with their state, at a glance"),
        Binding("p", "practice", "practice", id="picker.practice", tooltip="Start the practice target on this machine"),
        Binding(
            "delete",
            "forget",
            "off the list",
            show=False,
            id="picker.forget",
            tooltip="Take it off this list; the file stays",
        ),
        Binding(
            "tab", "complete", "complete", show=False, id="picker.complete", tooltip="Complete the path", priority=True
        ),
    ]

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        self._folder = folder or data_folder()
        self._recents: tuple[Recent, ...] = ()
        self._there: frozenset[Path] = frozenset()
        self._looked = False

    def compose_body(self) -> ComposeResult:
        """Name, list, path."""
        with Vertical(id="picker"):
            yield Static(id="title")
            yield PickerLines(id="lines")
            yield Static(id="hint")
            yield Input(
                id="path",
                placeholder="path of a .launchready file, or the folder of a pack; tab completes",
                compact=True,
                suggester=PathSuggester(),
                max_length=4_000,
            )

    def on_mount(self, event: events.Mount) -> None:
        """Look for what was opened lately."""
        self.query_one("#path").display = False
        self.query_one("#title", Static).update(
            self.ink.line(
                ("Launch Ready", "bold"),
                "\n",
                ("A live 48-hour launch sprint: a runbook that checks itself.", "muted"),
                lines=True,
            )
        )
        self._look()

    def on_resize(self, event: events.Resize) -> None:
        """Lines are made for a width."""
        self.call_after_refresh(self._draw)

    def on_screen_resume(self) -> None:
        """An engagement may have been opened meanwhile."""
        if self.is_mounted:
            self._look()

    @work(exclusive=True, group="recents", exit_on_error=False, description="looking for recent engagements")
    async def _look(self) -> None:
        self._recents = await asyncio.to_thread(recents.load, self._folder)
        self._there = frozenset(
            await asyncio.to_thread(lambda: [recent.path for recent in self._recents if recent.exists])
        )
        self._looked = True
        self._draw()

    def _draw(self) -> None:
        lines = self.query_one_optional("#lines", Lines)
        if lines is None or not self._looked:
            return
        ink, room = self.ink, lines.room
        if not self._recents:
            shown = [Line(ink.line(("No engagement was opened here yet.", "plain"))), Line(ink.line(" "))]
            shown += [Line(self._offer(key, word, words, room), f"do:{word}") for key, word, words in TEACH]
        else:
            shown = [Line(self._recent(recent, room), str(recent.path)) for recent in self._recents]
        lines.show(shown)
        if lines.highlighted is None:
            lines.action_first()
        self.query_one("#hint", Static).update(self._hint())
        self.status_changed()

    def _offer(self, key: str, word: str, words: str, room: int) -> Content:
        return self.ink.line(
            (f"{key}  ", "bold focus"),
            (fit(word, 10), "bold"),
            (fit(words, room - 13, self.ink.glyphs.ellipsis), "muted"),
        )

    def _recent(self, recent: Recent, room: int) -> Content:
        ink = self.ink
        there = recent.path in self._there
        tones = {"NO-GO": "fail", "GO": "bold pass", "GO WITH ACCEPTED RISKS": "bold warn"}
        verdict = {"GO WITH ACCEPTED RISKS": "GO*"}.get(recent.verdict, recent.verdict)
        name = min(32, room // 3)
        rest = max(8, room - name - 9 - 14)
        where = _short(recent.path) if there else f"no longer there: {_short(recent.path)}"
        state: Part = (fit(verdict or ink.glyphs.dash, 9), tones.get(recent.verdict, "muted") if there else "muted")
        return ink.line(
            (fit(recent.name, name, ink.glyphs.ellipsis), "bold" if there else "muted"),
            state,
            (fit(render.age(recent.opened_at, self.launch.now()), 14), "muted"),
            (fit(where, rest, ink.glyphs.ellipsis), "muted"),
        )

    def _hint(self) -> Content:
        if not self._recents:
            return self.ink.line(
                ("Or on the command line:  launchready practice   launchready new NAME --domain D", "muted")
            )
        return self.ink.line(("delete takes a line off this list; the file stays", "muted"))

    # ------------------------------------------------------------------------------------------------- choosing

    @on(OptionList.OptionSelected, "#lines")
    def selected(self) -> None:
        """Enter or a click."""
        key = self.query_one(Lines).key
        if key.startswith("do:"):
            {"practice": self.action_practice, "new": self.action_new, "open": self.action_other}[
                key.removeprefix("do:")
            ]()
        elif key:
            self._open(Path(key))

    def _open(self, path: Path) -> None:
        recents.note(self._folder, Recent(path, path.stem, self.launch.now()))
        self.launch.open_engagement(path)

    def action_other(self) -> None:
        """Type a path."""
        box = self.query_one("#path", Input)
        box.display = True
        box.focus()

    def action_complete(self) -> None:
        """Tab in the path takes what is suggested; anywhere else it moves on."""
        box = self.query_one("#path", Input)
        if box.has_focus:
            box.action_cursor_right()
        else:
            self.focus_next()

    @on(Input.Submitted, "#path")
    def path_typed(self, event: Input.Submitted) -> None:
        """Open it, or say what is wrong with it; what was typed stays."""
        event.stop()
        if not event.value.strip():
            return
        path = expand(event.value)
        problem = "" if Recent(path, "", self.launch.now()).is_pack else file_problem(event.value)
        if problem:
            self.launch.say(problem, severity="warning")
            return
        self._open(path.absolute())

    def action_back(self) -> None:
        """Leave the path; what was typed stays."""
        box = self.query_one("#path", Input)
        if box.has_focus or box.display:
            box.display = False
            self.query_one(Lines).focus()
        else:
            super().action_back()

    def action_forget(self) -> None:
        """Take a line off the list."""
        key = self.query_one(Lines).key
        if key and not key.startswith("do:"):
            recents.forget(self._folder, Path(key))
            self._look()
            self.launch.say("Off the list. The file stays where it is.")

    # ------------------------------------------------------------------------------------------------- beginning

    def action_new(self) -> None:
        """Make a new one."""
        self._new()

    @work(exclusive=True, group="form", exit_on_error=False, description="a new engagement")
    async def _new(self) -> None:
        from launchready_tui.tui.forms.new import NewForm
        from launchready_tui.tui.screens import starting
        from launchready_tui.tui.screens.looking import Looking

        new = await self.launch.push_screen_wait(NewForm(Path.cwd()))
        if new is None:
            return
        failed = "The engagement was not made"
        found = await self.launch.push_screen_wait(
            Looking(f"What {new.domain} is made of", lambda tell: starting.discovered(new, tell), failed)
        )
        if found is None:
            self.launch.say(f"{failed}.", severity="warning")
            return
        try:
            session = await asyncio.to_thread(starting.create, new, found)
        except Exception as error:
            await self.launch.explain(error, failed)
            return
        for words in found.notices:
            self.launch.say(words, timeout=8)
        recents.note(self._folder, Recent(new.path.absolute(), new.name, self.launch.now()))
        self.launch.enter(session)

    def action_board(self) -> None:
        """All engagements at a glance."""
        from launchready_tui.tui.screens.portfolio import PortfolioScreen

        self.app.push_screen(PortfolioScreen(self._folder))

    def action_practice(self) -> None:
        """Start the practice target."""
        self._practice()

    @work(exclusive=True, group="practice", exit_on_error=False, description="starting the practice target")
    async def _practice(self) -> None:
        from launchready_tui.tui.screens import starting

        self.launch.say("Starting a small marketplace on this machine …", timeout=3)
        try:
            target, session = await asyncio.to_thread(starting.practice, self._folder)
        except Exception as error:
            await self.launch.explain(error, "The practice target did not start")
            return
        self.launch.practice = target
        self.launch.enter(session)


def _short(path: Path) -> str:
    """The path with the home folder as `~`."""
    try:
        return f"~/{path.relative_to(Path.home())}"
    except (ValueError, RuntimeError):
        return str(path)
