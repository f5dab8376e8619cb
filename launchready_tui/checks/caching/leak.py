"""Whether a cache, or the product itself, hands out what belongs to one account (S4.CACHE.03 and 04)."""

from __future__ import annotations

from launchready_tui.checks.limits import count, texts
from launchready_tui.checks.reading.follow import REDIRECTS
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import PrivatePage, Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.cacheheaders import cache_state, policy, shared_invitation
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Product, Route
from launchready_tui.model.questions.caching import CacheTricks, PageViews, PrivateViews, Trick, View
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, not_run, unknown
from launchready_tui.text import one_line, plural

ROUNDS = 2
SUFFIXES = ("/x.css", "%2f..%2fx.js", ";x.css", "?x.css")

NOTHING_PRIVATE = not_run(
    "input-missing",
    "No route is marked as private ([[route]] private = true, session = ROLE), and no test account owns an object.",
)
_BY_HAND = "Give a test account an unmistakable name, and look for it as another account and as a stranger."
_WHO = {"owner": "its owner", "other": "another account", "stranger": "a stranger"}
_CLOSED = frozenset({401, 403, 404, 405, 410})


def _login(product: Product) -> Route | None:
    return next((route for route in product.routes if route.family == "login"), None)


@check("caching.private-pages", over="private-pages")
async def private_pages(subject: Subject[PrivatePage | None], ask: Ask, limits: Limits) -> Judgement:
    """The owner looks, then another account and a stranger: neither may see the owner's name.

    Limit `rounds`: how often each of them looks.
    """
    page, product = subject.item, subject.product
    if page is None:
        return NOTHING_PRIVATE
    login = _login(product)
    other = next((account.role for account in product.accounts if account.role != page.role), "")
    if login is None or not page.role or not other:
        return not_run("input-missing", "It takes two test accounts and a route with the family login.")
    question = PrivateViews(page.url, login.url, page.role, other, count(limits, "rounds", ROUNDS))
    views = (await ask(question)).facts
    owner = views.of("owner")
    if not owner or owner[0].status != 200:
        status = owner[0].status if owner else 0
        summary = f"its owner ({one_line(page.role, 40)}) is answered {status}, so there is nothing to leak"
        return unknown("owner-refused", summary, decide_by=_BY_HAND)
    account = product.account(page.role)
    return _judged(views, address="@" in account.username if account else False)


def _judged(views: PageViews, *, address: bool) -> Judgement:
    """The judgement of all looks; `address`: the owner's mark is a mail address, which stands nowhere by chance."""
    tally = Tally()
    owner, foreign = views.of("owner"), (*views.of("other"), *views.of("stranger"))
    fresh = next(iter(views.of("stranger", fresh=True)), None)
    mine = {view.body for view in owner if view.body}
    for view in views.views:
        tally.note(_line(view))
    for view in foreign:
        who, state = _WHO[view.viewer], cache_state(view.headers)[0]
        source = "out of a cache" if state == "hit" else "from the server itself" if not state else "through a cache"
        if view.marked and (address or not _shown_to_all(fresh)):
            tally.fail("private-leak", f"{who} is shown the owner's name, {source}")
        elif view.status == 200 and view.body in mine and not _same(fresh, view):
            tally.fail("private-leak", f"{who} is given the very page that its owner saw, {source}")
    for view in owner:
        if invites := shared_invitation(view.headers):
            tally.fail("shared-directive", f"the private page invites shared caches: {one_line(invites, 120)}")
        elif cache_state(view.headers)[0] == "hit":
            tally.warn("cache-hit", f"the private page came out of a cache ({one_line(cache_state(view.headers)[1])})")
    for view in foreign:
        if cache_state(view.headers)[0] == "hit" and view.status == 200:
            tally.warn("cache-hit", f"{_WHO[view.viewer]} was answered out of a cache, without the owner's name")
    if judged := tally.fail_first(("private-leak", "shared-directive")):
        return judged
    telling = any(view.marked for view in owner) and (address or not _shown_to_all(fresh))
    if not telling and not all(_refused(view) for view in foreign):
        summary = "its page shows nothing by which its owner could be recognised, and others are answered 200 too"
        return unknown("no-mark", summary, decide_by=_BY_HAND, details=tally.details())
    if judged := tally.warn_first(("cache-hit",)):
        return judged
    told = policy(owner[0].headers)
    kept = "private, no-store" if told.no_store and told.private else ", ".join(told.directives) or "no Cache-Control"
    seen = "did not see the owner's name" if telling else "were refused"
    return tally.passed(f"{plural(len(foreign), 'look')} of others {seen}; the page says {one_line(kept, 80)}")


