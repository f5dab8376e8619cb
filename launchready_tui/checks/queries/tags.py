"""What the checks that count statements of one request share: what to declare, and what ties statements to requests."""

from __future__ import annotations

from launchready_tui.checks.reading.visits import unexpected
from launchready_tui.model.product import Route
from launchready_tui.model.questions.querylog import TaggedReply, TaggedStatement
from launchready_tui.model.verdicts import Judgement, not_run, unknown
from launchready_tui.text import one_line, plural

NO_LOG = not_run(
    "input-missing",
    "The profile names no query log ([logs] queries): a PostgreSQL log with log_min_duration_statement = 0, or a MySQL"
    " slow log with long_query_time = 0, that this machine can read.",
)

HOW_TO_TIE = (
    "Let the application write the request id into its statements: sqlcommenter (Django, Node, Go), query log tags with"
    " request_id (Rails), or SET application_name to it for each request and %a in log_line_prefix; and hand on the"
    " header X-Request-Id or traceparent (another name: [logs] request_id)."
)
HOW_TO_ECHO = (
    "Let it answer with the X-Request-Id that it was given: then it is plain that this route sends no statement. Or"
    " look in the code, and attest."
)
HOW_TO_LOG = (
    "Log every statement while this runs, on staging: log_min_duration_statement = 0 and reload (MySQL:"
    " long_query_time = 0); and see that [logs] queries names the log of that database."
)
MOST_SHOWN = 12
COMPLETE_MS = 1.0
"""The shortest time in a log (milliseconds) from which on it is plain that only slow statements are logged."""


def untold(reply: TaggedReply, route: Route) -> Judgement | None:
    """Why an answer and its log tell nothing of the statements of a request; None where they tell."""
    if not 200 <= reply.status < 300:
        return unexpected(route, reply.status)
    if reply.tie:
        return None
    if reply.cached:
        summary = "the answer came out of a cache on the way, so the application was not asked"
        return unknown("served-from-cache", summary, decide_by="Count at the origin, or on staging without the cache.")
    if reply.sent_none:
        return None
    if reply.others and not reply.untagged:
        many = plural(reply.others, "statement")
        summary = f"{many} logged meanwhile, all of other requests; whether the application knows this one's id is open"
        return unknown("nothing-ties", summary, decide_by=HOW_TO_ECHO)
    if reply.others:
        summary = f"{plural(reply.others, 'statement')} logged meanwhile, and nothing ties one of them to the request"
        return unknown("nothing-ties", summary, decide_by=HOW_TO_TIE)
    if reply.floor_ms >= COMPLETE_MS:
        summary = f"the log holds no statement under {reply.floor_ms:,.0f} ms, so it does not show this request's"
        return unknown("log-partial", summary, decide_by=HOW_TO_LOG)
    if reply.grown:
        summary = "the log was written to, but not about statements"
        return unknown("log-silent", summary, decide_by=HOW_TO_LOG)
    summary = f"nothing was written to the query log within {reply.waited:,.0f} s of the request"
    return unknown("log-silent", summary, decide_by=HOW_TO_LOG)


def partial(reply: TaggedReply) -> str:
    """Why a count is a lower bound; '' where it is none."""
    if reply.sampled:
        return "the log holds a sample of the statements"
    if reply.floor_ms >= COMPLETE_MS:
        return f"the log holds no statement under {reply.floor_ms:,.0f} ms"
    return ""


def tied(reply: TaggedReply) -> str:
    """What is known of the tie, for a detail."""
    return f"tied by {reply.tie}" if reply.tie else "all that was logged meanwhile carries the ids of other requests"


def described(statement: TaggedStatement) -> str:
    """A statement in a line: how often, which tables, its shape."""
    tables = f" on {', '.join(one_line(name, 60) for name in statement.tables)}" if statement.tables else ""
    return f"{statement.count}×{tables}: {one_line(statement.fingerprint, 300)}"


def busiest(reply: TaggedReply) -> tuple[TaggedStatement, ...]:
    """The statements of a request, the most frequent first, without those that only steer the session."""
    return tuple(item for item in reply.statements if not item.control)
