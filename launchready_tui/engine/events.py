"""What a run tells its listeners while it goes. Events are values; a listener must return at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from launchready_tui.model.results import Result, Run
from launchready_tui.model.verdicts import Consent


@dataclass(frozen=True, slots=True)
class Selection:
    """Which checks to run: empty means all.

    `keys` are check and subject; `levels` are what may be asked beyond passive looking (an authorization is needed
    besides). `sample` asks for the slow checks too; one that is named by itself is asked for anyhow.
    """

    stages: frozenset[str] = frozenset()
    checks: frozenset[str] = frozenset()
    keys: frozenset[tuple[str, str]] = frozenset()
    levels: frozenset[Consent] = frozenset({Consent.PASSIVE})
    sample: bool = False

    def wants(self, stage: str, check: str, subject: str) -> bool:
        """Whether a check of a stage is to be run for a subject."""
        return (
            (not self.stages or stage in self.stages)
            and (not self.checks or check in self.checks)
            and (not self.keys or (check, subject) in self.keys)
        )

    def names(self, check: str, subject: str) -> bool:
        """Whether a check is asked for by its own name, or all slow ones are."""
        return self.sample or check in self.checks or (check, subject) in self.keys

    @property
    def label(self) -> str:
        """What a run of it is called."""
        parts = [*(f"stage {stage}" for stage in sorted(self.stages)), *sorted(self.checks)]
        parts += sorted({check for check, _ in self.keys})
        return (
            ", ".join(parts[:4]) + (f" and {len(parts) - 4} more" if len(parts) > 4 else "") if parts else "everything"
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """What a selection would do, before it does it.

    `active` are sentences that say what would be sent beyond what a browser sends; `unauthorized` are the hosts for
    which no authorization is recorded: their active checks would be not-run. `slow` are sentences that say what takes
    long, and how long.
    """

    checks: int
    subjects: int
    hosts: tuple[str, ...]
    active: tuple[str, ...] = ()
    unauthorized: tuple[str, ...] = ()
    slow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run began; `total` results are to come."""

    run: Run
    total: int


@dataclass(frozen=True, slots=True)
class CheckStarted:
    """A check began for a subject."""

    check: str
    subject: str


@dataclass(frozen=True, slots=True)
class Confirming:
    """A fail is being confirmed by asking again."""

    check: str
    subject: str
    attempt: int


@dataclass(frozen=True, slots=True)
class ResultReady:
    """A check concluded; `done` of `total`."""

    result: Result
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run ended; its `state` says how."""

    run: Run
    results: tuple[Result, ...] = field(default=(), repr=False)


Event = RunStarted | CheckStarted | Confirming | ResultReady | RunFinished
Listener = Callable[[Event], None]


def nobody(_event: Event) -> None:
    """A listener that does not listen."""
