"""Records that point to something gone: takeovers, and dead names in NS, MX and SPF."""

from __future__ import annotations

import json

import pytest

from launchready_tui.checks.dns.dangling import spf_names
from launchready_tui.checks.reading.reference import service_at, services
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Host
from launchready_tui.model.questions import DnsLookup, HttpExchange, HttpResponse, RdapDomain, Registration
from launchready_tui.model.verdicts import Judgement
from launchready_tui.runbook.locate import data_dir, runbooks_dir
from tests.checks.zone import HOSTILE_RECORDS, NO_CONSENT, SERVFAIL, TIMEOUT, Table, at, broken, gone, product, rr
from tests.kit import judge

SHOP = Host("shop.acme.test")
URL = "https://shop.acme.test/"
PLAIN = "http://shop.acme.test/"
S3 = "shop.s3.amazonaws.com"
PAGES = "acme.github.io"
NO_BUCKET = HttpResponse(404, text="<Code>NoSuchBucket</Code><Message>The specified\n bucket does not exist</Message>")
NO_SITE = HttpResponse(404, text="<p><strong>There isn't a GitHub Pages site here.</strong></p>")
FINE = HttpResponse(200, text="<h1>Shop</h1>")


def record(*tables: Table) -> Judgement:
    """Judge the shop's record against merged tables."""
    merged: Table = {}
    for table in tables:
        merged |= table
    return judge("dns.dangling-record", SHOP.name, merged, product(SHOP))


def page(answer: HttpResponse | Failure, url: str = URL) -> Table:
    """The answer to the active look at a page."""
    return {HttpExchange("GET", url, active=True): answer}


def rdap(name: str, registered: bool) -> Table:
    """What the registry says."""
    return {RdapDomain(name): Registration(registered)}


def verdict(found: Judgement) -> tuple[str, str]:
    """What is asserted: the verdict and its reason."""
    return found.verdict.value, found.reason


def points_to(*targets: str) -> Table:
    """The shop as an alias of a living name."""
    return at(SHOP.name, "1.1.1.1", aliases=targets)


# --- the host's own record ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "table",
    [
        at(SHOP.name, "1.1.1.1"),
        points_to("x.cdn.test"),
        points_to("d111.cloudfront.net"),
        points_to("acme.azurewebsites.net"),
        points_to(S3) | page(FINE),
        points_to(PAGES) | page(FINE),
        points_to(S3) | page(Failure("certificate", "no")) | page(FINE, PLAIN),
    ],
    ids=["address", "unlisted", "not-vulnerable", "exists", "s3", "pages", "plain-http"],
)
def test_living_targets(table: Table) -> None:
    assert verdict(record(table)) == ("pass", "")


@pytest.mark.parametrize(
    "table",
    [
        points_to(S3) | page(NO_BUCKET),
        points_to("x.cdn.test", S3) | page(NO_BUCKET),
        points_to("shop.s3-website-eu-west-1.amazonaws.com") | page(NO_BUCKET),
        points_to(S3) | page(Failure("certificate", "no")) | page(NO_BUCKET, PLAIN),
        gone(SHOP.name, aliases=("acme.azurewebsites.net",)),
        at(SHOP.name, "69.164.223.206")
        | page(HttpResponse(404, text="Hello! Sorry, but the website you’re looking for doesn’t exist.")),
    ],
    ids=["s3", "chain", "regional", "plain-http", "azure-nxdomain", "address"],
)
def test_confirmed_takeover_is_confirmed_again(table: Table) -> None:
    found = record(table)
    assert verdict(found) == ("fail", "takeover-confirmed")
    assert found.network


def test_edge_cases_are_only_potential() -> None:
    assert verdict(record(points_to(PAGES), page(NO_SITE))) == ("warn", "takeover-potential")
    dead = gone(SHOP.name, aliases=(PAGES,)) | rdap("github.io", True)
    assert verdict(record(dead)) == ("warn", "takeover-potential")


def test_status_alone_confirms_nothing() -> None:
    table = points_to("acme.launchrock.com") | page(HttpResponse(500))
    assert verdict(record(table)) == ("warn", "takeover-potential")


@pytest.mark.parametrize(
    ("registration", "expected"),
    [
        (rdap("gone.test", False), ("fail", "unregistered-target")),
        (rdap("gone.test", True), ("fail", "dangling-target")),
        ({RdapDomain("gone.test"): Failure("no-rdap", "none")}, ("fail", "dangling-target")),
    ],
)
def test_dead_targets(registration: Table, expected: tuple[str, str]) -> None:
    found = record(gone(SHOP.name, aliases=("x.gone.test",)), registration)
    assert verdict(found) == expected
    assert found.network


def test_platform_names_are_not_for_sale() -> None:
    table = gone(SHOP.name, aliases=("gone-app.herokuapp.com",)) | rdap("gone-app.herokuapp.com", False)
    assert verdict(record(table, rdap("herokuapp.com", True))) == ("warn", "takeover-potential")


def test_dead_target_that_resolvers_hide() -> None:
    table = gone(SHOP.name) | rr(SHOP.name, "CNAME", "x.gone.test") | gone("x.gone.test") | rdap("gone.test", False)
    assert verdict(record(table)) == ("fail", "unregistered-target")


def test_without_consent_nobody_looked() -> None:
    assert verdict(record(points_to(S3), page(NO_CONSENT))) == ("not-run", "no-consent")


