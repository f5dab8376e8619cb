"""Whether a form tells strangers who has an account."""

from __future__ import annotations

from math import erf, sqrt
from statistics import median

from launchready_tui.checks.identity.ratelimits import NO_ENDPOINT, burst_of, test_account
from launchready_tui.checks.limits import count, number
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Route
from launchready_tui.model.questions import AccountCompare, Comparison
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, not_run, passed, unknown, warned

TRIES = 15
"""Requests of each kind that a judgement of time needs."""

_BY_HAND = "Compare the answers for a known and an invented address by hand, slowly enough for the limit."


@check("identity.enumeration", over="account-forms")
async def enumeration(subject: Subject[Route], ask: Ask, limits: Limits) -> Judgement:
    """S3.RST.01: same status, same text, same time for an account that exists and for one that does not."""
    account = test_account(subject.product)
    if account is None:
        return not_run("input-missing", "The profile names no test account ([[account]] role, username).")
    tries = count(limits, "tries", TRIES)
    # The series of the endpoint comes first, with its own limits; this lives on what is left of the budget.
    facts = (await ask(AccountCompare(burst_of(subject.item, subject.product, {}), account.role, tries))).facts
    known, invented = facts.known, facts.invented
    if (known and {knock.status for knock in (*known, *invented)} <= NO_ENDPOINT) or facts.echo:
        return unknown("no-endpoint", "nobody reads what is sent there", decide_by=_BY_HAND)
    if known and invented:
        a, b = known[0], invented[0]
        if a.status != b.status or a.location != b.location:
            return failed("answers-differ", f"a known address is answered {a.status}, an invented one {b.status}")
        if a.shape != b.shape:
            return failed("answers-differ", "the text for a known address is another than for an invented one")
    return _timed(facts, tries, limits)


def _timed(facts: Comparison, tries: int, limits: Limits) -> Judgement:
    pairs = min(len(facts.known), len(facts.invented))
    if pairs < tries:
        seen = "the same status and text, but " if pairs else ""
        return unknown(
            "throttled", f"{seen}the brake left {pairs} of {tries} pairs to compare times", decide_by=_BY_HAND
        )
    known, invented = [knock.ms for knock in facts.known], [knock.ms for knock in facts.invented]
    gap, p = abs(median(known) - median(invented)), mann_whitney(known, invented)
    summary = f"medians {median(known):.0f} and {median(invented):.0f} ms over {pairs} pairs (p={p:.3f})"
    if p < number(limits, "p_value", 0.01) and gap > number(limits, "delta_median_ms", 50):
        return warned("timing-differs", f"the time tells who has an account: {summary}")
    return passed(f"same status and text; {summary}")


def mann_whitney(one: list[float], other: list[float]) -> float:
    """The two-sided p of the Mann-Whitney U test by its normal approximation, ties corrected; good from about eight
    each.
    """
    n, m = len(one), len(other)
    values = sorted((value, side) for side, sample in enumerate((one, other)) for value in sample)
    rank_sum, ties, at = 0.0, 0.0, 0
    while at < len(values):
        end = at
        while end < len(values) and values[end][0] == values[at][0]:
            end += 1
        rank, equal = (at + end + 1) / 2, end - at
        rank_sum += rank * sum(side == 0 for _, side in values[at:end])
        ties += equal**3 - equal
        at = end
    total = n + m
    spread = sqrt(n * m / 12 * (total + 1 - ties / (total * (total - 1)))) if total > 1 else 0.0
    if spread == 0:
        return 1.0
    z = (abs(rank_sum - n * (n + 1) / 2 - n * m / 2) - 0.5) / spread
    return min(1.0, 2 * (1 - 0.5 * (1 + erf(max(z, 0.0) / sqrt(2)))))
