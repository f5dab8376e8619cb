"""What a check can conclude, and how much it matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """The closed set of conclusions. Only `PASS` counts as pass."""

    PASS = "pass"  # noqa: S105 - a word, no password
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"
    NOT_RUN = "not-run"
    ERROR = "error"


class Severity(StrEnum):
    """How much a fail matters."""

    BLOCKER = "blocker"
    HIGH = "high"
    MEDIUM = "medium"
    INFO = "info"

    @property
    def weight(self) -> int:
        """Points in the fix plan's formula (CHECKS.md b0)."""
        return {"blocker": 100, "high": 30, "medium": 8, "info": 0}[self.value]

    def reaches(self, threshold: Severity) -> bool:
        """Whether this severity is at or above the threshold."""
        order = list(Severity)
        return order.index(self) <= order.index(threshold)


class Consent(StrEnum):
    """What an operator has to have agreed to before a question is asked (DESIGN.md section 5)."""

    PASSIVE = "passive"
    ACTIVE = "active"
    LOAD = "load"
    LOCAL = "local"


class Source(StrEnum):
    """Where a result comes from. `MAP`: computed from the access map that people filled in."""

    LIVE = "live"
    ATTESTATION = "attestation"
    DRILL = "drill"
    IMPORT = "import"
    MAP = "map"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a check concludes for one subject from the evidence it read.

    `reason` is a stable slug, empty for a plain pass. `summary` is one line with its figures. `facts` fill placeholders
    of the fix text. `network` marks a fail that a passing hiccup could have caused: the engine then asks twice more
    before it stands (CHECKS.md b0, flake policy). `decide_by` says, for an unknown, how the question could be decided.
    """

    verdict: Verdict
    reason: str = ""
    summary: str = ""
    details: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    network: bool = False
    decide_by: str = ""


def passed(
    summary: str, *, note: str = "", details: tuple[str, ...] = (), facts: Mapping[str, str] | None = None
) -> Judgement:
    """The claim holds. `note` is a reason slug for something worth knowing that is not a problem."""
    return Judgement(Verdict.PASS, note, summary, details, facts or {})


def warned(
    reason: str, summary: str, *, details: tuple[str, ...] = (), facts: Mapping[str, str] | None = None
) -> Judgement:
    """The claim holds today, with a weakness."""
    return Judgement(Verdict.WARN, reason, summary, details, facts or {})


def failed(
    reason: str,
    summary: str,
    *,
    details: tuple[str, ...] = (),
    facts: Mapping[str, str] | None = None,
    network: bool = False,
) -> Judgement:
    """The claim does not hold. Set `network` where a passing fault of the network could look the same."""
    return Judgement(Verdict.FAIL, reason, summary, details, facts or {}, network)


def unknown(reason: str, summary: str, *, decide_by: str = "", details: tuple[str, ...] = ()) -> Judgement:
    """We looked and could not see; `decide_by` says what would decide it."""
    return Judgement(Verdict.UNKNOWN, reason, summary, details, decide_by=decide_by)


def not_applicable(because: str, *, reason: str = "not-applicable") -> Judgement:
    """The claim makes no sense for this subject, `because` says why."""
    if not because:
        raise ValueError("not-applicable needs its because")
    return Judgement(Verdict.NOT_APPLICABLE, reason, because)


def not_run(reason: str, summary: str) -> Judgement:
    """Nobody looked: `no-consent`, `input-missing`, `extra-missing`."""
    return Judgement(Verdict.NOT_RUN, reason, summary)
