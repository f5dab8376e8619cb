"""Everything that a handover pack holds, from one engagement: the same records give the same bytes.

Nothing here asks for the time: a pack is as of its newest record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from launchready_tui.deliverables import documents
from launchready_tui.deliverables.csv_tables import csv_files
from launchready_tui.deliverables.masking import Mask, masked_rows, masked_snapshot
from launchready_tui.deliverables.personal import personal_data
from launchready_tui.deliverables.reading import Reading, read
from launchready_tui.errors import InputError
from launchready_tui.model.board import Snapshot
from launchready_tui.model.chain import TABLES, ChainRow
from launchready_tui.model.evidence import Evidence
from launchready_tui.pack.layout import (
    RUNBOOK,
    SCHEMA,
    Chain,
    Manifest,
    PersonalData,
    entries,
    manifest_bytes,
    sealed,
)
from launchready_tui.pack.rows import to_files
from launchready_tui.text import slug

FORMATS = ("md", "html", "pdf", "csv", "json")

Scan = Callable[[str, str], tuple[str, ...]]
"""The kinds of secrets in a text of that file name."""


class SecretInside(InputError):
    """The pack would hold a secret."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a pack is made from. `snapshot` as of the newest record; `rows` is the whole chain; `tool` names us."""

    snapshot: Snapshot
    evidence: tuple[Evidence[Any], ...]
    rows: tuple[ChainRow, ...]
    runbook: Mapping[str, bytes]
    tool: str


@dataclass(frozen=True, slots=True)
class HandoverPack:
    """The files by path, and what goes with them. `name` is that of the folder inside of a zip."""

    files: Mapping[str, bytes]
    name: str
    personal_data: PersonalData
    head: str


def build(material: Material, formats: Collection[str], *, scan: Scan, redacted: bool = False) -> HandoverPack:
    """The pack. Raises `SecretInside` where a secret would be in it, `PdfMissing` where PDFs cannot be made."""
    wanted = tuple(form for form in FORMATS if form in formats)
    material = _for_third_parties(material) if redacted else material
    snapshot = material.snapshot
    reading = read(snapshot, material.evidence, redacted=redacted)
    rows = to_files(material.rows, redacted=redacted)
    texts = documents.texts(reading, wanted)
    if "csv" in wanted:
        texts |= csv_files(reading)
    _refuse_secrets({**{name: data.decode() for name, data in rows.items()}, **texts}, scan)
    files = {name: text.encode() for name, text in texts.items()}
    if "pdf" in wanted:
        files |= _pdf_files(reading)
    if "json" in wanted:
        files |= rows | {f"{RUNBOOK}/{name}": data for name, data in material.runbook.items()}
    personal = personal_data(snapshot.records, material.evidence, redacted=redacted)
    counts = Counter(row.table for row in material.rows)
    manifest = Manifest(
        schema=SCHEMA,
        product={"name": snapshot.product.name, "domain": snapshot.product.domain},
        as_of=reading.as_of,
        tool=material.tool,
        runbook={"name": snapshot.runbook.name, "version": snapshot.runbook.version},
        gate=snapshot.gate.verdict.value,
        redacted=redacted,
        formats=wanted,
        chain=Chain(snapshot.head, {table: counts[table] for table in TABLES}),
        personal_data=personal,
        files=entries(files),
    )
    name = f"{slug(snapshot.product.name)}-handover"
    return HandoverPack(sealed(files, manifest_bytes(manifest)), name, personal, snapshot.head)


def _for_third_parties(material: Material) -> Material:
    mask = Mask(material.snapshot.records)
    return replace(
        material,
        snapshot=masked_snapshot(mask, material.snapshot),
        evidence=tuple(mask.value(item) for item in material.evidence),
        rows=masked_rows(mask, material.rows),
    )


def _refuse_secrets(texts: Mapping[str, str], scan: Scan) -> None:
    """Records and evidence are looked at in their own words even if only documents are written: those escape them."""
    found = [(name, kinds) for name, text in texts.items() if (kinds := scan(name, text))]
    if found:
        where = "; ".join(f"{name} would hold {_and(kinds)}" for name, kinds in found[:5])
        raise SecretInside(
            f"Nothing was written: {where}.",
            "Revoke that secret, it has been seen. Records are never changed: `--redact` leaves out what people typed.",
        )


def _and(kinds: Iterable[str]) -> str:
    return " and ".join(f"a secret ({kind})" for kind in kinds)


def _pdf_files(reading: Reading) -> dict[str, bytes]:
    from launchready_tui.deliverables.pdf import pdf_files

    return pdf_files(reading)
