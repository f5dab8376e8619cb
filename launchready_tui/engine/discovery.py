"""What a domain reveals at a first look: which of the usual hosts exist. A proposal for the profile, never more."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from launchready_tui.engine.asking import LiveDoor
from launchready_tui.engine.session import utc_now
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Host, HostRole, Product
from launchready_tui.model.questions import DnsAnswer, DnsLookup
from launchready_tui.model.verdicts import Consent
from launchready_tui.text import one_line

USUAL: tuple[tuple[str, HostRole], ...] = (("", "apex"), ("www", "www"), ("app", "app"), ("api", "api"))


@dataclass(frozen=True, slots=True)
class Discovery:
    """A proposed profile, and what is worth telling about how it was found."""

    product: Product
    notices: tuple[str, ...] = ()


async def discover(name: str, domain: str, repository: str = "", base: Product | None = None) -> Discovery:
    """Look the usual hosts and the mail exchangers of a domain up.

    Without a network the apex alone is proposed, and said so.
    """
    from launchready_tui.probes.prober import Prober

    blank = base or Product(name, domain)
    door = LiveDoor(
        Prober(blank.network, blank.base),
        clock=utc_now,
        may=lambda host, level: level is Consent.PASSIVE,
        keep=lambda evidence: None,
    )
    try:
        names = [(f"{label}.{domain}" if label else domain, role) for label, role in USUAL]
        answers = await asyncio.gather(*(_addresses(door, host) for host, _ in names), _records(door, domain, "MX"))
    finally:
        await door.aclose()
    hosts = [
        Host(host, role)
        for (host, role), found in zip(names, answers, strict=False)
        if isinstance(found, list) and found
    ]
    notices = [
        f"{host} could not be looked up ({found.message}); it is not in the profile"
        for (host, _), found in zip(names, answers, strict=False)
        if isinstance(found, Failure)
    ]
    mail = answers[-1]
    targets = [record.split()[-1].lower() for record in mail if record.split()] if isinstance(mail, list) else []
    hosts += [
        Host(target, "mail")
        for target in targets
        if target.endswith(f".{domain}") and target not in [h.name for h in hosts]
    ]
    if not any(host.name == domain for host in hosts):
        hosts.insert(0, Host(domain, "apex"))
        notices.append(f"{domain} has no address that could be seen from here; it is in the profile all the same")
    product = Product(name, domain, tuple(hosts), repository=repository, network=blank.network)
    return Discovery(product, tuple(one_line(text) for text in notices))


async def _records(door: LiveDoor, name: str, rdtype: str) -> list[str] | Failure:
    answer = await door.ask(DnsLookup(name, rdtype), 1)
    if answer.failure is not None:
        return answer.failure
    facts: DnsAnswer = answer.facts
    return list(facts.records)


async def _addresses(door: LiveDoor, name: str) -> list[str] | Failure:
    found = await asyncio.gather(_records(door, name, "A"), _records(door, name, "AAAA"))
    records = [record for item in found if isinstance(item, list) for record in item]
    failures = [item for item in found if isinstance(item, Failure)]
    return records if records or not failures else failures[0]
