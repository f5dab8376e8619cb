"""What the recording verbs share: open, write one record, say its number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from launchready_tui.engine.session import Session
    from launchready_tui.model.board import Snapshot
    from launchready_tui.model.records import Payload, Record


def write(file: Path, make: Callable[[Snapshot], Payload]) -> Record:
    """Record what `make` makes of the snapshot, and print its number."""
    from launchready_tui.cli import opening

    with opening.engagement(file) as session:
        return write_in(session, make(session.snapshot()))


def write_in(session: Session, payload: Payload) -> Record:
    """Record it in an open engagement, and print its number."""
    from launchready_tui.cli import output

    record = session.record(payload)
    verdict = session.snapshot().gate.verdict.value
    written = f"{record.payload.kind} written at {record.at:%Y-%m-%d %H:%M:%S} UTC"
    output.line(f"record {record.number}: {written}; the gate says {verdict}")
    return record


def subject_or_only(snapshot: Snapshot, check: str, subject: str) -> tuple[str, str]:
    """Check id and subject; without a subject the only one, or the only one that is open.

    Raises `InputError` where it is not clear.
    """
    from launchready_tui.engine.rules import entry_of
    from launchready_tui.errors import InputError

    entry = entry_of(check, snapshot)
    if subject:
        return entry.id, subject
    rows = [row for row in snapshot.board if row.entry.id == entry.id]
    still_open = [row for row in rows if not row.is_settled]
    for candidates in (rows, still_open):
        if len(candidates) == 1:
            return entry.id, candidates[0].result.subject
    names = ", ".join(row.result.subject for row in rows[:8])
    raise InputError(f"{entry.id} is about several subjects.", f"Name one with --subject: {names}.")
