"""No rule of the edge stores pages that belong to one person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from launchready_tui.checks.edge import cloudflare
from launchready_tui.checks.edge.cloudflare import NAME, Rule
from launchready_tui.checks.edge.expression import covers
from launchready_tui.checks.limits import texts
from launchready_tui.checks.reading.urls import path_of
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask, Failure, Fault
from launchready_tui.model.product import Product
from launchready_tui.model.questions import ProviderRead
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement
from launchready_tui.text import one_line

PRIVATE = ("/account", "/api", "/checkout", "/admin")


@check("edge.private-cache-rules", over="domain")
async def private_cache_rules(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S3.CF.07: no cache rule and no page rule makes account, API, checkout or admin paths eligible for cache."""
    zone = await cloudflare.zone(subject.product, ask)
    found = await cloudflare.rules(zone, "http_request_cache_settings", ask) or ()
    pages = (await ask(ProviderRead(NAME, f"/zones/{zone.id}/pagerules"))).facts.result
    tally = Tally()
    places = private_places(subject.product, texts(limits, "private_paths", PRIVATE))
    stored: dict[tuple[str, str], Rule] = {}
    for rule in (rule for rule in found if rule.enabled):
        _apply(rule, places, stored, tally)
    for (host, path), rule in stored.items():
        tally.fail("private-cached", f"the cache rule {one_line(rule.name, 60)!r} stores {host}{path}")
    for page in pages if isinstance(pages, list) else ():
        if isinstance(page, dict) and page.get("status") == "active" and _stores(page):
            for pattern in _targets(page):
                if hit := next((place for place in places if _matches(pattern, *place)), None):
                    tally.fail("private-cached", f"the page rule {one_line(pattern, 60)!r} stores {''.join(hit)}")
    count = len(found) + (len(pages) if isinstance(pages, list) else 0)
    decide_by = "Read the rule in the dashboard under Caching, Cache Rules, and attest."
    return (
        tally.fail_first(("private-cached",))
        or tally.unknown("a cache rule could not be read", decide_by=decide_by)
        or tally.passed(f"{count} cache and page rules, none stores a private path")
    )


def private_places(product: Product, paths: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Host and path of what belongs to one person: the usual paths where the product is, declared private routes."""
    carrying = {host.name for host in product.web_hosts if host.role != "other"} | {
        route.host for route in product.routes
    }
    found = [(host, path) for host in sorted(carrying) for item in paths for path in (item, f"{item}/1")]
    kinds = ("auth", "admin", "webhook")
    found += [(route.host, path_of(route.url) or "/") for route in product.routes if route.kind in kinds]
    return tuple(dict.fromkeys(found))


def _apply(rule: Rule, places: tuple[tuple[str, str], ...], stored: dict[tuple[str, str], Rule], tally: Tally) -> None:
    """Cache rules apply one after the other; the last that sets `cache` for a request counts."""
    cache = rule.parameters.get("cache")
    if not isinstance(cache, bool):
        return
    for place in places:
        match covers(rule.expression, *place):
            case True if cache:
                stored[place] = rule
            case True:
                stored.pop(place, None)
            case None if cache:
                failure = Failure("expression", f"what {rule.expression[:200]} covers cannot be told", Fault.TARGET)
                tally.blind(one_line(rule.name, 60), failure)
                return
            case _:
                pass


def _stores(page: Mapping[str, Any]) -> bool:
    actions = page.get("actions")
    return isinstance(actions, list) and any(
        isinstance(action, dict) and action.get("id") == "cache_level" and action.get("value") == "cache_everything"
        for action in actions
    )


def _targets(page: Mapping[str, Any]) -> list[str]:
    targets = page.get("targets")
    values = [
        cloudflare.word(cloudflare.parts(item, "constraint"), "value")
        for item in (targets if isinstance(targets, list) else ())
        if isinstance(item, dict)
    ]
    return [value for value in values if value]


def _matches(pattern: str, host: str, path: str) -> bool:
    """Whether a page rule's URL with `*` covers a place; without a scheme it is for both."""
    bare = re.sub(r"^(?:https?|\*)://", "", pattern.lower())[:500]
    parts = [re.escape(part) for part in re.split(r"\*+", bare)]
    return re.fullmatch("[^\n]*".join(parts), f"{host}{path}") is not None
