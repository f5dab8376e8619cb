"""Judges a DKIM key record (RFC 6376 section 3.6.1; RFC 8301 for sizes and hashes; RFC 8463 for Ed25519)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass

from launchready_tui.checks.mail.rules.tags import tag_list, without_blanks
from launchready_tui.text import one_line

ED25519_BYTES = 32

WEAKEST_KEY = 1024
"""Bits below which a verifier must not accept an RSA key (RFC 8301 section 3.2)."""

USUAL_KEY = 2048
"""Bits that a signer should use (RFC 8301 section 3.2)."""


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key as its record has it. `bits` is 0 where the size means nothing (Ed25519) or the key cannot be read.

    `error` is the reason why no signature made with the key is accepted: `revoked`, `version`, `unreadable`,
    `key-type`, `no-sha256`, `not-for-mail`; '' for a good record. `problem` is the sentence for it.
    """

    key_type: str = "rsa"
    bits: int = 0
    testing: bool = False
    error: str = ""
    problem: str = ""


def select(records: Iterable[str]) -> tuple[str, ...]:
    """The TXT records at a selector that are meant as keys: they hold a `p` or begin with `v=DKIM1`."""
    return tuple(
        record
        for record in records
        if any(name == "p" for name, _ in tag_list(record)) or without_blanks(record[:40]).lower().startswith("v=dkim1")
    )


def parse(text: str) -> KeyRecord:
    """Read a key record."""
    tags = tag_list(text)
    values = dict(reversed(tags))
    key_type = values.get("k", "rsa").lower()
    testing = "y" in _parts(values.get("t", ""))

    def bad(error: str, problem: str) -> KeyRecord:
        return KeyRecord(key_type, 0, testing, error, problem)

    if "v" in values and (tags[0] != ("v", "DKIM1")):
        return bad("version", f'"v={one_line(values["v"], 30)}" must be v=DKIM1 and stand first')
    if "p" not in values:
        return bad("unreadable", "the record holds no key (no p=)")
    key = without_blanks(values["p"])
    if not key:
        return bad("revoked", "p= is empty: the key is revoked")
    if key_type not in ("rsa", "ed25519"):
        return bad("key-type", f'"k={one_line(key_type, 30)}" is no kind of key that receivers know')
    if "h" in values and "sha256" not in _parts(values["h"].lower()):
        return bad("no-sha256", f'"h={one_line(values["h"], 40)}" leaves out sha256, the one hash that is accepted')
    if "s" in values and not {"*", "email"} & set(_parts(values["s"].lower())):
        return bad("not-for-mail", f'"s={one_line(values["s"], 40)}" does not allow mail')
    try:
        data = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        return bad("unreadable", "the key is not base64: perhaps it was cut off at 255 characters")
    if key_type == "ed25519":
        if len(data) != ED25519_BYTES:
            return bad("unreadable", f"an Ed25519 key has {ED25519_BYTES} bytes, this one {len(data)}")
        return KeyRecord(key_type, 0, testing)
    bits = rsa_bits(data)
    if not bits:
        return bad("unreadable", "the key is no RSA key: perhaps it was cut off at 255 characters")
    return KeyRecord(key_type, bits, testing)


def rsa_bits(data: bytes) -> int:
    """The size of an RSA public key in DER (as SubjectPublicKeyInfo, or bare as in PKCS #1), 0 where it is none."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        return 0
    return key.key_size if isinstance(key, RSAPublicKey) else 0


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(":"))
