"""Layouts from a declared format: nginx's `log_format`, Apache's `LogFormat`, or only what stands between their quotes.

Sources: nginx, ngx_http_log_module and the lists of variables; Apache, mod_log_config.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from launchready_tui.errors import InputError
from launchready_tui.logs.commonlog import QUOTED, TIME
from launchready_tui.logs.layouts import Role, TextLayout, Unit
from launchready_tui.text import one_line

NAME = "declared"
MOST_CHARACTERS = 4_000
_NGINX = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_NGINX_LINE = re.compile(r"\s*log_format\s+\S+\s+(?:escape=\w+\s+)?(.*?);?\s*$", re.DOTALL)
_APACHE_LINE = re.compile(r"""\s*LogFormat\s+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')(?:\s+\S+)?\s*$""", re.DOTALL)
_STRINGS = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")

_ROLES: dict[str, Role] = {
    "time_local": "time",
    "time_iso8601": "time",
    "msec": "time",
    "request": "request",
    "request_method": "method",
    "request_uri": "target",
    "uri": "target",
    "document_uri": "target",
    "status": "status",
    "request_time": "duration",
    "upstream_response_time": "duration",
}
_APACHE_NAMES = {
    "t": "time_local",
    "r": "request",
    "m": "request_method",
    "U": "uri",
    "s": "status",
    "D": "request_time",
    "T": "request_time",
}
_SPACED = ("http_", "sent_http_", "cookie_", "arg_", "remote_user", "upstream_")
"""Beginnings of variables whose values may hold spaces."""

_STATUS = r"(\d\d\d|-)"
_NUMBER = r"(\d+(?:\.\d+)?|-)"


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a format: literal text, or a variable with the unit of its duration."""

    text: str = ""
    variable: str = ""
    unit: Unit = "s"


@dataclass(frozen=True, slots=True)
class DeclaredFields:
    """A declared format that writes JSON: where each field stands."""

    fields: dict[str, str]


def is_declaration(text: str) -> bool:
    """Whether a text is a declared format rather than the name of one."""
    return "$" in text or "%" in text


def declared(text: str) -> TextLayout | DeclaredFields:
    """What a declared format says. Raises `InputError` where it names no path, or is too long to be one."""
    if len(text) > MOST_CHARACTERS:
        raise InputError("The declared log format is longer than any.", "Give the one line of log_format or LogFormat.")
    body, apache = _body(text)
    if not apache and body.lstrip().startswith("{"):
        return _json_fields(body)
    pieces = list(_apache(body) if apache else _nginx(body))
    return _Builder(pieces).layout("Apache, declared" if apache else "nginx, declared")


def _body(text: str) -> tuple[str, bool]:
    """What stands between the quotes, and whether it is Apache's."""
    if found := _APACHE_LINE.match(text):
        body = found[1] if found[1] is not None else found[2]
        return re.sub(r'\\(["\'\\])', r"\1", body).replace(r"\t", "\t"), True
    if found := _NGINX_LINE.match(text):
        strings = _STRINGS.findall(found[1])
        body = "".join(single or double for single, double in strings) if strings else found[1]
        return re.sub(r"\\(.)", lambda match: "\t" if match[1] == "t" else match[1], body), False
    stripped = text.strip()
    quoted = _STRINGS.fullmatch(stripped)
    body = (quoted[1] or quoted[2]) if quoted and stripped[0] == "'" else stripped
    return body.replace('\\"', '"'), "$" not in body


def _nginx(body: str) -> Iterator[_Piece]:
    end = 0
    for found in _NGINX.finditer(body):
        if found.start() > end:
            yield _Piece(body[end : found.start()])
        yield _Piece(variable=found[1] or found[2])
        end = found.end()
    if end < len(body):
        yield _Piece(body[end:])


def _apache(body: str) -> Iterator[_Piece]:
    """Apache's directives under the names of nginx's variables."""
    directive = re.compile(r"%(?:(%)|[!\d,]*[<>]?(?:\{([^}]*)\})?(\^FB|\^ti|\^to|[A-Za-z]))")
    end = 0
    for found in directive.finditer(body):
        if found.start() > end:
            yield _Piece(body[end : found.start()])
        end = found.end()
        if found[1]:
            yield _Piece("%")
            continue
        argument, letter = found[2], found[3]
        if letter == "t" and argument is None:
            yield from (_Piece("["), _Piece(variable="time_local"), _Piece("]"))
        elif letter == "t":
            yield _Piece(variable="time_other")
        elif letter in ("D", "T"):
            units: dict[str, Unit] = {"ms": "ms", "us": "us", "s": "s"}
            yield _Piece(variable="request_time", unit="us" if letter == "D" else units.get(argument or "s", "s"))
        elif letter in ("i", "o", "C", "e", "n"):
            yield _Piece(variable="http_" + letter)
        else:
            yield _Piece(variable=_APACHE_NAMES.get(letter, "other_" + letter))
    if end < len(body):
        yield _Piece(body[end:])


