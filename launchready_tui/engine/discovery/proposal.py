"""What was seen, as a proposal: hosts, routes and senders for the profile, systems for the access map. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from launchready_tui.model.product import Host, Product, Route, Sender
from launchready_tui.model.records import System
from launchready_tui.text import one_line


@dataclass(frozen=True, slots=True)
class Sighting:
    """A system that was seen: its area of the access map, its name, by what it was known."""

    area: str
    name: str
    by: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A profile and systems that a person confirms. `notices` say what could not be seen."""

    product: Product
    sightings: tuple[Sighting, ...] = ()
    notices: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()

    def systems(self) -> tuple[System, ...]:
        """The systems for the access map, one an area; owners are unknown until somebody says who they are."""
        found: dict[str, list[Sighting]] = {}
        for sighting in self.sightings:
            found.setdefault(sighting.area, []).append(sighting)
        return tuple(
            System(
                area,
                " and ".join(dict.fromkeys(item.name for item in items)),
                note="seen by " + ", ".join(dict.fromkeys(item.by for item in items))[:300],
            )
            for area, items in found.items()
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """What a proposal would change: sentences, for a person to confirm."""

    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    systems: tuple[System, ...] = ()
    product: Product | None = field(default=None, repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether nothing new was seen."""
        return not (self.added or self.gone or self.systems)


def compare(current: Product, known: Iterable[System], proposal: Proposal) -> Difference:
    """What the proposal has that the profile and the access map have not, and the other way round.

    Nothing that a person wrote is taken away: what was not seen again is only told.
    """
    seen = proposal.product
    hosts = {host.name for host in current.hosts}
    urls = {route.url for route in current.routes}
    senders = {(sender.domain, sender.provider) for sender in current.senders}
    new_hosts = [host for host in seen.hosts if host.name not in hosts]
    new_routes = [route for route in _unclashing(seen.routes, current.routes) if route.url not in urls]
    new_senders = [sender for sender in seen.senders if (sender.domain, sender.provider) not in senders]
    areas = {system.area: system for system in known}
    systems = [s for s in proposal.systems() if s.area not in areas or not areas[s.area].name]
    gone = [
        host.name for host in current.hosts if host.name not in {h.name for h in seen.hosts} and not host.is_address
    ]
    merged = replace(
        current,
        hosts=(*current.hosts, *new_hosts),
        routes=(*current.routes, *new_routes),
        senders=(*current.senders, *new_senders),
        repository=current.repository or seen.repository,
    )
    return Difference(
        added=(
            *(f"host {host.name} ({host.role})" for host in new_hosts),
            *(f"route {route.id}: {one_line(route.url, 120)}" for route in new_routes),
            *(f"sender {sender.provider} for {sender.domain}" for sender in new_senders),
        ),
        gone=tuple(f"host {name} was not seen" for name in gone),
        systems=tuple(systems),
        product=merged if merged != current else None,
    )


def _unclashing(routes: Iterable[Route], existing: Iterable[Route]) -> list[Route]:
    """The routes, with other ids where one is taken."""
    taken = {route.id for route in existing}
    found: list[Route] = []
    for route in routes:
        number, name = 2, route.id
        while name in taken:
            name, number = f"{route.id}-{number}", number + 1
        taken.add(name)
        found.append(replace(route, id=name))
    return found


def proposed_hosts(domain: str, seen: Iterable[tuple[str, str]]) -> tuple[Host, ...]:
    """Hosts from names and roles, each once, the apex first."""
    roles: dict[str, str] = {}
    for name, role in seen:
        if name not in roles or roles[name] == "other":
            roles[name] = role
    order = ["apex", "www", "app", "api", "other", "mail"]
    hosts = [Host(name, role) for name, role in roles.items()]  # type: ignore[arg-type]
    return tuple(sorted(hosts, key=lambda host: (order.index(host.role), host.name))) or (Host(domain, "apex"),)


def proposed_senders(domain: str, providers: Iterable[str]) -> tuple[Sender, ...]:
    """A sender a provider, each once."""
    return tuple(Sender(domain, provider) for provider in dict.fromkeys(providers) if provider)


__all__ = ["Difference", "Proposal", "Sighting", "compare", "proposed_hosts", "proposed_senders"]
