"""Whether anything that only the owners should see answers strangers, or customers.

A status of 200 proves nothing: single-page apps answer it for every path. What counts is the content: data, or the
words of a known console. A login form is no exposure, and neither is the shell of an app.
"""

from __future__ import annotations

import asyncio
import json
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from launchready_tui.checks.identity.ratelimits import test_account
from launchready_tui.checks.limits import count
from launchready_tui.checks.reading.chains import shown
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject, root_url
from launchready_tui.checks.tally import Tally, server_error
from launchready_tui.model.evidence import Ask, Unseen
from launchready_tui.model.product import Host, Product, Route
from launchready_tui.model.questions import HttpExchange, HttpResponse, Login
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement
from launchready_tui.runbook.locate import data_dir
from launchready_tui.text import plural

NOWHERE = "/launchready-no-such-page"
"""A path that nobody has: what it answers is the shell of the app, or its page for what is not found."""

MOST_PATHS = 80
AT_ONCE = 4
ENOUGH_FAILURES = 3
"""Failures in a row after which a host is given up; the first 429 is enough."""

_LOGIN = re.compile(r"""type=["']?password|log ?in|sign ?in|anmelden|connexion""", re.IGNORECASE)
_ADMIN_WORDS = re.compile(
    r"\b(?:dashboard|admin(?:istration)?|users?|customers?|orders?|payouts?|log ?out|sign ?out|settings|queue|jobs)\b",
    re.IGNORECASE,
)
_ROWS = re.compile(r"<t[dr][\s>]|<li[\s>]|mailto:|@[a-z0-9-]+\.[a-z]{2,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """A usual path. `marks` recognises the console behind it; without one, data or an admin page must be seen."""

    path: str
    what: str
    marks: re.Pattern[str] | None = None
    everywhere: bool = False


@cache
def places() -> tuple[Place, ...]:
    """The usual paths (`runbooks/data/admin-paths.toml`)."""
    data = tomllib.loads((data_dir() / "admin-paths.toml").read_text(encoding="utf-8"))
    return tuple(
        Place(
            entry["path"],
            entry["what"],
            re.compile(entry["marks"], re.IGNORECASE) if entry.get("marks") else None,
            entry.get("everywhere", False),
        )
        for entry in data["place"]
    )


@check("identity.admin-exposure", over="admin-places")
async def admin_exposure(subject: Subject[Any], ask: Ask, limits: Limits) -> Judgement:
    """S3.ADM.01: declared admin routes and the usual paths, as nobody and as a customer."""
    tally = Tally()
    if isinstance(subject.item, Route):
        wanted: tuple[Place, ...] = (Place("", "declared admin route"),)
        urls = [subject.item.url]
        host = Host(subject.item.host)
    else:
        host = subject.item
        wanted = wanted_places(host, subject.product, count(limits, "common_paths", MOST_PATHS))
        urls = [f"{root_url(host)}{place.path.lstrip('/')}" for place in wanted]
    shells = await _shells(host, ask)
    sessions = await _sessions(host, subject.product, ask, tally)
    gate, broken = asyncio.Semaphore(AT_ONCE), [0]

    async def look(url: str, place: Place, session: str) -> None:
        async with gate:
            if broken[0] >= ENOUGH_FAILURES:
                return
            step = 1 if session else 0
            answer = await ask(HttpExchange("GET", url, active=True, session=session, step=step))
            if answer.failure is not None:
                broken[0] += ENOUGH_FAILURES if answer.failure.reason == "rate-limited" else 1
                tally.blind(url, answer.failure)
                return
            broken[0] = 0 if broken[0] < ENOUGH_FAILURES else broken[0]
            if answer.facts.status >= 500:
                tally.broken(url, answer.facts.status)
                return
            _judge(url, place, answer.facts, shells, session, tally)

    await asyncio.gather(*(look(url, place, who) for who in sessions for url, place in zip(urls, wanted, strict=True)))
    if tally.unseen and not tally.fails and tally.unseen[0][1].reason == "no-consent":
        raise Unseen(tally.unseen[0][1])
    return (
        tally.fail_first(("admin-open", "admin-open-to-customers"))
        or tally.unknown("not every path could be looked at", decide_by="Run it again, or look at the paths by hand.")
        or tally.warn_first(("admin-login-public",))
        or tally.passed(f"{plural(len(urls), 'path')} looked at, nothing answers strangers")
    )


def wanted_places(host: Host, product: Product, most: int) -> tuple[Place, ...]:
    """The paths for a host: all for one that carries the product, the most telling ones for a side host."""
    carries = host.role != "other" or any(route.host == host.name for route in product.routes)
    return tuple(place for place in places() if carries or place.everywhere)[:most]


async def _shells(host: Host, ask: Ask) -> tuple[HttpResponse, ...]:
    """What the host answers for a path that nobody has, and for its home page. Raises `Unseen` without consent."""
    nowhere = await ask(HttpExchange("GET", f"{root_url(host)}{NOWHERE.lstrip('/')}", active=True))
    home = await ask(HttpExchange("GET", root_url(host)))
    if nowhere.failure is not None:
        raise Unseen(nowhere.failure)
    if nowhere.facts.status >= 500:
        raise Unseen(server_error(nowhere.facts.status))
    return tuple(answer.facts for answer in (nowhere, home) if answer.failure is None)


async def _sessions(host: Host, product: Product, ask: Ask, tally: Tally) -> tuple[str, ...]:
    """Nobody, and the sessions of the low-privilege test accounts that log in at this host."""
    account = test_account(product)
    login = next((route for route in product.routes if route.family == "login" and route.host == host.name), None)
    if account is None or login is None:
        return ("",)
    question = Login(login.url, account.role)
    answer = await ask(question)
    if answer.failure is None and answer.facts.accepted:
        return ("", question.session)
    tally.note(f"not looked at as {account.role}: the login did not work")
    return ("",)


def _judge(
    url: str, place: Place, response: HttpResponse, shells: tuple[HttpResponse, ...], session: str, tally: Tally
) -> None:
    if response.status != 200 or not response.body_bytes or _is_shell(response, shells):
        return
    if _asks_to_log_in(response, place):
        if place.marks is None or place.marks.search(response.text):
            tally.warn("admin-login-public", f"{shown(url)} shows its login form to everybody ({place.what})")
        return
    if not exposes(response, place):
        return
    if session:
        tally.fail("admin-open-to-customers", f"{shown(url)} answers an ordinary customer ({place.what})")
    else:
        tally.fail("admin-open", f"{shown(url)} answers anybody ({place.what})")


def _asks_to_log_in(response: HttpResponse, place: Place) -> bool:
    """Whether a page is a login form: by its password field, or by its words where no records stand beside them."""
    if response.page.password_field:
        return True
    page = place.marks is None and "html" in response.media_type
    return page and bool(_LOGIN.search(response.text)) and not _ROWS.search(response.text)


def _is_shell(response: HttpResponse, shells: tuple[HttpResponse, ...]) -> bool:
    """Whether an answer is what the host says to everything."""
    for shell in shells:
        if response.body_sha256 == shell.body_sha256:
            return True
        near = abs(response.body_bytes - shell.body_bytes) <= max(64, shell.body_bytes // 50)
        if shell.status == 200 and near and response.page.title == shell.page.title and "html" in response.media_type:
            return True
    return False


def exposes(response: HttpResponse, place: Place) -> bool:
    """Whether the content of a 200 is what only owners should see."""
    if place.marks is not None:
        return bool(place.marks.search(response.text))
    if "json" in response.media_type:
        return _is_data(response.text, cut=response.cut or response.body_bytes > len(response.text.encode()))
    if "html" in response.media_type:
        return bool(_ADMIN_WORDS.search(response.text)) and bool(_ROWS.search(response.text))
    return False


def _is_data(text: str, *, cut: bool) -> bool:
    """Whether a JSON body holds records, and not an error or a greeting."""
    if cut:
        return text.lstrip().startswith(("[{", '{"'))
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return False
    if isinstance(document, list):
        return bool(document) and isinstance(document[0], dict)
    if not isinstance(document, dict) or not document or {"error", "errors"} & {str(key).lower() for key in document}:
        return False
    return any(isinstance(value, list | dict) and value for value in document.values())
