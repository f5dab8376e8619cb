"""The gate's verdict in letters three lines high."""

from __future__ import annotations

from launchready_tui.model.board import GateVerdict

_LETTERS = {
    "G": ("╔═╗", "║ ╦", "╚═╝"),
    "O": ("╔═╗", "║ ║", "╚═╝"),
    "N": ("╔╗╔", "║║║", "╝╚╝"),
    "-": ("   ", "───", "   "),
}

_WORDS = {GateVerdict.GO: "GO", GateVerdict.GO_WITH_ACCEPTED_RISKS: "GO", GateVerdict.NO_GO: "NO-GO"}


def banner(verdict: GateVerdict, *, ascii_only: bool) -> tuple[str, str, str]:
    """Three lines of equal width; without the box drawing signs the word itself in the middle one."""
    word = _WORDS[verdict]
    if ascii_only:
        return " " * len(word), word, " " * len(word)
    top, middle, bottom = (" ".join(_LETTERS[letter][line] for letter in word) for line in range(3))
    return top, middle, bottom
