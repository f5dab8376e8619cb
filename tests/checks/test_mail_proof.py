"""What saved messages and aggregate reports prove, and the rules for bulk senders; each verdict from evidence."""

from __future__ import annotations

import pytest

from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Mail, Sender
from launchready_tui.model.questions import (
    DnsLookup,
    HttpExchange,
    HttpResponse,
    MailFacts,
    MailMethod,
    MailReports,
    MailVerdict,
    ReportFacts,
)
from tests.checks.post import (
    ACME,
    POSTMARK,
    RECEIVER,
    dmarc,
    found_by,
    good_zone,
    key,
    message,
    messages,
    product,
    reports,
    row,
    said,
    spf,
    txt,
)
from tests.checks.zone import SERVFAIL, TIMEOUT, Table, at, rr

MISSING = Failure("file-missing", "signup.eml does not exist")
RELAXED = dmarc("v=DMARC1; p=reject")
STRICT = dmarc("v=DMARC1; p=reject; aspf=s; adkim=s")


def forged(*inner: MailVerdict, outer: MailVerdict | None = None) -> MailFacts:
    return MailFacts(from_domains=(ACME,), verdicts=(*((outer,) if outer else ()), *inner), tls=True)


PASSES = MailVerdict(RECEIVER, (MailMethod("spf", "pass", ACME), MailMethod("dkim", "pass", ACME)))
FAILS = MailVerdict(RECEIVER, (MailMethod("spf", "softfail", ACME), MailMethod("dkim", "fail", ACME)))


@pytest.mark.parametrize(
    ("facts", "zone", "expected"),
    [
        (message(), RELAXED, ("pass", "")),
        (message(spf_domain=ACME), STRICT, ("pass", "")),
        (message(), STRICT, ("warn", "one-aligned")),
        (message(), {}, ("pass", "")),
        (message(spf_domain="pm.mtasv.net"), RELAXED, ("warn", "one-aligned")),
        (message(dkim_domain="sendgrid.net"), RELAXED, ("warn", "one-aligned")),
        (message(dkim_domain=""), RELAXED, ("warn", "one-aligned")),
        (message(spf_domain="", dkim_domain=""), RELAXED, ("fail", "not-aligned")),
        (message(spf_domain="pm.mtasv.net", dkim_domain="pm.mtasv.net"), RELAXED, ("fail", "not-aligned")),
        (message(spf_domain="acme.test.evil.example", dkim_domain="notacme.test"), RELAXED, ("fail", "not-aligned")),
        (message(tls=False), RELAXED, ("warn", "not-encrypted")),
        (message(tls=None), RELAXED, ("pass", "")),
        (message("gmail.com"), RELAXED, ("fail", "foreign-from")),
        (message(from_domains=()), RELAXED, ("unknown", "from-unclear")),
        (message(from_domains=(ACME, "evil.example")), RELAXED, ("unknown", "from-unclear")),
        (message(receiver="mx.evil.example"), RELAXED, ("unknown", "no-trusted-verdict")),
        (forged(PASSES, outer=FAILS), RELAXED, ("fail", "not-aligned")),
        (forged(FAILS, outer=PASSES), RELAXED, ("pass", "")),
        (forged(MailVerdict(RECEIVER)), RELAXED, ("fail", "not-aligned")),
        (
            forged(MailVerdict(RECEIVER, (MailMethod("spf", "pass", ACME, helo=True),))),
            RELAXED,
            ("fail", "not-aligned"),
        ),
        (MISSING, RELAXED, ("unknown", "file-missing")),
        (message(), {DnsLookup("_dmarc.acme.test", "TXT"): TIMEOUT}, ("unknown", "timeout")),
    ],
)
def test_alignment(facts: MailFacts | Failure, zone: Table, expected: tuple[str, str]) -> None:
    whose, table = messages(facts)
    assert said("mail.alignment", table | zone, whose) == expected


def test_the_worst_message_decides() -> None:
    whose, table = messages(message(), message(dkim_domain="x.test", spf_domain="x.test"), message(dkim_domain=""))
    found = found_by("mail.alignment", table | RELAXED, whose)
    assert found.reason == "not-aligned"
    assert found.facts["message"] == "1.eml"
    assert len(found.details) == 3


