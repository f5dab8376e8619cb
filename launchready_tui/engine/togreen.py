"""What would turn the gate green: one step a check, the shortest first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from launchready_tui.engine.work import RUN_MINUTES, Way, minutes_of, way_of
from launchready_tui.model.board import Gate, Snapshot, Standing
from launchready_tui.model.runbook import Entry
from launchready_tui.model.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Step:
    """The work on one check. `keys` are the subjects that hold the gate, worst first; `turns` the bars that are green
    once this step and all before it are done.
    """

    entry: Entry
    way: Way
    minutes: int
    keys: tuple[tuple[str, str], ...]
    turns: tuple[str, ...] = ()


def to_green(snapshot: Snapshot) -> tuple[Step, ...]:
    """Everything between the gate and GO, in order of minutes; nothing where it is open already."""
    holding = _holding(snapshot.gate)
    rows = [row for row in snapshot.board if row.key in holding]
    by_entry: dict[str, list[Standing]] = {}
    for row in rows:
        by_entry.setdefault(row.entry.id, []).append(row)
    steps = sorted((_step(found) for found in by_entry.values()), key=lambda step: (step.minutes, step.entry.id))
    return tuple(_with_turns(steps, snapshot.gate))


def apart(steps: Iterable[Step]) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """What one run of checks does by itself, and what a person does."""
    everything = tuple(steps)
    return (
        tuple(step for step in everything if step.way is Way.RUN),
        tuple(step for step in everything if step.way is not Way.RUN),
    )


def turned(steps: Iterable[Step]) -> tuple[str, ...]:
    """The bars that several steps turn green, in the order of their numbers."""
    return tuple(sorted((bar for step in steps for bar in step.turns), key=lambda bar: (len(bar), bar)))


def total(steps: Iterable[Step]) -> int:
    """The minutes of all steps; however many checks are run, they run at once."""
    runs, rest = apart(steps)
    return (RUN_MINUTES if runs else 0) + sum(step.minutes for step in rest)


def _holding(gate: Gate) -> frozenset[tuple[str, str]]:
    held = {key for item in gate.bars for key in item.because}
    return frozenset(held | set(gate.blockers) | set(gate.unseen))


def _step(rows: Sequence[Standing]) -> Step:
    entry = rows[0].entry
    way = way_of(rows)
    worst = sorted(rows, key=lambda row: (row.verdict is not Verdict.FAIL, row.key))
    return Step(entry, way, minutes_of(way, rows), tuple(row.key for row in worst))


def _with_turns(steps: Sequence[Step], gate: Gate) -> Iterable[Step]:
    waiting = {item.id: set(item.because) for item in gate.bars if not item.state.is_green and item.because}
    for step in steps:
        turned = []
        for bar, because in waiting.items():
            before = bool(because)
            because -= set(step.keys)
            if before and not because:
                turned.append(bar)
        yield Step(step.entry, step.way, step.minutes, step.keys, tuple(turned))
