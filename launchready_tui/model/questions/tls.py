"""Handshakes, certificates and hand-built hellos."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from launchready_tui.model.questions.base import Facts, Question


@dataclass(frozen=True, slots=True)
class Certificate:
    """The parts of a certificate that are judged. `key_bits` is 0 where the size means nothing (Ed25519)."""

    subject: str
    issuer: str
    serial: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    key_type: str
    key_bits: int
    signature_hash: str
    sha256: str
    is_ca: bool = False
    self_issued: bool = False


@dataclass(frozen=True, slots=True)
class TlsSession(Facts):
    """A finished handshake and its verification.

    `problem` is '' where the chain verified for the name, else one of expired, not-yet-valid, self-signed, hostname-
    mismatch, untrusted, incomplete-chain, weak-key, weak-signature, revoked, other. `detail` is the verifier's own
    sentence. `chain` is what the peer sent, leaf first.
    """

    address: str
    version: str
    cipher: str
    chain: tuple[Certificate, ...]
    problem: str = ""
    detail: str = ""
    alpn: str = ""

    @property
    def leaf(self) -> Certificate:
        """The peer's own certificate."""
        return self.chain[0]


@dataclass(frozen=True, slots=True)
class TlsHandshake(Question[TlsSession]):
    """A complete handshake with one address ('' takes the first that answers), verified against the trust store of the
    run.
    """

    kind: ClassVar[str] = "tls-handshake"
    answer: ClassVar[type[Facts]] = TlsSession

    name: str
    port: int = 443
    address: str = ""

    @property
    def host(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class TlsReply(Facts):
    """What a server said to a hand-built ClientHello: `accepted` with the version and cipher suite it chose, or an
    alert by name.
    """

    accepted: bool
    version: str = ""
    cipher: str = ""
    alert: str = ""


TlsVersion = Literal["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]
CipherGroup = Literal["all", "broken", "triple-des", "static-rsa", "cbc", "modern"]


@dataclass(frozen=True, slots=True)
class TlsOffer(Question[TlsReply]):
    """A ClientHello that offers one version and one group of cipher suites, without completing the handshake.

    Groups: `all` everything usual; `broken` NULL, EXPORT, RC4, anonymous; `triple-des`; `static-rsa` (no forward
    secrecy); `cbc` (forward secret, no AEAD); `modern` (forward secret AEAD).
    """

    kind: ClassVar[str] = "tls-offer"
    answer: ClassVar[type[Facts]] = TlsReply

    name: str
    version: TlsVersion
    group: CipherGroup = "all"
    port: int = 443
    address: str = ""

    @property
    def host(self) -> str:
        return self.name
