"""The runbook's plain values (format: docs/runbook-format.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from launchready_tui.model.verdicts import Consent, Severity

Limit: TypeAlias = int | float | str | bool | list[str]
Limits: TypeAlias = Mapping[str, Limit]


class Kind(StrEnum):
    """How a check is answered."""

    LIVE = "live"
    ATTEST = "attest"
    DRILL = "drill"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class ScenarioCard:
    """A case that a drill draws: `text` is what a customer would say, `solution` what the observer looks for."""

    title: str
    text: str
    solution: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One check of the runbook: its texts, severity and limits. `stage` is filled in by the loader.

    A check with `slow` runs only when it is asked for; the text says what takes how long.

    A drill with `cards` draws one when its clock starts; one with `nonce` shows a fresh word for the recipient to read
    back.
    """

    id: str
    kind: Kind
    claim: str
    why: str
    by_hand: str
    fix: str
    severity: Severity
    impact: str
    minutes: int
    catalogue: tuple[str, ...] = ()
    roadmap: tuple[str, ...] = ()
    group: str = ""
    journey: str = "other"
    exposure: str = "public"
    consent: Consent = Consent.PASSIVE
    sends: str = ""
    slow: str = ""
    sources: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    limits: Limits = field(default_factory=dict)
    fixes: Mapping[str, str] = field(default_factory=dict)
    statement: str = ""
    methods: tuple[str, ...] = ()
    valid_days: int = 30
    limit_minutes: int = 0
    steps: tuple[str, ...] = ()
    cards: tuple[ScenarioCard, ...] = ()
    nonce: bool = False
    reads: str = ""
    left_out: str = ""
    stage: str = ""

    def severity_of(self, reason: str) -> Severity:
        """The severity of a fail for that reason."""
        return self.severities.get(reason, self.severity)

    def covers(self, pattern: str) -> bool:
        """Whether the entry covers a catalogue row, or one of a family (`S1.RED.*`)."""
        if pattern.endswith("*"):
            return any(row.startswith(pattern[:-1]) for row in self.catalogue)
        return pattern in self.catalogue


@dataclass(frozen=True, slots=True)
class Signal:
    """A failure signal of a stage: it fires when one of its controls fails."""

    id: str
    title: str
    text: str
    controls: tuple[str, ...]
    roadmap: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deliverable:
    """A document that a stage owes; `document` names its generator."""

    id: str
    title: str
    text: str
    document: str
    controls: tuple[str, ...] = ()
    roadmap: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the ordered parts of the sprint; `minutes` is its time box."""

    id: str
    slug: str
    title: str
    goal: str
    minutes: int
    checks: tuple[Entry, ...] = ()
    signals: tuple[Signal, ...] = ()
    deliverables: tuple[Deliverable, ...] = ()

    @property
    def number(self) -> int:
        """1 for S1."""
        return int(self.id.lstrip("S"))


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of the minimum bar (MB) or a sprint item (M), decided by its controls."""

    id: str
    title: str
    text: str
    controls: tuple[str, ...]
    roadmap: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A step of the 48-hour plan (H)."""

    id: str
    title: str
    text: str
    stages: tuple[str, ...] = ()
    roadmap: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotNowCard:
    """Something that the sprint recommends against until `trigger` is met (N).

    `radar` names what in a repository shows that somebody began with it all the same (`probes.radar`).
    """

    id: str
    title: str
    text: str
    trigger: str
    roadmap: tuple[str, ...] = ()
    radar: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Automation:
    """A part of the automation kit (A), proven by its controls."""

    id: str
    title: str
    text: str
    controls: tuple[str, ...] = ()
    roadmap: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Runbook:
    """The whole plan."""

    name: str
    version: str
    title: str
    summary: str
    stages: tuple[Stage, ...]
    bars: tuple[Bar, ...] = ()
    items: tuple[Bar, ...] = ()
    plan: tuple[PlanStep, ...] = ()
    cards: tuple[NotNowCard, ...] = ()
    automations: tuple[Automation, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All checks in the order of the stages."""
        return tuple(entry for stage in self.stages for entry in stage.checks)

    def entry(self, check: str) -> Entry | None:
        """The check of that id."""
        return next((entry for entry in self.entries if entry.id == check), None)

    def covering(self, controls: tuple[str, ...]) -> tuple[Entry, ...]:
        """The checks that cover any of the catalogue rows, in order."""
        return tuple(entry for entry in self.entries if any(entry.covers(row) for row in controls))
