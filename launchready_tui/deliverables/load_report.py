"""The load test report (S6.D1): how many people at once, what gave way first, what every route and the server did.

Written from the newest report that a check has read, so that everything in it has its evidence.
"""

from __future__ import annotations

from collections.abc import Sequence

from launchready_tui.checks.load.drain import burst_words
from launchready_tui.checks.load.kept import reasons
from launchready_tui.checks.load.order import first_break, order
from launchready_tui.checks.load.reading import capacity, gaps
from launchready_tui.checks.load.runs import most_common
from launchready_tui.deliverables import claims
from launchready_tui.deliverables.blocks import (
    Block,
    Break,
    Bullets,
    Callout,
    Charts,
    Code,
    Column,
    EvidenceRef,
    Line,
    Mark,
    Pairs,
    Paragraph,
    Row,
    Section,
    Table,
    Text,
    Tone,
    When,
    line,
)
from launchready_tui.deliverables.dates import minute
from launchready_tui.deliverables.load_charts import charts
from launchready_tui.deliverables.reading import Group, Reading
from launchready_tui.model.evidence import Evidence
from launchready_tui.model.questions import KeptLoad, LoadReport, NewestLoad, RouteLoad
from launchready_tui.text import clock, plural, span

MOST_ROUTES = 60
_MODES = {"closed": "sessions with pauses", "arrival": "sessions at a fixed rate", "steps": "steps up to the knee"}


def sections(reading: Reading, groups: Sequence[Group]) -> tuple[Section, ...]:
    """All of the document but its head."""
    found = newest(reading)
    known = claims.known_and_missing(reading, groups)
    if found is None:
        return (_nothing(_was_read(groups)), *known)
    evidence, report = found
    parts = [_result(evidence, report), _gave_way(report), _routes(report), _steps(report), _gap(report)]
    parts += [Section("Over time", "over-time", (Charts(charts(report)),)), _server(report)]
    return (*(part for part in parts if part.blocks), *known)


def newest(reading: Reading) -> tuple[Evidence[KeptLoad], LoadReport] | None:
    """The newest load test among the evidence, with the evidence that shows it; None where there is none."""
    found = [
        (item, item.facts.report)
        for item in reading.evidence.values()
        if isinstance(item.question, NewestLoad) and isinstance(item.facts, KeptLoad) and item.facts.report
    ]
    return max(found, key=lambda pair: (pair[1].finished_at, pair[0].finished_at, pair[0].id), default=None)


def _was_read(groups: Sequence[Group]) -> bool:
    """Whether a check judged a load test, so that only its figures are not at hand here."""
    return any(row.result.evidence and row.result.reason != "input-missing" for group in groups for row in group.rows)


def _nothing(was_read: bool) -> Section:
    if was_read:
        why = Paragraph(line("The checks below have judged it; its figures stand in the engagement file."))
        return Section(
            "Result", "result", (Callout("unknown", "The figures of the load test are not in this copy", (why,)),)
        )
    how = Paragraph(line("It begins with ", Code("launchready load FILE"), ", and asks for its authorization first."))
    return Section("Result", "result", (Callout("unknown", "Nobody ran a load test yet", (how,)),))


# --- what came out ----------------------------------------------------------------------------------------------------


