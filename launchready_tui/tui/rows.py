"""What the list of checks shows: one row per check with its worst state, opened into a row per subject. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from math import sqrt

from launchready_tui.model.board import Snapshot, Standing
from launchready_tui.model.results import Result
from launchready_tui.model.runbook import Entry, Stage
from launchready_tui.model.verdicts import Severity, Verdict
from launchready_tui.text import one_line, plural
from launchready_tui.tui.query import Query
from launchready_tui.tui.render import URGENCY, Mark, mark_of

Key = tuple[str, str]
"""Check and subject; subject '' stands for the check as a whole."""

_RANK = {mark: rank for rank, mark in enumerate(URGENCY)}
_WEIGHT = {severity: weight for weight, severity in enumerate(Severity)}
_UNSEEN = (Verdict.UNKNOWN, Verdict.NOT_RUN, Verdict.ERROR)
_JOURNEY = {"checkout": 5, "signup": 4, "login": 4, "listing": 3, "search": 2}
_EXPOSURE = {"authed": 0.6, "internal": 0.3}


class Shape(StrEnum):
    """What a row is."""

    GROUP = "group"
    CHECK = "check"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list. `lead` is what it stands for: the worst of its subjects.

    `title` and `about` may hold outside text: whoever draws them makes it safe, for the lines that are seen.
    """

    shape: Shape
    key: Key
    title: str
    lead: Standing | None = None
    members: tuple[Standing, ...] = ()
    mark: Mark = Mark.NOT_RUN
    loud: bool = False
    about: str = ""
    owner: str = ""
    seen: datetime | None = None
    opened: bool | None = None
    """Whether its subjects are shown; None where there is nothing to open."""

    @property
    def keys(self) -> tuple[Key, ...]:
        """All checks and subjects that it stands for."""
        return tuple(member.key for member in self.members)


def with_result(row: Standing, result: Result) -> Standing:
    """How a row stands after a result that came in just now, until the engine says it better."""
    if result.verdict in _UNSEEN and row.attestation is not None and row.result.record:
        return row
    waiver = row.waiver if row.result.reason == result.reason else None
    return replace(row, result=result, live=None, stale=False, waiver=waiver)


class Board:
    """The standings of a snapshot by stage and by key, with what a running run adds."""

    def __init__(self, snapshot: Snapshot, results: Mapping[Key, Result] | None = None) -> None:
        self.snapshot = snapshot
        self._rows: dict[Key, Standing] = {row.key: row for row in snapshot.board}
        self._stages: dict[str, list[Key]] = {}
        for row in snapshot.board:
            self._stages.setdefault(row.entry.stage, []).append(row.key)
        self._tallies: list[StageTally] | None = None
        self._fixes: list[Row] | None = None
        self.add(results or {})

    def add(self, results: Mapping[Key, Result]) -> None:
        """Results that came in."""
        self._tallies = self._fixes = None
        for key, result in results.items():
            if key in self._rows:
                self._rows[key] = with_result(self._rows[key], result)

    def stage(self, stage_id: str) -> list[Standing]:
        """The rows of a stage in the runbook's order."""
        return [self._rows[key] for key in self._stages.get(stage_id, ())]

    def get(self, key: Key) -> Standing | None:
        """One row."""
        return self._rows.get(key)

    def of_check(self, check: str) -> list[Standing]:
        """All rows of a check."""
        entry = self.snapshot.runbook.entry(check)
        return [row for row in self.stage(entry.stage) if row.entry.id == check] if entry else []

    def __iter__(self) -> Iterator[Standing]:
        return iter(self._rows.values())

    def tallies(self) -> list[StageTally]:
        """How far each stage is, in order; counted once until results come in."""
        if self._tallies is None:
            self._tallies = stage_tallies(self)
        return self._tallies

    def fixes(self) -> list[Row]:
        """What to repair first; sorted once until results come in."""
        if self._fixes is None:
            self._fixes = fix_first(self)
        return self._fixes


def build_rows(
    standings: Iterable[Standing],
    *,
    query: Query,
    opened: Collection[str],
    running: Collection[Key],
    done: Collection[Key] = (),
    domain: str = "",
) -> list[Row]:
    """The lines of the list: group headings, checks, and the subjects of the opened ones. A filter opens what it
    finds.
    """
    rows: list[Row] = []
    group = ""
    for entry, members in _by_check(standings, query, running):
        if entry.group != group:
            group = entry.group
            rows.append(Row(Shape.GROUP, (f"group {entry.group}", ""), group))
        several = len(members) > 1
        is_open = several and (entry.id in opened or bool(query.terms))
        rows.append(_check_row(entry, members, is_open if several else None, running, done, domain))
        if is_open:
            rows += [_subject_row(member, running) for member in members]
    return rows


