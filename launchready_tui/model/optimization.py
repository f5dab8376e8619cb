"""The optimization log: each change with what was measured before and after it, and whether that differs (S4.LOG).

Pure. Latencies are compared by ranks (Mann-Whitney), so that one slow answer proves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from launchready_tui.model.journal import State, payload
from launchready_tui.model.records import Change, Measurement, Record
from launchready_tui.model.statistics import mann_whitney, percentile, percentile_interval

SURE = 0.01
"""The p-value below which two samples differ (CHECKS.md S3.RST.01 uses the same)."""

MIN_SAMPLES = 60
"""Samples on each side that a proof needs (CHECKS.md S4.LAT.01); a runbook may ask for another number."""

Effect = Literal["faster", "slower", "unproven", "too-few", "open"]
"""What came of a change. `open`: measured on one side only, or not at all."""


@dataclass(frozen=True)
class Sample:
    """One measurement, with its figures in milliseconds."""

    record: Record
    said: Measurement

    @cached_property
    def ordered(self) -> tuple[float, ...]:
        """The samples, fastest first."""
        return tuple(sorted(self.said.samples_ms))

    @property
    def count(self) -> int:
        """How many samples there are."""
        return len(self.said.samples_ms)

    @property
    def p50(self) -> float:
        """The median."""
        return percentile(self.ordered, 0.5)

    @property
    def p95(self) -> float:
        """The 95th percentile, by nearest rank."""
        return percentile(self.ordered, 0.95)

    @property
    def p95_interval(self) -> tuple[float, float]:
        """Where the true 95th percentile lies with 95 % confidence; an end that cannot be told is infinite."""
        return percentile_interval(self.ordered, 0.95)


@dataclass(frozen=True)
class Optimization:
    """A change and the newest measurement on each side of it."""

    record: Record
    change: Change
    before: Sample | None = None
    after: Sample | None = None

    @cached_property
    def p_value(self) -> float | None:
        """How likely such a difference of latency is by chance; None until both sides are measured."""
        if self.before is None or self.after is None:
            return None
        return mann_whitney(self.before.ordered, self.after.ordered)

    def effect(self, min_samples: int = MIN_SAMPLES) -> Effect:
        """What came of it: proven only with enough samples on both sides, and a difference beyond chance."""
        if self.before is None or self.after is None or self.p_value is None:
            return "open"
        if min(self.before.count, self.after.count) < min_samples:
            return "too-few"
        if self.p_value >= SURE or self.before.p50 == self.after.p50:
            return "unproven"
        return "faster" if self.after.p50 < self.before.p50 else "slower"


def optimizations(state: State) -> tuple[Optimization, ...]:
    """The changes that count, oldest first, each with its newest measurements."""
    sides: dict[tuple[int, str], Sample] = {}
    for record in state.measurements:
        said = payload(record, Measurement)
        sides[said.change, said.phase] = Sample(record, said)
    return tuple(
        Optimization(
            record,
            payload(record, Change),
            sides.get((record.number, "before")),
            sides.get((record.number, "after")),
        )
        for record in state.changes
    )


def spread(samples: Sequence[float]) -> str:
    """Median and 95th percentile of samples in words."""
    ordered = sorted(samples)
    return f"p50 {percentile(ordered, 0.5):.0f} ms, p95 {percentile(ordered, 0.95):.0f} ms" if ordered else "nothing"


EFFECTS: dict[Effect, str] = {
    "faster": "faster",
    "slower": "slower",
    "unproven": "no difference beyond chance",
    "too-few": "too few samples to say",
    "open": "not measured on both sides",
}
"""What came of a change, in words."""
