"""Looking at a declared route as everybody sees it, and at the files that its page is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal
from urllib.parse import urlsplit

from launchready_tui.checks.reading.urls import host_of, tidy
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Product, Route
from launchready_tui.model.questions import HttpExchange, HttpResponse
from launchready_tui.model.verdicts import Judgement, not_applicable, not_run, unknown

AssetRole = Literal["script", "style", "image", "font"]

NOTHING_CORE = not_run("input-missing", "No route is marked as core ([[route]] core = true).")
"""The judgement of a check over core routes where none is declared."""

_ENDINGS: dict[str, AssetRole] = {
    "js": "script",
    "mjs": "script",
    "css": "style",
    **dict.fromkeys(("png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico"), "image"),
    **dict.fromkeys(("woff", "woff2", "ttf", "otf", "eot"), "font"),
}
_ROLES: dict[str, AssetRole] = {"script": "script", "style": "style", "image": "image"}
_HASHED_FOLDERS = ("/_next/static/", "/_nuxt/", "/_app/immutable/", "/_astro/")
"""Folders in which frameworks put nothing but files whose names change with their content."""

_BETWEEN = re.compile(r"[.\-~/]|(?<=[a-z0-9])_(?=[a-z0-9])")
_VERSION_QUERY = re.compile(r"(?:^|&)(?:v|ver|version|h|hash|rev|t|ts|cb)=[\w.-]{1,80}|^[0-9a-f]{6,64}$|^\d{3,20}$")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that a page loads from the product's own hosts. `versioned`: its name changes when its content does."""

    url: str
    role: AssetRole
    versioned: bool

    @property
    def question(self) -> HttpExchange:
        """The question that fetches it: pictures and fonts are only asked about, their size is in the headers."""
        return HttpExchange("GET" if self.role in ("script", "style") else "HEAD", self.url)


async def visited(route: Route, ask: Ask) -> HttpResponse | Judgement:
    """The answer of a route to a plain visit, or why it tells nothing. Raises `Unseen` for no answer."""
    response = (await ask(HttpExchange("GET", route.url))).facts
    return response if 200 <= response.status < 300 else unexpected(route, response.status)


def unexpected(route: Route, status: int) -> Judgement:
    """What can be said where a route gives no page: the checks of routes say what is wrong there."""
    if status in route.expect_status:
        return not_applicable(f"answers {status}, as declared, so there is nothing to look at")
    decide_by = "Mend the route, or declare the URL that a visitor really gets, then run it again."
    return unknown("unexpected-status", f"answers {status}, so there is nothing to look at", decide_by=decide_by)


def assets(page: HttpResponse, product: Product, most: int) -> tuple[tuple[Asset, ...], bool]:
    """The files that a page names on the product's own hosts, at most so many; and whether there are more."""
    found: dict[str, Asset] = {}
    for reference in page.page.references:
        url = tidy(reference.url)
        if not url or not product.names(host_of(url)):
            continue
        path = urlsplit(url).path
        by_ending = _ENDINGS.get(path.rpartition(".")[2].lower()) if "." in path.rpartition("/")[2] else None
        role = _ROLES.get(reference.role) or (by_ending if reference.role in ("preload", "css") else None)
        if role is not None:
            found.setdefault(url, Asset(url, role, is_versioned(url)))
    chosen = tuple(found.values())
    return chosen[:most], len(chosen) > most


def is_versioned(url: str) -> bool:
    """Whether the name of a file changes with its content: a hash in it, a version in its query, a build's folder."""
    parts = urlsplit(url)
    if _VERSION_QUERY.search(parts.query) or any(folder in parts.path for folder in _HASHED_FOLDERS):
        return True
    name = parts.path.rpartition("/")[2].rpartition(".")[0] or parts.path.rpartition("/")[2]
    return any(_is_hash(part) for part in _BETWEEN.split(name)[1:]) or _is_hash(name, alone=True)


def _is_hash(part: str, *, alone: bool = False) -> bool:
    """Whether a part of a name is a hash: hexadecimal with digits, or letters and digits as no word has them."""
    if not 6 <= len(part) <= 128 or not part.isascii() or not part.replace("_", "").isalnum():
        return False
    digits = sum(character.isdigit() for character in part)
    if re.fullmatch(r"[0-9a-fA-F]+", part) and digits:
        # "photo-20241124" is a day and "app-1700000000" a version; a short number is neither.
        return len(part) >= (16 if alone else 8 if digits == len(part) else 6)
    if alone or len(part) < 8:
        return False
    turns = sum(a.islower() != b.islower() for a, b in pairwise(part))
    return (digits >= 1 and turns >= 3) or (digits == 0 and len(part) == 8 and turns >= 4)
