"""Who can enter at a provider, as the provider says. Never stored: it is personal data."""

from __future__ import annotations

from dataclasses import dataclass

READABLE = ("cloudflare",)
"""The providers whose lists can be read with a token."""


@dataclass(frozen=True, slots=True)
class Member:
    """One of the list. `accepted` False: invited only. `second_factor` is None where the provider does not say."""

    name: str
    address: str
    accepted: bool
    roles: tuple[str, ...] = ()
    second_factor: bool | None = None

    @property
    def shown(self) -> str:
        """Name and address, as far as they are known."""
        return f"{self.name} <{self.address}>" if self.name and self.address else self.address or self.name


@dataclass(frozen=True, slots=True)
class MemberList:
    """All members, unless `capped`."""

    provider: str
    members: tuple[Member, ...]
    capped: bool = False
