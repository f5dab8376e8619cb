"""The dated reference data that checks compare with: providers' address ranges and takeover fingerprints.

The files lie in `runbooks/data`, each with its source, commit, date and licence. They are read once, at the first use.
"""

from __future__ import annotations

import html
import ipaddress
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, TypeAlias

from launchready_tui.model.product import Network
from launchready_tui.runbook.locate import data_dir

IpNetwork: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_ADDRESS_SUFFIX = re.compile(r"^[0-9.]+$|:")


@dataclass(frozen=True, slots=True)
class Provider:
    """A hosting or edge provider: the networks that it answers from, the names that customers' CNAMEs point to."""

    name: str
    networks: tuple[IpNetwork, ...] = ()
    suffixes: tuple[str, ...] = ()

    def covers(self, address: str) -> bool:
        """Whether an address is the provider's."""
        ip = ipaddress.ip_address(address)
        return any(ip in network for network in self.networks if network.version == ip.version)


@dataclass(frozen=True, slots=True)
class Service:
    """A service at which a name can be claimed (can-i-take-over-xyz).

    `targets` recognises what a CNAME points to, `addresses` what an A record holds. `page` recognises the page of an
    unclaimed name, `http_status` its status (0: any), `nxdomain` that an unclaimed name does not exist at all.
    """

    name: str
    targets: re.Pattern[str] | None
    addresses: frozenset[str]
    page: re.Pattern[str] | None
    http_status: int
    nxdomain: bool
    status: str
    vulnerable: bool

    @property
    def edge_case(self) -> bool:
        """Whether a name can be taken over in some circumstances only."""
        return self.status.lower() == "edge case"

    @property
    def claimable(self) -> bool:
        """Whether a stranger may get hold of a name there."""
        return self.vulnerable or self.edge_case

    def matches_page(self, status: int, text: str) -> bool:
        """Whether a response is what the service shows for a name that nobody has claimed."""
        if self.http_status and status != self.http_status:
            return False
        if self.page is None:
            return bool(self.http_status)
        return self.page.match(_plain(text)) is not None


def _read(name: str) -> Any:
    return json.loads((data_dir() / name).read_text(encoding="utf-8"))


@cache
def providers() -> Mapping[str, Provider]:
    """The bundled providers by name in lower case."""
    return {
        name.lower(): Provider(name.lower(), _networks(entry["ranges"]), tuple(entry["suffixes"]))
        for name, entry in _read("cdn-ranges.json")["providers"].items()
    }


def provider(name: str, network: Network) -> Provider | None:
    """A provider by its name; ranges in the profile's `[network.ranges]` take the place of the bundled ones."""
    known = providers().get(name.lower())
    for declared, ranges in network.ranges.items():
        if declared.lower() == name.lower():
            return Provider(name.lower(), _networks(ranges), known.suffixes if known else ())
    return known


def provider_of(address: str, network: Network) -> str:
    """The provider whose ranges hold an address, '' if none does."""
    declared = frozenset(name.lower() for name in network.ranges)
    for name in declared:
        found = provider(name, network)
        if found is not None and found.covers(address):
            return name
    return _bundled_at(address, declared)


@lru_cache(maxsize=4096)
def _bundled_at(address: str, without: frozenset[str]) -> str:
    """The bundled provider at an address: an audit asks for the same few, and there are thousands of ranges."""
    return next((name for name, known in providers().items() if name not in without and known.covers(address)), "")


@cache
def services() -> tuple[Service, ...]:
    """The services of the takeover list that can be recognised by a CNAME target or an address."""
    data = _read("takeover-fingerprints.json")
    made = (_service(entry, data["added_suffixes"].get(entry["service"], ())) for entry in data["services"])
    return tuple(service for service in made if service.targets or service.addresses)


def service_at(targets: Iterable[str], addresses: Iterable[str] = ()) -> Service | None:
    """The service that one of the CNAME targets, or one of the addresses, belongs to."""
    names, literals = tuple(targets), frozenset(addresses)
    for service in services():
        if service.addresses & literals:
            return service
        if service.targets and any(service.targets.search(name.lower()) for name in names):
            return service
    return None


def _networks(ranges: Iterable[str]) -> tuple[IpNetwork, ...]:
    return tuple(ipaddress.ip_network(item, strict=False) for item in ranges)


def _service(entry: Mapping[str, Any], added: Iterable[str]) -> Service:
    listed = [item for item in entry["cname"] if "/" not in item]
    literals = frozenset(item for item in listed if _ADDRESS_SUFFIX.search(item))
    fingerprint = "" if entry["fingerprint"].startswith(("HTTP_STATUS=", "NXDOMAIN")) else entry["fingerprint"]
    return Service(
        name=entry["service"],
        targets=_targets([*(item for item in listed if item not in literals), *added]),
        addresses=literals,
        page=_page(fingerprint) if fingerprint else None,
        http_status=entry["http_status"] or 0,
        nxdomain=bool(entry["nxdomain"]),
        status=entry["status"],
        vulnerable=bool(entry["vulnerable"]),
    )


def _targets(suffixes: list[str]) -> re.Pattern[str] | None:
    """Recognises a name that ends in one of the suffixes; `*` in a suffix stands for a part of one label."""
    parts = (re.escape(suffix.lower()).replace(r"\*", "[^.]+") for suffix in suffixes)
    return re.compile(rf"(?:^|\.)(?:{'|'.join(parts)})$") if suffixes else None


def _page(fingerprint: str) -> re.Pattern[str]:
    """The published fingerprint as a pattern.

    The list writes `A|B` for either, A` `B for both, `.*` for anything and `\\.` for a dot; everything else is literal,
    with HTML entities as they were in the source of the page.
    """
    either = []
    for choice in html.unescape(fingerprint).split("|"):
        pieces = [piece.strip() for piece in choice.split("` `")]
        either.append("".join(f"(?=.*{_literal(piece)})" for piece in pieces if piece))
    return re.compile("|".join(either), re.DOTALL)


def _literal(piece: str) -> str:
    words = _plain(piece.replace("\\.", ".")).split(".*")
    return "[^<>]{0,100}?".join(re.escape(word) for word in words)


def _plain(text: str) -> str:
    """Text in which equal sentences are equal: no entities, single spaces, straight apostrophes, lower case."""
    return re.sub(r"\s+", " ", html.unescape(text).replace("’", "'")).casefold()