def _by_check(
    standings: Iterable[Standing], query: Query, running: Collection[Key]
) -> list[tuple[Entry, list[Standing]]]:
    found: dict[str, tuple[Entry, list[Standing]]] = {}
    for row in standings:
        if not query.terms or query.fits(row, row.key in running):
            found.setdefault(row.entry.id, (row.entry, []))[1].append(row)
    # Checks of one group stand together even where the runbook has them apart.
    groups: dict[str, list[tuple[Entry, list[Standing]]]] = {}
    for entry, members in found.values():
        groups.setdefault(entry.group, []).append((entry, members))
    return [item for items in groups.values() for item in items]


def worst(members: Sequence[Standing], running: Collection[Key] = ()) -> tuple[Mark, Standing]:
    """The worst state and the row that has it."""
    return _worst([mark_of(member, member.key in running) for member in members], members)


def _worst(marks: Sequence[Mark], members: Sequence[Standing]) -> tuple[Mark, Standing]:
    return min(zip(marks, members, strict=True), key=lambda marked: (_RANK[marked[0]], _WEIGHT[marked[1].severity]))


def _check_row(
    entry: Entry,
    members: list[Standing],
    opened: bool | None,
    running: Collection[Key],
    done: Collection[Key],
    domain: str,
) -> Row:
    marks = [mark_of(member) for member in members]
    mark, lead = _worst(marks, members)
    busy = sum(member.key in running for member in members) if running else 0
    if busy:
        mark = Mark.RUNNING
    owners = {member.owner.owner for member in members if member.owner}
    seen = max((member.result.at for member in members if _was_seen(member)), default=None)
    if len(members) == 1:
        subject = lead.result.subject
        about = "" if subject == domain else one_line(subject, 60)
        key = lead.key
    else:
        alike = marks.count(mark)
        noun = ("address", "addresses") if "/" in members[0].result.subject else ("host", "hosts")
        about = plural(len(members), *noun)
        if busy:
            about = f"{sum(member.key in done for member in members)} of {len(members)}"
        elif alike < len(members) and mark not in (Mark.PASS, Mark.ATTESTED):
            about = f"{alike} of {about}"
        key = (entry.id, "")
    return Row(
        Shape.CHECK,
        key,
        entry.claim,
        lead,
        tuple(members),
        mark,
        mark is Mark.FAIL and lead.severity is Severity.BLOCKER,
        about,
        owners.pop() if len(owners) == 1 else (f"{len(owners)} people" if owners else ""),
        seen,
        opened,
    )


def _subject_row(member: Standing, running: Collection[Key]) -> Row:
    mark = mark_of(member, member.key in running)
    return Row(
        Shape.SUBJECT,
        member.key,
        member.result.subject,
        member,
        (member,),
        mark,
        mark is Mark.FAIL and member.severity is Severity.BLOCKER,
        member.result.summary,
        member.owner.owner if member.owner else "",
        member.result.at if _was_seen(member) else None,
    )


def _was_seen(row: Standing) -> bool:
    return bool(row.result.run or row.result.record)


def tally(rows: Iterable[Row]) -> dict[Mark, int]:
    """How many checks of a list are in which state."""
    counts: dict[Mark, int] = {}
    for row in rows:
        if row.shape is Shape.CHECK:
            counts[row.mark] = counts.get(row.mark, 0) + 1
    return counts


@dataclass(frozen=True, slots=True)
class StageTally:
    """How far a stage is, counted in checks as the list shows them: a check is done when all its subjects are
    settled.
    """

    stage: Stage
    done: int
    total: int
    failing: int
    blocking: int


def stage_tallies(board: Board) -> list[StageTally]:
    """All stages in order."""
    tallies = []
    for stage in board.snapshot.runbook.stages:
        checks: dict[str, list[Standing]] = {}
        for row in board.stage(stage.id):
            checks.setdefault(row.entry.id, []).append(row)
        fails = [
            [row for row in members if row.verdict is Verdict.FAIL and not row.is_waived] for members in checks.values()
        ]
        tallies.append(
            StageTally(
                stage,
                done=sum(all(row.is_settled for row in members) for members in checks.values()),
                total=len(checks),
                failing=sum(bool(rows) for rows in fails),
                blocking=sum(any(row.blocks for row in rows) for rows in fails),
            )
        )
    return tallies


def risk(row: Standing) -> float:
    """The order of the fix plan (CHECKS.md b0): severity × journey × exposure ÷ √minutes."""
    entry = row.entry
    return (
        row.severity.weight
        * _JOURNEY.get(entry.journey, 1)
        * _EXPOSURE.get(entry.exposure, 1.0)
        / sqrt(max(1, entry.minutes))
    )


def fix_first(board: Board, most: int = 200) -> list[Row]:
    """What to repair first: every failing check once, the most risk per effort first."""
    failing: dict[str, list[Standing]] = {}
    for row in board.snapshot.board:
        now = board.get(row.key) or row
        if now.verdict is Verdict.FAIL and not now.is_waived:
            failing.setdefault(now.entry.id, []).append(now)
    found = [_check_row(members[0].entry, members, None, (), (), "") for members in failing.values()]
    found.sort(key=lambda row: (-risk(row.lead) if row.lead else 0.0, row.key))
    return found[:most]
