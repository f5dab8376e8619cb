"""Reads the Authentication-Results header, in which a receiver says what it verified (RFC 8601 section 2.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchready_tui.checks.reading.names import tidy_name
from launchready_tui.model.questions.mail import MailMethod, MailVerdict

LONGEST = 65_536
"""Characters of one header that are read."""

MOST_METHODS = 100

_METHOD = re.compile(r"([a-z][a-z0-9_-]*)(?:/\d+)?=([a-z]+)", re.IGNORECASE)
_PROPERTY = re.compile(r"([a-z]+)\.([a-z0-9_-]+)=(.*)", re.IGNORECASE | re.DOTALL)
_ABOUT = {
    "spf": ("smtp.mailfrom", "smtp.mail", "smtp.helo"),
    "dkim": ("header.d", "header.i"),
    "dmarc": ("header.from",),
}
"""The properties that name whom a verdict is about, the best first."""


def parse(header: str) -> MailVerdict | None:
    """Read one header; None where it names nobody who wrote it."""
    parts = list(_split(header[:LONGEST]))
    words = parts[0].split() if parts else []
    if not words or "=" in words[0]:
        return None
    methods = (_method(part) for part in parts[1 : MOST_METHODS + 1])
    return MailVerdict(tidy_name(words[0])[:255], tuple(method for method in methods if method is not None))


def _split(header: str) -> Iterator[str]:
    """The parts between the semicolons, comments dropped, quotes resolved. Comments may be nested."""
    depth, quoted, escaped = 0, False, False
    part: list[str] = []
    for character in header:
        if escaped:
            escaped = False
            if depth == 0:
                part.append(character)
        elif character == "\\" and (depth or quoted):
            escaped = True
        elif depth:
            depth += {"(": 1, ")": -1}.get(character, 0)
        elif character == '"':
            quoted = not quoted
        elif quoted:
            # A blank inside quotes must not end the word that it stands in.
            part.append("\u00a0" if character in " ;" else character)
        elif character == "(":
            depth = 1
            part.append(" ")
        elif character == ";":
            yield "".join(part).strip(" \t\r\n")
            part = []
        else:
            part.append(character)
    yield "".join(part).strip(" \t\r\n")


def _method(part: str) -> MailMethod | None:
    words = re.sub(r"[ \t\r\n]*=[ \t\r\n]*", "=", part).split(" ")
    words = [word for word in re.split(r"[ \t\r\n]+", " ".join(words)) if word]
    found = _METHOD.fullmatch(words[0]) if words else None
    if found is None:
        return None
    method, result = found.group(1).lower(), found.group(2).lower()
    properties: dict[str, str] = {}
    for word in words[1:]:
        if item := _PROPERTY.fullmatch(word):
            properties.setdefault(f"{item.group(1).lower()}.{item.group(2).lower()}", item.group(3))
    for name in _ABOUT.get(method, ()):
        if name in properties:
            return MailMethod(method, result, domain_of(properties[name]), helo=name == "smtp.helo")
    return MailMethod(method, result)


def domain_of(address: str) -> str:
    """The domain of an address, of `@domain`, or of a bare domain; '' for anything else."""
    domain = tidy_name(address.strip("<>\u00a0 ").rpartition("@")[2])
    good = len(domain) <= 253 and "." in domain and re.fullmatch(r"[^\s<>\"(),:;\\\[\]]+", domain) is not None
    return domain if good else ""
