"""What a check can be over: the parts of a product, each with the name under which its result is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit, urlunsplit

from launchready_tui.model.product import Host, Product, Redirect, Route

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


SUBJECTS: dict[str, Callable[[Product], list[tuple[str, Any]]]] = {
    "hosts": _hosts,
    "named-hosts": _named_hosts,
    "web-hosts": _web_hosts,
    "domain": _domain,
    "routes": _routes,
    "visited-routes": _visited_routes,
    "login-routes": _login_routes,
    "machine-routes": _machine_routes,
    "pages": _pages,
    "redirects": _redirects,
    "entry-points": _entry_points,
}


def subjects(over: str, product: Product) -> tuple[Subject[Any], ...]:
    """The subjects of a set, in the order of the profile, each name once."""
    found: dict[str, Any] = {}
    for name, item in SUBJECTS[over](product):
        found.setdefault(name, item)
    return tuple(Subject(name, item, product) for name, item in found.items())
