"""The app's recording verbs: what a person says is on disk before the screen says so, and can be taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import work

from launchready_tui.errors import LaunchReadyError
from launchready_tui.model.board import Standing
from launchready_tui.model.records import ClockMark, Payload, Record
from launchready_tui.tui import doors
from launchready_tui.tui.shell import Shell
from launchready_tui.words.records import describe

if TYPE_CHECKING:
    from launchready_tui.engine.session import Session


class Recorder(Shell):
    """An app that records."""

    async def keep_typed(self, *, finished: bool = False) -> None:
        """Keep what is typed in case the program is killed; `finished`: what it was typed for is on disk."""

    def can_record(self) -> bool:
        """Whether anything can be recorded; says why not."""
        if self.session is None:
            self.say("No engagement is open.", severity="warning")
            return False
        if self.read_only:
            self.say(
                "This file can only be read. launchready copy FILE TO makes one that you can write to.",
                severity="warning",
            )
            return False
        return True

    async def record(self, payload: Payload, *, quiet: bool = False, refresh: bool = True) -> Record | None:
        """Write a record and say what was recorded. None: it was refused, and the person has read why."""
        session = self.session
        if session is None or not self.can_record():
            return None
        try:
            record = await asyncio.to_thread(session.record, payload)
        except Exception as error:
            await self.explain(error, "Not recorded")
            return None
        if not quiet:
            self._toast(record, "Recorded")
        if refresh:
            await self.refresh_snapshot()
        return record

    def _toast(self, record: Record, title: str) -> None:
        words = describe(record.payload, self.snapshot.runbook if self.snapshot else None)
        undo = "\nu takes it back." if record.payload.undoable else ""
        self.say(f"{words[:1].upper()}{words[1:]}.{undo}", title=title)

    @work(exclusive=True, group="form", exit_on_error=False, description="a form")
    async def fill(self, make: doors.Make) -> None:
        """Show a form and record what it gives. If that is refused the form comes back with everything that was
        typed.
        """
        await self.fill_and_record(make)

    async def fill_and_record(self, make: doors.Make) -> bool:
        """The same, inside a worker of one's own; whether all of it was recorded.

        Where one of several records is refused, the form comes back; what was written before is not written again.
        """
        refused: doors.Saved | None = None
        written: list[Payload] = []
        while True:
            saved = await self.push_screen_wait(make(refused))
            if not saved:
                return False
            if await self.record_all([payload for payload in saved if payload not in written], written):
                await self.keep_typed(finished=True)
                return True
            refused = saved
            if not self.can_record():
                self.drafts.not_recorded()
                return False

    async def record_all(self, payloads: Sequence[Payload], written: list[Payload] | None = None) -> bool:
        """Write several records in order; the first that is refused ends it. `written` takes those that were.

        Only the last is announced, with how many there were: undo goes back one at a time.
        """
        for number, payload in enumerate(payloads, 1):
            last = number == len(payloads)
            record = await self.record(payload, quiet=True, refresh=last)
            if record is None:
                await self.refresh_snapshot()
                return False
            if written is not None:
                written.append(payload)
            if last:
                self._toast(record, "Recorded" if number == 1 else f"Recorded {number}, the last:")
        return True

    def form(self, name: str, row: Standing | Sequence[Standing] | None) -> None:
        """Open a form about a check and subject."""
        if self.snapshot is None or not self.can_record():
            return
        try:
            self.fill(doors.about(name, self.snapshot, row))
        except doors.Closed:
            self.not_built(name)

    def not_built(self, name: str) -> None:
        """A door without a room behind it."""
        self.say(f"“{name}” is not part of this version.", severity="warning")

    def action_authorize(self) -> None:
        """Record an authorization."""
        self.authorize(())

    def authorize(self, hosts: Sequence[str]) -> None:
        """Record an authorization for these hosts."""
        if self.snapshot is None or not self.can_record():
            return
        try:
            self.fill(doors.authorize(self.snapshot, hosts))
        except doors.Closed:
            self.not_built("authorize")

    # -------------------------------------------------------------------------------------------- undo and redo

    def action_undo(self) -> None:
        """Take back what was recorded last."""
        if self.can_record():
            self._step(back=True)

    def action_redo(self) -> None:
        """Record again what was taken back last."""
        if self.can_record():
            self._step(back=False)

    @work(exclusive=True, group="undo", exit_on_error=False, description="undo or redo")
    async def _step(self, back: bool) -> None:
        session: Session | None = self.session
        if session is None:
            return
        try:
            record = await asyncio.to_thread(session.undo if back else session.redo)
        except LaunchReadyError as error:
            await self.explain(error, "Nothing was changed")
            return
        if record is None:
            self.say("There is nothing to take back." if back else "There is nothing to bring back.")
            return
        words = describe(record.payload, self.snapshot.runbook if self.snapshot else None)
        self.say(
            f"{words[:1].upper()}{words[1:]}.\n{'U brings it back.' if back else 'u takes it back.'}",
            title="Taken back" if back else "Recorded again",
        )
        await self.refresh_snapshot()

    # --------------------------------------------------------------------------------------------- sprint clock

    def action_clock(self) -> None:
        """Start the clock, pause it with a reason, or let it go on."""
        if self.snapshot is None or not self.can_record():
            return
        clock = self.snapshot.state.clock
        if clock.running:
            try:
                self.fill(doors.pause(self.snapshot))
            except doors.Closed:
                self.mark_clock(ClockMark("pause", reason="paused on screen"))
        else:
            stage = self.working_stage() if clock.started_at is None else ""
            self.mark_clock(ClockMark("start" if clock.started_at is None else "resume", stage=stage))

    def working_stage(self) -> str:
        """The stage that is worked on."""
        return self.snapshot.state.clock.stage if self.snapshot else ""

    @work(exclusive=True, group="clock", exit_on_error=False, description="the sprint clock")
    async def mark_clock(self, mark: ClockMark, *, quiet: bool = False) -> None:
        """Write a mark of the clock."""
        await self.record(mark, quiet=quiet)
