"""DnsProbe against real name servers on loopback."""

from __future__ import annotations

from typing import Any

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rrset
import pytest

from launchready_tui.errors import InputError
from launchready_tui.model.evidence import Fault
from launchready_tui.model.product import Network
from launchready_tui.model.questions import Alias, DnsAnswer, DnsLookup, ResolverList, Resolvers
from launchready_tui.probes.dns import DnsProbe
from launchready_tui.probes.dnsservers import NameServer, Patience, Resolver, parse_server
from launchready_tui.probes.outcome import Outcome
from tests.kit import World
from tests.probes.servers import DnsHandler, DnsServer, dns_server, rcode, zone

NOBODY = World({})
QUICK = Patience(udp=0.1, tcp=0.5, overall=1.0)

RECORDS = {
    "acme.test": [
        "A 192.0.2.1",
        "A 192.0.2.2",
        "AAAA 2001:db8::1",
        "MX 10 Mail.acme.test.",
        'TXT "v=spf1 " "include:x.test -all"',
        r'TXT "caf\195\169 \255"',
        'CAA 0 issue "letsencrypt.org"',
        "NS ns1.acme.test.",
        "SOA ns1.acme.test. root.acme.test. 7 14400 3600 604800 60",
    ],
    "ns1.acme.test": ["A 127.0.0.1"],
    "mail.acme.test": ["A 192.0.2.25"],
    "app.acme.test": ["CNAME edge.acme.test."],
    "edge.acme.test": ["CNAME Acme.Test."],
    "one.acme.test": ["CNAME two.acme.test."],
    "two.acme.test": ["CNAME one.acme.test."],
    "self.acme.test": ["CNAME self.acme.test."],
    "gone.acme.test": ["CNAME nowhere.acme.test."],
    "_sip._tcp.acme.test": ["SRV 1 2 5060 Mail.acme.test."],
    "xn--mnchen-3ya.acme.test": ["A 192.0.2.9"],
    "_dmarc.xn--mnchen-3ya.acme.test": ["TXT v=DMARC1"],
}


def split(*servers: DnsServer, patience: Patience | None = None) -> DnsProbe:
    return DnsProbe(Network(nameservers=tuple(server.address for server in servers)), patience=patience or Patience())


async def look(probe: DnsProbe, name: str, rdtype: str = "A", via: str = "", attempt: int = 1) -> Outcome:
    return await probe.answer(DnsLookup(name, rdtype, via), attempt, NOBODY)


async def facts(probe: DnsProbe, name: str, rdtype: str = "A", via: str = "") -> DnsAnswer:
    outcome = await look(probe, name, rdtype, via)
    assert isinstance(outcome.facts, DnsAnswer), outcome.failure
    return outcome.facts


async def reason(probe: DnsProbe, name: str, rdtype: str = "A", via: str = "") -> str:
    outcome = await look(probe, name, rdtype, via)
    assert outcome.failure is not None, outcome.facts
    return outcome.failure.reason


@pytest.mark.parametrize(
    ("name", "rdtype", "records"),
    [
        ("acme.test", "A", ("192.0.2.1", "192.0.2.2")),
        ("ACME.test.", "AAAA", ("2001:db8::1",)),
        ("acme.test", "MX", ("10 mail.acme.test",)),
        ("acme.test", "TXT", ("café \\xff", "v=spf1 include:x.test -all")),
        ("acme.test", "CAA", ('0 issue "letsencrypt.org"',)),
        ("acme.test", "NS", ("ns1.acme.test",)),
        ("acme.test", "SOA", ("ns1.acme.test root.acme.test 7 14400 3600 604800 60",)),
        ("_sip._tcp.acme.test", "SRV", ("1 2 5060 mail.acme.test",)),
        ("München.acme.test", "A", ("192.0.2.9",)),
        ("_dmarc.münchen.acme.test", "TXT", ("v=DMARC1",)),
    ],
)
async def test_records_are_in_presentation_form(name: str, rdtype: str, records: tuple[str, ...]) -> None:
    async with dns_server(zone(RECORDS)) as server:
        found = await facts(split(server), name, rdtype)
    assert found.records == records
    assert (found.rcode, found.ttl, found.authoritative, found.server) == ("NOERROR", 300, True, server.address)


async def test_a_missing_record_and_a_missing_name_are_facts() -> None:
    async with dns_server(zone(RECORDS)) as server:
        probe = split(server)
        nothing = DnsAnswer("NOERROR", authoritative=True, server=server.address)
        assert await facts(probe, "mail.acme.test", "MX") == nothing
        assert (await facts(probe, "typo.acme.test")).rcode == "NXDOMAIN"