def test_unseen_is_unknown() -> None:
    assert verdict(record()) == ("unknown", "timeout")
    assert verdict(record(broken(SHOP.name, SERVFAIL), rr(SHOP.name, "CNAME"))) == ("unknown", "servfail")
    assert verdict(record(points_to(S3), page(Failure("bot-wall", "wall")))) == ("unknown", "bot-wall")
    to_https = HttpResponse(301, location=URL)
    assert verdict(record(points_to(S3), page(Failure("reset", "x")), page(to_https, PLAIN))) == ("unknown", "reset")
    loop = at(SHOP.name, aliases=("a.test", SHOP.name), loop=True)
    assert verdict(record(loop)) == ("unknown", "cname-loop")


def test_absent_host_dangles_not() -> None:
    assert verdict(record(gone(SHOP.name)))[0] == "not-applicable"


# --- NS, MX and SPF -------------------------------------------------------------------------------------------------


def delegation(*tables: Table) -> Judgement:
    """Judge acme.test with name servers at host.test, mail at mail.test and SPF including spf.test."""
    merged = rr("acme.test", "NS", "ns1.host.test", "ns2.host.test") | rr("acme.test", "MX", "10 mx.mail.test", "0 .")
    merged |= rr("acme.test", "TXT", "hello", "v=spf1 include:spf.test ~all") | rr("spf.test", "TXT", "v=spf1 -all")
    for name in ("ns1.host.test", "ns2.host.test", "mx.mail.test"):
        merged |= at(name, "1.1.1.1")
    for table in tables:
        merged |= table
    return judge("dns.dangling-delegation", "acme.test", merged, product())


def test_living_delegation() -> None:
    found = delegation()
    assert verdict(found) == ("pass", "")
    assert found.summary == "4 names in NS, MX and SPF, all exist"


@pytest.mark.parametrize(
    ("name", "owner"), [("ns2.host.test", "host.test"), ("mx.mail.test", "mail.test"), ("spf.test", "spf.test")]
)
def test_dead_delegation(name: str, owner: str) -> None:
    for registered, reason in ((False, "unregistered-target"), (True, "dangling-target")):
        found = delegation(gone(name), rdap(owner, registered))
        assert verdict(found) == ("fail", reason)
        assert found.network
        assert name in found.summary


def test_dead_name_of_the_product_itself() -> None:
    found = delegation(rr("acme.test", "MX", "10 mx.acme.test"), gone("mx.acme.test"), rdap("acme.test", False))
    assert verdict(found) == ("fail", "dangling-target")


def test_unseen_delegation_is_unknown() -> None:
    assert verdict(delegation(broken("mx.mail.test", SERVFAIL))) == ("unknown", "servfail")
    assert verdict(delegation(broken("acme.test", TIMEOUT, "TXT"))) == ("unknown", "timeout")
    dead = (gone("spf.test"), rdap("spf.test", True))
    assert verdict(delegation(broken("acme.test", TIMEOUT, "NS"), *dead)) == ("fail", "dangling-target")
    assert verdict(delegation(gone("acme.test")))[0] == "not-applicable"


def test_endless_spf_is_unknown() -> None:
    names = [f"s{n}.test" for n in range(100)]
    table: Table = {DnsLookup(name, "TXT"): rr(name, "TXT", "x")[DnsLookup(name, "TXT")] for name in names}
    record_text = "v=spf1 " + " ".join(f"include:{name}" for name in names)
    assert verdict(delegation(rr("acme.test", "TXT", record_text), table)) == ("unknown", "too-large")


def test_spf_names() -> None:
    text = "V=SPF1 +include:A.test. ?INCLUDE:b.test include:%{i}.c.test a:d.test redirect=e.test redirect= include:"
    assert spf_names((text, "v=spf10 include:f.test", "")) == ("a.test", "b.test", "e.test")
    for records in HOSTILE_RECORDS:
        assert all(isinstance(name, str) for name in spf_names(records))


# --- the list -------------------------------------------------------------------------------------------------------


def test_data_files_keep_their_licence() -> None:
    assert data_dir().parent == runbooks_dir()
    takeover = json.loads((data_dir() / "takeover-fingerprints.json").read_text(encoding="utf-8"))
    assert "CC-BY-4.0" in takeover["licence"]
    assert "EdOverflow" in takeover["attribution"]
    assert len(takeover["services"]) == 76
    assert set(takeover["added_suffixes"]) <= {service["service"] for service in takeover["services"]}
    ranges = json.loads((data_dir() / "cdn-ranges.json").read_text(encoding="utf-8"))
    assert ranges["licence"] == "MIT"
    assert ranges["date"]


@pytest.mark.parametrize(
    ("target", "text", "matches"),
    [
        ("x.wordpress.com", "Do you want to register acme.wordpress.com?", True),
        ("x.wordpress.com", "Do you want to register", False),
        ("x.ghost.io", "<p>Failed to resolve DNS path for this host</p>", True),
        ("x.ghost.io", "<p>Site unavailable.</p>", True),
        ("x.canny.io", "Company Not Found", False),
        ("x.canny.io", "Company Not Found. There is no such company. Did you enter the right URL?", True),
        ("x.worksites.net", "Hello! Sorry, but the website you&rsquo;re looking for doesn&rsquo;t exist.", True),
        ("x.ngrok.io", "Tunnel acme.ngrok.io not found", True),
        ("x.ngrok.io", "Tunnel " * 10_000, False),
    ],
)
def test_fingerprints(target: str, text: str, matches: bool) -> None:
    service = service_at([target])
    assert service is not None
    assert service.matches_page(404, text) is matches


def test_no_fingerprint_matches_an_ordinary_page() -> None:
    ordinary = "<!doctype html><title>Acme Market</title><h1>Fresh things</h1>" * 100
    assert not [service.name for service in services() if service.matches_page(200, ordinary)]
