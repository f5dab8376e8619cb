"""`launchready export`: write the handover pack."""

from __future__ import annotations

from pathlib import Path

import click

from launchready_tui.errors import InputError
from launchready_tui.exporting import FORMATS


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--out", "folder", required=True, type=click.Path(path_type=Path), metavar="DIR", help="The folder to write into."
)
@click.option(
    "--format", "form", default="all", show_default=True, metavar="all|md,html,pdf,zip,csv,json", help="Which formats."
)
@click.option("--redact", is_flag=True, help="For third parties: without names, contacts, notes and evidence texts.")
def command(file: Path, folder: Path, form: str, redact: bool) -> None:
    """Write the handover pack of FILE into DIR: documents, access map, evidence, records, manifest.

    Always possible: an open gate, blockers and waivers stand on page one. An older pack in DIR is replaced as a whole;
    `zip` also writes DIR.zip. `launchready verify DIR` proves later that nothing was altered.
    """
    from launchready_tui.cli import notices, opening, output
    from launchready_tui.exporting import export_pack

    with opening.engagement(file) as session:
        exported = export_pack(session, folder, _formats(form), redacted=redact)
    for path in exported.paths:
        output.line(str(path))
    for text in exported.notices:
        notices.notice(text)


def _formats(form: str) -> tuple[str, ...]:
    """The formats that were asked for; a zip alone holds everything."""
    wanted = FORMATS if form == "all" else tuple(part.strip() for part in form.split(","))
    for name in wanted:
        if name not in FORMATS:
            raise InputError(f'There is no format "{name[:40]}".', f"Choose all, or some of {', '.join(FORMATS)}.")
    return FORMATS if set(wanted) == {"zip"} else wanted
