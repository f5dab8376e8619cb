"""What a check can be over: the parts of a product, each with the name under which its result is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit, urlunsplit

from launchready_tui.model.product import Host, Journey, Product, Redirect, Route, Sender

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Subject(Generic[T]):
    """One thing that a claim is about. `name` is what results carry as their subject (DESIGN.md section 6)."""

    name: str
    item: T
    product: Product


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """A URL at which visitors come in: the root of a web host, or the source of a declared redirect."""

    url: str
    redirect: Redirect | None = None


@dataclass(frozen=True, slots=True)
class MailDomain:
    """A domain that mail is sent from, with everybody who sends for it; without senders nobody has said that it is."""

    name: str
    senders: tuple[Sender, ...] = ()


@dataclass(frozen=True, slots=True)
class PrivatePage:
    """A page of one test account; `role` is '' where the profile has no account."""

    url: str
    role: str


@dataclass(frozen=True, slots=True)
class Selector:
    """A DKIM selector of a domain; `name` is '' where the sender's selector is not known."""

    name: str
    domain: str
    senders: tuple[Sender, ...] = ()


def root_url(host: Host, scheme: str = "https") -> str:
    """The URL of a web host's home page."""
    name = f"[{host.name}]" if ":" in host.name and not host.name.startswith("[") else host.name
    return f"{scheme}://{name}/"


