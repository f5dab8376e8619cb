"""The pure parts of the TLS probe: bytes and values that no friendly server sends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launchready_tui.model.questions import Certificate, CipherGroup, TlsReply, TlsVersion
from launchready_tui.probes.certificates import read_certificate, read_chain
from launchready_tui.probes.clienthello import NotTls, Randomness, client_hello, read_reply
from launchready_tui.probes.tlsclient import ascii_name
from launchready_tui.probes.tlssuites import group_of, suite_name, suites
from launchready_tui.probes.tlsverify import Rejection, classify, names_cover, sent_path
from tests.probes.tlslab import NAME, issue

NOW = datetime(2026, 11, 24, tzinfo=UTC)
RANDOMNESS = Randomness(b"r" * 32, b"s" * 32, b"k" * 32)
VERSIONS: tuple[TlsVersion, ...] = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
GROUPS: tuple[CipherGroup, ...] = ("all", "broken", "triple-des", "static-rsa", "cbc", "modern")

LEAF = Certificate(
    subject="CN=shop.test",
    issuer="CN=Middle",
    serial="1",
    names=(NAME,),
    not_before=NOW - timedelta(days=1),
    not_after=NOW + timedelta(days=1),
    key_type="EC",
    key_bits=256,
    signature_hash="sha256",
    sha256="leaf",
)
MIDDLE = replace(LEAF, subject="CN=Middle", issuer="CN=Root", sha256="middle", is_ca=True)

# --- names and chains -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "host", "covered"),
    [
        (("shop.test",), "shop.test", True),
        (("shop.test",), "Shop.Test.", True),
        (("*.shop.test",), "www.shop.test", True),
        (("*.shop.test",), "shop.test", False),
        (("*.shop.test",), "a.b.shop.test", False),
        (("*.test",), "shop.test", False),
        (("w*.shop.test",), "www.shop.test", False),
        (("192.0.2.1",), "192.0.2.1", True),
        (("2001:db8::1",), "[2001:DB8:0::1]", True),
        (("*.0.2.1",), "192.0.2.1", False),
        ((), "shop.test", False),
    ],
)
def test_names_cover_what_browsers_accept(names: tuple[str, ...], host: str, covered: bool) -> None:
    assert names_cover(names, host) is covered


def test_the_path_is_found_whatever_the_order_and_never_runs_in_circles() -> None:
    stray = replace(LEAF, subject="CN=Stray", sha256="stray")
    assert sent_path((LEAF, stray, MIDDLE)) == (LEAF, MIDDLE)
    one, two = replace(LEAF, issuer="CN=B", subject="CN=A"), replace(LEAF, issuer="CN=A", subject="CN=B", sha256="b")
    assert sent_path((one, two)) == (one, two)


@pytest.mark.parametrize(
    ("code", "chain", "problem"),
    [
        (20, (LEAF,), "incomplete-chain"),
        (21, (LEAF,), "incomplete-chain"),
        (20, (LEAF, MIDDLE), "untrusted"),
        (19, (LEAF, MIDDLE), "untrusted"),
        (18, (LEAF,), "self-signed"),
        (23, (LEAF, MIDDLE), "revoked"),
        (79, (LEAF, MIDDLE), "other"),
        (20, (LEAF, replace(MIDDLE, not_after=NOW - timedelta(days=1))), "expired"),
        (62, (replace(LEAF, names=("a.test",)), MIDDLE), "hostname-mismatch"),
        (68, (replace(LEAF, signature_hash="sha1"), MIDDLE), "weak-signature"),
    ],
)
def test_the_worst_problem_names_a_rejection(code: int, chain: tuple[Certificate, ...], problem: str) -> None:
    found, detail = classify(Rejection(code, "the verifier says so."), chain, NAME, NOW)
    assert found == problem
    assert detail.startswith("the verifier says so")


def test_the_own_certificate_is_told_before_its_issuers() -> None:
    old = NOW - timedelta(days=3)
    chain = (replace(LEAF, not_after=old), replace(MIDDLE, not_after=NOW - timedelta(days=9)))
    _, detail = classify(Rejection(10, "certificate has expired"), chain, NAME, NOW)
    assert detail == "certificate has expired; it expired on 2026-11-21 00:00 UTC"


@given(st.binary(max_size=400))
def test_bytes_that_are_no_certificate_are_refused_with_a_value_error(der: bytes) -> None:
    with pytest.raises(ValueError, match="certificate"):
        read_certificate(der)


def test_an_unreadable_issuer_is_left_out_and_an_unreadable_leaf_is_not() -> None:
    leaf = issue(NAME, names=(NAME,)).der
    assert len(read_chain((leaf, b"\x30\x03junk"))) == 1
    for broken in ((), (b"junk", leaf)):
        with pytest.raises(ValueError, match="certificate"):
            read_chain(broken)


def test_names_become_a_labels() -> None:
    assert ascii_name("Bücher.test.") == "xn--bcher-kva.test"
    assert ascii_name("[2001:db8::1]") == "2001:db8::1"


# --- suites -----------------------------------------------------------------------------------------------------------


def test_every_suite_stands_in_the_group_that_its_name_says() -> None:
    for group in GROUPS[1:]:
        for number in suites("TLSv1.2", group):
            assert group_of(suite_name(number)) == group
    usual = [group_of(suite_name(number)) for number in suites("TLSv1.2", "all")]
    assert {"modern", "cbc", "static-rsa", "triple-des"} <= set(usual)
    assert all("_anon_" not in suite_name(number) for number in suites("TLSv1.2", "all"))


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("TLS_RSA_WITH_RC4_128_SHA", "broken"),
        ("TLS_ECDHE_RSA_WITH_NULL_SHA", "broken"),
        ("TLS_DH_anon_WITH_AES_128_GCM_SHA256", "broken"),
        ("TLS_DH_anon_WITH_3DES_EDE_CBC_SHA", "broken"),
        ("TLS_RSA_WITH_DES_CBC_SHA", "broken"),
        ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", "triple-des"),
        ("TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", "triple-des"),
        ("TLS_RSA_WITH_AES_128_GCM_SHA256", "static-rsa"),
        ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "cbc"),
        ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "modern"),
        ("TLS_AES_128_GCM_SHA256", "modern"),
    ],
)
def test_groups(name: str, group: str) -> None:
    assert group_of(name) == group


# --- hellos and replies -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["", "a.test", "a" * 63 + ".test", ".".join(["a" * 60] * 4)])
def test_lengths_are_consistent_and_avoid_those_at_which_load_balancers_hang(version: TlsVersion, name: str) -> None:
    hello = client_hello(version, suites(version, "modern"), name, RANDOMNESS)
    assert int.from_bytes(hello[3:5], "big") == len(hello) - 5
    assert int.from_bytes(hello[6:9], "big") == len(hello) - 9
    assert not 0xFF < len(hello) - 5 < 0x200
    assert (name.encode() in hello) or not name


def server_hello(version: int, suite: int, extensions: bytes = b"") -> bytes:
    body = version.to_bytes(2, "big") + b"r" * 32 + b"\x00" + suite.to_bytes(2, "big") + b"\x00"
    body += len(extensions).to_bytes(2, "big") + extensions
    message = b"\x02" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x03" + len(message).to_bytes(2, "big") + message


OFFERED = (0xC02F,)


def test_a_reply_is_read_however_it_is_cut() -> None:
    reply = server_hello(0x0303, 0xC02F)
    for length in range(len(reply)):
        assert read_reply(reply[:length], "TLSv1.2", OFFERED) is None
    suite = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
    assert read_reply(reply, "TLSv1.2", OFFERED) == TlsReply(True, "TLSv1.2", suite)
    message = reply[5:]
    records = b"".join(b"\x16\x03\x03\x00\x01" + message[at : at + 1] for at in range(len(message)))
    assert read_reply(records, "TLSv1.2", OFFERED) == TlsReply(True, "TLSv1.2", suite)


def test_an_older_version_is_no_acceptance_and_a_suite_of_its_own_no_tls() -> None:
    found = read_reply(server_hello(0x0302, 0xC014), "TLSv1.2", OFFERED)
    assert found == TlsReply(False, "TLSv1.1", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA")
    with pytest.raises(NotTls, match="not offered"):
        read_reply(server_hello(0x0303, 0x0005), "TLSv1.2", OFFERED)


def test_the_version_extension_counts() -> None:
    extension = b"\x00\x2b\x00\x02\x03\x04"
    assert read_reply(server_hello(0x0303, 0x1301, extension), "TLSv1.3", (0x1301,)) == TlsReply(
        True, "TLSv1.3", "TLS_AES_128_GCM_SHA256"
    )


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"\x16\x03\x03", b"\x15\x03\x03", b"\x16\x03\x03\x00\x28\x02\x00\x00"]),
)
def test_no_answer_breaks_the_reader(junk: bytes, start: bytes) -> None:
    try:
        found = read_reply(start + junk, "TLSv1.2", OFFERED)
    except NotTls:
        return
    assert found is None or not found.accepted or found.version == "TLSv1.2"
