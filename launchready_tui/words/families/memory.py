"""What the engagement itself knows: earlier runs, notes, decisions, measurements."""

from __future__ import annotations

from collections import Counter
from datetime import UTC

from launchready_tui.model.optimization import EFFECTS
from launchready_tui.model.questions import (
    DecisionText,
    EarlierCertificate,
    KeptDecision,
    KeptLoad,
    KeptNote,
    KeptOptimizations,
    Moment,
    NewestLoad,
    NoteText,
    RunMoment,
    SeenCertificate,
)
from launchready_tui.model.questions.memory import OptimizationLog
from launchready_tui.text import plural
from launchready_tui.words.families.latency import load
from launchready_tui.words.figures import Answered, Asked, Place, day, joined


def _certificate(found: SeenCertificate) -> str:
    if not found.found:
        return "none seen before"
    return joined(
        f"serial {found.serial}",
        f"until {day(found.not_after)}" if found.not_after else "",
        f"seen on {day(found.seen_at)}" if found.seen_at else "",
    )


def _note(found: NoteText) -> str:
    if not found.record:
        return "nobody wrote one"
    return f"record {found.record}{f' by {found.by}' if found.by else ''}: {found.text}"


def _decision(found: DecisionText) -> str:
    return f"record {found.record}: {found.who} chose {found.choice}" if found.record else "nobody decided"


def _optimizations(found: OptimizationLog) -> str:
    effects = Counter(change.effect for change in found.changes)
    return joined(
        plural(len(found.changes), "change"), *(f"{count} {EFFECTS[effect]}" for effect, count in effects.items())
    )


def _load(found: KeptLoad) -> str:
    if found.report is None:
        return "nobody ran one"
    return load(found.report) + (f", on {day(found.at)}" if found.at else "")


ASKED: Asked = {
    EarlierCertificate: lambda asked: ("earlier certificate of ", Place(asked.name)),
    RunMoment: lambda _: ("when this run began",),
    KeptNote: lambda asked: ("newest note on ", Place(asked.check)),
    KeptDecision: lambda asked: ("what was decided about ", Place(asked.topic)),
    KeptOptimizations: lambda _: ("changes for speed, and what was measured of them",),
    NewestLoad: lambda _: ("newest load test of this engagement",),
}

ANSWERED: Answered = {
    SeenCertificate: _certificate,
    Moment: lambda found: f"{day(found.at)}, {found.at.astimezone(UTC):%H:%M} UTC",
    NoteText: _note,
    DecisionText: _decision,
    OptimizationLog: _optimizations,
    KeptLoad: _load,
}
