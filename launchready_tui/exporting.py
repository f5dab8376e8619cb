"""Writes the handover pack of an open engagement, and proves one by writing it again: what both doors do."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from launchready_tui.deliverables.handover_pack import HandoverPack, Material
    from launchready_tui.engine.session import Session
    from launchready_tui.model.chain import ChainRow
    from launchready_tui.model.runbook import Runbook
    from launchready_tui.pack.pages import Rendering
    from launchready_tui.pack.source import PackFiles
    from launchready_tui.pack.verifying import Report

_MAKERS, _CODE = (
    ("deliverables", "engine", "checks", "model", "runbook", "pack"),
    (".py", ".typ", ".css", ".js", ".toml"),
)
"""The rooms from which the bytes of a pack follow."""

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
    if archive is None and (earlier := _zip_beside(folder, pack)):
        notices.append(earlier)
    notices.append(pack.personal_data.notice)
    notices.append(f"chain head {pack.head}; SHA-256 of {SUMS} {sha256(pack.files[SUMS])}")
    return Exported(tuple(paths), verdict.value, tuple(notices))


def maker() -> str:
    """What writes packs here: the version, and the first digits of the SHA-256 over the code that makes the pages.

    Two with one version and different code (a patched or unfinished one) do not call each other's packs altered.
    """
    from launchready_tui.engine.asking import TOOL

    digest, root = hashlib.sha256(), Path(__file__).parent
    for path in sorted(file for room in _MAKERS for file in (root / room).rglob("*") if file.suffix in _CODE):
        digest.update(hashlib.sha256(path.relative_to(root).as_posix().encode()).digest())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return f"{TOOL} ({digest.hexdigest()[:12]})"


def prove(path: Path, head: str = "") -> Report:
    """Verify a pack, and make its pages and its verdict again from its own records; `head` as in `verifying.verify`.

    Raises `NoPack` where there is none, `InputError` for a text that is no head.
    """
    from launchready_tui.errors import LaunchReadyError
    from launchready_tui.pack import pages
    from launchready_tui.pack.layout import RUNBOOK
    from launchready_tui.pack.source import read_pack
    from launchready_tui.pack.verifying import check_head, examine
    from launchready_tui.text import one_line

    check_head(head)
    held = read_pack(path)
    report, rows = examine(held, head)
    manifest = report.manifest
    if manifest is None:
        return report
    if not manifest.holds_chain:
        return pages.unproven(report, "The pack does not hold the records whole")
    if not report.chain_holds:
        return pages.unproven(report, "Its records do not hold")
    if manifest.tool != (tool := maker()):
        return pages.unproven(report, f"{one_line(manifest.tool, 60)} wrote it, this is {tool}")
    with TemporaryDirectory(prefix="launchready-") as name:
        folder = Path(name)
        try:
            runbook = _runbook_in(folder, held)
        except (LaunchReadyError, UnicodeError) as error:
            return pages.unmade(report, RUNBOOK, str(error))
        try:
            made = _made_again(path, folder, runbook, held, rows, manifest.formats)
        except Exception as error:  # the records of a forger may break anything, and that is an answer too
            return pages.unmade(report, "its records", f"{type(error).__name__}: {error}")
    return pages.compare(report, held, made)


def _runbook_in(folder: Path, held: PackFiles) -> Runbook:
    """The runbook of a pack, written into an empty folder. Raises `LaunchReadyError` for what is none."""
    from launchready_tui.checks.index import index
    from launchready_tui.pack.layout import RUNBOOK
    from launchready_tui.runbook.loader import load_runbook

    for name, data in held.contents.items():
        inside, _, file = name.rpartition("/")
        if inside == RUNBOOK:
            (folder / file).write_bytes(data)
    return load_runbook(folder, frozenset(index()))


def _made_again(
    path: Path, folder: Path, runbook: Runbook, held: PackFiles, rows: Iterable[ChainRow], formats: Sequence[str]
) -> Rendering:
    from launchready_tui.deliverables import handover_pack, pdf
    from launchready_tui.engine.session import Session, utc_now
    from launchready_tui.pack.pages import Rendering, differing_pdfs
    from launchready_tui.runbook.loader import built_in_folder, files_of
    from launchready_tui.store.file import EngagementFile

    session = Session(EngagementFile.of_rows(rows, path), runbook, utc_now)
    try:
        session.runbook_folder = folder
        material = _material(session)
    finally:
        session.close()
    wanted = tuple(name for name in formats if name != "pdf" or pdf.is_installed())
    files = handover_pack.build(material, wanted, scan=_seen_before).files
    fonts = False
    if differing_pdfs(held, files):
        texts = handover_pack.build(material, ("md",), scan=_seen_before).files.values()
        fonts = any(_needs_fonts(data.decode("utf-8", "replace")) for data in texts)
    return Rendering(files, fonts, _apart(material.runbook, files_of(built_in_folder())))


def _seen_before(name: str, text: str) -> tuple[str, ...]:
    """Secrets were looked for when the pack was written."""
    return ()


def _apart(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> tuple[str, ...]:
    return tuple(sorted(name for name in {*one, *other} if one.get(name) != other.get(name)))


def _needs_fonts(text: str) -> bool:
    """Whether a text has letters beyond the scripts that typst surely brings; the fonts of a machine may give them."""
    return any(
        letter >= "\u0590"
        and unicodedata.category(letter)[0] in "LM"
        and not unicodedata.name(letter, "").startswith(("LATIN", "GREEK", "CYRILLIC", "MODIFIER", "COMBINING"))
        for letter in set(text)
    )


def _zip_beside(folder: Path, pack: HandoverPack) -> str:
    """What to tell about the zip that an earlier export left beside the folder; '' if there is none."""
    from launchready_tui.pack.layout import MANIFEST, NoPack, read_manifest
    from launchready_tui.pack.source import read_pack

    path = folder.with_name(f"{folder.name}.zip")
    try:
        earlier = read_manifest(read_pack(path).contents.get(MANIFEST, b""))
    except NoPack:
        return ""
    what = "an older pack" if earlier.chain.head != pack.head else "an earlier pack of the same head"
    head = f", chain head {earlier.chain.head[:16]}…" if earlier.chain.head != pack.head else ""
    return f"{path} is {what}{head}, which this export does not replace: do not send it for the new one"


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
    from launchready_tui.runbook.loader import files_of

    snapshot = session.snapshot(newest(session.snapshot()))
    ids = sorted({evidence for row in snapshot.board for evidence in row.result.evidence})
    rows = session.chain()
    end = next((place for place, row in enumerate(rows, 1) if row.hash == snapshot.head), len(rows))
    return Material(snapshot, session.evidence(ids), rows[:end], files_of(session.runbook_folder), maker())
