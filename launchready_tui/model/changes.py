"""What changed in an engagement between two moments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from launchready_tui.model.records import Record
from launchready_tui.model.results import Finding


@dataclass(frozen=True, slots=True)
class Changes:
    """The difference between `since` and now, for the person who comes back.

    `reopened` are problems that came back, or whose waiver ran out. `expired` are sentences: what people recorded and
    ran out since (answers, waivers, drills, authorizations, cards, accesses to be removed); `soon` is what runs out
    within a week.
    """

    since: datetime | None
    new: tuple[Finding, ...] = ()
    reopened: tuple[Finding, ...] = ()
    resolved: tuple[Finding, ...] = ()
    still_open: tuple[Finding, ...] = ()
    expired: tuple[str, ...] = ()
    soon: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not (self.new or self.reopened or self.resolved or self.expired or self.records)
