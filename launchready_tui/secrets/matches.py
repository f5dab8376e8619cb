"""A secret as it was matched, before anything is kept of it. Lives in memory only."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Match:
    """One match of one rule in one text.

    `start` and `end` are byte offsets of the value in the text, `line` counts from 1. `decoded` names the encodings
    around it. The value is kept out of every printed form.
    """

    rule: str
    value: str = field(repr=False)
    start: int
    end: int
    line: int
    entropy: float = 0.0
    decoded: tuple[str, ...] = ()

    def overlaps(self, other: Match) -> bool:
        """Whether two matches of the same text share bytes."""
        return self.start < other.end and other.start < self.end
