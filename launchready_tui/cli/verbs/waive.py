"""`launchready waive`: accept the risk of one finding until a date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from launchready_tui.model.board import Snapshot
    from launchready_tui.model.records import Waiver


@click.command("waive")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("check")
@click.option("--subject", default="", help="What it is about, where the check has several subjects.")
@click.option("--who", required=True, help="Who accepts the risk.")
@click.option("--why", required=True, help="Why the launch may go ahead all the same (at least 20 characters).")
@click.option("--control", required=True, help="What keeps the damage small meanwhile.")
@click.option("--until", default="+14d", show_default=True, metavar="DATE", help="When the finding counts again.")
def command(file: Path, check: str, subject: str, who: str, why: str, control: str, until: str) -> None:
    """Accept one finding of CHECK in FILE. Its verdict stays; the handover names the waiver on page one."""
    from launchready_tui.cli import opening
    from launchready_tui.cli.verbs import recording

    def make(snapshot: Snapshot) -> Waiver:
        from launchready_tui.model.records import Waiver

        entry_id, name = recording.subject_or_only(snapshot, check, subject)
        standing = snapshot.standing(entry_id, name)
        reason = standing.result.reason if standing else ""
        return Waiver(entry_id, name, reason, who, why, control, opening.day(until, snapshot.now))

    recording.write(file, make)
