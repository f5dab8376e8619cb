"""A drill that is not recorded yet, as a remark of the engagement file: both doors keep and find the same one. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime

import msgspec

from launchready_tui.engine.drilldraw import CARD, NONCE, Draw, drawn
from launchready_tui.model.runbook import Entry

KEPT = "kept "
"""How the keys of remarks about what is no record yet begin; a JSON list follows: what it is, then what it is about."""

DRILL = "drill"

MOST_SECONDS = 100 * 86_400.0
"""A mark later than this is nonsense."""


@dataclass(frozen=True, slots=True)
class KeptDrill:
    """A stopwatch as it is kept: the moment of its start, everything else in seconds from there. Its first `notes` are
    what was drawn by chance.
    """

    begun_at: datetime | None = None
    stopped: float | None = None
    steps: tuple[str, ...] = ()
    marks: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()
    by: str = ""
    witness: str = ""
    given_up: bool = False

    @property
    def is_sound(self) -> bool:
        """Whether it can have been a stopwatch."""
        times = [*self.marks, *(() if self.stopped is None else (self.stopped,))]
        fits = bool(self.steps) and len(self.marks) <= len(self.steps)
        return fits and all(math.isfinite(at) and 0 <= at <= MOST_SECONDS for at in times) and times == sorted(times)

    @property
    def lots(self) -> tuple[str, ...]:
        """The notes about what was drawn."""
        return tuple(note for note in self.notes if note.startswith((CARD, NONCE)))


def key(*parts: str) -> str:
    """The key of a remark."""
    return KEPT + json.dumps(parts)


def to_text(kept: KeptDrill) -> str:
    """The remark."""
    return json.dumps(asdict(kept), default=datetime.isoformat)


def of_remarks(remarks: Mapping[str, str], check: str) -> KeptDrill | None:
    """The drill of that check, None where there is none, or none that makes sense."""
    try:
        kept = msgspec.json.decode(remarks.get(key(DRILL, check), ""), type=KeptDrill)
    except msgspec.MsgspecError:
        return None
    return kept if kept.is_sound else None


def with_lots(kept: KeptDrill | None, entry: Entry, draw: Draw) -> KeptDrill:
    """The drill with what it draws by chance. What was drawn before stays: nobody draws until it suits."""
    found = kept or KeptDrill(steps=entry.steps or ("Done",))
    return found if found.lots else replace(found, notes=(*drawn(entry, draw), *found.notes))
