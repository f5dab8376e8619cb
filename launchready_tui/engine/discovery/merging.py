"""Takes the confirmed parts of a second look into a profile, and leaves what a person wrote as it stands. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from launchready_tui.engine.discovery.proposal import Difference
from launchready_tui.errors import LaunchReadyError
from launchready_tui.model.product import Host, Product, Route, Sender
from launchready_tui.model.profile import parse_product, write_product
from launchready_tui.model.records import System
from launchready_tui.text import one_line

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was seen and is not known yet, with the words to ask about it."""

    words: str
    item: Host | Route | Sender | System


@dataclass(frozen=True, slots=True)
class Merged:
    """A profile with what was confirmed. `kept`: the text of before stands in it letter by letter, comments too."""

    toml: str
    kept: bool


def parts(current: Product, difference: Difference) -> tuple[Part, ...]:
    """What a difference would add, piece by piece."""
    merged = difference.product or current
    items: list[Host | Route | Sender] = [
        *(host for host in merged.hosts if host not in current.hosts),
        *(route for route in merged.routes if route not in current.routes),
        *(sender for sender in merged.senders if sender not in current.senders),
    ]
    found = [Part(words, item) for words, item in zip(difference.added, items, strict=True)]
    return (*found, *(Part(_system(system), system) for system in difference.systems))


def _system(system: System) -> str:
    return f"system {system.area}: {one_line(system.name, 60)}" + (
        f" ({one_line(system.note, 80)})" * bool(system.note)
    )


def with_parts(current: Product, chosen: Iterable[Part]) -> Product:
    """The profile with the hosts, routes and senders among the parts."""
    items = [part.item for part in chosen]
    return replace(
        current,
        hosts=(*current.hosts, *_of(items, Host)),
        routes=(*current.routes, *_of(items, Route)),
        senders=(*current.senders, *_of(items, Sender)),
    )


def systems(chosen: Iterable[Part]) -> tuple[System, ...]:
    """The systems among the parts."""
    return tuple(_of([part.item for part in chosen], System))


def appended(toml: str, current: Product, chosen: Iterable[Part], remark: str) -> Merged:
    """The text with new blocks at its end, each as `write_product` writes it.

    Where that would not give the wanted profile (the text has its lists in another form), the whole profile is written
    anew, and comments are lost.
    """
    wanted = with_parts(current, chosen)
    if wanted == current:
        return Merged(toml, kept=True)
    new = wanted.hosts[len(current.hosts) :]
    # A profile without any [[host]] means the domain alone: the first block would take that meaning away.
    for hosts in (new, wanted.hosts):
        more = Product(
            "x",
            current.domain,
            hosts=hosts,
            routes=wanted.routes[len(current.routes) :],
            senders=wanted.senders[len(current.senders) :],
        )
        blocks = write_product(more).partition("\n\n")[2]
        text = f"{toml.rstrip()}\n\n# {one_line(remark, 100)}\n{blocks}"
        if _gives(text, wanted):
            return Merged(text, kept=True)
    return Merged(write_product(wanted), kept=False)


def _gives(text: str, wanted: Product) -> bool:
    try:
        return parse_product(text, base=wanted.base) == wanted
    except LaunchReadyError:
        return False


def _of(items: Iterable[object], kind: type[T]) -> list[T]:
    return [item for item in items if isinstance(item, kind)]
