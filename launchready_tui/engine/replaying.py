"""Judges again what was judged before, from saved evidence: no network, no new record, the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from launchready_tui.checks.registry import Check
from launchready_tui.engine import planning, saved
from launchready_tui.engine.asking import TOOL, ReplayDoor
from launchready_tui.engine.conclusion import Conclusion
from launchready_tui.engine.events import Listener, RunFinished, RunStarted, Selection
from launchready_tui.engine.findings import Findings
from launchready_tui.engine.gate import compute_gate
from launchready_tui.engine.ranges import with_ranges
from launchready_tui.engine.running import Batch, execute
from launchready_tui.engine.standing import board
from launchready_tui.errors import ReplayError
from launchready_tui.folders import data_folder
from launchready_tui.model import codec
from launchready_tui.model.board import Snapshot
from launchready_tui.model.evidence import Evidence
from launchready_tui.model.journal import fold
from launchready_tui.model.product import Product
from launchready_tui.model.profile import parse_product
from launchready_tui.model.questions import LatencySample
from launchready_tui.model.results import Result, Run
from launchready_tui.model.verdicts import Consent
from launchready_tui.store.file import EngagementFile


@dataclass(frozen=True, slots=True)
class Tape:
    """What is played back: the run, its evidence, what it was allowed to ask, and the results that stood before it."""

    run: Run
    evidence: tuple[Evidence[Any], ...]
    levels: frozenset[Consent]
    before: tuple[Result, ...] = ()


def of_run(file: EngagementFile, snapshot: Snapshot, number: int, selection: Selection) -> Tape:
    """A run of an engagement. Raises `ReplayError` where there is none, or the profile was another one then."""
    run = next((run for run in snapshot.runs if run.id == number), None)
    if run is None:
        newest = snapshot.runs[-1].id if snapshot.runs else "none"
        raise ReplayError(f"There is no run {number}.", f"The newest is {newest}.")
    then = fold(record for record in snapshot.records if record.at <= run.started_at).product
    known = parse_product(then.toml, "the profile of that run", then.base) if then else None
    if known is None or fingerprint(known) != fingerprint(snapshot.product):
        raise ReplayError(
            f"Run {number} was made with another product profile.", "Import that profile again to replay it."
        )
    evidence = file.evidence_of_run(number)
    levels = selection.levels | frozenset(item.question.level for item in evidence)
    before = tuple(result for result in file.results_after(0)[1] if result.run <= number)
    return Tape(run, evidence, levels, before)


def of_folder(folder: Path, snapshot: Snapshot, selection: Selection) -> Tape:
    """A folder of saved evidence. Raises `ReplayError` where it was saved for another profile or runbook."""
    head, evidence = saved.load(folder)
    mine = f"{snapshot.runbook.name} {snapshot.runbook.version}"
    if head.runbook != mine:
        raise ReplayError(
            f"The evidence was saved for the runbook {head.runbook}, this is {mine}.",
            "Use that runbook, or save it again.",
        )
    if head.product != fingerprint(snapshot.product):
        raise ReplayError(
            "The evidence was saved for another product profile.",
            "Replay it with the profile that it was saved with.",
        )
    run = Run(0, head.started_at, head.finished_at, "finished", selection.label, TOOL)
    return Tape(run, evidence, frozenset(head.levels))


async def judge_again(
    tape: Tape, snapshot: Snapshot, registry: Mapping[str, Check], selection: Selection, listener: Listener
) -> Conclusion:
    """Run the selection's checks against a tape."""
    run = tape.run
    if any(isinstance(item.question, LatencySample) for item in tape.evidence):
        selection = replace(selection, sample=True)
    product = with_ranges(snapshot.product, data_folder())
    planned = planning.plan(snapshot.runbook, dict(registry), product, selection)
    listener(RunStarted(run, len(planned)))
    results = await execute(
        planned,
        ReplayDoor(tape.evidence),
        Batch(lambda evidence, results: None),
        run=run.id,
        levels=tape.levels,
        started_at=run.started_at,
        listener=listener,
        wait=0,
    )
    listener(RunFinished(run, results))
    return Conclusion(run, results, tape.evidence, _judged(tape, results, snapshot, registry))


def _judged(tape: Tape, results: tuple[Result, ...], snapshot: Snapshot, registry: Mapping[str, Check]) -> Snapshot:
    """The snapshot as if those results were the newest, at the moment when the run ended."""
    now = tape.run.finished_at or snapshot.now
    findings = Findings()
    findings.add(tape.before)
    findings.add(results)
    standing = findings.standing(snapshot.state.waivers, now)
    newest = findings.latest.values()
    rows = board(
        snapshot.runbook, dict(registry), snapshot.product, snapshot.state, newest, standing, now, findings.failed_at
    )
    gate = compute_gate(snapshot.runbook, rows, snapshot.state)
    return replace(snapshot, now=now, board=rows, findings=standing, gate=gate)


def fingerprint(product: Product) -> str:
    """What makes a profile the same for a replay: all of it but the folder it lies in."""
    data = codec.plain(product)
    del data["base"]
    return codec.digest(data)[:16]
