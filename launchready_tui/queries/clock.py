"""Pure: the times that logs write, as seconds since 1970 (UTC)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_STAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?\s?(Z|[+-]\d\d(?::?\d\d)?|[A-Za-z_/]{2,30})?"
)
_SHORT = re.compile(r"(\d\d)(\d\d)(\d\d)\s+(\d{1,2}):(\d\d):(\d\d)(?:\.(\d{1,9}))?()")
_ZONES = {"": 0, "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "CET": 60, "CEST": 120, "EET": 120, "EEST": 180, "BST": 60,
          "MSK": 180, "JST": 540, "AEST": 600, "AEDT": 660, "EST": -300, "EDT": -240, "CST": -360, "CDT": -300,
          "MST": -420, "MDT": -360, "PST": -480, "PDT": -420}  # fmt: skip
"""Minutes east of UTC. Abbreviations are ambiguous; one that is not here is taken as UTC."""

_START = datetime(1970, 1, 1, tzinfo=UTC)


class Clock:
    """Reads times. A log repeats its last second all the time, so that is remembered.

    `odd_zones` are abbreviations that are not known; `fine` says whether parts of a second were seen.
    """

    def __init__(self) -> None:
        self.odd_zones: set[str] = set()
        self.fine = False
        self._second = ""
        self._value: float | None = None

    def seconds(self, text: str) -> float | None:
        """A time such as `2026-11-24 12:00:00.123 UTC`, ISO 8601, MySQL's `261124 12:00:00` or seconds since 1970."""
        if self._value is not None and text[:19] == self._second:
            if text[19:20] != ".":
                return self._value
            if (digits := text[20:23]).isdecimal():
                self.fine = True
                return self._value + int(digits) / float(10 ** len(digits))
        if (found := _STAMP.match(text)) is not None:
            self._second, self._value = text[:19], self._whole(found, 0)
            return None if self._value is None else self._value + self._fraction(found[7])
        if (found := _SHORT.match(text)) is not None:
            whole = self._whole(found, 2000)
            return None if whole is None else whole + self._fraction(found[7])
        return _epoch(text)

    def _whole(self, found: re.Match[str], century: int) -> float | None:
        year, month, day, hour, minute, second = (int(found[n]) for n in range(1, 7))
        if not 1971 <= year + century <= 2199:
            return None
        try:
            moment = datetime(year + century, month, day, hour, minute, min(second, 59), tzinfo=UTC)
        except ValueError:
            return None
        return (moment - _START).total_seconds() - self._offset(found[8] or "") * 60

    def _offset(self, zone: str) -> int:
        if zone[:1] in ("+", "-") and zone:
            digits = zone[1:].replace(":", "") + "00"
            minutes = int(digits[:2]) * 60 + int(digits[2:4])
            return -minutes if zone[0] == "-" else minutes
        if zone.upper() not in _ZONES and len(self.odd_zones) < 5:
            self.odd_zones.add(zone)
        return _ZONES.get(zone.upper(), 0)

    def _fraction(self, digits: str | None) -> float:
        if not digits:
            return 0.0
        self.fine = True
        return int(digits) / float(10 ** len(digits))


def _epoch(text: str) -> float | None:
    """Seconds, milliseconds, microseconds or nanoseconds since 1970."""
    try:
        value = float(text.strip()[:32])
    except ValueError:
        return None
    return next((value / unit for unit in (1.0, 1e3, 1e6, 1e9) if 1e8 < value / unit < 4.2e9), None)


def date_of(seconds: float) -> datetime:
    """A time as a date in UTC."""
    return _START + timedelta(seconds=seconds)
