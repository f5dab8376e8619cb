"""The TLS probe against real servers on loopback."""

from __future__ import annotations

import ssl
import warnings
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from launchready_tui.errors import InputError
from launchready_tui.model.evidence import Answer, Failure
from launchready_tui.model.product import Network
from launchready_tui.model.questions import (
    CipherGroup,
    Question,
    TlsHandshake,
    TlsOffer,
    TlsReply,
    TlsSession,
    TlsVersion,
)
from launchready_tui.probes.tls import TlsProbe
from tests.probes.tlslab import (
    NAME,
    Issued,
    Serve,
    in_turn,
    issue,
    resets,
    says,
    server_context,
    serving,
    silent,
    speaks_tls,
)

ROOT = issue("Lab Root", ca=True, ends=timedelta(days=3650))
MIDDLE = issue("Lab Intermediate", ROOT, ca=True, ends=timedelta(days=900))
LEAF = issue(NAME, MIDDLE, names=(NAME, "*.Shop.test", "127.0.0.1"))


async def nobody(question: Question[Any], /) -> Answer[Any]:
    raise AssertionError(f"asked {question}")


@pytest.fixture
def probe(tmp_path: Path) -> TlsProbe:
    return new_probe(tmp_path)


def new_probe(folder: Path, seconds: float = 10.0) -> TlsProbe:
    (folder / "ca.pem").write_bytes(ROOT.pem)
    return TlsProbe(Network(ca_bundle="ca.pem", public=("127.0.0.0/8",)), folder, seconds=seconds)


async def session_with(probe: TlsProbe, *chain: Issued, name: str = NAME) -> TlsSession:
    with serving(speaks_tls(server_context(chain))) as server:
        outcome = await probe.answer(TlsHandshake(name, server.port, "127.0.0.1"), 1, nobody)
    assert isinstance(outcome.facts, TlsSession), outcome.failure
    assert outcome.vantage.address == "127.0.0.1"
    return outcome.facts


async def handshake_failure(probe: TlsProbe, serve: Serve, name: str = NAME) -> Failure:
    with serving(serve) as server:
        outcome = await probe.answer(TlsHandshake(name, server.port, "127.0.0.1"), 1, nobody)
    assert outcome.failure is not None
    return outcome.failure


# --- handshakes -------------------------------------------------------------------------------------------------------


async def test_a_good_chain_is_read_whole(probe: TlsProbe) -> None:
    session = await session_with(probe, LEAF, MIDDLE)
    assert session.problem == ""
    assert session.detail.startswith("a private authority")  # the lab's has no key identifiers
    assert session.address == "127.0.0.1"
    assert session.version == "TLSv1.3"
    assert session.cipher.startswith("TLS_")
    assert [item.subject for item in session.chain] == ["CN=shop.test", "CN=Lab Intermediate"]
    leaf = session.leaf
    assert leaf.names == (NAME, "*.shop.test", "127.0.0.1")
    assert leaf.issuer == "CN=Lab Intermediate"
    assert leaf.serial == f"{LEAF.certificate.serial_number:x}"
    assert (leaf.key_type, leaf.key_bits, leaf.signature_hash) == ("EC", 256, "sha256")
    assert (leaf.not_before, leaf.not_after) == (
        LEAF.certificate.not_valid_before_utc,
        LEAF.certificate.not_valid_after_utc,
    )
    assert not leaf.is_ca
    assert session.chain[1].is_ca


async def test_a_wildcard_and_an_address_are_verified_as_names(probe: TlsProbe) -> None:
    assert (await session_with(probe, LEAF, MIDDLE, name="www.shop.test")).problem == ""
    assert (await session_with(probe, LEAF, MIDDLE, name="127.0.0.1")).problem == ""


async def test_an_address_is_not_sent_as_server_name(probe: TlsProbe) -> None:
    context = server_context((LEAF, MIDDLE))
    sent: list[str | None] = []
    context.sni_callback = lambda tls, name, context: sent.append(name)
    with serving(speaks_tls(context)) as server:
        for name in ("127.0.0.1", NAME):
            await probe.answer(TlsHandshake(name, server.port, "127.0.0.1"), 1, nobody)
            await probe.answer(TlsOffer(name, "TLSv1.2", port=server.port, address="127.0.0.1"), 1, nobody)
    half = len(sent) // 2
    assert sent == [None] * half + [NAME] * half


