"""Faults in the zone."""

from __future__ import annotations

from itertools import pairwise

from launchready_tui.practice.faults.model import Edit, Fault, hints, shows
from launchready_tui.practice.marketplace import API, APP, DOMAIN, MAIL_HOSTS, OLD_SERVER, SAAS_ADDRESS
from launchready_tui.practice.world import Record, Reply, World

_TWO_DAYS = 172_800
_FOUR_HOURS = 14_400
_UNCLAIMED = (
    "<html><title>Docs</title><body><h1>Not found</h1><p>No settings were found for this company:</p></body></html>"
)


def _host(label: str) -> str:
    return f"{label}.{DOMAIN}"


def _without_address(host: str) -> Edit:
    return lambda world: world.without_records(host)


def _instead(host: str, *records: Record) -> Edit:
    """The records of a host replaced by others."""
    return lambda world: world.without_records(host).with_records(*records)


def _chain(host: str, length: int) -> Edit:
    """As many CNAMEs in a row between a host and its address."""

    def edit(world: World) -> World:
        names = [host, *(f"edge{number}.{host}" for number in range(1, length + 1))]
        links = [Record(name, "CNAME", (f"{target}.",)) for name, target in pairwise(names)]
        return world.without_records(host).with_records(*links, Record(names[-1], "A", (world.sites[host].address,)))

    return edit


def _longer_ttl(host: str, ttl: int) -> Edit:
    return lambda world: world.with_records(Record(host, "A", world.records[host, "A"].values, ttl))


def _to_staging(world: World) -> World:
    host, staging = _host("start"), _host("staging")
    address = Record(staging, "A", (world.sites[host].address,))
    return world.without_records(host).with_records(Record(host, "CNAME", (f"{staging}.",)), address)


def _press(world: World) -> World:
    return world.without_records(_host("press")).with_records(
        Record(_host("press"), "TXT", ('"site-verification=practice"',))
    )


def _servfail(world: World) -> World:
    return world.without_records(_host("events")).with_broken_name(_host("events"))


def _ring(world: World) -> World:
    go, links = _host("go"), _host("links")
    return world.without_records(go).with_records(
        Record(go, "CNAME", (f"{links}.",)), Record(links, "CNAME", (f"{go}.",))
    )


def _news(world: World) -> World:
    news, edge = _host("news"), "letters.fastedge.test"
    return world.without_records(news).with_records(
        Record(news, "CNAME", (f"{edge}.",)),
        Record(news, "MX", (f"10 {MAIL_HOSTS[0]}.",)),
        Record(edge, "A", (world.sites[news].address,)),
    )


def _mail_alias(world: World) -> World:
    second, host = MAIL_HOSTS[1], f"mx7.{DOMAIN}"
    address = Record(host, "A", world.records[second, "A"].values)
    return world.without_records(second).with_records(Record(second, "CNAME", (f"{host}.",)), address)


def _unclaimed_docs(world: World) -> World:
    docs, target = _host("docs"), "acme-market.helpscoutdocs.com"
    address = Record(target, "A", (world.sites[docs].address,))
    pointed = world.without_records(docs).with_records(Record(docs, "CNAME", (f"{target}.",)), address)
    return pointed.with_resource(docs, "/", Reply(404, _UNCLAIMED))


def _dead_partner(world: World) -> World:
    return world.without_records(_host("partners")).with_records(
        Record(_host("partners"), "CNAME", ("acme.partnerhub-practice.test.",))
    )


def _lapsed_spf(world: World) -> World:
    spf = world.records[DOMAIN, "TXT"].values[0].replace(" -all", " include:spf.letterbird-practice.test -all")
    return world.with_records(Record(DOMAIN, "TXT", (spf,), 3600))


def _wildcard(world: World) -> World:
    target = "acme-market.ghost.io"
    return world.with_records(Record(f"*.{DOMAIN}", "CNAME", (f"{target}.",)), Record(target, "A", (SAAS_ADDRESS,)))


