"""`launchready secrets`: look for secrets without an engagement; fast enough for a pre-commit hook."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from launchready_tui.errors import ExitCode, InputError

if TYPE_CHECKING:
    from launchready_tui.model.questions.secrets import SecretReport


@click.command("secrets")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--staged", is_flag=True, help="Look at what the next commit would bring, as it lies in git's index.")
@click.option(
    "--history", is_flag=True, help="Look at everything that the git history holds, unreachable objects included."
)
@click.option("--no-cache", is_flag=True, help="With --history: read every object anew.")
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True)
def command(path: Path, staged: bool, history: bool, no_cache: bool, form: str) -> None:
    """Look for secrets in the folder PATH: tracked files and untracked ones that git does not ignore.

    Values are never shown.

    Exit code: 0 nothing to act on, 1 secrets found, 3 something could not be read, 2 wrong usage. Publishable keys, and
    findings that the file .launchready-baseline.toml accepts with a name, a reason and a date, do not count.

    \b
    launchready secrets .
    launchready secrets --staged .          in .git/hooks/pre-commit
    launchready secrets --history --format sarif .
    """
    from launchready_tui.cli import notices, output, secretreport

    if staged and history:
        raise InputError("--staged and --history exclude each other.", "Choose one of them.")
    if no_cache and not history:
        raise InputError("--no-cache has no effect without --history.", "Leave it out.")
    if not path.is_dir():
        raise InputError(f"{path} is no folder.", "Name a folder; of a single file, name the folder that holds it.")
    report, said = _look(path, "staged" if staged else "history" if history else "tree", cached=not no_cache)
    for line in (*said, *report.notices):
        notices.notice(line)
    now = datetime.now(UTC)
    output.write(secretreport.FORMATS[form](report, str(path), now))
    if form != "text":
        for line in report.incomplete:
            notices.notice(f"not read: {line}")
    sys.exit(exit_code(report, now))


def _look(path: Path, scope: str, *, cached: bool) -> tuple[SecretReport, list[str]]:
    """The report, and what the user should know about the key."""
    from launchready_tui.folders import data_folder
    from launchready_tui.secrets import scans
    from launchready_tui.secrets.gitcommand import GitFailed
    from launchready_tui.secrets.open import open_scanner

    opened = open_scanner()
    try:
        if scope == "staged":
            report = scans.scan_staged(path, opened.scanner)
        elif scope == "history":
            report = scans.scan_history(path, opened.scanner, data_folder() / scans.CACHE if cached else None)
        else:
            report = scans.scan_tree(path, opened.scanner)
    except GitFailed as error:
        raise InputError(f"git cannot read {path}: {error.message}", "Name the folder of a git repository.") from None
    if scope == "history" and not report.versioned:
        raise InputError(f"{path} belongs to no git repository, so it has no history.", "Leave --history out.")
    return report, opened.notices


def exit_code(report: SecretReport, now: datetime) -> ExitCode:
    """1 for something to act on, else 3 where something could not be read, else 0."""
    from launchready_tui.secrets.scans import worth_telling

    if any(not finding.is_accepted(now.date()) for finding in worth_telling(report.findings)) or report.more:
        return ExitCode.FINDINGS
    return ExitCode.COULD_NOT_SEE if report.incomplete else ExitCode.OK
