"""`launchready verify`: prove that a handover pack is what was exported."""

from __future__ import annotations

from pathlib import Path

import click

from launchready_tui.errors import ExitCode


@click.command("verify")
@click.argument("pack", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--head", default="", metavar="HASH", help="The head of the chain that was written down at the sign-off.")
@click.pass_context
def command(ctx: click.Context, pack: Path, head: str) -> None:
    """Name every altered, missing or added file of the handover pack in DIR (or its zip), and every record.

    The pages and the verdict are made again from the records in the pack and compared. Works offline and needs no
    engagement. Exit code 0: whole. 1: altered. 2: no pack. 3: with --head, where the chain is not in the pack or the
    pages could not be compared.
    """
    from launchready_tui.cli import output
    from launchready_tui.exporting import prove
    from launchready_tui.text import plural

    report = prove(pack, head)
    for problem in report.problems:
        output.line(output.safe(problem.sentence))
    for note in (*report.notes, *report.unseen):
        output.line(output.safe(note))
    manifest = report.proven or report.manifest
    if manifest is not None:
        kind = "redacted pack" if manifest.redacted else "pack"
        as_of = f", as of {manifest.as_of:%Y-%m-%d %H:%M} UTC" if manifest.as_of else ""
        gate = manifest.gate if report.proven else f"its manifest says {manifest.gate}"
        output.line(output.safe(f"{kind} of {manifest.product.get('name', '')}{as_of}, {gate}"))
        output.line(f"chain head {output.safe(report.head or 'none')}")
    if report.seal:
        output.line(f"SHA-256 of SHA256SUMS {report.seal}")
    rows = f" and {plural(report.rows, 'row')} of the chain" if report.rows else ""
    if not report.is_whole:
        output.line(f"ALTERED: {plural(len(report.problems), 'problem')}.")
        ctx.exit(ExitCode.FINDINGS)
    if report.unseen and head:
        output.line(f"NOT SEEN: {plural(report.files, 'file')}{rows} fit their lists; the rest could not be proven.")
        ctx.exit(ExitCode.COULD_NOT_SEE)
    by = " by their lists; what is named above was not proven" if report.unseen else ""
    output.line(f"WHOLE: {plural(report.files, 'file')}{rows} are as they were exported{by}.")
