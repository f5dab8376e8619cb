"""DMARC policies, the tree walk and permission for reports, each verdict from evidence."""

from __future__ import annotations

import asyncio

import pytest

from launchready_tui.checks.mail.rules.dmarc import Walk, walk, walk_names
from launchready_tui.model.product import Sender
from launchready_tui.model.questions import DnsLookup
from tests.checks.post import ACME, POSTMARK, Internet, dmarc, found_by, product, said, txt
from tests.checks.zone import SERVFAIL, TIMEOUT, Table

SENDS = product(POSTMARK)
RUA = "rua=mailto:dmarc@acme.test"


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (f"v=DMARC1; p=reject; {RUA}", ("pass", "")),
        (f"v=DMARC1;p=quarantine;{RUA};adkim=s;aspf=s;fo=1;", ("pass", "")),
        (f"v = DMARC1 ; p = REJECT ; {RUA}; wish=peace", ("pass", "")),
        (f"v=DMARC1; {RUA}; p=reject; np=reject; psd=n; t=n", ("pass", "")),
        (f"v=DMARC1; p=none; {RUA}", ("warn", "policy-none")),
        (f"v=DMARC1; {RUA}", ("warn", "policy-none")),
        (f"v=DMARC1; p=reject; t=y; {RUA}", ("warn", "testing")),
        ("v=DMARC1; p=reject", ("warn", "no-reports")),
        ("v=DMARC1; p=reject; rua=dmarc@acme.test", ("warn", "no-reports")),
        ("v=DMARC1; p=reject; rua=https://acme.test/report", ("warn", "no-reports")),
        (f"v=DMARC1; p=reject; {RUA},ftp://acme.test", ("warn", "rua-unusable")),
        (f"v=DMARC1; p=reject; sp=none; {RUA}", ("warn", "subdomains-open")),
        (f"v=DMARC1; p=reject; np=none; {RUA}", ("warn", "subdomains-open")),
        (f"v=DMARC1; p=reject; psd=y; {RUA}", ("warn", "claims-suffix")),
        (f"v=DMARC1; p=reject; pct=100; {RUA}", ("warn", "obsolete-tag")),
        (f"v=DMARC1; p=reject; rf=iodef; ri=3600; {RUA}", ("warn", "obsolete-tag")),
        (f"v=DMARC1; p=reject; adkim=bob; {RUA}", ("warn", "invalid-value")),
        ("v=DMARC1; p=reject; " + ",".join((RUA, "mailto:a@acme.test", "mailto:b@acme.test")), ("warn", "many-rua")),
        ("v=DMARC1; p=none", ("fail", "none-without-reports")),
        ("v=DMARC1", ("fail", "none-without-reports")),
        (f"v=DMARC1; p=rejekt; {RUA}", ("fail", "invalid-record")),
        (f"v=DMARC1; p=reject; sp=; {RUA}", ("fail", "invalid-record")),
        (f"v=dmarc1; p=reject; {RUA}", ("fail", "invalid-record")),
        (f"p=reject; v=DMARC1; {RUA}", ("fail", "invalid-record")),
        ("something else", ("fail", "no-record")),
    ],
)
def test_a_record(record: str, expected: tuple[str, str]) -> None:
    assert said("mail.dmarc", dmarc(record), SENDS) == expected


def test_two_records_count_as_none() -> None:
    table = dmarc(f"v=DMARC1; p=reject; {RUA}", f"v=DMARC1; p=none; {RUA}")
    assert said("mail.dmarc", table, SENDS) == ("fail", "several-records")
    table = dmarc(f"v=DMARC1; p=reject; {RUA}", "a verification code")
    assert said("mail.dmarc", table, SENDS) == ("pass", "")


def test_absence_is_no_blocker_where_nothing_is_sent() -> None:
    assert said("mail.dmarc", {}, SENDS) == ("fail", "no-record")
    found = found_by("mail.dmarc", {}, product())
    assert (found.verdict.value, found.reason) == ("fail", "no-record-unused")
    assert found.facts["publish"].startswith("_dmarc.acme.test. TXT")


