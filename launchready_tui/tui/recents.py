"""The engagements that were opened lately: a small JSON file in the user's data folder.

A broken file is an empty list, never an error.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from launchready_tui.model.board import Snapshot
from launchready_tui.pack.layout import MANIFEST

FILE = "recent.json"
MOST = 30
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Recent:
    """An engagement as it was when it was open last. `verdict` is the gate's, '' where it is not known."""

    path: Path
    name: str
    opened_at: datetime
    verdict: str = ""

    @property
    def exists(self) -> bool:
        """Whether the file, or the folder of the pack, is still there."""
        with suppress(OSError):
            return self.path.is_file() or self.is_pack
        return False

    @property
    def is_pack(self) -> bool:
        """Whether it is the folder of a handover pack, which can be opened and only read."""
        with suppress(OSError, ValueError):
            return (self.path / MANIFEST).is_file()
        return False


def load(folder: Path) -> tuple[Recent, ...]:
    """What was opened lately, the newest first; what cannot be understood is left out."""
    path = folder / FILE
    try:
        if path.stat().st_size > _LARGEST:
            return ()
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return ()
    found = [recent for item in data if (recent := _recent(item)) is not None] if isinstance(data, list) else []
    return tuple(sorted(found, key=lambda recent: recent.opened_at, reverse=True)[:MOST])


def remember(folder: Path, snapshot: Snapshot, now: datetime) -> None:
    """Put an engagement on top of the list. One that is kept in memory is not remembered."""
    if snapshot.path:
        path = Path(os.path.abspath(snapshot.path))  # noqa: PTH100 - links stay as they were named
        note(folder, Recent(path, snapshot.product.name, now, snapshot.gate.verdict.value))


def note(folder: Path, recent: Recent) -> None:
    """Put one on top of the list; what is not known about it is taken from what was."""
    known = load(folder)
    before = next((other for other in known if other.path == recent.path), None)
    if before is not None and not recent.verdict:
        recent = replace(recent, name=before.name, verdict=before.verdict)
    save(folder, [recent, *(other for other in known if other.path != recent.path)])


def forget(folder: Path, path: Path) -> None:
    """Take one off the list; the file itself stays."""
    save(folder, [recent for recent in load(folder) if recent.path != path])


def save(folder: Path, recents: Iterable[Recent]) -> None:
    """Write the list; a folder that cannot be written is no reason to stop."""
    rows = [
        {"path": str(r.path), "name": r.name, "opened_at": r.opened_at.isoformat(), "verdict": r.verdict}
        for r in _first(recents)
    ]
    with suppress(OSError, UnicodeError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8", suffix=".tmp") as file:
            json.dump(rows, file, indent=1)
        Path(file.name).replace(folder / FILE)


def _first(recents: Iterable[Recent]) -> Sequence[Recent]:
    return list(recents)[:MOST]


def _recent(item: Any) -> Recent | None:
    if not isinstance(item, dict) or not all(isinstance(item.get(key), str) for key in ("path", "opened_at")):
        return None
    try:
        opened_at = datetime.fromisoformat(item["opened_at"])
    except ValueError:
        return None
    if opened_at.tzinfo is None or "\0" in item["path"] or not item["path"]:
        return None
    path = Path(item["path"])
    name, verdict = (value if isinstance(value := item.get(key), str) else "" for key in ("name", "verdict"))
    return Recent(path, name or path.stem, opened_at, verdict)