def _result(evidence: Evidence[KeptLoad], report: LoadReport) -> Section:
    tone, sentence = _sentence(report)
    plan, health = report.plan, report.generator
    end = (report.finished_at - report.started_at).total_seconds()
    pairs: list[tuple[str, Line]] = [
        ("Test", line(When(minute(report.started_at)), f", {span(end)}", ", ", EvidenceRef(evidence.id))),
        ("Target", line(plan.environment or "environment not declared")),
        (
            "Load",
            line(f"{_MODES[plan.mode]}, at most {report.most_users} at once; {plan.requests_per_session:.1f} requests"
                 f" and {plan.think_s:.0f} s of thinking a session"),
        ),
        ("Requests", line(f"{report.requests:,}, of which {report.failures:,} failed")),
        ("Expected peak", line(f"{plan.peak} sessions at once")),
        (
            "Generator",
            line(Mark("✓", "valid", "pass") if health.valid else Mark("✗", "INVALID", "fail", loud=True),
                 f", CPU {health.cpu_percent:.0f} %, loop lag p99 {health.lag_p99_ms:.1f} ms, "
                 f"{health.achieved_percent:.1f} % of the plan, {plural(health.processes, 'process', 'processes')}"),
        ),
    ]  # fmt: skip
    if report.burst is not None:
        pairs.append(("Burst", line(burst_words(report.burst))))
    if report.authorized_by:
        pairs.append(("Allowed by", line(report.authorized_by)))
    blocks: list[Block] = [Callout(tone, sentence), Pairs(tuple(pairs))]
    early = [report.aborted] if report.aborted else []
    if early or report.partial:
        ended = Bullets(tuple(line(item) for item in (*early, *report.partial)))
        blocks.append(Callout("warn", "It did not run as planned", (ended,)))
    return Section("Result", "result", tuple(blocks))


def _sentence(report: LoadReport) -> tuple[Tone, str]:
    """The one sentence that the founder reads aloud."""
    if not report.generator.valid:
        return "fail", f"INVALID: the figures describe the generator, not the product: {reasons(report)}"
    found, first = capacity(report), first_break(report)
    people = plural(found.sessions, "session")
    peak = report.plan.peak
    much = f", {found.sessions / peak:.1f} times the expected peak" if peak else ""
    if first is None and not found.broke:
        return "pass", f"Holds at least {people} at once{much}; nothing gave way."
    what = f"at {clock(first.at)}: {first.text}" if first else found.broke
    tone: Tone = "pass" if peak and found.sessions >= 2 * peak else "warn" if found.sessions >= peak else "fail"
    return tone, f"Holds {people} at once{much}. First to give, {what}."


def _gave_way(report: LoadReport) -> Section:
    found = order(report)
    items = tuple(
        line(
            When(clock(gave.at)),
            " ",
            Text(gave.text, "strong" if gave.breaks else "plain"),
            "" if gave.breaks else " (bends)",
        )
        for gave in found[:12]
    )
    blocks: tuple[Block, ...] = (Bullets(items, ordered=True),) if items else ()
    if not items and report.requests:
        blocks = (Paragraph(line("Neither a route nor a part of the server that was watched went beyond its limit.")),)
    return Section("What gave way first", "gave-way", blocks)


# --- routes -----------------------------------------------------------------------------------------------------------


def _routes(report: LoadReport) -> Section:
    columns = (
        Column("Route", "main"),
        Column("Requests", "short"),
        Column("p50", "short"),
        Column("p95 (95 % confidence)"),
        Column("p99", "short"),
        Column("Max", "short"),
        Column("Failed", "short"),
        Column("Dropped", "short"),
        Column("State", "state"),
    )
    rows = tuple(_route(row) for row in report.routes[:MOST_ROUTES])
    if not rows:
        return Section("Routes", "routes", ())
    note = "Times in milliseconds, by nearest rank; below 200 requests a figure is only indicative."
    if report.plan.mode == "arrival":
        note += " They count from the moment at which a request was due, so that a server that stalls cannot hide."
    more = len(report.routes) - len(rows)
    if more:
        note += f" {more} more rows are in the evidence."
    return Section("Routes", "routes", (Table(columns, rows, dense=True), Paragraph(line(note), "small")))