def _hasty_soa(world: World) -> World:
    soa = f"ns1.{DOMAIN}. hostmaster.{DOMAIN}. 2026112401 14400 3600 86400 3600"
    return world.with_records(Record(DOMAIN, "SOA", (soa,), 3600))


DNS_FAULTS: tuple[Fault, ...] = (
    Fault(
        "jobs-missing",
        "The jobs page has no DNS record",
        "The founder printed jobs.team.acme.test on a poster and meant to add the record after lunch.",
        "Add an A record for jobs.team.acme.test.",
        (
            shows("dns.hosts-resolve", _host("jobs.team"), "does-not-resolve"),
            shows("dns.intended-target", _host("jobs.team"), "unexpected-target"),
        ),
        _without_address(_host("jobs.team")),
    ),
    Fault(
        "events-servfail",
        "The events zone answers with an error",
        "Events were delegated to an agency whose name server has lost its zone file.",
        "Take the delegation back and publish the address in the main zone.",
        (shows("dns.hosts-resolve", _host("events"), "does-not-resolve"),),
        _servfail,
    ),
    Fault(
        "press-empty",
        "The press host has lost its address",
        "While adding a verification TXT record, the founder edited the A record instead of adding a new one.",
        "Put the A record of press.acme.test back beside the TXT record.",
        (
            shows("dns.hosts-resolve", _host("press"), "does-not-resolve"),
            shows("dns.intended-target", _host("press"), "unexpected-target"),
        ),
        _press,
    ),
    Fault(
        "shop-old-server",
        "The outlet still lives on the old server",
        "The shop moved in spring. The record did not, and the old machine answers as if nothing had happened.",
        "Point shop.acme.test at the new server.",
        (shows("dns.intended-target", _host("shop"), "unexpected-target"),),
        _instead(_host("shop"), Record(_host("shop"), "A", (OLD_SERVER,))),
        "addresses",
    ),
    Fault(
        "start-on-staging",
        "The seller start page is an alias of staging",
        "For a demo the founder pointed start.acme.test at staging for an hour. That was in June.",
        "Point start.acme.test at production and remove its staging alias.",
        (shows("dns.staging-pointer", _host("start"), "staging-target"),),
        _to_staging,
    ),
    Fault(
        "office-private",
        "The office host points into a private network",
        "It worked from the founder's desk, because the desk is inside 10.0.0.0/8.",
        "Publish the public address of office.acme.test.",
        (
            shows("dns.private-address", _host("office"), "private-address"),
            shows("dns.intended-target", _host("office"), "unexpected-target"),
            shows("dns.staging-pointer", _host("office"), "staging-target"),
        ),
        _instead(_host("office"), Record(_host("office"), "A", ("10.0.0.7",))),
    ),
    Fault(
        "go-ring",
        "Two aliases point at each other",
        "go was renamed to links, then links back to go, and each became an alias of the other.",
        "Delete one of the two CNAMEs and give go.acme.test an address.",
        (
            shows("dns.cname-chain", _host("go"), "cname-loop"),
            shows("dns.hosts-resolve", _host("go"), "does-not-resolve"),
            shows("dns.intended-target", _host("go"), "unexpected-target"),
        ),
        _ring,
    ),
    Fault(
        "cdn-long-chain",
        "The media host hides behind nine aliases",
        "Every agency that worked on the pictures put its own alias in front of the last one.",
        "Point cdn.acme.test at the last name of the chain.",
        (shows("dns.cname-chain", _host("cdn"), "cname-chain-long"),),
        _chain(_host("cdn"), 9),
    ),
    Fault(
        "img-chain",
        "The picture host needs six aliases",
        "Three migrations left two aliases each. It works, slowly, on the founder's fast line.",
        "Point img.acme.test straight at its last name.",
        (hints("dns.cname-chain", _host("img"), "cname-chain-long"),),
        _chain(_host("img"), 6),
    ),
    Fault(
        "news-alias-with-mail",
        "The newsletter host is an alias with mail records beside it",
        "The letter tool wanted a CNAME, the mail tool an MX. The founder obeyed both.",
        "Move the MX record to another name, or replace the CNAME by addresses.",
        (shows("dns.cname-chain", _host("news"), "cname-and-other-data"),),
        _news,
    ),
    Fault(
        "mail-alias",
        "The second mail server is an alias",
        "A rename was done with a CNAME. Some partners' mail servers refuse to deliver to it.",
        "Let the MX record name mx7.acme.test itself.",
        (
            shows("dns.cname-targets", DOMAIN, "mx-target-cname"),
            shows("dns.mail-records", DOMAIN, "mx-target-cname"),
        ),
        _mail_alias,
    ),
    Fault(
        "docs-unclaimed",
        "The handbook points at an abandoned help desk account",
        "The trial ended, the record stayed. Anybody may now open an account there and be docs.acme.test.",
        "Delete the CNAME of docs.acme.test, or claim the name at the service again.",
        (
            shows("dns.dangling-record", _host("docs"), "takeover-confirmed"),
            shows("redirects.canonical-matrix", _host("docs"), "final-error"),
        ),
        _unclaimed_docs,
    ),
    Fault(
        "partners-unregistered",
        "The partner portal's domain is for sale",
        "The portal's maker went out of business and its domain lapsed; the alias still leads there.",
        "Delete the CNAME of partners.acme.test or host the page yourself.",
        (
            shows("dns.dangling-record", _host("partners"), "unregistered-target"),
            shows("dns.hosts-resolve", _host("partners"), "does-not-resolve"),
            shows("dns.intended-target", _host("partners"), "unexpected-target"),
        ),
        _dead_partner,
    ),
    Fault(
        "spf-lapsed-include",
        "The SPF record trusts a domain that nobody owns",
        "A newsletter tool was tried for a month. Whoever buys its lapsed domain may send mail as Acme.",
        "Remove include:spf.letterbird-practice.test from the SPF record.",
        (
            shows("dns.dangling-delegation", DOMAIN, "unregistered-target"),
            shows("mail.spf", DOMAIN, "include-without-record"),
        ),
        _lapsed_spf,
    ),
    Fault(
        "wildcard-to-blog-host",
        "Every invented name leads to a blog service",
        "The blog did not come up, so the founder set a wildcard to be on the safe side.",
        "Delete the wildcard record.",
        (shows("dns.wildcard", DOMAIN, "wildcard-third-party"),),
        _wildcard,
    ),
    Fault(
        "app-ttl-two-days",
        "The app's address is cached for two days",
        "A guide said that a long TTL is faster. On launch night a wrong record would stay for two days.",
        "Set the TTL of app.acme.test to 300 seconds, two days before the launch.",
        (shows("dns.ttl-readiness", APP, "ttl-too-long"),),
        _longer_ttl(APP, _TWO_DAYS),
    ),
    Fault(
        "api-ttl-four-hours",
        "The API's address is cached for four hours",
        "Nobody ever looked at the TTL column.",
        "Set the TTL of api.acme.test to 300 seconds.",
        (hints("dns.ttl-readiness", API, "ttl-too-long"),),
        _longer_ttl(API, _FOUR_HOURS),
    ),
    Fault(
        "pay-caa-forbids",
        "CAA forbids every authority for the payment host",
        'A hardening guide was copied to the letter, semicolon included: issue ";" means nobody.',
        "Name the certificate authority in the CAA record, or delete the record.",
        (shows("dns.caa", _host("pay"), "forbids-current-issuer"),),
        lambda world: world.with_records(Record(_host("pay"), "CAA", ('0 issue ";"',))),
    ),
    Fault(
        "soa-expires-early",
        "The zone expires after one day",
        "A secondary name server that cannot reach the first for a day forgets the whole zone; a weekend is longer.",
        "Set the expire field of the SOA record to 1209600.",
        (hints("dns.soa-sanity", DOMAIN, "soa-unusual"),),
        _hasty_soa,
    ),
)
"""All faults that a name server shows."""
