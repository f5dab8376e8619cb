"""Opens a scanner with the user's key."""

from __future__ import annotations

from dataclasses import dataclass, field

from launchready_tui.secrets.engine import Engine
from launchready_tui.secrets.scanner import SecretScanner
from launchready_tui.store import userkey


@dataclass(frozen=True, slots=True)
class Opened:
    """A scanner. `notices` fills while it works: where the user's key came from, if that is worth knowing."""

    scanner: SecretScanner
    notices: list[str] = field(default_factory=list)


def open_scanner() -> Opened:
    """A scanner whose fingerprints are the user's own. Raises `ExtraMissing`."""
    notices: list[str] = []

    def key() -> bytes:
        found = userkey.user_key()
        if found.notice:
            notices.append(found.notice)
        return found.value

    return Opened(SecretScanner(Engine(), key), notices)
