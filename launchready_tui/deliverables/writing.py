"""Writes files so that each of them is either whole or not there: a full disk or a kill leaves no half document."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from launchready_tui.errors import InputError


def write_all(folder: Path, files: Mapping[str, str]) -> tuple[Path, ...]:
    """Write texts by file name into a folder, in that order; a missing folder is made. Raises `InputError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"The folder {folder} cannot be made: {_why(error)}.", "Name another folder.") from error
    return tuple(_write(folder / name, text) for name, text in files.items())


def _write(path: Path, text: str) -> Path:
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        raise InputError(
            f"{path} was not written: {_why(error)}.",
            "Make room, or name another folder; what was written before is whole.",
        ) from error
    finally:
        if temporary is not None:
            with suppress(OSError):
                Path(temporary).unlink(missing_ok=True)
    return path


def _why(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
