"""The terminal interface: opens an engagement, keeps the screens, and closes it where the work was left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.screen import Screen

from launchready_tui.errors import LaunchReadyError
from launchready_tui.folders import data_folder
from launchready_tui.model.changes import Changes
from launchready_tui.text import plural
from launchready_tui.tui import doors, render
from launchready_tui.tui.base import LaunchScreen
from launchready_tui.tui.keeping import Keeping
from launchready_tui.tui.screens.sprint import SprintScreen
from launchready_tui.tui.shell import Clock, utc_now

if TYPE_CHECKING:
    from launchready_tui.engine.session import Session
    from launchready_tui.practice.process import PracticeProcess

STOP_SECONDS = 5.0
"""How long quitting waits for a run to keep what it has finished."""

Opener = Callable[[Path], "Session"]


def _palette() -> type[Provider]:
    from launchready_tui.tui.palette import LaunchCommands

    return LaunchCommands


def _open(path: Path) -> Session:
    from launchready_tui.engine.session import Session

    return Session.open(path)


class LaunchReadyApp(Keeping):
    """Launch Ready on the terminal. Where no file is given, it opens the picker."""

    TITLE = "Launch Ready"
    CSS_PATH = "app.tcss"
    COMMANDS: ClassVar[set[Any]] = {_palette}
    ENABLE_COMMAND_PALETTE = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "quit", show=False, priority=True, id="app.quit", tooltip="Quit at once"),
        Binding(
            "ctrl+p",
            "command_palette",
            "all",
            show=False,
            priority=True,
            id="palette.open",
            tooltip="Everything that can be done, by name",
        ),
        Binding(
            "ctrl+c",
            "help_quit",
            "copy or explain",
            show=False,
            system=True,
            id="app.explain-quit",
            tooltip="How to leave",
        ),
    ]

    def __init__(
        self,
        path: Path | None = None,
        *,
        session: Session | None = None,
        practice: PracticeProcess | None = None,
        ascii_only: bool = False,
        no_animation: bool = False,
        config: Path | None = None,
        clock: Clock = utc_now,
        opener: Opener = _open,
    ) -> None:
        super().__init__(ascii_only=ascii_only, no_animation=no_animation, config=config, clock=clock)
        self.path = path
        self.practice = practice
        self._given = session
        self._opener = opener

    # ----------------------------------------------------------------------------------------------- lifecycle

    def on_mount(self) -> None:
        """Open what was asked for."""
        self._is_mounted_once = True
        self._new_ink()
        self.watch_file()
        if (self.config / "keys.toml").exists():
            self.apply_keymap([SprintScreen, *doors.existing_boards()])
        if self._given is not None:
            self._enter(self._given)
        elif self.path is not None:
            self.open_engagement(self.path)
        else:
            self.show_picker()
        self.tell_problems()

    def show_picker(self) -> None:
        """Offer engagements to open."""
        try:
            self.push_screen(doors.picker())
        except doors.Closed:
            self.say("Name an engagement on the command line: launchready FILE.", severity="warning")

    def open_engagement(self, path: Path) -> None:
        """Open an engagement file; the picker calls this too."""
        self._open_file(path)

    @work(exclusive=True, group="open", exit_on_error=False, description="opening an engagement")
    async def _open_file(self, path: Path) -> None:
        try:
            session = await asyncio.to_thread(self._opener, path)
        except Exception as error:
            await self.explain(error, f"{path.name} was not opened")
            if path == self.path:
                self.exit(2, return_code=2)
            return
        await self._show_session(session)

    @work(exclusive=True, group="open", exit_on_error=False, description="opening an engagement")
    async def _enter(self, session: Session) -> None:
        await self._show_session(session)

    def enter(self, session: Session) -> None:
        """Show an engagement that is open already (the picker made a new one)."""
        self._enter(session)

    async def _show_session(self, session: Session) -> None:
        if self.session is not None and self.session is not session:
            await self._close_session()
        self.session = session
        self.read_only = session.read_only
        try:
            place = await asyncio.to_thread(session.place)
            await self.bring_back(session)
            await self.refresh_snapshot()
        except Exception as error:
            await self.explain(error, "The engagement could not be read")
            self.exit(2, return_code=2)
            return
        sprint_place, _, board = place.partition(" ")
        screen = SprintScreen(sprint_place)
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        await self.push_screen(screen)
        if board in doors.BOARDS:
            self.action_go(board)
        self._kept_place = place
        self.offer_drills()
        # What changed is worked out behind the first picture, not before it.
        with suppress(LaunchReadyError):
            self._tell_changes(await asyncio.to_thread(session.changes))
        await self._note_recent()

    def _tell_changes(self, changes: Changes) -> None:
        if changes.is_empty or changes.since is None or self.snapshot is None:
            return
        counts = [
            (len(changes.lost), "not seen any more", "not seen any more"),
            (len(changes.new), "new problem", "new problems"),
            (len(changes.reopened), "came back", "came back"),
            (len(changes.resolved), "repaired", "repaired"),
            (len(changes.expired), "ran out", "ran out"),
            (len(changes.records), "record", "records"),
        ]
        told = [f"the gate says {changes.gate.after.value}"] if changes.gate else []
        told += [f"{count} {one if count == 1 else many}" for count, one, many in counts if count]
        words = " · ".join(told)
        self.say(f"{words}\nD shows what changed.", title=f"Since {render.age(changes.since, self.now())}", timeout=8)

    async def _close_session(self) -> None:
        session = self.session
        if session is None:
            return
        place = self.place()
        await self.keep_typed(finished=True)
        self.session = None
        try:
            await self._note_recent()
            if not self.read_only:
                await asyncio.to_thread(session.leave, place)
        finally:
            await asyncio.to_thread(session.close)

    async def _note_recent(self) -> None:
        """Put the engagement on the picker's list. A list that cannot be written is no reason to stop."""
        from launchready_tui.tui import recents

        if self.snapshot is not None and self.snapshot.path:
            with suppress(OSError):
                await asyncio.to_thread(recents.remember, data_folder(), self.snapshot, self.now())

    def place(self) -> str:
        """Where the work is now: the sprint screen's place, then the board above it."""
        sprint = self.sprint()
        top = next((s for s in reversed(self.screen_stack) if isinstance(s, LaunchScreen)), None)
        board = top.place() if top is not None and top is not sprint else ""
        return f"{sprint.place() if sprint else ''} {board}".strip()

    async def action_quit(self) -> None:
        """Quit at once. A run is stopped; what is finished is kept."""
        if self.cancel_run():
            with suppress(TimeoutError):
                await asyncio.wait_for(self.run_ended.wait(), STOP_SECONDS)
        try:
            await self._close_session()
        except Exception as error:
            self.exit(1, return_code=1, message=render.said(f"The place could not be remembered: {error}"))
            return
        self.exit(0)

    def action_leave(self) -> None:
        """Quit; asks only while something is running. During a load test `q` is the kill key."""
        if not self.stop_load():
            self._leave()

    @work(exclusive=True, group="leave", exit_on_error=False, description="quitting")
    async def _leave(self) -> None:
        if self.progress is not None:
            from launchready_tui.tui.screens.confirm import Confirm

            body = self.ink.line(
                f"{self.progress.done} of {self.progress.total} are done and kept. The rest would not be looked at."
            )
            answer = await self.push_screen_wait(
                Confirm("A run is going on", body, [("stay", "Stay"), ("quit", "Stop it and quit")], danger="quit")
            )
            if answer != "quit":
                return
        await self.action_quit()

    def action_help_quit(self) -> None:
        """What ctrl+c means here."""
        self.say("ctrl+c copies what is selected. To leave: q, or ctrl+q from anywhere. To stop a run: x.")

    # ---------------------------------------------------------------------------------------------- navigation

    def sprint(self) -> SprintScreen | None:
        """The sprint screen, wherever it is in the stack."""
        return next((screen for screen in self.screen_stack if isinstance(screen, SprintScreen)), None)

    def working_stage(self) -> str:
        """The stage that is on screen."""
        sprint = self.sprint()
        return sprint.stage_id if sprint else super().working_stage()

    def action_go(self, name: str) -> None:
        """Open a board; the same key again goes back."""
        if self.session is None:
            self.say("No engagement is open.", severity="warning")
            return
        top = self.screen
        if isinstance(top, LaunchScreen) and name == top.PLACE:
            self.back()
            return
        try:
            board = doors.board(name)
        except doors.Closed:
            self.not_built(name)
            return
        if isinstance(top, LaunchScreen) and top.PLACE in doors.BOARDS:
            self.switch_screen(board)
        else:
            self.push_screen(board)

    def back(self) -> None:
        """Close the top screen, unless it is the bottom one."""
        if len(self.screen_stack) > 2:
            self.pop_screen()

    def to_sprint(self) -> SprintScreen | None:
        """Close whatever lies over the sprint screen."""
        sprint = self.sprint()
        if sprint is None:
            self.say("No engagement is open.", severity="warning")
            return None
        while self.screen is not sprint and len(self.screen_stack) > 1:
            self.pop_screen()
        return sprint

    def action_stage(self, number: int) -> None:
        """Go to a stage."""
        if self.snapshot is None:
            return
        stages = self.snapshot.runbook.stages
        found = next((stage for stage in stages if stage.number == number), None)
        if found is None:
            self.say(f"This runbook has {plural(len(stages), 'stage')}.", severity="warning")
        elif (sprint := self.to_sprint()) is not None:
            sprint.go_to_stage(found.id)

    def action_next_stage(self, by: int) -> None:
        """The stage before or after."""
        sprint = self.to_sprint()
        if sprint is not None and self.snapshot is not None:
            ids = [stage.id for stage in self.snapshot.runbook.stages]
            at = ids.index(sprint.stage_id) if sprint.stage_id in ids else 0
            sprint.go_to_stage(ids[(at + by) % len(ids)])

    def go_to_check(self, check: str, subject: str = "") -> None:
        """Show a check, from wherever one is; `subject` '' is its worst."""
        sprint = self.to_sprint()
        if sprint is not None:
            sprint.go_to(check, subject)

    def action_next_blocker(self) -> None:
        """Go to the next thing that keeps the gate shut."""
        snapshot = self.snapshot
        if snapshot is None:
            return
        keys = [*snapshot.gate.blockers, *snapshot.gate.unseen]
        if not keys:
            self.say("Nothing blocks the launch. G shows the gate.")
            return
        sprint = self.to_sprint()
        if sprint is not None:
            at = sprint.blocker_at(keys)
            target = keys[(at + 1) % len(keys)]
            if at + 1 == len(keys):
                self.say("That was the last one; this is the first again.", timeout=2)
            sprint.go_to(*target)

    def action_repair(self) -> None:
        """Practice only: repair a planted fault."""
        if self.practice is None:
            self.say("Repairing faults is for the practice target: launchready practice.")
            return
        self._repair(self.practice)

    @work(exclusive=True, group="practice", exit_on_error=False, description="repairing a practice fault")
    async def _repair(self, practice: PracticeProcess) -> None:
        from launchready_tui.tui.practising import repair

        try:
            await repair(self, practice)
        except Exception as error:
            await self.explain(error, "Not repaired")

    # ------------------------------------------------------------------------------------------------- palette

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The few commands that no key has."""
        yield SystemCommand("Theme…", "Choose the colours; remembered", self.search_themes)
        yield SystemCommand(
            "ASCII signs on or off",
            "For terminals and fonts without the signs; remembered",
            lambda: self.use_ascii(not self.glyphs.is_ascii),
        )
        yield SystemCommand(
            "Movement on or off",
            "Animations of the interface; remembered",
            lambda: self.use_animation(self.animation_level == "none"),
        )
        yield SystemCommand(
            "Save a picture of the screen",
            "An SVG; it shows everything that is on the screen",
            lambda: self.deliver_screenshot(),
        )


def run_tui(
    path: Path | None,
    *,
    ascii: bool = False,
    no_animation: bool = False,
    practice: PracticeProcess | None = None,
    opener: Opener = _open,
) -> int:
    """Run the terminal interface until it is closed; the exit code."""
    app = LaunchReadyApp(path, ascii_only=ascii, no_animation=no_animation, practice=practice, opener=opener)
    result = app.run()
    return result if isinstance(result, int) else app.return_code or 0
