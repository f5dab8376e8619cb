"""What the shop tells its monitoring, as Prometheus text."""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from launchready_tui.practice.world import Reply

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Metric = tuple[str, str, str, float]
"""Name, type, help, value."""


def resident_bytes() -> int:
    """The memory of this process; where only its peak is known, that."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def release_memory() -> None:
    """Give back to the system what the allocator of glibc keeps for itself after a busy time; elsewhere nothing.

    Otherwise every load test would seem to leave memory behind.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def exposition(metrics: Iterable[Metric]) -> Reply:
    """The text of the endpoint."""
    lines: list[str] = []
    for name, kind, about, value in metrics:
        shown = str(int(value)) if float(value).is_integer() else repr(float(value))
        lines += [f"# HELP {name} {about}", f"# TYPE {name} {kind}", f"{name} {shown}"]
    return Reply(200, "\n".join(lines) + "\n", MEDIA_TYPE, (("Cache-Control", "no-store"),))
