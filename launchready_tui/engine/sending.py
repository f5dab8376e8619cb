"""What a planned check would send beyond what a browser sends, for what the product's profile declares. Pure.

An entry of the runbook says in `sends` all that its check may ever send. Much of that takes something of the profile: a
route that belongs to an account, a test account, a login. Nobody is asked to agree to what cannot happen. Only what the
profile alone rules out is left out; what depends on an answer counts as sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from launchready_tui.checks.reading.urls import host_of
from launchready_tui.engine.judging import Planned
from launchready_tui.model.product import Account, Product, Route

_LOGIN = re.compile(r"(?:, and )?\bone login of the test account[^,;]{0,80}(?:; )?")
_CONDITION = re.compile(r"^for [^:]{1,80}: |,? where [^,;]{1,80}$")


def sent_by(item: Planned) -> str:
    """The words for what is sent, '' where the profile leads to nothing beyond what a browser sends."""
    words = item.entry.sends
    if not words or not item.asked or item.subject.item is None:
        return ""
    rule = _RULES.get(item.entry.id)
    return words if rule is None else rule(item)


def _as_account(item: Planned) -> str:
    """Asked as the account of the route: nothing special where it has none."""
    account = item.subject.item.session
    return _CONDITION.sub("", item.entry.sends) if account and _can_log_in(account, item.subject.product) else ""


def _counted(item: Planned) -> str:
    """The same, of what is counted in the query log against a budget."""
    from launchready_tui.checks.queries.count import budget_of

    product, route = item.subject.product, item.subject.item
    counts = product.logs.queries and budget_of(route, product, item.entry.limits) is not None
    return _as_account(item) if counts else ""


def _paged(item: Planned) -> str:
    """A list asked for with more and more rows, as its account where it has one."""
    product, route = item.subject.product, item.subject.item
    if not product.logs.queries:
        return ""
    return _as_account(item) if route.session else _without_login(item)


def _signed_in(item: Planned) -> str:
    """A public page looked at once more as somebody signed in, where the cookie of the login reaches it."""
    product, route = item.subject.product, item.subject.item
    login = _login(product)
    if login is None or _test_account(product) is None:
        return ""
    reaches = host_of(login.url) == route.host or route.host.endswith(f".{product.domain}")
    return item.entry.sends if reaches else ""


def _private(item: Planned) -> str:
    """A page of one account."""
    return item.entry.sends if item.subject.item.role and _login(item.subject.product) is not None else ""


def _of_two(item: Planned) -> str:
    """What belongs to one account, looked at as another."""
    others = any(account.role != item.subject.item.role for account in item.subject.product.accounts)
    return _private(item) if others else ""


def _changed(item: Planned) -> str:
    """A change of the test listing, by an account where the profile names one for it."""
    account = item.subject.item.account
    if not account:
        return _without_login(item)
    return item.entry.sends if _can_log_in(account, item.subject.product) else ""


def _at_login(item: Planned) -> str:
    """A login is tried where there is one; on all other pages cookies are only looked at."""
    return _tried(item) if item.subject.item.family == "login" else ""


def _tried(item: Planned) -> str:
    """What is tried with the test account."""
    return item.entry.sends if _test_account(item.subject.product) is not None else ""


def _without_login(item: Planned) -> str:
    return _LOGIN.sub("", item.entry.sends)


def _test_account(product: Product) -> Account | None:
    # The code of the checks is imported late: opening an engagement needs none of it.
    from launchready_tui.checks.identity.ratelimits import test_account

    return test_account(product)


def _can_log_in(role: str, product: Product) -> bool:
    return product.account(role) is not None and _login(product) is not None


def _login(product: Product) -> Route | None:
    return next((route for route in product.routes if route.family == "login"), None)


_RULES: dict[str, Callable[[Planned], str]] = {
    "queries.count-per-flow": _counted,
    "queries.growth": _paged,
    "caching.negotiation": _signed_in,
    "caching.private-pages": _of_two,
    "caching.deception": _private,
    "caching.freshness": _changed,
    "payloads.size": _as_account,
    "payloads.unused-fields": _as_account,
    "latency.core-routes": _as_account,
    "limits.no-lockout": _tried,
    "identity.enumeration": _tried,
    "identity.session-cookie": _at_login,
    "identity.object-access": _of_two,
}
"""The checks of which the profile decides whether, or what, they send."""
