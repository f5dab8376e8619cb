"""`launchready redo`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("redo")
@click.argument("file", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Bring back the record of FILE that was taken back last."""
    from launchready_tui.cli import opening, output

    with opening.engagement(file) as session:
        record = session.redo()
    output.line(f"record {record.number} ({record.payload.kind}) counts again" if record else "nothing to bring back")
