"""Reads a file of the operator: a regular one, bounded, without waiting for anybody."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from launchready_tui.model.evidence import Failure, Fault
from launchready_tui.text import one_line

MOST_BYTES = 25 * 1024 * 1024
"""Of one file, as it lies on the disk."""


def contents(path: Path, name: str) -> bytes | Failure:
    """A regular file of at most `MOST_BYTES`. Opened without waiting: a pipe must not hold up the run."""
    shown = one_line(name, 120)
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0)), "rb") as file:  # noqa: PTH123 - opened with its flags
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return Failure("malformed", f"{shown} is no regular file", Fault.USAGE)
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return Failure("file-missing", f"{shown} does not exist", Fault.USAGE)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        return Failure("file-unreadable", f"{shown} cannot be read: {one_line(reason, 80)}", Fault.USAGE)
    if len(data) > MOST_BYTES:
        return Failure("too-large", f"{shown} is larger than {MOST_BYTES // 1024 // 1024} MiB", Fault.USAGE)
    return data
