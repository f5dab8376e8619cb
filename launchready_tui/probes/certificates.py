"""Reads certificates as servers send them, however badly made they are.

The parts that are judged are read one by one: a certificate whose names cannot be parsed still has an expiry date.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

from launchready_tui.model.questions import Certificate

MOST_NAMES = 200
"""Names of one certificate that are kept; the public authorities stop at 100."""

LONGEST_NAME = 300
"""Characters of a subject or issuer that are kept."""

UNREADABLE = (
    ValueError,
    TypeError,
    KeyError,  # a string type that it does not know, in a name (cryptography 45)
    x509.InvalidVersion,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What `cryptography` raises when it comes to a part that it cannot read."""

_KEY_OIDS = {"1.2.840.113549.1.1.1": "RSA", "1.2.840.10045.2.1": "EC", "1.2.840.10040.4.1": "DSA"}
"""Key types by algorithm identifier (RFC 3279 section 2.3), for keys whose parameters are not supported."""

T = TypeVar("T")


def read_certificate(der: bytes) -> Certificate:
    """The judged parts of a DER certificate. Raises `ValueError` where not even its frame and dates can be read.

    Parts that cannot be read are left empty: no names, key type '' with 0 bits, signature hash ''.
    """
    with warnings.catch_warnings():
        # `cryptography` warns on stderr of serials that are not positive and the like: the terminal is not the place.
        warnings.simplefilter("ignore")
        try:
            parsed = x509.load_der_x509_certificate(der)
            not_before, not_after = parsed.not_valid_before_utc, parsed.not_valid_after_utc
        except UNREADABLE as error:
            raise ValueError(f"not a readable certificate: {error}") from error
        subject = _tolerant(lambda: parsed.subject, None)
        issuer = _tolerant(lambda: parsed.issuer, None)
        key_type, key_bits = _key(parsed)
        return Certificate(
            subject=_text(subject),
            issuer=_text(issuer),
            serial=f"{abs(parsed.serial_number):x}",
            names=_tolerant(lambda: _names(parsed), ()),
            not_before=not_before,
            not_after=not_after,
            key_type=key_type,
            key_bits=key_bits,
            signature_hash=_tolerant(lambda: _hash_name(parsed), ""),
            sha256=hashlib.sha256(der).hexdigest(),
            is_ca=_tolerant(lambda: _is_ca(parsed), False),
            self_issued=subject is not None and subject == issuer,
        )


def read_chain(ders: tuple[bytes, ...]) -> tuple[Certificate, ...]:
    """The certificates that a server sent, leaf first; those above the leaf that cannot be read are left out.

    Raises `ValueError` where there is no leaf or it cannot be read.
    """
    if not ders:
        raise ValueError("the server sent no certificate")
    chain = [read_certificate(ders[0])]
    for der in ders[1:]:
        try:
            chain.append(read_certificate(der))
        except ValueError:
            continue
    return tuple(chain)


def _tolerant(read: Callable[[], T], otherwise: T) -> T:
    """A part of a certificate, or what stands for it where it cannot be read."""
    try:
        return read()
    except UNREADABLE:
        return otherwise


def _text(name: x509.Name | None) -> str:
    """A distinguished name in its usual form (RFC 4514)."""
    return "" if name is None else _tolerant(lambda: name.rfc4514_string()[:LONGEST_NAME], "")


def _names(parsed: x509.Certificate) -> tuple[str, ...]:
    """DNS names and addresses of the subject alternative name; the common name does not count (RFC 9525 section 2)."""
    try:
        found = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    dns = found.get_values_for_type(x509.DNSName)
    addresses = found.get_values_for_type(x509.IPAddress)
    return tuple([*(name.lower() for name in dns), *map(str, addresses)][:MOST_NAMES])


def _is_ca(parsed: x509.Certificate) -> bool:
    """Whether the basic constraints make it an authority (RFC 5280 section 4.2.1.9)."""
    try:
        return parsed.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _hash_name(parsed: x509.Certificate) -> str:
    algorithm = parsed.signature_hash_algorithm
    return algorithm.name if algorithm else ""


def _key(parsed: x509.Certificate) -> tuple[str, int]:
    """The type of the public key and its size in bits, 0 where the size means nothing or is not known."""
    key: Any = _tolerant(parsed.public_key, None)
    match key:
        case rsa.RSAPublicKey():
            return "RSA", key.key_size
        case ec.EllipticCurvePublicKey():
            return "EC", key.key_size
        case dsa.DSAPublicKey():
            return "DSA", key.key_size
        case ed25519.Ed25519PublicKey():
            return "Ed25519", 0
        case ed448.Ed448PublicKey():
            return "Ed448", 0
    return _KEY_OIDS.get(_tolerant(lambda: parsed.public_key_algorithm_oid.dotted_string, ""), ""), 0
