"""Route templates: a path without what makes it one object's, so that requests can be counted by what they ask for.

A query string, a fragment and path parameters (`;jsessionid=…`) are dropped before anything else: they may hold
secrets. Segments that name one object become `:id`: numbers, UUIDs, dates, hexadecimal and base64url tokens, addresses,
and whatever follows a well-known collection.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from launchready_tui.logs.layouts import Call
from launchready_tui.logs.words import ACTIONS, COLLECTIONS, METHODS

NOT_HTTP = "(not HTTP)"
"""The route of what a client sent that is no request: a TLS greeting on a plain port, a scanner's probe."""

OTHER = "(other paths)"
"""The route of all that came after the table of routes was full."""

ID = ":id"
_MOST_CALLS = 65_536
MOST_SEGMENTS = 12
MOST_SEGMENT = 80
_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_COMMON_ID = re.compile(rf"/(?:\d+|{_UUID}|[0-9a-fA-F]{{8,}})(?=/|$|\.[A-Za-z])".encode())
_COMMON_HASH = re.compile(rb"\.[0-9a-fA-F]{8,}(?=\.)")
_ONE_OBJECT = re.compile(rf"\d+|{_UUID}|\d{{4}}-\d\d(?:-\d\d)?|\d{{1,3}}(?:\.\d{{1,3}}){{3}}")
_HEX = re.compile(r"[0-9a-fA-F]{8,}")
_NUMBERED = re.compile(r"[\w-]*[-_]\d{5,}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,}={0,2}")
_RUN = re.compile(r"[A-Z]+|[a-z]+|\d+")
_MAIL = re.compile(r"[^@/]+(?:@|%40)[^@/]+\.[^@/]+", re.IGNORECASE)
_HANDLE = re.compile(r"@[\w.-]+")
_DROPPED = re.compile(rb"[?#;]|%3[fF]|%23|%3[bB]")
_ORIGIN = re.compile(rb"[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*")
_CALL = re.compile(rb"([A-Z][A-Z-]{1,19}) (.*)", re.DOTALL)


class Calls(dict[Call, int]):
    """The number of a call's route, by the call as it stands in the log (`GET /listings/7`).

    Bounded. A new call is first folded by the commonest rules alone, which in a busy log leads to a known route;
    `number_of` is asked for the rest.
    """

    def __init__(self, number_of: Callable[[bytes], int]) -> None:
        self._number_of = number_of
        self._folded: dict[bytes, int] = {}

    def __missing__(self, call: Call) -> int:
        number = self._find(call if isinstance(call, bytes) else call.encode("utf-8", "replace"))
        if len(self) >= _MOST_CALLS:
            self.clear()
        self[call] = number
        return number

    def _find(self, call: bytes) -> int:
        head, _, tail = call.rpartition(b"/")
        folded = head + b"/:id" if tail.isdigit() else _COMMON_ID.sub(b"/:id", call)
        number = self._folded.get(folded)
        if number is not None:
            return number
        folded = _COMMON_HASH.sub(b".:id", _COMMON_ID.sub(b"/:id", folded))
        number = self._folded.get(folded)
        if number is None:
            number = self._number_of(folded)
            if len(self._folded) >= _MOST_CALLS:
                self._folded.clear()
            self._folded[folded] = number
        return number


def route_of(call: bytes) -> tuple[str, str]:
    """Method and route template of a call, `GET /listings/7?x=1`. What is no request gives `-` and `NOT_HTTP`."""
    found = _CALL.match(call)
    if not found:
        return "-", NOT_HTTP
    method = found[1].decode("ascii")
    return (method if method in METHODS else "OTHER"), template(found[2])


def template(target: bytes) -> str:
    """The route template of a request target."""
    if origin := _ORIGIN.match(target):
        target = target[origin.end() :] or b"/"
    if dropped := _DROPPED.search(target):
        target = target[: dropped.start()]
    if not target.startswith(b"/"):
        if not target or target == b"*":
            return "*" if target else "/"
        # host:port of a CONNECT, or a path whose writer left the slash out
        return "(authority)" if re.fullmatch(rb"[^/]+:\d+", target) else template(b"/" + target)
    segments = target[1:].decode("utf-8", "replace").split("/")
    cut = len(segments) > MOST_SEGMENTS
    parts: list[str] = []
    before = ""
    for segment in segments[:MOST_SEGMENTS]:
        folded = _segment(segment, before)
        parts.append(folded)
        before = segment.lower()
    return "/" + "/".join(parts) + ("/…" if cut else "")


def _segment(segment: str, before: str) -> str:
    """One segment of a template; `before` is the one before it, in lower case."""
    if not segment or segment == ID:
        return segment
    if names_object(segment) or _HANDLE.fullmatch(segment):
        return ID
    stem, dot, extension = segment.rpartition(".")
    known = dot and stem and 1 <= len(extension) <= 5 and extension.isalnum() and not extension.isdigit()
    if before in COLLECTIONS and (stem if known else segment).lower() not in ACTIONS:
        return f"{ID}.{extension}" if known else ID
    if known:
        # a file: the hash of a build, or the number of an object, in its name
        pieces = [_piece(piece) for piece in stem.split(".")]
        return ".".join([*pieces, extension])[:MOST_SEGMENT]
    return segment if len(segment) <= MOST_SEGMENT else ID


def _piece(piece: str) -> str:
    head, dash, tail = piece.rpartition("-")
    if dash and (_HEX.fullmatch(tail) or _random(tail)):
        return f"{head}-{ID}"
    return ID if names_object(piece) else piece


def names_object(segment: str) -> bool:
    """Whether a segment is a number, a UUID, a date, a token, an address, or a slug that ends in a long number."""
    if _ONE_OBJECT.fullmatch(segment) or _HEX.fullmatch(segment) or _MAIL.fullmatch(segment):
        return True
    if _NUMBERED.fullmatch(segment):
        return True
    return bool(_TOKEN.fullmatch(segment)) and any(map(_random, re.split(r"[-_=]", segment)))


def _random(piece: str) -> bool:
    """Whether letters and digits follow each other as in a token: `x7Kp2mQ9`, not `listing2024photos`."""
    if len(piece) < 8 or piece.isalpha():
        return False
    return len(piece) / len(_RUN.findall(piece)) <= (2.5 if len(piece) >= 16 else 1.6)
