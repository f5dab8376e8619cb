"""The fold of an engagement's journal: which records count now, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from launchready_tui.model.records import (
    Attestation,
    Authorization,
    Change,
    ClockMark,
    Decision,
    Drill,
    Grant,
    Measurement,
    Note,
    Ownership,
    Payload,
    Person,
    ProductText,
    Record,
    Redo,
    SignOff,
    System,
    Undo,
    Waiver,
)

P = TypeVar("P", bound=Payload)
Key = tuple[str, str]
"""Check and subject."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The sprint clock.

    `spent` is the running time in seconds up to `since`; while running, time since then adds to it.
    """

    started_at: datetime | None = None
    since: datetime | None = None
    running: bool = False
    reason: str = ""
    stage: str = ""
    spent: float = 0.0
    spent_by_stage: Mapping[str, float] = field(default_factory=dict)

    def elapsed(self, now: datetime) -> float:
        """Seconds that the sprint has run."""
        return self.spent + self._open(now)

    def elapsed_in(self, stage: str, now: datetime) -> float:
        """Seconds that the sprint has run while that stage was the one worked on."""
        return self.spent_by_stage.get(stage, 0.0) + (self._open(now) if stage == self.stage else 0.0)

    def _open(self, now: datetime) -> float:
        return max(0.0, (now - self.since).total_seconds()) if self.running and self.since else 0.0

    def mark(self, mark: ClockMark, at: datetime) -> Clock:
        """The clock after a mark."""
        passed = self._open(at)
        spent_by_stage = dict(self.spent_by_stage)
        if passed and self.stage:
            spent_by_stage[self.stage] = spent_by_stage.get(self.stage, 0.0) + passed
        clock = replace(self, spent=self.spent + passed, spent_by_stage=spent_by_stage, since=at)
        if mark.action == "pause":
            return replace(clock, running=False, reason=mark.reason)
        if mark.action == "stage":
            return replace(clock, stage=mark.stage)
        return replace(clock, running=True, reason="", started_at=self.started_at or at, stage=mark.stage or self.stage)


@dataclass(frozen=True, slots=True)
class State:
    """What the records that count add up to.

    Records keep their number and time. `former` are accesses that somebody looked up again and found gone, `mapped` is
    the newest record of the access map.
    """

    product: ProductText | None = None
    people: tuple[Person, ...] = ()
    systems: tuple[System, ...] = ()
    grants: tuple[Grant, ...] = ()
    former: tuple[Grant, ...] = ()
    mapped: Record | None = None
    attestations: Mapping[Key, Record] = field(default_factory=dict)
    drills: Mapping[Key, Record] = field(default_factory=dict)
    waivers: Mapping[Key, Record] = field(default_factory=dict)
    owners: Mapping[Key, Ownership] = field(default_factory=dict)
    decisions: tuple[Record, ...] = ()
    notes: tuple[Record, ...] = ()
    authorizations: tuple[Record, ...] = ()
    sign_offs: tuple[Record, ...] = ()
    changes: tuple[Record, ...] = ()
    measurements: tuple[Record, ...] = ()
    clock: Clock = Clock()
    undoable: int = 0
    redoable: int = 0

    def owner_of(self, check: str, subject: str) -> Ownership | None:
        """Who owns a check for a subject: the subject's own owner, else the owner of the whole check."""
        found = self.owners.get((check, subject)) or self.owners.get((check, ""))
        return found if found and found.owner else None

    def superseded(self) -> frozenset[int]:
        """The numbers of decisions that a later one replaces."""
        return frozenset(payload(record, Decision).supersedes for record in self.decisions) - {0}

    def authorized(self, host: str, level: str, at: datetime) -> Record | None:
        """The authorization that covers a host at that level and time."""
        for record in reversed(self.authorizations):
            grant = payload(record, Authorization)
            in_time = grant.until is None or at <= grant.until
            if in_time and level in grant.levels and grant.host in ("*", host):
                return record
        return None


