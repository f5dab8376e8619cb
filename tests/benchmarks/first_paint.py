"""From exec to the first visible content: an engagement with 500 findings beside a bare Textual app, in turns.

python -m tests.benchmarks.first_paint [runs]
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.engagement import make
from tests.benchmarks.figures import Table, machine, middle, milliseconds, spread
from tests.benchmarks.terminal import Terminal

AIM = 1.4
RUNS = 9
FINDINGS = 500
BARE_MARK = "claim number 1"
"""What `bare_app` draws in its first row."""

REPOSITORY = str(Path(__file__).parents[2])


@dataclass(slots=True)
class Series:
    """What was measured of one program."""

    painted: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: list[float] = field(default_factory=list)

    def add(self, command: Sequence[str], marks: tuple[str, ...], env: dict[str, str]) -> None:
        """Start it once, until the marks are there."""
        terminal = Terminal([sys.executable, *command], env, REPOSITORY)
        try:
            self.painted.append(terminal.wait_for(*marks))
        finally:
            usage = terminal.kill()
        self.cpu.append(usage.cpu)
        self.peak.append(usage.peak_mib)


def clean(folder: Path) -> dict[str, str]:
    """An environment in which nothing of the person who runs this is read or written."""
    names = ("LAUNCHREADY_CONFIG", "LAUNCHREADY_CONFIG_DIR", "LAUNCHREADY_DATA_DIR")
    return {name: str(folder / "home") for name in names}


def measure(runs: int = RUNS) -> Table:
    """In turns, so that a busy neighbour bothers both."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = make(folder / "bazaar.launchready", FINDINGS)
        env = clean(folder)
        ours, bare = Series(), Series()
        for turn in range(runs + 1):
            bare.add(["-m", "tests.benchmarks.bare_app"], (BARE_MARK,), env)
            ours.add(["-m", "launchready_tui", str(made.path)], (made.product, made.claims[0][:32]), env)
            if turn == 0:  # the first start fills the caches of the machine
                ours, bare = Series(), Series()
        size = made.path.stat().st_size / 1024**2
    ratio = middle(ours.painted) / middle(bare.painted)
    return Table(
        f"First paint, {made.findings} findings among {made.results} results in a file of {size:.1f} MiB ({machine()})",
        (
            ("launchready FILE", milliseconds(middle(ours.painted)), spread(ours.painted)),
            ("bare Textual app", milliseconds(middle(bare.painted)), spread(bare.painted)),
            ("processor time, ours", milliseconds(middle(ours.cpu)), "until it was ended at its first paint"),
            ("processor time, bare", milliseconds(middle(bare.cpu)), ""),
            ("peak memory, ours", f"{middle(ours.peak):.0f} MiB", ""),
            ("peak memory, bare", f"{middle(bare.peak):.0f} MiB", ""),
        ),
        f"aim ≤ {AIM} ×",
        f"{ratio:.2f} ×",
        ratio <= AIM,
    )


if __name__ == "__main__":
    print(measure(*map(int, sys.argv[1:2])))
