"""Domain registrations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from launchready_tui.model.questions.base import Facts, Question


@dataclass(frozen=True, slots=True)
class Registration(Facts):
    """What RDAP says of a domain (RFC 9083). `registered` is False for its 404."""

    registered: bool
    expires_at: datetime | None = None
    statuses: tuple[str, ...] = ()
    registrar: str = ""


@dataclass(frozen=True, slots=True)
class RdapDomain(Question[Registration]):
    """The registration of a registrable domain."""

    kind: ClassVar[str] = "rdap-domain"
    answer: ClassVar[type[Facts]] = Registration

    domain: str

    @property
    def host(self) -> str:
        return self.domain
