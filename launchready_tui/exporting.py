"""Writes the handover pack of an open engagement: what both doors do when somebody exports."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from launchready_tui.deliverables.handover_pack import Material
    from launchready_tui.engine.session import Session

FORMATS = ("md", "html", "pdf", "zip", "csv", "json")


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, what page one says, and what is worth telling about it."""

    paths: tuple[Path, ...]
    verdict: str
    notices: tuple[str, ...]


def export_pack(session: Session, folder: Path, formats: Collection[str], *, redacted: bool = False) -> Exported:
    """Write a pack into a folder, all of it or nothing; `zip` among the formats also writes it beside as a zip.

    Raises `InputError` where the folder is taken or cannot be written, `SecretInside` where a secret would be in the
    pack, `PdfMissing` where nothing but a PDF was asked for and the extra is missing.
    """
    from launchready_tui.deliverables import handover_pack
    from launchready_tui.engine.leaks import scan
    from launchready_tui.pack import placing
    from launchready_tui.pack.container import zip_bytes
    from launchready_tui.pack.layout import SUMS, sha256

    wanted, notices = _possible(tuple(formats))
    archive = folder.with_name(f"{folder.name}.zip") if "zip" in wanted else None
    placing.may_take(folder)
    if archive is not None:
        placing.may_take_zip(archive)
    material = _material(session)
    today = session.snapshot().gate.verdict
    broken = session.broken_link()
    pack = handover_pack.build(material, wanted, scan=scan, redacted=redacted)
    placing.place(folder, pack.files)
    paths = [folder / name for name in pack.files]
    if archive is not None:
        placing.place_file(archive, zip_bytes(pack.files, pack.name))
        paths.append(archive)
    verdict = material.snapshot.gate.verdict
    notices.append(f"the gate says {verdict.value}; it stands on page one")
    if today is not verdict:
        notices.append(f"that is as of the newest record; today the gate says {today.value}: run the checks again")
    if broken:
        notices.append(f"the hash chain of the file does not hold at {broken}; verify will name it")
    notices.append(pack.personal_data.notice)
    notices.append(f"chain head {pack.head}; SHA-256 of {SUMS} {sha256(pack.files[SUMS])}")
    return Exported(tuple(paths), verdict.value, tuple(notices))


def _possible(wanted: tuple[str, ...]) -> tuple[tuple[str, ...], list[str]]:
    """The formats that can be written here; without the PDF extra everything else is, unless nothing else was asked."""
    from launchready_tui.deliverables import pdf

    if "pdf" not in wanted or pdf.is_installed():
        return wanted, []
    if set(wanted) <= {"pdf", "zip"}:
        raise pdf.PdfMissing
    rest = tuple(name for name in wanted if name != "pdf")
    return rest, [f"no PDF: typst is not installed ({pdf.INSTALL}); the rest is written"]


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
