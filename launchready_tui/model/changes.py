"""What changed in an engagement between two moments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from launchready_tui.model.board import GateVerdict, Standing
from launchready_tui.model.records import Record
from launchready_tui.model.results import Finding
from launchready_tui.model.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Lost:
    """A check that passed (or passed with a weakness) for a subject, and of which nothing is known now.

    `row` is how it stands now: unknown, error or not run; `was` is the verdict before.
    """

    row: Standing
    was: Verdict


@dataclass(frozen=True, slots=True)
class GateMove:
    """The gate's verdict at two moments."""

    before: GateVerdict
    after: GateVerdict


@dataclass(frozen=True, slots=True)
class RunMove:
    """What one run lost sight of, and the gate where it said something else after the run than before.

    `lost` are check, subject and the verdict that the run gave.
    """

    lost: tuple[tuple[str, str, Verdict], ...] = ()
    gate: GateMove | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """The difference between `since` and now, for the person who comes back.

    `lost` is what could be seen then and cannot be seen now, the worst first; `gate` is there where the gate says
    something else than then. `reopened` are problems that came back, or whose waiver ran out. `expired` are sentences:
    what people recorded and ran out since (answers, waivers, drills, authorizations, cards, accesses to be removed);
    `soon` is what runs out within a week.
    """

    since: datetime | None
    new: tuple[Finding, ...] = ()
    reopened: tuple[Finding, ...] = ()
    resolved: tuple[Finding, ...] = ()
    still_open: tuple[Finding, ...] = ()
    expired: tuple[str, ...] = ()
    soon: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()
    lost: tuple[Lost, ...] = ()
    gate: GateMove | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        moved = self.lost or self.gate or self.new or self.reopened or self.resolved
        return not (moved or self.expired or self.records)
