"""Every address of a host and the certificate that it shows there: what the TLS checks have in common.

Load balancers forget one machine when certificates are renewed. So a claim about a host is a claim about each of its
addresses, and it holds only where all of them were seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from launchready_tui.checks.reading.lookups import ask_all, resolve
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Answer, Ask, Failure, Fault, Unseen
from launchready_tui.model.product import Host, Network
from launchready_tui.model.questions import Certificate, TlsHandshake, TlsSession
from launchready_tui.model.verdicts import Judgement, Verdict, unknown
from launchready_tui.text import one_line

NOTHING_THERE = frozenset({"refused", "tls"})
"""Failures that say that an address shows no certificate at all, so that there is none to judge."""

_RULE = re.compile(r"(?P<host>\[[^\]]*\]|[^:]*):(?P<port>\d*):(?P<to_host>\[[^\]]*\]|[^:]*):\d*")
_GRAVITY = (Verdict.FAIL, Verdict.WARN, Verdict.UNKNOWN, Verdict.PASS)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address of a host and its answer to a handshake; `address` is '' where the profile says what to dial."""

    address: str
    answer: Answer[TlsSession]

    @property
    def session(self) -> TlsSession | None:
        """The finished handshake, if there was one."""
        return self.answer.evidence.facts

    @property
    def where(self) -> str:
        """The address that was dialled, for a sentence."""
        return self.address or (self.session.address if self.session else "the address of the profile")


@dataclass(frozen=True, slots=True)
class Shown:
    """A chain that was shown, and when."""

    where: str
    chain: tuple[Certificate, ...]
    seen_at: datetime

    @property
    def leaf(self) -> Certificate:
        """The host's own certificate."""
        return self.chain[0]

    @property
    def issuers(self) -> tuple[Certificate, ...]:
        """The intermediates that were sent; a root has nothing to prove, clients have their own copy."""
        return tuple(certificate for certificate in self.chain[1:] if not certificate.self_issued)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """All addresses of a host, IPv4 first. `unlisted` are the lookups that failed: there may be more addresses."""

    host: str
    all: tuple[Endpoint, ...]
    unlisted: tuple[Failure, ...] = ()

    @property
    def failures(self) -> tuple[tuple[Endpoint, Failure], ...]:
        """The addresses with which no handshake was finished."""
        return tuple((item, item.answer.failure) for item in self.all if item.answer.failure is not None)

    @property
    def unseen(self) -> Failure | None:
        """Why not all of the host was seen; None where all was, or where nothing is shown in the place that was not."""
        hidden = [failure for _, failure in self.failures if failure.reason not in NOTHING_THERE]
        return next(iter((*self.unlisted, *hidden)), None)

    def shown(self) -> tuple[Shown, ...]:
        """Each different chain once, the one that ends first in front. Raises `Unseen` where no address shows any."""
        found: dict[tuple[str, ...], Shown] = {}
        for item in self.all:
            if item.session is not None:
                key = tuple(certificate.sha256 for certificate in item.session.chain)
                found.setdefault(key, Shown(item.where, item.session.chain, item.answer.seen_at))
        if not found:
            raise Unseen(self.failures[0][1])
        return tuple(sorted(found.values(), key=lambda item: item.leaf.not_after))

    def settle(self, judgements: Iterable[Judgement]) -> Judgement:
        """The worst of the judgements of single addresses; a pass becomes unknown where not all could be seen."""
        found = worst(judgements)
        why = self.unseen
        if why is None:
            return found
        if found.verdict is Verdict.PASS:
            return blind(why, found)
        return replace(found, details=(*found.details, f"not seen: {one_line(why.message)}"))


def blind(why: Failure, seen: Judgement) -> Judgement:
    """Unknown, because part of what a claim is about could not be seen; the rest was fine."""
    decide_by = "Run the check from a machine with IPv6." if why.reason == "no-ipv6" else ""
    return unknown(
        why.reason, f"{one_line(why.message)}; the rest: {seen.summary}", decide_by=decide_by, details=seen.details
    )


def worst(judgements: Iterable[Judgement]) -> Judgement:
    """The gravest judgement, the first of equals; what else is wrong, or else fine, becomes its details."""
    ordered = sorted(judgements, key=lambda judgement: _GRAVITY.index(judgement.verdict))
    first, rest = ordered[0], ordered[1:]
    others = [item.summary for item in rest if first.verdict is Verdict.PASS or item.verdict is not Verdict.PASS]
    details = dict.fromkeys((*first.details, *(item for item in others if item != first.summary)))
    return replace(first, details=tuple(details))


async def endpoints(subject: Subject[Host], ask: Ask) -> Endpoints:
    """A handshake with every address of a host. Raises `Unseen` where no address is known."""
    host = subject.item
    addresses, unlisted = await _addresses(host, subject.product.network, ask)
    questions = [TlsHandshake(host.name, address=address) for address in addresses]
    answers = await ask_all(ask, questions)
    return Endpoints(host.name, tuple(map(Endpoint, addresses, answers)), unlisted)


async def shown_by(subject: Subject[Host], ask: Ask, judge: Callable[[Shown], Judgement]) -> Judgement:
    """Judge every different chain that a host shows."""
    found = await endpoints(subject, ask)
    return found.settle([judge(item) for item in found.shown()])


async def _addresses(host: Host, network: Network, ask: Ask) -> tuple[tuple[str, ...], tuple[Failure, ...]]:
    """The addresses to look at, '' for "wherever the profile sends it", and the lookups that failed."""
    if host.is_address:
        return (host.name.strip("[]"),), ()
    if _sent_elsewhere(host.name, network):
        return ("",), ()
    found = await resolve(ask, host.name)
    if found.addresses:
        return tuple(sorted(found.addresses, key=lambda address: ":" in address)), found.failures
    found.require_all()
    why = "does not exist" if found.missing else "has no address"
    raise Unseen(Failure("does-not-resolve", f"{host.name} {why}", Fault.TARGET))


def _sent_elsewhere(name: str, network: Network) -> bool:
    """Whether `connect_to` names another machine for https, as if DNS had been cut over: then DNS is not asked."""
    for rule in network.connect_to:
        parts = _RULE.fullmatch(rule.strip())
        if parts and parts["host"].lower() in ("", name.lower()) and parts["port"] in ("", "443"):
            return bool(parts["to_host"])
    return False
