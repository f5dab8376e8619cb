"""Opens what a command was given: an engagement, or a product profile without any engagement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from launchready_tui.cli import notices
from launchready_tui.errors import EngagementError, InputError

if TYPE_CHECKING:
    from launchready_tui.engine.session import Session, Tokens


PRACTICE = "practice.launchready"
"""The file of the practice sprint, in the user's data folder."""


@contextmanager
def engagement(path: Path, runbook: Path | None = None, tokens: Tokens | None = None) -> Iterator[Session]:
    """An open engagement file; `tokens` in place of the keyring. The practice sprint brings its own."""
    from launchready_tui.engine.session import Session

    session = Session.open(path, runbook=runbook, tokens=tokens or _practice_tokens(path))
    try:
        yield session
    finally:
        session.close()


@contextmanager
def engagement_or_profile(path: Path, runbook: Path | None = None) -> Iterator[Session]:
    """An open engagement file, or an engagement in memory for a product TOML."""
    from launchready_tui.engine.session import Session

    if not is_profile(path):
        with engagement(path, runbook) as session:
            yield session
        return
    session = Session.create(None, read_text(path), str(path.absolute().parent), name=str(path), runbook=runbook)
    try:
        yield session
    finally:
        session.close()


def _practice_tokens(path: Path) -> Tokens | None:
    """The passwords of the practice target, which open nothing else; None for every other engagement."""
    from launchready_tui.folders import data_folder

    if path.name != PRACTICE or path.absolute().parent != data_folder().absolute():
        return None
    from launchready_tui.practice.visitors import tokens

    return tokens


def is_profile(path: Path) -> bool:
    """Whether a file is to be read as a product TOML: not a database, and a text by its ending or content."""
    try:
        with path.open("rb") as stream:
            head = stream.read(16)
    except OSError:
        return path.suffix == ".toml"
    if head.startswith(b"SQLite format 3"):
        return False
    return path.suffix != ".launchready"


def read_text(path: Path) -> str:
    """The text of a file. Raises `InputError` naming it."""
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path} does not exist.", "Name a product TOML or an engagement file.") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is not UTF-8 text (byte {error.start}).", "Name a product TOML or an engagement file."
        ) from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", "Check the path and its permissions.") from None


def day(text: str, now: datetime) -> datetime:
    """The end of a day written as `2026-12-01`, `+14d`, or a moment in ISO 8601. Raises `InputError`."""
    text = text.strip()
    if text.startswith("+") and text[1:].rstrip("dhwDHW").isdigit():
        units = {"d": "days", "h": "hours", "w": "weeks"}
        unit = units.get(text[-1].lower(), "days")
        return now + timedelta(**{unit: int(text[1:].rstrip("dhwDHW"))})
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time(23, 59, 59), tzinfo=UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise InputError(f'"{text[:40]}" is no date.', "Write 2026-12-01 or +14d.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def warn_read_only(session: Session) -> None:
    """Say so where nothing can be recorded."""
    if session.read_only:
        notices.notice(f"{session.path} can only be read; nothing is recorded.")


__all__ = ["EngagementError", "day", "engagement", "engagement_or_profile", "is_profile", "read_text", "warn_read_only"]
