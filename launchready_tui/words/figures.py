"""Small words that several families share: lists that end, days, times and sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from launchready_tui.model.questions import Facts, Question

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Place(str):
    """A part of a line that stands for a thing of the outside: a URL, a name, a path. Documents set it as code."""

    __slots__ = ()


Parts: TypeAlias = tuple[str, ...]
"""The parts of a line in their order; those that are a `Place` name a thing."""

Asked: TypeAlias = Mapping[type[Question[Any]], Callable[[Any], Parts]]
"""The words for the questions of a family."""

Answered: TypeAlias = Mapping[type[Facts], Callable[[Any], str]]
"""The words for the answers of a family."""


def day(at: datetime) -> str:
    """`24 Nov 2026`, in UTC, whatever the locale."""
    utc = at.astimezone(UTC)
    return f"{utc.day} {_MONTHS[utc.month - 1]} {utc.year}"


def some(items: Sequence[str], most: int = 4) -> str:
    """The first items, and how many more there are: `a, b and 3 more`."""
    shown = ", ".join(items[:most])
    return f"{shown} and {len(items) - most:,} more" if len(items) > most else shown


def joined(*parts: str) -> str:
    """The parts that say something, separated by commas."""
    return ", ".join(part for part in parts if part)


def ms(value: float) -> str:
    """`38 ms`, `0.4 ms` where it is less than one."""
    return f"{value:,.0f} ms" if value >= 1 or value == 0 else f"{value:.1f} ms"


def percent(part: float) -> str:
    """A share of 0 to 1: `12 %`."""
    return f"{100 * part:.0f} %"


def nth(number: int) -> str:
    """`1st`, `7th`, `12th`."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def as_account(session: str) -> str:
    """` as buyer` for the session of a test account, '' for any other: the names of the others mean nothing."""
    kind, _, role = session.partition(":")
    return f" as {role}" if kind == "account" and role else ""
