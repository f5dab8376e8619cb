"""Whether one customer can open what belongs to another."""

from __future__ import annotations

from typing import Any

from launchready_tui.checks.reading.follow import REDIRECTS
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Account, Route
from launchready_tui.model.questions import HttpExchange, HttpResponse, Login
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, not_run, passed, unknown
from launchready_tui.text import one_line

_BY_HAND = "Log in as both accounts in two browsers, and open the one's object as the other."


@check("identity.object-access", over="owned-objects")
async def object_access(subject: Subject[Any], ask: Ask, _: Limits) -> Judgement:
    """S3.AUTHZ.01: an object of account A, fetched as B. Nothing is written: changing is for a person to try."""
    owner, product = subject.item, subject.product
    if owner is None:
        return not_run("input-missing", 'No test account declares what it owns ([[account]] objects = ["https://…"]).')
    other = next((account for account in product.accounts if account.role != owner.role), None)
    login = next((route for route in product.routes if route.family == "login"), None)
    if other is None or login is None:
        return not_run("input-missing", "It takes two test accounts and a route with the family login.")
    own = await _as(owner, login, subject.name, ask)
    if isinstance(own, Judgement):
        return own
    if own.status != 200:
        summary = f"its owner ({owner.role}) is answered {own.status}, so there is nothing to compare with"
        return unknown("owner-refused", summary, decide_by=_BY_HAND)
    theirs = await _as(other, login, subject.name, ask)
    if isinstance(theirs, Judgement):
        return theirs
    return _compared(own, theirs, owner, other)


def _compared(own: HttpResponse, theirs: HttpResponse, owner: Account, other: Account) -> Judgement:
    if theirs.status in (401, 403, 404, 410):
        return passed(f"{other.role} is refused what belongs to {owner.role} ({theirs.status}); only reading was tried")
    if theirs.status in REDIRECTS:
        return passed(f"{other.role} is sent away from what belongs to {owner.role} ({theirs.status})")
    same = own.body_sha256 == theirs.body_sha256 or (bool(own.page.title) and own.page.title == theirs.page.title)
    if theirs.status == 200 and (same or "json" in theirs.media_type):
        return failed("foreign-object", f"{other.role} opens what belongs to {owner.role}")
    summary = f"{other.role} gets {theirs.status} and another page than {owner.role}; what it shows cannot be told"
    return unknown("answers-differ", summary, decide_by=_BY_HAND)


async def _as(account: Account, login: Route, url: str, ask: Ask) -> HttpResponse | Judgement:
    """The object as an account sees it, or why it could not log in. Raises `Unseen` for what could not be asked."""
    question = Login(login.url, account.role)
    facts = (await ask(question)).facts
    if not facts.accepted:
        summary = f"the login of {one_line(account.role, 40)} was not accepted ({facts.status})"
        return unknown("login-refused", summary, decide_by=_BY_HAND)
    return (await ask(HttpExchange("GET", url, session=question.session, step=1, active=True))).facts
