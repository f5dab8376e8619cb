"""Dates as people type them: `2026-12-01`, `2026-12-01 18:00`, `+14d`, `+2w`, `+6h`, `today`, `tomorrow`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from launchready_tui.text import one_line, span

HOW = "2026-12-01 or +14d"
"""The two ways to write a date, for help and messages."""

_LAST = time(23, 59, 59)
_RELATIVE = re.compile(r"^\+\s*(\d{1,6})\s*([hdw])[a-z]*$")
_ABSOLUTE = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]+(\d{1,2}):(\d{2}))?$")
_WORDS = {"today": 0, "tomorrow": 1}


def parse_until(text: str, now: datetime, zone: tzinfo | None = None) -> datetime:
    """The moment in UTC until which something holds; a day counts to its end, in `zone` or the local time zone.

    Raises `ValueError` with a sentence for people.
    """
    words = text.strip().lower()
    today = now.astimezone(zone).date()
    try:
        if words in _WORDS:
            return _end(today + timedelta(days=_WORDS[words]), zone)
        if found := _RELATIVE.match(words):
            count, unit = int(found[1]), found[2]
            if unit == "h":
                return (now + timedelta(hours=count)).astimezone(UTC)
            return _end(today + timedelta(days=count * (7 if unit == "w" else 1)), zone)
        if found := _ABSOLUTE.match(words):
            day = date(int(found[1]), int(found[2]), int(found[3]))
            return _at(day, time(int(found[4]), int(found[5])), zone) if found[4] else _end(day, zone)
    except (ValueError, OverflowError):
        raise ValueError(f'The calendar has no "{one_line(text, 30)}".') from None
    raise ValueError(f'"{one_line(text, 30)}" is no date: write {HOW}.')


def day(moment: datetime, zone: tzinfo | None = None) -> str:
    """A moment as a day to edit: `2026-12-01`."""
    return f"{moment.astimezone(zone):%Y-%m-%d}"


def minute(moment: datetime, zone: tzinfo | None = None) -> str:
    """A moment as a minute to edit: `2026-12-01 18:00`."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def spoken(moment: datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """A moment for people: `Tue 1 Dec 2026, in 7 days`; with its time where it is not the end of a day."""
    local, here = moment.astimezone(zone), now.astimezone(zone)
    name = f"{local:%a} {local.day} {local:%b %Y}"
    if local.time().replace(microsecond=0) != _LAST:
        name += f" {local:%H:%M}"
    days = (local.date() - here.date()).days
    if moment < now:
        return f"{name}, {span((now - moment).total_seconds())} ago"
    if days == 0:
        return f"{name}, today"
    return f"{name}, tomorrow" if days == 1 else f"{name}, in {days} days"


def days_until(moment: datetime, now: datetime, zone: tzinfo | None = None) -> int:
    """How many midnights lie between."""
    return (moment.astimezone(zone).date() - now.astimezone(zone).date()).days


def tidy(text: str, now: datetime, zone: tzinfo | None = None) -> str:
    """What was typed as `2026-12-01` where it is a day or a relative one; any other text as it is."""
    try:
        moment = parse_until(text, now, zone)
    except ValueError:
        return text.strip()
    return day(moment, zone) if moment.astimezone(zone).time().replace(microsecond=0) == _LAST else minute(moment, zone)


def _end(day_: date, zone: tzinfo | None) -> datetime:
    return _at(day_, _LAST, zone)


def _at(day_: date, clock: time, zone: tzinfo | None) -> datetime:
    return datetime.combine(day_, clock, zone).astimezone(UTC)
