"""What lies in a pack, and its two lists of contents: the manifest for programs, SHA256SUMS for `sha256sum -c`.

The manifest lists every file but the lists themselves; SHA256SUMS lists every file and the manifest, in a form that is
fixed to the byte. So any change of either disagrees with the other, or with that form.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from launchready_tui.errors import InputError

SCHEMA = "launchready/pack/1"
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
RECORDS, EVIDENCE, RESULTS = "records.json", "evidence.json", "results.json"
RUNBOOK = "runbook"
"""The folder of the runbook that was followed."""


class NoPack(InputError):
    """What was named is no handover pack, or none that this program dares or knows to read."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of the pack, by its path with forward slashes."""

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Chain:
    """The head of the hash chain, and how many rows of each table it seals."""

    head: str
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PersonalData:
    """How much of it about people is in the pack, and what that means for who may get it."""

    people: int
    email_addresses: int
    phone_numbers: int
    notice: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the pack is and holds. `as_of` is the moment of the newest record: nothing in a pack knows a later one."""

    schema: str
    product: Mapping[str, str]
    as_of: datetime | None
    tool: str
    runbook: Mapping[str, str]
    gate: str
    redacted: bool
    formats: tuple[str, ...]
    chain: Chain
    personal_data: PersonalData
    files: tuple[FileEntry, ...] = ()

    @property
    def holds_chain(self) -> bool:
        """Whether every row of the chain lies in the pack, so that it can be recomputed."""
        return "json" in self.formats and not self.redacted


def entries(files: Mapping[str, bytes]) -> tuple[FileEntry, ...]:
    """The files as the manifest lists them."""
    return tuple(FileEntry(path, sha256(files[path]), len(files[path])) for path in sorted(files))


def manifest_bytes(manifest: Manifest) -> bytes:
    """The manifest as a file."""
    return json_bytes(msgspec.to_builtins(manifest))


def read_manifest(data: bytes) -> Manifest:
    """A manifest from its file. Raises `NoPack` where it is none, or of another format."""
    try:
        found = json.loads(data)
        schema = str(found["schema"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NoPack(f"{MANIFEST} is not the manifest of a pack.", _WHERE) from None
    if schema != SCHEMA:
        raise NoPack(
            f"{MANIFEST} is of the format {json.dumps(schema[:60])}; this program knows {SCHEMA}.",
            "Verify it with the Launch Ready that wrote it, or with the newest.",
        )
    try:
        return msgspec.convert(found, Manifest)
    except (msgspec.ValidationError, RecursionError) as error:
        raise NoPack(f"{MANIFEST} is not the manifest of a pack: {error}.", _WHERE) from None


def listed_files(manifest: bytes, sums: bytes) -> set[str]:
    """The files that a pack names as its own, by either of its lists, the lists themselves among them."""
    try:
        named = {entry.path for entry in read_manifest(manifest).files}
    except NoPack:
        named = set()
    lines = sums.decode("utf-8", "surrogateescape").split("\n")
    return {MANIFEST, SUMS, *named, *(line[66:] for line in lines if line[64:66] == "  ")}


def sums_bytes(digests: Mapping[str, str]) -> bytes:
    """SHA256SUMS for these digests by path."""
    return "".join(f"{digests[path]}  {path}\n" for path in sorted(digests)).encode("utf-8", "surrogateescape")


def sealed(files: Mapping[str, bytes], manifest: bytes) -> dict[str, bytes]:
    """All files of a pack: these, the manifest, and SHA256SUMS over them."""
    whole = {**files, MANIFEST: manifest}
    return {**whole, SUMS: sums_bytes({path: sha256(data) for path, data in whole.items()})}


def json_bytes(value: object) -> bytes:
    """A small JSON file: indented, ASCII only, the same bytes for the same value."""
    return (json.dumps(value, indent=2, ensure_ascii=True, allow_nan=False) + "\n").encode()


def sha256(data: bytes) -> str:
    """The SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


_WHERE = "Name a folder that `launchready export` wrote, or its zip."


def as_object(data: bytes) -> dict[str, Any]:
    """The JSON object in a file of the pack. Raises `ValueError`, also where it is nested without end."""
    try:
        found = json.loads(data)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError("it is no JSON object")
    return found
