"""Whether browsers keep files that never change, and ask again for pages that do (S4.CACHE.01)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime

from launchready_tui.checks.limits import count
from launchready_tui.checks.reading.lookups import ask_all
from launchready_tui.checks.reading.urls import tidy
from launchready_tui.checks.reading.visits import NOTHING_CORE, Asset, assets, visited
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.cacheheaders import policy
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Product, Route
from launchready_tui.model.questions import HttpExchange, HttpResponse
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement
from launchready_tui.text import one_line, plural

MOST_ASSETS = 40
MOST_ASKED_AGAIN = 10
MOST_STYLES = 4
"""Style sheets that are searched for fonts."""

YEAR = 31_536_000
HTML_AGE = 60
HTML_LONGEST = 600
FIXED_AGE = 86_400
FIXED_LONGEST = 2_592_000

ORDER = ("html-kept", "fixed-name-kept", "short-lifetime", "not-revalidated", "missing-validator")
WARN_ORDER = ("html-lifetime", "fixed-name-lifetime", "html-unstated", "not-immutable")


@dataclass(slots=True)
class _Counts:
    """What was right, for the summary."""

    versioned: int = 0
    fixed: int = 0
    asked_again: int = 0
    unchanged: int = 0


@check("caching.static-assets", over="core-pages")
async def static_assets(subject: Subject[Route | None], ask: Ask, limits: Limits) -> Judgement:
    """The page's own scripts, styles, pictures and fonts, and the page itself.

    Limits: `hashed_max_age_s`, `html_max_age_s`, `html_longest_s`, `fixed_max_age_s`, `fixed_longest_s`, `max_assets`.
    """
    if subject.item is None:
        return NOTHING_CORE
    page = await visited(subject.item, ask)
    if isinstance(page, Judgement):
        return page
    tally, counts = Tally(), _Counts()
    _page(page, limits, tally)
    found, cut = await _files(page, subject.product, ask, count(limits, "max_assets", MOST_ASSETS))
    if cut:
        tally.note(f"only the first {len(found)} files were looked at")
    answers = await ask_all(ask, [asset.question for asset in found])
    kept: list[tuple[Asset, HttpResponse]] = []
    for asset, answer in zip(found, answers, strict=True):
        if answer.failure is not None:
            tally.blind(asset.url, answer.failure)
        elif answer.facts.status >= 500:
            tally.broken(asset.url, answer.facts.status)
        elif answer.facts.status != 200:
            tally.note(f"{_short(asset.url)} answers {answer.facts.status}")
        else:
            _file(asset, answer.facts, limits, tally, counts)
            kept.append((asset, answer.facts))
    await _ask_again(kept, ask, tally, counts)
    return (
        tally.fail_first(ORDER)
        or tally.unknown("files of the page could not be looked at", decide_by="Run it again.")
        or tally.warn_first(WARN_ORDER)
        or tally.passed(_summary(page, counts))
    )


def _summary(page: HttpResponse, counts: _Counts) -> str:
    age = lifetime(page)
    parts = ["the page is asked for each time" if not age else f"the page lives {age} s"]
    if counts.versioned:
        parts.append(f"{plural(counts.versioned, 'file')} with a hash in the name kept a year")
    if counts.fixed:
        parts.append(f"{plural(counts.fixed, 'file')} with a fixed name")
    if not counts.versioned and not counts.fixed:
        parts.append("it loads no file of its own")
    if counts.asked_again:
        parts.append(f"{counts.unchanged} of {counts.asked_again} answer 304 when asked again")
    return "; ".join(parts)


def _page(page: HttpResponse, limits: Limits, tally: Tally) -> None:
    """HTML is asked for again, or lives shortly."""
    told, age = policy(page.headers), lifetime(page)
    longest = count(limits, "html_longest_s", HTML_LONGEST)
    if told.no_store or told.revalidates:
        return
    if "immutable" in told.directives or (age is not None and age > longest):
        tally.fail("html-kept", f"browsers keep the page for {_age(age)} without asking")
    elif age is not None and age > count(limits, "html_max_age_s", HTML_AGE):
        tally.warn("html-lifetime", f"browsers keep the page for {_age(age)} without asking")
    elif age is None and page.header("last-modified"):
        tally.warn("html-unstated", "the page says nothing of its lifetime, so browsers guess it from Last-Modified")
    elif age is None:
        tally.note("the page says nothing of its lifetime")
    if not (page.header("etag") or page.header("last-modified")):
        tally.note("the page carries no ETag and no Last-Modified, so it is sent in full each time")


async def _files(page: HttpResponse, product: Product, ask: Ask, most: int) -> tuple[tuple[Asset, ...], bool]:
    """The page's own files, and the fonts and pictures that its first style sheets name."""
    found, cut = assets(page, product, most)
    styles = [asset for asset in found if asset.role == "style"][:MOST_STYLES]
    for answer in await ask_all(ask, [asset.question for asset in styles]):
        if answer.failure is None and answer.facts.status == 200:
            more, further = assets(answer.facts, product, most)
            known = {asset.url for asset in found}
            found += tuple(asset for asset in more if asset.url not in known)
            cut = cut or further
    return found[:most], cut or len(found) > most


