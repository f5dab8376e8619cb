"""Ideas that come up during the sprint: four questions decide whether they are for now (CHECKS.md b10). Pure."""

from __future__ import annotations

from collections.abc import Iterable

from launchready_tui.engine.replan import LATER, NEVER, NOW
from launchready_tui.model.journal import State, payload
from launchready_tui.model.records import Decision, Record
from launchready_tui.model.runbook import NotNowCard

TOPIC = "idea"
"""The topic of a decision about an idea."""

QUESTIONS = {
    "risk": "Does it reduce launch risk?",
    "support": "Does it reduce support load?",
    "revenue": "Does it reduce revenue loss?",
    "diagnosis": "Does it shorten the time to a diagnosis?",
}
"""What an idea has to do at least one of, to be for now."""


def answer(yes: Iterable[str]) -> str:
    """Now, if one of the questions was answered with yes; else it waits."""
    return NOW if set(yes) & set(QUESTIONS) else LATER


def decision(idea: str, yes: Iterable[str], choice: str, who: str, why: str) -> Decision:
    """The decision about an idea, with the answers to the four questions in its reason."""
    good = set(yes)
    answers = " ".join(f"{text} {'Yes' if key in good else 'No'}." for key, text in QUESTIONS.items())
    reason = f"{why.strip()} {answers}".strip()
    return Decision(idea, (NOW, LATER, NEVER), choice, reason, who, topic=TOPIC)


def ideas(state: State) -> tuple[Record, ...]:
    """The standing decisions about ideas, the newest first."""
    replaced = state.superseded()
    found = [r for r in state.decisions if payload(r, Decision).topic == TOPIC and r.number not in replaced]
    return tuple(reversed(found))


def seen_for(card: NotNowCard, sightings: Iterable[tuple[str, str, str]]) -> tuple[str, ...]:
    """What the radar saw of a card, as `what (file)`; the sightings are kind, what and file."""
    return tuple(f"{what} ({path})" for kind, what, path in sightings if kind in card.radar)
