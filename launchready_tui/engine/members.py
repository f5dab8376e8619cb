"""Compares a provider's member list with the access map: who is there and not on the map, and the other way round; and
where the provider itself says it, who never accepted, who has no second factor, and whether one person alone can
administer. Pure (CHECKS.md S7.ACC.04).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from launchready_tui.model.journal import State
from launchready_tui.model.members import READABLE, Member, MemberList
from launchready_tui.model.records import Person
from launchready_tui.text import one_line, plural

MOST = 500
ADMINS = 2
"""How many people should be able to administer a system (CHECKS.md S7.ACC.02)."""

_MAIL = re.compile(r"[^\s<>(),;\"']+@[^\s<>(),;\"']+")


@dataclass(frozen=True, slots=True)
class Compared:
    """`strangers` are members that the map does not know, `absent` people with access on the map who are no members,
    `weak` what else is wrong with the list, as sentences.
    """

    members: tuple[str, ...]
    strangers: tuple[str, ...]
    absent: tuple[str, ...]
    weak: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether list and map say the same, and nothing is wrong with either."""
        return not (self.strangers or self.absent or self.weak)

    def sentences(self) -> tuple[str, ...]:
        """The result, a line each."""
        lines = [f"{one_line(name, 80)} is a member and not on the map" for name in self.strangers]
        lines += [f"{one_line(name, 80)} is on the map and no member" for name in self.absent]
        agreed = (f"all {len(self.members)} members are on the map, and nobody else is",)
        return (*lines, *self.weak) or agreed


def compare(text: str, area: str, state: State) -> Compared:
    """A pasted list, one member a line, against the accesses to a system."""
    members = tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))[:MOST]
    people = {person.name: person for person in state.people}
    holders = [people.get(grant.person, Person(grant.person)) for grant in state.grants if grant.area == area]
    strangers = tuple(line for line in members if not any(_is(line, person) for person in holders))
    absent = tuple(person.name for person in holders if not any(_is(line, person) for line in members))
    return Compared(members, strangers, absent)


def compare_read(found: MemberList, area: str, state: State) -> Compared:
    """A list that the provider gave, against the accesses to a system."""
    lines = {member.shown: member for member in found.members[:MOST]}
    compared = compare("\n".join(lines), area, state)
    weak = [f"{name} was invited and never accepted" for name, member in lines.items() if not member.accepted]
    weak += [f"{name} has no second factor" for name, member in lines.items() if member.second_factor is False]
    admins = [member for member in lines.values() if member.accepted and _is_admin(member)]
    if len(admins) < ADMINS and any(member.roles for member in lines.values()):
        weak.append(f"{plural(len(admins), 'member')} can administer it; {ADMINS} should")
    if found.capped:
        weak.append("the list is longer than what was read")
    return replace(compared, weak=tuple(one_line(sentence, 160) for sentence in weak))


def provider_of(name: str) -> str:
    """The provider that the name of a system means, '' for none whose list can be read."""
    words = set(_words(name))
    return next((provider for provider in READABLE if provider in words), "")


def _is_admin(member: Member) -> bool:
    """Whether a role lets somebody change who is a member: "Administrator", "Super Administrator", "Owner"."""
    whole = ("administrator", "super administrator", "owner", "admin")
    return any(role.partition(" - ")[0].strip().casefold() in whole for role in member.roles)


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
