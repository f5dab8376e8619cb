"""How soon a change of price or stock shows everywhere (S4.CACHE.05)."""

from __future__ import annotations

from launchready_tui.checks.limits import number
from launchready_tui.checks.reading.urls import host_of
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask
from launchready_tui.model.performance import Freshness, seconds
from launchready_tui.model.questions.caching import FreshnessSeen, FreshnessTrial, Sighting
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, not_run, unknown, warned
from launchready_tui.text import one_line, plural

WARN_FACTOR = 2.0
PRICE_SECONDS = 5.0
_BY_HAND = "Change the price of the test listing by hand, and watch its pages with a clock."
_NOTHING = "The profile names no test listing ([freshness] account, url, field, values, read)."


@check("caching.freshness", over="freshness")
async def freshness(subject: Subject[Freshness | None], ask: Ask, limits: Limits) -> Judgement:
    """Changes the test listing, and measures until every page shows it.

    Limits: `warn_factor`: up to that many times the declared time is a warning; `price_stock_s` where none is declared.
    """
    trial, product = subject.item, subject.product
    if trial is None or len(trial.values) < 2 or not trial.read:
        return not_run("input-missing", _NOTHING)
    login = next((route for route in product.routes if route.family == "login"), None)
    if trial.account and (login is None or product.account(trial.account) is None):
        message = "Who changes the test listing needs a test account ([[account]]) and a route with the family login."
        return not_run("input-missing", message)
    within = _within(trial, limits)
    factor = max(1.0, number(limits, "warn_factor", WARN_FACTOR))
    question = FreshnessTrial(
        trial.url,
        trial.method,
        trial.field,
        trial.values,
        trial.read,
        login.url if trial.account and login else "",
        trial.account,
        watch=within * factor + max(2.0, within * 0.2),
    )
    seen = (await ask(question)).facts
    judged = _judged(seen, trial, within, factor)
    if seen.restored:
        return judged
    summary = (
        f"{trial.field} of the test listing could not be set back to {one_line(trial.values[0], 40)}: do it by hand"
    )
    if judged.reason in ("stale", "late"):
        return failed(judged.reason, f"{judged.summary}; and {summary}", details=judged.details)
    return warned("not-restored", summary, details=(judged.summary, *judged.details))


def _judged(seen: FreshnessSeen, trial: Freshness, within: float, factor: float) -> Judgement:
    details = tuple(_line(sighting) for sighting in seen.sightings)
    if not 200 <= seen.status < 400:
        summary = f"the change was answered {seen.status or 'with nothing'}, so there was nothing to watch"
        return unknown("change-refused", summary, decide_by="Check [freshness] url, method, field and account.")
    tally = Tally()
    times: list[float] = []
    for spot in seen.sightings:
        where = _where(spot)
        if spot.before:
            tally.note(f"{where}: the new value stood there before, so nothing can be told")
        elif spot.seconds is not None:
            times.append(spot.seconds)
            if spot.seconds > within * factor:
                tally.fail("stale", f"{where} shows the change after {spot.seconds:.1f} s; {within:g} s were promised")
            elif spot.seconds > within:
                tally.warn("late", f"{where} shows the change after {spot.seconds:.1f} s; {within:g} s were promised")
        elif not spot.failure and 200 <= spot.status < 300:
            watched = f"{seen.watched:.0f} s"
            tally.fail(
                "stale", f"{where} still shows the old {trial.field} after {watched}; {within:g} s were promised"
            )
        else:
            tally.note(f"{where}: {spot.failure or f'answers {spot.status}'}")
    if judged := tally.fail_first(("stale",), details):
        return judged
    blind = [spot for spot in seen.sightings if spot.seconds is None and not (spot.before or spot.failure == "no-ipv6")]
    if not times or blind:
        summary = "no page could be watched" if not times else f"{plural(len(blind), 'page')} could not be watched"
        return unknown("not-watched", summary, decide_by=_BY_HAND, details=tally.details(details))
    if judged := tally.warn_first(("late",), details):
        return judged
    return tally.passed(
        f"{plural(len(times), 'look')} showed the change within {max(times):.1f} s; {within:g} s were promised",
        details=details,
    )


def _within(trial: Freshness, limits: Limits) -> float:
    try:
        return max(0.1, seconds(trial.within))
    except ValueError:
        return number(limits, "price_stock_s", PRICE_SECONDS)


def _where(spot: Sighting) -> str:
    version = f" (IPv{spot.family})" if spot.family else ""
    return f"{one_line(spot.url, 100) or host_of(spot.url)}{version}"


def _line(spot: Sighting) -> str:
    if spot.before:
        return f"{_where(spot)}: stood there before"
    if spot.seconds is not None:
        return f"{_where(spot)}: after {spot.seconds:.2f} s"
    return f"{_where(spot)}: {spot.failure or f'not shown, answers {spot.status}'}"
