"""`launchready status`: the gate, the stages, what is open."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from launchready_tui.errors import InputError

if TYPE_CHECKING:
    from launchready_tui.engine.members import Compared
    from launchready_tui.engine.session import Session
    from launchready_tui.model.board import Snapshot


@click.command("status")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
@click.option("--all", "everything", is_flag=True, help="List every check, not only what is open.")
@click.option("--at", "at", metavar="DATE", help="The gate as it stood then: 2026-12-01, or a moment in ISO 8601.")
@click.option(
    "--access", "holders", is_flag=True, help="The access map instead: who holds what, dangers, whose access ends."
)
@click.option(
    "--members", is_flag=True, help="Also compare it with the providers' member lists, where a token is kept."
)
def command(file: Path, form: str, everything: bool, at: str | None, holders: bool, members: bool) -> None:
    """Print the launch gate, what would turn it green, how far each stage is, and what is open, worst first."""
    from launchready_tui.cli import opening, output
    from launchready_tui.cli.formats import text
    from launchready_tui.cli.formats.json import gate_to_plain
    from launchready_tui.cli.formats.togreen import togreen_lines
    from launchready_tui.engine.fixplan import fix_first

    if form == "csv" and not holders:
        raise InputError("Only the access map is written as CSV.", "Add --access, or take --format json.")
    with opening.engagement(file) as session:
        snapshot = session.snapshot()
        if at is not None:
            moment = opening.day(at, snapshot.now)
            _say_when(moment, snapshot.now)
            snapshot = session.past(moment)
        compared = _members(session, snapshot) if members else []
    if holders or members:
        _say_access(snapshot, compared, form)
        return
    if form == "json":
        output.write(json.dumps(_document(snapshot, gate_to_plain(snapshot.gate)), indent=2, ensure_ascii=True) + "\n")
        return
    output.line(f"{output.safe(snapshot.product.name)} ({snapshot.product.domain})")
    for line in text.gate_lines(snapshot.gate):
        output.line(line)
    output.line(f"chain head {snapshot.head or 'none'}")
    for line in togreen_lines(snapshot):
        output.line(line)
    output.line()
    for stage in snapshot.runbook.stages:
        progress = snapshot.progress(stage)
        failing = f", {progress.failing} failing" if progress.failing else ""
        waiting = f", {progress.waiting} wait for a person" if progress.waiting else ""
        output.line(f"Stage {stage.number} {stage.title}: {progress.done} of {progress.total} done{failing}{waiting}")
    output.line()
    rows = snapshot.board if everything else fix_first(snapshot)
    output.line("Every check:" if everything else "Open, in the order of the fix plan:")
    for row in rows:
        owner = f" (owner {output.safe(row.owner.owner, 60)})" if row.owner else ""
        waived = " (waived)" if row.is_waived else ""
        output.line(f"  {text.result_line(row.result)}{waived}{owner}")
    if snapshot.state.decisions:
        output.line()
        output.line("Decisions:")
    superseded = snapshot.state.superseded()
    for record in snapshot.state.decisions:
        mark = " (superseded)" if record.number in superseded else ""
        title, choice = getattr(record.payload, "title", ""), getattr(record.payload, "choice", "")
        output.line(
            f"  {record.number}  {record.at:%Y-%m-%d}  {output.safe(title, 100)}: {output.safe(choice, 200)}{mark}"
        )


def _members(session: Session, snapshot: Snapshot) -> list[tuple[str, str, Compared]]:
    """What each provider says whose list can be read. A list that cannot be read is said, and ends nothing."""
    import asyncio

    from launchready_tui.cli import notices
    from launchready_tui.engine.access import access_map
    from launchready_tui.engine.members import compare_read, provider_of
    from launchready_tui.errors import LaunchReadyError

    found = []
    for row in access_map(snapshot).rows:
        provider = provider_of(row.system.name if row.system else "")
        if not provider:
            continue
        try:
            members = asyncio.run(session.members(provider))
        except LaunchReadyError as error:
            notices.notice(f"{row.title}: {error.message} {error.hint}")
            continue
        found.append((provider, row.title, compare_read(members, row.area, snapshot.state)))
    if not found:
        notices.notice("no member list was read: name a system of the map Cloudflare, and keep its token")
    return found


def _say_access(snapshot: Snapshot, compared: list[tuple[str, str, Compared]], form: str) -> None:
    from launchready_tui.cli import output
    from launchready_tui.cli.formats.access import access_lines, member_lines, plain_access
    from launchready_tui.engine.access import required
    from launchready_tui.engine.accesscsv import to_csv

    if form == "csv":
        output.write(to_csv(snapshot.state, required(snapshot.runbook)))
        return
    if form == "json":
        output.write(json.dumps(plain_access(snapshot, compared), indent=2, ensure_ascii=True) + "\n")
        return
    for line in access_lines(snapshot):
        output.line(line)
    for provider, title, found in compared:
        for line in member_lines(provider, title, found.sentences()):
            output.line(line)


def _say_when(moment: datetime, now: datetime) -> None:
    from launchready_tui.cli import notices

    shown = f"{moment:%Y-%m-%d %H:%M} UTC"
    if moment > now:
        notices.notice(f"as it will stand on {shown} if nothing is recorded or run until then")
    else:
        notices.notice(f"as it stood on {shown}, by today's runbook")


def _document(snapshot: Snapshot, gate: dict[str, object]) -> dict[str, object]:
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
        "gate": gate,
        "stages": stages,
        "head": snapshot.head,
    }
