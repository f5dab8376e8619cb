"""What a drill draws when its clock starts: a scenario card, a nonce. It is kept as the first notes of the stopwatch,
and so recorded with the drill.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

from launchready_tui.model.runbook import Entry, ScenarioCard
from launchready_tui.tui.render import Part, reflow

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


def told(entry: Entry, notes: Sequence[str], *, over: bool) -> list[Part]:
    """What stands on the screen about it: the card at once, its solution when the clock stands still."""
    parts: list[Part] = []
    card, nonce = card_of(entry, notes), nonce_of(notes)
    if entry.cards and card is None:
        return [(f"\nOne of {len(entry.cards)} cards is drawn when the clock starts.", "muted")]
    if card is not None:
        parts += [(f"\n\n{card.title}\n", "bold person"), (reflow(card.text), "plain")]
    if card is not None and over:
        parts += [("\nThe observer looked for\n", "bold"), (reflow(card.solution), "muted")]
    if nonce:
        words = "put it into the alert; whoever receives it reads it back"
        parts += [("\n\nNonce  ", "muted"), (nonce, "bold focus"), (f"   {words}", "muted")]
    elif entry.nonce:
        parts.append(("\nA nonce to read back is drawn when the clock starts.", "muted"))
    return parts
