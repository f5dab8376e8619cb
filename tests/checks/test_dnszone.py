"""The DNS checks of records and of the zone: aliases, wildcard, CAA, mail, SOA."""

from __future__ import annotations

from typing import Any

import pytest

from launchready_tui.checks.dns.caa import identifiers_of
from launchready_tui.checks.dns.zone import invented_names
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Host, Sender
from launchready_tui.model.questions import (
    Facts,
    TlsHandshake,
)
from launchready_tui.model.verdicts import Judgement
from tests.checks.zone import (
    APP,
    SERVFAIL,
    TIMEOUT,
    Table,
    app,
    at,
    broken,
    certificate,
    domain,
    gone,
    rr,
    verdict,
)

# --- dns.cname-chain -------------------------------------------------------------------------------------------------


def chain(length: int) -> Table:
    targets = tuple(f"n{n}.cdn.test" for n in range(length))
    table = at(APP.name, "1.1.1.1", aliases=targets) | rr(APP.name, "CNAME", *targets[:1])
    for rdtype in ("A", "AAAA", "MX", "TXT", "NS"):
        table |= rr(APP.name, rdtype, via="authority", aliases=targets[:1])
    return table


@pytest.mark.parametrize(
    ("length", "expected"),
    [(0, ("pass", "")), (1, ("pass", "")), (4, ("pass", "")), (5, ("warn", "cname-chain-long")),
     (8, ("warn", "cname-chain-long")), (9, ("fail", "cname-chain-long"))],
)  # fmt: skip
def test_cname_chain_length(length: int, expected: tuple[str, str]) -> None:
    assert verdict(app("dns.cname-chain", chain(length))) == expected


def test_cname_loop_hidden_by_servfail() -> None:
    hidden = broken(APP.name, SERVFAIL) | rr(APP.name, "CNAME", "b.acme.test") | rr("b.acme.test", "CNAME", APP.name)
    assert verdict(app("dns.cname-chain", hidden)) == ("fail", "cname-loop")
    shown = at(APP.name, aliases=("b.acme.test", APP.name), loop=True)
    assert verdict(app("dns.cname-chain", shown)) == ("fail", "cname-loop")


def test_cname_beside_other_data() -> None:
    table = chain(1) | rr(APP.name, "MX", "10 mail.acme.test", via="authority")
    found = app("dns.cname-chain", table)
    assert verdict(found) == ("fail", "cname-and-other-data")
    assert "MX" in found.summary
    unseen = chain(1) | broken(APP.name, TIMEOUT, "MX", via="authority")
    assert verdict(app("dns.cname-chain", unseen)) == ("unknown", "timeout")
    # Data of the target, reached through the alias, is none of the name's own.
    honest = chain(1) | rr(APP.name, "TXT", "hello", via="authority", aliases=("n0.cdn.test",))
    assert verdict(app("dns.cname-chain", honest)) == ("pass", "")


def test_unseen_chain_is_unknown() -> None:
    assert verdict(app("dns.cname-chain", {})) == ("unknown", "timeout")


# --- dns.cname-targets -----------------------------------------------------------------------------------------------


def zone_targets(**cnames: str) -> Table:
    table = rr("acme.test", "CNAME", *([cnames["apex"]] if "apex" in cnames else []))
    table |= rr("acme.test", "MX", "10 mx.acme.test") | rr("acme.test", "NS", "ns1.host.test", "ns2.host.test")
    for key, name in (("mx", "mx.acme.test"), ("ns", "ns1.host.test"), ("ns2", "ns2.host.test")):
        table |= rr(name, "CNAME", *([cnames[key]] if key in cnames else []))
    return table


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (zone_targets(), ("pass", "")),
        (zone_targets(apex="x.test"), ("fail", "apex-cname")),
        (zone_targets(mx="x.test"), ("fail", "mx-target-cname")),
        (zone_targets(ns="x.test", mx="x.test"), ("fail", "ns-target-cname")),
        (zone_targets() | broken("acme.test", TIMEOUT, "NS"), ("unknown", "timeout")),
        (zone_targets() | broken("mx.acme.test", SERVFAIL, "CNAME"), ("unknown", "servfail")),
        (zone_targets(ns="x.test") | broken("acme.test", TIMEOUT, "MX"), ("fail", "ns-target-cname")),
    ],
)
def test_cname_targets(table: Table, expected: tuple[str, str]) -> None:
    assert verdict(domain("dns.cname-targets", table)) == expected


# --- dns.wildcard ----------------------------------------------------------------------------------------------------


def invented(*tables: Table) -> Judgement:
    merged: Table = {}
    for table in tables:
        merged |= table
    return domain("dns.wildcard", merged)


