"""What changed, as lines of text and as data: the same facts in the same order as the screen `D` has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from launchready_tui.cli import output
from launchready_tui.cli.formats import text
from launchready_tui.engine.comparing import MOVES, lost_counts
from launchready_tui.model import codec
from launchready_tui.model.board import Snapshot
from launchready_tui.model.changes import Changes, GateMove, RunMove
from launchready_tui.model.results import Finding, Run
from launchready_tui.text import plural
from launchready_tui.words.records import describe

_FINDINGS = (("New", "new"), ("Came back", "reopened"), ("Repaired", "resolved"), ("Still open", "still_open"))


def change_lines(snapshot: Snapshot, changes: Changes) -> list[str]:
    """The gate and what cannot be seen any more first, then what is new, came back, was repaired, ran out, recorded."""
    lines = [f"Everything since {_moment(changes.since)}" if changes.since else "Everything since the beginning"]
    if changes.gate is not None:
        lines += ["", gate_words(changes.gate)]
    if changes.lost:
        kinds = lost_counts(item.row.verdict for item in changes.lost)
        lines += ["", f"Cannot be seen any more: {len(changes.lost)} ({kinds})"]
        lines += [f"  {text.result_line(item.row.result)} (was {item.was.value})" for item in changes.lost]
    for title, name in _FINDINGS[:3]:
        lines += _found(title, getattr(changes, name))
    for title, sentences in (("Ran out", changes.expired), ("Runs out within a week", changes.soon)):
        if sentences:
            lines += ["", f"{title}: {len(sentences)}", *(f"  {output.safe(words, 300)}" for words in sentences)]
    if changes.records:
        lines += ["", f"Recorded: {len(changes.records)}"]
        for record in reversed(changes.records):
            lines.append(f"  {record.number}  {_moment(record.at)}  {describe(record.payload, snapshot.runbook)}")
    lines += _found("Still open", changes.still_open)
    return [*lines, "", "Nothing changed."] if len(lines) == 1 else lines


def _found(title: str, findings: Sequence[Finding]) -> list[str]:
    if not findings:
        return []
    return ["", f"{title}: {len(findings)}", *(f"  {_finding(finding)}" for finding in findings)]


def _finding(finding: Finding) -> str:
    words = f"{finding.verdict.value:<4} {finding.severity.value:<7} {output.safe(finding.subject, 120)}"
    return f"{words}  {finding.check}: {output.safe(finding.summary)} [{finding.reason}]"


def gate_words(move: GateMove) -> str:
    """What the gate says, and what it said before."""
    return f"The gate says {move.after.value}; it said {move.before.value}"


def run_lines(snapshot: Snapshot, moves: Mapping[int, RunMove]) -> list[str]:
    """Every run with what it lost sight of, what it made of the gate and what it found, the newest first."""
    if not snapshot.runs:
        return ["No run yet: `launchready check FILE` runs the checks."]
    lines = [f"{plural(len(snapshot.runs), 'run')}, the newest first:"]
    for run in reversed(snapshot.runs):
        lines.append(f"  {run.id:>3}  {_moment(run.started_at)}  {run.state:<11} {output.safe(run.scope, 80)}")
        move = moves.get(run.id, RunMove())
        if move.gate is not None:
            lines.append(f"       {gate_words(move.gate)}")
        if move.lost:
            kinds = lost_counts(verdict for *_, verdict in move.lost)
            lines.append(f"       cannot be seen any more: {len(move.lost)} ({kinds})")
        if counts := _moved(snapshot, run):
            lines.append(f"       {', '.join(f'{count} {word}' for word, count in counts.items())}")
    return lines


def _moved(snapshot: Snapshot, run: Run) -> dict[str, int]:
    states = [finding.state.value for finding in snapshot.findings if finding.since_run == run.id]
    return {word: states.count(state) for state, word in MOVES.items() if state in states}


def plain_changes(snapshot: Snapshot, changes: Changes) -> dict[str, object]:
    """The changes as data."""
    return {
        "schema": "launchready/changes/1",
        "product": snapshot.product.name,
        "since": codec.plain(changes.since),
        "gate": _plain_gate(changes.gate),
        "lost": [
            {
                "check": item.row.result.check,
                "subject": item.row.result.subject,
                "was": item.was.value,
                "verdict": item.row.verdict.value,
                "severity": item.row.severity.value,
                "reason": item.row.result.reason,
                "summary": item.row.result.summary,
            }
            for item in changes.lost
        ],
        **{name: [_plain_finding(finding) for finding in getattr(changes, name)] for _, name in _FINDINGS},
        "ran_out": list(changes.expired),
        "runs_out": list(changes.soon),
        "recorded": [
            {
                "number": record.number,
                "at": codec.plain(record.at),
                "kind": record.payload.kind,
                "words": describe(record.payload, snapshot.runbook),
            }
            for record in changes.records
        ],
    }


def plain_runs(snapshot: Snapshot, moves: Mapping[int, RunMove]) -> dict[str, object]:
    """The runs as data."""
    found = []
    for run in snapshot.runs:
        move = moves.get(run.id, RunMove())
        found.append(
            {
                "id": run.id,
                "started_at": codec.plain(run.started_at),
                "finished_at": codec.plain(run.finished_at),
                "state": run.state,
                "scope": run.scope,
                "gate": _plain_gate(move.gate),
                "lost": [
                    {"check": check, "subject": subject, "verdict": verdict.value}
                    for check, subject, verdict in move.lost
                ],
                "findings": _moved(snapshot, run),
            }
        )
    return {"schema": "launchready/runs/1", "product": snapshot.product.name, "runs": found}


def _plain_gate(move: GateMove | None) -> dict[str, str] | None:
    return {"before": move.before.value, "after": move.after.value} if move else None


def _plain_finding(finding: Finding) -> dict[str, str]:
    return {
        "check": finding.check,
        "subject": finding.subject,
        "verdict": finding.verdict.value,
        "severity": finding.severity.value,
        "reason": finding.reason,
        "summary": finding.summary,
    }


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
