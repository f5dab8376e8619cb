"""Processor time of `launchready --version` beyond that of a Python that does nothing, in turns.

python -m tests.benchmarks.cold_start [runs]
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.figures import Table, machine, middle, milliseconds, spread

AIM = 0.080
RUNS = 21
SCRIPT = Path(sys.executable).with_name("launchready")


def processor_time(command: list[str]) -> float:
    """User and system time of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(runs: int = RUNS) -> Table:
    """In turns, so that a busy neighbour bothers both."""
    ours: list[float] = []
    bare: list[float] = []
    command = [str(SCRIPT)] if SCRIPT.exists() else [sys.executable, "-m", "launchready_tui"]
    for _ in range(runs + 1):
        bare.append(processor_time([sys.executable, "-c", "pass"]))
        ours.append(processor_time([*command, "--version"]))
    ours, bare = ours[1:], bare[1:]  # the first start fills the caches of the machine
    beyond = middle(ours) - middle(bare)
    return Table(
        f"Cold start, processor time ({machine()})",
        (
            ("launchready --version", milliseconds(middle(ours)), spread(ours)),
            ("python -c pass", milliseconds(middle(bare)), spread(bare)),
        ),
        f"aim ≤ {AIM * 1000:.0f} ms",
        milliseconds(beyond),
        beyond <= AIM,
    )


if __name__ == "__main__":
    print(measure(*map(int, sys.argv[1:2])))
