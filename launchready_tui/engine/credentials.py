"""Whether a text seems to hold a credential itself instead of the place where it is kept."""

from __future__ import annotations

import re

_KNOWN = re.compile(
    r"(?:sk|pk|rk)_(?:live|test)_\w{8}|gh[pousr]_\w{20}|github_pat_|AKIA[0-9A-Z]{12}|xox[abprs]-|-----BEGIN"
    r"|eyJ[\w-]{12,}\.|(?i:pass(?:word|wort)?|secret|token|pin)\s*[:=]\s*\S"
)
_WORD = re.compile(r"[\w+=!#$%&*.-]+")
SHORTEST_RANDOM = 20


def looks_like_a_secret(text: str) -> bool:
    """Whether it looks like a key, a token or a password."""
    return bool(_KNOWN.search(text) or any(_is_random(word) for word in _WORD.findall(text)))


def _is_random(word: str) -> bool:
    """Whether a long word mixes small letters, capitals and digits, as keys do and names do not."""
    if len(word) < SHORTEST_RANDOM:
        return False
    kinds = (str.islower, str.isupper, str.isdigit)
    return all(any(kind(character) for character in word) for kind in kinds)
