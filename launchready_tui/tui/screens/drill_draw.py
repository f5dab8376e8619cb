"""How the screen shows what a drill drew."""

from __future__ import annotations

from collections.abc import Sequence

from launchready_tui.engine.drilldraw import Draw, card_of, drawn, nonce_of
from launchready_tui.model.runbook import Entry
from launchready_tui.tui.render import Part, reflow


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


__all__ = ["Draw", "card_of", "drawn", "nonce_of", "told"]
