"""Which handler of the shop answers what."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Final

from launchready_tui.practice.httpserver import Request
from launchready_tui.practice.marketplace import API, APP, WWW
from launchready_tui.practice.shop import api, catalogue, members
from launchready_tui.practice.shop.call import Handler
from launchready_tui.practice.world import World

_SLUG = re.compile(r"[a-z0-9-]{1,80}\Z")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")


@dataclass(frozen=True, slots=True)
class Served:
    """A route of the shop, by the name that its statements carry. A path that ends with / takes a slug behind it."""

    name: str
    host: str
    method: str
    path: str
    handler: Handler


ROUTES: Final = (
    Served("listings", WWW, "GET", "/listings", catalogue.listings),
    Served("listing", WWW, "GET", "/listings/", catalogue.listing),
    Served("search", WWW, "GET", "/search", catalogue.search),
    Served("login", APP, "GET", "/login", members.form),
    Served("login", APP, "POST", "/login", members.log_in),
    Served("signup", APP, "GET", "/signup", members.form),
    Served("signup", APP, "POST", "/signup", members.sign_up),
    Served("dashboard", APP, "GET", "/dashboard", members.dashboard),
    Served("checkout", APP, "GET", "/checkout", members.form),
    Served("checkout", APP, "POST", "/checkout", members.buy),
    Served("own-listing", APP, "GET", "/api/listings/", api.listing),
    Served("own-listing", APP, "PATCH", "/api/listings/", api.change),
    Served("api-listings", API, "GET", "/api/listings", api.listings),
    Served("api-search", API, "GET", "/api/search", api.search),
    Served("categories", API, "GET", "/api/categories", api.categories),
)

_FIXED: Final = {(route.host, route.method, route.path): route for route in ROUTES if not route.path.endswith("/")}
_WITH_SLUG: Final = tuple(route for route in ROUTES if route.path.endswith("/"))


def route_of(world: World, request: Request) -> tuple[Served, str] | None:
    """The route that a request is for, and the slug in its path; None if it is none of the shop's."""
    site = world.sites.get(request.host)
    if site is None or request.scheme != "https" or site.forward or request.address not in ("", site.address):
        return None
    method = "GET" if request.method == "HEAD" else request.method
    if found := _FIXED.get((request.host, method, request.path)):
        return found, ""
    for route in _WITH_SLUG:
        if (route.host, route.method) == (request.host, method) and request.path.startswith(route.path):
            slug = request.path.removeprefix(route.path)
            return (route, slug) if _SLUG.match(slug) else None
    return None


def request_id(request: Request) -> str:
    """The id that the visitor sent along, or one of our own: it stands in every statement of the request."""
    given = request.headers.get("x-request-id", "")
    return given if _ID.match(given) else secrets.token_hex(8)
