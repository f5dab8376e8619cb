"""A passive audit of twelve hosts that are 100 ms away, beside the longest chain of round trips that it needs.

python -m tests.benchmarks.audit [runs]
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from launchready_tui.checks import load_checks
from launchready_tui.engine.conclusion import Conclusion
from launchready_tui.engine.events import Event, ResultReady, Selection
from launchready_tui.engine.planning import plan
from launchready_tui.engine.session import Session
from launchready_tui.model.verdicts import Verdict
from tests.benchmarks.figures import Table, machine, middle
from tests.benchmarks.lab import HOSTS, Lab
from tests.benchmarks.virtual import Chain, longest_chain

AIM = 1.3
RUNS = 5
ROUND_TRIP = 0.100


@dataclass(frozen=True, slots=True)
class Audit:
    """One audit: seconds of the wall clock and of the processor, and when each check ended, the last one first."""

    seconds: float
    cpu: float
    ends: tuple[tuple[float, str, str], ...]
    conclusion: Conclusion


def audit(path: Path, toml: str, folder: str) -> Audit:
    """A new engagement and everything passive in it."""
    session = Session.create(path, toml, folder)
    ends: list[tuple[float, str, str]] = []
    began, cpu = time.perf_counter(), time.process_time()

    def hear(event: Event) -> None:
        if isinstance(event, ResultReady):
            ends.append((time.perf_counter() - began, *event.result.key))

    try:
        conclusion = asyncio.run(session.conclude(Selection(), hear))
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    finally:
        session.close()
    return Audit(seconds, cpu, tuple(sorted(ends, reverse=True)), conclusion)


def chains(done: Audit) -> tuple[Chain, Chain, Chain]:
    """What it had to take: with everything, without the mandated gaps, and without the waits either."""
    found = done.conclusion
    planned = plan(found.snapshot.runbook, load_checks(), found.snapshot.product, Selection())
    whole = longest_chain(planned, found.evidence, found.run, ROUND_TRIP)
    no_gaps = longest_chain(planned, found.evidence, found.run, ROUND_TRIP, gaps=False)
    bare = longest_chain(planned, found.evidence, found.run, ROUND_TRIP, gaps=False, waits=False)
    return whole, no_gaps, bare


def measure(runs: int = RUNS, *, verbose: bool = False) -> Table:
    """Several audits by fresh sessions in one process; the first one also imports the probes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Lab(folder, ROUND_TRIP) as lab:
            audits = [audit(folder / f"{turn}.launchready", lab.toml, name) for turn in range(runs + 1)]
    first, *warm = audits
    whole, no_gaps, bare = chains(warm[-1])
    taken = middle([item.seconds for item in warm])
    ratio = taken / whole.seconds
    results = warm[-1].conclusion.results
    counts = {verdict: sum(result.verdict is verdict for result in results) for verdict in Verdict}
    said = ", ".join(f"{count} {verdict.value}" for verdict, count in counts.items() if count)
    title = f"Passive audit of {HOSTS} web hosts, {ROUND_TRIP * 1000:.0f} ms a round trip ({machine()})"
    if verbose:
        _explain(warm[-1], whole)
    low, high = min(item.seconds for item in warm), max(item.seconds for item in warm)
    return Table(
        title,
        (
            (
                "measured",
                f"{taken:.2f} s",
                f"{low:.2f}–{high:.2f} s over {len(warm)} runs; {len(results)} results: {said}",
            ),
            (
                "  of which processor",
                f"{middle([item.cpu for item in warm]):.2f} s",
                "of this process, lab not counted",
            ),
            ("first, with imports", f"{first.seconds:.2f} s", f"processor {first.cpu:.2f} s"),
            ("longest chain", f"{whole.seconds:.2f} s", f"{whole.last[0][1]} of {whole.last[0][2]}"),
            (
                "  round trips alone",
                f"{bare.seconds:.2f} s",
                f"{whole.round_trips} in all, {bare.seconds / ROUND_TRIP:.0f} in a row",
            ),
            (
                "  mandated gaps",
                f"{whole.seconds - no_gaps.seconds:.2f} s",
                "offers of a host 250 ms apart, crawl 10 a second",
            ),
            ("  confirmation waits", f"{no_gaps.seconds - bare.seconds:.2f} s", ""),
        ),
        f"aim ≤ {AIM} ×",
        f"{ratio:.2f} ×",
        ratio <= AIM,
    )


def _explain(done: Audit, whole: Chain) -> None:
    """Which checks ended last, in truth and on the jumping clock."""
    for title, ends in (("measured", done.ends[:8]), ("computed", whole.last)):
        print(f"ended last, {title}:")
        for at, check, subject in ends:
            print(f"  {at:6.2f} s  {check} {subject}")


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    print(measure(*numbers[:1], verbose="-v" in sys.argv))
