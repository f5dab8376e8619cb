"""Puts a pack in its place: the whole of it or nothing, whatever happens in between.

A pack is built in a folder beside its place and then changes places with what is there in one step of the file system.
A folder that a killed export left behind is cleared away by the next one; one that is being written is locked.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from launchready_tui.errors import InputError
from launchready_tui.pack.layout import MANIFEST, SUMS, NoPack, listed_files, read_manifest
from launchready_tui.pack.source import read_pack
from launchready_tui.text import one_line

_UNFINISHED, _OLD = ".part", ".old"
_MOST_OF_A_LIST = 8 << 20
_LITTER = (".DS_Store", "Thumbs.db", "desktop.ini")
"""What file managers leave in every folder that they show: nobody's work."""


def may_take(folder: Path) -> None:
    """Raises `InputError` where something else than a pack stands in the place of one."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise InputError(f"{folder} is no folder.", "Name a folder that does not exist yet, or an older pack.")
    if folder.is_dir() and any(folder.iterdir()) and not is_pack(folder):
        raise InputError(
            f"{folder} holds other files, and export replaces a folder as a whole.",
            "Name a new folder, or an older pack: its manifest.json tells that it is one.",
        )
    if folder.is_dir() and (others := _others(folder)):
        raise _not_ours(folder, others)


def may_take_zip(path: Path) -> None:
    """The same for a zip."""
    if not path.exists() and not path.is_symlink():
        return
    try:
        held = read_pack(path) if path.is_file() and not path.is_symlink() else None
    except NoPack:
        held = None
    if held is None or MANIFEST not in held.digests or SUMS not in held.digests:
        raise InputError(f"{path} is not the zip of a pack.", "Move it away, or name another folder.")
    listed = listed_files(held.contents.get(MANIFEST, b""), held.contents.get(SUMS, b""))
    if others := sorted(set(held.digests) - listed):
        raise _not_ours(path, others)


def _others(folder: Path) -> list[str]:
    """What lies in the folder of a pack and is not of that pack: export would delete it."""
    lists = []
    for name in (MANIFEST, SUMS):
        try:
            with (folder / name).open("rb") as file:
                lists.append(file.read(_MOST_OF_A_LIST))
        except OSError:
            lists.append(b"")
    listed = listed_files(*lists)
    found = []
    for root, folders, files in os.walk(folder):
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        found += [
            (Path(root) / name).relative_to(folder).as_posix() for name in (*files, *links) if name not in _LITTER
        ]
    return sorted(set(found) - listed)


def _not_ours(place: Path, others: list[str]) -> InputError:
    """Files that export would delete, with the first of them by name."""
    named = ", ".join(one_line(name, 80) for name in others[:5])
    more = f" and {len(others) - 5:,} more" if len(others) > 5 else ""
    return InputError(
        f"{place} holds what is not part of the pack in it: {named}{more}. Export replaces the whole, so nothing was "
        "written.",
        "Move it out of there, or name another folder.",
    )


def is_pack(folder: Path) -> bool:
    """Whether a folder says that it is a pack."""
    try:
        with (folder / MANIFEST).open("rb") as file:
            read_manifest(file.read(_MOST_OF_A_LIST))
    except (OSError, NoPack):
        return False
    return True


def place(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a pack into a folder. Raises `InputError`; then what was there before is as it was."""
    may_take(folder)
    target = folder.absolute()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _clear_left_overs(target)
        with _workshop(target) as shop:
            built = shop / target.name
            _write_all(built, files)
            _swap(built, target)
            _sync(target.parent)
    except OSError as error:
        raise _not_written(folder, error) from error


def place_file(path: Path, data: bytes) -> None:
    """Write one file. Raises `InputError`; then what was there before is as it was."""
    target = path.absolute()
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-", suffix=_UNFINISHED)
        with os.fdopen(handle, "wb") as file:
            fcntl.flock(handle, fcntl.LOCK_EX)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(target)
        _sync(target.parent)
    except OSError as error:
        raise _not_written(path, error) from error
    finally:
        if temporary is not None:
            with suppress(OSError):
                Path(temporary).unlink(missing_ok=True)


def _not_written(path: Path, error: OSError) -> InputError:
    why = (error.strerror or type(error).__name__).lower()
    return InputError(
        f"{path} was not written: {why}.", "Make room, or name another place; what was there before is as it was."
    )


@contextmanager
def _workshop(target: Path) -> Iterator[Path]:
    """A locked folder beside the target, gone afterwards with whatever is then in it."""
    shop = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-", suffix=_UNFINISHED))
    handle = os.open(shop, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield shop
    finally:
        shutil.rmtree(shop, ignore_errors=True)
        os.close(handle)


def _clear_left_overs(target: Path) -> None:
    """Remove what killed exports left: what nobody has locked. A pack that was halfway out of its place goes back."""
    for path in target.parent.glob(f".{_literal(target.name)}*-*{_UNFINISHED}"):
        with suppress(OSError):
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if not target.exists() and (path / f"{target.name}{_OLD}").is_dir():
                    (path / f"{target.name}{_OLD}").rename(target)
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
            finally:
                os.close(handle)


def _literal(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _write_all(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir(mode=0o755)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        with path.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    for inner in {(folder / name).parent for name in files}:
        _sync(inner)


def _swap(built: Path, target: Path) -> None:
    """Put the new folder in the place of the old one, which ends up where the new one was."""
    if not target.exists():
        built.rename(target)
    elif not _exchange(built, target):
        old = built.with_name(f"{built.name}{_OLD}")
        target.rename(old)
        try:
            built.rename(target)
        except BaseException:
            old.rename(target)
            raise


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where this system cannot."""
    calls = {"linux": ("renameat2", (-100, None, -100, None, 2)), "darwin": ("renamex_np", (None, None, 2))}
    name, form = calls.get(sys.platform, ("", ()))
    paths = iter((os.fsencode(one), os.fsencode(other)))
    try:
        call = getattr(ctypes.CDLL(None, use_errno=True), name)
    except (AttributeError, OSError):
        return False
    return bool(call(*(next(paths) if value is None else value for value in form)) == 0)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
