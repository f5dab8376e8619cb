"""Answers `ExposedPath`: one GET, judged by what came back.

The status alone says nothing: single-page apps answer 200 to everything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

from launchready_tui.model.evidence import Ask, Failure, Fault, Vantage
from launchready_tui.model.questions import Question
from launchready_tui.model.questions.secrets import ExposedPath, PathReply
from launchready_tui.probes.decoding import decode_text
from launchready_tui.probes.http import read_url
from launchready_tui.probes.httpfetch import Fetcher, Order
from launchready_tui.probes.outcome import Outcome, failure
from launchready_tui.probes.walls import wall

MOST_BYTES = 128 * 1024

_ASSIGNMENT = re.compile(rb"(?m)^(?:export )?([A-Z][A-Z0-9_]{1,80})[ \t]*=[^\n]*$")
_SQL = re.compile(rb"(?i)INSERT INTO|CREATE TABLE|-- (?:MySQL|PostgreSQL) |^COPY ", re.MULTILINE)


class ExposureProbe:
    """Asks for paths. `fetcher` is shared with the HTTP probe, which closes it."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Answer an `ExposedPath`. Redirects are not followed: what is elsewhere is another path."""
        assert isinstance(question, ExposedPath)
        target = read_url(urljoin(question.url, question.path))
        if isinstance(target, Failure):
            return Outcome(failure=target)
        got = await self._fetcher.fetch(Order("GET", target, max_bytes=MOST_BYTES), ask)
        if isinstance(got, Failure):
            return Outcome(failure=got)
        vantage = Vantage(address=got.target.address)
        status, kind = got.response.status_code, got.response.headers.get("content-type", "")
        if by := wall(status, got.headers, decode_text(got.body[:65_536], kind)):
            message = f"a bot wall ({by}) answered in place of {question.host}, with status {status}"
            return failure("bot-wall", message, fault=Fault.PERMISSION, vantage=vantage)
        if status == 429:
            message = f"{question.host} asks to come back later (429)"
            return failure("rate-limited", message, fault=Fault.PERMISSION, vantage=vantage)
        if status >= 500:
            message = f"{question.host} answers {status} in place of {question.path}"
            return failure("server-error", message, fault=Fault.TARGET, vantage=vantage)
        what, shown = recognise(question.path, got.body, cut=got.cut) if status == 200 else ("", "")
        if got.cut and status == 200 and not what and question.path.partition("?")[0] in _KEYS and _is_object(got.body):
            message = (
                f"the JSON at {question.path} is larger than {MOST_BYTES:,} bytes, and its beginning tells nothing"
            )
            return failure("too-large", message, fault=Fault.TARGET, vantage=vantage)
        return Outcome(PathReply(status, what, shown), vantage=vantage)

    async def aclose(self) -> None:
        """Nothing of its own is held open."""


def recognise(path: str, body: bytes, *, cut: bool = False) -> tuple[str, str]:
    """Pure: what a body is and its shape without values; ('', '') where it is not what the path names.

    Of JSON that was `cut` only the keys in its beginning can be told.
    """
    path = path.partition("?")[0]
    if cut and path in _KEYS and _is_object(body):
        what, key = _KEYS[path]
        return (what, "JSON with the keys of that page, cut") if key.search(body) else ("", "")
    test = _TESTS.get(path)
    return test(body) if test is not None else ("", "")


def _is_object(body: bytes) -> bool:
    return body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def _is_page(body: bytes) -> bool:
    return bool(re.match(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|\?xml|!--)", body[:512], re.IGNORECASE))


def _environment(body: bytes) -> tuple[str, str]:
    if _is_page(body) or b"\0" in body:
        return "", ""
    names = [name.decode() for name in _ASSIGNMENT.findall(body)]
    lines = [line for line in body.splitlines() if line.strip() and not line.lstrip().startswith(b"#")]
    if not names or len(names) * 2 < len(lines):
        return "", ""
    return "environment variables", f"{len(names)} variables, the first is {names[0]}"


def _git_head(body: bytes) -> tuple[str, str]:
    if re.match(rb"ref: refs/[^\s<>]{1,200}\s*$", body) or re.match(rb"[0-9a-f]{40}\s*$", body):
        return "the git repository", "the name of a branch or commit"
    return "", ""


def _git_config(body: bytes) -> tuple[str, str]:
    if re.match(rb"\s*\[core\]\s", body) and b"repositoryformatversion" in body:
        return "the git repository's settings", "a [core] section"
    return "", ""


def _magic(what: str, *starts: bytes) -> Callable[[bytes], tuple[str, str]]:
    return lambda body: (
        (what, f"begins as such a file does, {len(body):,} bytes read") if body.startswith(starts) else ("", "")
    )


def _dump(body: bytes) -> tuple[str, str]:
    return ("a database dump", "SQL statements") if not _is_page(body) and _SQL.search(body) else ("", "")


def _marked(what: str, *marks: bytes) -> Callable[[bytes], tuple[str, str]]:
    """A page that holds all of some marks, which only that page has."""
    return lambda body: (what, "its own headings") if all(mark in body for mark in marks) else ("", "")


def _object(what: str, inside: Callable[[dict[str, Any]], bool]) -> Callable[[bytes], tuple[str, str]]:
    def test(body: bytes) -> tuple[str, str]:
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            document = None
        found = isinstance(document, dict) and inside(document)
        return (what, "JSON with the keys of that page") if found else ("", "")

    return test


def _has_schema(document: dict[str, Any]) -> bool:
    data = document.get("data")
    return isinstance(data, dict) and isinstance(data.get("__schema"), dict)


def _contact(body: bytes) -> tuple[str, str]:
    return (
        ("security contact", "a Contact line")
        if re.search(rb"(?im)^Contact:\s*\S", body) and not _is_page(body)
        else ("", "")
    )


_KEYS = {
    "/actuator/env": ("Spring's environment page", re.compile(rb'"propertySources"\s{0,8}:')),
    "/graphql": ("the whole GraphQL schema", re.compile(rb'"__schema"\s{0,8}:\s{0,8}\{')),
    "/swagger.json": ("API documentation", re.compile(rb'"(?:swagger|openapi)"\s{0,8}:')),
}
"""The same pages by a key in the beginning of their JSON."""

_TESTS: dict[str, Callable[[bytes], tuple[str, str]]] = {
    "/.git/HEAD": _git_head,
    "/.git/config": _git_config,
    "/.env": _environment,
    "/.DS_Store": _magic("a folder listing of macOS", b"\0\0\0\1Bud1"),
    "/backup.sql": _dump,
    "/backup.zip": _magic("an archive", b"PK\3\4"),
    "/backup.tar.gz": _magic("an archive", b"\x1f\x8b\x08"),
    "/phpinfo.php": _marked("PHP's settings page", b"phpinfo()", b"PHP Version"),
    "/actuator/env": _object("Spring's environment page", lambda found: "propertySources" in found),
    "/debug/pprof/": _marked("Go's profiler", b"/debug/pprof/", b"goroutine"),
    "/server-status": _marked("Apache's status page", b"Apache Server Status", b"Server uptime"),
    "/__debug__/": _marked("Django's debug toolbar", b"djDebug"),
    "/graphql": _object("the whole GraphQL schema", _has_schema),
    "/swagger.json": _object("API documentation", lambda found: "swagger" in found or "openapi" in found),
    "/.well-known/security.txt": _contact,
}
