"""Pure: the routes that code declares (S1.PERF.02): Django, Flask, FastAPI, Express, Next, Rails, Laravel."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchready_tui.model.questions.secrets import CodeRoute

_METHODS = "get|post|put|patch|delete"
_DJANGO = re.compile(r"""^\s*(?:re_)?(?:path|url)\(\s*r?["']([^"'\n]{0,200})["']\s*,""", re.MULTILINE)
_DECORATED = re.compile(
    rf"""^\s*@\w+\.(route|{_METHODS}|api_route)\(\s*["']([^"'\n]{{0,200}})["']([^\n]{{0,200}})""", re.MULTILINE
)
_FLASK_METHODS = re.compile(r"methods\s*=\s*[\[(]([^\])]{1,80})")
_EXPRESS = re.compile(
    rf"""^\s*(?:\w*[aA]pp|\w*[rR]outer|fastify|server|api)\.({_METHODS}|all)\(\s*["'`](/[^"'`\n]{{0,200}})["'`]""",
    re.MULTILINE,
)
_RAILS = re.compile(rf"""^\s*({_METHODS}|resources?|root)\s+(?:to:\s*)?[:"']([^"'\s,:]{{1,120}})""", re.MULTILINE)
_LARAVEL = re.compile(rf"""Route::({_METHODS}|any|resource|apiResource)\(\s*["']([^"'\n]{{0,200}})["']""")
_NEXT_APP = re.compile(r"(?:^|/)app/((?:.*/)?)(route|page)\.[jt]sx?$")
_NEXT_PAGES = re.compile(r"(?:^|/)pages/(.*)\.[jt]sx?$")
_NEXT_METHOD = re.compile(r"export\s+(?:async\s+)?(?:function|const)\s+(GET|POST|PUT|PATCH|DELETE)\b")


def routes_of(path: str, text: str) -> Iterator[tuple[str, CodeRoute]]:
    """The routes of a source file, each with the name of its framework."""
    name = path.rpartition("/")[2]
    if path.endswith(".py"):
        yield from _python(path, name, text)
    elif name == "routes.rb" or "/config/routes/" in f"/{path}":
        for found in _RAILS.finditer(text):
            method, pattern = found[1].upper(), "/" if found[1] == "root" else f"/{found[2].lstrip('/')}"
            yield "rails", _route(method if method not in ("ROOT",) else "GET", pattern, path, text, found)
    elif path.endswith(".php"):
        for found in _LARAVEL.finditer(text):
            yield "laravel", _route(found[1].upper(), f"/{found[2].strip('/')}", path, text, found)
    elif re.search(r"\.[cm]?[jt]sx?$", path):
        yield from _javascript(path, text)


def _python(path: str, name: str, text: str) -> Iterator[tuple[str, CodeRoute]]:
    if name.startswith("urls") or "/urls/" in path:
        for found in _DJANGO.finditer(text):
            yield "django", _route("ANY", f"/{found[1].lstrip('^/')}", path, text, found)
        return
    framework = "fastapi" if "fastapi" in text else "flask"
    for found in _DECORATED.finditer(text):
        methods = _FLASK_METHODS.search(found[3])
        method = (
            re.sub(r"[\"'\s]", "", methods[1]).upper()
            if methods
            else "GET"
            if found[1] == "route"
            else found[1].upper()
        )
        yield framework, _route(method, found[2] or "/", path, text, found)


def _javascript(path: str, text: str) -> Iterator[tuple[str, CodeRoute]]:
    app = _NEXT_APP.search(path)
    pages = _NEXT_PAGES.search(path)
    if app:
        pattern = "/" + re.sub(r"\([^)]*\)/|@[^/]*/", "", app[1]).strip("/")
        methods = sorted(set(_NEXT_METHOD.findall(text))) if app[2] == "route" else ["GET"]
        for method in methods:
            yield "nextjs", CodeRoute(method, pattern, f"{path}:1")
    elif pages and not pages[1].startswith("_") and "export default" in text:
        yield (
            "nextjs",
            CodeRoute(
                "ANY" if pages[1].startswith("api/") else "GET",
                "/" + re.sub(r"(?:^|/)index$", "", pages[1]),
                f"{path}:1",
            ),
        )
    else:
        for found in _EXPRESS.finditer(text):
            yield "express", _route(found[1].upper(), found[2], path, text, found)


def _route(method: str, pattern: str, path: str, text: str, found: re.Match[str]) -> CodeRoute:
    start = found.start() + len(found[0]) - len(found[0].lstrip())
    return CodeRoute(method, pattern, f"{path}:{text.count(chr(10), 0, start) + 1}")
