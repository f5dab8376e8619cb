"""`launchready runbook check`: is a runbook valid?"""

from __future__ import annotations

from pathlib import Path

import click


@click.group("runbook")
def command() -> None:
    """Work on a runbook."""


@command.command("check")
@click.argument("path", type=click.Path(path_type=Path))
def check(path: Path) -> None:
    """Read the runbook in the folder PATH and name every mistake with its file and line."""
    from launchready_tui.checks import load_checks
    from launchready_tui.cli import output
    from launchready_tui.runbook.loader import load_runbook
    from launchready_tui.text import plural

    runbook = load_runbook(path, frozenset(load_checks()))
    counts = [
        plural(len(runbook.stages), "stage"),
        plural(len(runbook.entries), "check"),
        plural(len(runbook.bars), "bar"),
        plural(len(runbook.items), "sprint item"),
    ]
    output.line(f"{path}: {output.safe(runbook.name)} {output.safe(runbook.version)} is valid: {', '.join(counts)}.")
