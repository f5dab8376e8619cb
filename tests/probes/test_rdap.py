"""RdapProbe against a real server, and the prober as a whole."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import dns.rcode
import pytest

from launchready_tui.model.evidence import Answer, Evidence, Fault
from launchready_tui.model.product import Network
from launchready_tui.model.questions import (
    DnsLookup,
    HttpExchange,
    HttpResponse,
    Question,
    RdapDomain,
    Registration,
    ResolverList,
    Resolvers,
)
from launchready_tui.probes.outcome import Outcome
from launchready_tui.probes.prober import Prober
from launchready_tui.probes.rdap import read_registration
from tests.kit import SEEN_AT, World
from tests.probes.servers import HttpHandler, Seen, always, dns_server, http_server, rcode, response, zone

DOMAIN: dict[str, Any] = {
    "objectClassName": "domain",
    "status": ["client transfer prohibited", "Active", 7],
    "events": [
        {"eventAction": "registration", "eventDate": "2020-01-01T00:00:00Z"},
        {"eventAction": "expiration", "eventDate": "2027-03-04T05:06:07.5+01:00"},
    ],
    "entities": [
        {"roles": ["abuse"], "vcardArray": ["vcard", [["fn", {}, "text", "Nobody"]]]},
        {"roles": ["registrar"], "vcardArray": ["vcard", [["x", {}, "text", "4"], ["fn", {}, "text", "Reg Inc"]]]},
    ],
}


async def look(handler: HttpHandler, domain: str = "acme.test") -> Outcome:
    async with http_server(handler) as server:
        network = Network(rdap=f"http://127.0.0.1:{server.port}/rdap/", public=("127.0.0.0/8",))
        prober = Prober(network, ".")
        try:
            return await prober.answer(RdapDomain(domain), 1, World({}))
        finally:
            await prober.aclose()


async def test_a_registration_is_read_behind_redirects() -> None:
    async def handle(request: Seen, writer: asyncio.StreamWriter) -> bytes:
        if request.target == "/rdap/domain/acme.test":
            return response(302, b"", ("Location", "/registry/acme.test"))
        assert request.target == "/registry/acme.test"
        return response(200, json.dumps(DOMAIN).encode(), media_type="application/rdap+json")

    expires = datetime(2027, 3, 4, 4, 6, 7, 500_000, tzinfo=UTC)
    outcome = await look(handle, "ACME.test")
    assert outcome.facts == Registration(True, expires, ("client transfer prohibited", "active"), "Reg Inc")
    assert outcome.vantage.address == "127.0.0.1"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (response(302, b"", ("Location", "/again")), "malformed"),
        (response(302, b"", ("Location", "http://10.0.0.1/")), "not-public"),
        (response(302, b"", ("Location", "file:///etc/passwd")), "malformed"),
        (response(200, b"<html>"), "malformed"),
        (response(200, b"[" * 900_000), "malformed"),
        (response(200, b'"text"'), "malformed"),
        (response(200, b" " * 1_100_000), "too-large"),
        (response(429), "rate-limited"),
        (response(500), "malformed"),
    ],
)
async def test_failures(answer: bytes, reason: str) -> None:
    outcome = await look(always(answer))
    assert outcome.failure is not None
    assert outcome.failure.reason == reason


async def test_404_means_not_registered() -> None:
    assert (await look(always(response(404)))).facts == Registration(registered=False)


async def test_split_dns_without_a_base_is_no_rdap() -> None:
    prober = Prober(Network(nameservers=("127.0.0.1:5353",)), ".")
    outcome = await prober.answer(RdapDomain("acme.test"), 1, World({}))
    assert outcome.failure is not None
    assert outcome.failure.reason == "no-rdap"


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"events": 1, "status": "active", "entities": {"a": 1}},
        {"events": [1, {"eventAction": "expiration"}, {"eventAction": "expiration", "eventDate": "soon"}]},
        {"entities": [{"roles": ["registrar"], "vcardArray": ["vcard", [1, ["fn"], ["fn", {}, "text", ["x"]]]]}]},
        {"entities": [{"roles": ["registrar"], "vcardArray": ["vcard", 5]}]},
    ],
)
def test_what_is_missing_is_left_out(document: object) -> None:
    assert read_registration(document) == Registration(registered=True)


# --- the prober -----------------------------------------------------------------------------------------------------


@dataclass
class Live:
    """Asks a prober, as the engine does."""

    prober: Prober

    async def __call__(self, question: Question[Any], /) -> Answer[Any]:
        got = await self.prober.answer(question, 1, self)
        return Answer(Evidence("e", question, 1, got.facts, got.failure, SEEN_AT, SEEN_AT, got.vantage))


async def test_a_visit_through_split_dns_and_connect_to() -> None:
    async with (
        dns_server(zone({"app.acme.test": ["CNAME web.acme.test."], "web.acme.test": ["A 127.0.0.12"]})) as names,
        http_server(always(response(200, b"ok")), host="127.0.0.12") as web,
    ):
        network = Network((names.address,), connect_to=(f":80::{web.port}",), public=("127.0.0.0/8",))
        prober = Prober(network, ".")
        answer = await Live(prober)(HttpExchange("GET", "http://app.acme.test/"))
        resolvers = await Live(prober)(Resolvers())
        await prober.aclose()
    assert isinstance(answer.facts, HttpResponse)
    assert (answer.facts.text, answer.facts.address) == ("ok", "127.0.0.12")
    assert resolvers.facts == ResolverList((names.address,), split=True)
    hosts = ("app.acme.test", "web.acme.test")
    assert set(names.asked) == {f"{rdtype} {host}" for rdtype in ("A", "AAAA") for host in hosts}


async def test_dns_failures_reach_the_visit() -> None:
    async with dns_server(rcode(dns.rcode.REFUSED)) as names:
        answer = await Live(Prober(Network((names.address,)), "."))(HttpExchange("GET", "http://app.acme.test/"))
    assert answer.failure is not None
    assert answer.failure.reason == "dns-refused"


async def test_an_exception_of_a_probe_is_our_own_bug() -> None:
    async def broken(question: Question[Any], /) -> Answer[Any]:
        raise KeyError("oops")

    prober = Prober(Network(), ".")
    outcome = await prober.answer(HttpExchange("GET", "http://app.acme.test/"), 1, broken)
    assert outcome.failure is not None
    assert (outcome.failure.reason, outcome.failure.fault) == ("bug", Fault.BUG)
    assert "KeyError" in outcome.failure.message


async def test_cancellation_passes_through() -> None:
    async with dns_server(lambda query, tcp: None) as silent:
        prober = Prober(Network((silent.address,)), ".")
        task = asyncio.create_task(prober.answer(DnsLookup("acme.test", "A"), 1, World({})))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
