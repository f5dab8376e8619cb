"""No slow statement sits on a core page (S4.Q.03): from the query log, else from pg_stat_statements."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from launchready_tui.checks.limits import count, number
from launchready_tui.checks.queries.declared import unread, without_statistics
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Product, Route
from launchready_tui.model.questions import QueryLogReading, StatementList, StatementStatistics
from launchready_tui.model.questions.querylog import Issuer, QueryLoad, QueryLogFacts
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, not_run, unknown
from launchready_tui.text import one_line, plural

WARN_MEAN_MS, WARN_CALLS = 20.0, 100
FAIL_SHARE, FAIL_MEAN_MS, FAIL_MAX_MS = 5.0, 100.0, 1_000.0
TOP = 100
ORDER = ("slow-on-core-route", "heavy-statement", "timed-out", "slow-statement", "often-slow")

NOTHING_TO_READ = not_run(
    "input-missing",
    "Neither a query log ([logs] queries) nor a database ([database] kind) is declared: it takes one of them.",
)
COMPLETE = (
    "Log every statement for an hour (log_min_duration_statement = 0, MySQL: long_query_time = 0, no sampling), or"
    " declare the database so that pg_stat_statements can be read."
)


@dataclass(frozen=True, slots=True)
class Loads:
    """What statements cost, from where that is known, and why it is less than the truth ('' where it is not)."""

    queries: tuple[QueryLoad, ...]
    source: str
    partial: str = ""
    notes: tuple[str, ...] = ()


@check("queries.slow-digest", over="domain")
async def slow_digest(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """Statements by total time; what is slow, what is slow on a core route, what takes a large part of all time.

    Limits: `warn_mean_ms`, `warn_calls`, `fail_share_percent`, `fail_mean_ms`, `fail_max_ms_core`, `top`.
    """
    product = subject.product
    loads = await _loads(product, ask, count(limits, "top", TOP))
    if isinstance(loads, Judgement):
        return loads
    return judged(loads, product, limits)


async def _loads(product: Product, ask: Ask, top: int) -> Loads | Judgement:
    """From the log where that tells all, else from the statistics of the database, else what the log tells at least.

    Raises `Unseen` where what is declared could not be read.
    """
    told: Loads | Judgement | None = None
    if product.logs.queries:
        answer = await ask(QueryLogReading(product.logs.queries, top))
        if product.database.kind != "postgresql" or answer.failure is None:
            told = from_log(answer.facts)
            if product.database.kind != "postgresql" or (isinstance(told, Loads) and not told.partial):
                return told
    elif not product.database.kind:
        return NOTHING_TO_READ
    if (judged := unread(product)) is not None:
        return judged
    statistics = (await ask(StatementStatistics(product.database.token, top))).facts
    if not statistics.state:
        return from_statistics(statistics)
    return without_statistics(statistics.state) if told is None else told


def from_log(facts: QueryLogFacts) -> Loads | Judgement:
    """The digest of a log as loads."""
    if not facts.statements:
        read = f"{plural(facts.lines, 'line')} read, {facts.unparsed:,} of them unparsed"
        return unknown("no-statements", f"the query log holds no statement ({read})", decide_by=COMPLETE)
    if not facts.timed:
        summary = f"{plural(facts.statements, 'statement')} logged, none with its time"
        return unknown("no-times", summary, decide_by="Set log_duration = on, or log_min_duration_statement = 0.")
    partial = facts.lower_bound or ("a log could be read in part only" if facts.cut else "")
    notes: list[str] = []
    tied = facts.ties.request + facts.ties.trace + facts.ties.route
    if not tied:
        notes.append("nothing in the log ties a statement to the route that sends it")
    if facts.unparsed:
        notes.append(f"{facts.unparsed:,} of {facts.lines:,} lines could not be read")
    source = f"{plural(facts.statements, 'statement')} of {plural(facts.shapes, 'shape')} in the log"
    return Loads(facts.queries, source, partial, tuple(notes))


def from_statistics(facts: StatementList) -> Loads | Judgement:
    """pg_stat_statements as loads: it has no percentiles, and its longest time is since its reset."""
    if not facts.statements:
        summary = "pg_stat_statements holds no statement of this database yet"
        return unknown("no-statements", summary, decide_by="Use the product, or run the load test, and run it again.")
    loads = tuple(
        QueryLoad(
            fingerprint=row.text,
            calls=row.calls,
            total_ms=row.total_ms,
            mean_ms=row.mean_ms,
            max_ms=row.max_ms,
            share=row.share,
            tables=row.tables,
            endpoints=(Issuer(row.route, row.calls),) if row.route else (),
            id=row.fingerprint,
            timed=row.calls,
        )
        for row in facts.statements
    )
    hidden = f"{plural(facts.hidden, 'statement')} of other roles cannot be read" if facts.hidden else ""
    since = f" since {facts.since:%d %b %Y %H:%M}" if facts.since else ""
    source = f"{plural(facts.calls, 'call')} of {plural(facts.distinct, 'statement')} in pg_stat_statements{since}"
    return Loads(loads, source, hidden)


def judged(loads: Loads, product: Product, limits: Limits) -> Judgement:
    """The judgement of statements by the limits of the runbook."""
    tally = Tally()
    core = [route for route in product.routes if route.core]
    warn_ms, often = number(limits, "warn_mean_ms", WARN_MEAN_MS), count(limits, "warn_calls", WARN_CALLS)
    share, heavy_ms = number(limits, "fail_share_percent", FAIL_SHARE), number(limits, "fail_mean_ms", FAIL_MEAN_MS)
    longest = number(limits, "fail_max_ms_core", FAIL_MAX_MS)
    for load in loads.queries:
        if load.control:
            continue
        where = core_route(load, core)
        if load.max_ms > longest and where is not None:
            tally.fail("slow-on-core-route", f"up to {load.max_ms:,.0f} ms on {where.id}: {_shown(load)}")
        elif load.timeouts and where is not None:
            tally.fail("timed-out", f"timed out {load.timeouts:,} times on {where.id}: {_shown(load)}")
        if loads.partial:
            # The statements that were not logged would lower every mean and every share.
            continue
        if load.share * 100 > share and load.mean_ms > heavy_ms:
            text = f"{load.share:.0%} of the time, {load.mean_ms:,.0f} ms on average: {_shown(load)}"
            tally.fail("heavy-statement", text)
        elif load.mean_ms >= warn_ms and load.calls >= often:
            tally.warn("often-slow", f"{load.mean_ms:,.0f} ms on average of {load.calls:,} calls: {_shown(load)}")
        elif load.max_ms > longest and where is None:
            sender = f", sent by {one_line(load.endpoints[0].endpoint, 60)}" if load.endpoints else ""
            tally.warn("slow-statement", f"up to {load.max_ms:,.0f} ms{sender}: {_shown(load)}")
        if load.timeouts and where is None:
            tally.warn("timed-out", f"timed out {load.timeouts:,} times: {_shown(load)}")
    for note in (*loads.notes, *_worst(loads.queries)):
        tally.note(note)
    if fail := tally.fail_first(ORDER):
        return fail
    if loads.partial:
        summary = f"{loads.source}: {loads.partial}"
        return unknown("log-partial", summary, decide_by=COMPLETE, details=tally.details())
    return tally.warn_first(ORDER) or tally.passed(f"{loads.source}, none of them slow")


def core_route(load: QueryLoad, core: Sequence[Route]) -> Route | None:
    """The core route that sends a statement, where a comment or a request ties them: by its id, or by its path."""
    for issuer in load.endpoints:
        for route in core:
            if issuer.endpoint == route.id or _covers(issuer.endpoint, urlsplit(route.url).path or "/"):
                return route
    return None


def _covers(endpoint: str, path: str) -> bool:
    """Whether a route such as `/listings/:id`, `^listings/<int:id>/$` or `/listings/{id}` matches a path."""
    if endpoint.startswith("^"):
        endpoint = "/" + endpoint.removeprefix("^").removesuffix("$")
    if not endpoint.startswith("/"):
        return False
    parts, found = endpoint.strip("/").split("/"), path.strip("/").split("/")
    return len(parts) == len(found) and all(
        part == there or re.match(r"[:<{*(\[]", part) is not None for part, there in zip(parts, found, strict=True)
    )


def _worst(queries: Sequence[QueryLoad]) -> list[str]:
    """The statements with the largest total time, a line each."""
    lines: list[str] = []
    for load in [load for load in queries if not load.control][:5]:
        p95 = f", p95 {load.p95_ms:,.1f} ms" if load.p95_ms is not None else ""
        each = f"{load.calls:,} calls, {load.mean_ms:,.1f} ms on average{p95}"
        lines.append(f"{load.share:.1%} of the time: {each}: {_shown(load)}")
    return lines


def _shown(load: QueryLoad) -> str:
    tables = f"on {', '.join(one_line(name, 40) for name in load.tables)}, " if load.tables else ""
    return f"{tables}{one_line(load.fingerprint, 160)}"