def test_a_message_that_is_gone_hides_no_bad_one() -> None:
    whose, table = messages(MISSING, message(dkim_domain="x.test", spf_domain="x.test"))
    assert said("mail.alignment", table | RELAXED, whose) == ("fail", "not-aligned")
    whose, table = messages(MISSING, message())
    assert said("mail.alignment", table | RELAXED, whose) == ("unknown", "file-missing")


def test_a_sender_without_a_message_is_named() -> None:
    senders = (POSTMARK, Sender("letters.acme.test", "postmark", ("pm",)))
    whose, table = messages(message(), senders=senders)
    found = found_by("mail.alignment", table | RELAXED, whose)
    assert (found.verdict.value, found.reason) == ("pass", "sender-without-message")
    assert "no message was saved of letters.acme.test" in found.details


def test_without_a_message_nobody_has_looked() -> None:
    found = found_by("mail.alignment", RELAXED, product(POSTMARK))
    assert (found.verdict.value, found.reason) == ("not-run", "input-missing")
    assert ".eml" in found.decide_by


def test_a_receiver_has_to_be_named() -> None:
    whose, table = messages(message())
    whose = product(POSTMARK, mail=Mail(whose.mail.messages))
    found = found_by("mail.alignment", table | RELAXED, whose)
    assert (found.verdict.value, found.reason) == ("unknown", "authserv-id-missing")
    assert RECEIVER in found.decide_by


def test_one_click_is_told() -> None:
    whose, table = messages(message(unsubscribe=("https",), one_click=True))
    assert "one-click unsubscribe" in found_by("mail.alignment", table | RELAXED, whose).details[0]


# --- aggregate reports ------------------------------------------------------------------------------------------------

AUTHORIZED = spf("v=spf1 ip4:192.0.2.7 -all")
BY_POSTMARK = {"spf": False, "dkim": False, "spf_domains": ("pm.mtasv.net",)}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((row(100),), ("pass", "")),
        ((row(98), row(2, **BY_POSTMARK)), ("pass", "")),
        ((row(97), row(3, **BY_POSTMARK)), ("warn", "own-mail-fails")),
        ((row(90), row(10, **BY_POSTMARK)), ("warn", "own-mail-fails")),
        ((row(89), row(11, **BY_POSTMARK)), ("fail", "own-mail-fails")),
        ((row(89), row(11, spf=False, dkim=False)), ("fail", "own-mail-fails")),
        ((row(100, spf=False), row(100, dkim=False)), ("pass", "")),
        ((row(9), row(9_000, spf=False, dkim=False, source="198.51.100.1")), ("pass", "forged-mail")),
        ((row(5, spf=False, dkim=False, source="198.51.100.1"),), ("unknown", "no-own-mail")),
        ((row(5, author="other.example"),), ("unknown", "no-own-mail")),
        ((row(0),), ("unknown", "no-own-mail")),
        ((), ("unknown", "no-own-mail")),
    ],
)
def test_aggregate_reports(rows: tuple[object, ...], expected: tuple[str, str]) -> None:
    whose, table = reports(*rows)
    assert said("mail.aggregate-reports", table | AUTHORIZED, whose) == expected


def test_old_reports_say_little_about_today() -> None:
    whose, table = reports(row(100), age=45)
    assert said("mail.aggregate-reports", table, whose) == ("warn", "reports-old")


def test_limits_come_from_the_runbook() -> None:
    whose, table = reports(row(80), row(20, **BY_POSTMARK))
    found = found_by("mail.aggregate-reports", table, whose, pass_percent=75, warn_percent=50)
    assert found.verdict.value == "pass"


def test_what_could_not_be_read_is_told() -> None:
    whose, table = reports(row(100), unread=("x.zip/y.xml: it unpacks to more than 50 MiB",), cut=True)
    details = found_by("mail.aggregate-reports", table, whose).details
    assert "not read: x.zip/y.xml: it unpacks to more than 50 MiB" in details
    assert any("more than is read" in line for line in details)


