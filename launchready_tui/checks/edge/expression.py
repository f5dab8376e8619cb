"""Decides which requests a Cloudflare rule is about: a small part of its expression language, the rest is unknown.

covers('(http.request.uri.path eq "/login")', "acme.test", "/login")  # True
covers('ip.geoip.country eq "T1"', "acme.test", "/login")  # None: nobody can tell from path and host
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

LONGEST = 4_096
DEEPEST = 40

_TOKEN = re.compile(
    r"""\s*(?:(\()|(\))|(\{)|(\})|(,)|"((?:[^"\\]|\\.)*)"|(==|!=|~|&&|\|\||!)|([A-Za-z_][\w.\[\]"*-]*)|(\d+))"""
)

Truth = bool | None
"""None: cannot be told."""


class Unreadable(ValueError):
    """An expression that is not in the part of the language that is read here."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a rule is asked about."""

    host: str
    path: str
    method: str = "GET"

    def field(self, name: str) -> str | None:
        """The value of a field, None for one that is not read here."""
        return {
            "http.host": self.host,
            "http.request.uri.path": self.path,
            "http.request.uri": self.path,
            "raw.http.request.uri.path": self.path,
            "http.request.full_uri": f"https://{self.host}{self.path}",
            "http.request.method": self.method,
        }.get(name)


def covers(expression: str, host: str, path: str, method: str = "GET") -> Truth:
    """Whether a rule applies to a request; None where that cannot be told."""
    try:
        return _Reader(expression, Request(host, path, method)).read()
    except (Unreadable, RecursionError):
        return None


class _Reader:
    """Reads and evaluates in one pass; three-valued, so that `unknown and false` is false."""

    def __init__(self, text: str, request: Request) -> None:
        if len(text) > LONGEST:
            raise Unreadable("too long")
        self._tokens = _tokens(text)
        self._at = 0
        self._request = request

    def read(self) -> Truth:
        value = self._either(0)
        if self._at != len(self._tokens):
            raise Unreadable("something is left over")
        return value

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise Unreadable("it ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _peek(self) -> str:
        return self._tokens[self._at][1].lower() if self._at < len(self._tokens) else ""

    def _either(self, depth: int) -> Truth:
        value = self._both(depth)
        while self._peek() in ("or", "||"):
            self._at += 1
            other = self._both(depth)
            value = True if True in (value, other) else (None if None in (value, other) else False)
        return value

    def _both(self, depth: int) -> Truth:
        value = self._single(depth)
        while self._peek() in ("and", "&&"):
            self._at += 1
            other = self._single(depth)
            value = False if False in (value, other) else (None if None in (value, other) else True)
        return value

    def _single(self, depth: int) -> Truth:
        if depth > DEEPEST:
            raise Unreadable("too deep")
        kind, text = self._next()
        if text.lower() in ("not", "!") and kind in ("word", "operator"):
            value = self._single(depth + 1)
            return None if value is None else not value
        if kind == "(":
            value = self._either(depth + 1)
            if self._next()[0] != ")":
                raise Unreadable("a parenthesis stays open")
            return value
        if kind != "word":
            raise Unreadable(text)
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
        if self._peek() == "(" and text.lower() in ("starts_with", "ends_with"):
            return self._function(text.lower())
        return self._comparison(self._value(text, depth))

    def _value(self, name: str, depth: int) -> str | None:
        """A field, or `lower(field)`."""
        if self._peek() == "(" and name.lower() in ("lower", "upper"):
            self._at += 1
            value = self._value(self._next()[1], depth + 1)
            if self._next()[0] != ")" or depth > DEEPEST:
                raise Unreadable(name)
            return value if value is None else value.lower() if name.lower() == "lower" else value.upper()
        if self._peek() == "(":
            raise Unreadable(name)
        return self._request.field(name)

    def _function(self, name: str) -> Truth:
        self._at += 1
        value = self._value(self._next()[1], 0)
        comma, (kind, text), closing = self._next(), self._next(), self._next()
        if comma[0] != "," or kind != "text" or closing[0] != ")":
            raise Unreadable(name)
        if value is None:
            return None
        return value.startswith(text) if name == "starts_with" else value.endswith(text)

    def _comparison(self, value: str | None) -> Truth:
        operator = self._next()[1].lower()
        if operator == "strict":
            operator = self._next()[1].lower()
        if operator == "in":
            return self._among(value)
        kind, text = self._next()
        if kind not in ("text", "number"):
            raise Unreadable(text)
        tests: dict[str, Callable[[str], bool]] = {
            "eq": lambda found: found == text,
            "==": lambda found: found == text,
            "ne": lambda found: found != text,
            "!=": lambda found: found != text,
            "contains": lambda found: text in found,
            "wildcard": lambda found: fnmatchcase(found, text.replace("[", "[[]")),
        }
        if operator not in tests:
            if operator in ("matches", "~", "lt", "le", "gt", "ge"):
                return None
            raise Unreadable(operator)
        return None if value is None else tests[operator](value)

    def _among(self, value: str | None) -> Truth:
        if self._next()[0] != "{":
            return None
        found: list[str] = []
        while (token := self._next())[0] != "}":
            found.append(token[1])
        return None if value is None else value in found


def _tokens(text: str) -> list[tuple[str, str]]:
    kinds = ("(", ")", "{", "}", ",", "text", "operator", "word", "number")
    found: list[tuple[str, str]] = []
    at, text = 0, text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Unreadable(text[at : at + 20])
        place = next(index for index, group in enumerate(match.groups()) if group is not None)
        value = match[place + 1]
        found.append((kinds[place], re.sub(r"\\(.)", r"\1", value) if place == 5 else value))
        at = match.end()
    return found