def test_wildcard() -> None:
    one, two = invented_names("acme.test")
    assert invented_names("acme.test") == (one, two)
    assert verdict(invented(gone(one), gone(two))) == ("pass", "")
    assert verdict(invented(at(one), at(two))) == ("pass", "")
    assert verdict(invented(at(one, "1.1.1.1"), at(two, "1.1.1.1"))) == ("warn", "wildcard")
    safe: dict[str, Any] = {"aliases": ("x.cloudfront.net",)}
    assert verdict(invented(at(one, "1.1.1.1", **safe), at(two, "1.1.1.1", **safe))) == ("warn", "wildcard")


def test_wildcard_to_a_claimable_service() -> None:
    one, two = invented_names("acme.test")
    for target_name in ("acme.github.io", "acme.azurewebsites.net", "b.s3.eu-west-1.amazonaws.com"):
        found = invented(gone(one, aliases=(target_name,)), gone(two, aliases=(target_name,)))
        assert verdict(found) == ("fail", "wildcard-third-party")


def test_unseen_wildcard_is_unknown() -> None:
    one, two = invented_names("acme.test")
    assert verdict(invented(gone(one))) == ("unknown", "timeout")
    assert verdict(invented(rr(one, "A"), at(two))) == ("unknown", "timeout")
    assert verdict(invented(at(one, "1.1.1.1"), gone(two))) == ("unknown", "answers-differ")


# --- dns.caa ---------------------------------------------------------------------------------------------------------


def caa(host: tuple[str, ...] = (), apex: tuple[str, ...] = (), session: Facts | Failure | None = None) -> Judgement:
    table: Table = rr(APP.name, "CAA", *host) | rr("acme.test", "CAA", *apex) | rr("test", "CAA")
    table[TlsHandshake(APP.name)] = session or certificate()
    return app("dns.caa", table)


LE, DIGICERT, NOBODY = '0 issue "letsencrypt.org; validationmethods=dns-01"', '0 issue "digicert.com"', '0 issue ";"'


@pytest.mark.parametrize(
    ("host", "apex", "expected"),
    [
        ((), (), ("pass", "caa-absent")),
        ((LE,), (DIGICERT,), ("pass", "")),
        ((), (DIGICERT, LE), ("pass", "")),
        ((), (DIGICERT,), ("fail", "forbids-current-issuer")),
        ((), (NOBODY,), ("fail", "forbids-current-issuer")),
        ((), ('0 iodef "mailto:a@acme.test"',), ("pass", "")),
        ((), (LE, '128 tbs "x"'), ("fail", "forbids-current-issuer")),
        ((), ('0 issuewild ";"',), ("pass", "")),
        ((), (LE, "garbage"), ("unknown", "malformed")),
        ((), ('0 ISSUE "LetsEncrypt.org"',), ("pass", "")),
    ],
)
def test_caa(host: tuple[str, ...], apex: tuple[str, ...], expected: tuple[str, str]) -> None:
    assert verdict(caa(host, apex)) == expected


@pytest.mark.parametrize(
    ("apex", "expected"),
    [
        ((LE, '0 issuewild "digicert.com"'), ("warn", "wildcard-mismatch")),
        ((LE, '0 issuewild ";"'), ("warn", "wildcard-mismatch")),
        ((LE,), ("pass", "")),
        ((DIGICERT,), ("fail", "forbids-current-issuer")),
        ((NOBODY, '0 issuewild "letsencrypt.org"'), ("pass", "")),
        ((LE, '128 tbs "x"'), ("fail", "forbids-current-issuer")),
    ],
)
def test_caa_for_a_wildcard_certificate(apex: tuple[str, ...], expected: tuple[str, str]) -> None:
    assert verdict(caa((), apex, certificate("O=Let's Encrypt", "*.acme.test"))) == expected


def test_caa_unseen() -> None:
    assert verdict(caa((), (LE,), certificate("O=Some Lab CA"))) == ("unknown", "issuer-unknown")
    assert verdict(caa((), (LE,), Failure("refused", "no"))) == ("unknown", "refused")
    assert verdict(caa((), (NOBODY,), Failure("refused", "no"))) == ("fail", "forbids-current-issuer")
    assert verdict(caa((), (), Failure("refused", "no"))) == ("pass", "caa-absent")
    table = rr(APP.name, "CAA") | {TlsHandshake(APP.name): certificate()}
    assert verdict(app("dns.caa", table)) == ("unknown", "timeout")
    refused = rr(APP.name, "CAA") | rr("acme.test", "CAA") | broken("test", Failure("dns-refused", "no"), "CAA")
    assert verdict(app("dns.caa", refused)) == ("pass", "caa-absent")
    mail = Host("mx.acme.test", "mail")
    assert verdict(app("dns.caa", {}, mail))[0] == "not-applicable"


