"""Pure: conditions of row policies: their literals replaced, and what is dangerous or slow in them."""

from __future__ import annotations

from launchready_tui.database.tokens import Token, bare, closing, split, stripped, tokens

LONGEST = 8_000

_KEPT = frozenset({"user_metadata", "raw_user_meta_data", "app_metadata", "raw_app_meta_data"})
"""Literals that are names of fields, and tell whether a user can change what is trusted."""

_USERS_OWN = frozenset({"user_metadata", "raw_user_meta_data"})
_PER_QUERY = frozenset({"auth.uid", "auth.jwt", "auth.role", "auth.email", "current_setting"})
"""Functions whose result is the same for all rows of a query: what Supabase's helpers and PostgREST's settings give."""


def masked(expression: str) -> str:
    """An expression as it may be stored: literals are `?1`, `?2`, …, the same for the same value."""
    numbers: dict[str, int] = {}
    parts: list[str] = []
    for word in tokens(expression):
        if word.kind not in ("text", "number") or word.text.strip("'") in _KEPT:
            parts.append(word.text)
        else:
            parts.append(f"?{numbers.setdefault(word.text, len(numbers) + 1)}")
    return " ".join(parts)[:LONGEST]


def is_always_true(expression: str) -> bool:
    """Whether a masked condition lets every row pass: `true`, a literal that equals itself, or one of them after OR."""
    words = stripped(_words(expression))
    if len(words) == 1:
        return words[0].word == "true"
    parts = split(words, frozenset({"or"}))
    if len(parts) > 1:
        return any(is_always_true(" ".join(item.text for item in part)) for part in parts)
    parts = split(words, frozenset({"and"}))
    if len(parts) > 1:
        return all(is_always_true(" ".join(item.text for item in part)) for part in parts)
    sides = [[item.text for item in stripped(side)] for side in _sides(words)]
    return len(sides) == 2 and sides[0] == sides[1] and len(sides[0]) == 1 and sides[0][0].startswith("?")


def trusts_the_user(expression: str) -> bool:
    """Whether a condition goes by metadata that a user can change."""
    return any(bare(item.text).strip("'").lower() in _USERS_OWN for item in tokens(expression))


def repeated_calls(expression: str) -> tuple[str, ...]:
    """The functions that are asked for each row although their answer is the same for all.

    A call inside `(SELECT …)` without FROM is asked once: the planner makes it an initial plan.
    """
    words = tokens(expression)
    found: dict[str, None] = {}
    once: list[bool] = []  # for each open parenthesis, whether what stands in it is asked once
    for at, word in enumerate(words):
        if word.kind == "open":
            inner = words[at + 1 : closing(words, at)]
            selects = bool(inner) and inner[0].word == "select"
            once.append(not _has_from(inner) if selects else bool(once) and once[-1])
        elif word.kind == "close" and once:
            once.pop()
        elif _is_call(words, at) and not (once and once[-1]):
            found.setdefault(word.word.replace('"', ""))
    return tuple(found)


def _is_call(words: list[Token], at: int) -> bool:
    name = words[at].word.replace('"', "").removeprefix("pg_catalog.")
    return name in _PER_QUERY and at + 1 < len(words) and words[at + 1].text == "("


def _has_from(words: list[Token]) -> bool:
    return len(split(words, frozenset({"from"}))) > 1


def _sides(words: list[Token]) -> list[list[Token]]:
    """Both sides of an equality; everything as one side where there is none."""
    places = [at for at, item in enumerate(words) if item.text == "="]
    return [words[: places[0]], words[places[0] + 1 :]] if len(places) == 1 else [words]


def _words(expression: str) -> list[Token]:
    """The words without casts (`'a'::text = 'a'::text`). A masked literal is an operator and a number: joined again."""
    words: list[Token] = []
    skip = False
    for word in tokens(expression):
        if skip:
            skip = False
        elif word.text == "::":
            skip = True
        elif word.kind == "number" and words and words[-1].text == "?":
            words[-1] = Token("parameter", f"?{word.text}")
        else:
            words.append(word)
    return words