def normal_url(url: str) -> str:
    """A URL with lower-case scheme and host, an explicit `/` and no fragment, so that equal pages compare equal."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", parts.query, ""))


def page_routes(product: Product) -> list[Route]:
    """Every page that is judged as one: declared routes that people see, and the home page of every web host but API
    ones.
    """
    routes = [route for route in product.routes if route.kind in ("page", "auth")]
    seen = {normal_url(route.url) for route in routes}
    for host in product.web_hosts:
        url = root_url(host)
        if url not in seen:
            routes.append(Route(id=f"home:{host.name}", url=url))
    return routes


def _hosts(product: Product) -> list[tuple[str, Any]]:
    return [(host.name, host) for host in product.hosts]


def _named_hosts(product: Product) -> list[tuple[str, Any]]:
    return [(host.name, host) for host in product.hosts if not host.is_address]


def _web_hosts(product: Product) -> list[tuple[str, Any]]:
    return [(host.name, host) for host in product.web_hosts]


def _domain(product: Product) -> list[tuple[str, Any]]:
    return [(product.domain, product.domain)]


def _routes(product: Product) -> list[tuple[str, Any]]:
    return [(route.url, route) for route in product.routes]


def _visited_routes(product: Product) -> list[tuple[str, Any]]:
    return [(route.url, route) for route in product.routes if route.kind in ("page", "auth")]


def _login_routes(product: Product) -> list[tuple[str, Any]]:
    return [(route.url, route) for route in product.routes if route.kind == "auth"]


def _machine_routes(product: Product) -> list[tuple[str, Any]]:
    return [(route.url, route) for route in product.routes if route.kind in ("webhook", "api")]


def _pages(product: Product) -> list[tuple[str, Any]]:
    return [(route.url, route) for route in page_routes(product)]


def _redirects(product: Product) -> list[tuple[str, Any]]:
    return [(redirect.source, redirect) for redirect in product.redirects]


def _entry_points(product: Product) -> list[tuple[str, Any]]:
    roots = [(host.name, EntryPoint(root_url(host, "http"))) for host in product.web_hosts]
    return roots + [(redirect.source, EntryPoint(redirect.source, redirect)) for redirect in product.redirects]


def _family(*families: str) -> Callable[[Product], list[tuple[str, Any]]]:
    """The routes of some families of endpoints (login, reset, signup, invite, webhook)."""

    def found(product: Product) -> list[tuple[str, Any]]:
        return [(route.url, route) for route in product.routes if route.family in families]

    return found


def _api_routes(product: Product) -> list[tuple[str, Any]]:
    """The declared API routes, and the root of an API host of which none is declared."""
    routes = [route for route in product.routes if route.kind == "api"]
    there = {route.host for route in routes}
    roots = [Route(f"root:{host.name}", root_url(host), "api") for host in product.web_hosts if host.role == "api"]
    return [(route.url, route) for route in (*routes, *(root for root in roots if root.host not in there))]


def _admin_places(product: Product) -> list[tuple[str, Any]]:
    """Declared admin routes by their URL, and every web host for the usual paths."""
    routes: list[tuple[str, Any]] = [(route.url, route) for route in product.routes if route.kind == "admin"]
    return routes + [(host.name, host) for host in product.web_hosts]


def _owned_objects(product: Product) -> list[tuple[str, Any]]:
    """What test accounts own, by URL; the domain where nothing is declared, so that this shows."""
    objects = [(url, account) for account in product.accounts for url in account.objects]
    return objects or [(product.domain, None)]


def _tidy(name: str) -> str:
    return name.strip().lower().strip(".")


def _senders(product: Product) -> list[tuple[str, Any]]:
    """Every domain that is declared as a sender's; the product's own where nothing is declared, so that this shows."""
    domains: dict[str, list[Sender]] = {}
    for sender in product.senders:
        domains.setdefault(_tidy(sender.domain), []).append(sender)
    found = [(name, MailDomain(name, tuple(senders))) for name, senders in domains.items()]
    return found or [(product.domain, MailDomain(product.domain))]


def _mail_domains(product: Product) -> list[tuple[str, Any]]:
    """The product's own domain, whose name can be forged whether it sends or not, then the senders' domains."""
    senders = dict(_senders(product))
    return [(product.domain, senders.pop(product.domain, MailDomain(product.domain))), *senders.items()]


def _selectors(product: Product) -> list[tuple[str, Any]]:
    """Every known selector as `SELECTOR._domainkey.DOMAIN`; the domain itself where a sender has none that is known."""
    found: list[tuple[str, Any]] = []
    for name, domain in _senders(product):
        for item in dict.fromkeys(item for sender in domain.senders for item in sender.selectors if _tidy(item)):
            selector = _tidy(item).partition("._domainkey")[0]
            users = tuple(sender for sender in domain.senders if item in sender.selectors)
            found.append((f"{selector}._domainkey.{name}", Selector(selector, name, users)))
        without = tuple(sender for sender in domain.senders if not any(map(_tidy, sender.selectors)))
        if without or not domain.senders:
            found.append((name, Selector("", name, without)))
    return found


def _signal_journeys(product: Product) -> list[tuple[str, Any]]:
    """Every journey, declared or named by a failure signal; the domain where there is none, so that this shows."""
    journeys = {journey.id: journey for journey in product.journeys}
    for signal in product.signals:
        journeys.setdefault(signal.journey, Journey(signal.journey))
    return list(journeys.items()) or [(product.domain, None)]


def _or_domain(product: Product, found: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """What was found; the domain without an item where nothing is declared, so that this shows."""
    return found or [(product.domain, None)]


def _core(*kinds: str, everybody: bool = True) -> Callable[[Product], list[tuple[str, Any]]]:
    """The core routes of some kinds: those that everybody may see, or those of one account too."""

    def found(product: Product) -> list[tuple[str, Any]]:
        routes = (route for route in product.routes if route.core and route.kind in kinds)
        return _or_domain(product, [(route.url, route) for route in routes if route.is_public or not everybody])

    return found


def _paged_routes(product: Product) -> list[tuple[str, Any]]:
    """The routes that say which parameter sets the number of their rows."""
    return _or_domain(product, [(route.url, route) for route in product.routes if route.page_size])


def _cacheable_routes(product: Product) -> list[tuple[str, Any]]:
    return _or_domain(product, [(route.url, route) for route in product.routes if route.cacheable])


def _used_payloads(product: Product) -> list[tuple[str, Any]]:
    """The routes of which is declared what the front end reads."""
    return _or_domain(product, [(route.url, route) for route in product.routes if route.uses])


def _public_payloads(product: Product) -> list[tuple[str, Any]]:
    """Where everybody may read: core pages, and every API route that answers a visitor."""
    routes = [
        route
        for route in product.routes
        if route.is_public
        and (route.kind == "api" or (route.core and route.kind in ("page", "auth")))
        and any(200 <= status < 300 for status in route.expect_status)
    ]
    return _or_domain(product, [(route.url, route) for route in routes])


def _private_pages(product: Product) -> list[tuple[str, Any]]:
    """What belongs to one account, by URL: routes that say so, and the objects of the test accounts."""
    roles = [account.role for account in product.accounts]
    found: list[tuple[str, Any]] = [
        (route.url, PrivatePage(route.url, route.session or next(iter(roles), "")))
        for route in product.routes
        if route.private and route.kind != "webhook"
    ]
    found += [(url, PrivatePage(url, account.role)) for account in product.accounts for url in account.objects]
    return _or_domain(product, found)


def _freshness(product: Product) -> list[tuple[str, Any]]:
    trial = product.freshness
    return [(trial.url, trial)] if trial.url else [(product.domain, None)]


def _journey_routes(product: Product) -> list[tuple[str, Any]]:
    """The routes that journeys call, by URL; the domain where there is none, so that this shows."""
    used = dict.fromkeys(step.route for journey in product.journeys for step in journey.steps)
    routes = [route for name in used if (route := product.route(name)) is not None]
    return [(route.url, route) for route in routes] or [(product.domain, None)]


def _queues(product: Product) -> list[tuple[str, Any]]:
    """The declared queues; the domain where there is none, so that this shows."""
    return [(queue.id, queue) for queue in product.queues] or [(product.domain, None)]


def _repository(product: Product) -> list[tuple[str, Any]]:
    return [(product.repository or "repository", product.repository)]


SUBJECTS: dict[str, Callable[[Product], list[tuple[str, Any]]]] = {
    "hosts": _hosts,
    "named-hosts": _named_hosts,
    "web-hosts": _web_hosts,
    "domain": _domain,
    "repository": _repository,
    "routes": _routes,
    "visited-routes": _visited_routes,
    "login-routes": _login_routes,
    "machine-routes": _machine_routes,
    "pages": _pages,
    "redirects": _redirects,
    "entry-points": _entry_points,
    "senders": _senders,
    "mail-domains": _mail_domains,
    "selectors": _selectors,
    "login-family": _family("login"),
    "reset-family": _family("reset"),
    "signup-family": _family("signup"),
    "invite-family": _family("invite"),
    "webhook-family": _family("webhook"),
    "account-forms": _family("login", "reset", "signup"),
    "limited-routes": _family("login", "reset", "signup", "invite"),
    "api-routes": _api_routes,
    "admin-places": _admin_places,
    "owned-objects": _owned_objects,
    "signal-journeys": _signal_journeys,
    "journey-routes": _journey_routes,
    "queues": _queues,
    "paged-routes": _paged_routes,
    "core-pages": _core("page", "auth"),
    "core-answers": _core("page", "auth", "api"),
    "core-routes": _core("page", "auth", "api", everybody=False),
    "cacheable-routes": _cacheable_routes,
    "used-payloads": _used_payloads,
    "public-payloads": _public_payloads,
    "private-pages": _private_pages,
    "freshness": _freshness,
}


def subjects(over: str, product: Product) -> tuple[Subject[Any], ...]:
    """The subjects of a set, in the order of the profile, each name once."""
    found: dict[str, Any] = {}
    for name, item in SUBJECTS[over](product):
        found.setdefault(name, item)
    return tuple(Subject(name, item, product) for name, item in found.items())