EXPIRED = issue(NAME, MIDDLE, names=(NAME,), starts=timedelta(days=-90), ends=timedelta(days=-2))
SELF = issue(NAME, names=(NAME,))
STRANGER = issue("Stranger Root", ca=True)
STRANGE_MIDDLE = issue("Strange Intermediate", STRANGER, ca=True)
OLD_MIDDLE = issue("Old Intermediate", ROOT, ca=True, starts=timedelta(days=-90), ends=timedelta(days=-1))
SHORT = rsa.generate_private_key(65537, 1024)


@pytest.mark.parametrize(
    ("chain", "problem", "says"),
    [
        ((EXPIRED, MIDDLE), "expired", "it expired on"),
        ((issue(NAME, OLD_MIDDLE, names=(NAME,)), OLD_MIDDLE), "expired", "the issuer CN=Old Intermediate expired"),
        (
            (issue(NAME, MIDDLE, names=(NAME,), starts=timedelta(days=3)), MIDDLE),
            "not-yet-valid",
            "it is valid only from",
        ),
        ((SELF,), "self-signed", "self"),
        ((issue(NAME, names=(NAME,), ca=True),), "self-signed", "self"),
        ((issue("x", MIDDLE, names=("other.test",)), MIDDLE), "hostname-mismatch", "it is for other.test, not for"),
        ((issue(NAME, MIDDLE), MIDDLE), "hostname-mismatch", "it is for no name at all"),
        ((LEAF,), "incomplete-chain", "the issuer (CN=Lab Intermediate) was not sent"),
        ((issue(NAME, STRANGE_MIDDLE, names=(NAME,)), STRANGE_MIDDLE), "untrusted", "CN=Stranger Root"),
        ((issue(NAME, STRANGER, names=(NAME,)), STRANGER), "untrusted", "self-signed certificate in certificate chain"),
        ((issue(NAME, MIDDLE, names=(NAME,), key=SHORT), MIDDLE), "weak-key", "it has 1024 bits of RSA key only"),
    ],
)
async def test_a_rejected_chain_is_read_and_named(
    probe: TlsProbe, chain: tuple[Issued, ...], problem: str, says: str
) -> None:
    session = await session_with(probe, *chain)
    assert session.problem == problem, session.detail
    assert says in session.detail
    assert len(session.chain) == len(chain)
    assert session.version == "TLSv1.3"


async def test_of_several_problems_the_worst_names_it_and_all_are_told(probe: TlsProbe) -> None:
    leaf = issue("x", MIDDLE, names=("a.test",), starts=timedelta(days=-90), ends=timedelta(days=-2), key=SHORT)
    session = await session_with(probe, leaf)
    assert session.problem == "expired"
    for part in ("it expired on", "it is for a.test", "1024 bits"):
        assert part in session.detail


async def test_what_openssl_lets_through_and_browsers_do_not_is_rejected(probe: TlsProbe) -> None:
    session = await session_with(probe, issue(NAME, MIDDLE, names=(NAME,), ca=True), MIDDLE)
    assert session.problem == "other"
    assert session.detail.startswith("OpenSSL accepts the chain, the rules of the Web PKI do not")


async def test_tls_1_2_is_enough(probe: TlsProbe) -> None:
    context = server_context((LEAF, MIDDLE))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with serving(speaks_tls(context)) as server:
        outcome = await probe.answer(TlsHandshake(NAME, server.port, "127.0.0.1"), 1, nobody)
    assert isinstance(outcome.facts, TlsSession)
    assert outcome.facts.version == "TLSv1.2"
    assert len(outcome.facts.chain) == 2


async def test_a_server_that_speaks_only_old_versions_has_no_session(probe: TlsProbe) -> None:
    context = server_context((LEAF, MIDDLE))
    only(context, ssl.TLSVersion.TLSv1_1)
    found = await handshake_failure(probe, speaks_tls(context))
    assert found.reason == "tls"
    assert "no TLS version from 1.2 on" in found.message


