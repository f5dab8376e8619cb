"""Practice: the list of planted faults, to repair one or all and see the check turn green."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from launchready_tui.engine.events import Selection
from launchready_tui.text import one_line, plural
from launchready_tui.tui.screens.menu import Menu

if TYPE_CHECKING:
    from launchready_tui.practice.process import PracticeProcess
    from launchready_tui.tui.app import LaunchReadyApp

ALL = "all"


async def repair(app: LaunchReadyApp, practice: PracticeProcess) -> None:
    """Offer the faults, repair what was chosen, and look again at what it concerns."""
    faults = [fault for fault in await asyncio.to_thread(practice.faults) if fault.planted and not fault.left_out]
    if not faults:
        app.say("Every planted fault is repaired. f runs again what failed.")
        return
    lines = [(ALL, "all of them", plural(len(faults), "fault"))]
    lines += [(fault.id, one_line(fault.title, 60), one_line(fault.repair or fault.story, 120)) for fault in faults]
    choice = await app.push_screen_wait(
        Menu("Practice: repair a fault", lines, note="The check that finds it is run again afterwards.")
    )
    if choice is None:
        return
    if choice == ALL:
        await asyncio.to_thread(practice.repair_all)
        chosen = faults
        app.say(f"{plural(len(chosen), 'fault')} repaired.")
    else:
        await asyncio.to_thread(practice.repair, choice)
        chosen = [fault for fault in faults if fault.id == choice]
        app.say(f"Repaired: {chosen[0].title}." if chosen else "Repaired.")
    if app.progress is None:
        app.start_run(Selection(checks=frozenset(fault.check for fault in chosen)))
