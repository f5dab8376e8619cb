"""ZoneProbe and DelegationProbe against real name servers on loopback."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from launchready_tui.model.product import Network
from launchready_tui.model.questions import (
    Delegation,
    DelegationFacts,
    TransferReply,
    Validation,
    ValidationReply,
    ZoneTransfer,
)
from launchready_tui.probes.dnsdelegation import DelegationProbe
from launchready_tui.probes.dnsservers import Patience
from launchready_tui.probes.dnszone import ZoneProbe, read_validation
from tests.kit import World
from tests.probes.servers import DnsHandler, dns_server, rcode

LOOPBACK = Network(public=("127.0.0.0/8",))
QUICK = Patience(0.5, 0.8, 2.0)
SOA = dns.rrset.from_text("acme.test.", 60, "IN", "SOA", "ns1.acme.test. root.acme.test. 7 14400 3600 604800 60")


def open_zone(query: dns.message.Message, tcp: bool) -> dns.message.Message:
    answer = dns.message.make_response(query)
    answer.answer = [SOA, dns.rrset.from_text("acme.test.", 60, "IN", "A", "192.0.2.1"), SOA]
    return answer


async def transfer(handler: DnsHandler, network: Network = LOOPBACK) -> Any:
    async with dns_server(handler) as server:
        probe = ZoneProbe(network, patience=QUICK)
        outcome = await probe.answer(ZoneTransfer("acme.test", server.address), 1, World({}))
        assert all(line.endswith(" tcp") for line in server.asked)
    return outcome.failure.reason if outcome.failure else outcome.facts


async def test_an_open_zone_is_seen_by_its_first_message() -> None:
    found = await transfer(open_zone)
    assert isinstance(found, TransferReply)
    assert (found.allowed, found.records) == (True, 3)


async def test_a_refusal_is_a_closed_zone() -> None:
    assert await transfer(rcode(dns.rcode.REFUSED)) == TransferReply(False, 0, "REFUSED")
    assert await transfer(rcode(dns.rcode.NOERROR)) == TransferReply(False, 0, "NOERROR")


async def test_a_server_that_hangs_up_is_closed_and_garbage_is_malformed() -> None:
    assert await transfer(lambda query, tcp: b"") in (TransferReply(False, 0, "closed"), "malformed")
    assert await transfer(lambda query, tcp: b"garbage") == "malformed"


@pytest.mark.parametrize(
    ("network", "server", "reason"),
    [
        (Network(), "127.0.0.1:53", "not-public"),
        (Network(), "10.0.0.1", "not-public"),
        (Network(("127.0.0.1:5353",)), "192.0.2.1", "split-dns"),
        (Network(), "ns1.acme.test", "malformed"),
    ],
)
async def test_only_servers_that_may_be_asked_are(network: Network, server: str, reason: str) -> None:
    outcome = await ZoneProbe(network, patience=QUICK).answer(ZoneTransfer("acme.test", server), 1, World({}))
    assert outcome.failure is not None
    assert outcome.failure.reason == reason


async def test_nobody_listening_is_refused() -> None:
    async with dns_server(open_zone) as server:
        gone = server.address
    outcome = await ZoneProbe(LOOPBACK, patience=QUICK).answer(ZoneTransfer("acme.test", gone), 1, World({}))
    assert outcome.failure is not None
    assert outcome.failure.reason == "refused"


@pytest.mark.parametrize("unchecked", [False, True])
async def test_validation_asks_with_dnssec(unchecked: bool) -> None:
    flags: list[tuple[bool, bool]] = []

    def handle(query: dns.message.Message, tcp: bool) -> dns.message.Message:
        flags.append((bool(query.flags & dns.flags.CD), bool(query.ednsflags & dns.flags.DO)))
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.AD
        return answer

    async with dns_server(handle) as server:
        probe = ZoneProbe(LOOPBACK, patience=QUICK)
        outcome = await probe.answer(Validation("acme.test", server.address, unchecked), 1, World({}))
    assert outcome.facts == ValidationReply("NOERROR", authenticated=True)
    assert flags == [(unchecked, True)]


def test_the_end_of_signatures_is_read() -> None:
    answer = dns.message.make_response(dns.message.make_query("acme.test", "A"))
    text = "A 13 2 300 20261201000000 20261101000000 1 acme.test. AAAA"
    answer.answer = [dns.rrset.from_text("acme.test.", 300, "IN", "RRSIG", text)]
    assert read_validation(answer).signed_until == datetime(2026, 12, 1, tzinfo=UTC)


def delegating(
    *, child: tuple[str, ...] = ("ns1.acme.test.", "ns2.acme.test."), lame: bool = False, exists: bool = True
) -> DnsHandler:
    """Plays the root, the top-level domain and the zone in turn: each question comes from one step further down."""
    asked = 0

    def handle(query: dns.message.Message, tcp: bool) -> dns.message.Message:
        nonlocal asked
        asked += 1
        answer = dns.message.make_response(query)
        glue = [dns.rrset.from_text(f"ns{n}.acme.test.", 60, "IN", "A", "127.0.0.1") for n in (1, 2)]
        if asked == 1:
            answer.authority = [dns.rrset.from_text("test.", 60, "IN", "NS", "a.nic.test.")]
            answer.additional = [dns.rrset.from_text("a.nic.test.", 60, "IN", "A", "127.0.0.1")]
        elif asked == 2 and not exists:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif asked == 2:
            answer.authority = [dns.rrset.from_text("acme.test.", 60, "IN", "NS", "ns1.acme.test.", "ns2.acme.test.")]
            answer.additional = glue
        elif lame:
            answer.set_rcode(dns.rcode.REFUSED)
        else:
            answer.flags |= dns.flags.AA
            answer.answer = [dns.rrset.from_text("acme.test.", 60, "IN", "NS", *child)]
        return answer

    return handle


async def walk(handler: DnsHandler) -> Any:
    async with dns_server(handler) as server:
        probe = DelegationProbe(LOOPBACK, patience=QUICK, roots=("127.0.0.1",), port=server.port)
        outcome = await probe.answer(Delegation("acme.test"), 1, World({}))
        assert all("norec" in line for line in server.asked)
    return outcome.failure.reason if outcome.failure else outcome.facts


async def test_the_walk_from_the_root_finds_both_sides() -> None:
    facts = await walk(delegating())
    assert isinstance(facts, DelegationFacts)
    assert facts.parent == facts.child == ("ns1.acme.test", "ns2.acme.test")
    assert [server.state for server in facts.servers] == ["ok", "ok"]


async def test_what_a_zone_says_differently_and_what_it_does_not_say() -> None:
    facts = await walk(delegating(child=("ns1.acme.test.", "ns9.other.test.")))
    assert facts.child == ("ns1.acme.test", "ns9.other.test")
    facts = await walk(delegating(lame=True))
    assert [server.state for server in facts.servers] == ["lame", "lame"]
    assert not (await walk(delegating(exists=False))).exists


async def test_circles_and_silence_end() -> None:
    def again(query: dns.message.Message, tcp: bool) -> dns.message.Message:
        answer = dns.message.make_response(query)
        answer.authority = [dns.rrset.from_text("test.", 60, "IN", "NS", "a.nic.test.")]
        answer.additional = [dns.rrset.from_text("a.nic.test.", 60, "IN", "A", "127.0.0.1")]
        return answer

    assert await walk(again) == "malformed"
    assert await walk(lambda query, tcp: None) == "timeout"


async def test_with_name_servers_of_its_own_the_root_is_not_asked() -> None:
    probe = DelegationProbe(Network(("127.0.0.1:5353",)), patience=QUICK)
    outcome = await probe.answer(Delegation("acme.test"), 1, World({}))
    assert outcome.failure is not None
    assert outcome.failure.reason == "split-dns"
