"""Answers a request from the world: upgrades, redirects, pages from templates, the pages that do not exist."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from launchready_tui.practice.httpserver import Request
from launchready_tui.practice.world import Headers, Page, Redirect, Reply, Resource, Site, World

_TEMPLATES = Path(__file__).parent / "templates"
_SAFE: Headers = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("X-Frame-Options", "DENY"),
    (
        "Content-Security-Policy",
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; "
        "base-uri 'none'; frame-ancestors 'none'",
    ),
)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def respond(world: World, request: Request, instead: Resource | None = None) -> Reply:
    """What the marketplace answers: what its world has there, or a resource that somebody else made `instead`."""
    site = world.sites.get(request.host)
    elsewhere = request.address in world.addresses() and site is not None and request.address != site.address
    if site is None or elsewhere:
        return Reply(421, "No such site here.\n", "text/plain; charset=utf-8")
    if request.scheme == "http" and site.upgrades:
        return _redirect(_upgrade(site), request)
    reply = _redirect(site.forward, request) if site.forward else _serve(world, site, request, instead)
    return _with_headers(world, reply, site, request)


def _upgrade(site: Site) -> Redirect:
    keeps = site.upgrade_keeps_path
    return Redirect(
        f"https://{site.host}" if keeps else f"https://{site.host}/",
        site.upgrade_status,
        keep_path=keeps,
        keep_query=keeps,
    )


def _serve(world: World, site: Site, request: Request, instead: Resource | None) -> Reply:
    resource = instead if instead is not None else _find(site, request)
    if isinstance(resource, Redirect):
        return _redirect(resource, request)
    if isinstance(resource, Reply):
        return resource
    onward = parse_qs(request.query).get("next", [""])[0]
    if onward and (resource.obeys_next == "any" or (resource.obeys_next == "own" and _is_local(onward))):
        return Reply(302, headers=(("Location", onward),))
    return render(world, site, resource)


def _find(site: Site, request: Request) -> Resource:
    resources = site.resources
    method = "GET" if request.method == "HEAD" else request.method
    key = request.path if method == "GET" else f"{method} {request.path}"
    if key in resources:
        return resources[key]
    if method != "GET" and request.path in resources:
        return Reply(405, "Method not allowed.\n", "text/plain; charset=utf-8", (("Allow", "GET, HEAD"),))
    if site.missing == "shell" and "/" in resources:
        return resources["/"]
    if site.missing == "crash":
        return Page(
            "message.html",
            "Something went wrong",
            {"text": "Our kitchen is on fire. Please come back in a moment."},
            500,
        )
    return Page(
        "message.html", "Page not found", {"text": "This table has been sold, or the address has a typing error."}, 404
    )


def _is_local(target: str) -> bool:
    """Whether a `next` target stays on this site: one slash, then a letter or digit."""
    return target.startswith("/") and target[1:2].isalnum() and not urlsplit(target).netloc


def _redirect(redirect: Redirect, request: Request) -> Reply:
    location = redirect.to.rstrip("/") + request.path if redirect.keep_path else redirect.to
    if redirect.keep_query and request.query:
        location += f"{'&' if '?' in location else '?'}{request.query}"
    return Reply(redirect.status, headers=(("Location", location),))


def render(world: World, site: Site, page: Page) -> Reply:
    """A page as HTML."""
    values: dict[str, Any] = {
        "title": page.title,
        "site": site.host,
        "domain": world.domain,
        "head": page.head,
        "foot": page.foot,
    }
    body = _environment().get_template(page.template).render({"csrf": "", **page.data, **values})
    headers = page.headers
    if not any(name.lower() == "cache-control" for name, _ in headers):
        headers = (*headers, ("Cache-Control", "no-store" if page.status != 200 else "max-age=60"))
    return Reply(page.status, body, headers=headers)


def _with_headers(world: World, reply: Reply, site: Site, request: Request) -> Reply:
    headers = (*reply.headers, *(pair for pair in _SAFE if pair[0] not in site.leaves_out))
    if request.path in site.reflects:
        headers += (("Vary", "Origin"),)
        if origin := request.headers.get("origin"):
            headers += (("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", "true"))
    for throttle in world.throttles:
        if (throttle.host, throttle.path) == (site.host, request.path):
            headers += (("RateLimit-Policy", f'"tries";q={throttle.limit};w={throttle.seconds}'),)
    if request.scheme == "https" and site.hsts is not None:
        headers += (("Strict-Transport-Security", f"max-age={site.hsts}"),)
    return Reply(reply.status, reply.body, reply.media_type, headers)
