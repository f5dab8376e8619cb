"""Names: records, delegations, zone transfers, DNSSEC, registrations."""

from __future__ import annotations

from launchready_tui.model.questions import (
    Delegation,
    DelegationFacts,
    DnsAnswer,
    DnsLookup,
    RdapDomain,
    Registration,
    ResolverList,
    Resolvers,
    TransferReply,
    Validation,
    ValidationReply,
    ZoneTransfer,
)
from launchready_tui.text import plural
from launchready_tui.words.figures import Answered, Asked, Parts, Place, day, joined, some


def _lookup(asked: DnsLookup) -> Parts:
    return (f"DNS {asked.rdtype} ", Place(asked.name), f" at {asked.via}" if asked.via else "")


def _answer(found: DnsAnswer) -> str:
    chain = "".join(f"{alias.target} → " for alias in found.aliases[:4])
    text = some(found.records, 6) or ("no such record" if found.rcode == "NOERROR" else found.rcode)
    loop = " · aliases in a circle" if found.loop else ""
    return f"{chain}{text}{loop}" + (f" · TTL {found.ttl} s" if found.ttl is not None else "")


def _resolvers(found: ResolverList) -> str:
    return (", ".join(found.resolvers) or "no resolver") + (", named by the profile" if found.split else "")


def _delegation(found: DelegationFacts) -> str:
    if not found.exists:
        return "the registry knows no such domain"
    ill = [f"{server.name} {server.state}" for server in found.servers if server.state != "ok"]
    other = "" if found.parent == found.child else f"the zone itself names {some(found.child) or 'none'}"
    return joined(f"delegated to {some(found.parent) or 'no name server'}", other, some(ill))


def _transfer(found: TransferReply) -> str:
    if found.allowed:
        return f"handed the zone out: {plural(found.records, 'record')} in the first message"
    return f"refused ({found.rcode})"


def _validation(found: ValidationReply) -> str:
    signed = f"signed until {day(found.signed_until)}" if found.signed_until else "unsigned"
    return joined(found.rcode, signed, "authenticated" if found.authenticated else "not authenticated")


def _registration(found: Registration) -> str:
    if not found.registered:
        return "not registered"
    text = "registered" + (f" at {found.registrar}" if found.registrar else "")
    return joined(text + (f" until {day(found.expires_at)}" if found.expires_at else ""), some(found.statuses))


ASKED: Asked = {
    DnsLookup: _lookup,
    Resolvers: lambda _: ("resolvers of this run",),
    Delegation: lambda asked: ("delegation of ", Place(asked.domain), " from the root"),
    ZoneTransfer: lambda asked: ("zone transfer of ", Place(asked.domain), f" from {asked.server}"),
    Validation: lambda asked: (
        f"DNSSEC {'without validation' if asked.unchecked else 'validation'} of ",
        Place(asked.name),
        f" at {asked.via}",
    ),
    RdapDomain: lambda asked: ("RDAP ", Place(asked.domain)),
}

ANSWERED: Answered = {
    DnsAnswer: _answer,
    ResolverList: _resolvers,
    DelegationFacts: _delegation,
    TransferReply: _transfer,
    ValidationReply: _validation,
    Registration: _registration,
}
