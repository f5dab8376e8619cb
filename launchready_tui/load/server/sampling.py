"""What a sampler of the server's side is: asked every few seconds, bounded in time, never a reason to stop the test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from launchready_tui.model.evidence import Failure
from launchready_tui.model.questions.serverwatch import CallCount

Tokens = Callable[[str], str | None]
"""The secret (DSN, URL) that is kept under a name; None if there is none."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One look. `values` are figures by the name of their series, `missing` the series that could not be seen and why.

    `calls` are the calls to third parties since the last look, by host (their `at` means nothing yet); `events` are
    things worth a mark on the timeline, as (slug, sentence).
    """

    values: Mapping[str, float] = field(default_factory=dict)
    missing: Mapping[str, Failure] = field(default_factory=dict)
    events: Sequence[tuple[str, str]] = ()
    calls: Mapping[str, CallCount] = field(default_factory=dict)
    lines: int = 0
    unread: int = 0


class Sampler(Protocol):
    """Looks at one part of the server."""

    @property
    def name(self) -> str:
        """What gaps are called by: database, queue.mail, metrics, app-log."""
        ...

    @property
    def every(self) -> float:
        """Seconds between two looks."""
        ...

    @property
    def units(self) -> Mapping[str, str]:
        """The unit of each series that it can give."""
        ...

    async def look(self) -> Reading | Failure:
        """Look once. What the server does is a `Failure`, never an exception; the caller sets the time limit."""
        ...

    async def aclose(self) -> None:
        """Give back what is held open."""
        ...
