"""Several engagements at a glance: for each its state, what blocks it, and what runs out next. A file that cannot be
read is a line that says why, and spoils no other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from launchready_tui.engine.comparing import ends
from launchready_tui.engine.session import Session
from launchready_tui.errors import LaunchReadyError
from launchready_tui.model.board import GateVerdict, Snapshot
from launchready_tui.text import one_line

Opener = Callable[[Path], Session]


@dataclass(frozen=True, slots=True)
class Standing:
    """One engagement. `problem` says why it could not be read; the rest is then empty."""

    path: Path
    name: str
    verdict: GateVerdict | None = None
    blockers: int = 0
    unseen: int = 0
    stale: int = 0
    minutes: int = 0
    next_end: datetime | None = None
    next_words: str = ""
    done: int = 0
    total: int = 0
    problem: str = ""

    @property
    def urgency(self) -> tuple[int, int, str]:
        """What has to be looked at first comes first; what cannot be read comes last."""
        return (1 if self.problem else 0, -self.blockers, self.name.casefold())


def read(path: Path, opener: Opener = Session.open) -> Standing:
    """Open an engagement, look, and close it again. Never raises for what is wrong with the file."""
    try:
        session = opener(path)
    except LaunchReadyError as error:
        return _unread(path, error.message)
    except Exception as error:  # a foreign file may break anything; the other lines have to stand
        return _unread(path, f"{type(error).__name__}: {error}")
    try:
        return standing(path, session.snapshot())
    except Exception as error:  # the same, while it is folded
        return _unread(path, f"{type(error).__name__}: {error}")
    finally:
        session.close()


def _unread(path: Path, why: str) -> Standing:
    """The line of a file that could not be read; its folder is left out of the sentence."""
    return Standing(path, path.stem, problem=one_line(why.replace(f"{path.parent}/", ""), 200))


def standing(path: Path, snapshot: Snapshot) -> Standing:
    """The line of a snapshot."""
    gate = snapshot.gate
    coming = next(((end, words) for end, words in ends(snapshot) if end > snapshot.now), None)
    progress = [snapshot.progress(stage) for stage in snapshot.runbook.stages]
    return Standing(
        path=path,
        name=snapshot.product.name,
        verdict=gate.verdict,
        blockers=len(gate.blockers),
        unseen=len(gate.unseen),
        stale=gate.stale,
        minutes=gate.minutes,
        next_end=coming[0] if coming else None,
        next_words=coming[1] if coming else "",
        done=sum(item.done for item in progress),
        total=sum(item.total for item in progress),
    )
