"""What the engagement itself knows: what earlier runs saw, when the run began, what people wrote down.

Answered by the engine from the records, not from the network; stored like all evidence, so that a replay judges the
same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from launchready_tui.model.optimization import Effect
from launchready_tui.model.questions.base import Facts, Question
from launchready_tui.model.questions.loadtest import LoadReport


@dataclass(frozen=True, slots=True)
class SeenCertificate(Facts):
    """The certificate of a host in an earlier run, when it was seen; `found` is False where no earlier run saw one."""

    found: bool
    serial: str = ""
    not_after: datetime | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EarlierCertificate(Question[SeenCertificate]):
    """Which certificate the engagement's newest earlier run saw on a host."""

    kind: ClassVar[str] = "earlier-certificate"
    answer: ClassVar[type[Facts]] = SeenCertificate

    name: str

    @property
    def host(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Moment(Facts):
    """When the run began."""

    at: datetime


@dataclass(frozen=True, slots=True)
class RunMoment(Question[Moment]):
    """When is now: for claims about days that people wrote into the profile. A judgement has no other clock."""

    kind: ClassVar[str] = "run-moment"
    answer: ClassVar[type[Facts]] = Moment


@dataclass(frozen=True, slots=True)
class NoteText(Facts):
    """The newest note about a check; `record` is its number in the journal, 0 where nobody wrote one."""

    record: int
    text: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class KeptNote(Question[NoteText]):
    """What people wrote down about a check in this engagement."""

    kind: ClassVar[str] = "kept-note"
    answer: ClassVar[type[Facts]] = NoteText

    check: str


@dataclass(frozen=True, slots=True)
class DecisionText(Facts):
    """The newest decision on a topic that no later one replaces; `record` is its number, 0 where nobody decided."""

    record: int
    choice: str = ""
    why: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class KeptDecision(Question[DecisionText]):
    """What was decided about a topic in this engagement."""

    kind: ClassVar[str] = "kept-decision"
    answer: ClassVar[type[Facts]] = DecisionText

    topic: str


@dataclass(frozen=True, slots=True)
class MeasuredChange:
    """A change of the optimization log. Times are in milliseconds, `count_*` numbers of samples (0: not measured).

    `effect` is faster, slower, unproven, too-few or open (`launchready_tui.model.optimization`).
    """

    record: int
    title: str
    endpoint: str
    effect: Effect
    commit: str = ""
    count_before: int = 0
    count_after: int = 0
    p50_before: float = 0.0
    p50_after: float = 0.0
    p95_before: float = 0.0
    p95_after: float = 0.0
    p_value: float | None = None
    queries_before: float | None = None
    queries_after: float | None = None
    bytes_before: int = 0
    bytes_after: int = 0


@dataclass(frozen=True, slots=True)
class OptimizationLog(Facts):
    """The changes that were made for speed, oldest first."""

    changes: tuple[MeasuredChange, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptOptimizations(Question[OptimizationLog]):
    """What people changed for speed in this engagement, and what was measured before and after. `min_samples` is how
    many samples a proof needs on each side.
    """

    kind: ClassVar[str] = "kept-optimizations"
    answer: ClassVar[type[Facts]] = OptimizationLog

    min_samples: int = 60


@dataclass(frozen=True, slots=True)
class KeptLoad(Facts):
    """The newest load test of the engagement: when it was over, and the id of its evidence; `found` is False before the
    first one.
    """

    found: bool
    report: LoadReport | None = None
    at: datetime | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class NewestLoad(Question[KeptLoad]):
    """What the newest load test saw. Asking starts none."""

    kind: ClassVar[str] = "newest-load"
    answer: ClassVar[type[Facts]] = KeptLoad
