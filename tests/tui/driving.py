"""Ways to drive the app in tests: keys by the id of their binding, and the screen as lines of text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.worker import WorkerCancelled, WorkerFailed

from launchready_tui.tui.app import LaunchReadyApp
from launchready_tui.tui.rows import Row
from launchready_tui.tui.screens.sprint import SprintScreen
from launchready_tui.tui.widgets.checklist import CheckList
from tests.tui.fake import NOW, FakeSession, working

WAIT_FOR_PEOPLE = ("form", "ask", "copy", "run", "leave", "practice", "open", "clock", "undo")
"""Groups of workers that may wait for a key."""

SIZES = [(80, 24), (120, 36)]


class Drive:
    """An app that runs, with short ways to do and to see."""

    def __init__(self, app: LaunchReadyApp, pilot: Pilot[int]) -> None:
        self.app, self.pilot = app, pilot

    async def settle(self) -> None:
        """Until nothing is going on any more."""
        for _ in range(3):
            waiting = [worker for worker in self.app.workers if worker.group not in WAIT_FOR_PEOPLE]
            if waiting:
                with suppress(WorkerCancelled, WorkerFailed, TimeoutError):
                    async with asyncio.timeout(5):
                        await self.app.workers.wait_for_complete(waiting)
            await self.pilot.pause()

    async def press(self, *names: str) -> None:
        """Press keys, given as ids of bindings, or as keys where there is no binding of that id."""
        for name in names:
            keys = {active.binding.id: key for key, active in self.app.screen.active_bindings.items()}
            await self.pilot.press(keys.get(name, name))
            await self.settle()

    async def until(self, condition: Callable[[], object], seconds: float = 5.0) -> None:
        """Wait for something to become true."""
        async with asyncio.timeout(seconds):
            while not condition():
                await self.pilot.pause(0.02)

    @property
    def sprint(self) -> SprintScreen:
        """The sprint screen."""
        sprint = self.app.sprint()
        assert sprint is not None
        return sprint

    @property
    def checks(self) -> CheckList:
        """Its list."""
        return self.sprint.query_one("#checks", CheckList)

    @property
    def row(self) -> Row:
        """The row under the cursor."""
        row = self.checks.row
        assert row is not None
        return row

    @property
    def lines(self) -> list[str]:
        """What is on the screen, after all filters."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip) for strip in strips]

    @property
    def text(self) -> str:
        """The same as one text."""
        return "\n".join(self.lines)

    @property
    def toasts(self) -> list[str]:
        """Everything that was said and is still there."""
        return [f"{note.title}|{note.message}" for note in self.app._notifications]

    def said(self, words: str) -> bool:
        """Whether a toast holds these words."""
        return any(words in toast for toast in self.toasts)

    @property
    def on(self) -> str:
        """The class of the screen on top."""
        return type(self.app.screen).__name__


@asynccontextmanager
async def driving(
    session: FakeSession | None, folder: Path, size: tuple[int, int] = (120, 36), **options: Any
) -> AsyncIterator[Drive]:
    """An app with that session, its settings in a folder of the test."""
    app = LaunchReadyApp(session=session, config=folder, clock=lambda: NOW, no_animation=True, **options)
    async with app.run_test(size=size, notifications=True, tooltips=False) as pilot:
        drive = Drive(app, pilot)
        await drive.settle()
        if session is not None:
            await drive.until(lambda: drive.on == "SprintScreen" or len(app.screen_stack) > 2)
        await drive.settle()
        yield drive


__all__ = ["NOW", "SIZES", "Drive", "FakeSession", "driving", "working"]