def payload(record: Record, kind: type[P]) -> P:
    """The payload of a record, which must be of that kind."""
    if not isinstance(record.payload, kind):
        raise TypeError(f"record {record.number} is a {record.payload.kind}, not a {kind.kind}")
    return record.payload


def counting(records: Iterable[Record]) -> list[Record]:
    """The records that count: those which were not taken back."""
    everything = list(records)
    undone: set[int] = set()
    for record in everything:
        if isinstance(record.payload, Undo):
            undone.add(record.payload.target)
        elif isinstance(record.payload, Redo):
            undone.discard(record.payload.target)
    return [r for r in everything if r.number not in undone and not isinstance(r.payload, (Undo, Redo))]


def fold(records: Iterable[Record]) -> State:
    """The state of an engagement from its whole journal."""
    everything = list(records)
    product: ProductText | None = None
    people: dict[str, Person] = {}
    systems: dict[str, System] = {}
    grants: dict[tuple[str, str], Grant] = {}
    newest: dict[type[Payload], dict[Key, Record]] = {Attestation: {}, Drill: {}, Waiver: {}}
    owners: dict[Key, Ownership] = {}
    listed = (Decision, Note, Authorization, SignOff, Change, Measurement)
    lists: dict[type[Payload], list[Record]] = {kind: [] for kind in listed}
    clock = Clock()
    mapped: Record | None = None
    for record in counting(everything):
        if isinstance(record.payload, (Person, System, Grant)):
            mapped = record
        match record.payload:
            case ProductText() as item:
                product = item
            case Person() as item:
                people[item.name] = item
            case System() as item:
                systems[item.area] = item
            case Grant() as item:
                grants[item.area, item.person] = item
            case Attestation() | Drill() | Waiver() as item:
                subject = "" if isinstance(item, Drill) else item.subject
                newest[type(item)][item.check, subject] = record
            case Ownership() as item:
                owners[item.check, item.subject] = item
            case ClockMark() as item:
                clock = clock.mark(item, record.at)
            case item if type(item) in lists:
                lists[type(item)].append(record)
    return State(
        product=product,
        people=tuple(person for person in people.values() if not person.removed),
        systems=tuple(system for system in systems.values() if not system.removed),
        grants=tuple(grant for grant in grants.values() if grant.role),
        former=tuple(grant for grant in grants.values() if not grant.role and grant.gone_at),
        mapped=mapped,
        attestations=newest[Attestation],
        drills=newest[Drill],
        waivers=newest[Waiver],
        owners=owners,
        decisions=tuple(lists[Decision]),
        notes=tuple(lists[Note]),
        authorizations=tuple(lists[Authorization]),
        sign_offs=tuple(lists[SignOff]),
        changes=tuple(lists[Change]),
        measurements=tuple(lists[Measurement]),
        clock=clock,
        undoable=undoable(everything),
        redoable=redoable(everything),
    )


def undoable(records: Iterable[Record]) -> int:
    """The number of the record that undo would take back, 0 for none. The first product profile stays."""
    counted = counting(records)
    candidates = [r.number for r in counted if r.payload.undoable]
    first_product = next((r.number for r in counted if isinstance(r.payload, ProductText)), 0)
    return next((number for number in reversed(candidates) if number != first_product), 0)


def redoable(records: Iterable[Record]) -> int:
    """The number of the record that redo would bring back, 0 for none.

    A new record of a person ends what can be redone.
    """
    stack: list[int] = []
    for record in records:
        if isinstance(record.payload, Undo):
            stack.append(record.payload.target)
        elif isinstance(record.payload, Redo):
            if record.payload.target in stack:
                stack.remove(record.payload.target)
        elif record.payload.undoable:
            stack.clear()
    return stack[-1] if stack else 0


SPRINT = timedelta(hours=48)
"""The length of the sprint (ROADMAP.md H)."""
