"""The list of faults is complete and honest, and each switch changes what is served."""

from __future__ import annotations

import tomllib
from pathlib import Path

import dns.message
import pytest

from launchready_tui.model.verdicts import Verdict
from launchready_tui.practice import cloudflare
from launchready_tui.practice.dnsserver import respond
from launchready_tui.practice.faults import FAULTS, Fault, planted
from launchready_tui.practice.httpserver import Request
from launchready_tui.practice.marketplace import mended
from launchready_tui.practice.site import respond as answer
from launchready_tui.practice.world import World

RUNBOOK = Path(__file__).parents[2] / "runbooks" / "marketplace"
STAGES = tuple(
    RUNBOOK / f"stage-{name}.toml" for name in ("1-quick-audit", "3-edge-and-identity", "4-bottlenecks", "6-load-test")
)

WITHOUT_FAULT = {
    "tls.probe-pace",  # about the tool's own manners
    "mail.transport-policy",  # information only
    "edge.plan-capability",  # information only
    "dns.registry-delegation",  # from the root, which loopback has not
    "dns.authorities-agree",  # each server by itself, and there is one
    "dns.dnssec",
    "edge.hidden-origin",
    "identity.database-exposure",
    "identity.enumeration",
    "identity.reset-token",
    "limits.account-key",
    "limits.invite",
    "limits.no-lockout",
    "limits.recovery",
    "limits.signup",
    "limits.webhook",
}
"""Live checks that no fault of the practice target fails; their own tests do."""

PLANTED = (
    *("caching.", "dns.", "edge.", "identity.", "limits.", "mail.", "pages.", "payloads.", "queries.", "redirects."),
    *("routes.", "secrets.", "tls."),
)
"""The families of checks for which every live check has a fault."""


def live_checks() -> set[str]:
    entries = [entry for stage in STAGES for entry in tomllib.loads(stage.read_text(encoding="utf-8"))["check"]]
    return {entry["id"] for entry in entries if entry["kind"] == "live"}


def planted_checks() -> set[str]:
    return {check for check in live_checks() if check.startswith(PLANTED)}


def looks(world: World, name: str) -> list[bytes | None]:
    """Everything that a name server shows of a name."""
    queries = (
        dns.message.make_query(name, rdtype, id=7) for rdtype in ("A", "CNAME", "MX", "TXT", "CAA", "SOA", "PTR")
    )
    return [respond(world, query.to_wire(), udp=False) for query in queries]


def pages(world: World, host: str) -> list[object]:
    """Everything that a web server shows of one of its hosts."""
    site = world.sites[host]
    paths = {key.split(" ")[-1] for key in site.resources} | {"/launchready-no-such-page", "/login?next=//e.org"}
    asked = sorted(f"{path}{'&' if '?' in path else '?'}a=1" for path in paths)
    ways = ((scheme, method, path) for scheme in ("http", "https") for method in ("GET", "POST") for path in asked)
    return [site.leaf, site.tls, *(answer(world, Request(*way, host)) for way in ways)]


def services(world: World) -> list[object]:
    """What the registry, the provider's API and the whole zone say."""
    transfer = dns.message.make_query(world.domain, "AXFR", id=7)
    zone = f"/zones/{cloudflare.ZONE}"
    phases = ("ddos_l7", "http_request_firewall_custom", "http_request_cache_settings")
    paths = [f"{zone}/dns_records", f"{zone}/settings/ssl"]
    paths += [f"{zone}/rulesets/phases/{phase}/entrypoint" for phase in phases]
    token = {"authorization": f"Bearer {cloudflare.TOKEN}"}
    asked = [Request("http", "GET", path, "127.0.0.1", token) for path in paths]
    return [
        world.registration,
        len(respond(world, transfer.to_wire(), udp=False) or b""),
        *(cloudflare.respond(world, request) for request in asked),
    ]


def differ(one: World, other: World) -> bool:
    """Whether a visitor can tell two worlds apart."""
    records = {key for key in {*one.records, *other.records} if one.records.get(key) != other.records.get(key)}
    names = {name.replace("*", "invented") for name, _ in records} | (one.broken_names ^ other.broken_names)
    hosts = [host for host in one.sites if one.sites[host] != other.sites[host]]
    hosts += sorted({item.host for item in {*one.throttles} ^ {*other.throttles}})
    if services(one) != services(other):
        return True
    code = [(world.files, world.commits, world.untracked) for world in (one, other)]
    # What a visitor sees of the shop takes its database: test_shop_faults looks at every one of these.
    shop = [(world.shop, world.compressed, world.unvaried) for world in (one, other)]
    return (
        code[0] != code[1]
        or shop[0] != shop[1]
        or any(looks(one, name) != looks(other, name) for name in names)
        or any(pages(one, host) != pages(other, host) for host in hosts)
    )


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.id)
def test_a_switch_changes_what_is_served(fault: Fault) -> None:
    assert differ(planted(mended(), [fault]), mended())


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.id)
def test_a_switch_works_among_all_the_others(fault: Fault) -> None:
    """No fault hides another."""
    assert differ(planted(mended(), FAULTS), planted(mended(), (other for other in FAULTS if other is not fault)))


def test_enough_is_planted() -> None:
    assert len(FAULTS) >= 36
    assert sum(fault.verdict is Verdict.FAIL for fault in FAULTS) >= 30


def test_ids_are_unique_and_texts_are_there() -> None:
    assert len({fault.id for fault in FAULTS}) == len(FAULTS)
    for fault in FAULTS:
        assert fault.title
        assert fault.repair.endswith(".")
        assert 1 <= fault.story.count(".") <= 6


def test_no_result_belongs_to_two_faults() -> None:
    shown = [(item.check, item.subject) for fault in FAULTS for item in fault.everything]
    assert len(shown) == len(set(shown))


def test_every_shown_check_is_in_the_runbook_and_every_live_check_is_shown() -> None:
    shown = {item.check for fault in FAULTS for item in fault.everything}
    assert shown <= live_checks()
    assert planted_checks() - shown <= WITHOUT_FAULT


def test_every_check_that_can_fail_has_a_fault_that_fails_it() -> None:
    shown = [item for fault in FAULTS for item in fault.everything]
    failing = {item.check for item in shown if item.verdict is Verdict.FAIL}
    only_warn = {"dns.soa-sanity"}
    assert planted_checks() - failing <= WITHOUT_FAULT | only_warn


def test_one_address_is_enough_for_most_of_it() -> None:
    world = planted(mended(single=True), (fault for fault in FAULTS if fault.needs != "addresses"))
    assert set(world.addresses()) == {"127.0.0.1"}