def _route(row: RouteLoad) -> Row:
    sure = f" ({row.p95_low_ms:,.0f}–{row.p95_high_ms:,.0f})" if row.p95_high_ms >= 0 else " (no interval)"
    figures = (row.p99_ms, row.max_ms)
    kinds = ", ".join(f"{kind} {times:,}" for kind, times in most_common(row)[:2])
    failed = line(f"{row.failures:,} ({row.error_percent:.1f} %)" if row.failures else "0")
    failed = line(failed, Break(), Text(kinds, "muted")) if kinds else failed
    return Row(
        (
            line(Text(row.route, "strong"), Text(f" in {row.journey}", "muted")),
            line(f"{row.requests:,}"),
            line(f"{row.p50_ms:,.0f}"),
            line(Text(f"{row.p95_ms:,.0f}", "strong"), sure),
            *(line(f"{value:,.0f}") for value in figures),
            failed,
            line(f"{row.dropped:,}"),
            line(_state(row)),
        )
    )


def _state(row: RouteLoad) -> Mark:
    if row.indicative and row.requests:
        return Mark("?", "indicative", "unknown")
    if row.error_percent >= 1.0 or row.p95_ms > row.fail_ms:
        return Mark("✗", "fail", "fail")
    return Mark("!", "warn", "warn") if row.p95_ms >= row.pass_ms else Mark("✓", "pass", "pass")


def _steps(report: LoadReport) -> Section:
    columns = (
        Column("Sessions", "short"),
        Column("Requests", "short"),
        Column("p95", "short"),
        Column("Failed", "short"),
        Column("Broke", "main"),
    )
    rows = tuple(
        Row(
            (
                line(Text(str(step.users), "strong")),
                line(f"{step.requests:,}"),
                line(f"{step.p95_ms:,.0f} ms"),
                line(f"{step.error_percent:.1f} %"),
                line(Mark("✗", step.broke, "fail"), f" {step.route}" if step.route else "")
                if step.broke
                else line("–"),
            )
        )
        for step in report.steps
    )
    return Section("Steps to the knee", "steps", (Table(columns, rows, dense=True),) if rows else ())


def _gap(report: LoadReport) -> Section:
    columns = (
        Column("Route", "main"),
        Column("People, p95", "short"),
        Column("Alone, p95", "short"),
        Column("Times", "short"),
        Column("People failing", "short"),
        Column("Alone failing", "short"),
    )
    rows = tuple(
        Row(
            (
                line(Text(gap.row.route, "strong"), Text(f" in {gap.row.journey}", "muted")),
                line(f"{gap.row.p95_ms:,.0f} ms"),
                line(f"{gap.alone.p95_ms:,.0f} ms"),
                line(f"{gap.ratio:.1f}"),
                line(f"{gap.row.error_percent:.1f} %"),
                line(f"{gap.alone.error_percent:.1f} %"),
            )
        )
        for gap in gaps(report)[:20]
    )
    title = "People against a benchmark of one page"
    return Section(title, "gap", (Table(columns, rows, dense=True),) if rows else ())


# --- the server -------------------------------------------------------------------------------------------------------


def _server(report: LoadReport) -> Section:
    """Calls to third parties, what was not seen, what nobody watched."""
    server = report.server
    blocks: list[Block] = []
    if server.dependencies:
        columns = (
            Column("Third party", "main"),
            Column("Calls", "short"),
            Column("429", "short"),
            Column("Errors", "short"),
            Column("Timeouts", "short"),
        )
        rows = tuple(
            Row(
                (
                    line(Code(item.host)),
                    line(f"{item.calls:,}"),
                    *(
                        line(f"{sum(getattr(count, name) for count in item.counts):,}")
                        for name in ("throttled", "errors", "timeouts")
                    ),
                )
            )
            for item in server.dependencies
        )
        blocks.append(Table(columns, rows, dense=True))
    blind = [
        line(Code(gap.sampler), f" from {clock(gap.at)} to {clock(gap.until)}: {gap.message}") for gap in server.gaps
    ]
    blind += [line(Code(part.what), f": {part.message}") for part in server.unwatched]
    if blind:
        shown = tuple(blind[:12])
        more = (line(f"and {len(blind) - len(shown)} more"),) if len(blind) > len(shown) else ()
        blocks.append(Callout("unknown", "Not watched", (Bullets((*shown, *more)),)))
    return Section("The server's side", "server", tuple(blocks))
