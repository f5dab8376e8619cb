"""Reads the limits of a runbook entry, each with the default that the catalogue names.

A limit of the wrong type means its default: `launchready runbook check` is the place to complain about a runbook.
"""

from __future__ import annotations

from launchready_tui.model.runbook import Limits


def number(limits: Limits, key: str, default: float) -> float:
    """A number: seconds, counts, shares. A boolean is not one."""
    value = limits.get(key, default)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else default


def count(limits: Limits, key: str, default: int) -> int:
    """A whole number of things."""
    return int(number(limits, key, default))


def text(limits: Limits, key: str, default: str = "") -> str:
    """A piece of text."""
    value = limits.get(key, default)
    return value if isinstance(value, str) else default


def texts(limits: Limits, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Pieces of text: a list, or one string with commas."""
    value = limits.get(key)
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return tuple(value) if isinstance(value, list) else default
