"""The table of routes: as many columns as the width has room for, the most telling first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from launchready_tui.cli import output
from launchready_tui.logs.report import RouteFigures
from launchready_tui.text import one_line

SLOW_MS, VERY_SLOW_MS = 500.0, 800.0
FAILING, OFTEN_FAILING = 0.01, 0.05
LEGEND = "!  p95 over 500 ms, or 1 % 5xx     !! p95 over 800 ms, or 5 % 5xx"
LEAST_ROUTE = 28
LONGEST_ROUTE = 400
_BAR = 8
_EIGHTHS = " ▏▎▍▌▋▊▉█"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: heading, width, text of a route, and the style that the text is painted in."""

    heading: str
    width: int
    text: Callable[[RouteFigures], str]
    style: Callable[[RouteFigures], str] = lambda route: ""


def took(milliseconds: float | None) -> str:
    """A duration in at most seven characters: `0.4 ms`, `672 ms`, `1.06 s`, `12 min`, `20.8 h`."""
    if milliseconds is None:
        return ""
    if milliseconds < 9.95:
        return f"{milliseconds:.1f} ms"
    if milliseconds < 999.5:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1_000
    if seconds < 99.95:
        return f"{seconds:.2f} s" if seconds < 9.995 else f"{seconds:.1f} s"
    minutes = seconds / 60
    if minutes < 99.5:
        return f"{minutes:.0f} min"
    hours = minutes / 60
    if hours < 9_999.5:
        return f"{hours:.1f} h" if hours < 99.95 else f"{hours:,.0f} h"
    return f"{hours / 24:,.0f} d"


def percent(share: float) -> str:
    """A share in at most five characters: `0`, `<0.1%`, `2.0%`, `41%`."""
    if not share:
        return "0"
    if share < 0.000_95:
        return "<0.1%"
    return f"{share:.1%}" if share < 0.0995 else f"{share:.0%}"


def bar(share: float, width: int = _BAR) -> str:
    """A share as a bar."""
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    whole, rest = divmod(eighths, 8)
    return ("█" * whole + (_EIGHTHS[rest] if rest else "")).ljust(width)


def mark(route: RouteFigures) -> str:
    """`!!` for a route that is very slow or fails often, `!` for one that is slow or fails now and then."""
    failing = route.share_of("5xx")
    slow = 0.0 if route.too_few else route.p95_ms or 0.0
    if slow > VERY_SLOW_MS or failing >= OFTEN_FAILING:
        return "!!"
    return "!" if slow > SLOW_MS or failing >= FAILING else ""


def _slow_style(route: RouteFigures) -> str:
    if route.too_few:
        return "muted"
    slow = route.p95_ms or 0.0
    return "fail" if slow > VERY_SLOW_MS else "warn" if slow > SLOW_MS else "strong"


def _failing_style(route: RouteFigures) -> str:
    failing = route.share_of("5xx")
    return "fail" if failing >= OFTEN_FAILING else "warn" if failing >= FAILING else ""


def _percentile(value: float | None, route: RouteFigures) -> str:
    return "·" if route.too_few else took(value)


_MARK = Column("", 2, mark, lambda route: "fail" if mark(route) == "!!" else "warn")
_BARS = Column("", _BAR, lambda route: bar(route.share))
_SHARE = Column("share", 5, lambda route: percent(route.share))
_COUNT = Column("requests", 9, lambda route: f"{route.count:,}")
_P50 = Column("p50", 7, lambda route: _percentile(route.p50_ms, route))
_P95 = Column("p95", 7, lambda route: "too few" if route.too_few else took(route.p95_ms), _slow_style)
_P99 = Column("p99", 7, lambda route: _percentile(route.p99_ms, route))
_MAX = Column("max", 7, lambda route: took(route.max_ms))
_5XX = Column("5xx", 5, lambda route: percent(route.share_of("5xx")), _failing_style)
_4XX = Column("4xx", 5, lambda route: percent(route.share_of("4xx")))
_TOTAL = Column("total", 7, lambda route: took(route.total_ms))
_RATE = Column("per s", 7, lambda route: f"{route.rps:,.2f}" if route.rps < 1_000 else f"{route.rps:,.0f}")

_TIMED = (_MARK, _BARS, _SHARE, _TOTAL, _COUNT, _RATE, _P50, _P95, _P99, _MAX, _4XX, _5XX)
_TIMED_LAST = (_RATE, _TOTAL, _MAX, _4XX, _BARS, _P50)
"""Columns that go first where there is no room."""

_COUNTED = (_MARK, _BARS, _SHARE, _COUNT, _RATE, _4XX, _5XX)
_COUNTED_LAST = (_RATE, _BARS)


def columns_for(width: int, *, timed: bool) -> list[Column]:
    """The columns that leave `LEAST_ROUTE` characters for the route; all of them for a width of 0 (no limit)."""
    columns = list(_TIMED if timed else _COUNTED)
    for column in _TIMED_LAST if timed else _COUNTED_LAST:
        if not width or _used(columns) + LEAST_ROUTE <= width:
            break
        columns.remove(column)
    return columns


def _used(columns: Sequence[Column]) -> int:
    return sum(column.width + 1 for column in columns) + 1


def table(routes: Sequence[RouteFigures], columns: Sequence[Column], width: int) -> list[str]:
    """The heading and a line a route. Bars are aligned to the left, all else to the right."""
    room = max(LEAST_ROUTE, width - _used(columns)) if width else LONGEST_ROUTE
    heading = " ".join(column.heading.rjust(column.width) for column in columns)
    lines = [output.paint(f"{heading}  route", "muted")]
    for route in routes:
        cells = []
        for column in columns:
            text = column.text(route)
            text = text.ljust(column.width) if column is _BARS else text.rjust(column.width)
            style = column.style(route)
            cells.append(output.paint(text, style) if style and text.strip() else text)
        lines.append(f"{' '.join(cells)}  {shown(route, room)}")
    return lines


def shown(route: RouteFigures, room: int) -> str:
    """Method and template; what is too long loses its middle, because both ends tell most."""
    text = one_line(f"{route.method} {route.route}" if route.method != "-" else route.route, LONGEST_ROUTE)
    if len(text) <= room:
        return text
    tail = (room - 1) * 2 // 3
    return f"{text[: room - 1 - tail]}…{text[-tail:]}"
