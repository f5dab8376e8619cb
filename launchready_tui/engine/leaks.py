"""Looks for secrets in a text that is about to leave the house: by shape always, by the secrets engine where it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from launchready_tui.probes.redaction import secret_kinds

Looker = Callable[[str, str], frozenset[str]]
_CERTAIN = ("provider", "private-key")
"""The kinds of finding that stop a pack. Weaker ones are guesses by the name beside a value; texts about security are
full of such names.
"""


def scan(name: str, text: str) -> tuple[str, ...]:
    """The kinds of secrets in a text of that file name, never a value."""
    return tuple(sorted(secret_kinds(text) | _engine()(name, text)))


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
