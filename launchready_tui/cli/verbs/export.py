"""`launchready export`: write the handover pack."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from launchready_tui.errors import InputError

if TYPE_CHECKING:
    from launchready_tui.deliverables.handover_pack import Material
    from launchready_tui.engine.session import Session

FORMATS = ("md", "html", "pdf", "zip", "csv", "json")


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
    from launchready_tui.deliverables import handover_pack
    from launchready_tui.engine.leaks import scan
    from launchready_tui.pack import placing
    from launchready_tui.pack.container import zip_bytes
    from launchready_tui.pack.layout import SUMS, sha256

    wanted = _with_pdf_if_possible(_formats(form), asked=form != "all")
    archive = folder.with_name(f"{folder.name}.zip") if "zip" in wanted else None
    placing.may_take(folder)
    if archive is not None:
        placing.may_take_zip(archive)
    with opening.engagement(file) as session:
        material = _material(session)
        today = session.snapshot().gate.verdict
        broken = session.broken_link()
    pack = handover_pack.build(material, wanted, scan=scan, redacted=redact)
    placing.place(folder, pack.files)
    if archive is not None:
        placing.place_file(archive, zip_bytes(pack.files, pack.name))
    for name in pack.files:
        output.line(str(folder / name))
    if archive is not None:
        output.line(str(archive))
    verdict = material.snapshot.gate.verdict
    notices.notice(f"the gate says {verdict.value}; it stands on page one")
    if today is not verdict:
        notices.notice(f"that is as of the newest record; today the gate says {today.value}: run the checks again")
    if broken:
        notices.notice(f"the hash chain of {file} does not hold at {broken}; verify will name it")
    notices.notice(pack.personal_data.notice)
    notices.notice(f"chain head {pack.head}; SHA-256 of {SUMS} {sha256(pack.files[SUMS])}")


def _formats(form: str) -> tuple[str, ...]:
    """The formats that were asked for; a zip alone holds everything."""
    wanted = FORMATS if form == "all" else tuple(part.strip() for part in form.split(","))
    for name in wanted:
        if name not in FORMATS:
            raise InputError(f'There is no format "{name[:40]}".', f"Choose all, or some of {', '.join(FORMATS)}.")
    return FORMATS if set(wanted) == {"zip"} else wanted


def _with_pdf_if_possible(wanted: tuple[str, ...], *, asked: bool) -> tuple[str, ...]:
    """Without the PDF extra everything else is written, unless nothing else was asked for."""
    from launchready_tui.cli import notices
    from launchready_tui.deliverables import pdf

    if "pdf" not in wanted or pdf.is_installed():
        return wanted
    if asked and set(wanted) <= {"pdf", "zip"}:
        raise pdf.PdfMissing
    notices.notice(f"no PDF: typst is not installed ({pdf.INSTALL}); the rest is written")
    return tuple(name for name in wanted if name != "pdf")


def _material(session: Session) -> Material:
    """The engagement as of its newest record, with the rows of the chain up to what the snapshot saw."""
    from launchready_tui.deliverables.handover_pack import Material
    from launchready_tui.deliverables.reading import newest
    from launchready_tui.engine.asking import TOOL
    from launchready_tui.runbook.loader import files_of

    snapshot = session.snapshot(newest(session.snapshot()))
    ids = sorted({evidence for row in snapshot.board for evidence in row.result.evidence})
    rows = session.chain()
    end = next((place for place, row in enumerate(rows, 1) if row.hash == snapshot.head), len(rows))
    return Material(snapshot, session.evidence(ids), rows[:end], files_of(session.runbook_folder), TOOL)
