"""SPF records and the providers that they let send, each verdict from evidence."""

from __future__ import annotations

import pytest

from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Sender
from launchready_tui.model.questions import DnsAnswer, DnsLookup
from tests.checks.post import ACME, POSTMARK, found_by, good_zone, message, messages, product, said, spf, txt
from tests.checks.zone import SERVFAIL, TIMEOUT, Table, at, rr

SENDS = product(POSTMARK)
SILENT = product()


def includes(count: int, ending: str = "-all") -> Table:
    """A record with so many includes, each of a record without look-ups."""
    names = [f"spf{number}.test" for number in range(count)]
    table = spf(f"v=spf1 {' '.join(f'include:{name}' for name in names)} {ending}")
    for name in names:
        table |= txt(name, "v=spf1 ip4:192.0.2.1 -all")
    return table


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (good_zone(), ("pass", "")),
        (spf("v=spf1 -all"), ("pass", "")),
        (includes(7), ("pass", "")),
        (includes(8), ("warn", "many-lookups")),
        (includes(10), ("warn", "many-lookups")),
        (includes(11), ("fail", "too-many-lookups")),
        (includes(1, "?all"), ("warn", "neutral-ending")),
        (includes(1, ""), ("warn", "neutral-ending")),
        (includes(1, "+all"), ("fail", "open-to-all")),
        (includes(1, "all"), ("fail", "open-to-all")),
        (spf("v=spf1 ip4:0.0.0.0/0 -all"), ("fail", "open-to-all")),
        (spf("v=spf1 include:x.test -all") | txt("x.test", "v=spf1 +all"), ("fail", "open-to-all")),
        (spf("v=spf1 ptr -all"), ("warn", "ptr")),
        (spf("v=spf1 " + " ".join(f"ip4:192.0.2.{n}" for n in range(40)) + " -all"), ("warn", "long-record")),
        (spf("v=spf1 -all", "v=spf1 ~all"), ("fail", "several-records")),
        (spf("v=spf1 -all", "v=spf10 ~all", "something else"), ("pass", "")),
        (spf("v=spf1 inlcude:x.test -all"), ("fail", "syntax")),
        (spf("v=spf1 ip4:192.0.2.300 -all"), ("fail", "syntax")),
        (spf("v=spf1 a:bücher.test -all"), ("fail", "syntax")),
        ({}, ("fail", "no-record")),
        (spf("v=spf1 include:gone.test -all"), ("fail", "include-without-record")),
        (spf("v=spf1 redirect=gone.test"), ("fail", "include-without-record")),
        (spf("v=spf1 redirect=x.test") | txt("x.test", "v=spf1 ip4:192.0.2.1 -all"), ("pass", "")),
        (spf("v=spf1 redirect=x.test -all"), ("pass", "")),
        (spf("v=spf1 include:x.test -all") | txt("x.test", "v=spf1 ip4:x"), ("fail", "include-broken")),
        (spf("v=spf1 include:acme.test -all"), ("fail", "loop")),
        (spf("v=spf1 include:x.test -all") | txt("x.test", "v=spf1 include:acme.test -all"), ("fail", "loop")),
        (spf("v=spf1 a:a.test a:b.test -all"), ("pass", "")),
        (spf("v=spf1 a:a.test mx:b.test exists:c.test -all"), ("fail", "too-many-void")),
        (spf("v=spf1 a mx -all") | at(ACME, "192.0.2.1") | rr(ACME, "MX", "10 mx.acme.test"), ("pass", "")),
        (
            spf("v=spf1 mx -all") | rr(ACME, "MX", *(f"10 mx{number}.acme.test" for number in range(11))),
            ("fail", "too-many-exchangers"),
        ),
        (spf("v=spf1 exists:%{i}._spf.%{d} -all exp=why.%{d}"), ("pass", "")),
    ],
)
def test_a_record(table: Table, expected: tuple[str, str]) -> None:
    assert said("mail.spf", table, SENDS) == expected


def test_a_domain_that_sends_nothing_needs_no_record_urgently() -> None:
    found = found_by("mail.spf", {}, SILENT)
    assert (found.verdict.value, found.reason) == ("fail", "no-record-unused")
    assert '"v=spf1 -all"' in found.facts["publish"]


@pytest.mark.parametrize("failure", [TIMEOUT, SERVFAIL])
def test_a_hiccup_is_never_a_fail(failure: Failure) -> None:
    assert said("mail.spf", {DnsLookup(ACME, "TXT"): failure}, SENDS) == ("unknown", failure.reason)
    nested = good_zone() | {DnsLookup("spf.mtasv.net", "TXT"): failure}
    assert said("mail.spf", nested, SENDS) == ("unknown", failure.reason)
    leaf = spf("v=spf1 a:a.test a:b.test a:c.test -all") | {DnsLookup("a.test", "A"): failure}
    assert said("mail.spf", leaf, SENDS) == ("unknown", failure.reason)