@pytest.mark.parametrize("chase", [True, False])
async def test_aliases_are_followed_by_the_server_or_by_the_probe(chase: bool) -> None:
    async with dns_server(zone(RECORDS, chase=chase)) as server:
        found = await facts(split(server), "app.acme.test")
    assert found.aliases == (
        Alias("app.acme.test", "edge.acme.test", 300),
        Alias("edge.acme.test", "acme.test", 300),
    )
    assert found.records == ("192.0.2.1", "192.0.2.2")
    assert len(server.asked) == (1 if chase else 3)


@pytest.mark.parametrize("chase", [True, False])
async def test_a_dangling_alias_ends_in_nxdomain(chase: bool) -> None:
    async with dns_server(zone(RECORDS, chase=chase)) as server:
        found = await facts(split(server), "gone.acme.test")
    assert (found.rcode, found.records, len(found.aliases)) == ("NXDOMAIN", (), 1)


async def test_a_question_for_cname_follows_nothing() -> None:
    async with dns_server(zone(RECORDS)) as server:
        found = await facts(split(server), "app.acme.test", "CNAME")
    assert (found.records, found.aliases) == (("edge.acme.test",), ())


@pytest.mark.parametrize("chase", [True, False])
@pytest.mark.parametrize(("name", "steps"), [("one.acme.test", 2), ("self.acme.test", 1)])
async def test_a_loop_is_a_fact(name: str, steps: int, chase: bool) -> None:
    async with dns_server(zone(RECORDS, chase=chase)) as server:
        found = await facts(split(server), name)
    assert (found.loop, found.records, found.ttl, len(found.aliases)) == (True, (), None, steps)


async def test_a_loop_that_a_resolver_hides_behind_servfail_is_found() -> None:
    plain = zone(RECORDS)

    def hiding(query: dns.message.Message, tcp: bool) -> dns.message.Message | bytes | None:
        return plain(query, tcp) if query.question[0].rdtype == 5 else rcode(dns.rcode.SERVFAIL)(query, tcp)

    async with dns_server(hiding) as server:
        assert (await facts(split(server), "one.acme.test")).loop
        assert await reason(split(server), "acme.test") == "servfail"


async def test_an_endless_chain_is_a_failure() -> None:
    def longer(query: dns.message.Message, tcp: bool) -> dns.message.Message:
        answer = dns.message.make_response(query)
        name = query.question[0].name
        number = int(name.labels[0]) + 1
        answer.answer.append(dns.rrset.from_text(name, 1, "IN", "CNAME", f"{number}.acme.test."))
        return answer

    async with dns_server(longer) as server:
        assert await reason(split(server), "1.acme.test") == "malformed"
    assert len(server.asked) < 20


async def test_a_truncated_answer_is_asked_again_over_tcp() -> None:
    whole = zone({"acme.test": [f"A 192.0.2.{number}" for number in range(250)]})

    def truncating(query: dns.message.Message, tcp: bool) -> dns.message.Message | bytes | None:
        if tcp:
            return whole(query, tcp)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.TC
        return answer

    async with dns_server(truncating) as server:
        found = await facts(split(server), "acme.test")
    assert len(found.records) == 200
    assert server.asked == ["A acme.test", "A acme.test tcp"]


async def test_edns_is_left_out_for_a_server_that_does_not_know_it() -> None:
    plain = zone(RECORDS)

    def old(query: dns.message.Message, tcp: bool) -> dns.message.Message | bytes | None:
        return rcode(dns.rcode.FORMERR)(query, tcp) if query.edns >= 0 else plain(query, tcp)

    async with dns_server(old) as server:
        assert (await facts(split(server), "acme.test")).records


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        (rcode(dns.rcode.SERVFAIL), "servfail"),
        (rcode(dns.rcode.REFUSED), "dns-refused"),
        (rcode(dns.rcode.NOTIMP), "malformed"),
        (lambda query, tcp: None, "timeout"),
        (lambda query, tcp: b"\0\0garbage", "timeout"),
        (lambda query, tcp: query.to_wire()[:2] + b"\xff" * 40, "timeout"),
    ],
)
async def test_what_is_no_answer_is_a_failure(handler: DnsHandler, expected: str) -> None:
    async with dns_server(handler) as server:
        assert await reason(split(server, patience=QUICK), "acme.test") == expected


async def test_a_referral_says_nothing_about_the_name() -> None:
    def refer(query: dns.message.Message, tcp: bool) -> dns.message.Message:
        answer = dns.message.make_response(query)
        answer.authority.append(dns.rrset.from_text("test.", 60, "IN", "NS", "ns.test."))
        return answer

    async with dns_server(refer) as server, dns_server(zone(RECORDS)) as good:
        assert await reason(split(server), "acme.test") == "dns-refused"
        assert (await facts(split(server, good), "acme.test")).server == good.address


async def test_a_lost_datagram_is_sent_again() -> None:
    plain = zone(RECORDS)
    lost: list[Any] = []

    def losing(query: dns.message.Message, tcp: bool) -> dns.message.Message | bytes | None:
        lost.append(query)
        return None if len(lost) == 1 else plain(query, tcp)

    async with dns_server(losing) as server:
        assert (await facts(split(server, patience=Patience(udp=0.2)), "acme.test")).records


