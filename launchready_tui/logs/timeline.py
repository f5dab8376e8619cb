"""When the requests of a log came: first and last, gaps, the busiest minute. Pure.

Times are read once per distinct text, and by the minute: lines of the same minute differ in two digits.
"""

from __future__ import annotations

import re
from calendar import timegm
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

GAP = 3_600
"""Seconds without any request that count as a gap, and by which a clock that goes back is noticed."""

MOST_SLOTS = 100_000
"""Slots of time that are counted apart; beyond, minutes become hours, and hours days."""

_MOST_KNOWN = 50_000
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
}
_CLF = re.compile(rb"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d)(?::(\d\d))?[^ ]*(?: ([+-]\d\d)(\d\d))?$")
_ISO = re.compile(rb"(\d{4})[-/](\d\d)[-/](\d\d)[T \t](\d\d):(\d\d)(?::(\d\d))?(?:[.,]\d+)?(?:Z|([+-]\d\d):?(\d\d))?")
_NUMBER = re.compile(rb"\d{9,20}(?:\.\d+)?$")
_EARLIEST, _LATEST = 0, 4_102_444_800
_LONGEST = 40

Moment = bytes | str | float | int | None


def seconds_of(text: Moment) -> int | None:
    """A moment as whole seconds since 1970 (UTC); None where it is none.

    Understands the common log format's time, ISO 8601 (with `/` too), and numbers of seconds, milli-, micro- or
    nanoseconds, told apart by their size. What names no zone is taken as UTC.
    """
    if text is None or isinstance(text, bool):
        return None
    if isinstance(text, int | float):
        return _sized(float(text))
    data = text.encode("ascii", "replace") if isinstance(text, str) else text
    data = data[:_LONGEST]
    if found := _CLF.match(data):
        day, month, year, hour, minute, second, zone_hours, zone_minutes = found.groups()
        return _seconds(year, _MONTHS.get(month.decode(), 0), day, hour, minute, second, zone_hours, zone_minutes)
    if found := _ISO.match(data):
        year, month_number, day, hour, minute, second, zone_hours, zone_minutes = found.groups()
        return _seconds(year, int(month_number), day, hour, minute, second, zone_hours, zone_minutes)
    return _sized(float(data)) if _NUMBER.match(data) else None


def _sized(number: float) -> int | None:
    """Seconds from a number whose unit is told by its size."""
    for scale in (1.0, 1e3, 1e6, 1e9):
        if _EARLIEST < number / scale < _LATEST:
            return int(number / scale)
    return None


def _seconds(
    year: bytes,
    month: int,
    day: bytes,
    hour: bytes,
    minute: bytes,
    second: bytes | None,
    zone_hours: bytes | None,
    zone_minutes: bytes | None,
) -> int | None:
    if not 1 <= month <= 12 or not 1 <= int(day) <= 31:
        return None
    moment = timegm((int(year), month, int(day), int(hour), int(minute), int(second or 0)))
    if zone_hours and zone_minutes:
        sign = -1 if zone_hours.startswith(b"-") else 1
        moment -= sign * (abs(int(zone_hours)) * 3_600 + int(zone_minutes) * 60)
    return moment if _EARLIEST <= moment < _LATEST else None


@dataclass(slots=True)
class Timeline:
    """Counts requests by slot of `step` seconds. `back` counts how often the clock went back by more than `GAP`."""

    step: int = 60
    slots: dict[int, int] = field(default_factory=dict)
    first: int | None = None
    last: int | None = None
    back: int = 0
    _known: dict[Moment, int | None] = field(default_factory=dict)
    _newest: int | None = None

    def add(self, moments: Iterable[Moment]) -> None:
        """Count the moments of lines that follow each other in a file."""
        seen: Counter[int] = Counter()
        for text, count in Counter(moments).items():
            second = self._read(text)
            if second is not None:
                seen[second] += count
        if seen:
            self._count(seen)

    def _read(self, text: Moment) -> int | None:
        """`seconds_of`, by way of the minute where the text has one at its usual place."""
        if not isinstance(text, bytes):
            return seconds_of(text)
        if len(text) == 26 and text[17:18] == b":":
            minute, tail = text[:17] + text[20:], text[18:20]
        elif len(text) >= 19 and text[16:17] == b":":
            minute, tail = text[:16] + text[19:], text[17:19]
        else:
            return seconds_of(text)
        if not tail.isdigit():
            return None
        known = self._known.get(minute, -1)
        if known == -1:
            known = seconds_of(minute)
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[minute] = known
        return None if known is None else known + int(tail)

    def _count(self, seen: Counter[int]) -> None:
        first, last = min(seen), max(seen)
        if self._newest is not None and first < self._newest - GAP:
            self.back += 1
        self._newest = last
        self.first = first if self.first is None else min(self.first, first)
        self.last = last if self.last is None else max(self.last, last)
        slots, step = self.slots, self.step
        for second, count in seen.items():
            slot = second // step * step
            slots[slot] = slots.get(slot, 0) + count
        self._bound()

    def merge(self, other: Timeline) -> None:
        """Add what another part of the log held."""
        step = max(self.step, other.step)
        self._coarsen(step)
        for slot, count in other.slots.items():
            place = slot // step * step
            self.slots[place] = self.slots.get(place, 0) + count
        self._bound()
        self.back += other.back
        for moment in (other.first, other.last):
            if moment is not None:
                self.first = moment if self.first is None else min(self.first, moment)
                self.last = moment if self.last is None else max(self.last, moment)

    def _bound(self) -> None:
        while len(self.slots) > MOST_SLOTS:
            self._coarsen(self.step * (60 if self.step < 3_600 else 24))

    def _coarsen(self, step: int) -> None:
        if step == self.step:
            return
        coarse: dict[int, int] = {}
        for slot, count in self.slots.items():
            place = slot // step * step
            coarse[place] = coarse.get(place, 0) + count
        self.slots, self.step = coarse, step

    @property
    def covered(self) -> int:
        """Seconds from the first to the last request, gaps of more than `GAP` left out; at least 1 where there is any.

        A clock that jumps makes a gap too, so it does not thin out the rates.
        """
        if self.first is None or self.last is None:
            return 0
        return max(1, self.last - self.first + 1 - sum(length for _, length in self.gaps))

    @property
    def gaps(self) -> tuple[tuple[int, int], ...]:
        """Gaps of more than `GAP`: where each begins, and its length, in seconds."""
        order = sorted(self.slots)
        limit = max(GAP, self.step)
        found = []
        for before, after in pairwise(order):
            silent = after - (before + self.step)
            if silent > limit:
                found.append((before + self.step, silent))
        return tuple(found)

    @property
    def busiest(self) -> tuple[int, float] | None:
        """The busiest slot: when it begins, and its requests a second."""
        if not self.slots:
            return None
        slot, count = max(self.slots.items(), key=lambda item: (item[1], -item[0]))
        return slot, count / self.step


def iso(second: int | None) -> str | None:
    """`2026-11-24T06:25:01Z`."""
    if second is None:
        return None
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")
