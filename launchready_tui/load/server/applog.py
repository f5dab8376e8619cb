"""Samples the application's own log: calls to third parties, by host."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from launchready_tui.load.server.calls import CallReader, Counting
from launchready_tui.load.server.sampling import Reading
from launchready_tui.load.server.tailing import Tail
from launchready_tui.model.evidence import Failure, Fault
from launchready_tui.model.performance import Dependency

EVERY = 2.0


class AppLogSampler:
    """Follows the log files from now on. A line counts for the moment at which it was read: clocks may differ."""

    name = "app-log"
    every = EVERY
    units: Mapping[str, str] = MappingProxyType({})

    def __init__(self, paths: Sequence[str], base: str, dependencies: Sequence[Dependency]) -> None:
        self._tail = Tail(paths, base)
        self._reader = CallReader(dependencies)

    async def look(self) -> Reading | Failure:
        """What the log gained since the last look."""
        return await asyncio.to_thread(self._look)

    def _look(self) -> Reading | Failure:
        found = self._tail.look()
        counting, unread = Counting(), found.unread
        for line in found.lines:
            try:
                call = self._reader.read(line)
            except ValueError:
                unread += 1
                continue
            if call is not None:
                counting.add(call)
        if found.problems and not found.lines:
            return Failure("unreadable", found.problems[0], Fault.USAGE)
        events = [*found.events, *(("log-skipped", problem) for problem in found.problems)]
        return Reading(events=events, calls=counting.counts, lines=len(found.lines), unread=unread)

    async def aclose(self) -> None:
        """Close the files."""
        self._tail.close()
