"""The documents of an engagement: which there are, each as Markdown, what they still lack, and all of them as files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launchready_tui.deliverables import handover, midnight
from launchready_tui.deliverables.blocks import Document
from launchready_tui.deliverables.control_documents import control_document
from launchready_tui.deliverables.fix_kit import fix_kit
from launchready_tui.deliverables.fix_plan import fix_plan
from launchready_tui.deliverables.lacking import Missing, lacking
from launchready_tui.deliverables.reading import Reading, read
from launchready_tui.deliverables.risk_list import risk_list
from launchready_tui.deliverables.to_markdown import to_markdown
from launchready_tui.deliverables.writing import write_all
from launchready_tui.errors import InputError
from launchready_tui.model.board import Snapshot
from launchready_tui.model.evidence import Evidence
from launchready_tui.text import did_you_mean, one_line

FORMATS = ("md", "html")
_SHOWING = frozenset({"load-report"})
_OWN: dict[str, Callable[[Reading], Document]] = {
    "handover": handover.handover,
    "risk-list": risk_list,
    "fix-plan": fix_plan,
    "fix-kit": fix_kit,
    midnight.ID: midnight.midnight,
}


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document that the runbook asks for; `stage` is the id of the stage that owes it."""

    id: str
    title: str
    stage: str


def available(snapshot: Snapshot) -> tuple[DocumentInfo, ...]:
    """The handover, the midnight cards where a drill has some, then the documents of the stages in their order."""
    found: dict[str, DocumentInfo] = {}
    for stage in snapshot.runbook.stages:
        if any(entry.cards for entry in stage.checks):
            found[midnight.ID] = DocumentInfo(midnight.ID, midnight.TITLE, stage.id)
    for stage in snapshot.runbook.stages:
        for item in stage.deliverables:
            found.setdefault(item.document, DocumentInfo(item.document, item.title, stage.id))
    last = snapshot.runbook.stages[-1].id if snapshot.runbook.stages else ""
    first = found.pop("handover", DocumentInfo("handover", "Handover", last))
    return (first, *found.values())


def markdown(document_id: str, snapshot: Snapshot, evidence: Iterable[Evidence[Any]] = ()) -> str:
    """A document as Markdown, for a preview; without `evidence` it is there by its ids only. Raises `InputError` for an
    unknown document.
    """
    return to_markdown(compose(document_id, read(snapshot, evidence)))


def preview(document_id: str, snapshot: Snapshot, evidence: Callable[[Sequence[str]], Iterable[Evidence[Any]]]) -> str:
    """A document as Markdown, with the content of the evidence that it shows; `evidence` looks that up by ids."""
    ids = shown_evidence(document_id, snapshot)
    return markdown(document_id, snapshot, evidence(ids)) if ids else markdown(document_id, snapshot)


def shown_evidence(document_id: str, snapshot: Snapshot) -> tuple[str, ...]:
    """The ids of the evidence whose content a document shows, and not only cites."""
    if document_id not in _SHOWING:
        return ()
    rows = [
        row
        for stage in snapshot.runbook.stages
        for item in stage.deliverables
        if item.document == document_id
        for row in snapshot.board
        if any(row.entry.covers(control) for control in item.controls)
    ]
    return tuple(dict.fromkeys(found for row in rows for found in row.result.evidence))


def missing(snapshot: Snapshot) -> tuple[Missing, ...]:
    """What the handover still lacks, the most important first."""
    return lacking(read(snapshot))


def export(
    snapshot: Snapshot, evidence: Iterable[Evidence[Any]], folder: Path, formats: Sequence[str] = FORMATS
) -> tuple[Path, ...]:
    """Write the documents into a folder: one Markdown file each, and all in one HTML file. Raises `InputError`."""
    return write_all(folder, texts(read(snapshot, evidence), formats))


def texts(reading: Reading, formats: Collection[str]) -> dict[str, str]:
    """The documents by file name: one Markdown file each, and all in one HTML file."""
    files: dict[str, str] = {}
    if "md" in formats:
        files |= {f"{info.id}.md": to_markdown(compose(info.id, reading)) for info in available(reading.snapshot)}
    if "html" in formats:
        from launchready_tui.deliverables.to_html import to_html

        files["handover.html"] = to_html(chapters(reading))
    return files


def chapters(reading: Reading) -> tuple[Document, ...]:
    """All documents in the order of a book: what is looked up comes last."""
    others = [compose(info.id, reading) for info in available(reading.snapshot) if info.id != handover.ID]
    return (handover.main(reading), *others, handover.appendix(reading))


def compose(document_id: str, reading: Reading) -> Document:
    """One document. Raises `InputError` for an unknown id."""
    own = _OWN.get(document_id)
    if own is not None:
        return own(reading)
    found = reading.deliverable(document_id)
    if found is None:
        known = [info.id for info in available(reading.snapshot)]
        raise InputError(
            f'There is no document "{one_line(document_id, 60)}"{did_you_mean(document_id, known)}',
            f"Choose one of {', '.join(known)}.",
        )
    return control_document(reading, found[1])


__all__ = ["DocumentInfo", "Missing", "available", "export", "markdown", "missing", "preview", "shown_evidence"]
