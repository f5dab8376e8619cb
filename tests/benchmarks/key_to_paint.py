"""From a key to its repaint, with 5,000 findings in the engagement.

    python -m tests.benchmarks.key_to_paint [keys of a kind]

The repaint is complete at the end of the last frame before the output pauses for 50 ms. What the detail fetches from
the file when somebody stays on a row comes 60 ms later on purpose, and is told apart as `settled`.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.engagement import make
from tests.benchmarks.figures import Table, machine, middle, milliseconds, percentile
from tests.benchmarks.first_paint import REPOSITORY, clean
from tests.benchmarks.terminal import Terminal

AIM = 0.100
KEYS = 30
FINDINGS = 5_000
PAUSE = 0.050
PATIENCE = 2.0
"""Seconds after which a key counts as one that changes nothing."""

DOWN, PAGE_DOWN, RIGHT, END, HOME, ESCAPE = b"\x1b[B", b"\x1b[6~", b"\x1b[C", b"\x1b[F", b"\x1b[H", b"\x1b"
WORDS = b"certificate"


@dataclass(slots=True)
class Kind:
    """All keys of one kind: seconds to the first frame, to the complete repaint, until nothing moved any more."""

    name: str
    first: list[float] = field(default_factory=list)
    complete: list[float] = field(default_factory=list)
    settled: list[float] = field(default_factory=list)
    unanswered: int = 0

    def press(self, terminal: Terminal, key: bytes) -> None:
        """Press a key, wait until nothing moves, and see when the frames ended."""
        start = len(terminal.output)
        at = terminal.send(key)
        terminal.settle(quiet=0.3, first=PATIENCE)
        frames = [end - at for end in terminal.frames(start)]
        if not frames:
            self.unanswered += 1
            return
        pauses = [number for number in range(1, len(frames)) if frames[number] - frames[number - 1] >= PAUSE]
        self.first.append(frames[0])
        self.complete.append(frames[pauses[0] - 1 if pauses else -1])
        self.settled.append(frames[-1])

    @property
    def row(self) -> tuple[str, str, str]:
        """As it is printed."""
        if not self.complete:
            return (self.name, "-", "nothing was drawn")
        remark = f"p95 {milliseconds(percentile(self.complete, 0.95))}, first frame {milliseconds(middle(self.first))}"
        remark += f", settled {milliseconds(middle(self.settled))}; {len(self.complete)} keys"
        remark += f" and {self.unanswered} without effect" if self.unanswered else ""
        return (self.name, milliseconds(middle(self.complete)), remark)


def drive(terminal: Terminal, keys: int) -> list[Kind]:
    """Press everything that is measured, a few hundred keys in all."""
    down, page, end, stage, letters, opening = (
        Kind(name)
        for name in ("down", "page down", "first and last row", "stage switch", "filter letter", "open a check")
    )
    for _ in range(keys // 3):  # the whole list open: thousands of rows
        opening.press(terminal, RIGHT)
        terminal.send(DOWN)
        terminal.settle(first=PATIENCE)
    for _ in range(keys // 2):
        end.press(terminal, END)
        end.press(terminal, HOME)
    for _ in range(keys):
        down.press(terminal, DOWN)
    for _ in range(keys):
        page.press(terminal, PAGE_DOWN)
    for turn in range(keys):
        stage.press(terminal, b"%d" % (turn % 2 + 1))
    terminal.send(b"1")
    for _ in range(max(1, keys // len(WORDS))):
        terminal.settle(first=PATIENCE)
        terminal.send(b"/")
        terminal.settle(first=PATIENCE)
        for letter in WORDS:
            letters.press(terminal, bytes([letter]))
        terminal.send(ESCAPE)
    return [down, page, end, opening, stage, letters]


def measure(keys: int = KEYS) -> Table:
    """One long sitting in a pseudo terminal."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = make(folder / "bazaar.launchready", FINDINGS)
        terminal = Terminal([sys.executable, "-m", "launchready_tui", str(made.path)], clean(folder), REPOSITORY)
        try:
            painted = terminal.wait_for(made.product, made.claims[0][:32], seconds=120.0)
            terminal.settle(quiet=1.0, most=30.0)
            kinds = drive(terminal, keys)
        finally:
            usage = terminal.kill()
    every = [value for kind in kinds for value in kind.complete]
    tail = percentile(every, 0.95)
    return Table(
        f"Key to paint, {made.findings:,} findings among {made.results:,} results ({machine()})",
        (
            *(kind.row for kind in kinds),
            ("all", milliseconds(middle(every)), f"p95 {milliseconds(tail)}, worst {milliseconds(max(every))}"),
            ("first paint", milliseconds(painted), f"peak memory {usage.peak_mib:.0f} MiB"),
        ),
        f"aim < {AIM * 1000:.0f} ms",
        f"median {milliseconds(middle(every))}, p95 {milliseconds(tail)}",
        tail < AIM,
    )


if __name__ == "__main__":
    print(measure(*map(int, sys.argv[1:2])))
