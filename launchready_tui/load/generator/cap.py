"""The cap of requests a second, enforced where they are sent."""

from __future__ import annotations

import time
from collections.abc import Callable

BURST_S = 0.2
"""Seconds' worth of requests that may go out at once after a quiet moment."""


class Cap:
    """A token bucket. `limit` is this process' share of requests a second; 0: none."""

    def __init__(self, limit: float = 0.0, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._next = 0.0
        self.limit = limit

    def wait(self) -> float:
        """Take a place in the row; the seconds to wait for it, usually 0."""
        if self.limit <= 0:
            return 0.0
        now = self._clock()
        self._next = max(self._next, now - BURST_S) + 1 / self.limit
        return max(0.0, self._next - now)