async def test_a_spoofed_answer_is_ignored() -> None:
    def spoofing(query: dns.message.Message, tcp: bool) -> dns.message.Message:
        query.id ^= 1
        answer = dns.message.make_response(query)
        answer.answer.append(dns.rrset.from_text("acme.test.", 1, "IN", "A", "10.0.0.1"))
        return answer

    async with dns_server(spoofing) as server:
        assert await reason(split(server, patience=QUICK), "acme.test") == "timeout"


async def test_the_next_server_is_asked_where_one_is_silent_or_broken() -> None:
    async with dns_server(rcode(dns.rcode.SERVFAIL)) as broken, dns_server(zone(RECORDS)) as good:
        outcome = await look(split(broken, good), "acme.test")
    assert isinstance(outcome.facts, DnsAnswer)
    assert outcome.facts.server == good.address
    assert outcome.vantage.resolvers == (broken.address, good.address)


async def test_the_third_attempt_starts_with_another_resolver() -> None:
    async with dns_server(zone(RECORDS)) as first, dns_server(zone(RECORDS)) as second:
        await look(split(first, second), "acme.test", attempt=3)
    assert (first.asked, second.asked) == ([], ["A acme.test"])


async def test_split_name_servers_replace_every_resolver_and_the_authority() -> None:
    async with dns_server(zone(RECORDS)) as server, dns_server(zone(RECORDS)) as other:
        probe = split(server, other)
        outcome = await probe.answer(Resolvers(), 1, NOBODY)
        assert outcome.facts == ResolverList((server.address, other.address), split=True)
        assert (await facts(probe, "acme.test", via="authority")).server == server.address
        assert (await facts(probe, "acme.test", via=other.address)).server == other.address
        assert await reason(probe, "acme.test", via="1.1.1.1") == "split-dns"


async def test_the_authority_is_found_by_climbing_and_asked_without_recursion() -> None:
    async with dns_server(zone(RECORDS)) as server:
        resolver = Resolver("system", (NameServer("127.0.0.1", server.port),))
        probe = DnsProbe(Network(public=("127.0.0.0/8",)), resolvers=(resolver,), authority_port=server.port)
        found = await facts(probe, "app.acme.test", via="authority")
        assert found.records == ("192.0.2.1", "192.0.2.2")
        assert "NS app.acme.test" in server.asked
        assert "NS acme.test" in server.asked
        assert "A app.acme.test norec" in server.asked
        closed = DnsProbe(Network(), resolvers=(resolver,), authority_port=server.port)
        assert await reason(closed, "acme.test", via="authority") == "not-public"
        assert await reason(closed, "acme.test", via="127.0.0.1") == "not-public"


async def test_a_name_without_a_zone_has_no_authority() -> None:
    async with dns_server(rcode(dns.rcode.NXDOMAIN)) as server:
        resolver = Resolver("system", (NameServer("127.0.0.1", server.port),))
        probe = DnsProbe(Network(), resolvers=(resolver,))
        assert await reason(probe, "www.acme.test", via="authority") == "does-not-resolve"


@pytest.mark.parametrize(
    ("name", "rdtype", "via"),
    [
        ("a" * 64 + ".test", "A", ""),
        (".".join(["a" * 60] * 5), "A", ""),
        ("a..test", "A", ""),
        ("xn--\u2028.test", "A", ""),
        ("acme.test", "NOPE", ""),
        ("acme.test", "AXFR", ""),
        ("acme.test", "ANY", ""),
    ],
)
async def test_what_cannot_be_asked_is_our_own_fault(name: str, rdtype: str, via: str) -> None:
    outcome = await look(DnsProbe(Network(nameservers=("127.0.0.1:9",))), name, rdtype, via)
    assert outcome.failure is not None
    assert (outcome.failure.reason, outcome.failure.fault) == ("malformed", Fault.USAGE)


def test_without_name_servers_the_system_and_three_public_resolvers_are_asked() -> None:
    probe = DnsProbe(Network())
    assert [resolver.via for resolver in probe._resolvers][-3:] == ["1.1.1.1", "8.8.8.8", "9.9.9.9"]


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("192.0.2.53", NameServer("192.0.2.53")),
        ("127.0.0.1:5353", NameServer("127.0.0.1", 5353)),
        ("2001:db8::53", NameServer("2001:db8::53")),
        ("[2001:DB8::53]:54", NameServer("2001:db8::53", 54)),
    ],
)
def test_name_servers_are_read(text: str, server: NameServer) -> None:
    assert parse_server(text) == server


@pytest.mark.parametrize("text", ["", "ns1.acme.test", "127.0.0.1:0", "127.0.0.1:x", "[::1]x:1", "1.2.3.4:99999"])
def test_a_wrong_name_server_is_an_input_error(text: str) -> None:
    with pytest.raises(InputError):
        parse_server(text)
