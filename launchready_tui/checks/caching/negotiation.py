"""Whether a cache can tell the variants of one URL apart: codings, languages, cookies (S4.CACHE.02)."""

from __future__ import annotations

from launchready_tui.checks.caching.variants import Usual
from launchready_tui.checks.identity.ratelimits import test_account
from launchready_tui.checks.reading.lookups import ask_all
from launchready_tui.checks.reading.urls import host_of
from launchready_tui.checks.reading.visits import NOTHING_CORE, visited
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.cacheheaders import policy, shared_invitation, strong_etag, varies_by
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Product, Route
from launchready_tui.model.questions import HttpExchange, HttpResponse, Login
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement
from launchready_tui.text import one_line

CODINGS = "zstd, br, gzip"
LANGUAGES = ("de", "fr")
PREFERENCES = "lang=fr; locale=fr; NEXT_LOCALE=fr; i18next=fr; currency=USD; theme=dark"
"""Cookies with which sites remember a taste: language, currency, colours."""

ORDER = ("signed-in-shared", "missing-vary-encoding")
WARN_ORDER = ("language-unmarked", "cookie-unmarked", "shared-etag")


@check("caching.negotiation", over="core-answers")
async def negotiation(subject: Subject[Route | None], ask: Ask, _: Limits) -> Judgement:
    """Asks for one URL in other codings, languages and with other cookies; each difference must be marked."""
    route = subject.item
    if route is None:
        return NOTHING_CORE
    plain = await visited(route, ask)
    if isinstance(plain, Judgement):
        return plain
    tally = Tally()
    coded = await _codings(route.url, plain, ask, tally)
    told = policy(plain.headers)
    if told.keeps_out and not shared_invitation(plain.headers):
        tally.note("no shared cache may keep it, so its languages and cookies are of no matter")
        return tally.fail_first(ORDER) or tally.warn_first(WARN_ORDER) or _end(tally, coded, "nothing is shared")
    compared = await _variants(route, subject.product, plain, ask, tally)
    return (
        tally.fail_first(ORDER)
        or tally.unknown("not all variants could be seen", decide_by="Run it again.")
        or tally.warn_first(WARN_ORDER)
        or _end(tally, coded, compared)
    )


def _end(tally: Tally, coded: str, compared: str) -> Judgement:
    return tally.passed(f"{coded}; {compared}")


async def _codings(url: str, plain: HttpResponse, ask: Ask, tally: Tally) -> str:
    """Compressed answers say so in Vary, and have entity tags of their own. Returns what was seen, in words."""
    wide, bare = await ask_all(
        ask,
        [HttpExchange("GET", url, headers=(("accept-encoding", coding),)) for coding in (CODINGS, "identity")],
    )
    seen: list[HttpResponse] = [plain]
    for answer in (wide, bare):
        if answer.failure is not None:
            tally.blind(url, answer.failure)
        elif answer.facts.status == plain.status:
            seen.append(answer.facts)
    packed = [response for response in seen if _coding(response)]
    if not packed:
        return "it is not compressed"
    names = ", ".join(dict.fromkeys(_coding(response) for response in packed))
    if not all(varies_by(response.headers, "accept-encoding") for response in packed):
        told = policy(packed[0].headers)
        if told.no_store or told.private:
            tally.note("compressed without Vary: Accept-Encoding, and no shared cache may keep it")
        else:
            tally.fail("missing-vary-encoding", f"compressed ({names}) without Vary: Accept-Encoding")
    tags: dict[str, str] = {}
    for response in seen:
        tag, coding = strong_etag(response.headers), _coding(response) or "plain"
        if tag and tags.setdefault(tag, coding) != coding:
            tally.warn("shared-etag", f"the {tags[tag]} and the {coding} form carry the same strong ETag")
    return f"compressed ({names}) and marked"


async def _variants(route: Route, product: Product, plain: HttpResponse, ask: Ask, tally: Tally) -> str:
    """The same URL in other languages, with other cookies, and signed in. Returns what was compared, in words."""
    url = route.url
    # The same request again, in a jar of its own so that it is sent again: what differs now differs always.
    again = await ask(HttpExchange("GET", url, session=f"variants {url}"))
    if again.failure is not None:
        tally.blind(url, again.failure)
        return "nothing was compared"
    usual = Usual(plain, again.facts)
    if not usual.stable:
        tally.note("the page differs at every visit, so its languages and cookies could not be compared")
        return "it differs at every visit"
    asked = [
        *((f"in {language}", "accept-language", language, "language-unmarked") for language in LANGUAGES),
        ("with a cookie for language, currency or colours", "cookie", PREFERENCES, "cookie-unmarked"),
    ]
    for words, header, value, reason in asked:
        if varies_by(plain.headers, header):
            tally.note(f"Vary names {header.title()}")
            continue
        answer = await ask(HttpExchange("GET", url, headers=((header, value),)))
        if answer.failure is not None:
            tally.blind(url, answer.failure)
        elif usual.differs(answer.facts) and not _marked(answer.facts, header):
            tally.warn(reason, f"another page {words}, and Vary does not name {header.title()}")
    await _signed_in(route, product, plain, usual, ask, tally)
    return "alike in other languages and with other cookies"


async def _signed_in(route: Route, product: Product, plain: HttpResponse, usual: Usual, ask: Ask, tally: Tally) -> None:
    """The page as an account sees it, where the session's cookie can reach it. Without consent it is left out."""
    account, login = test_account(product), next((item for item in product.routes if item.family == "login"), None)
    if account is None or login is None or varies_by(plain.headers, "cookie"):
        return
    if host_of(login.url) != route.host and not route.host.endswith(f".{product.domain}"):
        return
    question = Login(login.url, account.role)
    session = await ask(question)
    if session.failure is not None or not session.facts.accepted:
        reason = session.failure.reason if session.failure else "the login was not accepted"
        tally.note(f"not looked at as somebody signed in ({one_line(reason, 60)})")
        return
    answer = await ask(HttpExchange("GET", route.url, session=question.session, step=1, active=True))
    if answer.failure is not None:
        tally.blind(route.url, answer.failure)
    elif usual.differs(answer.facts) and not _marked(answer.facts, "cookie"):
        invites = shared_invitation(answer.facts.headers) or shared_invitation(plain.headers)
        if invites:
            tally.fail("signed-in-shared", f"another page for somebody signed in, and it says {one_line(invites, 80)}")
        else:
            tally.warn("cookie-unmarked", "another page for somebody signed in, neither private nor Vary: Cookie")


def _marked(response: HttpResponse, header: str) -> bool:
    """Whether a variant says of itself that it is one, or that no shared cache may keep it."""
    return varies_by(response.headers, header) or policy(response.headers).keeps_out


def _coding(response: HttpResponse) -> str:
    coding = response.header("content-encoding").strip().lower()
    return "" if coding in ("", "identity") else one_line(coding, 20)
