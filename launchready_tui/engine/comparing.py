"""What changed since somebody was last here. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from launchready_tui.model.board import Snapshot
from launchready_tui.model.changes import Changes
from launchready_tui.model.journal import payload
from launchready_tui.model.records import Attestation, Authorization, Record, Waiver
from launchready_tui.model.results import FindingState

SOON = timedelta(days=7)


def compare(snapshot: Snapshot, since: datetime | None) -> Changes:
    """The difference between a moment and the snapshot's now. Without a moment everything is new."""
    start = since or datetime.min.replace(tzinfo=snapshot.now.tzinfo)
    runs = {run.id for run in snapshot.runs if run.started_at > start}
    moved = [finding for finding in snapshot.findings if finding.since_run in runs]
    ends = _ends(snapshot)
    return Changes(
        since=since,
        new=tuple(f for f in moved if f.state is FindingState.OPEN),
        reopened=tuple(f for f in moved if f.state is FindingState.REOPENED),
        resolved=tuple(f for f in moved if f.state is FindingState.RESOLVED),
        still_open=tuple(f for f in snapshot.findings if f.is_open and f not in moved),
        expired=tuple(text for end, text in ends if start < end <= snapshot.now),
        soon=tuple(f"{text} ({end:%d %b %Y})" for end, text in ends if snapshot.now < end <= snapshot.now + SOON),
        records=tuple(record for record in snapshot.records if record.at > start and record.payload.undoable),
    )


def _ends(snapshot: Snapshot) -> list[tuple[datetime, str]]:
    """When what people recorded ends, with a sentence for each, soonest first."""
    state = snapshot.state
    ends: list[tuple[datetime, str]] = []
    for (check, _), record in state.attestations.items():
        attestation = payload(record, Attestation)
        if attestation.holds:
            ends.append(
                (attestation.expires_at, f"The answer to “{_claim(snapshot, check)}” by {attestation.by} runs out")
            )
    for (check, subject), record in state.waivers.items():
        ends.append(
            (payload(record, Waiver).until, f"The waiver of “{_claim(snapshot, check)}” for {subject} runs out")
        )
    for record in state.authorizations:
        ends += _authorization_end(record)
    return sorted(ends)


def _authorization_end(record: Record) -> list[tuple[datetime, str]]:
    grant = payload(record, Authorization)
    host = "all hosts" if grant.host == "*" else grant.host
    return [(grant.until, f"The authorization for {host} by {grant.who} runs out")] if grant.until else []


def _claim(snapshot: Snapshot, check: str) -> str:
    entry = snapshot.runbook.entry(check)
    return entry.claim if entry else check
