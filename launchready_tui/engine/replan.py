"""The 48-hour clock when it runs out: what remains, by impact and minutes, and what to drop first. Pure
(CHECKS.md b12).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from launchready_tui.engine.fixplan import priority
from launchready_tui.model.board import Snapshot, Standing
from launchready_tui.model.journal import SPRINT, State, payload
from launchready_tui.model.records import Decision
from launchready_tui.model.runbook import Entry, Kind, Stage
from launchready_tui.model.verdicts import Severity, Verdict

NOW, LATER, NEVER = "now", "after the launch", "never"
"""The three answers to whether something belongs into the sprint."""

LOOK_MINUTES = 1
"""What a check costs that the program can look at by itself."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is left to do about one check: the worst severity of its open subjects, and the score of the fix plan."""

    entry: Entry
    severity: Severity
    score: float
    minutes: int

    @property
    def can_wait(self) -> bool:
        """Whether it may be dropped at all: a blocker is accepted by a waiver or not at all."""
        return self.severity is not Severity.BLOCKER


@dataclass(frozen=True, slots=True)
class Plan:
    """The remaining work in order, against the minutes that are left of the sprint."""

    work: tuple[Work, ...]
    minutes_left: int

    @property
    def minutes(self) -> int:
        """All of it together."""
        return sum(item.minutes for item in self.work)

    @property
    def over(self) -> int:
        """By how many minutes it does not fit."""
        return max(0, self.minutes - self.minutes_left)


@dataclass(frozen=True, slots=True)
class Overrun:
    """A stage that took longer than its time box, in minutes; `hour` counts the hours begun since then."""

    stage: Stage
    spent: int
    box: int

    @property
    def hour(self) -> int:
        """In which hour over the box this is: 0 is the first."""
        return (self.spent - self.box) // 60


def overrun(snapshot: Snapshot) -> Overrun | None:
    """The stage that is worked on, if its time box is over and its clock runs."""
    clock = snapshot.state.clock
    stage = next((stage for stage in snapshot.runbook.stages if stage.id == clock.stage), None)
    if stage is None or not clock.running:
        return None
    spent = int(clock.elapsed_in(stage.id, snapshot.now) // 60)
    return Overrun(stage, spent, stage.minutes) if spent > stage.minutes else None


def plan(snapshot: Snapshot) -> Plan:
    """What remains, the greatest impact for its minutes first, blockers before all else, without what was dropped."""
    gone = dropped(snapshot.state)
    rows: dict[str, list[Standing]] = {}
    for row in snapshot.board:
        wanted = not row.is_settled and row.severity is not Severity.INFO
        if wanted and (row.entry.id not in gone or row.severity is Severity.BLOCKER):
            rows.setdefault(row.entry.id, []).append(row)
    work = [_work(found, snapshot) for found in rows.values()]
    order = list(Severity)
    work.sort(key=lambda item: (item.can_wait, -item.score, order.index(item.severity), item.entry.id))
    left = SPRINT.total_seconds() - snapshot.state.clock.elapsed(snapshot.now)
    return Plan(tuple(work), max(0, int(left // 60)))


def _work(rows: Sequence[Standing], snapshot: Snapshot) -> Work:
    entry = rows[0].entry
    order = list(Severity)
    worst = min((row.severity for row in rows), key=order.index)
    only_look = entry.kind is Kind.LIVE and all(row.verdict is not Verdict.FAIL for row in rows)
    score = max(priority(row, snapshot.product).score for row in rows)
    return Work(entry, worst, score, LOOK_MINUTES if only_look else entry.minutes)


def to_drop(plan: Plan) -> tuple[Work, ...]:
    """Everything that may wait, what is missed least first: medium before high, little impact before much."""
    order = list(Severity)
    waiting = [item for item in plan.work if item.can_wait]
    return tuple(sorted(waiting, key=lambda item: (-order.index(item.severity), item.score, item.entry.id)))


def suggested(plan: Plan) -> tuple[Work, ...]:
    """As much of it as makes the rest fit into what is left of the sprint; nothing where all fits."""
    over, found = plan.over, []
    for item in to_drop(plan):
        if over <= 0:
            break
        found.append(item)
        over -= item.minutes
    return tuple(found)


def dropped(state: State) -> frozenset[str]:
    """The checks that a standing decision put off."""
    replaced = state.superseded()
    newest = {
        payload(record, Decision).topic: payload(record, Decision).choice
        for record in state.decisions
        if record.number not in replaced
    }
    return frozenset(topic for topic, choice in newest.items() if topic and choice in (LATER, NEVER))


def drop(works: Iterable[Work], who: str, why: str) -> tuple[Decision, ...]:
    """The decisions that put these off."""
    return tuple(
        Decision(
            title=f"Drop “{item.entry.claim}” from the sprint?",
            options=(NOW, LATER, NEVER),
            choice=LATER,
            why=why,
            who=who,
            topic=item.entry.id,
        )
        for item in works
    )
