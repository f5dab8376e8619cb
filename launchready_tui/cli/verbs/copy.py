"""`launchready copy`: a consistent copy of an engagement."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("copy")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("to", type=click.Path(path_type=Path))
def command(file: Path, to: Path) -> None:
    """Copy FILE to TO, also while another program has it open. Never overwrites."""
    from launchready_tui.cli import opening, output

    target = to / file.name if to.is_dir() else to
    with opening.engagement(file) as session:
        session.copy_to(target)
    output.line(str(target))
