"""Draws charts: pure geometry, the same bytes for the same figures. HTML and PDF share it; Markdown gets words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from launchready_tui.deliverables.blocks import Chart, Curve, Tone
from launchready_tui.text import clock

WIDTH, HEIGHT = 600, 120
"""The drawing's own units; it is stretched to the width that there is."""

MOST = 240
"""Points of a curve that are drawn: of more, the highest of each stretch."""

_EIGHTHS = "▁▂▃▄▅▆▇█"
_SPARK = 40
_COLOURS: Mapping[Tone, str] = {
    "pass": "#1d6b43", "warn": "#8a5200", "fail": "#b3211d", "unknown": "#1f5f9e", "waived": "#6b3fa0",
    "attested": "#1d6b43", "muted": "#9a9fa8", "plain": "#1d2129",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A curve as the path of an SVG."""

    name: str
    tone: Tone
    path: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart in the units of the drawing. `load` and `marks` are x, `limit` is a y.

    `top` is the value at the upper edge; zero is at the lower one.
    """

    lines: tuple[Line, ...]
    load: tuple[float, float]
    marks: tuple[float, ...]
    limit: float | None
    top: float


def draw(chart: Chart) -> Drawing:
    """The geometry of a chart."""
    highest = max((value for curve in chart.curves for _, value in curve.points), default=0.0)
    wanted = max(highest, (chart.limit or 0.0) if chart.limit and chart.limit <= 3 * highest else 0.0)
    top = nice(wanted)
    span = max(1e-9, chart.until - chart.start)

    def x(at: float) -> float:
        return round(min(1.0, max(0.0, (at - chart.start) / span)) * WIDTH, 1)

    def y(value: float) -> float:
        return round(HEIGHT - min(1.0, max(0.0, value / top)) * HEIGHT, 1)

    lines = tuple(
        Line(curve.name, curve.tone, _path([(x(at), y(value)) for at, value in _fewer(curve.points)], curve, span))
        for curve in chart.curves
    )
    return Drawing(
        lines=lines,
        load=(x(chart.load[0]), x(chart.load[1])),
        marks=tuple(x(at) for at in chart.marks),
        limit=y(chart.limit) if chart.limit is not None and chart.limit <= top else None,
        top=top,
    )


def nice(value: float) -> float:
    """The next round number, such as 1, 1.5, 2 or 2.5 with any number of zeros."""
    if not math.isfinite(value) or value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(
        (step * power for step in (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0) if value <= step * power * 1.0001),
        10.0 * power,
    )


def _fewer(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    if len(points) <= MOST:
        return list(points)
    size = math.ceil(len(points) / MOST)
    return [max(points[place : place + size], key=lambda point: point[1]) for place in range(0, len(points), size)]


def _path(places: list[tuple[float, float]], curve: Curve, span: float) -> str:
    """The path; where nothing was seen for long it is broken, so that a gap looks like one."""
    times = [at for at, _ in _fewer(curve.points)]
    steps = sorted(later - earlier for earlier, later in pairwise(times))
    usual = steps[len(steps) // 2] if steps else span
    parts: list[str] = []
    for number, (across, down) in enumerate(places):
        breaks = number == 0 or times[number] - times[number - 1] > 4 * usual
        parts.append(f"{'M' if breaks else 'L'}{across:g} {down:g}")
    return "".join(parts) if len(parts) != 1 else f"{parts[0]}h2"


def svg(chart: Chart) -> str:
    """The drawing by itself, for the PDF: shapes alone, no text."""
    found = draw(chart)
    start, end = found.load
    shapes = [f'<rect x="{start:g}" width="{end - start:g}" height="{HEIGHT}" fill="#f1efea"/>']
    shapes += [f'<path d="M{mark:g} 0V{HEIGHT}" stroke="#b3211d" stroke-dasharray="2 3"/>' for mark in found.marks]
    shapes += [f'<path d="M0 {HEIGHT}H{WIDTH}" stroke="#dcd8d0"/>']
    if found.limit is not None:
        shapes.append(f'<path d="M0 {found.limit:g}H{WIDTH}" stroke="#b3211d" stroke-dasharray="6 4" opacity=".7"/>')
    shapes += [
        f'<path d="{line.path}" fill="none" stroke="{_COLOURS[line.tone]}" stroke-width="2" stroke-linejoin="round"/>'
        for line in found.lines
    ]
    view = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {view}>{"".join(shapes)}</svg>'


def spark(curve: Curve) -> str:
    """A curve in a row of letters."""
    values = [value for _, value in curve.points]
    if not values:
        return ""
    size = max(1, math.ceil(len(values) / _SPARK))
    highest = max(values)
    tops = [max(values[place : place + size]) for place in range(0, len(values), size)]
    return "".join(_EIGHTHS[min(7, int(8 * max(0.0, value) / highest)) if highest > 0 else 0] for value in tops)


def words(chart: Chart) -> str:
    """What a chart shows, in a sentence."""
    parts = []
    for curve in chart.curves:
        if not curve.points:
            continue
        at, value = max(curve.points, key=lambda point: point[1])
        name = f"{curve.name}: " if len(chart.curves) > 1 else ""
        parts.append(
            f"{name}at most {amount(value, chart.unit)} at {clock(at)}, "
            f"{amount(curve.points[-1][1], chart.unit)} at the end"
        )
    limit = f"; the limit is {amount(chart.limit, chart.unit)}" if chart.limit is not None and parts else ""
    return ("; ".join(parts) or "nothing was seen") + limit


def amount(value: float, unit: str) -> str:
    """A figure with its unit."""
    if unit == "bytes":
        return f"{value / 1e6:,.1f} MB" if value < 1e9 else f"{value / 1e9:,.2f} GB"
    shown = (
        f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:,.1f}" if value >= 1 else f"{value:.2f}"
    )
    return f"{shown} {unit}".rstrip()
