"""Ways to ask DNS that several checks share: both address families at once, the aliases of a name, mail exchangers."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from launchready_tui.checks.reading.names import tidy_name
from launchready_tui.model.evidence import Answer, Ask, Failure, Unseen
from launchready_tui.model.questions import Alias, DnsAnswer, DnsLookup, Facts, Question

F = TypeVar("F", bound=Facts)

LONGEST_TRAIL = 16
"""CNAME steps that are followed; resolvers give up at about as many."""


async def ask_all(ask: Ask, questions: Iterable[Question[F]]) -> tuple[Answer[F], ...]:
    """Ask several questions at once; the answers come in the order of the questions."""
    return tuple(await asyncio.gather(*(ask(question) for question in questions)))


def require(answers: Iterable[Answer[F]]) -> None:
    """Raise `Unseen` for the first answer without facts: what could not be seen is neither right nor wrong."""
    for answer in answers:
        if answer.failure is not None:
            raise Unseen(answer.failure)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What one resolver says of the addresses of a name: its answers to A and AAAA."""

    name: str
    answers: tuple[Answer[DnsAnswer], ...]

    @property
    def seen(self) -> tuple[DnsAnswer, ...]:
        """The answers that hold facts."""
        return tuple(answer.facts for answer in self.answers if answer.failure is None)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Why the others hold none."""
        return tuple(answer.failure for answer in self.answers if answer.failure is not None)

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses of both families, each once, in order."""
        return tuple(sorted({record for facts in self.seen for record in facts.records if _is_ip(record)}))

    @property
    def aliases(self) -> tuple[Alias, ...]:
        """The CNAME steps on the way to the addresses."""
        return next((facts.aliases for facts in self.seen if facts.aliases), ())

    @property
    def targets(self) -> tuple[str, ...]:
        """The names that the CNAME steps lead to, in order."""
        return tuple(alias.target for alias in self.aliases)

    @property
    def missing(self) -> bool:
        """Whether the name, or what it is an alias of, does not exist (NXDOMAIN says so for every type, RFC 8020)."""
        return not self.addresses and any(facts.rcode == "NXDOMAIN" for facts in self.seen)

    @property
    def ttl(self) -> int:
        """Seconds for which a cache may keep the longest-lived part of the answer."""
        ttls = [facts.ttl for facts in self.seen if facts.ttl is not None]
        return max([*ttls, *(alias.ttl for facts in self.seen for alias in facts.aliases)], default=0)

    def require_all(self) -> None:
        """Raise `Unseen` if one of the two families could not be seen and NXDOMAIN does not settle it."""
        if self.failures and not self.missing:
            raise Unseen(self.failures[0])


async def resolve(ask: Ask, name: str, via: str = "") -> Resolution:
    """Ask for both address families of a name."""
    return Resolution(name, await ask_all(ask, (DnsLookup(name, "A", via), DnsLookup(name, "AAAA", via))))


@dataclass(frozen=True, slots=True)
class Trail:
    """The CNAME steps from a name. `dead`: the last target does not exist. `loop`: they come back to themselves."""

    aliases: tuple[Alias, ...] = ()
    loop: bool = False
    dead: bool = False

    @property
    def targets(self) -> tuple[str, ...]:
        """The names that the steps lead to, in order."""
        return tuple(alias.target for alias in self.aliases)


async def trail(ask: Ask, name: str) -> Trail:
    """The CNAME steps from a name.

    Resolvers answer a loop or a dead end with SERVFAIL as often as with the steps, so where the address lookup shows
    none and no address either, each step is asked for by itself. Raises `Unseen` if that cannot be seen.
    """
    answer = await ask(DnsLookup(name, "A"))
    if answer.failure is None:
        facts = answer.facts
        if facts.aliases or facts.loop or facts.records:
            return Trail(facts.aliases, facts.loop, facts.rcode == "NXDOMAIN")
    return await _step_by_step(ask, name)


async def _step_by_step(ask: Ask, name: str) -> Trail:
    steps: list[Alias] = []
    visited = {tidy_name(name)}
    while len(steps) < LONGEST_TRAIL:
        facts = (await ask(DnsLookup(name, "CNAME"))).facts
        target = cname_of(facts, name)
        if not target:
            return Trail(tuple(steps), facts.loop, facts.rcode == "NXDOMAIN" and bool(steps))
        steps.append(Alias(name, target, facts.ttl or 0))
        if target in visited:
            return Trail(tuple(steps), loop=True)
        visited.add(target)
        name = target
    return Trail(tuple(steps))


def cname_of(facts: DnsAnswer, name: str) -> str:
    """The target in the answer to a CNAME question, '' if the name is no alias."""
    if facts.records:
        return tidy_name(facts.records[0])
    return next((tidy_name(alias.target) for alias in facts.aliases if tidy_name(alias.name) == tidy_name(name)), "")


@dataclass(frozen=True, slots=True)
class Exchanger:
    """One MX record. A null MX, `0 .`, has no target (RFC 7505 section 3)."""

    preference: int
    target: str


def exchangers(records: Iterable[str]) -> tuple[Exchanger, ...]:
    """The MX records in their order of preference; what cannot be read as one is left out."""
    found = set()
    for record in records:
        preference, _, target = record.strip().partition(" ")
        if preference.isascii() and preference.isdigit() and len(preference) <= 5:
            found.add((int(preference), tidy_name(target)))
    return tuple(Exchanger(*pair) for pair in sorted(found))


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
