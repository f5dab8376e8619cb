"""Dangers of the access map that come with a date or an address: cards, recovery, the consultant's exit. Pure
(CHECKS.md S7.ACC.06, 07).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from launchready_tui.model.records import Grant, Person, System
from launchready_tui.model.verdicts import Severity
from launchready_tui.text import one_line, span

CARD_DAYS = 60
"""How long a card has to be valid at least."""

_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")
_ROOTS = ("registrar", "dns", "workspace-mail")
"""Systems whose own mail stops when they do: their way back must not lead through the product's domain."""


@dataclass(frozen=True, slots=True)
class Danger:
    """Something about a system that can lock the business out. `kind` is a stable slug."""

    kind: str
    area: str
    severity: Severity
    words: str
    sentence: str


def card_end(month: str) -> datetime | None:
    """The last moment of a card that ends in a month written as `2027-03`; None where it is none."""
    found = _MONTH.match(month.strip())
    if found is None or int(found[1]) < 1:
        return None
    year, number = int(found[1]), int(found[2])
    return datetime(year, number, calendar.monthrange(year, number)[1], 23, 59, 59, tzinfo=UTC)


def dated(
    title: str, area: str, system: System | None, grants: Mapping[str, Grant], people: Iterable[Person], now: datetime,
    domain: str,
) -> list[Danger]:  # fmt: skip
    """The dangers of one system that is in use, the worst first."""
    everybody = list(people)
    found = (
        _cards(area, system, now)
        + _payers(area, grants, everybody)
        + _recovery(area, system, everybody, domain)
        + _exits(area, grants, everybody, now)
    )
    order = list(Severity)
    told = [Danger(d.kind, d.area, d.severity, d.words, f"{title}: {d.sentence}") for d in found]
    return sorted(told, key=lambda danger: order.index(danger.severity))


def _cards(area: str, system: System | None, now: datetime) -> list[Danger]:
    end = card_end(system.card_expires) if system else None
    if end is None:
        return []
    month = f"{end:%b %Y}"
    if end < now:
        return [Danger("card-expired", area, Severity.HIGH, "card expired", f"the card that pays ended in {month}.")]
    if end < now + timedelta(days=CARD_DAYS):
        sentence = f"the card that pays ends in {month}, less than {CARD_DAYS} days from now."
        return [Danger("card-ends", area, Severity.MEDIUM, "card ends soon", sentence)]
    return []


def _payers(area: str, grants: Mapping[str, Grant], people: list[Person]) -> list[Danger]:
    consultants = {person.name for person in people if person.role == "consultant"}
    payer = next((grant.person for grant in grants.values() if grant.pays and grant.person in consultants), None)
    if payer is None:
        return []
    sentence = f"the bill goes to the card of {one_line(payer, 40)}, who leaves after the sprint."
    return [Danger("consultant-pays", area, Severity.HIGH, "consultant pays", sentence)]


def _recovery(area: str, system: System | None, people: list[Person], domain: str) -> list[Danger]:
    address = system.recovery.strip().casefold() if system else ""
    if not address:
        return []
    consultants = [person for person in people if person.role == "consultant" and person.contact.strip()]
    owner = next((p for p in consultants if p.contact.strip().casefold() in address), None)
    if owner is not None:
        sentence = f"a lost login comes back to {one_line(owner.name, 40)}, who leaves after the sprint."
        return [Danger("recovery-consultant", area, Severity.HIGH, "recovery: consultant", sentence)]
    if domain and area in _ROOTS and address.rpartition("@")[2] in (domain, f"www.{domain}"):
        sentence = f"a lost login comes back to a mailbox of {domain}, which is down when this is."
        return [Danger("recovery-circle", area, Severity.HIGH, "recovery in a circle", sentence)]
    return []


def _exits(area: str, grants: Mapping[str, Grant], people: list[Person], now: datetime) -> list[Danger]:
    consultants = {person.name for person in people if person.role == "consultant"}
    found: list[Danger] = []
    for grant in grants.values():
        name = one_line(grant.person, 40)
        if grant.until is not None and grant.until < now:
            late = span((now - grant.until).total_seconds())
            sentence = f"{name} should have been removed {late} ago: look again, and record that it is gone."
            found.append(Danger("exit-overdue", area, Severity.HIGH, "removal overdue", sentence))
        elif grant.until is None and grant.person in consultants:
            sentence = f"nobody said when the access of {name} is removed."
            found.append(Danger("no-exit-date", area, Severity.MEDIUM, "no removal date", sentence))
    return found
