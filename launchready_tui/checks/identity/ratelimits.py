"""Whether the doors of a product brake somebody who keeps knocking, whom they count, and when they let go again.

All checks of an endpoint ask the same question, so that it is knocked at once, however many of them look.
"""

from __future__ import annotations

from launchready_tui.checks.limits import count, number
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Account, Product, Route
from launchready_tui.model.questions import BurstReply, Knock, RateBurst
from launchready_tui.model.questions.accounts import MOST_REQUESTS
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, not_applicable, not_run, passed, unknown, warned
from launchready_tui.text import one_line, plural

PASS_BY = 10
"""The request by which a brake must have come (CHECKS.md S3.RL)."""

NO_ENDPOINT = frozenset({404, 405, 410, 415, 501})
"""Statuses with which nobody looks at what was sent."""

RESET_BUDGET = 10
ROUNDING = 1.0
"""Seconds by which a Retry-After may be off because it has no fractions."""


_LOG_IN = "Log in by hand from another network."
_DECLARE = "Declare the URL that the form or the app really sends to as a [[route]] with this family."


def test_account(product: Product) -> Account | None:
    """The account that passwords are tried on: the buyer, else the first that is declared."""
    return product.account("buyer") or next(iter(product.accounts), None)


def burst_of(route: Route, product: Product, limits: Limits) -> RateBurst:
    """The one question about an endpoint. Machines get JSON; people's forms are filled in as their page says."""
    machine = route.kind in ("api", "webhook")
    account = test_account(product) if route.family == "login" else None
    bodies = {
        "login": '{"email": "{user}", "password": "launchready-wrong-password-{n}"}',
        "reset": '{"email": "{user}"}',
        "signup": '{"email": "launchready-no-address", "password": "x"}',
        "invite": '{"token": "launchready-wrong-token-{n}"}',
        "webhook": "{}",
    }
    usual = RESET_BUDGET if route.family == "reset" else MOST_REQUESTS
    return RateBurst(
        route.url,
        route.family,
        method="POST" if machine else "",
        body=bodies.get(route.family, "{}") if machine else "",
        account=account.role if account else "",
        budget=min(count(limits, "attempts", usual), usual),
        rps=number(limits, "pace_per_second", 1.0),
        delay_factor=number(limits, "delay_factor", 2.0),
    )


async def _family(subject: Subject[Route], ask: Ask, limits: Limits, what: str) -> Judgement:
    facts = (await ask(burst_of(subject.item, subject.product, limits))).facts
    if judged := nobody_there(facts):
        return judged
    details = (*(_line(knock) for knock in facts.knocks), *((facts.quota,) if facts.quota else ()))
    at, sent = facts.braked_at, len(facts.knocks)
    if at is None and lost(facts):
        summary = f"{plural(sent, what)} in a row met no certain brake, but {lost(facts)} of them got no proper answer"
        return unknown("hiccup", summary, decide_by="Run it again when the network is calm.", details=details)
    if at is None:
        return failed("no-throttle", f"{plural(sent, what)} in a row, and no brake", details=details)
    knock = facts.knocks[at - 1]
    wait = f", Retry-After {knock.retry_after:g} s" if knock.retry_after is not None else ""
    summary = f"braked at request {at} ({', '.join(knock.marks)}{wait})"
    if at > count(limits, "pass_by", PASS_BY):
        return warned("late-throttle", f"{summary}; wanted by {count(limits, 'pass_by', PASS_BY)}", details=details)
    return passed(summary, details=details)


