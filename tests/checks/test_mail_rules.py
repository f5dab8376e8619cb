"""The readers of the mail rules: grammar, hostile input, nothing that hangs or raises what it should not."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launchready_tui.checks.mail.rules import authresults, dkim, dmarc, reports, spf_record
from launchready_tui.checks.mail.rules.orgdomain import aligned, organisational_domain
from launchready_tui.checks.mail.rules.providers import mail_provider, mail_providers
from launchready_tui.checks.mail.rules.spf import SpfResult, check_host
from launchready_tui.checks.mail.rules.spf_record import SpfSyntaxError
from launchready_tui.model.product import Sender
from launchready_tui.model.questions import MailMethod
from tests.checks.post import POSTMARK, Internet, product, said, spf, txt
from tests.checks.post import dmarc as dmarc_of
from tests.checks.zone import HOSTILE_RECORDS

TEN_MEGABYTES = 10_000_000
LONG = (
    "v=spf1 " + "include:a.test " * 600_000,
    "v=spf1 a:" + "a" * TEN_MEGABYTES + "!",
    "v=spf1 a:x." + "a" * 60_000 + "!",
    "v=spf1 exists:" + "%{" * 30_000,
    "v=spf1 exists:" + "%{i" + "." * 60_000,
    "v=spf1 " + "a" * 60_000 + "=%{",
    "v=spf1 ip4:" + "1." * 30_000,
    "v=DMARC1; p=reject; rua=" + "mailto:a@b.test," * 600_000,
    "v=DMARC1; rua=mailto:" + "a" * TEN_MEGABYTES,
    "v" + " " * TEN_MEGABYTES + "=DMARC1",
    "v=DKIM1; p=" + "A" * TEN_MEGABYTES,
    "v=DKIM1; " + ";" * TEN_MEGABYTES,
    "mx.google.com; " + "(" * TEN_MEGABYTES,
    "mx.google.com; " + "spf=pass " * 1_000_000,
    'mx.google.com; dkim=pass header.d="' + "\\" * TEN_MEGABYTES,
)


@pytest.mark.parametrize("text", LONG, ids=lambda text: f"{text[:24]}… {len(text):,}")
def test_long_records_take_no_time(text: str) -> None:
    began = time.perf_counter()
    for read in (dmarc.parse, dkim.parse, authresults.parse):
        read(text)
    for record in spf_record.select((text,)):
        with pytest.raises(SpfSyntaxError):
            spf_record.parse(record)
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("records", HOSTILE_RECORDS)
def test_no_record_makes_a_check_stumble(records: tuple[str, ...]) -> None:
    table = spf(*records) | dmarc_of(*records) | txt("pm._domainkey.acme.test", *records)
    whose = product(POSTMARK, Sender("\x1b[2J", "\u202e", ("..", "a" * 300)))
    for check in ("mail.spf", "mail.spf-sender", "mail.dmarc", "mail.bulk-rules"):
        assert said(check, table, whose)[0] in ("pass", "warn", "fail", "unknown")
    assert said("mail.dkim", table, whose, "pm._domainkey.acme.test")[0] in ("pass", "fail")


@given(st.text(max_size=300))
def test_any_text_is_a_record_or_none(text: str) -> None:
    for record in (text, f"v=spf1 {text}", f"v=DMARC1; {text}", f"v=DKIM1; p={text}"):
        dmarc.parse(record)
        dkim.parse(record)
        authresults.parse(record)
        for chosen in spf_record.select((record,)):
            with suppress(SpfSyntaxError):
                spf_record.parse(chosen)
    organisational_domain(text)
    aligned(text, "acme.test", "r")


@given(st.binary(max_size=300))
def test_any_bytes_are_a_report_or_none(data: bytes) -> None:
    for text in (data, b"<feedback>" + data, b"<feedback>" + data + b"</feedback>"):
        with suppress(reports.ReportError):
            reports.parse(text)


# --- would this server pass? ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ip", "expected"),
    [
        ("192.0.2.7", SpfResult.PASS),
        ("::ffff:192.0.2.7", SpfResult.PASS),
        ("198.51.100.1", SpfResult.FAIL),
        ("2001:db8::1", SpfResult.FAIL),
    ],
)
def test_check_host(ip: str, expected: SpfResult) -> None:
    world = Internet(spf("v=spf1 ip4:192.0.2.0/24 -all"))
    assert asyncio.run(check_host(world, ip, "acme.test", "a@acme.test")).result is expected


# --- receivers' verdicts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "receiver", "methods"),
    [
        ("mx.google.com; none", "mx.google.com", ()),
        (
            "MX.Google.com 1; spf=pass (google.com: domain of a@b.test designates 1.2.3.4) smtp.mailfrom=a@B.test;\r\n"
            " dkim=pass header.i=@b.test header.s=pm header.b=x; dmarc=pass (p=REJECT) header.from=b.test",
            "mx.google.com",
            (
                MailMethod("spf", "pass", "b.test"),
                MailMethod("dkim", "pass", "b.test"),
                MailMethod("dmarc", "pass", "b.test"),
            ),
        ),
        ("x.test; dkim=pass header.d=a.test header.i=@b.test", "x.test", (MailMethod("dkim", "pass", "a.test"),)),
        ("x.test; spf=pass smtp.helo=h.test", "x.test", (MailMethod("spf", "pass", "h.test", helo=True),)),
        ('x.test; spf=pass reason="a; dkim=pass header.d=c.test"', "x.test", (MailMethod("spf", "pass"),)),
        ("x.test (; spf=pass smtp.mailfrom=e.test); dkim = fail", "x.test", (MailMethod("dkim", "fail"),)),
        ('x.test; spf/1=pass smtp.mailfrom="a b"@c.test', "x.test", (MailMethod("spf", "pass", "c.test"),)),
        ("x.test; spf=pass smtp.mailfrom=<>", "x.test", (MailMethod("spf", "pass"),)),
        ('"x.test"; dkim=pass header.d=evil.test(a.test)', "x.test", (MailMethod("dkim", "pass", "evil.test"),)),
    ],
)
def test_authentication_results(header: str, receiver: str, methods: tuple[MailMethod, ...]) -> None:
    found = authresults.parse(header)
    assert found is not None
    assert (found.authserv_id, found.methods) == (receiver, methods)


@pytest.mark.parametrize("header", ["", ";", "spf=pass smtp.mailfrom=a.test", "(x.test); spf=pass"])
def test_a_verdict_of_nobody_is_none(header: str) -> None:
    assert authresults.parse(header) is None


# --- providers --------------------------------------------------------------------------------------------------------


def test_every_provider_is_complete() -> None:
    providers = set(mail_providers().values())
    assert {item.name for item in providers} >= {
        "postmark", "ses", "resend", "sendgrid", "mailgun", "google", "m365", "brevo", "mailchimp", "mandrill", "zoho",
        "fastmail",
    }  # fmt: skip
    for item in providers:
        assert item.title
        assert item.includes
        assert item.suffixes
        assert item.selectors
        assert item.sources
        assert any("._domainkey." in line for line in item.records), item.name
        assert all("{" not in line for line in item.publish("acme.test")), item.name


def test_providers_by_their_other_names() -> None:
    assert [mail_provider(name).name for name in ("Office365", "gmail", "Amazon SES")] == ["m365", "google", "ses"]
    assert mail_provider("the intern") is None
    assert mail_provider("") is None
