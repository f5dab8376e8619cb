"""What in a repository shows that more is being built than a launch needs (CHECKS.md b10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from launchready_tui.model.questions.base import Facts, Question


@dataclass(frozen=True, slots=True)
class RadarSighting:
    """One thing that was seen: its kind (`kubernetes`, `services`, …), what it is, the file that says so."""

    kind: str
    what: str
    path: str


@dataclass(frozen=True, slots=True)
class RadarFacts(Facts):
    """Everything that was seen, each once. `capped`: the repository is larger than what was looked at."""

    sightings: tuple[RadarSighting, ...] = ()
    capped: bool = False


@dataclass(frozen=True, slots=True)
class RepositoryRadar(Question[RadarFacts]):
    """A look at the files of a repository's folder. `path` is relative to the profile's folder."""

    kind: ClassVar[str] = "repository-radar"
    answer: ClassVar[type[Facts]] = RadarFacts

    path: str
