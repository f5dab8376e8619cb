"""The child process of `launchready_tui.practice.process`: runs a target until its standard input ends.

`python -m launchready_tui.practice FOLDER [--repaired]` prints one line of JSON when everything listens.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from launchready_tui.practice.control import ControlDoor
from launchready_tui.practice.door import STATE_FILE, Door, door_of
from launchready_tui.practice.errors import PracticeError
from launchready_tui.practice.target import PracticeTarget, write_private


async def serve(folder: Path, *, repaired: bool) -> None:
    """Start everything, say so, wait for the parent to go away, stop everything."""
    target = PracticeTarget(folder)
    await target.start(repaired=repaired)
    door = ControlDoor(target)
    state = folder / STATE_FILE
    try:
        await door.start()
        known = {"pid": os.getpid(), "port": door.port, "token": door.token, "database": target.database_dsn}
        write_private(state, json.dumps(known).encode())
        sys.stdout.write(json.dumps({"ready": True}) + "\n")
        sys.stdout.flush()
        await _end_of_input()
    finally:
        if door_of(folder) == Door(door.port, door.token):
            state.unlink(missing_ok=True)
        await door.stop()
        await target.stop()


async def _end_of_input() -> None:
    """Wait until the parent closes our standard input (its death closes it too), or a signal asks us to go."""
    loop = asyncio.get_running_loop()
    gone = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, gone.set)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    waiting = asyncio.ensure_future(reader.read())
    leaving = asyncio.ensure_future(gone.wait())
    _, late = await asyncio.wait((waiting, leaving), return_when=asyncio.FIRST_COMPLETED)
    for task in late:
        task.cancel()


def main(arguments: list[str]) -> int:
    """Run until told to stop; an expected error goes to the parent as the one line of JSON."""
    try:
        asyncio.run(serve(Path(arguments[0]), repaired="--repaired" in arguments[1:]))
    except PracticeError as error:
        sys.stdout.write(json.dumps({"error": error.message, "hint": error.hint}) + "\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