def _file(asset: Asset, response: HttpResponse, limits: Limits, tally: Tally, counts: _Counts) -> None:
    told, age, name = policy(response.headers), lifetime(response), _short(asset.url)
    validator = response.header("etag") or response.header("last-modified")
    if asset.versioned:
        counts.versioned += 1
        if told.no_store or told.revalidates or (age or 0) < count(limits, "hashed_max_age_s", YEAR):
            tally.fail("short-lifetime", f"{name} has a hash in its name, and is kept {_age(age)}")
        elif "immutable" not in told.directives:
            tally.warn("not-immutable", f"{name} is kept {_age(age)}, but not immutable: a reload asks for it again")
        return
    counts.fixed += 1
    changes = asset.role in ("script", "style")
    if changes and ("immutable" in told.directives or (age or 0) >= count(limits, "fixed_longest_s", FIXED_LONGEST)):
        tally.fail("fixed-name-kept", f"{name} has a fixed name and is kept {_age(age)}: nobody gets the next release")
    elif changes and (age or 0) > count(limits, "fixed_max_age_s", FIXED_AGE):
        tally.warn("fixed-name-lifetime", f"{name} has a fixed name and is kept {_age(age)}")
    if not validator and not told.no_store and (age or 0) < YEAR:
        tally.fail("missing-validator", f"{name} carries no ETag and no Last-Modified: it is sent in full each time")


async def _ask_again(kept: list[tuple[Asset, HttpResponse]], ask: Ask, tally: Tally, counts: _Counts) -> None:
    """Ask for files again with what they were marked with: 304 (RFC 9110 section 13.1)."""
    again: list[tuple[Asset, HttpResponse, HttpExchange]] = []
    for asset, response in kept:
        if etag := response.header("etag"):
            condition = ("if-none-match", etag)
        elif changed := response.header("last-modified"):
            condition = ("if-modified-since", changed)
        else:
            continue
        again.append((asset, response, HttpExchange(asset.question.method, asset.url, headers=(condition,))))
    again = again[:MOST_ASKED_AGAIN]
    answers = await ask_all(ask, [question for _, _, question in again])
    for (asset, before, _), answer in zip(again, answers, strict=True):
        if answer.failure is not None:
            tally.blind(asset.url, answer.failure)
            continue
        counts.asked_again += 1
        if answer.facts.status == 304:
            counts.unchanged += 1
        elif answer.facts.status >= 500:
            tally.broken(asset.url, answer.facts.status)
        elif answer.facts.header("etag") != before.header("etag"):
            tally.note(f"{_short(asset.url)} has another ETag each time")
        else:
            tally.fail("not-revalidated", f"{_short(asset.url)} is sent in full although the browser has it")


def lifetime(response: HttpResponse) -> int | None:
    """Seconds for which a browser keeps an answer without asking (RFC 9111 section 4.2.1); None: nothing is said."""
    told = policy(response.headers)
    if told.no_store or told.revalidates:
        return 0
    if told.max_age is not None:
        return told.max_age
    expires = response.header("expires")
    if not expires:
        return None
    try:
        until, now = parsedate_to_datetime(expires), parsedate_to_datetime(response.header("date"))
        return max(0, (until - now) // timedelta(seconds=1))
    except (ValueError, TypeError, IndexError, OverflowError):
        # An invalid date, "0" above all, means already expired (RFC 9111 section 5.3).
        return 0


def _age(seconds: int | None) -> str:
    if seconds is None:
        return "for a time that nobody said"
    if seconds < 7_200:
        return f"{seconds} s"
    return f"{seconds // 86_400} days" if seconds >= 172_800 else f"{seconds // 3_600} h"


def _short(url: str) -> str:
    """The path of a file for a sentence."""
    return one_line("/" + tidy(url).partition("://")[2].partition("/")[2].partition("?")[0], 80)