def test_reports_that_are_missing() -> None:
    assert said("mail.aggregate-reports", {}, product(POSTMARK)) == ("not-run", "input-missing")
    whose, table = reports(row(1))
    table[MailReports("reports/")] = Failure("file-missing", "reports/ does not exist")
    assert said("mail.aggregate-reports", table, whose) == ("unknown", "file-missing")


# --- bulk rules -------------------------------------------------------------------------------------------------------

OWN = good_zone() | spf("v=spf1 ip4:192.0.2.25 -all")
NAMED = OWN | rr("25.2.0.192.in-addr.arpa", "PTR", "mail.acme.test") | at("mail.acme.test", "192.0.2.25")


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        (good_zone(), ("pass", "")),
        (NAMED, ("pass", "")),
        (OWN, ("fail", "no-reverse-name")),
        (NAMED | at("mail.acme.test", "192.0.2.26"), ("fail", "no-reverse-name")),
        (OWN | {DnsLookup("25.2.0.192.in-addr.arpa", "PTR"): TIMEOUT}, ("unknown", "timeout")),
        (NAMED | {DnsLookup("mail.acme.test", "A"): SERVFAIL}, ("unknown", "servfail")),
        (good_zone() | spf("v=spf1 ip4:192.0.0.0/16 -all"), ("pass", "")),
        (good_zone() | spf(), ("fail", "basics-missing")),
        (good_zone() | dmarc(), ("fail", "basics-missing")),
        (good_zone() | key("v=DKIM1; p="), ("fail", "basics-missing")),
        (good_zone() | {DnsLookup(ACME, "TXT"): TIMEOUT}, ("unknown", "timeout")),
    ],
)
def test_bulk_rules(zone: Table, expected: tuple[str, str]) -> None:
    whose, table = reports(row(700))
    assert said("mail.bulk-rules", zone | table, whose) == expected


def test_bulk_rules_need_a_sender() -> None:
    assert said("mail.bulk-rules", good_zone(), product()) == ("not-run", "input-missing")


def test_only_a_person_sees_the_spam_rate() -> None:
    whose, table = reports(row(70_000))
    found = found_by("mail.bulk-rules", good_zone() | table, whose)
    assert (found.verdict.value, found.reason) == ("unknown", "spam-rate")
    assert "Postmaster" in found.decide_by
    assert said("mail.bulk-rules", good_zone(), product(POSTMARK)) == ("unknown", "volume-unknown")
    whose, table = reports(row(7, author="letters.acme.test"))
    assert said("mail.bulk-rules", good_zone() | table, whose) == ("unknown", "volume-unknown")


# --- for information --------------------------------------------------------------------------------------------------

STS_URL = "https://mta-sts.acme.test/.well-known/mta-sts.txt"
STS = txt("_mta-sts.acme.test", "v=STSv1; id=1") | rr(ACME, "MX", "10 mx.acme.test")


def policy(*servers: str, mode: str = "enforce") -> Table:
    lines = "\n".join(("version: STSv1", f"mode: {mode}", *(f"mx: {server}" for server in servers), "max_age: 1"))
    return STS | {HttpExchange("GET", STS_URL): HttpResponse(200, text=lines)}


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({}, ("pass", "none")),
        (txt("_smtp._tls.acme.test", "v=TLSRPTv1; rua=mailto:x@acme.test"), ("pass", "")),
        (policy("mx.acme.test"), ("pass", "")),
        (policy("*.acme.test"), ("pass", "")),
        (policy("*.test"), ("pass", "mta-sts-mismatch")),
        (policy("old.acme.test"), ("pass", "mta-sts-mismatch")),
        (policy("old.acme.test", mode="none"), ("pass", "")),
        (STS, ("pass", "mta-sts-unreadable")),
        ({DnsLookup("_mta-sts.acme.test", "TXT"): TIMEOUT}, ("unknown", "timeout")),
    ],
)
def test_transport_policy(table: Table, expected: tuple[str, str]) -> None:
    assert said("mail.transport-policy", table, product(POSTMARK)) == expected


def test_nothing_is_read_that_was_not_named() -> None:
    facts = ReportFacts(rows=(row(3),))
    assert said("mail.aggregate-reports", {MailReports("elsewhere/"): facts}, product(POSTMARK))[0] == "not-run"
