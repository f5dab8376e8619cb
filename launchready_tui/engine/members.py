"""Compares a provider's member list with the access map: who is there and not on the map, and the other way round.
Pure (CHECKS.md S7.ACC.04).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from launchready_tui.model.journal import State
from launchready_tui.model.records import Person
from launchready_tui.text import one_line

MOST = 500
_MAIL = re.compile(r"[^\s<>(),;\"']+@[^\s<>(),;\"']+")


@dataclass(frozen=True, slots=True)
class Compared:
    """`strangers` are members that the map does not know, `absent` people with access on the map who are no members."""

    members: tuple[str, ...]
    strangers: tuple[str, ...]
    absent: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether list and map say the same."""
        return not (self.strangers or self.absent)

    def sentences(self) -> tuple[str, ...]:
        """The result, a line each."""
        lines = [f"{one_line(name, 80)} is a member and not on the map" for name in self.strangers]
        lines += [f"{one_line(name, 80)} is on the map and no member" for name in self.absent]
        return tuple(lines) or (f"all {len(self.members)} members are on the map, and nobody else is",)


def compare(text: str, area: str, state: State) -> Compared:
    """A pasted list, one member a line, against the accesses to a system."""
    members = tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))[:MOST]
    people = {person.name: person for person in state.people}
    holders = [people.get(grant.person, Person(grant.person)) for grant in state.grants if grant.area == area]
    strangers = tuple(line for line in members if not any(_is(line, person) for person in holders))
    absent = tuple(person.name for person in holders if not any(_is(line, person) for line in members))
    return Compared(members, strangers, absent)


def _is(line: str, person: Person) -> bool:
    """Whether a line of the list means that person: by the address, else by the whole name."""
    addresses = {found.casefold() for found in _MAIL.findall(line)}
    own = {found.casefold() for found in _MAIL.findall(f"{person.contact} {person.name}")}
    if addresses & own:
        return True
    return bool(_words(person.name)) and _within(_words(person.name), _words(line))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _within(few: Iterable[str], many: list[str]) -> bool:
    return set(few) <= set(many)
