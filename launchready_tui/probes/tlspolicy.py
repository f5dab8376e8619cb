"""The second verifier: `cryptography`'s, asked about every chain that OpenSSL has accepted.

OpenSSL is lenient: it lets through certificates that browsers refuse (an authority used as a server's certificate,
name constraints that constrain nothing, key types that no browser knows). No path is validated by code of our own;
there are two verifiers and one rule:

1. OpenSSL rejects: rejected. Nobody else is asked.
2. The second verifier accepts with its Web PKI profile, to any trusted authority: verified.
3. It rejects with that profile and accepts with the private profile, to an authority outside the public list
   (Mozilla's, as certifi ships it): verified, with a note. The private profile leaves out what the Baseline
   Requirements ask of public authorities and browsers do not ask of others: key identifiers (absent, or without the
   field that names the key), key usage, whether an extension is marked critical. What these extensions say has been
   judged by OpenSSL: that an authority is one, what a key is for, and that the names cover the host.
4. Otherwise: rejected, with the second verifier's reason.

Point 4 is stricter than browsers in a few things that a public authority may not do anyway (marking the alternative
names critical beside a subject, say): such a certificate is mis-issued, will be revoked, and other clients refuse it.

The second verifier has no say, and OpenSSL's verdict stays with a note, about a certificate that is its own issuer
(accepted, so it stands in the trust store itself), a host name that it does not take (an underscore), parts that it
cannot read, and more issuers than any honest server sends. Which class a chain belongs to is decided by the profile
that accepts it, never by the wording of a message: that differs between releases.
"""

from __future__ import annotations

import functools
import ipaddress
import re
import ssl
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    Subject,
    VerificationError,
)

from launchready_tui.probes.certificates import UNREADABLE
from launchready_tui.probes.trust import public_authorities
from launchready_tui.text import one_line

MOST_ISSUERS = 20
"""Different issuers that are handed to the verifier: it tries every path through them."""

_FRAME = re.compile(
    r"^(?:validation failed: )?(?:candidates exhausted: )?(?P<why>.*?)(?: \(encountered processing .*)?$"
)
"""A refusal in `cryptography`'s words; only what is shown of it depends on them."""


@dataclass(frozen=True, slots=True)
class Authorities:
    """Trusted certificates, in DER, by who has to keep to the Baseline Requirements."""

    public: tuple[bytes, ...]
    private: tuple[bytes, ...]

    @classmethod
    def of(cls, context: ssl.SSLContext) -> Authorities:
        """The authorities of a context that has finished a handshake: folders of authorities are read as needed."""
        trusted = context.get_ca_certs(binary_form=True)
        known = public_authorities()
        return cls(
            tuple(item for item in trusted if item in known), tuple(item for item in trusted if item not in known)
        )


@dataclass(frozen=True, slots=True)
class Opinion:
    """Whether a chain that OpenSSL accepted stays accepted, and what else is to be said of it."""

    accepted: bool
    note: str = ""


def second_opinion(sent: tuple[bytes, ...], name: str, at: datetime, authorities: Authorities) -> Opinion:
    """The rule above for a chain that OpenSSL has accepted: DER, leaf first; a host in ASCII or an IP literal."""
    issuers = tuple(dict.fromkeys(item for item in sent[1:] if item != sent[0]))
    if len(issuers) > MOST_ISSUERS:
        return Opinion(True, f"the second verifier was not asked: {len(issuers)} issuers were sent")
    if not authorities.public and not authorities.private:
        return Opinion(True, "the second verifier was not asked: the trusted authorities cannot be listed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in `certificates`: the terminal is not the place
        try:
            leaf = x509.load_der_x509_certificate(sent[0])
            if leaf.issuer == leaf.subject:
                return Opinion(True, "the certificate is trusted by itself, no authority stands behind it")
            return _judged(leaf, _readable(issuers), _subject(name), at, authorities)
        except UNREADABLE as error:
            return Opinion(True, f"the second verifier has no say: {one_line(str(error), 120)}")


def _judged(
    leaf: x509.Certificate, issuers: list[x509.Certificate], subject: Subject, at: datetime, authorities: Authorities
) -> Opinion:
    """Points 2 to 4 of the rule. Raises `ValueError` and the like for a name or parts that it does not take."""
    builder = PolicyBuilder().time(at)
    why = _refusal(builder, (*authorities.private, *authorities.public), subject, leaf, issuers)
    if not why:
        return Opinion(True)
    of_issuers, of_leaf = _private_profile()
    relaxed = builder.extension_policies(ca_policy=of_issuers, ee_policy=of_leaf)
    if not _refusal(relaxed, authorities.private, subject, leaf, issuers):
        return Opinion(True, f"a private authority; from a public one it would be refused: {why}")
    return Opinion(False, f"OpenSSL accepts the chain, the rules of the Web PKI do not: {why}")


def _refusal(
    builder: PolicyBuilder,
    trusted: tuple[bytes, ...],
    subject: Subject,
    leaf: x509.Certificate,
    issuers: list[x509.Certificate],
) -> str:
    """Why the verifier refuses a chain; '' where it accepts."""
    store = _store(trusted)
    if store is None:
        return "no authority of this kind is trusted"
    try:
        builder.store(store).build_server_verifier(subject).verify(leaf, issuers)
    except VerificationError as error:
        said = _FRAME.match(one_line(str(error), 400))
        return one_line(said["why"] if said else str(error), 200) or "no reason given"
    return ""


@functools.cache
def _private_profile() -> tuple[ExtensionPolicy, ExtensionPolicy]:
    """For issuers and leaf: the Web PKI profile without what private authorities need not keep to."""
    either = Criticality.AGNOSTIC
    issuers = (
        ExtensionPolicy.webpki_defaults_ca()
        .may_be_present(x509.AuthorityKeyIdentifier, either, None)
        .may_be_present(x509.SubjectKeyIdentifier, either, None)
        .may_be_present(x509.KeyUsage, either, None)
        .require_present(x509.BasicConstraints, either, None)
    )
    leaf = (
        ExtensionPolicy.webpki_defaults_ee()
        .may_be_present(x509.AuthorityKeyIdentifier, either, None)
        .may_be_present(x509.SubjectKeyIdentifier, either, None)
        .may_be_present(x509.KeyUsage, either, None)
        .may_be_present(x509.ExtendedKeyUsage, either, None)
        .require_present(x509.SubjectAlternativeName, either, None)
    )
    return issuers, leaf


@functools.lru_cache(maxsize=4)
def _store(trusted: tuple[bytes, ...]) -> Store | None:
    """The verifier's store, which cannot be empty; authorities that cannot be read can verify nothing."""
    certificates = _readable(trusted)
    return Store(certificates) if certificates else None


def _readable(ders: Iterable[bytes]) -> list[x509.Certificate]:
    found = []
    for der in ders:
        try:
            found.append(x509.load_der_x509_certificate(der))
        except UNREADABLE:
            continue
    return found


def _subject(name: str) -> Subject:
    """What the certificate has to be for. Raises `ValueError` for a name that is not ASCII."""
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
