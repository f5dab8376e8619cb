"""What changed since somebody was last here. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from launchready_tui.checks.registry import Check
from launchready_tui.engine.accessdangers import card_end
from launchready_tui.engine.past import at_moment
from launchready_tui.errors import InputError
from launchready_tui.model.board import GateVerdict, Snapshot
from launchready_tui.model.changes import Changes, GateMove, Lost, RunMove
from launchready_tui.model.journal import payload
from launchready_tui.model.records import Attestation, Authorization, Drill, Record, Waiver
from launchready_tui.model.results import Finding, FindingState, Result, Run
from launchready_tui.model.verdicts import Severity, Verdict

SOON = timedelta(days=7)

SEEN = (Verdict.PASS, Verdict.WARN)
"""What can be lost."""

UNSEEN = (Verdict.UNKNOWN, Verdict.ERROR, Verdict.NOT_RUN)
"""What is left when nothing is known any more, in the order in which it is counted."""

MOVES = {"open": "new", "reopened": "came back", "resolved": "repaired", "waived": "waived"}
"""What a run did to a finding, by its state, in words."""

UNSEEN_WORDS = {Verdict.NOT_RUN: "not run"}


def compare(snapshot: Snapshot, since: datetime | None, before: Snapshot | None = None) -> Changes:
    """The difference between a moment and the snapshot's now. Without a moment everything is new.

    `before` is how everything stood at that moment (`engine.past`); without it nothing is told of what was lost.
    """
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
        lost=lost(before, snapshot) if before else (),
        gate=gate_move(before.gate.verdict, snapshot.gate.verdict) if before else None,
    )


def lost(before: Snapshot, now: Snapshot) -> tuple[Lost, ...]:
    """What could be seen and cannot be seen any more: the worst first, else in the runbook's order."""
    seen = {row.key: row.verdict for row in before.board if row.verdict in SEEN}
    found = [Lost(row, seen[row.key]) for row in now.board if row.key in seen and row.verdict in UNSEEN]
    order = list(Severity)
    return tuple(sorted(found, key=lambda item: order.index(item.row.severity)))


def gate_move(before: GateVerdict, after: GateVerdict) -> GateMove | None:
    """The gate's two verdicts, None where they are the same."""
    return GateMove(before, after) if before is not after else None


def lost_counts(verdicts: Iterable[Verdict]) -> str:
    """How many of each kind cannot be seen any more: `60 unknown, 4 error`."""
    counts = Counter(verdicts)
    return ", ".join(f"{counts[kind]} {UNSEEN_WORDS.get(kind, kind.value)}" for kind in UNSEEN if counts[kind])


def lost_by_run(results: Iterable[Result]) -> Mapping[int, tuple[tuple[str, str, Verdict], ...]]:
    """What each run could not see any more, by the run's number: check, subject and what the run said of it.

    `results` are all live results in the order in which they were written. A check that a run left out keeps what an
    earlier one saw, as on the board.
    """
    known: dict[tuple[str, str], Verdict] = {}
    found: dict[int, list[tuple[str, str, Verdict]]] = {}
    for result in results:
        if result.verdict is Verdict.NOT_RUN and result.key in known:
            continue
        if known.get(result.key) in SEEN and result.verdict in UNSEEN:
            found.setdefault(result.run, []).append((*result.key, result.verdict))
        known[result.key] = result.verdict
    return {run: tuple(several) for run, several in found.items()}


def run_moves(snapshot: Snapshot, results: Sequence[Result], registry: dict[str, Check]) -> Mapping[int, RunMove]:
    """What each run lost sight of, and the gate when it began and when it ended; runs without either are left out."""
    gone = lost_by_run(results)
    found: dict[int, RunMove] = {}
    for run in snapshot.runs:
        gate = None
        with suppress(InputError):  # begun before the first record by a clock that was put back
            before = at_moment(snapshot, (r for r in results if r.run < run.id), registry, run.started_at)
            after = at_moment(snapshot, (r for r in results if r.run <= run.id), registry, end_of(run))
            gate = gate_move(before.gate.verdict, after.gate.verdict)
        if gate or run.id in gone:
            found[run.id] = RunMove(gone.get(run.id, ()), gate)
    return found


def end_of(run: Run) -> datetime:
    """The moment from which on something is new since that run: its end, or its start where it was cut off."""
    return run.finished_at or run.started_at


def before_last_run(runs: tuple[Run, ...]) -> datetime | None:
    """The end of the run before the newest; None where there were no two."""
    over = [run for run in runs if run.state != "running"]
    return end_of(over[-2]) if len(over) > 1 else None


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
