"""An engagement file with everything in it, and packs of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from launchready_tui.deliverables.handover_pack import HandoverPack, Material, build
from launchready_tui.deliverables.reading import newest
from launchready_tui.engine.session import Session
from launchready_tui.exporting import maker
from launchready_tui.model.records import Payload, SignOff
from launchready_tui.pack.placing import place
from launchready_tui.runbook.loader import files_of
from launchready_tui.store.file import EngagementFile
from tests.deliverables.world import NOW, SEEN, payloads, results

QUICK = ("md", "html", "csv", "json")
"""All formats but the PDF, which is not what most tests are about."""


def engagement(path: Path, text: str = "", more: tuple[Payload, ...] = ()) -> Path:
    """The made-up engagement of `world` as a file; a text goes wherever the outside or a person could put one."""
    file = EngagementFile(path, create=True)
    try:
        run = file.start_run(SEEN, "all", "launchready 0.1.0")
        found, evidence = results(text)
        file.append_results(run.id, evidence, found)
        file.finish_run(run, SEEN + timedelta(minutes=1), "finished")
        for minute, said in enumerate((*payloads(text), *more)):
            payload = replace(said, head=file.head) if isinstance(said, SignOff) else said
            file.append_record(payload, SEEN + timedelta(minutes=5 + minute))
    finally:
        file.close()
    return path


def material(path: Path) -> Material:
    """What a pack of that engagement is made from."""
    session = Session.open(path, clock=lambda: NOW)
    try:
        snapshot = session.snapshot(newest(session.snapshot()))
        ids = sorted({item for row in snapshot.board for item in row.result.evidence})
        runbook = files_of(session.runbook_folder)
        return Material(snapshot, session.evidence(ids), session.chain(), runbook, maker())
    finally:
        session.close()


def nothing(name: str, text: str) -> tuple[str, ...]:
    """Finds no secrets."""
    return ()


def pack_of(path: Path, formats: Collection[str] = QUICK, *, redacted: bool = False) -> HandoverPack:
    """The pack of an engagement."""
    return build(material(path), formats, scan=nothing, redacted=redacted)


def exported(folder: Path, text: str = "", formats: Collection[str] = QUICK, *, redacted: bool = False) -> Path:
    """A pack in a folder; the engagement lies beside it."""
    path = engagement(folder.with_name(f"{folder.name}.launchready"), text)
    place(folder, pack_of(path, formats, redacted=redacted).files)
    return folder
