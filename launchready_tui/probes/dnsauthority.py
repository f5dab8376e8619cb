"""Finds the name servers of the zone that a name belongs to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import dns.message
import dns.name
import dns.rdatatype

from launchready_tui.model.evidence import Failure, Fault
from launchready_tui.model.product import Network
from launchready_tui.probes import dnsrecords
from launchready_tui.probes.dialling import may_dial
from launchready_tui.probes.dnsservers import NameServer

MAX_SERVERS = 8

Recurse = Callable[[dns.name.Name, dns.rdatatype.RdataType], Awaitable[dns.message.Message | Failure]]
"""Asks a recursive resolver."""


class Authority:
    """Climbs from a name to the zone that holds it, through a recursive resolver; remembers the zones it found."""

    def __init__(self, network: Network, recurse: Recurse, port: int) -> None:
        self._network = network
        self._recurse = recurse
        self._port = port
        self._zones: dict[dns.name.Name, tuple[NameServer, ...]] = {}

    async def servers(self, name: dns.name.Name) -> tuple[NameServer, ...] | Failure:
        """The addresses of the zone's name servers, at most eight, public ones only."""
        zone = name
        while zone != dns.name.root:
            if zone in self._zones:
                return self._zones[zone]
            message = await self._recurse(zone, dns.rdatatype.NS)
            if isinstance(message, Failure):
                return message
            delegation = dnsrecords.rrset_at(message, zone, dns.rdatatype.NS)
            if delegation is not None:
                hosts = [item.target for item in list(delegation)[:MAX_SERVERS]]
                return await self._addresses(zone, hosts)
            owner = dnsrecords.soa_owner(message)
            above = owner is not None and owner != zone and zone.is_subdomain(owner)
            zone = owner if owner is not None and above else zone.parent()
        name_text = dnsrecords.name_text(name)
        return Failure("does-not-resolve", f"no zone with name servers holds {name_text}", Fault.TARGET)

    async def _addresses(self, zone: dns.name.Name, hosts: list[dns.name.Name]) -> tuple[NameServer, ...] | Failure:
        found: list[str] = []
        for rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA):
            if found:
                break
            messages = await asyncio.gather(*(self._recurse(host, rdtype) for host in hosts))
            for host, message in zip(hosts, messages, strict=True):
                if not isinstance(message, Failure):
                    found += dnsrecords.read_message(message, host, rdtype).records
        name = dnsrecords.name_text(zone)
        if not found:
            return Failure("does-not-resolve", f"no name server of {name} has an address", Fault.TARGET)
        public = [address for address in dict.fromkeys(found) if may_dial(self._network, address)]
        if not public:
            return Failure("not-public", f"no name server of {name} is at a public address", Fault.TARGET)
        self._zones[zone] = tuple(NameServer(address, self._port) for address in public[:MAX_SERVERS])
        return self._zones[zone]
