"""The DNS checks of hosts and zones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from launchready_tui.checks.caa import identifiers_of
from launchready_tui.checks.dnszone import invented_names
from launchready_tui.checks.reference import provider, provider_of, service_at, services
from launchready_tui.checks.registry import REGISTRY, load
from launchready_tui.checks.subjects import subjects
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Host, Network, Sender
from launchready_tui.model.questions import (
    Certificate,
    DnsAnswer,
    DnsLookup,
    Facts,
    Question,
    RdapDomain,
    Registration,
    ResolverList,
    Resolvers,
    TlsHandshake,
    TlsSession,
)
from launchready_tui.model.verdicts import Judgement, Verdict
from tests.checks.zone import (
    HOSTILE_RECORDS,
    SERVFAIL,
    TIMEOUT,
    Table,
    at,
    broken,
    by_resolver,
    gone,
    product,
    rr,
)
from tests.kit import SEEN_AT, judge

APP = Host("app.acme.test", "app")
WWW = "www.acme.test"


def verdict(found: Judgement) -> tuple[str, str]:
    """What is asserted: the verdict and its reason."""
    return found.verdict.value, found.reason


def app(check_id: str, answers: Mapping[Question[Any], Facts | Failure], host: Host = APP, **more: Any) -> Judgement:
    """Judge a check for the app host."""
    return judge(check_id, host.name, answers, product(host, **more))


def domain(check_id: str, answers: Mapping[Question[Any], Facts | Failure], **more: Any) -> Judgement:
    """Judge a check for acme.test."""
    return judge(check_id, "acme.test", answers, product(**more))


# --- dns.hosts-resolve ----------------------------------------------------------------------------------------------


def four(*views: Table) -> Judgement:
    table = by_resolver(**{f"r{n}": view for n, view in enumerate(views)})
    return app("dns.hosts-resolve", table)


def view(n: int, *addresses: str, **more: Any) -> Table:
    return at(APP.name, *addresses, via=f"r{n}", **more)


def test_resolvers_agree_whatever_the_order() -> None:
    one = rr(APP.name, "A", "1.1.1.1", "1.1.1.2", via="r0") | rr(APP.name, "AAAA", "2606::1", via="r0")
    found = four(one, view(1, "1.1.1.2", "1.1.1.1", "2606::1"), *(view(n, "1.1.1.1", "1.1.1.2", "2606::1") for n in (2, 3)))
    assert verdict(found) == ("pass", "")
    assert found.summary == "3 addresses, 4 resolvers agree"


def test_silent_resolver_is_named() -> None:
    found = four(view(0, "1.1.1.1"), view(1, "1.1.1.1"), broken(APP.name, TIMEOUT, via="r2"))
    assert verdict(found) == ("pass", "")
    assert found.summary == "1 address, 2 of 3 resolvers agree"
    assert "r2: timeout" in found.details


def test_one_stale_resolver_warns_with_its_remaining_ttl() -> None:
    found = four(view(0, "1.1.1.1"), view(1, "1.1.1.1"), view(2, "1.1.1.1"), view(3, "9.9.9.9", ttl=1800))
    assert verdict(found) == ("warn", "resolver-stale")
    assert "r3" in found.summary
    assert "30 min" in found.summary


@pytest.mark.parametrize(
    "views",
    [
        (view(0, "1.1.1.1"), view(1, "1.1.1.1"), view(2, "9.9.9.9", ttl=20)),
        (view(0, "1.1.1.1"), view(1, "2.2.2.2"), view(2, "9.9.9.9")),
        (view(0, "1.1.1.1", "2.2.2.2"), view(1, "1.1.1.1", "2.2.2.2"), view(2, "2.2.2.2", "3.3.3.3")),
        (view(0, "104.16.1.1"), view(1, "104.16.1.1"), view(2, "104.17.9.9")),
    ],
    ids=["short-ttl", "geo-dns", "rotation", "one-provider"],
)
def test_load_spreading_is_not_stale(views: tuple[Table, ...]) -> None:
    assert verdict(four(*views)) == ("pass", "answers-differ")


def test_one_empty_resolver_warns() -> None:
    found = four(view(0, "1.1.1.1"), view(1, "1.1.1.1"), gone(APP.name, "r2"))
    assert verdict(found) == ("warn", "resolver-stale")
    assert "NXDOMAIN" in found.summary
    assert verdict(four(view(0, "1.1.1.1"), view(1, "1.1.1.1"), broken(APP.name, SERVFAIL, via="r2")))[0] == "warn"


@pytest.mark.parametrize(
    "views",
    [
        (gone(APP.name, "r0"), gone(APP.name, "r1")),
        (view(0), view(1)),
        (gone(APP.name, "r0"), broken(APP.name, TIMEOUT, via="r1")),
        (broken(APP.name, SERVFAIL, via="r0"), broken(APP.name, SERVFAIL, via="r1")),
        (gone(APP.name, "r0"), gone(APP.name, "r1"), view(2, "1.1.1.1")),
    ],
    ids=["nxdomain", "empty", "one-silent", "servfail", "hardly-anybody"],
)
def test_unresolvable_host_fails_and_is_confirmed(views: tuple[Table, ...]) -> None:
    found = four(*views)
    assert verdict(found) == ("fail", "does-not-resolve")
    assert found.network


@pytest.mark.parametrize(
    "views",
    [
        (broken(APP.name, TIMEOUT, via="r0"), broken(APP.name, TIMEOUT, via="r1")),
        (broken(APP.name, SERVFAIL, via="r0"), broken(APP.name, TIMEOUT, via="r1")),
        (rr(APP.name, "A", via="r0") | broken(APP.name, TIMEOUT, "AAAA", via="r0"),),
    ],
    ids=["silent", "servfail-and-silent", "half-an-answer"],
)
def test_unheard_resolvers_are_unknown(views: tuple[Table, ...]) -> None:
    assert verdict(four(*views)) == ("unknown", "timeout")


def test_no_list_of_resolvers_is_unknown() -> None:
    assert verdict(app("dns.hosts-resolve", {Resolvers(): TIMEOUT})) == ("unknown", "timeout")


# --- dns.intended-target --------------------------------------------------------------------------------------------


def target(expect: tuple[str, ...], answers: Table, network: Network | None = None) -> Judgement:
    return app("dns.intended-target", answers, replace(APP, expect=expect), network=network)


@pytest.mark.parametrize(
    ("expect", "answers"),
    [
        (("1.1.1.1",), at(APP.name, "1.1.1.1")),
        (("1.1.1.0/24", "2606::/16"), at(APP.name, "1.1.1.1", "2606::1")),
        (("Cloudflare",), at(APP.name, "104.16.1.1")),
        (("herokudns.com",), at(APP.name, "1.1.1.1", aliases=("x.herokudns.com",))),
        (("x.herokudns.com.", "1.2.3.4"), at(APP.name, "1.1.1.1", aliases=("x.herokudns.com",))),
        (("akamai",), at(APP.name, "1.1.1.1", aliases=("acme.edgekey.net",))),
    ],
)
def test_intended_target(expect: tuple[str, ...], answers: Table) -> None:
    assert verdict(target(expect, answers)) == ("pass", "")


@pytest.mark.parametrize(
    ("expect", "answers"),
    [
        (("1.1.1.1",), at(APP.name, "1.1.1.1", "9.9.9.9")),
        (("cloudflare",), at(APP.name, "127.0.0.1")),
        (("herokudns.com",), at(APP.name, "1.1.1.1", aliases=("notherokudns.com",))),
        (("herokudns.com",), at(APP.name, "1.1.1.1")),
        (("1.1.1.1",), gone(APP.name)),
        (("1.1.1.1",), rr(APP.name, "A", "9.9.9.9") | broken(APP.name, TIMEOUT, "AAAA")),
    ],
)
def test_unexpected_target(expect: tuple[str, ...], answers: Table) -> None:
    found = target(expect, answers)
    assert verdict(found) == ("fail", "unexpected-target")
    assert found.network


def test_profile_ranges_replace_the_bundled_ones() -> None:
    network = Network(ranges={"Cloudflare": ("127.0.1.0/24",)})
    assert verdict(target(("cloudflare",), at(APP.name, "127.0.1.7"), network))[0] == "pass"
    assert verdict(target(("cloudflare",), at(APP.name, "104.16.1.1"), network))[0] == "fail"


def test_undecidable_targets_are_unknown() -> None:
    undeclared = target((), at(APP.name, "1.1.1.1"))
    assert verdict(undeclared) == ("unknown", "not-declared")
    assert undeclared.decide_by
    assert verdict(target(("hetzner",), at(APP.name, "1.1.1.1"))) == ("unknown", "provider-unknown")
    assert verdict(target(("1.1.1.1",), broken(APP.name, TIMEOUT))) == ("unknown", "timeout")
    half = rr(APP.name, "A", "1.1.1.1") | broken(APP.name, TIMEOUT, "AAAA")
    assert verdict(target(("1.1.1.1",), half)) == ("unknown", "timeout")


# --- dns.private-address --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "0.0.0.0", "192.0.2.1", "::1", "fd00::1", "2001:db8::1"])
def test_private_address_fails(address: str) -> None:
    assert verdict(app("dns.private-address", at(APP.name, "1.1.1.1", address))) == ("fail", "private-address")


def test_public_address() -> None:
    assert verdict(app("dns.private-address", at(APP.name, "1.1.1.1", "2606:4700::1"))) == ("pass", "")
    lab = Network(public=("127.0.0.0/8",))
    assert verdict(app("dns.private-address", at(APP.name, "127.0.0.9"), network=lab)) == ("pass", "")
    assert verdict(app("dns.private-address", gone(APP.name)))[0] == "not-applicable"
    half = rr(APP.name, "A", "1.1.1.1") | broken(APP.name, TIMEOUT, "AAAA")
    assert verdict(app("dns.private-address", half)) == ("unknown", "timeout")


# --- dns.cname-chain ------------------------------------------------------------------------------------------------


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


# --- dns.cname-targets ----------------------------------------------------------------------------------------------


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


# --- dns.wildcard ---------------------------------------------------------------------------------------------------


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
    safe = {"aliases": ("x.cloudfront.net",)}
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


# --- dns.ttl-readiness ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ttl", "expected"),
    [(60, ("pass", "")), (3600, ("pass", "")), (59, ("pass", "ttl-short")), (0, ("pass", "ttl-short")),
     (3601, ("warn", "ttl-too-long")), (86400, ("warn", "ttl-too-long")), (86401, ("fail", "ttl-too-long"))],
)  # fmt: skip
def test_ttl(ttl: int, expected: tuple[str, str]) -> None:
    assert verdict(app("dns.ttl-readiness", at(APP.name, "1.1.1.1", via="authority", ttl=ttl))) == expected


def test_ttl_of_others_does_not_count() -> None:
    table = at(APP.name, "1.1.1.1", via="authority", aliases=("x.cdn.test",), ttl=604_800, alias_ttl=300)
    assert verdict(app("dns.ttl-readiness", table)) == ("pass", "")
    table = at(APP.name, "1.1.1.1", via="authority", aliases=("x.cdn.test",), ttl=20, alias_ttl=604_800)
    assert verdict(app("dns.ttl-readiness", table)) == ("fail", "ttl-too-long")


def test_ttl_unseen() -> None:
    assert verdict(app("dns.ttl-readiness", at(APP.name, "1.1.1.1"))) == ("unknown", "timeout")
    assert verdict(app("dns.ttl-readiness", at(APP.name, via="authority")))[0] == "not-applicable"


# --- dns.caa --------------------------------------------------------------------------------------------------------


def certificate(issuer: str = "CN=R11,O=Let's Encrypt,C=US", *names: str) -> TlsSession:
    leaf = Certificate("CN=x", issuer, "1", names or (APP.name,), SEEN_AT - timedelta(days=1), SEEN_AT, "ec", 256, "sha256", "")
    return TlsSession("1.1.1.1", "TLSv1.3", "x", (leaf,))


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
    mail = Host("mx.acme.test", "mail")
    assert verdict(app("dns.caa", {}, mail))[0] == "not-applicable"


def test_issuers() -> None:
    assert identifiers_of("CN=WE1,O=Google Trust Services,C=US")[0] == "pki.goog"
    assert "sectigo.com" in identifiers_of("CN=ZeroSSL ECC Domain Secure Site CA,O=ZeroSSL,C=AT")
    assert "amazontrust.com" in identifiers_of("CN=Amazon RSA 2048 M02,O=Amazon,C=US")
    assert identifiers_of("O=Lab", ("lab=ca.lab.test",)) == ("ca.lab.test",)
    assert identifiers_of("") == ()


# --- dns.mail-records -----------------------------------------------------------------------------------------------

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


# --- dns.soa-sanity -------------------------------------------------------------------------------------------------


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


# --- reference data, hostile data -----------------------------------------------------------------------------------


def test_reference_data() -> None:
    assert provider("CloudFlare", Network()) is not None
    assert provider("nobody", Network()) is None
    assert provider_of("104.16.1.1", Network()) == "cloudflare"
    assert provider_of("104.16.1.1", Network(ranges={"cloudflare": ("127.0.0.0/8",)})) == ""
    assert len(services()) > 50
    found = service_at(["a.b.azurewebsites.net"])
    assert found is not None
    assert found.nxdomain
    assert service_at(["notazurewebsites.net", "x.test"]) is None


class Echo:
    """Answers every DNS question with the same records, and everything else with what is usual."""

    def __init__(self, records: tuple[str, ...]) -> None:
        self.records = records

    def get(self, question: Question[Any], default: Facts | Failure) -> Facts | Failure:
        match question:
            case DnsLookup():
                return DnsAnswer("NOERROR", self.records, 300)
            case Resolvers():
                return ResolverList(("r0", "r1"))
            case RdapDomain():
                return Registration(True)
            case TlsHandshake():
                return certificate("\x1b]0;x\x07" * 500)
            case _:
                return default


@pytest.mark.parametrize("records", HOSTILE_RECORDS, ids=range(len(HOSTILE_RECORDS)))
@pytest.mark.parametrize("check_id", sorted(load_id for load_id in load() if load_id.startswith("dns.")))
def test_hostile_records_never_raise(check_id: str, records: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    import tests.kit

    class Hostile(tests.kit.World):
        def __init__(self, _: object) -> None:
            super().__init__({})
            self.answers = Echo(records)  # type: ignore[assignment]

    monkeypatch.setattr(tests.kit, "World", Hostile)
    acme = product(replace(APP, expect=("1.1.1.1", "cloudflare", "x.test", "nobody")), senders=SENDER)
    for subject in subjects(REGISTRY[check_id].over, acme):
        found = judge(check_id, subject, {}, acme)
        assert found.verdict in Verdict
        assert len(found.summary) < 1_000
        assert "\x1b" not in found.summary + "".join(found.details)