def test_what_is_broken_for_certain_is_said_beside_a_hiccup() -> None:
    table = spf("v=spf1 include:x.test +all") | {DnsLookup("x.test", "TXT"): TIMEOUT}
    assert said("mail.spf", table, SENDS) == ("fail", "open-to-all")


def test_a_hostile_tree_is_left_in_good_time() -> None:
    """Every record includes ten others that do the same: a survey gives up at sixty."""

    def record(name: str) -> DnsAnswer:
        return DnsAnswer("NOERROR", ("v=spf1 " + " ".join(f"include:{n}.{name}" for n in range(10)) + " -all",), 60)

    table: Table = {DnsLookup(ACME, "TXT"): record(ACME)}
    for first in range(10):
        table[DnsLookup(f"{first}.{ACME}", "TXT")] = record(f"{first}.{ACME}")
        for second in range(10):
            table[DnsLookup(f"{second}.{first}.{ACME}", "TXT")] = record(f"{second}.{first}.{ACME}")
    found = found_by("mail.spf", table, SENDS)
    assert found.reason == "too-many-lookups"
    assert "more than 60" in found.summary


# --- providers --------------------------------------------------------------------------------------------------------


def sender(provider: str, *selectors: str) -> Sender:
    return Sender(ACME, provider, selectors)


@pytest.mark.parametrize(
    ("provider", "table", "expected"),
    [
        ("postmark", good_zone(), ("pass", "")),
        ("Postmark", good_zone(), ("pass", "")),
        ("google", includes(2) | txt("spf0.test", "v=spf1 include:_spf.google.com -all"), ("pass", "")),
        ("postmark", spf("v=spf1 -all") | txt("pm-bounces.acme.test", aliases=("pm.mtasv.net",)), ("pass", "")),
        ("resend", spf("v=spf1 -all") | txt("send.acme.test", "v=spf1 include:amazonses.com ~all"), ("pass", "")),
        ("ses", rr("mail.acme.test", "MX", "10 feedback-smtp.eu-west-1.amazonses.com"), ("pass", "")),
        ("postmark", spf("v=spf1 -all"), ("fail", "sender-not-authorized")),
        ("google", spf("v=spf1 include:spf.mtasv.net -all"), ("fail", "sender-not-authorized")),
        ("sendgrid", spf("v=spf1 -all"), ("fail", "sender-not-authorized")),
        ("postmark", spf("v=spf1 include:spf.mtasv.net -all", "v=spf1 -all"), ("pass", "")),
        ("mailchimp", {}, ("pass", "own-return-path")),
        ("", good_zone(), ("unknown", "provider-unknown")),
        ("the intern", good_zone(), ("unknown", "provider-unknown")),
        ("letters.test", spf("v=spf1 include:spf.letters.test -all"), ("pass", "")),
        ("letters.test", spf("v=spf1 -all"), ("fail", "sender-not-authorized")),
    ],
)
def test_a_provider(provider: str, table: Table, expected: tuple[str, str]) -> None:
    assert said("mail.spf-sender", table, product(sender(provider))) == expected


def test_a_return_path_that_nobody_can_guess_is_unknown() -> None:
    table = spf("v=spf1 -all") | txt("s1._domainkey.acme.test", aliases=("s1.domainkey.u1.wl1.sendgrid.net",))
    assert said("mail.spf-sender", table, product(sender("sendgrid", "s1"))) == ("unknown", "return-path-unknown")


def test_a_saved_message_shows_the_return_path() -> None:
    whose, table = messages(message(spf_domain="em7.acme.test"), senders=(sender("sendgrid"),))
    table |= spf("v=spf1 -all") | txt("em7.acme.test", aliases=("u1.wl1.sendgrid.net",))
    assert said("mail.spf-sender", table, whose) == ("pass", "")


def test_every_provider_of_a_domain_has_to_be_let_in() -> None:
    found = found_by("mail.spf-sender", good_zone(), product(POSTMARK, sender("google")))
    assert found.reason == "sender-not-authorized"
    assert any(line.startswith("Postmark may send") for line in found.details)
    assert 'publish: acme.test. TXT "v=spf1 include:_spf.google.com ~all"' in found.details


def test_without_senders_nobody_has_looked() -> None:
    assert said("mail.spf-sender", good_zone(), SILENT) == ("not-run", "input-missing")


def test_a_hiccup_hides_an_include() -> None:
    table = spf("v=spf1 include:x.test -all") | {DnsLookup("x.test", "TXT"): TIMEOUT}
    assert said("mail.spf-sender", table, SENDS) == ("unknown", "timeout")
