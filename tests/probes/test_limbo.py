"""Certificates made to break parsers (x509-limbo): reading and classifying them never crashes.

How often OpenSSL's verdict agrees with the expected one is printed, not asserted: `pytest -s -k limbo` shows it.
"""

from __future__ import annotations

import base64
import json
import os
import ssl
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from launchready_tui.model.questions import Certificate
from launchready_tui.probes.certificates import read_certificate, read_chain
from launchready_tui.probes.tlsclient import CIPHERS, StandardEngine
from launchready_tui.probes.tlsverify import PROBLEMS, Rejection, classify
from launchready_tui.probes.trust import VERIFY_FLAGS

CORPORA = Path(os.environ.get("LAUNCHREADY_CORPORA", Path(__file__).parents[3] / "shared" / "corpora"))
CASES = CORPORA / "tls_x509_limbo" / "cases.json"

pytestmark = pytest.mark.skipif(
    not CASES.is_file(), reason=f"no x509-limbo corpus at {CASES} (set LAUNCHREADY_CORPORA)"
)


def cases() -> list[dict[str, Any]]:
    if not CASES.is_file():
        return []
    found: list[dict[str, Any]] = json.loads(CASES.read_text(encoding="utf-8"))
    return found


def name_of(case: dict[str, Any]) -> str:
    return str((case.get("expected_peer_name") or {}).get("value", "example.com"))


def moment_of(case: dict[str, Any]) -> datetime:
    when = case.get("validation_time")
    return datetime.fromisoformat(when) if when else datetime.now(UTC)


def chain_of(case: dict[str, Any]) -> tuple[Certificate, ...] | None:
    """The chain as a server of this case would send it; None where the leaf has no readable frame."""
    pems = (case["peer_certificate"], *case.get("untrusted_intermediates", []))
    try:
        return read_chain(tuple(map(ssl.PEM_cert_to_DER_cert, pems)))
    except ValueError:
        return None


@pytest.mark.parametrize("case", cases(), ids=lambda case: str(case["id"]))
def test_every_certificate_is_read_and_every_rejection_named(case: dict[str, Any]) -> None:
    for pem in (case["peer_certificate"], *case.get("untrusted_intermediates", []), *case.get("trusted_certs", [])):
        certificate = read_certificate(ssl.PEM_cert_to_DER_cert(pem))
        assert certificate.not_before.tzinfo is UTC
        assert len(certificate.sha256) == 64
    chain = chain_of(case)
    assert chain is not None
    for code in (0, 1, 2, 7, 9, 10, 18, 19, 20, 21, 24, 62, 64, 66, 67, 68, 79, 999):
        problem, detail = classify(Rejection(code, "said"), chain, name_of(case), moment_of(case))
        assert problem in PROBLEMS
        assert detail.startswith("said")


def test_agreement_of_openssl_is_printed() -> None:
    """Over the cases that can be judged at the present time, which is all that a live verifier can do."""
    outcomes = [agrees for case in cases() if not case.get("validation_time") and (agrees := _agrees(case)) is not None]
    print(f"\nx509-limbo: OpenSSL as we use it agrees in {sum(outcomes)} of {len(outcomes)} cases judged now")
    assert outcomes


def _agrees(case: dict[str, Any]) -> bool | None:
    """Whether a handshake in memory ends as expected; None where no server can be made of the case."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        server.set_ciphers("ALL:@SECLEVEL=0")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "served.pem"
            key = base64.b64decode(case.get("peer_certificate_key_b64") or "").decode("ascii")
            path.write_text(
                "\n".join([case["peer_certificate"], *case.get("untrusted_intermediates", []), key]), encoding="ascii"
            )
            server.load_cert_chain(path)
        client = ssl.create_default_context(cadata="\n".join(case["trusted_certs"]))
    except ssl.SSLError:
        return None
    client.verify_flags = VERIFY_FLAGS
    client.hostname_checks_common_name = False
    client.set_ciphers(CIPHERS)
    try:
        verified = _handshake(client, server, name_of(case))
    except ValueError:
        return None
    expected: bool = case["expected_result"] == "SUCCESS"
    return verified == expected


def _handshake(client: ssl.SSLContext, server: ssl.SSLContext, name: str) -> bool:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    peer = server.wrap_bio(incoming, outgoing, server_side=True)
    engine = StandardEngine(client, name)
    for _ in range(10):
        try:
            finished = engine.advance()
            incoming.write(engine.drain())
            if finished:
                return True
            peer.do_handshake()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            return False
        engine.feed(outgoing.read())
    return False
