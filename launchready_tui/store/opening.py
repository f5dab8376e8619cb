"""Opens an engagement file: makes it, or checks that it is one, whole, ours to read, and of a format that is known."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from launchready_tui.errors import EngagementError
from launchready_tui.store.schema import APPLICATION_ID, VERSION, migrations

BUSY_MS = 3_000
"""How long a write waits for another program's, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An open database, and whether it can only be read."""

    db: Database
    read_only: bool


def open_file(path: Path | None, *, create: bool) -> Opened:
    """Open or make an engagement file; None keeps it in memory. Raises `EngagementError`; then nothing was changed."""
    if path is None:
        opened = Opened(_connect(":memory:"), read_only=False)
    elif create:
        opened = Opened(_create(path), read_only=False)
    else:
        opened = _open_existing(path)
    new = create or path is None
    try:
        if not new:
            _check(opened.db, path)
        if not opened.read_only:
            _prepare(opened.db, None if new else path)
    except BaseException:
        opened.db.close()
        raise
    return opened


def _connect(target: str, *, uri: bool = False) -> Database:
    connection = sqlite3.connect(target, uri=uri, timeout=BUSY_MS / 1000)
    connection.execute("PRAGMA foreign_keys = ON")
    return Database(connection)


def _create(path: Path) -> Database:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise EngagementError(
            f"{path} exists already.", f"Open it with `launchready {path}`, or choose another name."
        ) from None
    except FileNotFoundError:
        raise EngagementError(
            f"The folder {path.parent} does not exist.", "Make it first, or choose another folder."
        ) from None
    except OSError as error:
        raise EngagementError(
            f"{path} cannot be made: {error.strerror}.", "Choose a folder that you may write to."
        ) from None
    return _connect(str(path))


def _open_existing(path: Path) -> Opened:
    if path.is_dir():
        raise EngagementError(f"{path} is a folder.", "Name an engagement file; they end in .launchready.")
    try:
        with path.open("rb") as stream:
            magic = stream.read(16)
    except FileNotFoundError:
        raise EngagementError(
            f"{path} does not exist.", f"Start an engagement with `launchready new {path.stem} --domain DOMAIN`."
        ) from None
    except OSError as error:
        raise EngagementError(f"{path} cannot be read: {error.strerror}.", "Check its permissions.") from None
    if magic != b"SQLite format 3\x00":
        raise EngagementError(f"{path} is not an engagement file.", "Name a file that `launchready new` made.")
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return Opened(_connect(str(path)), read_only=False)
    return Opened(_connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True), read_only=True)


def _check(db: Database, path: Path | None) -> None:
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise EngagementError(
            f"{path} is a database of another program.",
            "Name a file that `launchready new` made; this one was not changed.",
        )
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise EngagementError(
            f"{path} was written by a newer Launch Ready (format {version}, this one knows {VERSION}).",
            "Install the newest version to open it; the file was not changed.",
        )
    problems = [row[0] for row in db.execute("PRAGMA integrity_check(3)").fetchall()]
    if problems != ["ok"]:
        raise EngagementError(
            f"{path} is damaged: {problems[0]}.",
            "Open a copy from before; `sqlite3 FILE .recover` may save what is left. The file was not changed.",
        )


def _prepare(db: Database, existing: Path | None) -> None:
    """Set how it is written, and bring an older format up to date; a copy of an existing file is kept first."""
    db.execute("PRAGMA journal_mode = DELETE")
    db.execute("PRAGMA synchronous = EXTRA")
    if migrations.pending(db):
        if existing is not None:
            _back_up(db, existing)
        migrations.apply(db)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {VERSION}")


def _back_up(db: Database, path: Path) -> None:
    version = db.execute("PRAGMA user_version").fetchone()[0]
    target = path.with_name(f"{path.name}.format-{version}.backup")
    os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
    with sqlite3.connect(target) as copy:
        db.conn.backup(copy)
    copy.close()
