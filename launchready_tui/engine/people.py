"""Whether two names mean the same person, and whether a name names anybody. Pure.

Two people have to stand behind a blocker (CHECKS.md b0), so spellings, titles and look-alike letters must not make two
of one.
"""

from __future__ import annotations

import re
import unicodedata

_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|<[^>]*>|,.*$")
"""What people write behind a name: a role in brackets, an address, a title after a comma."""

_LOOKS_LIKE = str.maketrans(
    "\u0430\u0432\u0435\u0437\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0456\u0458\u0455\u0501\u03b1\u03b2\u03b5\u03b9\u03ba\u03bf\u03c1\u03c4\u03c5\u03c7\u03bd",
    "abe3kmhopctyxijsdabeikoptuxv",
)
"""Cyrillic and Greek letters that are drawn like Latin ones (a part of Unicode's confusables, UTS 39)."""

_NOBODY = frozenset(
    (
        *("nobody", "noone", "none", "na", "unknown", "someone", "somebody", "anyone", "anybody", "everyone"),
        *("everybody", "me", "myself", "self", "same", "tbd", "todo", "witness", "founder", "consultant", "backup"),
    )
)
"""Words that stand in a field for a name and name nobody."""

_LEAST_LETTERS = 2


def key(name: str) -> str:
    """A name without case, accents, spaces, signs, brackets, and with look-alike letters as Latin ones."""
    bare = _ASIDE.sub(" ", name) if _ASIDE.sub(" ", name).strip() else name
    plain = unicodedata.normalize("NFKD", bare).casefold().translate(_LOOKS_LIKE)
    return "".join(character for character in plain if character.isalnum())


def same(one: str, other: str) -> bool:
    """Whether both names mean the same person; an empty name means nobody."""
    return bool(key(one)) and key(one) == key(other)


def names_somebody(name: str) -> bool:
    """Whether it is a name at all, and no word for nobody or for a role."""
    found = key(name)
    least = _LEAST_LETTERS if found.isascii() else 1
    return sum(character.isalpha() for character in found) >= least and found not in _NOBODY
