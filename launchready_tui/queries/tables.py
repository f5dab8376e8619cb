"""Pure: the tables that a fingerprint names."""

from __future__ import annotations

import re

MOST_TABLES = 12

_NAME = r'(?:"[^"]++"|`[^`]++`|[^\W\d][\w$]*+|\d++[\w$]++)'
_DOTTED = rf"{_NAME}(?:\.{_NAME}){{0,2}}+"
_SOURCE = re.compile(
    rf"\b(?:from|join|update) (?:only |lateral |low_priority |ignore )?+"
    rf"(?:{_DOTTED}\([^()]*+\)(?: as)?(?: {_NAME})?+, )*+"
    rf"({_DOTTED}(?!\()(?:(?: as)?(?: {_NAME})?+, {_DOTTED}(?!\())*+)"
)
_TARGET = re.compile(rf"\b(?:into|table|truncate|copy) (?:table |only |if (?:not )?exists )*+({_DOTTED})")
_FIRST = re.compile(_DOTTED)
_CTE = re.compile(rf"(?:\bwith (?:recursive )?|\), ?)({_NAME})(?: ?\([^()]*+\))? as (?:not )?(?:materialized )?\(")
_NOT_TABLES = re.compile(
    r"\b(?:extract|substring|trim|overlay|position) ?\([^()]*+\)|\bis (?:not )?distinct from\b"
    r"|\bfor (?:no key )?update\b|\b(?:do|on duplicate key) update\b"
)
_WORDS = frozenset(["select", "values", "set", "unnest", "stdin", "stdout", "where", "using", "dual", "exists"])


def tables_of(fingerprint: str) -> tuple[str, ...]:
    """The tables that a statement reads or writes, each once, without quotes: no functions, no names of CTEs."""
    text = _NOT_TABLES.sub(" ", fingerprint)
    own = {_bare(name) for name in _CTE.findall(text)}
    places = sorted([*_SOURCE.finditer(text), *_TARGET.finditer(text)], key=lambda place: place.start())
    found: dict[str, None] = {}
    for place in places:
        for part in place[1].split(", "):
            first = _FIRST.match(part)
            name = _bare(first[0]) if first else ""
            if name and name not in own and name not in _WORDS:
                found.setdefault(name)
    return tuple(found)[:MOST_TABLES]


def _bare(name: str) -> str:
    return name.replace('"', "").replace("`", "")
