"""Pure: comments and dollar quotes of SQL, taken out before a statement is made a fingerprint.

A comment may hold a quote and a string may hold the mark of a comment, so both are looked for together, from left to
right. Whatever is not closed reaches to the end of the text: a statement that a log cut in two leaks nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

Dialect = Literal["postgresql", "mysql", "sqlite"]

_POSTGRES = re.compile(
    r"""
      (?P<keep> [eE]'(?:[^'\\]++|\\.|'')*+'? | '[^']*+'? | "[^"]*+"? | \w[\w$]*+ | \$\d[\w$]*+ )
    | (?P<line> --[^\n]*+ )
    | (?P<block> /\* )
    | (?P<dollar> \$(?:[^\W\d]\w*+)?\$ )
    """,
    re.VERBOSE | re.DOTALL,
)
_SQLITE = re.compile(
    r"""(?P<keep>'[^']*+'?|"[^"]*+"?|`[^`]*+`?)|(?P<line>--[^\n]*+)|(?P<block>/\*)|(?P<dollar>(?!))""", re.DOTALL
)
_MYSQL = re.compile(
    r"""
      (?P<keep> '(?:[^'\\]++|\\.|'')*+'? | "(?:[^"\\]++|\\.|"")*+"? | `[^`]*+`? )
    | (?P<line> \#[^\n]*+ | --(?=\s|\Z)[^\n]*+ )
    | (?P<block> /\* )
    | (?P<dollar> (?!) )
    """,
    re.VERBOSE | re.DOTALL,
)
_OPENERS = {"postgresql": _POSTGRES, "mysql": _MYSQL, "sqlite": _SQLITE}
_DOLLAR = re.compile(r"\$(?!\d)")
_NEST = re.compile(r"/\*|\*/")

MOST_COMMENTS = 20
"""Comments of one statement that are kept to be read."""


def take_comments(sql: str, dialect: Dialect) -> tuple[str, tuple[str, ...]]:
    """The statement without comments, dollar quotes replaced by `''`; and the texts of its comments.

    The usual case, one comment before or behind the statement (as sqlcommenter and its like write them), is cheap.
    """
    comments: list[str] = []
    sql = sql.strip().rstrip(";")
    while sql.endswith("*/") and len(comments) < MOST_COMMENTS:
        start = sql.rfind("/*")
        if start < 0:
            break
        comments.append(sql[start + 2 : -2])
        sql = sql[:start].rstrip().rstrip(";")
    while sql.startswith("/*") and len(comments) < MOST_COMMENTS:
        end = sql.find("*/", 2)
        if end < 0 or sql.find("/*", 2, end) >= 0:
            break
        comments.append(sql[2:end])
        sql = sql[end + 2 :].lstrip()
    hidden = "/*" in sql or "--" in sql or (dialect == "mysql" and "#" in sql)
    if hidden or ("$" in sql and dialect == "postgresql" and _DOLLAR.search(sql)):
        sql = _without(sql, dialect, comments)
    return sql, tuple(comments)


def _without(sql: str, dialect: Dialect, comments: list[str]) -> str:
    """Every comment and every dollar quote taken out, one after the other."""
    search: Callable[[str, int], re.Match[str] | None] = _OPENERS[dialect].search
    parts: list[str] = []
    at = 0
    while (found := search(sql, at)) is not None:
        end = found.end()
        match found.lastgroup:
            case "keep":
                parts.append(sql[at:end])
            case "dollar":
                closing = sql.find(found[0], end)
                parts += (sql[at : found.start()], " '' ")
                end = len(sql) if closing < 0 else closing + len(found[0])
            case kind:
                if kind == "block":
                    end = _end_of_block(sql, end, nested=dialect == "postgresql")
                if len(comments) < MOST_COMMENTS:
                    comments.append(sql[found.start() + 2 : end].removesuffix("*/"))
                parts += (sql[at : found.start()], " ")
        at = end
    parts.append(sql[at:])
    return "".join(parts)


def _end_of_block(sql: str, at: int, *, nested: bool) -> int:
    """Where a comment ends whose `/*` ends at `at`; PostgreSQL's nest."""
    depth = 1
    while (found := _NEST.search(sql, at)) is not None:
        at = found.end()
        if found[0] == "*/":
            depth -= 1
        elif nested:
            depth += 1
        if depth == 0:
            return at
    return len(sql)


def is_open(sql: str, dialect: Dialect) -> bool:
    """Whether a text ends within a string, a quoted name, a comment or a parenthesis."""
    search: Callable[[str, int], re.Match[str] | None] = _OPENERS[dialect].search
    depth = at = 0
    while (found := search(sql, at)) is not None:
        depth += _parentheses(sql[at : found.start()])
        at = found.end()
        match found.lastgroup:
            case "keep":
                if not _is_closed(found[0], dialect):
                    return True
            case "dollar":
                closing = sql.find(found[0], at)
                if closing < 0:
                    return True
                at = closing + len(found[0])
            case "block":
                at = _end_of_block(sql, at, nested=dialect == "postgresql")
                if at == len(sql) and not sql.endswith("*/"):
                    return True
    return depth + _parentheses(sql[at:]) > 0


def _is_closed(token: str, dialect: Dialect) -> bool:
    """Whether a string or quoted name has its closing quote. Other tokens have none."""
    opening = token[:2].lstrip("eE")[:1]
    if not opening or opening not in "'\"`":
        return True
    body = token[:-1]
    escaped = (dialect == "mysql" or token[0] in "eE") and (len(body) - len(body.rstrip("\\"))) % 2
    return token[-1] == opening and opening in body and not escaped


def _parentheses(text: str) -> int:
    return text.count("(") - text.count(")")
