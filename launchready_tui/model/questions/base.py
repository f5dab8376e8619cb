"""What every question and every answer has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Generic, Literal, TypeVar

from launchready_tui.model.verdicts import Consent


@dataclass(frozen=True, slots=True)
class Facts:
    """Base of all answers."""


F = TypeVar("F", bound=Facts)
Family = Literal["", "4", "6"]


@dataclass(frozen=True, slots=True)
class Question(Generic[F]):
    """Base of all questions. `kind` is the name under which it is stored; it picks the probe."""

    kind: ClassVar[str] = ""
    answer: ClassVar[type[Facts]] = Facts

    @property
    def host(self) -> str:
        """The host that is bothered by asking: bounds, pacing and consent go by it."""
        return ""

    @property
    def level(self) -> Consent:
        """The consent that asking needs."""
        return Consent.PASSIVE

    @property
    def patience(self) -> float:
        """Seconds that its probe may take where it needs more than is usual; 0: the usual bound of the engine."""
        return 0.0
