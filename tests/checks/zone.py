"""Short ways to write DNS for tests: a table of lookups with their answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Host, Network, Product, Sender
from launchready_tui.model.questions import (
    Alias,
    Certificate,
    DnsAnswer,
    DnsLookup,
    Facts,
    Question,
    ResolverList,
    Resolvers,
    TlsSession,
)
from launchready_tui.model.verdicts import Judgement
from tests.kit import SEEN_AT, judge

APP = Host("app.acme.test", "app")

Table = dict[Question[Any], Facts | Failure]

TIMEOUT = Failure("timeout", "no answer within 5 s")
SERVFAIL = Failure("servfail", "the server failed")
NO_CONSENT = Failure("no-consent", "nobody has agreed to active checks of this host")

HOSTILE_RECORDS: tuple[tuple[str, ...], ...] = (
    (),
    ("",),
    (" ", "\t"),
    ("x" * 10_000,),
    ("v=spf1 " + "include:" * 2_000,),
    ("v=spf1 " + " ".join(f"include:{n}.test" for n in range(1_000)),),
    ("\x1b]52;c;x\x07\u202e\ud800\\255",),
    ("10", "10 ", "-1 mail", "99999999 mail", "²³ mail", "ten mail.acme.test", "0 .", "10 ."),
    ("0 issue", '0 issue "', '999 issue ";"', "256 ☃ x", '128 tbs "x"', '0 issuewild ""'),
    ("1 2 3 4 5 6 7", "ns. host. 1 2 3 4", "ns host " + "9" * 5_000 + " 1 1 1 1"),
    ("ns host " + "9" * 5_000 + " 1 1 1 1",),
    ("300.1.2.3", "::ffff:10.0.0.1", "fe80::1%eth0", "[::1]", "127.0.0.1"),
    tuple(f"10.0.{n // 256}.{n % 256}" for n in range(200)),
    ("..", ".", "a" * 300, "xn--\udcff", "*." * 100),
)
"""What a name server may say in place of records."""


def product(*hosts: Host, network: Network | None = None, senders: tuple[Sender, ...] = ()) -> Product:
    """A product at acme.test."""
    return Product("Acme", "acme.test", hosts=hosts, network=network or Network(), senders=senders)


def rr(name: str, rdtype: str, *records: str, via: str = "", ttl: int | None = 300, aliases: tuple[str, ...] = (),
       alias_ttl: int = 300, rcode: str = "NOERROR", loop: bool = False) -> Table:  # fmt: skip
    """One lookup and its answer; `aliases` are the targets of the CNAME steps in order."""
    steps = tuple(Alias(a, b, alias_ttl) for a, b in zip((name, *aliases), aliases, strict=False))
    return {DnsLookup(name, rdtype, via): DnsAnswer(rcode, records, ttl if records else None, steps, loop)}


def at(name: str, *addresses: str, via: str = "", **more: Any) -> Table:
    """Both address families of a name."""
    four = tuple(address for address in addresses if ":" not in address)
    six = tuple(address for address in addresses if ":" in address)
    return rr(name, "A", *four, via=via, **more) | rr(name, "AAAA", *six, via=via, **more)


def gone(name: str, via: str = "", aliases: tuple[str, ...] = ()) -> Table:
    """A name, or the target of its aliases, that does not exist; asked for addresses, CNAME, TXT and CAA."""
    table = at(name, via=via, aliases=aliases, rcode="NXDOMAIN")
    for rdtype in ("TXT", "CAA", "MX", "NS", "SOA"):
        table |= rr(name, rdtype, via=via, aliases=aliases, rcode="NXDOMAIN")
    return table | (
        rr(name, "CNAME", via=via, rcode="NXDOMAIN") if not aliases else rr(name, "CNAME", aliases[0], via=via)
    )


def broken(name: str, failure: Failure, *rdtypes: str, via: str = "") -> Table:
    """A name about which a server says nothing."""
    return {DnsLookup(name, rdtype, via): failure for rdtype in rdtypes or ("A", "AAAA")}


def by_resolver(**views: Table) -> Table:
    """The resolvers of a run and what each says; write the tables with `via` of the same names."""
    table: Table = {Resolvers(): ResolverList(tuple(views))}
    for view in views.values():
        table |= view
    return table


def verdict(found: Judgement) -> tuple[str, str]:
    """What is asserted: the verdict and its reason."""
    return found.verdict.value, found.reason


def app(check_id: str, answers: Mapping[Question[Any], Facts | Failure], host: Host = APP, **more: Any) -> Judgement:
    """Judge a check for the app host."""
    return judge(check_id, host.name, answers, product(host, **more))


def domain(check_id: str, answers: Mapping[Question[Any], Facts | Failure], **more: Any) -> Judgement:
    """Judge a check for acme.test."""
    return judge(check_id, "acme.test", answers, product(**more))


def certificate(issuer: str = "CN=R11,O=Let's Encrypt,C=US", *names: str) -> TlsSession:
    """A verified handshake whose certificate has that issuer and those names (the app host's)."""
    leaf = Certificate(
        "CN=x", issuer, "1", names or (APP.name,), SEEN_AT - timedelta(days=1), SEEN_AT, "ec", 256, "sha256", ""
    )
    return TlsSession("1.1.1.1", "TLSv1.3", "x", (leaf,))
