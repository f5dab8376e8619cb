"""`launchready own`: say who owns a check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from launchready_tui.model.board import Snapshot
    from launchready_tui.model.records import Ownership


@click.command("own")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("check")
@click.argument("owner")
@click.option("--subject", default="", help="Only for this subject; default: all of them.")
@click.option("--due", default="", help="By when.")
def command(file: Path, check: str, owner: str, subject: str, due: str) -> None:
    """Record that OWNER looks after CHECK in FILE; an empty OWNER ("") takes it back."""
    from launchready_tui.cli.verbs import recording

    def make(snapshot: Snapshot) -> Ownership:
        from launchready_tui.engine.rules import entry_of
        from launchready_tui.model.records import Ownership

        return Ownership(entry_of(check, snapshot).id, subject, owner.strip(), due)

    recording.write(file, make)
