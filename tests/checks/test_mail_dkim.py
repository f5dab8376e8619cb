"""DKIM keys, each verdict from evidence."""

from __future__ import annotations

import pytest

from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Sender
from launchready_tui.model.questions import DnsLookup
from launchready_tui.practice.post import ED25519_KEY
from tests.checks.post import (
    ACME,
    GOOD_KEY,
    KEY,
    POSTMARK,
    SHORT_KEY,
    WEAK_KEY,
    found_by,
    key,
    message,
    messages,
    product,
    said,
    txt,
)
from tests.checks.zone import TIMEOUT, Table

SELECTOR = "pm._domainkey.acme.test"
SENDS = product(POSTMARK)
PKCS1 = "MEgCQQCo9+BpMRYQ/dL3DS2CyJxRF+j6ctbT3/Qp84+KeFhnii7NT7fELilKUSnxS30WAvQCCo2yU1orfgqr41mM70MBAgMBAAE="
"""A bare RSA key of 512 bits, as PKCS #1 writes it (RFC 8017 appendix A)."""


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (KEY, ("pass", "")),
        (f"p={GOOD_KEY}", ("pass", "")),
        (f"v=DKIM1; h=sha256:sha1; s=email; t=s; p={GOOD_KEY};", ("pass", "")),
        (f"v=DKIM1; p={GOOD_KEY[:100]} {GOOD_KEY[100:]}", ("pass", "")),
        (f"v=DKIM1; k=ed25519; p={ED25519_KEY}", ("pass", "")),
        (f"v=DKIM1; p={SHORT_KEY}", ("warn", "short-key")),
        (f"v=DKIM1; t=y; p={GOOD_KEY}", ("warn", "testing")),
        (f"v=DKIM1; p={WEAK_KEY}", ("fail", "weak-key")),
        (f"v=DKIM1; p={PKCS1}", ("fail", "weak-key")),
        ("v=DKIM1; p=", ("fail", "revoked")),
        ("v=DKIM1; k=rsa", ("fail", "unreadable-key")),
        (f"v=DKIM1; p={GOOD_KEY[:250]}", ("fail", "unreadable-key")),
        (f"v=DKIM1; p={GOOD_KEY[:251]}", ("fail", "unreadable-key")),
        ("v=DKIM1; p=äöü", ("fail", "unreadable-key")),
        (f"v=DKIM1; k=ed25519; p={GOOD_KEY}", ("fail", "unreadable-key")),
        (f"v=DKIM2; p={GOOD_KEY}", ("fail", "malformed")),
        (f"p={GOOD_KEY}; v=DKIM1", ("fail", "malformed")),
        (f"v=DKIM1; k=dsa; p={GOOD_KEY}", ("fail", "unknown-key-type")),
        (f"v=DKIM1; h=sha1; p={GOOD_KEY}", ("fail", "sha1-only")),
        (f"v=DKIM1; s=tlsrpt; p={GOOD_KEY}", ("fail", "not-for-mail")),
        ("a page that somebody pasted", ("fail", "missing")),
    ],
)
def test_a_key(record: str, expected: tuple[str, str]) -> None:
    assert said("mail.dkim", key(record), SENDS, SELECTOR) == expected


def test_a_selector_that_does_not_exist() -> None:
    found = found_by("mail.dkim", {}, SENDS, SELECTOR)
    assert (found.verdict.value, found.reason, found.network) == ("fail", "missing", True)
    assert any("SELECTORpm._domainkey.acme.test" in line for line in found.details)


def test_two_keys_at_one_selector() -> None:
    assert said("mail.dkim", txt(SELECTOR, KEY, f"v=DKIM1; p={SHORT_KEY}"), SENDS, SELECTOR) == ("fail", "several-keys")


def test_a_key_behind_an_alias() -> None:
    found = found_by("mail.dkim", txt(SELECTOR, KEY, aliases=("k.dkim.amazonses.com",)), SENDS, SELECTOR)
    assert found.verdict.value == "pass"
    assert "k.dkim.amazonses.com" in found.summary


def test_a_hiccup_is_never_a_fail() -> None:
    assert said("mail.dkim", {DnsLookup(SELECTOR, "TXT"): TIMEOUT}, SENDS, SELECTOR) == ("unknown", "timeout")


@pytest.mark.parametrize("there", [{}, txt(f"_domainkey.{ACME}"), key(), key(name="resend")])
def test_a_selector_that_is_not_known_is_never_guessed(there: Table) -> None:
    found = found_by("mail.dkim", there, product(Sender(ACME, "resend")))
    assert (found.verdict.value, found.reason) == ("unknown", "selector")
    assert any("resend" in line for line in found.details)
    assert "[mail] messages" in found.decide_by


def test_the_selector_of_a_saved_message_is_known() -> None:
    whose, table = messages(message(), senders=(Sender(ACME, "postmark"),))
    assert said("mail.dkim", table | key(), whose) == ("pass", "")
    assert said("mail.dkim", table | key("v=DKIM1; p="), whose) == ("fail", "revoked")
    whose, table = messages(Failure("file-missing", "gone"), senders=(Sender(ACME, "postmark"),))
    assert said("mail.dkim", table | key(), whose) == ("unknown", "selector")


def test_a_provider_without_selector_shows_beside_one_with() -> None:
    whose = product(POSTMARK, Sender(ACME, "google"))
    assert said("mail.dkim", key(), whose, SELECTOR) == ("pass", "")
    assert said("mail.dkim", key(), whose) == ("unknown", "selector")


def test_without_senders_nobody_has_looked() -> None:
    assert said("mail.dkim", {}, product()) == ("not-run", "input-missing")
