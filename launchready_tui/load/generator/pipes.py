"""The pipes between the generator and whoever started it: orders come in, figures go out, and its end ends everything.

`LAUNCHREADY_LOAD_CONTROL` and `LAUNCHREADY_LOAD_LIFELINE` name two inherited file descriptors. The first line of the
control pipe is the order, later lines are commands. Nothing is ever written to the lifeline: when it closes, the
process that wanted this load is gone, and nobody could stop it any more.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import gevent.socket  # type: ignore[import-untyped]

from launchready_tui.load.script import Order, decode

CONTROL, LIFELINE = "LAUNCHREADY_LOAD_CONTROL", "LAUNCHREADY_LOAD_LIFELINE"
STATS, END = "@STATS ", "@END"
MOST_ORDER = 64 * 1024 * 1024


def descriptor(name: str) -> int:
    """The inherited file descriptor of that name. Raises `SystemExit` where there is none."""
    try:
        return int(os.environ[name])
    except (KeyError, ValueError):
        sys.exit("This Locust file belongs to `launchready load` and cannot be run by itself; export one instead.")


def read_order(control: int) -> Order:
    """The order, read before anything else happens. Raises `SystemExit` if the pipe ends before it."""
    data = bytearray()
    while not data.endswith(b"\n"):
        part = os.read(control, 65_536)
        if not part or len(data) > MOST_ORDER:
            sys.exit("The order of the load test was cut off.")
        data += part
    return decode(bytes(data))


def commands(control: int, hear: Callable[[str], None]) -> None:
    """Call `hear` with every line, until the pipe ends."""
    rest = b""
    while True:
        gevent.socket.wait_read(control)
        part = os.read(control, 4_096)
        if not part:
            return
        *lines, rest = (rest + part).split(b"\n")
        for line in lines:
            hear(line.decode("ascii", "replace").strip())


def until_alone(lifeline: int) -> None:
    """Return when whoever started this process is gone."""
    while True:
        gevent.socket.wait_read(lifeline)
        if not os.read(lifeline, 64):
            return


def say(figures: dict[str, Any]) -> None:
    """One line of figures on stdout."""
    sys.stdout.write(STATS + json.dumps(figures, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def say_end() -> None:
    """The last line on stdout."""
    sys.stdout.write(END + "\n")
    sys.stdout.flush()
