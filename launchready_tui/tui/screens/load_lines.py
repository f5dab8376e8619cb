"""The lines of the load test's screen: live charts, the report, what is declared. Pure: figures in, lines out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import isfinite

from launchready_tui.checks.load.axis import Axis, axis_of
from launchready_tui.checks.load.order import Bounds, order
from launchready_tui.model.performance import USUAL_RPS
from launchready_tui.model.product import Product
from launchready_tui.model.questions.loadtest import LoadReport, RouteLoad
from launchready_tui.text import one_line, plural, span
from launchready_tui.tui.loading import LiveLoad
from launchready_tui.tui.paragraphs import Line, wrap
from launchready_tui.tui.render import Ink, Mark, moment, stopwatch
from launchready_tui.tui.widgets.lines import fit

NAME = 18
"""Cells of a chart's name."""

FIGURE = 16
"""Cells of the figure behind a chart."""

NARROW = 90
"""Cells below which the table of routes is set closely."""


def spark(ink: Ink, values: Sequence[float], width: int, top: float = 0.0, *, whole: bool = False) -> str:
    """Values as blocks, the newest on the right; each column is the largest of its part. `top` fills the
    scale; `whole` fits what is over into the width.
    """
    if not values or width < 1:
        return " " * width
    if whole:
        cuts = [at * len(values) // width for at in range(width + 1)]
        values = [max(values[one : max(one + 1, other)]) for one, other in pairwise(cuts)]
    size = max(1, -(-len(values) // width))
    start = len(values) % size
    chunks = [values[:start]] if start else []
    chunks += [values[at : at + size] for at in range(start, len(values), size)]
    peaks = [max(chunk) for chunk in chunks][-width:]
    scale = max(*peaks, top, 1e-9)
    blocks = ink.glyphs.spark
    cells = "".join(blocks[min(len(blocks) - 1, max(0, round((len(blocks) - 1) * peak / scale)))] for peak in peaks)
    return cells.rjust(width)


def chart(
    ink: Ink,
    name: str,
    values: Sequence[float],
    figure: str,
    width: int,
    tone: str = "",
    top: float = 0.0,
    *,
    whole: bool = False,
) -> Line:
    """One chart: its name, the blocks, the newest figure."""
    room = max(8, width - NAME - FIGURE - 2)
    return [
        (fit(name, NAME, ink.glyphs.ellipsis), "muted"),
        (spark(ink, values, room, top, whole=whole), tone or "focus"),
        "  ",
        (fit(figure, FIGURE, ink.glyphs.ellipsis), f"bold {tone}".strip()),
    ]


def milliseconds(value: float) -> str:
    """A latency for people: `45 ms`, `2.9 s`."""
    if not isfinite(value) or value < 0:
        return "?"
    return f"{value:.0f} ms" if value < 1_000 else f"{value / 1_000:.1f} s"


def route_tone(route: RouteLoad, most_errors: float) -> tuple[Mark, str]:
    """How a route did: its mark, and the tone of its figures."""
    if not route.requests:
        return Mark.NOT_RUN, "muted"
    if route.p95_ms > route.fail_ms or route.error_percent >= most_errors:
        return Mark.FAIL, "fail"
    if route.p95_ms > route.pass_ms:
        return Mark.WARN, "warn"
    return Mark.PASS, "pass"


def live_lines(ink: Ink, live: LiveLoad, width: int) -> list[Line]:
    """A running load test."""
    tick = live.tick
    if tick is None:
        return [[("Starting the generator…", "muted")]]
    plan = tick.plan
    stages = {"watching": "no more load; watching the servers come back", "flood": "every route alone, to compare"}
    phase = stages.get(tick.stage, tick.phase.name if tick.phase else tick.stage)
    healthy = tick.generator.valid
    busy = f"generator {tick.generator.cpu_percent:.0f} % busy"
    head: Line = [
        (plural(tick.users, "user"), "bold"),
        f" of {plan.users}" if plan.users else "",
        f" · {stopwatch(tick.at)} of {stopwatch(plan.duration_s)}",
        (f" · {phase}", "focus"),
        "   ",
        (f"valid · {busy}" if healthy else f"invalid · {busy}", "pass" if healthy else "fail"),
        ("   stopping" if live.stopping else "   q stops", "muted"),
    ]
    lines: list[Line] = [head]
    lines += wrap(one_line(tick.note, 300), width, "warn") if tick.note else []
    lines.append([])
    lines.append(chart(ink, "rate", live.rate, f"{tick.rps:.1f} req/s", width))
    lines.append(chart(ink, "p95", live.p95, milliseconds(tick.p95_ms), width))
    tone = "fail" if tick.error_percent > 0 else ""
    lines.append(chart(ink, "errors", live.errors, f"{tick.error_percent:.1f} %", width, tone, 1.0))
    lines.append(chart(ink, "users", live.users, str(tick.users), width))
    lines += server_lines(ink, live.server, width)
    return [*lines, [], *route_lines(ink, tick.routes, 1.0, width)]


def server_lines(ink: Ink, series: Mapping[str, Sequence[float]], width: int, *, whole: bool = False) -> list[Line]:
    """What was watched on the server's side; a limit is the scale of what it limits, not a chart of its own. Of a
    running test the newest figure stands behind a chart, of a `whole` one the highest.
    """
    lines: list[Line] = []
    most = " most" if whole else ""
    limit = (series.get("db.limit") or [0.0])[-1]
    for name, values in sorted(series.items()):
        if not values or name in ("db.limit", "process.started"):
            continue
        tone, top = "", 0.0
        told = max(values) if whole else values[-1]
        figure = f"{told:g}{most}"
        if name.startswith("db.used") and limit:
            figure, top = f"{told:.0f} of {limit:.0f}{most}", limit
            tone = "fail" if told > 0.9 * limit else "warn" if told > 0.7 * limit else ""
        elif name == "memory":
            figure = f"{told / 2**20:.0f} MiB{most}"
        elif name.endswith(".delay"):
            figure = f"{told:.0f} s{most}"
            tone = "fail" if told > 60 else ""
        elif name == "pool.wait":
            figure = f"{milliseconds(1_000 * told)}{most}"
            tone = "fail" if told > Bounds().pool_dry_s else "warn" if told > Bounds().pool_wait_s else ""
        lines.append(
            chart(ink, SERIES.get(name, name.replace(".", " ")), values, figure, width, tone, top, whole=whole)
        )
    return lines


SERIES = {
    "db.used": "db connections",
    "db.active": "db active",
    "pool.wait": "pool wait",
    "db.lock-waits": "lock waits",
    "db.idle-in-transaction": "db idle in tx",
}
"""Series by the words of people."""


def route_lines(ink: Ink, routes: Iterable[RouteLoad], most_errors: float, width: int) -> list[Line]:
    """A line a route of a journey: how many, how fast, what failed."""
    narrow = width < NARROW
    mark_cells, journey, number, figure = (8, 9, 7, 8) if narrow else (10, 12, 8, 9)
    name = max(14, min(30, width - mark_cells - journey - number - 4 * figure - 1))
    titles = "".join(f"{title:>{figure}}" for title in ("p50", "p95", "max", "failed"))
    head = f"{'':{mark_cells}}{'route':<{name}}{'journey':<{journey}}{'n':>{number}}{titles}"
    lines: list[Line] = [[(head[:width], "muted")]]
    for route in routes:
        mark, tone = route_tone(route, most_errors)
        dropped = f"  {route.dropped} dropped" if route.dropped else ""
        lines.append(
            [
                (fit(f"{ink.glyphs.marks[mark]} {mark.value}", mark_cells), tone),
                (fit(route.route, name, ink.glyphs.ellipsis), "bold" if mark is Mark.FAIL else ""),
                (fit(route.journey, journey, ink.glyphs.ellipsis), "muted"),
                f"{route.requests:>{number},}{milliseconds(route.p50_ms):>{figure}}",
                (f"{milliseconds(route.p95_ms):>{figure}}", tone if route.p95_ms > route.pass_ms else ""),
                f"{milliseconds(route.max_ms):>{figure}}",
                (f"{route.error_percent:>{figure - 2}.1f} %", "fail" if route.failures else "muted"),
                (dropped, "warn"),
            ]
        )
    return lines


def report_lines(ink: Ink, report: LoadReport, width: int) -> list[Line]:
    """A load test that is over."""
    lines: list[Line] = []
    if report.generator.reasons:
        lines += wrap("The figures describe the generator, not the product:", width, "bold fail")
        lines += [line for reason in report.generator.reasons for line in wrap(reason, width, "fail", 2)]
    elif report.max_concurrency:
        carried = plural(report.max_concurrency, "session")
        lines.append(["Carried ", (carried, "bold pass"), " at once within the limits"])
    else:
        lines.append([("No number of sessions was carried within the limits", "bold fail")])
    took = span((report.finished_at - report.started_at).total_seconds())
    counts = f"{report.requests:,} requests · {report.failures:,} failed"
    who = f" · authorized by {one_line(report.authorized_by, 60)}" if report.authorized_by else ""
    lines += wrap(f"{moment(report.started_at)}, {took} · {counts}{who}", width, "muted")
    for words in (report.aborted and f"It ended itself: {report.aborted}", *report.partial):
        lines += wrap(one_line(words, 300), width, "warn") if words else []
    lines.append([])
    points, axis = report.timeline, axis_of(report)
    rates = axis.load(point.requests / report.every_s for point in points)
    failed = axis.load(100 * point.failures / point.requests if point.requests else 0.0 for point in points)
    if points:
        lines.append(chart(ink, "rate", rates, f"{max(rates):.1f} req/s most", width, whole=True))
        p95 = axis.load(point.p95_ms for point in points)
        lines.append(chart(ink, "p95", p95, f"{milliseconds(max(p95))} most", width, whole=True))
        tone = "fail" if max(failed) else ""
        lines.append(chart(ink, "errors", failed, f"{max(failed):.1f} % most", width, tone, 1.0, whole=True))
        users = axis.load(float(point.users) for point in points)
        lines.append(chart(ink, "users", users, f"{report.most_users} most", width, whole=True))
    watched = {series.name: axis.seen(series.points) for series in report.server.series if series.points}
    lines += server_lines(ink, watched, width, whole=True)
    if points:
        lines.append([(" " * NAME, ""), (axis_words(axis), "muted")])
    gave = order(report)
    for title, breaks in (("First to give", True), ("Under strain, without breaking", False)):
        found = [item for item in gave if item.breaks is breaks][:6]
        lines += [[], [(title, "bold")]] if found else []
        for item in found:
            there = users_at(report, item.at)
            words = item.text + (f" (at {plural(there, 'user')})" if there else "")
            lines += wrap(words, width, "", 8, [(f"{stopwatch(item.at)}   ", "fail" if breaks else "warn")])
    if report.steps:
        lines += [[], [("Steps", "bold")]]
        for step in report.steps:
            where = f" on {one_line(step.route, 40)}" if step.route else ""
            word = f"broke: {step.broke}{where}" if step.broke else "held"
            figures = f"{step.users:>5} users   p95 {milliseconds(step.p95_ms):>8}   {step.error_percent:.1f} % failed"
            lines.append([figures, "   ", (word, "fail" if step.broke else "pass")])
    return [*lines, [], *route_lines(ink, report.routes, report.limits.error_percent, width)]


def axis_words(axis: Axis) -> str:
    """From when to when the charts above go."""
    if axis.end_s > axis.load_s + axis.every:
        return f"00:00 to {stopwatch(axis.end_s)}; the load ended at {stopwatch(axis.load_s)}"
    return f"00:00 to {stopwatch(axis.end_s)}"


def users_at(report: LoadReport, at: float) -> int:
    """How many users there were at a time of the test."""
    return next((point.users for point in reversed(report.timeline) if point.at <= at), 0)


def empty_lines(ink: Ink, product: Product, width: int) -> list[Line]:
    """Nobody ran a load test yet: what would be sent, and what is not declared."""
    lines: list[Line] = [[("No load test yet", "bold")], []]
    lines += wrap(
        "A load test sends what the first busy day would send: people who read, open several listings, sign up and "
        "pay. Nothing is sent before you have read what, and agreed.",
        width,
    )
    lines.append([])
    arrow = " -> " if ink.glyphs.is_ascii else " → "
    for journey in product.journeys:
        steps = arrow.join(step.route if step.times == "1" else f"{step.route} ×{step.times}" for step in journey.steps)
        head: Line = [(fit(journey.id, 14), "bold"), (fit(f"weight {journey.weight:g}", 12), "muted")]
        lines += wrap(one_line(steps, 400), width, "", 26, head)
    if not product.journeys:
        lines += wrap("No [[journey]] is declared: P, then e, writes one.", width, "warn")
    load = product.load
    where = load.environment or "not declared: [load] environment"
    lines += [[], [("environment   ", "muted"), where], [("expected peak ", "muted"), plural(load.peak, "session")]]
    lines.append([("cap           ", "muted"), f"{load.max_rps or USUAL_RPS:g} requests a second"])
    watched = [product.database.kind and "database connections", *(f"queue {queue.id}" for queue in product.queues)]
    watched += ["memory"] if product.server.metrics else []
    seen = ", ".join(filter(None, watched)) or "nothing: [database], [[queue]] and [server] say what"
    lines.append([("watched       ", "muted"), seen])
    lines.append([])
    lines += wrap(
        "r runs it in stages · s raises it step by step to the knee · c chooses users and time", width, "focus"
    )
    return lines
