"""How an engagement stands at one moment: what every screen, command and document is drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from launchready_tui.model.journal import State
from launchready_tui.model.product import Product
from launchready_tui.model.records import Ownership, Record
from launchready_tui.model.results import Finding, Result, Run
from launchready_tui.model.runbook import Entry, Kind, Runbook, Stage
from launchready_tui.model.verdicts import Severity, Verdict

FRESH = timedelta(hours=48)
"""How long a live result decides the gate (CHECKS.md S7.GO.01)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One check for one subject as it stands: the result that counts now, and the records around it.

    `live` is the newest live result where an attestation settles it instead. `stale`: too old to decide the gate.
    `severity` is that of a fail for the result's reason.
    """

    entry: Entry
    result: Result
    live: Result | None = None
    finding: Finding | None = None
    owner: Ownership | None = None
    waiver: Record | None = None
    attestation: Record | None = None
    stale: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Check and subject."""
        return self.result.key

    @property
    def severity(self) -> Severity:
        """How much it matters if it does not pass."""
        return self.result.severity

    @property
    def verdict(self) -> Verdict:
        """The verdict that counts now."""
        return self.result.verdict

    @property
    def is_waived(self) -> bool:
        """Whether a waiver in force covers it (its verdict stays)."""
        return self.waiver is not None and self.result.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE)

    @property
    def needs_person(self) -> bool:
        """Whether it waits for somebody's answer rather than for a run."""
        return self.entry.kind is not Kind.LIVE and self.result.verdict is Verdict.NOT_RUN

    @property
    def is_settled(self) -> bool:
        """Whether nothing more has to be done about it."""
        return self.is_waived or (
            self.result.verdict in (Verdict.PASS, Verdict.WARN, Verdict.NOT_APPLICABLE) and not self.stale
        )

    @property
    def blocks(self) -> bool:
        """Whether it alone keeps the gate shut: a blocker that fails, or that nobody could see or looked at in time."""
        return self.severity is Severity.BLOCKER and not self.is_settled


class BarState(StrEnum):
    """The state of a line of the gate."""

    PASS = "pass"  # noqa: S105 - a word, no password
    ATTESTED = "attested"
    WAIVED = "waived"
    STALE = "stale"
    NOT_RUN = "not-run"
    UNKNOWN = "unknown"
    FAIL = "fail"

    @property
    def is_green(self) -> bool:
        """Whether it lets the launch through."""
        return self in (BarState.PASS, BarState.ATTESTED, BarState.WAIVED)


class GateVerdict(StrEnum):
    """What the gate says."""

    GO = "GO"
    GO_WITH_ACCEPTED_RISKS = "GO WITH ACCEPTED RISKS"
    NO_GO = "NO-GO"


@dataclass(frozen=True, slots=True)
class GateItem:
    """A bar or sprint item with its state.

    `sentence` is the reason in one line; `because` are the check and subject of everything that holds it, worst first;
    `minutes` is the work that would turn it green.
    """

    id: str
    title: str
    state: BarState
    sentence: str
    because: tuple[tuple[str, str], ...] = ()
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Gate:
    """The launch gate.

    `blockers` are what fails, `unseen` what nobody could see or looked at; both are blocking, worst first. `risks` are
    the high ones that a launch accepts without a waiver: they fail, or nobody saw them or decided about them.
    """

    verdict: GateVerdict
    bars: tuple[GateItem, ...]
    items: tuple[GateItem, ...]
    blockers: tuple[tuple[str, str], ...]
    unseen: tuple[tuple[str, str], ...]
    stale: int
    waived: int
    minutes: int
    risks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StageProgress:
    """How far a stage is: rows settled of all, those that fail, those that wait for a person."""

    stage: Stage
    done: int
    total: int
    failing: int
    blocking: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that is known about an engagement at `now`."""

    path: str
    now: datetime
    product: Product
    runbook: Runbook
    state: State
    records: tuple[Record, ...]
    runs: tuple[Run, ...]
    board: tuple[Standing, ...]
    findings: tuple[Finding, ...]
    gate: Gate
    head: str

    def standing(self, check: str, subject: str) -> Standing | None:
        """How one check stands for one subject."""
        return next((row for row in self.board if row.key == (check, subject)), None)

    def stage_board(self, stage_id: str) -> tuple[Standing, ...]:
        """The rows of a stage, in the runbook's order."""
        return tuple(row for row in self.board if row.entry.stage == stage_id)

    def progress(self, stage: Stage) -> StageProgress:
        """How far a stage is."""
        rows = self.stage_board(stage.id)
        return StageProgress(
            stage,
            done=sum(row.is_settled for row in rows),
            total=len(rows),
            failing=sum(row.verdict is Verdict.FAIL and not row.is_waived for row in rows),
            blocking=sum(row.blocks and row.verdict is Verdict.FAIL for row in rows),
            waiting=sum(row.needs_person for row in rows),
        )

    def covering(self, controls: tuple[str, ...]) -> tuple[Standing, ...]:
        """The rows of the checks that cover any of the catalogue rows."""
        return tuple(row for row in self.board if any(row.entry.covers(control) for control in controls))
