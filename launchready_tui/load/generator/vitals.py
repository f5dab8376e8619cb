"""Watches the generator process itself: CPU, how late its event loop wakes up, open files."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import gevent  # type: ignore[import-untyped]

from launchready_tui.load.counting import Vitals
from launchready_tui.load.histogram import Histogram

TICK_S = 0.02
"""Seconds between two looks at the event loop."""

_DESCRIPTORS = Path("/dev/fd")


class Watch:
    """Measures until `vitals` is asked for, then begins anew."""

    def __init__(self) -> None:
        self._lag = Histogram()
        self._wall = time.perf_counter()
        self._cpu = time.process_time()

    def run(self) -> None:
        """Measure for ever how late a short sleep ends."""
        while True:
            before = time.perf_counter()
            gevent.sleep(TICK_S)
            self._lag.add(max(0.0, time.perf_counter() - before - TICK_S))

    def vitals(self) -> Vitals:
        """What was measured since the last call."""
        wall, cpu = time.perf_counter(), time.process_time()
        spent = wall - self._wall
        found = Vitals(
            cpu=100 * (cpu - self._cpu) / spent if spent > 0 else 0.0,
            lag=self._lag,
            files=_open_files(),
            file_limit=resource.getrlimit(resource.RLIMIT_NOFILE)[0],
        )
        self._lag, self._wall, self._cpu = Histogram(), wall, cpu
        return found


def _open_files() -> int:
    """How many file descriptors are open; 0 where the system does not say."""
    try:
        return sum(1 for _ in _DESCRIPTORS.iterdir())
    except OSError:
        return 0
