"""What the benchmarks print."""

from __future__ import annotations

import os
import platform
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

Row = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of one benchmark: `rows` are what, how much, remark; `aim` and `reached` stand in the summary."""

    title: str
    rows: tuple[Row, ...]
    aim: str
    reached: str
    met: bool

    def __str__(self) -> str:
        wide = [max(len(row[column]) for row in self.rows) for column in (0, 1)]
        lines = [f"  {what:<{wide[0]}}  {value:>{wide[1]}}  {remark}".rstrip() for what, value, remark in self.rows]
        return "\n".join([self.title, *lines, f"  → {self.reached} ({self.aim}: {'met' if self.met else 'missed'})"])


def milliseconds(seconds: float) -> str:
    """`241 ms`."""
    return f"{seconds * 1000:,.0f} ms"


def middle(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """By nearest rank."""
    ranked = sorted(values)
    return ranked[max(0, min(len(ranked) - 1, -(-int(len(ranked) * share * 1000) // 1000) - 1))]


def spread(values: Sequence[float]) -> str:
    """`230–262 ms over 9 runs`."""
    low, high = min(values), max(values)
    return f"{low * 1000:,.0f}–{high * 1000:,.0f} ms over {len(values)} runs"


def machine() -> str:
    """Where this was measured, and how busy it was: for how much of the last minute somebody waited for a core."""
    words = f"Python {platform.python_version()}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}"
    pressure = Path("/proc/pressure/cpu")  # Linux alone tells
    if pressure.exists():
        found = re.search(r"avg60=(\d+)", pressure.read_text())
        words += f", cores fought over {found[1]} % of the time" if found else ""
    return words
