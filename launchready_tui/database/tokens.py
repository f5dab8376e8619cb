"""Pure: the words of an expression as PostgreSQL deparses it (plan filters, policy conditions)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

LONGEST, MOST_TOKENS = 20_000, 2_000
"""Characters and words of an expression that are read; what is longer is cut, and its parentheses do not close."""

Kind = Literal["text", "number", "name", "parameter", "operator", "open", "close", "comma"]

_TOKEN = re.compile(
    r"""
      (?P<text> [eE]'(?:[^'\\]++|\\.|'')*+'? | [bBxX]?'(?:[^']++|'')*+'? )
    | (?P<name> (?:"(?:[^"]++|"")*+"?|[^\W\d][\w$]*+) (?:\.(?:"(?:[^"]++|"")*+"?|[^\W\d][\w$]*+))*+ )
    | (?P<parameter> \$\d++ )
    | (?P<number> \d[\w.]*+ )
    | (?P<operator> :: | [-+*/<>=~!@\#%^&|`?]++ | [.:] )
    | (?P<open> [(\[] )
    | (?P<close> [)\]] )
    | (?P<comma> , )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of an expression. Names keep their quotes and dots."""

    kind: Kind
    text: str

    @property
    def word(self) -> str:
        """A keyword or name in lower case, '' for anything else."""
        return self.text.lower() if self.kind == "name" else ""


def tokens(expression: str) -> list[Token]:
    """The words of an expression, white space left out. Never fails: a character that fits nowhere is passed over."""
    return list(islice(_tokens(expression[:LONGEST]), MOST_TOKENS))


def _tokens(expression: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(expression):
        kind = found.lastgroup
        assert kind is not None
        yield Token(kind, found[0])  # type: ignore[arg-type]


def bare(name: str) -> str:
    """A dotted name's last part, without quotes: the column of `l.seller_id`."""
    parts = re.findall(r'"(?:[^"]|"")*"|[^."]+', name)
    return unquoted(parts[-1]) if parts else ""


def unquoted(name: str) -> str:
    """A name without its quotes."""
    return name[1:-1].replace('""', '"') if len(name) > 1 and name[0] == name[-1] == '"' else name


def closing(words: list[Token], at: int) -> int:
    """The place of the parenthesis that closes the one at `at`; the end where none does."""
    depth = 0
    for place in range(at, len(words)):
        if words[place].kind == "open":
            depth += 1
        elif words[place].kind == "close":
            depth -= 1
            if depth == 0:
                return place
    return len(words)


def stripped(words: list[Token]) -> list[Token]:
    """The words without parentheses around all of them."""
    while words and words[0].text == "(" and closing(words, 0) == len(words) - 1:
        words = words[1:-1]
    return words


def split(words: list[Token], separators: frozenset[str]) -> list[list[Token]]:
    """The parts between keywords of the outermost level."""
    parts: list[list[Token]] = [[]]
    at = 0
    while at < len(words):
        end = closing(words, at) + 1 if words[at].kind == "open" else at + 1
        if words[at].word in separators:
            parts.append([])
        else:
            parts[-1] += words[at:end]
        at = end
    return parts
