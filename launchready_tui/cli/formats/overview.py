"""The gate, what turns it green, the stages, what is open and what was decided, as lines of text and as data."""

from __future__ import annotations

from launchready_tui.cli import output
from launchready_tui.cli.formats import text
from launchready_tui.cli.formats.json import gate_to_plain
from launchready_tui.cli.formats.togreen import togreen_lines
from launchready_tui.engine.fixplan import fix_first
from launchready_tui.model.board import Snapshot


def overview_lines(snapshot: Snapshot, *, everything: bool) -> list[str]:
    """All of it; every check with `everything`, else what is open, in the order of the fix plan."""
    lines = [f"{output.safe(snapshot.product.name)} ({snapshot.product.domain})", *text.gate_lines(snapshot.gate)]
    lines += [f"chain head {snapshot.head or 'none'}", *togreen_lines(snapshot), ""]
    for stage in snapshot.runbook.stages:
        progress = snapshot.progress(stage)
        failing = f", {progress.failing} failing" if progress.failing else ""
        waiting = f", {progress.waiting} wait for a person" if progress.waiting else ""
        lines.append(f"Stage {stage.number} {stage.title}: {progress.done} of {progress.total} done{failing}{waiting}")
    lines.append("")
    rows = snapshot.board if everything else fix_first(snapshot)
    lines.append("Every check:" if everything else "Open, in the order of the fix plan:")
    for row in rows:
        owner = f" (owner {output.safe(row.owner.owner, 60)})" if row.owner else ""
        waived = " (waived)" if row.is_waived else ""
        lines.append(f"  {text.result_line(row.result)}{waived}{owner}")
    if snapshot.state.decisions:
        lines += ["", "Decisions:"]
    superseded = snapshot.state.superseded()
    for record in snapshot.state.decisions:
        mark = " (superseded)" if record.number in superseded else ""
        title, choice = getattr(record.payload, "title", ""), getattr(record.payload, "choice", "")
        lines.append(
            f"  {record.number}  {record.at:%Y-%m-%d}  {output.safe(title, 100)}: {output.safe(choice, 200)}{mark}"
        )
    return lines


def plain_overview(snapshot: Snapshot) -> dict[str, object]:
    """The gate and the stages as data."""
    stages = []
    for stage in snapshot.runbook.stages:
        progress = snapshot.progress(stage)
        stages.append(
            {
                "id": stage.id,
                "title": stage.title,
                "done": progress.done,
                "total": progress.total,
                "failing": progress.failing,
                "waiting": progress.waiting,
            }
        )
    return {
        "schema": "launchready/status/1",
        "product": snapshot.product.name,
        "gate": gate_to_plain(snapshot.gate),
        "stages": stages,
        "head": snapshot.head,
    }
