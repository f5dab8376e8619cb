"""Opens the folder of a handover pack like an engagement that can only be read: rebuilt in memory from its rows."""

from __future__ import annotations

from pathlib import Path

from launchready_tui.errors import EngagementError
from launchready_tui.pack.layout import MANIFEST, RUNBOOK
from launchready_tui.pack.source import read_pack
from launchready_tui.pack.verifying import examine
from launchready_tui.store.file import EngagementFile


def is_pack(path: Path) -> bool:
    """Whether a path is to be opened as a pack."""
    return path.is_dir() and (path / MANIFEST).is_file()


def open_pack(path: Path) -> tuple[EngagementFile, Path]:
    """The engagement of a pack, and the folder of the runbook that it followed.

    Raises `EngagementError` for a pack that was altered or does not hold the records, `NoPack` for what is none.
    """
    report, rows = examine(read_pack(path))
    if report.problems:
        raise EngagementError(
            f"{path} was altered since it was exported: {report.problems[0].sentence.strip()}.",
            f"`launchready verify {path}` names everything that is not as it was.",
        )
    assert report.manifest is not None
    if not report.manifest.holds_chain:
        lack = "is redacted" if report.manifest.redacted else "was exported without JSON"
        raise EngagementError(f"{path} {lack}: the records are not in it.", "Read its documents, or open a whole pack.")
    return EngagementFile.of_rows(rows, path), path / RUNBOOK