def test_issuers() -> None:
    assert identifiers_of("CN=WE1,O=Google Trust Services,C=US")[0] == "pki.goog"
    assert "sectigo.com" in identifiers_of("CN=ZeroSSL ECC Domain Secure Site CA,O=ZeroSSL,C=AT")
    assert "amazontrust.com" in identifiers_of("CN=Amazon RSA 2048 M02,O=Amazon,C=US")
    assert identifiers_of("O=Lab", ("lab=ca.lab.test",)) == ("ca.lab.test",)
    assert identifiers_of("") == ()


# --- dns.mail-records ------------------------------------------------------------------------------------------------

TEXTS = rr("acme.test", "TXT", "v=spf1 -all") | rr("_dmarc.acme.test", "TXT")
SENDER = (Sender("acme.test", "postmark"),)


def mail(mx: tuple[str, ...], *tables: Table, senders: tuple[Sender, ...] = ()) -> Judgement:
    merged = TEXTS | rr("acme.test", "MX", *mx)
    for table in tables:
        merged |= table
    return domain("dns.mail-records", merged, senders=senders)


TWO = ("10 mx1.acme.test", "20 mx2.acme.test")
ONE = at("mx1.acme.test", "1.1.1.1")


@pytest.mark.parametrize(
    ("mx", "tables", "expected"),
    [
        (TWO, (ONE, at("mx2.acme.test", "1.1.1.2")), ("pass", "")),
        (TWO[:1], (ONE,), ("warn", "single-mx")),
        (TWO[:1], (at("mx1.acme.test", "1.1.1.1", "1.1.1.2"),), ("pass", "single-mx")),
        (TWO, (ONE, gone("mx2.acme.test")), ("fail", "mx-target-missing")),
        (TWO, (ONE, at("mx2.acme.test")), ("fail", "mx-target-missing")),
        (TWO, (ONE, at("mx2.acme.test", "1.1.1.2", aliases=("x.test",))), ("fail", "mx-target-cname")),
        (TWO, (ONE,), ("unknown", "timeout")),
        (("0 .",), (), ("pass", "null-mx")),
        (("0 ",), (), ("pass", "null-mx")),
        (("0 .", "10 mx1.acme.test"), (ONE,), ("warn", "null-mx")),
        ((), (at("acme.test", "1.1.1.1"),), ("warn", "no-mx")),
        ((), (at("acme.test"),), ("warn", "no-mx")),
        (("10 mx1.acme.test", "20 mx1.acme.test"), (ONE,), ("warn", "single-mx")),
        ((), (), ("unknown", "timeout")),
        (("garbage",), (), ("unknown", "malformed")),
    ],
)
def test_mail_records(mx: tuple[str, ...], tables: tuple[Table, ...], expected: tuple[str, str]) -> None:
    assert verdict(mail(mx, *tables)) == expected


def test_mail_records_of_a_sender() -> None:
    assert verdict(mail(("0 .",), senders=SENDER)) == ("warn", "null-mx")
    found = mail((), at("acme.test"), senders=SENDER)
    assert verdict(found) == ("fail", "no-mx")
    assert found.network
    assert found.details == ("SPF: present", "DMARC: absent")
    assert mail(TWO, ONE, gone("mx2.acme.test")).network


def test_mail_records_unseen() -> None:
    assert verdict(domain("dns.mail-records", {})) == ("unknown", "timeout")


# --- dns.soa-sanity --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (("ns.h.test host.h.test 1 14400 3600 1209600 3600",), ("pass", "")),
        (("ns.h.test host.h.test 1 10000 2400 604800 1800",), ("pass", "refresh-short")),
        (("ns.h.test host.h.test 1 14400 3600 604799 3600",), ("warn", "soa-unusual")),
        (("ns.h.test host.h.test 1 14400 3600 604800 86401",), ("warn", "soa-unusual")),
        (("a b 1 2 3 4 5", "a b 2 2 3 4 5"), ("warn", "soa-unusual")),
        ((), ("warn", "soa-unusual")),
        (("a b 1 2 3",), ("unknown", "malformed")),
    ],
)
def test_soa(records: tuple[str, ...], expected: tuple[str, str]) -> None:
    assert verdict(domain("dns.soa-sanity", rr("acme.test", "SOA", *records))) == expected


def test_soa_unseen() -> None:
    assert verdict(domain("dns.soa-sanity", {})) == ("unknown", "timeout")
