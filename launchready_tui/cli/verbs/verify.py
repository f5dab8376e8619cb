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

    Works offline and needs no engagement. Exit code 0: whole. 1: altered. 2: no pack.
    """
    from launchready_tui.cli import output
    from launchready_tui.pack.verifying import verify
    from launchready_tui.text import plural

    report = verify(pack, head)
    for problem in report.problems:
        output.line(output.safe(problem.sentence))
    for note in report.notes:
        output.line(output.safe(note))
    manifest = report.manifest
    if manifest is not None:
        kind = "redacted pack" if manifest.redacted else "pack"
        as_of = f", as of {manifest.as_of:%Y-%m-%d %H:%M} UTC" if manifest.as_of else ""
        output.line(output.safe(f"{kind} of {manifest.product.get('name', '')}{as_of}, {manifest.gate}"))
        output.line(f"chain head {output.safe(report.head or 'none')}")
    if report.seal:
        output.line(f"SHA-256 of SHA256SUMS {report.seal}")
    if report.is_whole:
        rows = f" and {plural(report.rows, 'row')} of the chain" if report.rows else ""
        output.line(f"WHOLE: {plural(report.files, 'file')}{rows} are as they were exported.")
        return
    output.line(f"ALTERED: {plural(len(report.problems), 'problem')}.")
    ctx.exit(ExitCode.FINDINGS)
