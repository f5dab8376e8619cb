"""Pure: which columns a condition of a plan demands something of, without the values that it demands."""

from __future__ import annotations

import re

from launchready_tui.database.tokens import Token, bare, closing, split, stripped, tokens
from launchready_tui.model.questions.plans import Condition
from launchready_tui.text import one_line

MOST_CONDITIONS = 24
_DEEPEST = 12

_AND, _OR = frozenset({"and"}), frozenset({"or"})
_COMPARING = re.compile(r"[<>]=?|=|<>|!?~{1,2}\*?|@>|<@|@@|&&|\?[|&]?|%|\^@")
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "@>": "<@", "<@": "@>"}
_WORDS = frozenset({"is", "not", "null", "true", "false", "any", "all", "array", "and", "or", "distinct", "from"})


def conditions(expression: str) -> tuple[Condition, ...]:
    """The demands of a filter or an index condition, each column once per operator."""
    found: dict[Condition, None] = {}
    for condition in _read(_uncast(tokens(expression)), 0, alternative=False):
        found.setdefault(condition)
    return tuple(found)[:MOST_CONDITIONS]


def _read(words: list[Token], depth: int, *, alternative: bool) -> list[Condition]:
    words = stripped(words)
    if depth > _DEEPEST or not words:
        return []
    for separators, either in ((_OR, True), (_AND, alternative)):
        parts = split(words, separators)
        if len(parts) > 1:
            return [item for part in parts for item in _read(part, depth + 1, alternative=either or alternative)]
    if words[0].word == "not":
        inner = _read(words[1:], depth + 1, alternative=alternative)
        return [Condition(item.column, "or" if alternative else "not", item.function) for item in inner]
    found = _atom(words)
    if found is None:
        return []
    return [Condition(found.column, "or", found.function) if alternative else found]


def _atom(words: list[Token]) -> Condition | None:
    """One comparison: `column = $1`, `$1 = column`, `column IS NULL`, `column = ANY ($1)`, or a bare boolean column."""
    at = _operator(words)
    if at is None:
        column, function = _column(words)
        return Condition(column, "true", function) if column else None
    operator = "is" if words[at].word == "is" else words[at].text
    left, right = stripped(words[:at]), stripped(words[at + 1 :])
    column, function = _column(left)
    other = right
    if not column:
        column, function = _column(right)
        other, operator = left, _TURNED.get(operator, operator)
    if not column:
        return None
    return Condition(column, operator, function, _parameter(other))


def _operator(words: list[Token]) -> int | None:
    """The place of the comparison at the outermost level."""
    at = 0
    while at < len(words):
        if words[at].kind == "operator" and _COMPARING.fullmatch(words[at].text):
            return at
        if words[at].word == "is":
            return at
        at = closing(words, at) + 1 if words[at].kind == "open" else at + 1
    return None


def _column(words: list[Token]) -> tuple[str, str]:
    """The column on one side of a comparison, and the function around it; '' where it is neither."""
    words = stripped(words)
    if len(words) == 1 and words[0].kind == "name" and words[0].word not in _WORDS:
        return _name(words[0]), ""
    if len(words) > 2 and words[0].kind == "name" and words[1].text == "(" and closing(words, 1) == len(words) - 1:
        if words[0].word in _WORDS:
            return "", ""
        names = [item for item in words[2:-1] if item.kind == "name" and item.word not in _WORDS]
        return (_name(names[0]), _name(words[0])) if names else ("", "")
    if len(words) > 2 and words[0].kind == "name" and words[1].text.startswith(("-", "#")):
        return _name(words[0]), words[1].text[:3]  # a field of a JSON column
    return "", ""


def _name(word: Token) -> str:
    return one_line(bare(word.text), 63)


def _parameter(words: list[Token]) -> int:
    """The number of the placeholder on the other side, 0 where it is something else or more than that."""
    found = {item.text for item in words if item.kind == "parameter"}
    rest = [item for item in words if item.kind == "operator"]
    return int(found.pop()[1:]) if len(found) == 1 and not rest else 0


def _uncast(words: list[Token]) -> list[Token]:
    """Without casts: `(status)::text` is `(status)`."""
    left: list[Token] = []
    at = 0
    while at < len(words):
        if words[at].text != "::":
            left.append(words[at])
            at += 1
            continue
        at += 2 if at + 1 < len(words) and words[at + 1].kind == "name" else 1
        # Types of two words (double precision, timestamp with time zone), of a length and of arrays.
        while at < len(words) and words[at].word in ("precision", "varying", "with", "without", "time", "zone"):
            at += 1
        while at < len(words) and words[at].kind == "open" and _is_modifier(words, at):
            at = closing(words, at) + 1
        while at < len(words) and words[at].word in ("with", "without", "time", "zone"):
            at += 1
    return left


def _is_modifier(words: list[Token], at: int) -> bool:
    inside = words[at + 1 : closing(words, at)]
    return all(item.kind in ("number", "comma") for item in inside)
