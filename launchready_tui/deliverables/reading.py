"""A snapshot arranged for writing about it: checks with all their subjects, records by what they say, evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from launchready_tui.deliverables import marks
from launchready_tui.deliverables.dates import minute
from launchready_tui.engine.fixplan import Priority, priorities
from launchready_tui.model.board import Snapshot, Standing
from launchready_tui.model.evidence import Evidence
from launchready_tui.model.journal import counting, payload
from launchready_tui.model.records import Decision, Grant, Note, Ownership, Payload, Person, ProductText, Record, System
from launchready_tui.model.runbook import Deliverable, Entry, Stage
from launchready_tui.model.verdicts import Severity, Verdict
from launchready_tui.text import plural

_SEVERITIES = list(Severity)
_PROBLEMS = (Verdict.FAIL, Verdict.WARN)
_UNSEEN = (Verdict.UNKNOWN, Verdict.NOT_RUN, Verdict.ERROR)


@dataclass(frozen=True, slots=True)
class Group:
    """One check with all its subjects, the worst first."""

    entry: Entry
    rows: tuple[Standing, ...]

    @property
    def worst(self) -> Standing:
        """What stands for the whole check."""
        return self.rows[0]

    @property
    def is_known(self) -> bool:
        """Whether anybody looked, answered or drilled at all."""
        return any(marks.was_seen(row.result) for row in self.rows)

    def having(self, *verdicts: Verdict) -> tuple[Standing, ...]:
        """The subjects with one of those verdicts."""
        return tuple(row for row in self.rows if row.verdict in verdicts)


@dataclass(frozen=True, slots=True)
class Reading:
    """The snapshot and what was looked up in it once.

    `records`: the newest counting record by what it is about. `redacted`: names and the like were masked before.
    """

    snapshot: Snapshot
    groups: tuple[Group, ...]
    priorities: tuple[Priority, ...]
    records: Mapping[tuple[str, ...], Record]
    numbers: Mapping[int, Record]
    by_key: Mapping[tuple[str, str], Standing]
    evidence: Mapping[str, Evidence[Any]]
    as_of: datetime | None
    redacted: bool = False

    @property
    def date(self) -> str:
        """The date of the documents: that of the newest thing that anybody saw or recorded."""
        return minute(self.as_of) if self.as_of else "nothing recorded yet"

    @property
    def product(self) -> str:
        """What is being launched."""
        return self.snapshot.product.name

    def covering(self, controls: Iterable[str]) -> tuple[Group, ...]:
        """The checks that cover any of the catalogue rows, in the runbook's order."""
        rows = tuple(controls)
        return tuple(group for group in self.groups if any(group.entry.covers(row) for row in rows))

    def record_of(self, said: Payload) -> Record | None:
        """The record in which something that counts was said."""
        return self.records.get(_about(said))

    def notes(self, checks: Iterable[str]) -> tuple[Record, ...]:
        """The notes about those checks; '' is the engagement itself."""
        wanted = frozenset(checks)
        return tuple(record for record in self.snapshot.state.notes if payload(record, Note).check in wanted)

    def decisions(self, topics: Iterable[str]) -> tuple[Record, ...]:
        """The decisions about those checks or cards."""
        wanted = frozenset(topics) - {""}
        return tuple(record for record in self.snapshot.state.decisions if payload(record, Decision).topic in wanted)

    @property
    def problems(self) -> tuple[Standing, ...]:
        """Every open fail and warning, in the order of the fix plan; then those that were waived."""
        waived = [row for row in self.snapshot.board if row.is_waived and row.verdict in _PROBLEMS]
        return (*(item.standing for item in self.priorities), *waived)

    @property
    def unseen(self) -> tuple[Standing, ...]:
        """What nobody could see or looked at, or saw too long ago to count; blockers first."""
        rows = [row for row in self.snapshot.board if (row.verdict in _UNSEEN or row.stale) and not row.is_waived]
        rows = [row for row in rows if row.verdict not in _PROBLEMS and row.verdict is not Verdict.NOT_APPLICABLE]
        return tuple(sorted(rows, key=lambda row: (_SEVERITIES.index(row.severity), row.needs_person)))

    @property
    def high_risks(self) -> tuple[Standing, ...]:
        """The high rows that a launch accepts without a waiver."""
        return tuple(self.by_key[key] for key in self.snapshot.gate.risks)

    @property
    def not_seen(self) -> str:
        """How much nobody has looked at yet, in words; '' where everything was seen."""
        blockers = len(self.snapshot.gate.unseen)
        if blockers:
            return f"{plural(blockers, 'blocker')} not seen yet"
        others = sum(row.severity is not Severity.INFO for row in self.unseen)
        return f"{plural(others, 'check')} not seen yet, none of them a blocker" if others else ""

    def deliverable(self, document: str) -> tuple[Stage, Deliverable] | None:
        """The runbook's entry for a document, with its stage."""
        for stage in self.snapshot.runbook.stages:
            for item in stage.deliverables:
                if item.document == document:
                    return stage, item
        return None


def read(snapshot: Snapshot, evidence: Iterable[Evidence[Any]] = (), *, redacted: bool = False) -> Reading:
    """Arrange a snapshot."""
    rows: dict[str, list[Standing]] = {}
    for row in snapshot.board:
        rows.setdefault(row.entry.id, []).append(row)
    groups = tuple(Group(found[0].entry, tuple(sorted(found, key=_worst_first))) for found in rows.values())
    return Reading(
        snapshot=snapshot,
        groups=groups,
        priorities=priorities(snapshot),
        records={_about(record.payload): record for record in counting(snapshot.records)},
        numbers={record.number: record for record in snapshot.records},
        by_key={row.key: row for row in snapshot.board},
        evidence={item.id: item for item in evidence},
        as_of=newest(snapshot),
        redacted=redacted,
    )


def severity_of(group: Group) -> Severity:
    """The severity of the worst subject."""
    return min((row.severity for row in group.rows), key=_SEVERITIES.index)


def _worst_first(row: Standing) -> tuple[int, int]:
    return (marks.urgency(row), _SEVERITIES.index(row.severity))


def newest(snapshot: Snapshot) -> datetime | None:
    """The moment of the newest thing that anybody saw or recorded."""
    moments = [record.at for record in snapshot.records]
    moments += [run.finished_at for run in snapshot.runs if run.finished_at]
    for row in snapshot.board:
        moments += [seen.at for seen in (row.result, row.live) if seen is not None and marks.was_seen(seen)]
    return max(moments, default=None)


def _about(said: Payload) -> tuple[str, ...]:
    """What a record replaces an earlier one about."""
    match said:
        case ProductText():
            return ("product",)
        case Person(name=name):
            return ("person", name)
        case System(area=area):
            return ("system", area)
        case Grant(area=area, person=person):
            return ("grant", area, person)
        case Ownership(check=check, subject=subject):
            return ("owner", check, subject)
        case _:
            return ("other",)
