"""What registries and name servers say by themselves: delegations, zone transfers, DNSSEC validation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from launchready_tui.model.questions.base import Facts, Question


@dataclass(frozen=True, slots=True)
class DelegatedServer:
    """One name server of a delegation and how it answers for the zone.

    `state`: `ok` (with authority), `lame` (answers without authority or refuses), `unreachable`, `unresolved` (the
    name has no address).
    """

    name: str
    addresses: tuple[str, ...] = ()
    state: Literal["ok", "lame", "unreachable", "unresolved"] = "ok"


@dataclass(frozen=True, slots=True)
class DelegationFacts(Facts):
    """The walk from the root to a domain. `exists` is False where the registry's servers say NXDOMAIN.

    `parent` are the name servers that the registry names, `child` those that the zone names itself, both sorted.
    """

    exists: bool
    parent: tuple[str, ...] = ()
    child: tuple[str, ...] = ()
    servers: tuple[DelegatedServer, ...] = ()


@dataclass(frozen=True, slots=True)
class Delegation(Question[DelegationFacts]):
    """How a domain is delegated, asked from the root downwards without any resolver (RFC 1034 section 5.3.3)."""

    kind: ClassVar[str] = "delegation"
    answer: ClassVar[type[Facts]] = DelegationFacts

    domain: str

    @property
    def host(self) -> str:
        return self.domain


@dataclass(frozen=True, slots=True)
class TransferReply(Facts):
    """What a server said to AXFR. `records` are those of its first message only: more is not needed as proof, nor
    read.
    """

    allowed: bool
    records: int = 0
    rcode: str = "NOERROR"


@dataclass(frozen=True, slots=True)
class ZoneTransfer(Question[TransferReply]):
    """Whether one name server hands the whole zone to a stranger (RFC 5936), over TCP. `server` is `ADDRESS` or
    `ADDRESS:PORT`.
    """

    kind: ClassVar[str] = "zone-transfer"
    answer: ClassVar[type[Facts]] = TransferReply

    domain: str
    server: str

    @property
    def host(self) -> str:
        return self.domain


@dataclass(frozen=True, slots=True)
class ValidationReply(Facts):
    """What one resolver said with DNSSEC asked for (RFC 4035 section 3.2).

    `authenticated` is its AD flag, `signed_until` the earliest end of the signatures in the answer (None: unsigned).
    """

    rcode: str
    authenticated: bool = False
    signed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Validation(Question[ValidationReply]):
    """The address of a name with the DO flag, through the resolver `via`; `unchecked` sets CD: give the data
    unvalidated.
    """

    kind: ClassVar[str] = "dnssec-validation"
    answer: ClassVar[type[Facts]] = ValidationReply

    name: str
    via: str
    unchecked: bool = False

    @property
    def host(self) -> str:
        return self.name
