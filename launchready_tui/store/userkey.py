"""The user's key, with which found secrets are fingerprinted: in the keyring, else in a file that is private.

It belongs to the user and not to an engagement (DESIGN.md section 4): the same secret has the same fingerprint in all
of a user's engagements, and none that another user could compare.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from launchready_tui.errors import InputError
from launchready_tui.folders import data_folder

FILE = "user.key"
ACCOUNT = "secret-fingerprints"
_BYTES = 32


@dataclass(frozen=True, slots=True)
class UserKey:
    """The key, and what the user should know about where it is ('' for nothing)."""

    value: bytes = field(repr=False)
    notice: str = ""


def user_key() -> UserKey:
    """The key; made at the first call. Raises `InputError` where it can be kept nowhere.

    A key file is there only where the keyring could not be used: it stays in use, so that fingerprints stay the same.
    """
    file = data_folder() / FILE
    found = _from_file(file)
    if found is not None:
        return UserKey(found)
    found = _from_keyring()
    if found is not None:
        return UserKey(found)
    return UserKey(
        _made(file), f"There is no usable keyring: the key of the fingerprints is in {file}, readable by you alone."
    )


def _from_file(file: Path) -> bytes | None:
    try:
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW), "r", encoding="ascii") as opened:
            return _read(opened.read(256))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The key file {file} cannot be read ({type(error).__name__}).", "Make it readable for you, or remove it."
        ) from None


def _from_keyring() -> bytes | None:
    """The key in the keyring, put there and read back if it is new; None without a usable keyring."""
    from launchready_tui.store import tokens

    def work() -> bytes | None:
        import keyring

        kept = keyring.get_password(tokens.SERVICE, ACCOUNT)
        if kept is None:
            keyring.set_password(tokens.SERVICE, ACCOUNT, secrets.token_hex(_BYTES))
            kept = keyring.get_password(tokens.SERVICE, ACCOUNT)
        return _read(kept) if kept else None

    try:
        return tokens.bounded(work, "key")
    except InputError:
        return None


def _made(file: Path) -> bytes:
    """A new key in a new file. Two programs that start at once agree on the file that was there first."""
    text = secrets.token_hex(_BYTES)
    draft = file.with_name(f".{FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as opened:
            opened.write(text)
        try:
            os.link(draft, file)
        finally:
            draft.unlink()
    except FileExistsError:
        pass
    except OSError as error:
        message = f"The key of the fingerprints cannot be kept in {file.parent} ({error.strerror})."
        raise InputError(message, "Set LAUNCHREADY_DATA_DIR to a folder that you can write.") from None
    found = _from_file(file)
    if found is None:
        raise InputError(f"The key file {file} went away.", "Try it again.")
    return found


def _read(text: str) -> bytes:
    """Raises `InputError` for what is no key."""
    try:
        value = bytes.fromhex(text.strip())
    except ValueError:
        value = b""
    if len(value) != _BYTES:
        raise InputError(
            "The key of the fingerprints is damaged.",
            f"Remove {data_folder() / FILE}, or the keyring's entry {ACCOUNT}.",
        )
    return value
