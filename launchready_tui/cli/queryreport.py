"""A digest of query logs as text and as JSON (`launchready/queries/1`). Never a value of a statement."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from launchready_tui.cli import output
from launchready_tui.database.planreview import review
from launchready_tui.model.questions.querylog import QueryLoad, QueryLogFacts
from launchready_tui.queries.plans import sketch
from launchready_tui.text import one_line, plural

SCHEMA = "launchready/queries/1"
WIDTH = 80
_INDENT = "     "
_MOST_LINES = 3
_TIES = {"request-id": "request id", "traceparent": "trace", "burst": "a guess: one connection without a pause"}

NOTHING_TIES_IN_MYSQL = "nothing ties a statement to whoever sent it: switch on sqlcommenter, or Rails' query log tags"

NOTHING_TIES = (
    "nothing ties a statement to whoever sent it: switch on sqlcommenter (or Rails' query log tags), or set"
    " application_name and put %a into log_line_prefix"
)


def as_text(facts: QueryLogFacts) -> str:
    """A block a statement: figures, shape, who sends it, what is wrong with it."""
    lines = [*_head(facts), ""]
    head = f"{'#':>3} {'share':>6} {'calls':>9} {'total s':>10} {'mean ms':>9} {'p95 ms':>9} {'max ms':>10} {'V/M':>7}"
    lines.append(output.paint(head, "strong"))
    for number, query in enumerate(facts.queries, 1):
        lines += _query(number, query)
    if facts.more:
        lines.append(f"and {plural(facts.more, 'more shape')}, {_seconds(facts.more_ms)} s together")
    if facts.endpoints:
        lines += ["", output.paint(f"{'requests':>9} {'queries':>9} {'most':>6} {'total s':>10}  by", "strong")]
        lines += (
            f"{item.requests:>9,} {item.mean_queries:>9,.1f} {item.most_queries:>6,} {_seconds(item.total_ms):>10}"
            f"  {one_line(item.endpoint, 40) or '(no route said)'}"
            for item in facts.endpoints[:20]
        )
    lines += [output.paint(line, "unknown") for text in _limits(facts) for line in textwrap.wrap(text, WIDTH)]
    return "\n".join(lines) + "\n"


def _head(facts: QueryLogFacts) -> Iterator[str]:
    for file in facts.files:
        odd = ""
        if file.unparsed:
            places = ", ".join(f"{number:,}" for number in file.odd_lines)
            odd = f", {file.unparsed:,} unparsed (the first: line {places})"
        name = output.safe(file.name, 200)
        yield f"{name}: {file.format or 'format not recognised'}, {plural(file.lines, 'line')}{odd}"
    when = f"{_span(facts.begin, facts.end)} UTC: " if facts.begin is not None and facts.end is not None else ""
    seen = f"{plural(facts.statements, 'statement')} of {plural(facts.shapes, 'shape')}"
    yield f"{when}{seen}, {_seconds(facts.total_ms)} s"
    ties = facts.ties
    tied = {"by request id": ties.request, "by trace": ties.trace, "by route": ties.route,
            "by application name": ties.application, "by nothing": ties.none}  # fmt: skip
    if facts.statements:
        yield "tied to whoever sent them: " + ", ".join(f"{count:,} {how}" for how, count in tied.items() if count)


def _query(number: int, query: QueryLoad) -> Iterator[str]:
    share = f"{query.share * 100:.1f}%"
    spread = "" if query.variance_to_mean is None else f"{query.variance_to_mean:.3f}"
    timed = query.timed > 0
    yield (
        f"{number:>3} {share:>6} {query.calls:>9,} {_seconds(query.total_ms):>10}"
        f" {_ms(query.mean_ms) if timed else '–':>9} {_ms(query.p95_ms):>9} {_ms(query.max_ms) if timed else '–':>10}"
        f" {spread:>7}"
    )
    yield from _wrapped(one_line(query.fingerprint, 600))
    if query.tables:
        yield from _wrapped(f"tables: {', '.join(one_line(name, 60) for name in query.tables)}")
    if query.endpoints:
        by = ", ".join(f"{one_line(item.endpoint, 60)} ({item.calls:,})" for item in query.endpoints[:5])
        yield from _wrapped(f"sent by: {by}")
    elif query.applications:
        yield from _wrapped(f"application: {', '.join(one_line(name, 40) for name in query.applications[:5])}")
    repeats = query.repeats
    if repeats is not None:
        where = f" by {one_line(repeats.endpoint, 60)}" if repeats.endpoint else ""
        text = (
            f"repeated: up to {repeats.most:,} times in one request{where}, {repeats.mean:,.1f} on average in"
            f" {repeats.repeating:,} of {plural(repeats.requests, 'request')} ({_TIES.get(repeats.tie, repeats.tie)})"
        )
        style = "warn" if repeats.tie == "burst" else "fail"
        yield from (output.paint(line, style) for line in _wrapped(text))
    if query.rows_examined >= 0 and query.calls:
        each = query.rows_examined / max(query.rows_sent, 1)
        yield f"{_INDENT}rows: {query.rows_examined:,} examined, {max(query.rows_sent, 0):,} sent ({each:,.0f} for one)"
    if query.troubles:
        timeouts = f", {query.timeouts:,} of them timed out" if query.timeouts else ""
        yield output.paint(f"{_INDENT}did not finish: {query.troubles:,}{timeouts}", "warn")
    if query.plan:
        yield from _wrapped(f"plan: {one_line(sketch(query.plan), 300)}")
        yield from (output.paint(line, "warn") for flaw in review(query.plan)[:3] for line in _wrapped(flaw.text))


def _limits(facts: QueryLogFacts) -> Iterator[str]:
    """What the digest cannot tell."""
    if facts.lower_bound:
        yield f"lower bound: {facts.lower_bound}"
    if facts.statements and not (facts.ties.request + facts.ties.trace + facts.ties.route + facts.ties.application):
        mysql = all(file.format.lower().startswith(("mysql", "mariadb", "percona")) for file in facts.files)
        yield NOTHING_TIES_IN_MYSQL if mysql else NOTHING_TIES
    if facts.percentile_error:
        yield f"percentiles are within {facts.percentile_error:.1%}: there were too many statements to hold each"
    if facts.folded:
        yield f"{facts.folded:,} rare shapes were folded together: what comes back later is counted anew"
    yield from facts.notices
    for file in facts.files:
        if file.cut:
            yield f"INCOMPLETE: {output.safe(file.name, 200)}: {file.cut}"


def as_json(facts: QueryLogFacts) -> str:
    """One JSON document."""
    document = {
        "schema": SCHEMA,
        "files": [
            {
                "file": file.name,
                "format": file.format,
                "lines": file.lines,
                "unparsed": file.unparsed,
                "unparsed_lines": list(file.odd_lines),
                "incomplete": file.cut,
            }
            for file in facts.files
        ],
        "lines": facts.lines,
        "unparsed": facts.unparsed,
        "span": [_iso(facts.begin), _iso(facts.end)],
        "statements": facts.statements,
        "timed": facts.timed,
        "total_ms": facts.total_ms,
        "shapes": facts.shapes,
        "complete": not facts.cut,
        "lower_bound": facts.lower_bound,
        "floor_ms": facts.floor_ms,
        "percentile_error": facts.percentile_error,
        "other_lines": facts.other_lines,
        "did_not_finish": facts.troubles,
        "ties": {
            "request_id": facts.ties.request,
            "traceparent": facts.ties.trace,
            "route": facts.ties.route,
            "application_name": facts.ties.application,
            "none": facts.ties.none,
        },
        "queries": [_plain(query) for query in facts.queries],
        "more": {"shapes": facts.more, "total_ms": facts.more_ms, "folded": facts.folded},
        "endpoints": [
            {
                "endpoint": item.endpoint,
                "requests": item.requests,
                "queries_mean": item.mean_queries,
                "queries_max": item.most_queries,
                "total_ms": item.total_ms,
            }
            for item in facts.endpoints
        ],
        "notices": list(facts.notices),
    }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def _plain(query: QueryLoad) -> dict[str, Any]:
    repeats = query.repeats
    return {
        "id": query.id,
        "fingerprint": query.fingerprint,
        "tables": list(query.tables),
        "calls": query.calls,
        "total_ms": query.total_ms,
        "share": query.share,
        "mean_ms": query.mean_ms if query.timed else None,
        "p50_ms": query.p50_ms,
        "p95_ms": query.p95_ms,
        "p99_ms": query.p99_ms,
        "max_ms": query.max_ms if query.timed else None,
        "variance_to_mean": query.variance_to_mean,
        "rows_sent": _known(query.rows_sent),
        "rows_examined": _known(query.rows_examined),
        "lock_ms": _known(query.lock_ms),
        "did_not_finish": query.troubles,
        "timeouts": query.timeouts,
        "databases": list(query.databases),
        "users": list(query.users),
        "applications": list(query.applications),
        "endpoints": [{"endpoint": item.endpoint, "calls": item.calls, "by": item.tie} for item in query.endpoints],
        "repeats": repeats
        and {
            "by": repeats.tie,
            "requests": repeats.requests,
            "repeating": repeats.repeating,
            "most": repeats.most,
            "mean": repeats.mean,
            "endpoint": repeats.endpoint,
        },
        "session_control": query.control,
        "plan": [_node(node) for node in query.plan],
        "plan_flaws": [{"rule": flaw.rule, "text": flaw.text} for flaw in review(query.plan)],
    }


def _node(node: Any) -> dict[str, Any]:
    return {
        "depth": node.depth,
        "node": node.kind,
        "table": node.table,
        "index": node.index,
        "plan_rows": node.plan_rows,
        "rows": node.rows,
        "loops": node.loops,
        "removed": node.removed,
    }


def _known(value: float) -> float | None:
    return None if value < 0 else value


def _wrapped(text: str) -> list[str]:
    lines = textwrap.wrap(text, WIDTH - len(_INDENT), break_on_hyphens=False)
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], f"{lines[_MOST_LINES - 1][: WIDTH - len(_INDENT) - 2]} …"]
    return [f"{_INDENT}{line}" for line in lines]


def _seconds(ms: float) -> str:
    seconds = ms / 1000
    return f"{seconds:,.3f}" if seconds < 10 else f"{seconds:,.1f}"


def _ms(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.2f}" if value < 10 else f"{value:,.1f}" if value < 1000 else f"{value:,.0f}"


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _span(begin: float, end: float) -> str:
    first, last = _moment(begin), _moment(end)
    return (
        f"{first:%d %b %Y %H:%M:%S} to {last:%H:%M:%S}"
        if first.date() == last.date()
        else (f"{first:%d %b %Y %H:%M:%S} to {last:%d %b %Y %H:%M:%S}")
    )


def _iso(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return _moment(seconds).isoformat(timespec="milliseconds").replace("+00:00", "Z")


FORMATS: dict[str, Callable[[QueryLogFacts], str]] = {"text": as_text, "json": as_json}
