"""Runs, results and findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Severity, Source, Verdict


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a set of checks. `state` is running, finished or interrupted (what was finished is kept)."""

    id: int
    started_at: datetime
    finished_at: datetime | None
    state: str
    scope: str
    tool: str


@dataclass(frozen=True, slots=True)
class Result:
    """What one check concluded for one subject.

    `evidence` are ids; `at` is the time of the newest evidence (or record) behind it.

    `run` is 0 for what comes from an attestation or drill; `record` is then its number in the journal.
    """

    check: str
    subject: str
    verdict: Verdict
    severity: Severity
    reason: str
    summary: str
    source: Source
    at: datetime
    details: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    decide_by: str = ""
    duration_ms: float = 0.0
    run: int = 0
    record: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """Check and subject."""
        return (self.check, self.subject)


class FindingState(StrEnum):
    """The life of a finding."""

    OPEN = "open"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem that lives across runs.

    Its fingerprint is check, subject and reason. `verdict` is fail or warn. `since_run` is the run that changed its
    state last. `waiver` is the number of the waiver record that covers it now, 0 for none; a waived finding keeps its
    verdict.
    """

    check: str
    subject: str
    reason: str
    verdict: Verdict
    severity: Severity
    state: FindingState
    summary: str
    first_seen: datetime
    last_seen: datetime
    resolved_at: datetime | None = None
    since_run: int = 0
    waiver: int = 0

    @property
    def fingerprint(self) -> tuple[str, str, str]:
        """What makes it the same finding in the next run."""
        return (self.check, self.subject, self.reason)

    @property
    def is_open(self) -> bool:
        """Whether it still stands (a waived one does not block, and is counted apart)."""
        return self.state in (FindingState.OPEN, FindingState.REOPENED)
