"""What registries and name servers say: delegation, agreement, transfers, signatures, registration."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Network
from launchready_tui.model.questions import (
    DelegatedServer,
    Delegation,
    DelegationFacts,
    DnsAnswer,
    DnsLookup,
    RdapDomain,
    Registration,
    ResolverList,
    Resolvers,
    TransferReply,
    Validation,
    ValidationReply,
    ZoneTransfer,
)
from tests.checks.edge import TIMEOUT, WWW, Table, acme, at
from tests.kit import SEEN_AT, judge

NS = ("ns1.dns.example", "ns2.dns.example")
ONE, TWO = "192.0.2.53", "198.51.100.53"
SPLIT = Network(("127.0.0.1:5353",))


def look(check: str, table: Table, network: Network | None = None, **limits: Any) -> tuple[str, str]:
    judged = judge(check, "acme.test", table, acme(WWW, network=network), limits)
    return judged.verdict.value, judged.reason


# --- delegation -------------------------------------------------------------------------------------------------------


def delegated(*servers: DelegatedServer, child: tuple[str, ...] | None = None) -> Table:
    found = servers or (DelegatedServer(NS[0], (ONE,)), DelegatedServer(NS[1], (TWO,)))
    names = tuple(server.name for server in found)
    return {Delegation("acme.test"): DelegationFacts(True, names, names if child is None else child, found)}


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (delegated(), ("pass", "")),
        (delegated(child=(NS[0], "ns9.old.example")), ("warn", "sets-differ")),
        (delegated(DelegatedServer(NS[0], (ONE,)), DelegatedServer(NS[1], ("192.0.2.54",))), ("warn", "one-network")),
        (delegated(DelegatedServer(NS[0], (ONE,))), ("fail", "too-few-servers")),
        (delegated(DelegatedServer(NS[0], (ONE,)), DelegatedServer(NS[1], (TWO,), "lame")), ("fail", "lame-server")),
        (delegated(DelegatedServer(NS[0], (ONE,)), DelegatedServer(NS[1], (), "unresolved")), ("fail", "lame-server")),
        (
            delegated(DelegatedServer(NS[0], (ONE,)), DelegatedServer(NS[1], (TWO,), "unreachable")),
            ("warn", "server-silent"),
        ),
        (delegated(*(DelegatedServer(name, (ONE,), "unreachable") for name in NS)), ("unknown", "timeout")),
        ({Delegation("acme.test"): DelegationFacts(False)}, ("fail", "not-delegated")),
        ({Delegation("acme.test"): TIMEOUT}, ("unknown", "timeout")),
    ],
)
def test_delegation(table: Table, expected: tuple[str, str]) -> None:
    assert look("dns.registry-delegation", table) == expected


def test_with_name_servers_of_its_own_the_root_says_nothing() -> None:
    assert look("dns.registry-delegation", {}, SPLIT) == ("not-applicable", "not-applicable")


# --- agreement --------------------------------------------------------------------------------------------------------


def servers() -> Table:
    table: Table = {Resolvers(): ResolverList(("system", "1.1.1.1"))}
    table[DnsLookup("acme.test", "NS")] = DnsAnswer("NOERROR", NS)
    return {**table, **at(NS[0], ONE), **at(NS[1], TWO)}


def says(server: str, *, serial: int = 7, address: str = "192.0.2.1", authority: bool = True) -> Table:
    soa = f"ns1.dns.example host.acme.test {serial} 14400 3600 604800 60"
    table: Table = {DnsLookup("acme.test", "SOA", server): DnsAnswer("NOERROR", (soa,), authoritative=authority)}
    for rdtype in ("CNAME", "AAAA", "MX"):
        table[DnsLookup(WWW.name, rdtype, server)] = DnsAnswer("NOERROR")
    table[DnsLookup(WWW.name, "A", server)] = DnsAnswer("NOERROR", (address,))
    return table


REFUSING: Table = {DnsLookup("acme.test", "SOA", TWO): Failure("dns-refused", "REFUSED")}


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({**servers(), **says(ONE), **says(TWO)}, ("pass", "")),
        ({**servers(), **says(ONE), **says(TWO, serial=8)}, ("warn", "serials-differ")),
        ({**servers(), **says(ONE), **says(TWO, address="192.0.2.9")}, ("fail", "records-differ")),
        ({**servers(), **says(ONE), **says(TWO, authority=False)}, ("fail", "not-authoritative")),
        ({**servers(), **says(ONE), **says(TWO), **REFUSING}, ("fail", "refused")),
        ({**servers(), **says(ONE)}, ("unknown", "timeout")),
        ({Resolvers(): ResolverList(("127.0.0.1:5353",), split=True)}, ("unknown", "split-dns")),
    ],
)
def test_all_name_servers_agree(table: Table, expected: tuple[str, str]) -> None:
    assert look("dns.authorities-agree", table) == expected


def test_a_cname_settles_a_name() -> None:
    table = {**servers(), **says(ONE), **says(TWO)}
    for server in (ONE, TWO):
        table[DnsLookup(WWW.name, "CNAME", server)] = DnsAnswer("NOERROR", ("edge.example",))
        del table[DnsLookup(WWW.name, "A", server)]
    assert look("dns.authorities-agree", table) == ("pass", "")


# --- transfers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (TransferReply(False, rcode="REFUSED"), ("pass", "")),
        (Failure("refused", "x"), ("unknown", "refused")),
        (TransferReply(True, 40), ("fail", "transfer-open")),
        (TIMEOUT, ("unknown", "timeout")),
    ],
)
def test_transfers(second: TransferReply | Failure, expected: tuple[str, str]) -> None:
    closed = TransferReply(False, rcode="REFUSED")
    table: Table = {**servers(), ZoneTransfer("acme.test", ONE): closed, ZoneTransfer("acme.test", TWO): second}
    assert look("dns.zone-transfer", table) == expected


def test_a_server_without_tcp_counts_only_if_it_answers_otherwise() -> None:
    table: Table = {
        **servers(),
        ZoneTransfer("acme.test", ONE): TransferReply(False, rcode="REFUSED"),
        ZoneTransfer("acme.test", TWO): Failure("refused", "x"),
        DnsLookup("acme.test", "SOA", "authority"): DnsAnswer("NOERROR", ("ns. h. 1 2 3 4 5",)),
    }
    assert look("dns.zone-transfer", table) == ("pass", "")


def test_named_servers_are_asked_for_a_transfer_and_no_others() -> None:
    table: Table = {
        Resolvers(): ResolverList(("127.0.0.1:5353",), split=True),
        ZoneTransfer("acme.test", "127.0.0.1:5353"): TransferReply(True, 9),
    }
    assert look("dns.zone-transfer", table, SPLIT) == ("fail", "transfer-open")


# --- signatures -------------------------------------------------------------------------------------------------------


def signed(checked: ValidationReply | Failure, unchecked: ValidationReply | Failure) -> Table:
    table: Table = {
        Resolvers(): ResolverList(("system", "1.1.1.1", "8.8.8.8", "9.9.9.9")),
        DnsLookup("acme.test", "DS"): DnsAnswer("NOERROR", ("1 13 2 AA",)),
    }
    for via in ("1.1.1.1", "8.8.8.8"):
        table[Validation("acme.test", via)] = checked
        table[Validation("acme.test", via, unchecked=True)] = unchecked
    return table


OK = ValidationReply("NOERROR", True, SEEN_AT + timedelta(days=10))


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({DnsLookup("acme.test", "DS"): DnsAnswer("NOERROR")}, ("pass", "unsigned")),
        (signed(OK, OK), ("pass", "")),
        (signed(ValidationReply("SERVFAIL"), ValidationReply("NOERROR")), ("fail", "bogus")),
        (signed(ValidationReply("SERVFAIL"), ValidationReply("SERVFAIL")), ("unknown", "not-validated")),
        (signed(ValidationReply("NOERROR", True, SEEN_AT + timedelta(days=2)), OK), ("warn", "signature-expires")),
        (signed(ValidationReply("NOERROR"), ValidationReply("NOERROR")), ("unknown", "not-validated")),
        (signed(TIMEOUT, TIMEOUT), ("unknown", "not-validated")),
        ({DnsLookup("acme.test", "DS"): TIMEOUT}, ("unknown", "timeout")),
    ],
)
def test_signatures(table: Table, expected: tuple[str, str]) -> None:
    assert look("dns.dnssec", table) == expected


# --- registration -----------------------------------------------------------------------------------------------------

LOCKED = ("active", "client transfer prohibited")


@pytest.mark.parametrize(
    ("days", "statuses", "expected"),
    [
        (300, LOCKED, ("pass", "")),
        (300, ("clientTransferProhibited",), ("pass", "")),
        (300, ("server transfer prohibited",), ("pass", "")),
        (45, LOCKED, ("warn", "expires")),
        (20, LOCKED, ("fail", "expires-soon")),
        (-5, LOCKED, ("fail", "expires-soon")),
        (300, ("active",), ("warn", "no-transfer-lock")),
        (300, (*LOCKED, "redemption period"), ("fail", "registration-ending")),
        (300, (*LOCKED, "pending delete"), ("fail", "registration-ending")),
        (300, (*LOCKED, "client hold"), ("fail", "registration-ending")),
        (None, LOCKED, ("unknown", "no-expiry-date")),
    ],
)
def test_registration(days: int | None, statuses: tuple[str, ...], expected: tuple[str, str]) -> None:
    expires = None if days is None else SEEN_AT + timedelta(days=days)
    table: Table = {RdapDomain("acme.test"): Registration(True, expires, statuses, "Reg Inc")}
    assert look("dns.registration", table) == expected


def test_registration_that_is_not_there_or_cannot_be_seen() -> None:
    assert look("dns.registration", {RdapDomain("acme.test"): Registration(False)}) == ("fail", "not-registered")
    for reason in ("no-rdap", "rate-limited"):
        assert look("dns.registration", {RdapDomain("acme.test"): Failure(reason, "x")}) == ("unknown", reason)
