"""Whether longer lists need more statements: the N+1 pattern, seen by asking for 10, 20 and 40 rows (S4.Q.02)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from launchready_tui.checks.limits import count, number
from launchready_tui.checks.payloads.bodies import session_for
from launchready_tui.checks.queries.tags import HOW_TO_LOG, NO_LOG, busiest, described, partial, tied, untold
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Route
from launchready_tui.model.questions import TaggedReply, TaggedRequest
from launchready_tui.model.questions.querylog import TaggedStatement
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, not_run, passed, unknown, warned
from launchready_tui.text import one_line, plural

SIZES = (10, 20, 40)
PASS_SLOPE, FAIL_SLOPE = 0.1, 0.8
REPEATS = 2
LEAST_MORE = 5
"""Rows by which the longest list has to be longer than the shortest, for a slope to mean anything."""

NOT_PAGED = not_run(
    "input-missing",
    'No route says which parameter sets the number of its rows ([[route]] page_size = "per_page").',
)


@check("queries.growth", over="paged-routes")
async def growth(subject: Subject[Route | None], ask: Ask, limits: Limits) -> Judgement:
    """The same list with more and more rows; statements against rows, by least squares.

    Limits: `rows_first`, `rows_second`, `rows_third`, `slope_pass`, `slope_fail`, `repeat_min`.
    """
    route, product = subject.item, subject.product
    if route is None:
        return NOT_PAGED
    if not product.logs.queries:
        return NO_LOG
    session = await session_for(route, product, ask)
    if isinstance(session, Judgement):
        return session
    names = ("rows_first", "rows_second", "rows_third")
    sizes = sorted({count(limits, name, size) for name, size in zip(names, SIZES, strict=True)} - {0})
    replies: list[TaggedReply] = []
    # The first request may open a connection or fill a cache: it is sent twice, and the second one counts.
    for rows, take in ((sizes[0], 0), *((size, 1) for size in sizes)):
        question = TaggedRequest(
            route.url, product.logs.queries, product.logs.request_id, route.page_size, rows, session, take
        )
        reply = (await ask(question)).facts
        why = untold(reply, route)
        if why is not None:
            return why
        if take:
            replies.append(reply)
    return judged(replies, sizes, limits)


@dataclass(frozen=True, slots=True)
class Culprit:
    """A statement whose number grows with the rows; `slope` is how many more there are for one more row."""

    statement: TaggedStatement
    slope: float
    counts: tuple[int, ...]


def judged(replies: Sequence[TaggedReply], sizes: Sequence[int], limits: Limits) -> Judgement:
    """The judgement of tied requests for lists of those sizes."""
    what, rows = rows_seen(replies, sizes)
    if not rows:
        return unknown(
            "rows-do-not-grow",
            not_growing(replies, sizes),
            decide_by="Run it where the list has at least as many rows, and see that page_size names the parameter.",
        )
    counts = [reply.count for reply in replies]
    slope = slope_of(rows, counts)
    told = f"{', '.join(map(str, counts))} queries for {', '.join(map(str, rows))} rows: {slope:.2f} more for each row"
    guilty = culprits(replies, rows, number(limits, "slope_pass", PASS_SLOPE))
    last = replies[-1]
    least = count(limits, "repeat_min", REPEATS)
    repeats = [item for item in busiest(last) if item.count >= least]
    details = (
        f"rows seen as {one_line(what, 80)}; {tied(last)}",
        *(f"{item.slope:.2f} for each row: {described(item.statement)}" for item in guilty[:6]),
        *(f"repeated: {described(item)}" for item in repeats[:6] if item not in [one.statement for one in guilty]),
    )
    named = f"; {_named(guilty[0])}" if guilty else ""
    facts = {
        "slope": f"{slope:.2f}",
        "table": guilty[0].statement.tables[0] if guilty[:1] and guilty[0].statement.tables else "",
    }
    if slope >= number(limits, "slope_fail", FAIL_SLOPE):
        return failed("grows-with-rows", f"{told}{named}", details=details, facts=facts)
    if why := next((partial(reply) for reply in replies if partial(reply)), ""):
        return unknown("log-partial", f"at least {told}, but {why}", decide_by=HOW_TO_LOG, details=details)
    if slope >= number(limits, "slope_pass", PASS_SLOPE):
        return warned("grows-with-rows", f"{told}{named}", details=details, facts=facts)
    if repeats:
        worst = repeats[0]
        text = f"{told}; {plural(worst.count, 'time')} the same statement on {_tables(worst)}, however many rows"
        return passed(text, note="repeated-statement", details=details)
    return passed(told, details=details)


def rows_seen(replies: Sequence[TaggedReply], sizes: Sequence[int]) -> tuple[str, tuple[int, ...]]:
    """What in the answers are the rows, and how many each holds; ('', ()) where nothing grows with what was asked."""
    found = [{item.what: item.count for item in reply.repeated} for reply in replies]
    best: tuple[tuple[int, int, int], str, tuple[int, ...]] | None = None
    for what in found[0]:
        counts = tuple(seen.get(what, 0) for seen in found)
        if counts[-1] - counts[0] < LEAST_MORE or any(b < a for a, b in pairwise(counts)):
            continue
        ratios = [seen / asked for seen, asked in zip(counts, sizes, strict=True)]
        exact = counts == tuple(sizes)
        steady = max(ratios) - min(ratios) < 0.02 and min(ratios) >= 1
        fits = all(ratio <= 1 for ratio in ratios)
        if not (exact or steady or fits):
            continue
        rank = (2 if exact else 1 if steady else 0, int(what.startswith("json:")), counts[-1])
        rows = tuple(sizes) if steady else counts
        if best is None or rank > best[0]:
            best = (rank, what, rows)
    return (best[1], best[2]) if best else ("", ())


def not_growing(replies: Sequence[TaggedReply], sizes: Sequence[int]) -> str:
    """Why the answers say nothing: the number of rows is fixed whatever is asked for, or nothing in them looks like
    rows.
    """
    asked = f"asked for {', '.join(map(str, sizes))} rows"
    found = [{item.what: item.count for item in reply.repeated} for reply in replies]
    if not found[0] or any(one != found[0] for one in found):
        return (
            f"{asked}, the answer holds nothing that grows with it: there are too few rows, or the parameter sets"
            " something else"
        )
    what, seen = max(found[0].items(), key=lambda item: (item[0].startswith("json:"), item[1]))
    why = "the page size is ignored or capped, or there are no more rows"
    return f"{asked}, the answer held {seen} each time ({one_line(what, 80)}): {why}"


def slope_of(rows: Sequence[int], counts: Sequence[int]) -> float:
    """The slope of the line through the points by least squares."""
    middle, mean = sum(rows) / len(rows), sum(counts) / len(counts)
    spread = sum((row - middle) ** 2 for row in rows)
    if spread == 0:
        return 0.0
    return sum((row - middle) * (seen - mean) for row, seen in zip(rows, counts, strict=True)) / spread


def culprits(replies: Sequence[TaggedReply], rows: Sequence[int], least: float) -> list[Culprit]:
    """The statements that grow with the rows, the fastest first."""
    found: list[Culprit] = []
    for statement in busiest(replies[-1]):
        counts = tuple(
            next((item.count for item in reply.statements if item.fingerprint == statement.fingerprint), 0)
            for reply in replies
        )
        slope = slope_of(rows, counts)
        if slope >= least:
            found.append(Culprit(statement, slope, counts))
    return sorted(found, key=lambda item: -item.slope)


def _named(culprit: Culprit) -> str:
    statement = culprit.statement
    return f"{statement.count} times on {_tables(statement)}: {one_line(statement.fingerprint, 120)}"


def _tables(statement: TaggedStatement) -> str:
    return ", ".join(one_line(name, 40) for name in statement.tables) or "no table"
