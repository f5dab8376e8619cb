"""Saved evidence: a folder with everything that a run was judged from, so that it can be judged again without the
network.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from launchready_tui.errors import ReplayError
from launchready_tui.model import codec
from launchready_tui.model.evidence import Evidence
from launchready_tui.model.verdicts import Consent

FORMAT = "launchready/evidence/1"


@dataclass(frozen=True, slots=True)
class SavedRun:
    """What a folder of saved evidence holds, beside the evidence itself.

    `product` is the digest of the profile's meaning.
    """

    format: str
    product: str
    runbook: str
    levels: tuple[Consent, ...]
    started_at: datetime
    finished_at: datetime


def save(folder: Path, run: SavedRun, evidence: Iterable[Evidence[Any]]) -> None:
    """Write `run.json` and `evidence.jsonl` (mode 0600), replacing what was there.

    Raises `ReplayError` where the folder cannot be written.
    """
    lines = sorted(codec.canonical(codec.evidence_to_plain(item)) for item in evidence)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / "evidence.jsonl", "".join(f"{line}\n" for line in lines))
        write_atomically(folder / "run.json", codec.canonical(codec.plain(run)) + "\n")
    except OSError as error:
        raise ReplayError(
            f"{folder} cannot be written: {error.strerror}.", "Choose a folder that you may write to."
        ) from None


def load(folder: Path) -> tuple[SavedRun, tuple[Evidence[Any], ...]]:
    """Read a folder that `save` wrote. Raises `ReplayError` naming the file and line that does not fit."""
    try:
        head = msgspec.convert(json.loads((folder / "run.json").read_text("utf-8")), SavedRun)
        lines = (folder / "evidence.jsonl").read_text("utf-8").splitlines()
    except FileNotFoundError as error:
        raise ReplayError(
            f"{error.filename} does not exist.", "Name a folder that `check --save-evidence DIR` wrote."
        ) from None
    except OSError as error:
        raise ReplayError(
            f"{folder} cannot be read: {error.strerror}.", "Check the path and its permissions."
        ) from None
    except (ValueError, msgspec.ValidationError) as error:
        raise ReplayError(
            f"{folder / 'run.json'} is not what was saved: {error}.", "Save the evidence again."
        ) from None
    if head.format != FORMAT:
        raise ReplayError(
            f"{folder} has the format {head.format}, this program reads {FORMAT}.", "Save the evidence again."
        )
    evidence: list[Evidence[Any]] = []
    for number, line in enumerate(lines, 1):
        try:
            item = codec.evidence_from_plain(json.loads(line))
        except (ValueError, KeyError, TypeError, msgspec.ValidationError) as error:
            raise ReplayError(
                f"{folder / 'evidence.jsonl'}:{number}: not what was saved: {error}", "Save the evidence again."
            ) from None
        if codec.identified(item).id != item.id:
            raise ReplayError(
                f"{folder / 'evidence.jsonl'}:{number}: changed after it was saved.", "Save the evidence again."
            )
        evidence.append(item)
    return head, tuple(evidence)


def write_atomically(path: Path, text: str) -> None:
    """Write a file of mode 0600 so that a reader sees the old one or the new one, never half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
