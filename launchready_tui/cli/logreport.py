"""The reading of access logs as text and JSON (`launchready/logs/1`)."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from launchready_tui.cli import output
from launchready_tui.cli.logtable import LEGEND, columns_for, mark, percent, shown, table, took
from launchready_tui.logs.advice import to_get_durations
from launchready_tui.logs.report import TOO_FEW, LogReport, RouteFigures
from launchready_tui.text import one_line, plural, span

SCHEMA = "launchready/logs/1"
_SECOND_VIEW = 5


def as_json(report: LogReport) -> str:
    """One JSON document; routes by total time."""
    busiest = {"at": report.busiest[0], "rps": report.busiest[1]} if report.busiest else None
    document = {
        "schema": SCHEMA,
        "lines": report.lines,
        "unparsed": report.unparsed,
        "span": list(report.span),
        "requests": report.requests,
        "timed": report.timed,
        "rps": round(report.rps, 4),
        "covered_s": report.covered_s,
        "busiest": busiest,
        "gaps": {"count": report.gaps, "seconds": report.gaps_s},
        "clock_back": report.clock_back,
        "overlong": report.overlong,
        "samples": list(report.samples),
        "formats": [{"name": item.title, "requests": item.lines, "timed": item.timed} for item in report.formats],
        "files": [asdict(file) for file in report.files],
        "partial": bool(report.partial),
        "partial_because": list(report.partial),
        "error_bound": report.error_bound,
        "routes": [_route(route) for route in report.routes],
    }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def _route(route: RouteFigures) -> dict[str, Any]:
    return {
        "route": route.route,
        "method": route.method,
        "count": route.count,
        "share": route.share,
        "total_ms": route.total_ms,
        "p50_ms": route.p50_ms,
        "p95_ms": route.p95_ms,
        "p99_ms": route.p99_ms,
        "max_ms": route.max_ms,
        "status": route.status,
        "timed": route.timed,
        "rps": route.rps,
        "too_few": route.too_few,
    }


@dataclass(frozen=True, slots=True)
class _View:
    """How the text is laid out: `width` 0 is without limit, for a pipe."""

    width: int
    top: int
    order: str


def as_text(report: LogReport, *, top: int = 20, order: str = "total", width: int | None = None) -> str:
    """A heading, the table of routes, what is slowest, and what was not understood."""
    if width is None:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    view = _View(width, top, order)
    lines = [*_heading(report, view), "", *_main(report, view)]
    if report.timed and order == "total":
        lines += _slowest(report, view)
    lines += _remarks(report, view)
    return "\n".join(lines) + "\n"


def _heading(report: LogReport, view: _View) -> list[str]:
    what = report.files[0].path if len(report.files) == 1 else plural(len(report.files), "file")
    counts = [plural(report.requests, "request")]
    if report.unparsed:
        counts.append(f"{plural(report.unparsed, 'line')} not understood")
    packed = f" ({report.files[0].kind})" if len(report.files) == 1 and report.files[0].kind in ("gzip", "zstd") else ""
    lines = [f"{output.paint(output.safe(what, 160), 'strong')}{packed} · {', '.join(counts)}"]
    lines += _formats(report)
    if report.span[0] and report.span[1]:
        lines.append(_when(report))
    return _within(lines, view.width)


def _formats(report: LogReport) -> list[str]:
    if len(report.formats) == 1:
        return [report.formats[0].title]
    return [f"{item.title}: {item.lines:,}" for item in report.formats[:6]]


def _when(report: LogReport) -> str:
    first, last = (datetime.fromisoformat((text or "").replace("Z", "+00:00")) for text in report.span)
    same = first.date() == last.date()
    parts = [f"{first:%-d %b %Y %H:%M:%S} – {last:{'' if same else '%-d %b %Y '}%H:%M:%S} UTC".replace("  ", " ")]
    parts.append(span(report.covered_s))
    parts.append(f"{_rate(report.rps)} requests/s")
    if report.busiest and report.covered_s > 120:
        at = datetime.fromisoformat(report.busiest[0].replace("Z", "+00:00"))
        parts.append(f"busiest {_rate(report.busiest[1])}/s at {at:{'%H:%M' if same else '%-d %b %H:%M'}}")
    return " · ".join(parts)


def _rate(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:.1f}" if rate >= 1 else f"{rate:.2g}"


def _within(lines: list[str], width: int) -> list[str]:
    """Long headings broken between their parts, so that nothing is torn apart at the edge of the screen."""
    if not width:
        return lines
    found: list[str] = []
    for line in lines:
        current = ""
        for part in line.split(" · "):
            joined = f"{current} · {part}" if current else part
            if current and len(joined) > width:
                found.append(current)
                joined = f"  {part}"
            current = joined
        found.append(current)
    return found


def _main(report: LogReport, view: _View) -> list[str]:
    routes = report.by_p95() if view.order == "p95" else report.routes
    timed = bool(report.timed)
    lines = table(routes[: view.top], columns_for(view.width, timed=timed), view.width)
    if any(map(mark, routes[: view.top])):
        lines.append(output.paint(LEGEND, "muted"))
    left = report.routes[view.top :] if view.order == "total" else ()
    if left:
        what = "of the time" if timed else "of the requests"
        rest = percent(sum(route.share for route in left))
        lines.append(
            output.paint(f"… and {plural(len(left), 'more route', 'more routes')} with {rest} {what}", "muted")
        )
    if view.order == "p95":
        few = sum(route.too_few for route in report.routes)
        if few:
            words = f"{plural(few, 'route')} with fewer than {TOO_FEW} durations left out"
            lines.append(output.paint(words, "muted"))
    return lines


def _slowest(report: LogReport, view: _View) -> list[str]:
    """The second view: by p95."""
    routes = report.by_p95()[:_SECOND_VIEW]
    if len(routes) < 2:
        return []
    lines = ["", f"Slowest by p95 ({TOO_FEW} requests or more)"]
    room = view.width - 30 if view.width else 400
    for route in routes:
        name = shown(route, max(20, room))
        lines.append(f"  {took(route.p95_ms):>8}  {plural(route.count, 'request'):>18}  {name}")
    return lines


def _remarks(report: LogReport, view: _View) -> list[str]:
    lines: list[str] = []
    if not report.timed and report.requests:
        lines += ["", "These logs hold no durations, so nothing can be said about time. To have them from now on:"]
        lines += [f"  {sentence}" for sentence in to_get_durations(item.title for item in report.formats)]
    elif report.timed < report.requests:
        missing = report.requests - report.timed
        lines += ["", f"{plural(missing, 'request')} without a duration ({percent(missing / report.requests)})"]
    if report.unparsed:
        of = percent(report.unparsed / report.lines)
        lines += ["", f"{plural(report.unparsed, 'line')} not understood ({of}); letters are a, digits 9:"]
        room = view.width - 2 if view.width else 120
        lines += [f"  {sample if len(sample) <= room else sample[: room - 1] + '…'}" for sample in report.samples]
        if report.overlong:
            lines.append(f"  {plural(report.overlong, 'line')} of more than 256 KiB left out")
    if report.gaps:
        lines += [
            "",
            f"{plural(report.gaps, 'gap')} of more than an hour, {span(report.gaps_s)} in all, left out of the rates",
        ]
    if report.clock_back:
        lines += ["", f"The clock went back by more than an hour {plural(report.clock_back, 'time')}"]
    if report.error_bound:
        lines += ["", f"More requests than are kept one by one: percentiles are exact to {report.error_bound:.1%}"]
    for why in report.partial:
        lines += ["", output.paint(f"PARTIAL: {one_line(why, 300)}", "unknown")]
    return lines
