"""`launchready export`: write the handover documents."""

from __future__ import annotations

from pathlib import Path

import click

from launchready_tui.errors import InputError

FORMATS = ("md", "html")


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--out", "folder", required=True, type=click.Path(path_type=Path), metavar="DIR", help="The folder to write into."
)
@click.option("--format", "form", default="all", show_default=True, metavar="all|md,html", help="Which formats.")
def command(file: Path, folder: Path, form: str) -> None:
    """Write the handover, the risk list, the fix plan and the other documents of FILE into DIR.

    Always possible: an open gate, blockers and waivers stand on page one.
    """
    from launchready_tui.cli import notices, opening, output
    from launchready_tui.deliverables import documents

    wanted = FORMATS if form == "all" else tuple(part.strip() for part in form.split(","))
    for name in wanted:
        if name not in FORMATS:
            raise InputError(f'There is no format "{name[:40]}".', f"Choose all, or some of {', '.join(FORMATS)}.")
    with opening.engagement(file) as session:
        snapshot = session.snapshot()
        ids = sorted({evidence for row in snapshot.board for evidence in row.result.evidence})
        written = documents.export(snapshot, session.evidence(ids), folder, formats=wanted)
    for path in written:
        output.line(str(path))
    notices.notice(f"the gate says {snapshot.gate.verdict.value}; it stands on page one")
