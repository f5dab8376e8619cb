"""The list of faults is complete and honest, and each switch changes what is served."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import dns.message
import pytest

from launchready_tui.model.verdicts import Verdict
from launchready_tui.practice.dnsserver import respond
from launchready_tui.practice.faults import FAULTS, Fault, planted
from launchready_tui.practice.httpserver import Request
from launchready_tui.practice.marketplace import mended
from launchready_tui.practice.site import respond as answer
from launchready_tui.practice.world import World

STAGE = Path(__file__).parents[2] / "runbooks" / "marketplace" / "stage-1-quick-audit.toml"

WITHOUT_FAULT = {"tls.probe-pace"}
"""This one is about the tool's own manners."""


def live_checks() -> dict[str, dict[str, Any]]:
    entries = tomllib.loads(STAGE.read_text(encoding="utf-8"))["check"]
    return {entry["id"]: entry for entry in entries if entry["kind"] == "live"}


def looks(world: World, name: str) -> list[bytes | None]:
    """Everything that a name server shows of a name."""
    queries = (dns.message.make_query(name, rdtype, id=7) for rdtype in ("A", "CNAME", "MX", "TXT", "CAA", "SOA"))
    return [respond(world, query.to_wire(), udp=False) for query in queries]


def pages(world: World, host: str) -> list[object]:
    """Everything that a web server shows of one of its hosts."""
    site = world.sites[host]
    paths = {key.split(" ")[-1] for key in site.resources} | {"/launchready-no-such-page", "/login?next=//e.org"}
    asked = sorted(f"{path}{'&' if '?' in path else '?'}a=1" for path in paths)
    ways = ((scheme, method, path) for scheme in ("http", "https") for method in ("GET", "POST") for path in asked)
    return [site.leaf, site.tls, *(answer(world, Request(*way, host)) for way in ways)]


def differ(one: World, other: World) -> bool:
    """Whether a visitor can tell two worlds apart."""
    records = {key for key in {*one.records, *other.records} if one.records.get(key) != other.records.get(key)}
    names = {name.replace("*", "invented") for name, _ in records} | (one.broken_names ^ other.broken_names)
    hosts = [host for host in one.sites if one.sites[host] != other.sites[host]]
    return any(looks(one, name) != looks(other, name) for name in names) or any(
        pages(one, host) != pages(other, host) for host in hosts
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
    shown = [(item.check, item.subject) for fault in FAULTS for item in (*fault.shows, *fault.again)]
    assert len(shown) == len(set(shown))


def test_every_shown_check_is_in_the_runbook_and_every_live_check_is_shown() -> None:
    shown = {item.check for fault in FAULTS for item in (*fault.shows, *fault.again)}
    assert shown <= set(live_checks())
    assert set(live_checks()) - shown <= WITHOUT_FAULT


def test_every_check_that_can_fail_has_a_fault_that_fails_it() -> None:
    shown = [item for fault in FAULTS for item in (*fault.shows, *fault.again)]
    failing = {item.check for item in shown if item.verdict is Verdict.FAIL}
    only_warn = {"dns.soa-sanity"}
    assert set(live_checks()) - failing <= WITHOUT_FAULT | only_warn


def test_one_address_is_enough_for_most_of_it() -> None:
    world = planted(mended(single=True), (fault for fault in FAULTS if fault.needs != "addresses"))
    assert set(world.addresses()) == {"127.0.0.1"}
