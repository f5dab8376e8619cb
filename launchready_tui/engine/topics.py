"""What a decision may be about: a check, a card of the radar, a route that is slow or not cached for a reason, an idea.
Pure.
"""

from __future__ import annotations

from launchready_tui.engine.ideas import TOPIC as IDEA
from launchready_tui.errors import InputError
from launchready_tui.model.board import Snapshot
from launchready_tui.model.journal import payload
from launchready_tui.model.records import Decision, Record
from launchready_tui.model.runbook import NotNowCard
from launchready_tui.text import did_you_mean, one_line

OF_ROUTES = ("latency", "cache")
"""Checks that read decisions about a route of the profile, as `latency:ROUTE`."""


def topic_of(text: str, snapshot: Snapshot) -> str:
    """The topic under which a decision about that is kept: the check's id for a catalogue number, the card's title for
    its id, '' for ''. Raises `InputError` for what is none.
    """
    wanted = text.strip()
    names = _names(snapshot)
    if not wanted:
        return ""
    for name, topic in names.items():
        if name.casefold() == wanted.casefold():
            return topic
    raise InputError(
        f'Nothing to decide about is called "{one_line(wanted, 80)}"{did_you_mean(wanted, list(names))}',
        "Name a check (`launchready status FILE --all`), a card (N1 and so on: `launchready status FILE --radar`), or "
        "latency:ROUTE or cache:ROUTE with a route of the profile.",
    )


def _names(snapshot: Snapshot) -> dict[str, str]:
    """Everything that may be written, with the topic that it means."""
    found = {entry.id: entry.id for entry in snapshot.runbook.entries}
    for entry in snapshot.runbook.entries:
        found |= {number: entry.id for number in entry.catalogue if number not in found}
    for card in snapshot.runbook.cards:
        found |= {card.id: card.title, card.title: card.title}
    for kind in OF_ROUTES:
        found |= {f"{kind}:{route.id}": f"{kind}:{route.id}" for route in snapshot.product.routes}
    return found | {IDEA: IDEA}


def decision_on(snapshot: Snapshot, card: NotNowCard) -> Record | None:
    """The decision that stands about a card of the radar."""
    superseded = snapshot.state.superseded()
    about = [
        record
        for record in snapshot.state.decisions
        if payload(record, Decision).topic in (card.title, card.id) and record.number not in superseded
    ]
    return about[-1] if about else None


def inherited(supersedes: int, snapshot: Snapshot) -> str:
    """The topic of the decision with that number, '' where there is none: what replaces it is about the same."""
    earlier = next((record for record in snapshot.state.decisions if record.number == supersedes), None)
    return payload(earlier, Decision).topic if earlier else ""
