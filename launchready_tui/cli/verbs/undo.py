"""`launchready undo`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("undo")
@click.argument("file", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Take back the newest record of a person in FILE. It stays in the history; `redo` brings it back."""
    from launchready_tui.cli import opening, output

    with opening.engagement(file) as session:
        record = session.undo()
    output.line(
        f"record {record.number} ({record.payload.kind}) no longer counts" if record else "nothing to take back"
    )
