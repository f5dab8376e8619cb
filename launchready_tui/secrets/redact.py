"""What is kept of a found value: a keyed fingerprint, its length, the last four characters of a long one (b0)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

LONG = 16
"""Characters from which the last four give nothing away."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """A value that cannot be read back. Equal values give equal fingerprints under the same key."""

    fingerprint: str
    last4: str
    length: int


def redact(value: str, key: bytes) -> Redacted:
    """HMAC-SHA256 of the value under the user's key, 16 hex digits, with the hints that people recognise it by."""
    data = value.encode("utf-8", "surrogateescape")
    return Redacted(
        fingerprint=hmac.new(key, data, hashlib.sha256).hexdigest()[:16],
        last4=value[-4:] if len(value) >= LONG and value[-4:].isascii() and value[-4:].isprintable() else "",
        length=len(value),
    )