def only(context: ssl.SSLContext, version: ssl.TLSVersion) -> None:
    """Pin a context to one version (the standard library warns of old ones)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = version
        context.maximum_version = version


FATAL_HANDSHAKE_FAILURE = b"\x15\x03\x01\x00\x02\x02\x28"


@pytest.mark.parametrize(
    ("serve", "reason", "words"),
    [
        (says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "tls", 'does not speak TLS, it answered "HTTP/1.1 400'),
        (says(b"SSH-2.0-OpenSSH_9.2\r\n"), "tls", "does not speak TLS"),
        (says(b"\x16\x03\x03\x00\x04junk"), "tls", "the TLS handshake broke"),
        (says(b"\x1b[31m\x00" * 40), "tls", "␛[31m␀"),
        (says(FATAL_HANDSHAKE_FAILURE), "tls", "alert handshake_failure"),
        (says(b""), "tls", "closed the connection during the TLS handshake"),
        (resets, "reset", "closed the connection"),
    ],
)
async def test_what_is_no_handshake_says_what_it_was(probe: TlsProbe, serve: Serve, reason: str, words: str) -> None:
    found = await handshake_failure(probe, serve)
    assert found.reason == reason
    assert words in found.message


async def test_silence_ends_in_a_timeout(tmp_path: Path) -> None:
    assert (await handshake_failure(new_probe(tmp_path, seconds=0.2), silent)).reason == "timeout"


async def test_a_closed_port_refuses(probe: TlsProbe) -> None:
    with serving(silent) as server:
        port = server.port
    outcome = await probe.answer(TlsHandshake(NAME, port, "127.0.0.1"), 1, nobody)
    assert outcome.failure is not None
    assert outcome.failure.reason == "refused"


async def test_a_private_address_is_not_dialled(tmp_path: Path) -> None:
    probe = TlsProbe(Network(), tmp_path)
    outcome = await probe.answer(TlsHandshake(NAME, 443, "10.0.0.1"), 1, nobody)
    assert outcome.failure is not None
    assert outcome.failure.reason == "not-public"


@pytest.mark.parametrize("name", ["", "a..test", ".test", "x" * 64 + ".test"])
async def test_a_name_that_tls_cannot_carry_is_malformed(probe: TlsProbe, name: str) -> None:
    for question in (TlsHandshake(name, 443, "127.0.0.1"), TlsOffer(name, "TLSv1.2", address="127.0.0.1")):
        outcome = await probe.answer(question, 1, nobody)
        assert outcome.failure is not None
        assert outcome.failure.reason == "malformed"


def test_an_unreadable_bundle_is_told_when_the_probe_is_made(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ca_bundle"):
        TlsProbe(Network(ca_bundle="missing.pem"), tmp_path)


# --- offers -----------------------------------------------------------------------------------------------------------

VERSIONS: dict[TlsVersion, ssl.TLSVersion] = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
RSA = rsa.generate_private_key(65537, 2048)
RSA_LEAF = issue(NAME, MIDDLE, names=(NAME,), key=RSA)


async def offer(probe: TlsProbe, port: int, version: TlsVersion, group: CipherGroup = "all") -> TlsReply | Failure:
    outcome = await probe.answer(TlsOffer(NAME, version, group, port, "127.0.0.1"), 1, nobody)
    found = outcome.facts or outcome.failure
    assert isinstance(found, TlsReply | Failure)
    return found


@pytest.mark.parametrize("spoken", VERSIONS)
async def test_each_version_is_told_from_the_others(probe: TlsProbe, spoken: TlsVersion) -> None:
    context = server_context((RSA_LEAF, MIDDLE))
    if spoken in ("TLSv1", "TLSv1.1"):
        only(context, VERSIONS[spoken])
    else:
        context.minimum_version = context.maximum_version = VERSIONS[spoken]
    with serving(speaks_tls(context)) as server:
        replies = {version: await offer(probe, server.port, version) for version in VERSIONS}
    for version, reply in replies.items():
        assert isinstance(reply, TlsReply), reply
        assert reply.accepted == (version == spoken)
        if reply.accepted:
            assert reply.version == spoken
            assert reply.cipher.startswith("TLS_")
        else:
            assert reply.version or reply.alert in ("protocol_version", "handshake_failure")


@pytest.mark.parametrize(
    ("ciphers", "version", "accepted"),
    [
        ("ECDHE+AESGCM", "TLSv1.2", {"modern"}),
        ("ECDHE+AES:!AESGCM:!AESCCM", "TLSv1.2", {"cbc"}),
        ("kRSA+AES", "TLSv1.2", {"static-rsa"}),
        ("eNULL:aNULL", "TLSv1.2", {"broken"}),
        ("ECDHE+AESGCM:kRSA+AES256", "TLSv1.2", {"modern", "static-rsa"}),
        ("kRSA+AES", "TLSv1.1", {"static-rsa"}),
    ],
)
async def test_each_group_of_suites_is_told_from_the_others(
    probe: TlsProbe, ciphers: str, version: TlsVersion, accepted: set[str]
) -> None:
    context = server_context((RSA_LEAF, MIDDLE))
    context.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    if version == "TLSv1.2":
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    else:
        only(context, VERSIONS[version])
    groups: tuple[CipherGroup, ...] = ("broken", "triple-des", "static-rsa", "cbc", "modern")
    with serving(speaks_tls(context)) as server:
        replies = {group: await offer(probe, server.port, version, group) for group in groups}
    assert {group for group, reply in replies.items() if isinstance(reply, TlsReply) and reply.accepted} == accepted


async def test_a_request_for_another_key_share_is_an_acceptance(probe: TlsProbe) -> None:
    context = server_context((LEAF, MIDDLE))
    context.set_ecdh_curve("secp384r1")
    with serving(speaks_tls(context)) as server:
        reply = await offer(probe, server.port, "TLSv1.3")
    assert isinstance(reply, TlsReply)
    assert (reply.accepted, reply.version) == (True, "TLSv1.3")


@pytest.mark.parametrize("serve", [says(b""), resets], ids=["closes", "resets"])
@pytest.mark.parametrize("version", ["TLSv1", "TLSv1.3"])
async def test_closing_in_reply_to_a_version_never_spoken_is_a_no(
    probe: TlsProbe, serve: Serve, version: TlsVersion
) -> None:
    with serving(serve) as server:
        assert await offer(probe, server.port, version) == TlsReply(False, alert="connection closed")


@pytest.mark.parametrize("habit", [says(b""), resets], ids=["closes", "resets"])
async def test_closing_in_reply_to_a_version_spoken_before_is_a_limit(probe: TlsProbe, habit: Serve) -> None:
    good = speaks_tls(server_context((LEAF, MIDDLE)))
    with serving(in_turn(good, habit)) as server:
        first = await offer(probe, server.port, "TLSv1.3")
        assert isinstance(first, TlsReply)
        assert first.accepted
        refused = await offer(probe, server.port, "TLSv1.3", "modern")
        assert refused == TlsReply(False, alert="connection closed")
        limited = await offer(probe, server.port, "TLSv1.3")
        assert isinstance(limited, Failure)
        assert limited.reason == "rate-limited"
        after = await offer(probe, server.port, "TLSv1")
        assert isinstance(after, Failure)
        assert after.reason == "rate-limited"


async def test_a_port_that_closes_after_a_success_is_a_limit_and_one_never_open_is_refused(
    probe: TlsProbe, tmp_path: Path
) -> None:
    with serving(speaks_tls(server_context((LEAF, MIDDLE)))) as server:
        port = server.port
        await offer(probe, port, "TLSv1.2")
    limited = await offer(probe, port, "TLSv1")
    refused = await offer(new_probe(tmp_path), port, "TLSv1")
    assert isinstance(limited, Failure)
    assert isinstance(refused, Failure)
    assert (limited.reason, refused.reason) == ("rate-limited", "refused")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "tls"),
        (b"\x16\x03\x03\x00\x04junk", "tls"),
        (b"\x16\x03\x03\x00\x04\x02\x00\x00\x00", "tls"),
        (b"\x15\x03\x01\x00\x01\x02", "tls"),
        (b"\x17" * 100, "tls"),
    ],
)
async def test_an_answer_that_is_no_tls_fails(probe: TlsProbe, answer: bytes, reason: str) -> None:
    with serving(says(answer)) as server:
        found = await offer(probe, server.port, "TLSv1.2")
    assert isinstance(found, Failure)
    assert found.reason == reason


async def test_an_alert_is_told_by_name_and_a_warning_is_passed_over(probe: TlsProbe) -> None:
    warning = b"\x15\x03\x01\x00\x02\x01\x70"
    with serving(says(warning + FATAL_HANDSHAKE_FAILURE)) as server:
        assert await offer(probe, server.port, "TLSv1.2") == TlsReply(False, alert="handshake_failure")


async def test_silence_after_an_offer_is_a_timeout_not_a_no(tmp_path: Path) -> None:
    with serving(silent) as server:
        found = await offer(new_probe(tmp_path, seconds=0.2), server.port, "TLSv1")
    assert isinstance(found, Failure)
    assert found.reason == "timeout"


async def test_a_question_without_suites_is_malformed(probe: TlsProbe) -> None:
    found = await offer(probe, 443, "TLSv1.3", "cbc")
    assert isinstance(found, Failure)
    assert found.reason == "malformed"
