"""Remembers which blobs were read already, so that a second look at a history takes seconds.

A blob never changes: what was found in it under the same rules is found again. Kept are object ids and redacted
findings, in a file that only its owner can read; losing it costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from launchready_tui.model.questions.secrets import FoundSecret

FORMAT = 1
MOST_BYTES = 256 * 1024 * 1024


@dataclass(slots=True)
class Seen:
    """What is known of a repository's blobs.

    `key_id` is the fingerprint of the key that the findings were redacted with.
    """

    version: str = ""
    key_id: str = ""
    clean: set[bytes] = field(default_factory=set)
    found: dict[bytes, list[FoundSecret]] = field(default_factory=dict)


class _Stored(msgspec.Struct):
    format: int
    version: str
    key_id: str
    width: int
    clean: bytes
    found: dict[str, list[FoundSecret]]


def cache_file(folder: Path, git_dir: Path) -> Path:
    """The file for a repository."""
    name = hashlib.sha256(os.fsencode(git_dir.resolve())).hexdigest()[:24]
    return folder / f"{name}.seen"


def load(file: Path, version: str) -> Seen:
    """What is remembered under these rules; nothing where the file is missing, of other rules, or no good."""
    try:
        if file.stat().st_size > MOST_BYTES:
            return Seen(version)
        stored = msgspec.msgpack.decode(file.read_bytes(), type=_Stored)
    except (OSError, msgspec.MsgspecError, ValueError):
        return Seen(version)
    if (stored.format, stored.version) != (FORMAT, version) or stored.width < 1:
        return Seen(version)
    clean = {stored.clean[at : at + stored.width] for at in range(0, len(stored.clean), stored.width)}
    return Seen(version, stored.key_id, clean, {blob.encode(): found for blob, found in stored.found.items()})


def save(file: Path, seen: Seen) -> None:
    """Keep it, whole or not at all. A folder that cannot be written is no reason to fail."""
    width = len(next(iter(seen.clean), b"x"))
    found = {blob.decode("ascii"): secrets for blob, secrets in seen.found.items()}
    data = msgspec.msgpack.encode(
        _Stored(FORMAT, seen.version, seen.key_id, width, b"".join(sorted(seen.clean)), found)
    )
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as out:
            out.write(data)
        draft.replace(file)
