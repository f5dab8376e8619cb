"""The documents as PDF, by typst, an optional extra (`pip install 'launchready[pdf]'`) that is imported when used."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from launchready_tui.deliverables.blocks import Document
from launchready_tui.deliverables.documents import chapters, compose
from launchready_tui.deliverables.reading import Reading
from launchready_tui.deliverables.to_typst import to_typst
from launchready_tui.errors import InputError

INSTALL = "pip install 'launchready[pdf]'"

_TEMPLATE = Path(__file__).parent / "templates" / "pack.typ"
_BUILT_IN_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "HEBREW", "ARABIC", "ARMENIAN", "GEORGIAN", "MODIFIER", "COMBINING")
"""The scripts that the fonts inside of typst have."""


class PdfMissing(InputError):
    """The PDF extra is not installed."""

    def __init__(self) -> None:
        super().__init__("The PDFs need typst, which is not installed.", f"Install it with: {INSTALL}")


def is_installed() -> bool:
    """Whether PDFs can be made here."""
    try:
        import typst  # noqa: F401
    except ImportError:
        return False
    return True


def pdf_files(reading: Reading) -> dict[str, bytes]:
    """The handover with all documents, and the fix plan on one page. Raises `PdfMissing`."""
    return {
        "handover.pdf": to_pdf(chapters(reading), reading.as_of),
        "fix-plan.pdf": to_pdf([compose("fix-plan", reading)], reading.as_of),
    }


def to_pdf(documents: Sequence[Document], as_of: datetime | None) -> bytes:
    """Documents as one PDF; the first one opens it. The same documents give the same bytes. Raises `PdfMissing`."""
    try:
        import typst
    except ImportError:
        raise PdfMissing from None
    data = json.dumps(to_typst(documents), ensure_ascii=False)
    return typst.compile(
        _TEMPLATE.read_bytes(),
        format="pdf",
        ignore_system_fonts=_is_covered(data),
        sys_inputs={"data": data},
        timestamp=int(as_of.timestamp()) if as_of else 0,
    )


def _is_covered(text: str) -> bool:
    """Whether the fonts inside of typst have every letter. Only where not are those of the machine used: with them the
    bytes of the PDF depend on the machine.
    """
    return all(
        letter < "\u0590" or unicodedata.name(letter, "").startswith(_BUILT_IN_SCRIPTS)
        for letter in set(text)
        if unicodedata.category(letter).startswith(("L", "M"))
    )
