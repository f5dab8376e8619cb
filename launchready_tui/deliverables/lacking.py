"""What the handover still lacks: what, who can supply it, and how long that takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from launchready_tui.deliverables.reading import Reading
from launchready_tui.deliverables.topics import TOPICS, Topic, is_documented
from launchready_tui.engine.access import AccessRow, access_map
from launchready_tui.model.board import Standing
from launchready_tui.model.journal import payload
from launchready_tui.model.records import PersonRole, SignOff
from launchready_tui.model.runbook import Kind
from launchready_tui.model.verdicts import Severity, Source
from launchready_tui.text import plural

_SUPPLIERS: dict[str, str] = {
    "access": "founder",
    "gate": "founder and consultant",
    "handover": "consultant",
    "operations": "backup",
    "mail": "founder",
    "alerts": "founder",
    "load": "consultant",
}
"""Who usually knows the answers of a family of checks; whoever develops the product knows the others."""

_SYSTEM_MINUTES, _OWNER_MINUTES, _SHORT = 5, 2, 5


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that the handover lacks. `key` is the check and subject to answer, None where it is no check."""

    what: str
    who: str
    minutes: int
    key: tuple[str, str] | None


def lacking(reading: Reading) -> tuple[Missing, ...]:
    """What is missing, the most important first: topics, people and keys, blockers, signatures, the rest."""
    found = [*_topics(reading), *_people(reading), *_answers(reading), *_owners(reading), *_sign_offs(reading)]
    seen: set[tuple[str, str]] = set()
    unique: list[Missing] = []
    for item in found:
        if item.key is None or item.key not in seen:
            unique.append(item)
        if item.key is not None:
            seen.add(item.key)
    return tuple(unique)


def _topics(reading: Reading) -> Iterator[Missing]:
    for topic in TOPICS:
        if is_documented(reading, topic):
            continue
        row = _first_open(reading, topic)
        who = _supplier(reading, row) if row else _role(reading, "founder")
        yield Missing(
            f"{topic.title}: nothing is written down",
            who,
            row.entry.minutes if row else _SHORT,
            row.key if row else None,
        )


def _first_open(reading: Reading, topic: Topic) -> Standing | None:
    rows = [row for group in reading.covering(topic.controls) for row in group.rows if row.needs_person]
    return min(rows, key=lambda row: list(Severity).index(row.severity), default=None)


def _people(reading: Reading) -> Iterator[Missing]:
    people = reading.snapshot.state.people
    for role, why in (("founder", "who decides"), ("backup", "who helps when the founder cannot be reached")):
        if not any(person.role == role for person in people):
            yield Missing(f"A {role} on the list of people: {why}", _role(reading, "founder"), _SYSTEM_MINUTES, None)
    unknown: tuple[AccessRow, ...] = access_map(reading.snapshot).unknown
    for row in unknown:
        yield Missing(
            f"Access map: who holds the keys of {row.title}, or that it is not used",
            _role(reading, "founder"),
            _SYSTEM_MINUTES,
            None,
        )


def _answers(reading: Reading) -> Iterator[Missing]:
    """Everything that waits for a person or has expired, blockers first."""
    for row in reading.unseen:
        if row.entry.kind is Kind.LIVE or row.severity is Severity.INFO:
            continue
        again = " (expired)" if row.result.record and row.result.source is not Source.MAP else ""
        yield Missing(f"{row.entry.claim}{again}", _supplier(reading, row), row.entry.minutes, row.key)


def _owners(reading: Reading) -> Iterator[Missing]:
    without = [
        row for row in reading.problems if row.owner is None and row.severity in (Severity.BLOCKER, Severity.HIGH)
    ]
    checks = {row.entry.id: row for row in without}
    for check, row in checks.items():
        count = sum(other.entry.id == check for other in without)
        places = f" ({plural(count, 'place')})" if count > 1 else ""
        yield Missing(f"An owner for: {row.entry.claim}{places}", _role(reading, "founder"), _OWNER_MINUTES, row.key)


def _sign_offs(reading: Reading) -> Iterator[Missing]:
    signed = {payload(record, SignOff).role for record in reading.snapshot.state.sign_offs}
    roles: tuple[PersonRole, ...] = ("consultant", "founder")
    for role in roles:
        if role not in signed:
            yield Missing(f"Sign-off of the {role}", _role(reading, role), _SHORT, None)
    if not reading.notes(("",)):
        yield Missing("Launch notes: what the next person should know", _role(reading, "consultant"), _SHORT, None)


def _supplier(reading: Reading, row: Standing) -> str:
    """Who can answer: the owner, else whoever usually knows; a blocker needs a witness too."""
    witness = " and a witness" if row.severity is Severity.BLOCKER else ""
    if row.owner is not None:
        return f"{row.owner.owner}{witness}"
    return f"{_role(reading, _SUPPLIERS.get(row.entry.id.partition('.')[0], 'developer'))}{witness}"


def _role(reading: Reading, role: str) -> str:
    """The people of a role by name, else the role."""
    names = [person.name for person in reading.snapshot.state.people if person.role == role]
    return f"{' or '.join(names)} ({role})" if names else role
