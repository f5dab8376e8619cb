"""Logs: of requests and of statements, and what one tagged request sent to the database."""

from __future__ import annotations

from launchready_tui.model.questions import (
    AccessLog,
    AccessLogReading,
    QueryLogFacts,
    QueryLogReading,
    TaggedReply,
    TaggedRequest,
)
from launchready_tui.text import plural
from launchready_tui.words.figures import Answered, Asked, Parts, Place, as_account, joined, ms, percent, some


def _access(found: AccessLog) -> str:
    first = found.routes[0] if found.routes else None
    share = f"most time in {first.name} ({percent(first.share)})" if first and found.timed else ""
    p95 = f"p95 {ms(first.p95_ms)}" if first and first.p95_ms is not None else ""
    return joined(
        f"{plural(found.requests, 'request')} in {plural(found.lines, 'line')}",
        plural(len(found.routes) + found.more, "route"),
        "" if found.timed else "no durations",
        share,
        p95,
        f"{plural(found.unparsed, 'line')} not understood" if found.unparsed else "",
        "not all was read" if found.partial else "",
    )


def _queries(found: QueryLogFacts) -> str:
    slowest = max((one.max_ms for one in found.queries), default=None)
    return joined(
        plural(found.statements, "statement"),
        plural(found.shapes, "shape"),
        f"slowest {ms(slowest)}" if slowest is not None else "",
        f"{ms(found.total_ms)} in all" if found.timed else "no durations",
        f"{plural(found.unparsed, 'line')} not understood" if found.unparsed else "",
        "not all was read" if found.cut else "",
    )


def _tagged(found: TaggedReply) -> str:
    if found.tie:
        least = "at least " if found.floor_ms > 1 or found.sampled else ""
        told = f"{least}{plural(found.count, 'statement')} ({ms(found.total_ms)}), told by {found.tie}"
    elif found.sent_none:
        told = "no statement"
    elif not found.grown:
        told = "nothing was logged meanwhile"
    else:
        told = f"none tied to it, {found.others} logged meanwhile"
    return joined(f"{found.status} in {ms(found.elapsed_ms)}", "out of a cache" if found.cached else "", told)


def _tagged_request(asked: TaggedRequest) -> Parts:
    rows = f" with {asked.parameter}={asked.rows}" if asked.parameter else ""
    take = f", take {asked.take}" if asked.take > 1 else ""
    return ("statements behind GET ", Place(asked.url), f"{rows}{as_account(asked.session)}{take}")


ASKED: Asked = {
    AccessLogReading: lambda asked: ("access logs ", Place(some(asked.paths, 3))),
    QueryLogReading: lambda asked: ("query logs ", Place(some(asked.paths, 3))),
    TaggedRequest: _tagged_request,
}

ANSWERED: Answered = {AccessLog: _access, QueryLogFacts: _queries, TaggedReply: _tagged}
