"""How an engagement stood at another moment: only what was recorded and seen until then counts. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from launchready_tui.checks.registry import Check
from launchready_tui.engine.findings import Findings
from launchready_tui.engine.gate import compute_gate
from launchready_tui.engine.standing import board
from launchready_tui.errors import InputError
from launchready_tui.model.board import Snapshot
from launchready_tui.model.journal import fold
from launchready_tui.model.profile import parse_product
from launchready_tui.model.results import Result


def at_moment(snapshot: Snapshot, results: Iterable[Result], registry: dict[str, Check], moment: datetime) -> Snapshot:
    """The snapshot of that moment, by the runbook of today.

    `results` are all live results in the order in which they were written. A moment that is still to come shows what
    will have run out by then if nothing else happens. Raises `InputError` for a moment before the first record.
    """
    records = tuple(record for record in snapshot.records if record.at <= moment)
    state = fold(records)
    if state.product is None:
        begun = snapshot.records[0].at if snapshot.records else snapshot.now
        raise InputError(
            f"The engagement began on {begun:%Y-%m-%d %H:%M} UTC: there is nothing before.", "Give a later moment."
        )
    product = parse_product(state.product.toml, "profile of that moment", state.product.base)
    findings = Findings()
    findings.add(result for result in results if result.at <= moment)
    standing = findings.standing(state.waivers, moment)
    rows = board(
        snapshot.runbook, registry, product, state, findings.latest.values(), standing, moment, findings.failed_at
    )
    return Snapshot(
        path=snapshot.path,
        now=moment,
        product=product,
        runbook=snapshot.runbook,
        state=state,
        records=records,
        runs=tuple(run for run in snapshot.runs if run.started_at <= moment),
        board=rows,
        findings=standing,
        gate=compute_gate(snapshot.runbook, rows, state),
        head=records[-1].hash,
    )
