"""Reads who is a member of an account, with the operator's own token and with GET alone (ADAPTERS.md d1).

What it gives is personal data: it is compared with the access map and never stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from launchready_tui.model.evidence import Ask, Failure, Fault
from launchready_tui.model.members import READABLE, Member, MemberList
from launchready_tui.model.questions import ProviderRead
from launchready_tui.probes.provider import APIS, ProviderProbe, Whole, trusted_base
from launchready_tui.text import one_line

_LONGEST = 200
"""Characters of a name, an address, a role."""


class MemberProbe(ProviderProbe):
    """The reader of member lists."""

    async def members(self, provider: str, domain: str, ask: Ask) -> MemberList | Failure:
        """The members of the account that the zone of the domain lies in."""
        api = APIS.get(provider)
        if api is None or provider not in READABLE:
            message = f"no member list of {one_line(provider, 40)} can be read"
            return Failure("malformed", message, Fault.USAGE)
        base = trusted_base(self.override(provider), api)
        if isinstance(base, Failure):
            return base
        token = await self.token(provider)
        if not token:
            message = f"no {provider} token is known (`launchready token set {provider}`)"
            return Failure("input-missing", message, Fault.USAGE)

        async def read(path: str) -> Whole | Failure:
            return await self.whole(ProviderRead(provider, path), api, base, token, ask)

        zones = await read(f"/zones?name={quote(domain, safe='')}")
        if isinstance(zones, Failure):
            return zones
        account = next(filter(None, map(_account, _dicts(zones.result))), "")
        if not account:
            message = f"the {provider} token sees no zone {one_line(domain, 80)}: it is another account's"
            return Failure("input-missing", message, Fault.USAGE)
        found = await read(f"/accounts/{quote(account, safe='')}/members")
        if isinstance(found, Failure):
            return found
        members = tuple(filter(None, map(_member, _dicts(found.result))))
        if not members:
            return Failure("malformed", f"{provider} answered with no member, not even yourself", Fault.TARGET)
        return MemberList(provider, members, found.capped)


def _dicts(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def _account(zone: dict[str, Any]) -> str:
    account = zone.get("account")
    return _text(account.get("id")) if isinstance(account, dict) else ""


def _member(item: dict[str, Any]) -> Member | None:
    """A member; whatever is not as documented is taken as not said."""
    user = item.get("user")
    user = user if isinstance(user, dict) else {}
    address = _text(user.get("email")) or _text(item.get("email"))
    name = " ".join(filter(None, (_text(user.get("first_name")), _text(user.get("last_name")))))
    if not (address or name):
        return None
    roles = tuple(filter(None, (_text(role.get("name")) for role in _dicts(item.get("roles")))))
    factor = user.get("two_factor_authentication_enabled")
    accepted = _text(item.get("status")).casefold() != "pending"
    return Member(name, address, accepted, roles, factor if isinstance(factor, bool) else None)


def _text(value: object) -> str:
    return one_line(value.strip(), _LONGEST) if isinstance(value, str) else ""