def nobody_there(facts: BurstReply) -> Judgement | None:
    """Unknown where nobody looked at what was sent: no endpoint, the page itself, a crash."""
    knocks = facts.knocks
    if not knocks:
        return unknown("budget-spent", "this endpoint had its share of requests", decide_by="Run it again.")
    statuses = {knock.status for knock in knocks}
    if facts.braked_at is not None:
        return None
    if statuses <= NO_ENDPOINT:
        summary = f"{one_line(facts.target, 120)} answers {knocks[0].status}: nobody reads what is sent there"
        return unknown("no-endpoint", summary, decide_by=_DECLARE)
    if facts.echo:
        summary = f"{one_line(facts.target, 120)} answers every request with the page itself"
        return unknown("no-endpoint", summary, decide_by=_DECLARE)
    if facts.knocks and all(300 <= status < 400 for status in statuses) and facts.machine:
        summary = f"{one_line(facts.target, 120)} sends every request on ({knocks[0].status}) to somewhere else"
        return unknown("redirected", summary, decide_by=_DECLARE)
    if all(status >= 500 for status in statuses):
        summary = f"{one_line(facts.target, 120)} answers {knocks[0].status} to everything"
        return unknown("server-error", summary, decide_by="Mend the endpoint first, then run it again.")
    return None


def lost(facts: BurstReply) -> int:
    """Requests of a series that may have met a hiccup: dropped, or a 503, and not confirmed by the next one."""
    usual = facts.knocks[0].status if facts.knocks else 0
    return sum(not knock.braked and (knock.status == 0 or knock.status == 503 != usual) for knock in facts.knocks)


def _line(knock: Knock) -> str:
    marks = f" [{', '.join(knock.marks)}]" if knock.marks else ""
    return f"{knock.number}: {knock.status or 'dropped'}, {knock.ms:g} ms{marks}"


@check("limits.login", over="login-family")
async def login(subject: Subject[Route], ask: Ask, limits: Limits) -> Judgement:
    """S3.RL.01: wrong passwords for one account."""
    return await _family(subject, ask, limits, "wrong password")


@check("limits.reset", over="reset-family")
async def reset(subject: Subject[Route], ask: Ask, limits: Limits) -> Judgement:
    """S3.RL.02: reset requests for one address, at most ten."""
    return await _family(subject, ask, limits, "reset request")


@check("limits.signup", over="signup-family")
async def signup(subject: Subject[Route], ask: Ask, limits: Limits) -> Judgement:
    """S3.RL.03: sign-ups that cannot succeed."""
    return await _family(subject, ask, limits, "invalid sign-up")


@check("limits.invite", over="invite-family")
async def invite(subject: Subject[Route], ask: Ask, limits: Limits) -> Judgement:
    """S3.RL.04: invitation tokens that nobody has."""
    return await _family(subject, ask, limits, "invented token")


@check("limits.webhook", over="webhook-family")
async def webhook(subject: Subject[Route], ask: Ask, limits: Limits) -> Judgement:
    """S3.RL.05: events without a signature."""
    return await _family(subject, ask, limits, "unsigned event")


async def _braked(subject: Subject[Route], ask: Ask, limits: Limits) -> BurstReply | Judgement:
    """The series of an endpoint that braked; a judgement where there is nothing to look behind."""
    facts = (await ask(burst_of(subject.item, subject.product, limits))).facts
    if judged := nobody_there(facts):
        return judged
    if facts.brake is None:
        summary = f"{plural(len(facts.knocks), 'request')} met no brake, so there is nothing to look behind"
        return unknown("not-throttled", summary, decide_by="Brake the endpoint first, then run it again.")
    return facts


@check("limits.account-key", over="login-family")
async def account_key(subject: Subject[Route], ask: Ask, limits: Limits) -> Judgement:
    """S3.RL.06: right after the brake, requests with a forged client address stay braked."""
    facts = await _braked(subject, ask, limits)
    if isinstance(facts, Judgement):
        return facts
    details = tuple(f"forged address: {_line(knock)}" for knock in facts.spoofed)
    if not facts.spoofed:
        decide_by = "Run it again, or send one more wrong password with a forged X-Forwarded-For."
        return unknown("budget-spent", "the brake came with the last request of the budget", decide_by=decide_by)
    through = [knock for knock in facts.spoofed if not knock.braked]
    if not through and any(_hiccup(knock, facts.brake) for knock in facts.spoofed):
        decide_by = "Run it again when the network is calm."
        return unknown("hiccup", "a request with a forged address got no proper answer", decide_by=decide_by)
    if not through:
        return passed(
            f"{plural(len(facts.spoofed), 'forged address', 'forged addresses')} stayed braked", details=details
        )
    if facts.control is not None and facts.control.braked:
        summary = "a forged X-Forwarded-For gets past the brake: the limit counts what the client wrote"
        return failed("forged-address-resets", summary, details=details)
    decide_by = "Run it again, or send wrong passwords with and without X-Forwarded-For by hand."
    return unknown("brake-ended", "the brake let go before it could be told why", decide_by=decide_by, details=details)


