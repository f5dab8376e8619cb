"""The address policy and the connect_to rules."""

from __future__ import annotations

import asyncio

import pytest

from launchready_tui.errors import InputError
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Network
from launchready_tui.model.questions import DnsAnswer, DnsLookup, Facts, Family, Question
from launchready_tui.probes.connectto import ConnectTo, parse_connect_to, redirected
from launchready_tui.probes.dialling import DialPolicy, Stream, Target, dial_failure, has_route, open_stream
from tests.kit import World

V4, V6 = "93.184.216.34", "2606:2800:220:1::1"


def names(**records: tuple[tuple[str, ...], tuple[str, ...]]) -> World:
    """Names (with `_` for dots) and their IPv4 and IPv6 addresses."""
    answers: dict[Question[Facts], Facts | Failure] = {}
    for name, (v4, v6) in records.items():
        answers[DnsLookup(name.replace("_", "."), "A")] = DnsAnswer("NOERROR", v4)  # type: ignore[index]
        answers[DnsLookup(name.replace("_", "."), "AAAA")] = DnsAnswer("NOERROR", v6)  # type: ignore[index]
    return World(answers)


async def dial(
    ask: World, host: str = "acme.test", family: Family = "", address: str = "", network: Network | None = None
) -> list[str] | str:
    """The targets as text, or the reason of the failure."""
    found = await DialPolicy(network or Network(), routed=lambda _: True).targets(host, 443, family, address, ask)
    return found.reason if isinstance(found, Failure) else [str(target) for target in found]


async def test_addresses_come_in_order_ipv4_first() -> None:
    ask = names(acme_test=((V4, "1.1.1.1"), (V6,)))
    assert await dial(ask) == [f"{V4}:443", "1.1.1.1:443", f"[{V6}]:443"]
    assert await dial(ask, family="6") == [f"[{V6}]:443"]


async def test_one_lookup_of_the_family_that_is_asked_for() -> None:
    ask = names(acme_test=((V4,), ()))
    await dial(ask, family="4")
    assert ask.asked == [DnsLookup("acme.test", "A")]


async def test_literals_need_no_lookup() -> None:
    ask = World({})
    assert await dial(ask, V4) == [f"{V4}:443"]
    assert await dial(ask, f"[{V6}]", "6") == [f"[{V6}]:443"]
    assert await dial(ask, V4, "6") == "does-not-resolve"
    assert await dial(ask, "acme.test", address=V4) == [f"{V4}:443"]
    assert await dial(ask, "acme.test", address="www.acme.test") == "malformed"
    assert ask.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::1",
    ],
)
async def test_what_is_not_public_is_refused(address: str) -> None:
    v6 = ":" in address
    ask = names(acme_test=(() if v6 else (address,), (address,) if v6 else ()))
    assert await dial(ask) == "not-public"
    assert await dial(ask, address=address) == "not-public"
    assert await dial(ask, address) == "not-public"


async def test_only_the_public_ones_of_several_are_dialled() -> None:
    assert await dial(names(acme_test=(("10.0.0.1", V4), ("::1",)))) == [f"{V4}:443"]
    covered = Network(public=("10.0.0.0/8",))
    assert await dial(names(acme_test=(("10.0.0.1",), ())), network=covered) == ["10.0.0.1:443"]


async def test_ipv6_needs_a_route() -> None:
    policy = DialPolicy(Network(), routed=lambda address: False)
    only = await policy.targets("acme.test", 443, "", "", names(acme_test=((), (V6,))))
    both = await policy.targets("acme.test", 443, "", "", names(acme_test=((V4,), (V6,))))
    assert isinstance(only, Failure)
    assert only.reason == "no-ipv6"
    assert both == (Target(V4, 443),)
    assert has_route("127.0.0.1")


async def test_names_that_do_not_resolve() -> None:
    def both(answer: Facts | Failure) -> World:
        return World({DnsLookup("acme.test", rdtype): answer for rdtype in ("A", "AAAA")})

    for answer in (DnsAnswer("NXDOMAIN"), DnsAnswer("NOERROR"), DnsAnswer("NOERROR", loop=True)):
        assert await dial(both(answer)) == "does-not-resolve"
    assert await dial(both(Failure("servfail", "broken"))) == "servfail"
    half = both(Failure("servfail", "broken"))
    half.answers[DnsLookup("acme.test", "A")] = DnsAnswer("NOERROR", (V4,))
    assert await dial(half) == [f"{V4}:443"]


async def test_connect_to_leads_elsewhere() -> None:
    network = Network(connect_to=("acme.test:443:origin.test:8443", ":443::9443"))
    ask = names(origin_test=((V4,), ()), www_test=((V4,), ()))
    assert await dial(ask, network=network) == [f"{V4}:8443"]
    assert await dial(ask, "www.test", network=network) == [f"{V4}:9443"]
    assert await dial(ask, address="1.1.1.1", network=network) == ["1.1.1.1:8443"]


def test_connect_to_rules_are_read() -> None:
    rules = parse_connect_to((":443::8443", "Acme.test:80:[2001:db8::1]:", "::127.0.0.1:"))
    assert rules[1] == ConnectTo("acme.test", 80, "2001:db8::1", 0)
    assert redirected(rules, "ACME.test", 80) == ("2001:db8::1", 80)
    assert redirected(rules, "acme.test", 443) == ("acme.test", 8443)
    assert redirected(rules, "[::1]", 81) == ("127.0.0.1", 81)
    assert redirected((), "[::1]", 81) == ("::1", 81)


@pytest.mark.parametrize("rule", ["", "a", "a:1:b", "a:x:b:1", "a:0:b:1", "a:1:b:70000", "::1:80:b:1", "a:1:b:1:c"])
def test_a_wrong_connect_to_rule_is_an_input_error(rule: str) -> None:
    with pytest.raises(InputError):
        parse_connect_to((rule,))


async def test_open_stream() -> None:
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    stream = await open_stream(Target("127.0.0.1", port), 2)
    assert isinstance(stream, Stream)
    assert await stream.reader.read() == b""
    await stream.aclose()
    server.close()
    refused = await open_stream(Target("127.0.0.1", port), 2)
    assert isinstance(refused, Failure)
    assert refused.reason == "refused"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TimeoutError(), "timeout"),
        (ConnectionRefusedError(111, "refused"), "refused"),
        (ConnectionResetError(104, "reset"), "reset"),
        (OSError(101, "Network is unreachable"), "unreachable"),
        (ExceptionGroup("all failed", [ConnectionRefusedError(111, "refused")]), "refused"),
        (RuntimeError("odd"), "reset"),
    ],
)
def test_exceptions_become_failures(error: Exception, reason: str) -> None:
    assert dial_failure(error, Target(V4, 443)).reason == reason
