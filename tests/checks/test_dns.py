"""The DNS checks of hosts: addresses, targets, TTLs; and what no DNS check may do with hostile records."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from launchready_tui.checks.reading.reference import provider, provider_of, service_at, services
from launchready_tui.checks.registry import REGISTRY, load_checks
from launchready_tui.checks.subjects import subjects
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Network, Sender
from launchready_tui.model.questions import (
    Alias,
    DnsAnswer,
    DnsLookup,
    Facts,
    Question,
    RdapDomain,
    Registration,
    ResolverList,
    Resolvers,
    TlsHandshake,
)
from launchready_tui.model.verdicts import Judgement, Verdict
from tests.checks.zone import (
    APP,
    HOSTILE_RECORDS,
    SERVFAIL,
    TIMEOUT,
    Table,
    app,
    at,
    broken,
    by_resolver,
    certificate,
    gone,
    product,
    rr,
    verdict,
)
from tests.kit import judge

# --- dns.hosts-resolve -----------------------------------------------------------------------------------------------


def four(*views: Table) -> Judgement:
    table = by_resolver(**{f"r{n}": view for n, view in enumerate(views)})
    return app("dns.hosts-resolve", table)


def view(n: int, *addresses: str, **more: Any) -> Table:
    return at(APP.name, *addresses, via=f"r{n}", **more)


def test_resolvers_agree_whatever_the_order() -> None:
    one = rr(APP.name, "A", "1.1.1.1", "1.1.1.2", via="r0") | rr(APP.name, "AAAA", "2606::1", via="r0")
    found = four(
        one, view(1, "1.1.1.2", "1.1.1.1", "2606::1"), *(view(n, "1.1.1.1", "1.1.1.2", "2606::1") for n in (2, 3))
    )
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


# --- dns.intended-target ---------------------------------------------------------------------------------------------


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
        (("cname.host.test",), at(APP.name, "1.1.1.1") | at("cname.host.test", "1.1.1.1", "1.1.1.2")),
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


# --- dns.private-address ---------------------------------------------------------------------------------------------


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


# --- dns.ttl-readiness -----------------------------------------------------------------------------------------------


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


# --- reference data, hostile data ------------------------------------------------------------------------------------


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

    def __init__(self, records: tuple[str, ...], aliased: bool) -> None:
        self.records = records
        self.aliases = tuple(Alias(text, text[::-1], 5) for text in records[:9] if aliased)

    def get(self, question: Question[Any], default: Facts | Failure) -> Facts | Failure:
        match question:
            case DnsLookup():
                return DnsAnswer("NOERROR", self.records, 300, self.aliases)
            case Resolvers():
                return ResolverList(("r0", "r1"))
            case RdapDomain():
                return Registration(True)
            case TlsHandshake():
                return certificate("\x1b]0;x\x07" * 500)
            case _:
                return default


@pytest.mark.parametrize("aliased", [False, True])
@pytest.mark.parametrize("records", HOSTILE_RECORDS, ids=range(len(HOSTILE_RECORDS)))
@pytest.mark.parametrize("check_id", sorted(load_id for load_id in load_checks() if load_id.startswith("dns.")))
def test_hostile_records_never_raise(
    check_id: str, records: tuple[str, ...], aliased: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tests.kit

    class Hostile(tests.kit.World):
        def __init__(self, _: object) -> None:
            super().__init__({})
            self.answers = Echo(records, aliased)  # type: ignore[assignment]

    monkeypatch.setattr(tests.kit, "World", Hostile)
    acme = product(replace(APP, expect=("1.1.1.1", "cloudflare", "x.test", "nobody")), senders=(Sender("acme.test"),))
    for subject in subjects(REGISTRY[check_id].over, acme):
        found = judge(check_id, subject, {}, acme)
        assert found.verdict in Verdict
        assert len(found.summary) < 1_000
        assert "\x1b" not in found.summary + "".join(found.details)
