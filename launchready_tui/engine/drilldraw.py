"""What a drill draws when its clock starts: a scenario card, a nonce. Both are kept as its first notes, and so recorded
with it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

from launchready_tui.model.runbook import Entry, ScenarioCard

Draw = Callable[[int], int]
"""A number below the given one, by chance."""

CARD, NONCE = "Card drawn: ", "Nonce: "
_LETTERS = "abcdefghkmnprstuvwxyz"
"""Those that nobody mishears or misreads."""


def drawn(entry: Entry, draw: Draw = secrets.randbelow) -> list[str]:
    """The notes that a drill begins with."""
    notes = []
    if entry.cards:
        notes.append(CARD + entry.cards[draw(len(entry.cards))].title)
    if entry.nonce:
        word = "".join(_LETTERS[draw(len(_LETTERS))] for _ in range(4))
        notes.append(f"{NONCE}{word}-{draw(900) + 100}")
    return notes


def card_of(entry: Entry, notes: Sequence[str]) -> ScenarioCard | None:
    """The card that was drawn."""
    title = _after(CARD, notes)
    return next((card for card in entry.cards if card.title == title), None)


def nonce_of(notes: Sequence[str]) -> str:
    """The nonce that was drawn, '' for none."""
    return _after(NONCE, notes)


def _after(mark: str, notes: Sequence[str]) -> str:
    return next((note.removeprefix(mark) for note in notes if note.startswith(mark)), "")
