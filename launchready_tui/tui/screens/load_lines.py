"""The lines of the load test's screen: live charts, the report, what is declared. Pure: figures in, lines out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite

from launchready_tui.checks.load.order import order
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


def spark(ink: Ink, values: Sequence[float], width: int, top: float = 0.0, *, whole: bool = False) -> str:
    """Values as blocks, the newest on the right; each column is the largest of its part. `top` fills the
    scale; `whole` stretches what is over to the width.
    """
    if not values or width < 1:
        return " " * width
    if whole and len(values) < width:
        values = [values[at * len(values) // width] for at in range(width)]
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
    """What was watched on the server's side; a limit is the scale of what it limits, not a chart of its own."""
    lines: list[Line] = []
    limit = (series.get("db.limit") or [0.0])[-1]
    for name, values in sorted(series.items()):
        if not values or name in ("db.limit", "process.started"):
            continue
        tone, top = "", 0.0
        figure = f"{values[-1]:g}"
        if name.startswith("db.used") and limit:
            figure, top = f"{values[-1]:.0f} of {limit:.0f}", limit
            tone = "fail" if values[-1] > 0.9 * limit else "warn" if values[-1] > 0.7 * limit else ""
        elif name == "memory":
            figure = f"{values[-1] / 2**20:.0f} MiB"
        elif name.endswith(".delay"):
            figure = f"{values[-1]:.0f} s"
            tone = "fail" if values[-1] > 60 else ""
        elif name == "pool.wait":
            figure = milliseconds(1_000 * values[-1])
            tone = "warn" if values[-1] > 0.1 else ""
        lines.append(
            chart(ink, SERIES.get(name, name.replace(".", " ")), values, figure, width, tone, top, whole=whole)
        )
    return lines


SERIES = {
    "db.used": "db connections",
    "db.active": "db active",
    "pool.wait": "pool wait",
    "db.lock-waits": "lock waits",
}
"""Series by the words of people."""


def route_lines(ink: Ink, routes: Iterable[RouteLoad], most_errors: float, width: int) -> list[Line]:
    """A line a route of a journey: how many, how fast, what failed."""
    name = max(16, min(30, width - 62))
    head = f"{'':10}{'route':<{name}}{'journey':<12}{'n':>8}{'p50':>9}{'p95':>9}{'max':>9}{'failed':>9}"
    lines: list[Line] = [[(head[:width], "muted")]]
    for route in routes:
        mark, tone = route_tone(route, most_errors)
        dropped = f"  {route.dropped} dropped" if route.dropped else ""
        lines.append(
            [
                (fit(f"{ink.glyphs.marks[mark]} {mark.value}", 10), tone),
                (fit(route.route, name, ink.glyphs.ellipsis), "bold" if mark is Mark.FAIL else ""),
                (fit(route.journey, 12, ink.glyphs.ellipsis), "muted"),
                f"{route.requests:>8,}{milliseconds(route.p50_ms):>9}",
                (f"{milliseconds(route.p95_ms):>9}", tone),
                f"{milliseconds(route.max_ms):>9}",
                (f"{route.error_percent:>7.1f} %", "fail" if route.failures else "muted"),
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
    lines.append([(f"{moment(report.started_at)}, {took} · {counts}{who}", "muted")])
    for words in (report.aborted and f"It ended itself: {report.aborted}", *report.partial):
        lines += wrap(one_line(words, 300), width, "warn") if words else []
    lines.append([])
    points = report.timeline
    rates = [point.requests / report.every_s for point in points]
    failed = [100 * point.failures / point.requests if point.requests else 0.0 for point in points]
    if points:
        lines.append(chart(ink, "rate", rates, f"{max(rates):.1f} req/s most", width, whole=True))
        p95 = [point.p95_ms for point in points]
        lines.append(chart(ink, "p95", p95, f"{milliseconds(max(p95))} most", width, whole=True))
        tone = "fail" if max(failed) else ""
        lines.append(chart(ink, "errors", failed, f"{max(failed):.1f} % most", width, tone, 1.0, whole=True))
        lines.append(chart(ink, "users", [p.users for p in points], f"{report.most_users} most", width, whole=True))
    lines += server_lines(
        ink, {s.name: [value for _, value in s.points] for s in report.server.series}, width, whole=True
    )
    gave = order(report)
    if gave:
        lines += [[], [("First to give", "bold")]]
        for item in gave[:6]:
            users = users_at(report, item.at)
            words = item.text + (f" (at {plural(users, 'user')})" if users else "")
            lines += wrap(words, width, "", 8, [(f"{stopwatch(item.at)}   ", "fail" if item.breaks else "warn")])
    if report.steps:
        lines += [[], [("Steps", "bold")]]
        for step in report.steps:
            where = f" on {one_line(step.route, 40)}" if step.route else ""
            word = f"broke: {step.broke}{where}" if step.broke else "held"
            figures = f"{step.users:>5} users   p95 {milliseconds(step.p95_ms):>8}   {step.error_percent:.1f} % failed"
            lines.append([figures, "   ", (word, "fail" if step.broke else "pass")])
    return [*lines, [], *route_lines(ink, report.routes, report.limits.error_percent, width)]


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
