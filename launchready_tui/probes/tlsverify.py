"""Says in one word why a chain was rejected. Pure: verifier's code, chain, name and time in, problem and sentence out.

OpenSSL stops at the first thing it dislikes, and which one that is depends on its own order. A person who mends an
expired certificate wants to hear of the wrong name in the same breath: so the chain is looked through once more here.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from launchready_tui.model.questions import Certificate
from launchready_tui.text import one_line

PROBLEMS = (
    "expired",
    "not-yet-valid",
    "self-signed",
    "hostname-mismatch",
    "untrusted",
    "incomplete-chain",
    "weak-key",
    "weak-signature",
    "revoked",
    "other",
)
"""The problems of a session, the worst first: where a chain has several, the first of them names it."""

SECOND = 0
"""The number of a rejection by the second verifier, which has no numbers (0 is OpenSSL's X509_V_OK)."""

_ISSUER_MISSING = frozenset({2, 20, 21})
"""X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, ..._LOCALLY, ..._VERIFY_LEAF_SIGNATURE (openssl/x509_vfy.h)."""

_BY_CODE = {
    9: "not-yet-valid",
    10: "expired",
    18: "self-signed",
    19: "untrusted",
    23: "revoked",
    27: "untrusted",
    62: "hostname-mismatch",
    64: "hostname-mismatch",
    66: "weak-key",
    67: "weak-key",
    68: "weak-signature",
}
"""Problems by OpenSSL's X509_V_ERR_… number (openssl/x509_vfy.h, stable since 1.1.0)."""

_WEAK_HASHES = frozenset({"md2", "md4", "md5", "sha1"})
_LEAST_RSA_BITS = 2048
_LEAST_EC_BITS = 224
"""OpenSSL's security level 2 (112 bits of strength), at which chains are verified."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """What the verifier said: its number and its sentence."""

    code: int
    message: str


def classify(rejection: Rejection, chain: tuple[Certificate, ...], name: str, at: datetime) -> tuple[str, str]:
    """The worst problem of a rejected chain, and all that was found, the verifier's own sentence first."""
    path = sent_path(chain)
    found = dict(_looked_through(path, name, at))
    problem, why = _by_verifier(rejection, path)
    found.setdefault(problem, why)
    ordered = sorted(found, key=PROBLEMS.index)
    sentences = [one_line(rejection.message).rstrip("."), *(found[item] for item in ordered)]
    return ordered[0], "; ".join(dict.fromkeys(filter(None, sentences)))


def sent_path(chain: tuple[Certificate, ...]) -> tuple[Certificate, ...]:
    """The leaf and its issuers as far as the server sent them, whatever order they came in."""
    path = [chain[0]]
    while not path[-1].self_issued:
        issuer = next((item for item in chain if item.subject == path[-1].issuer and item not in path), None)
        if issuer is None:
            break
        path.append(issuer)
    return tuple(path)


def names_cover(names: tuple[str, ...], host: str) -> bool:
    """Whether names cover a host: `*` stands for the whole leftmost label only (RFC 9525 section 6.3)."""
    wanted = host.strip("[]").lower().rstrip(".")
    try:
        address = str(ipaddress.ip_address(wanted))
    except ValueError:
        _, _, parent = wanted.partition(".")
        return wanted in names or ("." in parent and f"*.{parent}" in names)
    return address in names


def _by_verifier(rejection: Rejection, path: tuple[Certificate, ...]) -> tuple[str, str]:
    """What the verifier's number means for this chain.

    An issuer that is neither sent nor in the trust store may be an intermediate that the server forgot or a private
    root. A server that sends nothing above its leaf has most likely forgotten; where an issuer was sent, the
    administrator knew about chains, and the authority above is the stranger.
    """
    if rejection.code not in _ISSUER_MISSING:
        return _BY_CODE.get(rejection.code, "other"), ""
    issuer = one_line(path[-1].issuer, 120) or "unknown"
    if len(path) == 1:
        return "incomplete-chain", f"the issuer ({issuer}) was not sent and is not a trusted root"
    return "untrusted", f"the chain ends at an authority that is not trusted ({issuer})"


def _looked_through(path: tuple[Certificate, ...], name: str, at: datetime) -> Iterator[tuple[str, str]]:
    """Every problem that can be read from the chain itself, with a sentence; of each kind the leaf's comes last."""
    leaf = path[0]
    if not names_cover(leaf.names, name):
        yield "hostname-mismatch", f"it is for {_listed(leaf.names)}, not for {name}"
    for certificate in reversed(path):
        who = "it" if certificate is leaf else f"the issuer {one_line(certificate.subject, 80)}"
        if certificate.not_after < at:
            yield "expired", f"{who} expired on {certificate.not_after:%Y-%m-%d %H:%M} UTC"
        if certificate.not_before > at:
            yield "not-yet-valid", f"{who} is valid only from {certificate.not_before:%Y-%m-%d %H:%M} UTC"
        if _is_weak(certificate):
            yield "weak-key", f"{who} has {certificate.key_bits} bits of {certificate.key_type} key only"
        if certificate.signature_hash in _WEAK_HASHES and not certificate.self_issued:
            yield "weak-signature", f"{who} is signed with {certificate.signature_hash.upper()}"


def _is_weak(certificate: Certificate) -> bool:
    least = {"RSA": _LEAST_RSA_BITS, "DSA": _LEAST_RSA_BITS, "EC": _LEAST_EC_BITS}.get(certificate.key_type, 0)
    return 0 < certificate.key_bits < least


def _listed(names: tuple[str, ...]) -> str:
    """Some of a certificate's names for a sentence."""
    shown = ", ".join(one_line(name, 80) for name in names[:4])
    return (f"{shown} and {len(names) - 4} more" if len(names) > 4 else shown) or "no name at all"