@pytest.mark.parametrize("failure", [TIMEOUT, SERVFAIL])
def test_a_hiccup_is_never_a_fail(failure: object) -> None:
    assert said("mail.dmarc", {DnsLookup("_dmarc.acme.test", "TXT"): failure}, SENDS)[0] == "unknown"
    table = dmarc("v=DMARC1; p=reject; rua=mailto:a@reports.example")
    table[DnsLookup("acme.test._report._dmarc.reports.example", "TXT")] = TIMEOUT
    assert said("mail.dmarc", table, SENDS) == ("unknown", "timeout")


def test_a_silent_registry_hides_nothing() -> None:
    table = dmarc(f"v=DMARC1; p=reject; {RUA}") | {DnsLookup("_dmarc.test", "TXT"): SERVFAIL}
    assert said("mail.dmarc", table, SENDS) == ("pass", "")


# --- reports elsewhere ------------------------------------------------------------------------------------------------

ELSEWHERE = dmarc("v=DMARC1; p=reject; rua=mailto:a@reports.example")


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (ELSEWHERE, ("fail", "rua-not-authorized")),
        (ELSEWHERE | txt("acme.test._report._dmarc.reports.example", "v=DMARC1"), ("pass", "")),
        (ELSEWHERE | txt("acme.test._report._dmarc.reports.example", "yes"), ("fail", "rua-not-authorized")),
        (dmarc(f"v=DMARC1; p=reject; {RUA},mailto:a@reports.example"), ("warn", "rua-not-authorized")),
        (dmarc("v=DMARC1; p=reject; rua=mailto:a@mail.acme.test!10m"), ("pass", "")),
    ],
)
def test_permission(table: Table, expected: tuple[str, str]) -> None:
    assert said("mail.dmarc", table, SENDS) == expected


# --- the tree walk ----------------------------------------------------------------------------------------------------


def walked(domain: str, table: Table) -> tuple[Walk, int]:
    world = Internet(table)

    async def run() -> Walk:
        return await walk(world, domain)

    return asyncio.run(run()), len(world.asked)


def test_a_long_name_takes_eight_queries() -> None:
    deep = ".".join("abcdefghijkl") + ".acme.test"
    found, asked = walked(deep, dmarc("v=DMARC1; p=reject"))
    assert asked == 8
    assert found.governing is not None
    assert found.governing.domain == ACME
    assert walk_names("a.b.c.acme.test")[:2] == ("a.b.c.acme.test", "b.c.acme.test")
    assert len(walk_names(deep)) == 8
    assert walk_names(deep)[1] == "h.i.j.k.l.acme.test"


@pytest.mark.parametrize(
    ("records", "organisation", "governing"),
    [
        ({}, "acme.test", ""),
        ({ACME: "v=DMARC1; p=none"}, "acme.test", "acme.test"),
        ({"shop.acme.test": "v=DMARC1; p=none", ACME: "v=DMARC1; p=reject"}, "acme.test", "acme.test"),
        ({"shop.acme.test": "v=DMARC1; p=none; psd=n", ACME: "v=DMARC1"}, "shop.acme.test", "shop.acme.test"),
        ({"test": "v=DMARC1; p=reject; psd=y"}, "acme.test", "test"),
        ({ACME: "v=DMARC1; psd=y"}, "shop.acme.test", "acme.test"),
        ({"test": "v=DMARC1; p=none; psd=y", ACME: "v=DMARC1; p=reject"}, "acme.test", "acme.test"),
    ],
)
def test_the_organisation(records: dict[str, str], organisation: str, governing: str) -> None:
    table: Table = {}
    for name, record in records.items():
        table |= dmarc(record, name=name)
    found, _ = walked("a.shop.acme.test", table)
    assert found.organisation == organisation
    assert (found.governing.domain if found.governing else "") == governing


def test_a_sub_domain_inherits_what_is_said_of_sub_domains() -> None:
    whose = product(POSTMARK, Sender("letters.acme.test", "postmark", ("pm",)))
    strict = dmarc(f"v=DMARC1; p=reject; {RUA}")
    assert said("mail.dmarc", strict, whose, "letters.acme.test") == ("pass", "")
    loose = dmarc(f"v=DMARC1; p=reject; sp=none; {RUA}")
    assert said("mail.dmarc", loose, whose, "letters.acme.test") == ("warn", "policy-none")