def _shown_to_all(fresh: View | None) -> bool:
    """Whether the mark stands on the page that everybody gets: then it is a word of the site."""
    return fresh is not None and fresh.marked


def _same(fresh: View | None, view: View) -> bool:
    """Whether a page is what everybody gets anyhow, such as the shell of an app."""
    return fresh is not None and (fresh.body == view.body or (bool(fresh.shape) and fresh.shape == view.shape))


def _refused(view: View) -> bool:
    return view.status in _CLOSED or view.status in REDIRECTS


def _line(view: View) -> str:
    state, told = cache_state(view.headers)
    cache = f", {one_line(told, 60)}" if state else ""
    marked = ", the owner's name is on it" if view.marked else ""
    fresh = " (a URL that no cache knows)" if view.fresh else ""
    return f"{_WHO[view.viewer]}{fresh}: {view.status}{cache}{marked}"


@check("caching.deception", over="private-pages")
async def deception(subject: Subject[PrivatePage | None], ask: Ask, limits: Limits) -> Judgement:
    """A private page under a false file name, asked for by its owner and then by a stranger.

    Limit `suffixes`: what is added to the address; `x` before the dot becomes a new word each time.
    """
    page, product = subject.item, subject.product
    if page is None:
        return NOTHING_PRIVATE
    login = _login(product)
    if login is None or not page.role:
        return not_run("input-missing", "It takes a test account and a route with the family login.")
    reply = (await ask(CacheTricks(page.url, login.url, page.role, texts(limits, "suffixes", SUFFIXES)))).facts
    if reply.plain.status != 200:
        summary = (
            f"its owner ({one_line(page.role, 40)}) is answered {reply.plain.status}, so there is nothing to steal"
        )
        return unknown("owner-refused", summary, decide_by=_BY_HAND)
    if reply.bare.marked or (reply.bare.status == 200 and reply.bare.body == reply.plain.body):
        summary = "a stranger is given the page without any trick, so it shows nothing of caches"
        return unknown("page-open", summary, decide_by="Close the page to strangers first, then run it again.")
    tally = Tally()
    for trick in reply.tricks:
        _trick(trick, reply.plain, tally)
    if judged := tally.fail_first(("cache-deception",)):
        return judged
    answered = [trick for trick in reply.tricks if trick.owner.status == 200 and not trick.owner.marked]
    if not reply.plain.marked and answered:
        summary = "its page shows nothing by which its owner could be recognised, and false names are answered 200"
        return unknown("no-mark", summary, decide_by=_BY_HAND, details=tally.details())
    return tally.warn_first(("false-name-kept", "false-name-answered")) or tally.passed(
        f"{plural(len(reply.tricks), 'false file name')} tried, none gave a stranger anything"
    )


def _trick(trick: Trick, plain: View, tally: Tally) -> None:
    name, stranger = one_line(trick.suffix, 40), trick.stranger
    state, told = cache_state(stranger.headers)
    tally.note(f"{name}: its owner {trick.owner.status}, a stranger {stranger.status}{f', {told}' if told else ''}")
    same = stranger.status == 200 and bool(stranger.body) and stranger.body in (plain.body, trick.owner.body)
    if stranger.marked or (same and trick.owner.marked):
        source = "out of a cache" if state == "hit" else "from the server itself"
        tally.fail("cache-deception", f"{name} behind the address gives a stranger the private page, {source}")
    elif trick.owner.status == 200 and trick.owner.marked:
        if shared_invitation(trick.owner.headers):
            tally.warn("false-name-kept", f"{name} gives the private page, and invites shared caches to keep it")
        elif not trick.suffix.startswith("?"):
            tally.warn("false-name-answered", f"{name} behind the address is answered with the private page")
