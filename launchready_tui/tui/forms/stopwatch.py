"""The stopwatch of a drill: time, marked steps, who runs it. It knows no screen, so it runs on whatever is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from launchready_tui.model.records import DrillStep

Seconds = Callable[[], float]
"""A clock that never jumps, such as `time.monotonic`."""


@dataclass(slots=True)
class Stopwatch:
    """One try at a procedure. `marks` are seconds from the start, one for each step that is done.

    `begun_at` is the moment of the start by the wall clock: what is left of it when the program is killed.
    """

    steps: tuple[str, ...]
    clock: Seconds
    by: str = ""
    witness: str = ""
    notes: list[str] = field(default_factory=list)
    marks: list[float] = field(default_factory=list)
    is_given_up: bool = False
    is_handed_in: bool = False
    begun_at: datetime | None = None
    _started: float | None = None
    _stopped: float | None = None

    @property
    def is_started(self) -> bool:
        """Whether the clock was ever started."""
        return self._started is not None

    @property
    def is_over(self) -> bool:
        """Whether the clock stands still again."""
        return self._stopped is not None

    @property
    def is_running(self) -> bool:
        """Whether the clock runs."""
        return self.is_started and not self.is_over

    @property
    def is_completed(self) -> bool:
        """Whether every step was marked."""
        return self.is_over and not self.is_given_up

    @property
    def seconds(self) -> float:
        """How long it has run."""
        if self._started is None:
            return 0.0
        return (self._stopped if self._stopped is not None else self.clock()) - self._started

    @property
    def done(self) -> tuple[DrillStep, ...]:
        """The steps that were marked."""
        return tuple(DrillStep(text, round(at, 1)) for text, at in zip(self.steps, self.marks, strict=False))

    def start(self, at: datetime | None = None) -> None:
        """Begin at zero."""
        if self._started is None:
            self._started, self.begun_at = self.clock(), at

    def go_on(self, begun_at: datetime, seconds: float, stopped: float | None) -> None:
        """Run on as one that began then and has run for so long; or stand where it stopped."""
        self.begun_at = begun_at
        self._started = self.clock() - seconds
        self._stopped = None if stopped is None else self._started + stopped

    def mark(self) -> None:
        """The next step is done; with the last one the clock stops."""
        if not self.is_running:
            return
        self.marks.append(self.seconds)
        if len(self.marks) >= len(self.steps):
            self._stopped = self.clock()

    def unmark(self) -> bool:
        """The last mark was a slip: the clock goes on as if it had not been made. False if there is none."""
        if not self.marks or self.is_given_up:
            return False
        self.marks.pop()
        self._stopped = None
        return True

    def give_up(self) -> None:
        """Stop without the rest."""
        if self.is_running:
            self._stopped = self.clock()
            self.is_given_up = True
