"""How a check that holds the gate is moved, and how many minutes that takes. Pure; one count for every place that says
it: the gate, its steps to green, the sign-off, the documents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from enum import StrEnum

from launchready_tui.model.board import Standing
from launchready_tui.model.runbook import Kind
from launchready_tui.model.verdicts import Severity, Verdict

RUN_MINUTES = 1
"""What looking costs, whatever it finds; however many checks are run, they run at once."""


class Way(StrEnum):
    """How a step is done."""

    RUN = "run"
    ANSWER = "answer"
    DRILL = "drill"
    DECIDE = "decide"
    FIX = "fix"


def way_of(rows: Sequence[Standing]) -> Way:
    """How the subjects of one check are moved: a fail is mended; what nobody saw, or saw too long ago, is decided."""
    if any(row.verdict is Verdict.FAIL for row in rows):
        return Way.FIX
    entry = rows[0].entry
    if entry.kind is Kind.DRILL:
        return Way.DRILL
    if entry.kind is not Kind.LIVE:
        return Way.ANSWER
    again = any(row.stale or row.verdict in (Verdict.NOT_RUN, Verdict.ERROR) for row in rows)
    if again or any(row.result.reason == "attestation-expired" for row in rows):
        return Way.RUN
    return Way.ANSWER if any(row.severity is Severity.BLOCKER for row in rows) else Way.DECIDE


def minutes_of(way: Way, rows: Sequence[Standing]) -> int:
    """The minutes of one step."""
    return RUN_MINUTES if way is Way.RUN else rows[0].entry.minutes


def minutes_of_all(rows: Iterable[Standing]) -> int:
    """The minutes that moving all these rows takes: each check once, and one run for all that only has to be run."""
    by_entry: defaultdict[str, list[Standing]] = defaultdict(list)
    for row in rows:
        by_entry[row.entry.id].append(row)
    ways = [(way_of(found), found) for found in by_entry.values()]
    runs = RUN_MINUTES if any(way is Way.RUN for way, _ in ways) else 0
    return runs + sum(minutes_of(way, found) for way, found in ways if way is not Way.RUN)