class _Builder:
    """Makes one pattern of the pieces."""

    def __init__(self, pieces: list[_Piece]) -> None:
        self._pieces = pieces
        self._roles: list[Role] = []
        self._unit: Unit = ""
        self._lazy = False
        names = [piece.variable for piece in pieces]
        self._timed_by = "request_time" if "request_time" in names else "upstream_response_time"

    def layout(self, title: str) -> TextLayout:
        """Raises `InputError` where there is no path in it."""
        parts = []
        for place, piece in enumerate(self._pieces):
            if piece.text:
                parts.append(re.escape(piece.text))
                continue
            before = self._pieces[place - 1].text if place else ""
            after = self._pieces[place + 1] if place + 1 < len(self._pieces) else None
            parts.append(self._variable(piece, before[-1:], after))
        if not {"request", "target"} & set(self._roles):
            raise InputError(
                "The declared log format names no path.",
                "It needs $request or $request_uri (nginx), %r or %U (Apache).",
            )
        return TextLayout(NAME, title, "^" + "".join(parts) + r"[ \t]*$", tuple(self._roles), self._unit, gappy=True)

    def _variable(self, piece: _Piece, before: str, after: _Piece | None) -> str:
        name = piece.variable
        role = _ROLES.get(name)
        if role == "duration" and name != self._timed_by:
            role = None
        if role is not None and role in self._roles:
            role = None
        following = after.text[:1] if after else ""
        quoted = before == '"' and following == '"'
        if name == "time_other":
            role = "time" if "time" not in self._roles else None
        if role is None:
            return self._unwanted(name, quoted, after)
        self._roles.append(role)
        if role == "duration":
            self._unit = piece.unit
            return _NUMBER + r"(?:[,:]? [\d.,: -]{0,200})?" if name.startswith("upstream_") else _NUMBER
        if role == "status":
            return _STATUS
        if role == "time":
            known = {"time_local": TIME, "time_iso8601": r"\d{4}-\d\d-\d\dT[\d:.+Z-]+", "msec": r"\d+\.\d+"}
            return f"({known.get(name, _until(following))})"
        if role == "request":
            return QUOTED if quoted else rf"([A-Z-]+ [^ {_class(following)}\n]*+(?: HTTP/[\d.]+)?)"
        if role == "target":
            stop = '"' if quoted else f" {_class(following)}"
            return rf"([^?{stop}\n]*+)[^{stop}\n]*+"
        return _value(quoted, following)

    def _unwanted(self, name: str, quoted: bool, after: _Piece | None) -> str:
        if quoted:
            return QUOTED.replace("(", "(?:", 1)
        if after is None:
            return r"[^\n]*"
        if name == "time_local":
            return TIME
        if after.variable:
            return r"[^ /\n]*"
        if after.text[0] != " ":
            return _until(after.text[0])
        if name.startswith("upstream_"):
            return r"[^ \n]*(?:[,:] [^ \n]+)*"
        if name.startswith(_SPACED) and not self._lazy:
            # One only: several would take a time beyond proportion on a line that was made to be slow.
            self._lazy = True
            return r"[^\n]*?"
        return r"[^ \n]*"


def _until(following: str) -> str:
    return rf"[^{_class(following)}\n]*" if following else r"[^\n]*"


def _value(quoted: bool, following: str) -> str:
    return r'([^"\n]*)' if quoted else rf"([^ {_class(following)}\n]*)"


def _class(character: str) -> str:
    """A character within a class of a pattern."""
    return re.escape(character) if character and not character.isspace() else ""


def _json_fields(body: str) -> DeclaredFields:
    """The fields of a format that writes JSON. Raises `InputError` where it is none, or names no path."""
    filled = _NGINX.sub(lambda found: f"${found[1] or found[2]}", body)
    for text in (filled, re.sub(r'(?<!["\w$])(\$\w+)(?!["\w])', r'"\1"', filled)):
        try:
            value = json.loads(text)
        except ValueError:
            continue
        if isinstance(value, dict):
            return DeclaredFields(_mapping(value))
    raise InputError(
        "The declared log format begins like JSON and is none.", f"Check its quotes and commas: {one_line(body, 80)}"
    )


def _mapping(value: dict[str, object]) -> dict[str, str]:
    places: dict[str, str] = {}

    def walk(inner: dict[str, object], before: str) -> None:
        for key, item in inner.items():
            if isinstance(item, dict):
                walk(item, f"{before}{key}.")
            elif isinstance(item, str) and (found := _NGINX.fullmatch(item.strip())):
                places[found[1] or found[2]] = f"{before}{key}"

    walk(value, "")
    wanted = {
        "path": ("request_uri", "uri", "document_uri", "request"),
        "method": ("request_method",),
        "status": ("status",),
        "duration": ("request_time", "upstream_response_time"),
        "time": ("time_iso8601", "time_local", "msec"),
    }
    fields = {
        field: places[name]
        for field, names in wanted.items()
        if (name := next((name for name in names if name in places), ""))
    }
    if "path" not in fields:
        raise InputError("The declared log format names no path.", "It needs $request or $request_uri.")
    if "duration" in fields:
        fields["duration"] += ":s"
    return fields
