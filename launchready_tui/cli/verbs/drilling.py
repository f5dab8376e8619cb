"""A drill by commands: what is to be done and drawn first, then the record with its times. What was drawn is kept in
the engagement, as the screen keeps it, until the drill is recorded.
"""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from launchready_tui.errors import InputError

if TYPE_CHECKING:
    from launchready_tui.engine.session import Session
    from launchready_tui.model.board import Snapshot
    from launchready_tui.model.records import Drill
    from launchready_tui.model.runbook import Entry

HOW = "Write 6:41, 1:02:03, 401s or 15m."
_UNITS = {"s": 1, "m": 60, "h": 3600}


def instructions(session: Session, entry: Entry) -> list[str]:
    """The steps, the limit, and what is drawn by chance: asked again, the same is shown until the drill is recorded."""
    from launchready_tui.cli import notices
    from launchready_tui.engine import keptdrill
    from launchready_tui.engine.drilldraw import card_of

    lines = [f"  step {number}: {step}" for number, step in enumerate(entry.steps, 1)]
    if entry.limit_minutes:
        lines.append(f"  limit: {entry.limit_minutes} minutes")
    if not draws(entry):
        return lines
    kept = keptdrill.of_remarks(session.remarks(keptdrill.KEPT), entry.id)
    drawn = keptdrill.with_lots(kept, entry, secrets.randbelow)
    if session.read_only:
        notices.notice(f"{session.path} can only be read: what is drawn is not kept")
    elif drawn != kept:
        session.keep_remarks({keptdrill.key(keptdrill.DRILL, entry.id): keptdrill.to_text(drawn)})
    card = card_of(entry, drawn.lots)
    lines += [f"  {note}" for note in drawn.lots]
    return [*lines, f"  {' '.join(card.text.split())}"] if card else lines


def draws(entry: Entry) -> bool:
    """Whether the drill draws something by chance."""
    return bool(entry.cards or entry.nonce)


def record(
    session: Session, entry: Entry, *, done: bool, by: str, witness: str, took: str, steps: tuple[str, ...], note: str
) -> None:
    """Record it with what was drawn for it, and say what the observer looked for. Raises `InputError`."""
    from launchready_tui.cli import output
    from launchready_tui.cli.verbs.recording import write_in
    from launchready_tui.engine import keptdrill
    from launchready_tui.engine.drilldraw import card_of

    kept = keptdrill.of_remarks(session.remarks(keptdrill.KEPT), entry.id)
    lots = kept.lots if kept and draws(entry) else ()
    if done and draws(entry) and not lots:
        raise InputError(
            f"Nothing was drawn yet for {entry.id}, so nobody was put to the test.",
            f"`launchready attest FILE {entry.id}` draws it; what is drawn is recorded with the drill.",
        )
    words = "\n".join([*(lot for lot in lots if lot not in note.splitlines()), *([note] if note else [])])
    write_in(
        session,
        drill(session.snapshot(), entry, done=done, by=by, witness=witness, took=took, steps=steps, note=words),
    )
    if kept is not None:
        session.keep_remarks({keptdrill.key(keptdrill.DRILL, entry.id): ""})
    card = card_of(entry, lots)
    if card is not None:
        output.line(f"{card.title}; the observer looked for: {' '.join(card.solution.split())}")


def drill(
    snapshot: Snapshot, entry: Entry, *, done: bool, by: str, witness: str, took: str, steps: tuple[str, ...], note: str
) -> Drill:
    """The record. Raises `InputError` for times that cannot be; one that was given up needs none."""
    from launchready_tui.model.records import Drill, DrillStep

    if not took and done:
        raise InputError("A drill is proven against the clock: how long did it take?", f"--took TIME. {HOW}")
    marks = [seconds(text) for text in steps]
    total = seconds(took) if took else max(marks, default=0.0)
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
