"""How a run goes on: events are folded into one value here, which the app looks at four times a second."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from launchready_tui.engine.events import CheckStarted, Confirming, Event, ResultReady, RunFinished, RunStarted
from launchready_tui.model.results import Result, Run

Key = tuple[str, str]
TICK = 0.25
"""Seconds between two looks: nobody reads faster, and a remote terminal can follow."""


@dataclass(slots=True)
class Progress:
    """A run that is going on. `running` are in the order in which they began; `results` is everything concluded so
    far.
    """

    label: str
    started_at: datetime
    total: int = 0
    done: int = 0
    running: dict[Key, int] = field(default_factory=dict)
    results: dict[Key, Result] = field(default_factory=dict)
    run: Run | None = None
    stopping: bool = False
    changed: bool = True

    def hear(self, event: Event) -> None:
        """Take in an event; returns at once, draws nothing."""
        self.changed = True
        match event:
            case RunStarted(run, total):
                self.run, self.total = run, total
            case CheckStarted(check, subject):
                self.running[check, subject] = 1
            case Confirming(check, subject, attempt):
                self.running[check, subject] = attempt
            case ResultReady(result, done, total):
                self.running.pop(result.key, None)
                self.results[result.key] = result
                self.done, self.total = done, total
            case RunFinished(run):
                self.run = run
                self.running.clear()

    @property
    def fraction(self) -> float:
        """How much is done, 0 to 1."""
        return self.done / self.total if self.total else 0.0

    @property
    def current(self) -> Key | None:
        """What began last and is not concluded yet."""
        return next(reversed(self.running), None)

    def snapshot_of_running(self) -> frozenset[Key]:
        """What is being looked at now."""
        return frozenset(self.running)
