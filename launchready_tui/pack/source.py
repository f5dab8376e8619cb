"""Reads a pack that may be hostile: a folder or a zip, bounded, never following a link, never leaving the pack."""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from launchready_tui.pack.container import Member, container, inflated
from launchready_tui.pack.layout import EVIDENCE, MANIFEST, RECORDS, RESULTS, RUNBOOK, SUMS, NoPack

MOST_FILES = 2_000
MOST_BYTES = 1 << 29
"""Bytes of all files together, unpacked."""

MOST_READ = {MANIFEST: 8 << 20, SUMS: 1 << 20, RECORDS: 256 << 20, EVIDENCE: 256 << 20, RESULTS: 256 << 20}
"""The files whose content matters to us, and the most bytes of each that we take into memory."""

_MOST_OF_RUNBOOK, _MOST_OF_PDF = 1 << 20, 64 << 20
"""The same for the files of the runbook, from which the verdict is computed, and for PDFs, which name their maker."""

_DEEPEST = 4
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class PackFiles:
    """What lies in a pack: the digest and size of every file, the content of those of which `most_read` is not 0.

    `strange` are sentences about what no pack holds: links, devices, folders without files, a repacked zip. `claims`:
    it holds the name of a list of contents, so that it was meant to be a pack, however damaged it is.
    """

    digests: Mapping[str, str]
    sizes: Mapping[str, int]
    contents: Mapping[str, bytes]
    strange: tuple[str, ...] = ()
    claims: bool = True


def most_read(name: str) -> int:
    """The most bytes of a file that are taken into memory; one that is larger has only its digest."""
    folder, _, rest = name.rpartition("/")
    if name in MOST_READ:
        return MOST_READ[name]
    if folder == RUNBOOK:
        return _MOST_OF_RUNBOOK
    return _MOST_OF_PDF if not folder and rest.endswith(".pdf") else 0


def read_pack(path: Path) -> PackFiles:
    """Everything in a pack. Raises `NoPack` where there is none, or one beyond all bounds."""
    try:
        if path.is_dir():
            return _read_folder(path)
        if path.is_file():
            return _read_zip(path)
    except OSError as error:
        raise NoPack(f"{path} cannot be read: {error.strerror}.", "Check its permissions.") from None
    raise NoPack(f"{path} does not exist.", "Name a folder that `launchready export` wrote, or its zip.")


# --- a folder ---------------------------------------------------------------------------------------------------------


def _read_folder(root: Path) -> PackFiles:
    digests: dict[str, str] = {}
    sizes: dict[str, int] = {}
    contents: dict[str, bytes] = {}
    strange: list[str] = []
    left = MOST_BYTES
    for name, path, what in _walk(root, root, strange, 0):
        if len(digests) + len(strange) >= MOST_FILES:
            raise NoPack(f"{root} holds more than {MOST_FILES:,} files: that is no pack.", "Name the folder itself.")
        if what:
            strange.append(f"{name} is {what}")
            continue
        most = most_read(name)
        digest, size, kept = _read_file(path, left, most)
        if size < 0:
            raise NoPack(f"{root} holds more than {MOST_BYTES >> 20:,} MiB: that is no pack.", "Look at it by hand.")
        left -= size
        digests[name], sizes[name] = digest, size
        if most and size <= most:
            contents[name] = kept
    claims = any((root / name).is_symlink() or (root / name).exists() for name in (MANIFEST, SUMS))
    return PackFiles(digests, sizes, contents, tuple(strange), claims)


def _walk(root: Path, folder: Path, strange: list[str], depth: int) -> Iterator[tuple[str, Path, str]]:
    """Name, path, and what it is if it is no plain file."""
    with os.scandir(folder) as found:
        items = sorted(found, key=lambda item: item.name)
    if not items and depth:
        strange.append(f"{folder.relative_to(root).as_posix()} is an empty folder")
    for item in items:
        path = Path(item.path)
        name = path.relative_to(root).as_posix()
        if item.is_symlink():
            yield name, path, "a link"
        elif item.is_dir(follow_symlinks=False):
            if depth >= _DEEPEST:
                yield name, path, "a folder too deep inside"
            else:
                yield from _walk(root, path, strange, depth + 1)
        elif item.is_file(follow_symlinks=False):
            yield name, path, ""
        else:
            yield name, path, "no plain file"


def _read_file(path: Path, limit: int, keep: int) -> tuple[str, int, bytes]:
    """Digest, size (-1 beyond the limit) and the first bytes of a file, which must not turn into a link meanwhile."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise NoPack(f"{path} is no plain file.", "Something writes into the pack; try again.")
        digest, size, kept = hashlib.sha256(), 0, bytearray()
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                return "", -1, b""
            digest.update(chunk)
            if len(kept) < keep:
                kept += chunk[: keep - len(kept)]
    return digest.hexdigest(), size, bytes(kept)


# --- a zip ------------------------------------------------------------------------------------------------------------


def _read_zip(path: Path) -> PackFiles:
    if path.stat().st_size > MOST_BYTES:
        raise NoPack(f"{path} is larger than {MOST_BYTES >> 20:,} MiB: that is no pack.", "Look at it by hand.")
    raw = path.read_bytes()
    if MANIFEST.encode() not in raw or SUMS.encode() not in raw:
        raise NoPack(f"{path} is no pack and no zip of one.", "Name a folder that `launchready export` wrote.")
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError):
        return PackFiles({}, {}, {}, (f"{path.name} is a damaged zip",))
    if len(infos) > MOST_FILES:
        return PackFiles({}, {}, {}, (f"{path.name} says that it holds more than {MOST_FILES:,} files",))
    if sum(info.file_size for info in infos) > MOST_BYTES or sum(info.compress_size for info in infos) > len(raw):
        return PackFiles({}, {}, {}, (f"{path.name} says that it holds more than {MOST_BYTES >> 20:,} MiB",))
    members = tuple(_member(raw, info) for info in infos)
    strange = [] if container(members) == raw else [f"{path.name} is not as export wrote it"]
    return _unpacked(path, members, strange)


def _unpacked(path: Path, members: tuple[Member, ...], strange: list[str]) -> PackFiles:
    digests: dict[str, str] = {}
    sizes: dict[str, int] = {}
    contents: dict[str, bytes] = {}
    folder = next((m.name[: -len(MANIFEST)] for m in members if m.name.endswith(f"/{MANIFEST}")), "")
    for member in members:
        name = member.name.removeprefix(folder)
        if not member.name.startswith(folder) or not _is_inside(name):
            strange.append(f"{member.name} leads out of the pack")
            continue
        if name in digests:
            strange.append(f"{name} is in the zip twice")
            continue
        data = inflated(member, MOST_BYTES)
        if data is None:
            strange.append(f"{name} cannot be unpacked as the zip says")
            continue
        digests[name], sizes[name] = hashlib.sha256(data).hexdigest(), len(data)
        if 0 < most_read(name) >= len(data):
            contents[name] = data
    return PackFiles(digests, sizes, contents, tuple(strange))


def _member(raw: bytes, info: zipfile.ZipInfo) -> Member:
    """A file of a zip as the fixed form would have it: right after a header without extras."""
    start = info.header_offset + 30 + len(info.orig_filename.encode("utf-8", "surrogateescape"))
    return Member(info.orig_filename, info.CRC, info.file_size, raw[start : start + info.compress_size])


def _is_inside(name: str) -> bool:
    parts = name.split("/")
    return bool(name) and ".." not in parts and "" not in parts and "\\" not in name and ":" not in parts[0]
