"""Keeps in the engagement file what a kill would take: what is typed, a running stopwatch, the place. Seconds at most
are lost, and nothing of it is a record.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from textual import work

from launchready_tui.errors import LaunchReadyError
from launchready_tui.model.board import Snapshot, Standing
from launchready_tui.model.runbook import Kind
from launchready_tui.tui import kept
from launchready_tui.tui.forms.confirm import ConfirmModal
from launchready_tui.tui.forms.stopwatch import Stopwatch
from launchready_tui.tui.loading import Loader
from launchready_tui.tui.render import stopwatch

if TYPE_CHECKING:
    from launchready_tui.engine.session import Session

KEEP_EVERY = 2.0
"""Seconds between two looks at what is typed."""

LOOK_AROUND = 5.0
"""Seconds between two looks at what another program wrote into the file."""


class Keeping(Loader):
    """An app that loses nothing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._kept_place = ""
        self._kept: dict[str, str] = {}
        self._kept_in: Session | None = None
        self._gone: frozenset[str] = frozenset()
        self._keeping = asyncio.Lock()
        self._refused = ""

    def place(self) -> str:
        """Where the work is now."""
        return ""

    def go_to_check(self, check: str, subject: str = "") -> None:
        """Show a check."""
        raise NotImplementedError

    def watch_file(self) -> None:
        """Begin to keep, and to look at what others write."""
        self.set_interval(KEEP_EVERY, self.keep_soon)
        self.set_interval(LOOK_AROUND, self._look_around)

    @work(exclusive=True, group="look-around", exit_on_error=False, description="what others wrote, where we are")
    async def _look_around(self) -> None:
        """See what another program wrote into the file, and remember the place in case this one is killed."""
        session, snapshot = self.session, self.snapshot
        if session is None or snapshot is None or self.progress is not None or len(self.screen_stack) < 2:
            return
        with suppress(LaunchReadyError):
            if await asyncio.to_thread(session.head) != snapshot.head:
                await self.refresh_snapshot()
            place = self.place()
            if place != self._kept_place:
                await asyncio.to_thread(session.keep_place, place)
                self._kept_place = place

    # ------------------------------------------------------------------------------------------------- what is typed

    async def bring_back(self, session: Session) -> None:
        """Take over what was kept in the file of an engagement that is being opened."""
        me = self.drafts.me
        remarks = dict(await asyncio.to_thread(session.remarks, kept.KEPT))
        self.drafts = kept.from_remarks(remarks, self.now(), time.monotonic)
        self.drafts.me, self.drafts.hurry = me, self.keep_soon
        self._kept, self._kept_in, self._gone, self._refused = remarks, session, frozenset(), ""

    @work(exclusive=False, group="keep", exit_on_error=False, description="keeping what is typed")
    async def keep_soon(self) -> None:
        """Keep what is typed and timed now."""
        await self.keep_typed()

    async def keep_typed(self, *, finished: bool = False) -> None:
        """Write what is new. What is no draft any more goes at the second look, so that its record is on disk before;
        at once where somebody knows that everything is `finished`.
        """
        async with self._keeping:
            session = self.session
            if session is None or session is not self._kept_in or self.read_only:
                return
            now = kept.to_remarks(self.drafts)
            gone = frozenset(self._kept.keys() - now.keys())
            wanted = kept.changes(self._kept, now, gone if finished else gone & self._gone)
            self._gone = gone
            if not wanted:
                return
            try:
                await asyncio.to_thread(session.keep_remarks, wanted)
            except LaunchReadyError as error:
                self._tell_refusal(error)
                return
            self._refused = ""
            self._kept = {key: value for key, value in {**self._kept, **wanted}.items() if value}

    def _tell_refusal(self, error: LaunchReadyError) -> None:
        """Say it once: the next look comes in two seconds."""
        if error.message != self._refused:
            self._refused = error.message
            words = f"{error.message} What you type is kept in memory only."
            self.say(words, title="Drafts are not on disk", severity="warning", timeout=10)

    # ------------------------------------------------------------------------------------------------------- drills

    def offer_drills(self) -> None:
        """Where a drill was running when the program ended, or waits to be recorded: offer to go back to it."""
        waiting = [] if self.read_only or self.snapshot is None else _waiting(self.snapshot, self.drafts.stopwatches)
        if not waiting:
            return
        row, watch = waiting[0]

        def answered(yes: bool | None) -> None:
            if yes:
                self.go_to_check(*row.key)
                self.form("drill", row)

        text = [f"{row.entry.claim}\n{_standing(watch)}" for row, watch in waiting]
        if len(waiting) > 1:
            text.append("t on their checks brings back the others.")
        title = "A drill was running" if watch.is_running else "A drill is not recorded yet"
        self.push_screen(ConfirmModal(title, text, "Go back to it", no="Not now"), answered)


def _waiting(snapshot: Snapshot, watches: dict[str, Stopwatch]) -> list[tuple[Standing, Stopwatch]]:
    """The drills with a stopwatch that was started, the running ones first."""
    rows = {row.entry.id: row for row in snapshot.board if row.entry.kind is Kind.DRILL}
    found = [(rows[check], watch) for check, watch in watches.items() if check in rows and watch.is_started]
    return sorted(found, key=lambda item: not item[1].is_running)


def _standing(watch: Stopwatch) -> str:
    done = f"{len(watch.marks)} of {len(watch.steps)} steps"
    by = f", run by {watch.by}" if watch.by else ""
    if watch.is_running:
        return f"{stopwatch(watch.seconds)} on the clock and running on; {done} marked{by}."
    how = "given up after" if watch.is_given_up else "done in"
    return f"{how} {stopwatch(watch.seconds)}; {done}{by}."
