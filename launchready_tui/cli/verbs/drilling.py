"""A drill by commands: what is to be done and drawn first, then the record with its times."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from launchready_tui.errors import InputError

if TYPE_CHECKING:
    from launchready_tui.model.board import Snapshot
    from launchready_tui.model.records import Drill
    from launchready_tui.model.runbook import Entry

HOW = "Write 6:41, 1:02:03, 401s or 15m."
_UNITS = {"s": 1, "m": 60, "h": 3600}


def instructions(entry: Entry) -> list[str]:
    """The steps, the limit, and what was drawn by chance: it is named in the note of the record."""
    from launchready_tui.engine.drilldraw import card_of, drawn

    lines = [f"  step {number}: {step}" for number, step in enumerate(entry.steps, 1)]
    if entry.limit_minutes:
        lines.append(f"  limit: {entry.limit_minutes} minutes")
    notes = drawn(entry)
    card = card_of(entry, notes)
    return lines + [f"  {note}" for note in notes] + ([f"  {' '.join(card.text.split())}"] if card else [])


def drill(
    snapshot: Snapshot, entry: Entry, *, done: bool, by: str, witness: str, took: str, steps: tuple[str, ...], note: str
) -> Drill:
    """The record. Raises `InputError` for times that cannot be."""
    from launchready_tui.model.records import Drill, DrillStep

    if not took:
        raise InputError("A drill is proven against the clock: how long did it take?", f"--took TIME. {HOW}")
    total = seconds(took)
    marks = [seconds(text) for text in steps]
    if len(marks) > len(entry.steps):
        raise InputError(f"{entry.id} has {len(entry.steps)} steps.", "Give --step once for each, in their order.")
    if marks != sorted(marks) or (marks and marks[-1] > total):
        raise InputError(
            "The steps are not in their order, or later than the end.", "Count each from the start of the clock."
        )
    return Drill(
        check=entry.id,
        by=by,
        witness=witness,
        seconds=total,
        completed=done,
        steps=tuple(DrillStep(text, at) for text, at in zip(entry.steps, marks, strict=False)),
        note=note,
        expires_at=snapshot.now + timedelta(days=entry.valid_days),
    )


def seconds(text: str) -> float:
    """Seconds of `6:41`, `1:02:03`, `401s`, `15m`. Raises `InputError`."""
    text = text.strip().lower()
    if re.fullmatch(r"\d{1,6}[smh]", text):
        return float(int(text[:-1]) * _UNITS[text[-1]])
    if re.fullmatch(r"(?:\d{1,3}:)?\d{1,4}:[0-5]\d", text):
        total = 0
        for part in text.split(":"):
            total = total * 60 + int(part)
        return float(total)
    raise InputError(f'"{text[:30]}" is no time on the clock.', HOW)
