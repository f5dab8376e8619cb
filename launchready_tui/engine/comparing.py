"""What changed since somebody was last here. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from launchready_tui.engine.accessdangers import card_end
from launchready_tui.model.board import Snapshot
from launchready_tui.model.changes import Changes
from launchready_tui.model.journal import payload
from launchready_tui.model.records import Attestation, Authorization, Drill, Record, Waiver
from launchready_tui.model.results import Finding, FindingState

SOON = timedelta(days=7)


def compare(snapshot: Snapshot, since: datetime | None) -> Changes:
    """The difference between a moment and the snapshot's now. Without a moment everything is new."""
    start = since or datetime.min.replace(tzinfo=snapshot.now.tzinfo)
    runs = {run.id for run in snapshot.runs if run.started_at > start}
    moved = [finding for finding in snapshot.findings if finding.since_run in runs]
    endings = ends(snapshot)
    lapsed = _lapsed(snapshot, start)
    return Changes(
        since=since,
        new=tuple(f for f in moved if f.state is FindingState.OPEN),
        reopened=(*(f for f in moved if f.state is FindingState.REOPENED), *(f for f in lapsed if f not in moved)),
        resolved=tuple(f for f in moved if f.state is FindingState.RESOLVED),
        still_open=tuple(f for f in snapshot.findings if f.is_open and f.since_run not in runs and f not in lapsed),
        expired=tuple(text for end, text in endings if start < end <= snapshot.now),
        soon=tuple(f"{text} ({end:%d %b %Y})" for end, text in endings if snapshot.now < end <= snapshot.now + SOON),
        records=tuple(record for record in snapshot.records if record.at > start and record.payload.undoable),
    )


def ends(snapshot: Snapshot) -> list[tuple[datetime, str]]:
    """When what people recorded ends, with a sentence for each, soonest first."""
    state = snapshot.state
    found: list[tuple[datetime, str]] = []
    for (check, _), record in state.attestations.items():
        attestation = payload(record, Attestation)
        if attestation.holds:
            found.append(
                (attestation.expires_at, f"The answer to “{_claim(snapshot, check)}” by {attestation.by} runs out")
            )
    for (check, subject), record in state.waivers.items():
        found.append(
            (payload(record, Waiver).until, f"The waiver of “{_claim(snapshot, check)}” for {subject} runs out")
        )
    for (check, _), record in state.drills.items():
        drill = payload(record, Drill)
        if drill.completed:
            found.append((drill.expires_at, f"The drill “{_claim(snapshot, check)}” has to be run again"))
    for record in state.authorizations:
        found += _authorization_end(record)
    for system in state.systems:
        if (end := card_end(system.card_expires)) is not None:
            found.append((end, f"The card that pays for {system.name or system.area} ends"))
    for grant in state.grants:
        if grant.until is not None:
            found.append((grant.until, f"The access of {grant.person} to {grant.area} is to be removed"))
    return sorted(found)


def _lapsed(snapshot: Snapshot, start: datetime) -> list[Finding]:
    """The problems that are open again because their waiver ran out since then."""
    ended = {
        (waiver.check, waiver.subject, waiver.reason)
        for waiver in (payload(record, Waiver) for record in snapshot.state.waivers.values())
        if start < waiver.until <= snapshot.now
    }
    return [finding for finding in snapshot.findings if finding.is_open and finding.fingerprint in ended]


def _authorization_end(record: Record) -> list[tuple[datetime, str]]:
    grant = payload(record, Authorization)
    host = "all hosts" if grant.host == "*" else grant.host
    return [(grant.until, f"The authorization for {host} by {grant.who} runs out")] if grant.until else []


def _claim(snapshot: Snapshot, check: str) -> str:
    entry = snapshot.runbook.entry(check)
    return entry.claim if entry else check
