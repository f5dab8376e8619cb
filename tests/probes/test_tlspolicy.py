"""The second verifier's say about chains that OpenSSL accepts."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from hypothesis import example, given
from hypothesis import strategies as st

from launchready_tui.probes.tlspolicy import MOST_ISSUERS, Authorities, second_opinion
from launchready_tui.probes.trust import public_authorities
from tests.probes.tlslab import NAME, Issued, issue

NOW = datetime.now(UTC)
ROOT = issue("Lab Root", ca=True)
MIDDLE = issue("Lab Intermediate", ROOT, ca=True)
LEAF = issue(NAME, MIDDLE, names=(NAME, "127.0.0.1"))
PRIVATE = Authorities(public=(), private=(ROOT.der,))
PUBLIC = Authorities(public=(ROOT.der,), private=())


def test_a_private_authority_needs_no_key_identifiers_and_a_public_one_does() -> None:
    for name in (NAME, "127.0.0.1"):
        kept = second_opinion((LEAF.der, MIDDLE.der), name, NOW, PRIVATE)
        assert kept.accepted
        assert kept.note.startswith("a private authority; from a public one it would be refused: ")
        refused = second_opinion((LEAF.der, MIDDLE.der), name, NOW, PUBLIC)
        assert not refused.accepted
        assert refused.note.startswith("OpenSSL accepts the chain, the rules of the Web PKI do not: ")


@pytest.mark.parametrize("elsewhere", [(), tuple(sorted(public_authorities()))[:9]], ids=["alone", "beside public"])
def test_certificates_of_trustme_verify(elsewhere: tuple[bytes, ...]) -> None:
    authority = trustme.CA()
    root = ssl.PEM_cert_to_DER_cert(authority.cert_pem.bytes().decode())
    pems = authority.issue_cert(NAME).cert_chain_pems
    sent = tuple(ssl.PEM_cert_to_DER_cert(pem.bytes().decode()) for pem in pems)
    assert second_opinion(sent, NAME, NOW, Authorities(elsewhere, (root,))).accepted


@pytest.mark.parametrize(
    ("leaf", "at"),
    [
        (issue(NAME, MIDDLE, names=(NAME,), ca=True), NOW),
        (LEAF, NOW + timedelta(days=90)),
        (issue(NAME, issue("Stranger", ca=True), names=(NAME,)), NOW),
    ],
    ids=["authority as leaf", "expired", "stranger"],
)
def test_no_authority_may_do_this(leaf: Issued, at: datetime) -> None:
    assert not second_opinion((leaf.der, MIDDLE.der), NAME, at, PRIVATE).accepted


def test_where_it_has_no_say_the_first_verdict_stays_with_a_note() -> None:
    own = issue(NAME, names=(NAME,))
    many = tuple(issue(f"Middle {number}", ROOT, ca=True).der for number in range(MOST_ISSUERS + 1))
    for sent, name, authorities in (
        ((own.der,), NAME, PUBLIC),
        ((LEAF.der, MIDDLE.der), "foo_bar.shop.test", PUBLIC),
        ((LEAF.der, MIDDLE.der), "bücher.test", PUBLIC),
        ((LEAF.der, MIDDLE.der), NAME, Authorities((), ())),
        ((LEAF.der, *many), NAME, PUBLIC),
        ((b"junk", MIDDLE.der), NAME, PUBLIC),
    ):
        opinion = second_opinion(sent, name, NOW, authorities)
        assert opinion.accepted
        assert opinion.note


def test_the_same_issuer_sent_often_and_junk_between_are_no_trouble() -> None:
    sent = (LEAF.der, b"\x30\x03junk", *[MIDDLE.der] * 99, ROOT.der)
    assert second_opinion(sent, NAME, NOW, PRIVATE).accepted


@given(st.integers(0, len(LEAF.der) - 1), st.integers(1, 255))
@example(12, 1)  # a version that does not exist
def test_no_damaged_certificate_breaks_it(place: int, change: int) -> None:
    damaged = bytearray(LEAF.der)
    damaged[place] ^= change
    second_opinion((bytes(damaged), MIDDLE.der), NAME, NOW, PRIVATE)


def test_the_authorities_of_a_context_are_told_apart() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(min(public_authorities())) + ROOT.pem.decode())
    assert Authorities.of(context) == Authorities((min(public_authorities()),), (ROOT.der,))
