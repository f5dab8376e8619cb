"""The practice certificate authority: a root, an intermediate, and leaves with every illness that a check knows."""

from __future__ import annotations

import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from launchready_tui.practice.world import LIFETIME, KeyKind, Leaf

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_SHA256_WITH_RSA = bytes.fromhex("06092a864886f70d01010b")
_SHA1_WITH_RSA = bytes.fromhex("06092a864886f70d010105")
_CA_DAYS = 1825


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate that may sign others, with its key."""

    certificate: x509.Certificate
    key: PrivateKey


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate as a server holds it: the chain that it sends, leaf first, and the key, all as PEM."""

    chain: bytes
    key: bytes

    def load_into(self, context: ssl.SSLContext, folder: Path) -> None:
        """Give key and chain to a server context. The key touches the folder for a moment only, in a 0600 file."""
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".key-", suffix=".pem") as file:
            file.write(self.key + self.chain)
            file.flush()
            context.load_cert_chain(file.name)


class CertificateAuthority:
    """The CA of one practice target, made anew at every start; its root is the `ca_bundle` of the profile."""

    def __init__(self, now: datetime | None = None) -> None:
        self._now = (now or datetime.now(UTC)).replace(microsecond=0)
        self._root = self._authority("Practice Root CA", ec.generate_private_key(ec.SECP256R1()), None)
        self._intermediate = self._authority("Practice Issuing CA 1", _new_key("rsa-2048"), self._root)
        self._stranger = self._authority("Somebody Else's Test CA", ec.generate_private_key(ec.SECP256R1()), None)
        self._issued: dict[tuple[str, Leaf], Issued] = {}

    @property
    def root_pem(self) -> bytes:
        """The root certificate, which clients have to trust."""
        return self._root.certificate.public_bytes(Encoding.PEM)

    def issue(self, host: str, leaf: Leaf) -> Issued:
        """The certificate of a host, the same one at every call."""
        found = self._issued.get((host, leaf))
        if found is None:
            found = self._issued[host, leaf] = self._make(leaf.name or host, leaf)
        return found

    def _authority(self, name: str, key: PrivateKey, parent: Authority | None) -> Authority:
        subject = _subject(name, "Practice Trust Services")
        builder = self._builder(
            subject, parent.certificate.subject if parent else subject, key, self._now + timedelta(days=_CA_DAYS)
        )
        builder = builder.not_valid_before(self._now - timedelta(days=30))
        builder = builder.add_extension(
            x509.BasicConstraints(ca=True, path_length=None if parent is None else 0), critical=True
        )
        builder = builder.add_extension(_key_usage(signs_certificates=True), critical=True)
        if parent is not None:
            builder = builder.add_extension(_authority_key(parent), critical=False)
        return Authority(builder.sign(parent.key if parent else key, SHA256()), key)

    def _make(self, name: str, leaf: Leaf) -> Issued:
        key = _new_key(leaf.key)
        signer = {"practice": self._intermediate, "stranger": self._stranger}.get(leaf.issuer)
        not_after = self._now + leaf.remaining
        issuer_name = signer.certificate.subject if signer else _subject(name)
        builder = self._builder(_subject(name), issuer_name, key, not_after).not_valid_before(not_after - LIFETIME)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_key_usage(signs_certificates=False), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        if signer is not None:
            builder = builder.add_extension(_authority_key(signer), critical=False)
        certificate = builder.sign(signer.key if signer else key, SHA256()).public_bytes(Encoding.DER)
        if leaf.sha1 and signer is not None and isinstance(signer.key, rsa.RSAPrivateKey):
            certificate = _signed_with_sha1(certificate, signer.key)
        chain = ssl.DER_cert_to_PEM_cert(certificate).encode()
        if signer is not None and leaf.with_intermediate:
            chain += signer.certificate.public_bytes(Encoding.PEM)
        return Issued(chain, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    @staticmethod
    def _builder(
        subject: x509.Name, issuer: x509.Name, key: PrivateKey, not_after: datetime
    ) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_after(not_after)
        return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def _new_key(kind: KeyKind) -> PrivateKey:
    if kind == "ec-256":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65_537, 1024 if kind == "rsa-1024" else 2048)


def _subject(name: str, organisation: str = "") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)] if organisation else []
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _authority_key(signer: Authority) -> x509.AuthorityKeyIdentifier:
    known = signer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(known)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_encipherment=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _signed_with_sha1(certificate: bytes, key: rsa.RSAPrivateKey) -> bytes:
    """The certificate signed anew with SHA-1, which `cryptography` no longer does by itself.

    The algorithm stands in it twice, and its SHA-1 name has the same length; so has the signature, which comes last.
    """
    renamed = certificate.replace(_SHA256_WITH_RSA, _SHA1_WITH_RSA)
    signed_part = x509.load_der_x509_certificate(renamed).tbs_certificate_bytes
    signature = key.sign(signed_part, padding.PKCS1v15(), SHA1())  # noqa: S303 - the weak signature is the fault
    return renamed[: -len(signature)] + signature
