"""How the cookie that keeps somebody logged in is locked down: as anybody sees it, and after a login."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from launchready_tui.checks.edge.headerrules.cookies import CookieFlags, is_session, read
from launchready_tui.checks.identity.ratelimits import test_account
from launchready_tui.checks.limits import count
from launchready_tui.checks.reading.names import tidy_name
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Route
from launchready_tui.model.questions import Cookie, HttpExchange, Login, LoginReply
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, not_applicable, not_run, unknown
from launchready_tui.text import one_line

ORDER = ("not-secure", "not-http-only", "not-rotated", "not-revoked", "too-large")
WARN_ORDER = ("samesite-none", "no-samesite", "broad-domain", "no-prefix")


@check("identity.session-cookie", over="pages")
async def session_cookie(subject: Subject[Route], ask: Ask, limits: Limits) -> Judgement:
    """S3.COOK.01: Secure, HttpOnly, SameSite, narrow; at a login also changed, small, and forgotten at logout."""
    route, tally = subject.item, Tally()
    answer = await ask(HttpExchange("GET", route.url))
    cookies = () if answer.failure else answer.facts.cookies
    judge([cookie for cookie in cookies if is_session(cookie.name)], tally)
    names = {cookie.name for cookie in cookies if is_session(cookie.name)}
    unseen: Judgement | None = None
    if route.family == "login":
        unseen, after = await _after_login(subject, ask, limits, tally)
        names |= after
    if unseen is None and answer.failure is not None:
        unseen = unknown(answer.failure.reason, answer.failure.message)
    if unseen is not None:
        unseen = replace(unseen, details=tally.details())
    judged = tally.fail_first(ORDER) or unseen or tally.warn_first(WARN_ORDER)
    if judged is not None:
        return judged
    if not names:
        return not_applicable("sets no session cookie")
    shown = ", ".join(one_line(name, 40) for name in sorted(names))
    return tally.passed(f"{shown}: all flags are there")


async def _after_login(
    subject: Subject[Route], ask: Ask, limits: Limits, tally: Tally
) -> tuple[Judgement | None, set[str]]:
    """What a login shows: its session cookies, or why there was no login to look behind."""
    account = test_account(subject.product)
    if account is None:
        return not_run("input-missing", "The profile names no test account, so nobody looked after a login."), set()
    answer = await ask(Login(subject.item.url, account.role, logout=True))
    if answer.failure is not None:
        reason, message = answer.failure.reason, answer.failure.message
        nobody = reason in ("input-missing", "no-consent")
        return not_run(reason, message) if nobody else unknown(reason, message), set()
    if not answer.facts.accepted:
        summary = f"the login of the test account {account.role} was not accepted ({answer.facts.status})"
        decide_by = "Log in by hand with the test account, and look at the cookies."
        return unknown("login-refused", summary, decide_by=decide_by), set()
    return None, _login_cookies(answer.facts, limits, tally)


def _login_cookies(facts: LoginReply, limits: Limits, tally: Tally) -> set[str]:
    """Judge the session cookies of a login: those that look like one, else those that it set first."""
    fresh = [item for item in facts.cookies if item.rotated is not False]
    chosen = [item for item in facts.cookies if is_session(item.cookie.name)] or [
        item for item in fresh if not read(item.cookie.name, ()).anti_forgery
    ]
    judge([item.cookie for item in chosen], tally)
    for item in chosen:
        name = one_line(item.cookie.name, 40)
        if item.size > count(limits, "max_bytes", 4096):
            tally.fail("too-large", f"{name} has {item.size} bytes, browsers keep 4096")
    if chosen and all(item.rotated is False for item in chosen):
        names = ", ".join(one_line(item.cookie.name, 40) for item in chosen)
        tally.fail("not-rotated", f"{names} keeps its value at login: whoever planted it is logged in too")
    if facts.revoked is False:
        tally.fail("not-revoked", "the old session still works after logging out")
    if facts.revoked is None:
        tally.note("whether the server forgets the session at logout was not seen")
    return {item.cookie.name for item in chosen}


def judge(cookies: Iterable[Cookie], tally: Tally) -> None:
    """Judge the flags of session cookies."""
    for cookie in cookies:
        flags = read(cookie.name, cookie.attributes)
        name = one_line(cookie.name, 40)
        if not flags.secure:
            tally.fail("not-secure", f"{name} is sent over plain http too (no Secure)")
        if not flags.http_only:
            tally.fail("not-http-only", f"scripts can read {name} (no HttpOnly)")
        _narrow(flags, name, tally)


def _narrow(flags: CookieFlags, name: str, tally: Tally) -> None:
    if flags.samesite == "none":
        tally.warn("samesite-none", f"{name} travels with requests from other sites (SameSite=None)")
    elif flags.samesite not in ("lax", "strict"):
        tally.warn("no-samesite", f"{name} says nothing useful about SameSite")
    if flags.domain:
        tally.warn("broad-domain", f"{name} goes to every host under {one_line(tidy_name(flags.domain), 60)}")
    elif not flags.name.startswith("__Host-"):
        tally.warn("no-prefix", f"{name} has no __Host- prefix")