def _hiccup(knock: Knock, brake: Knock | None) -> bool:
    """Whether a braked request looks like a hiccup, and not as the brake before it did."""
    alike = knock.marks == ("dropped",) or (knock.status == 503 and knock.marks == ("refused",))
    return alike and (brake is None or (knock.status, knock.marks) != (brake.status, brake.marks))


@check("limits.no-lockout", over="login-family")
async def no_lockout(subject: Subject[Route], ask: Ask, limits: Limits) -> Judgement:
    """S3.RL.07: the owner's right password works from another session while the account is braked, or soon after."""
    account = test_account(subject.product)
    if account is None:
        return not_run("input-missing", "The profile names no test account ([[account]] role, username).")
    facts = await _braked(subject, ask, limits)
    if isinstance(facts, Judgement):
        return facts
    if facts.owner is True:
        return passed("the owner gets in with the right password while the account is braked")
    if facts.owner is None and facts.owner_unseen == "budget-spent":
        summary = "the brake came with the last requests of the budget, so the right password was not tried"
        return unknown("budget-spent", summary, decide_by=_LOG_IN)
    if facts.owner is None and facts.owner_unseen not in ("", "input-missing"):
        summary = f"the right password could not be tried ({facts.owner_unseen})"
        return unknown(facts.owner_unseen, summary, decide_by=_LOG_IN)
    if facts.owner is None:
        return not_run("input-missing", f"No password is known: `launchready token set {account.secret}`.")
    if facts.owner_later is True:
        return passed(f"the owner gets in again after {facts.recovered_after:g} s", note="after-recovery")
    most = number(limits, "max_lockout_seconds", 900)
    if facts.recovered_after is None:
        wait = facts.brake.retry_after if facts.brake else None
        if wait is not None and wait > most:
            return failed("locked-out", f"the owner is locked out for {wait:g} s, as anybody can cause")
        summary = f"the owner did not get in within the {facts.watched:g} s that were watched"
        decide_by = "Try the right password from another network after the time that your help page names."
        return unknown("not-recovered", summary, decide_by=decide_by)
    if facts.owner_later is False:
        return failed("locked-out", "the right password is refused even after the brake let go")
    return unknown(
        "budget-spent",
        "the owner was braked too, and a second try could not be made or was not answered",
        decide_by=_LOG_IN,
    )


@check("limits.recovery", over="limited-routes")
async def recovery(subject: Subject[Route], ask: Ask, limits: Limits) -> Judgement:
    """S3.RL.08: a request is judged normally again when the answer says so, a fifth more or less."""
    facts = await _braked(subject, ask, limits)
    if isinstance(facts, Judgement):
        # What is missing is reported where it counts; here is only nothing to measure.
        return not_applicable("no brake to recover from") if facts.reason == "not-throttled" else facts
    assert facts.brake is not None
    promised, took = facts.brake.retry_after, facts.recovered_after
    share = number(limits, "tolerance_share", 0.2)
    if promised is None and took is not None:
        return warned("no-retry-after", f"nothing says how long to wait; it took at most {took:g} s")
    if promised is not None and facts.braked_until > max(promised * (1 + share), promised + ROUNDING):
        summary = f"Retry-After promised {promised:g} s, and after {facts.braked_until:g} s it still brakes"
        return failed("retry-after-too-short", summary)
    if promised is None or took is None:
        said = "nothing" if promised is None else f"{promised:g} s"
        decide_by = "Wait as long as the answer says, and try once by hand."
        return unknown("not-recovered", f"promised: {said}; watched for {facts.watched:g} s", decide_by=decide_by)
    if facts.early:
        return warned(
            "retry-after-too-long", f"Retry-After says {promised:g} s, and after {took:g} s it was open already"
        )
    return passed(f"open again after {took:g} s, as promised ({promised:g} s)")
