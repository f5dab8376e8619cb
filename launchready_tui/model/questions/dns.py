"""Names and records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from launchready_tui.model.questions.base import Facts, Question


@dataclass(frozen=True, slots=True)
class Alias:
    """One CNAME step: `name` is an alias of `target`."""

    name: str
    target: str
    ttl: int


@dataclass(frozen=True, slots=True)
class DnsAnswer(Facts):
    """What a name server said.

    `rcode` is NOERROR or NXDOMAIN (anything else is a failure of the question). `records` are in presentation form:
    names in lower case without the final dot, TXT strings joined. An empty `records` with NOERROR means: the name has
    no such record. `aliases` are the CNAME steps in order; `loop` says that they come back to themselves. `ttl` is in
    seconds, of the records (None: no records).
    """

    rcode: str
    records: tuple[str, ...] = ()
    ttl: int | None = None
    aliases: tuple[Alias, ...] = ()
    loop: bool = False
    authoritative: bool = False
    server: str = ""


@dataclass(frozen=True, slots=True)
class DnsLookup(Question[DnsAnswer]):
    """One record type of one name.

    `via` is empty for the run's first resolver, `authority` for a server of the zone itself (TTLs from there are not
    aged by a cache), or the address of a resolver as listed in `Resolvers`.
    """

    kind: ClassVar[str] = "dns-lookup"
    answer: ClassVar[type[Facts]] = DnsAnswer

    name: str
    rdtype: str
    via: str = ""

    @property
    def host(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ResolverList(Facts):
    """The resolvers of this run, as values for `DnsLookup.via`.

    `split` says that the profile names the servers itself.
    """

    resolvers: tuple[str, ...]
    split: bool = False


@dataclass(frozen=True, slots=True)
class Resolvers(Question[ResolverList]):
    """Which resolvers this run asks."""

    kind: ClassVar[str] = "resolvers"
    answer: ClassVar[type[Facts]] = ResolverList
