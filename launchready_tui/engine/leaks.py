"""Looks for secrets in a text that is about to leave the house: by shape always, by the secrets engine where it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, cast

from launchready_tui.errors import InputError
from launchready_tui.model.records import Payload
from launchready_tui.probes.redaction import secret_kinds

_COULD_BE = re.compile(r"-----BEGIN|://[^\s/@]+@|(?=[\w+/=.-]*\d)(?=[\w+/=.-]*[A-Za-z])[\w+/=.-]{16,}")
_IN_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s:/@]*:(?!\*+@|<|\$|\{|x+@|password@)[^\s/@]{3,}@[^\s/]", re.IGNORECASE)

Looker = Callable[[str, str], frozenset[str]]
_CERTAIN = ("provider", "private-key")
"""The kinds of finding that stop a pack. Weaker ones are guesses by the name beside a value; texts about security are
full of such names.
"""


def scan(name: str, text: str) -> tuple[str, ...]:
    """The kinds of secrets in a text of that file name, never a value."""
    return tuple(sorted(secret_kinds(text) | _engine()(name, text)))


def refuse(payload: Payload) -> None:
    """Raise `InputError` if a record holds a secret: it would be copied and mailed with the file, and the pack would be
    refused because of it ever after. The engine is only asked where a text holds something that could be a key.
    """
    for name, text in _texts(payload):
        if not _COULD_BE.search(text):
            continue
        kinds = scan(f"{name}.md", text) or (("credentials in a URL",) if _IN_URL.search(text) else ())
        if kinds:
            raise InputError(
                f"The text holds a secret ({', '.join(kinds)}); nothing was recorded.",
                "Write where it is kept instead. If it is a real one, revoke it: it has been typed here.",
            )


def _texts(value: object) -> Iterator[tuple[str, str]]:
    """Every text of a record, by the name of its field."""
    for item in fields(cast(Any, value)):
        held = getattr(value, item.name)
        for part in held if isinstance(held, tuple) else (held,):
            if isinstance(part, str):
                yield item.name, part
            elif is_dataclass(part) and not isinstance(part, type):
                yield from _texts(part)


@cache
def _engine() -> Looker:
    """The secrets engine, or one that finds nothing where it is not installed."""
    try:
        from launchready_tui.secrets.engine import Engine, ExtraMissing, TextGivenUp
        from launchready_tui.secrets.scanner import Origin, SecretScanner
    except ImportError:
        return lambda name, text: frozenset()
    try:
        scanner = SecretScanner(Engine(), lambda: b"nothing of what is found here is kept")
    except ExtraMissing:
        return lambda name, text: frozenset()

    def look(name: str, text: str) -> frozenset[str]:
        try:
            found = scanner.scan(text.encode("utf-8", "replace"), Origin(name))
        except TextGivenUp:
            return frozenset()
        return frozenset(item.title for item in found if item.kind in _CERTAIN)

    return look
