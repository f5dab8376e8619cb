"""Pure: PostgreSQL's log_line_prefix, declared or recognised, and what it says about a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

SEVERITIES = (
    "LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|DEBUG[1-5]?|DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LOCATION|BACKTRACE"
)
LABEL = re.compile(rf"(?:^|[^A-Za-z])(?:{SEVERITIES}):  ?\S?")
"""Whether a text holds the label of a message at all."""

KNOWN = (
    "",
    "%m [%p] ",
    "%m [%p] %q%u@%d ",
    "%t:%r:%u@%d:[%p]:",
    "%m:%r:%u@%d:[%p]:%l:%e:%s:%v:%x:%c:%q%a",
    "%m [%p]: [%l-1] db=%d,user=%u ",
    "%m [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
    "%m [%p]: user=%u,db=%d,app=%a,client=%h ",
    "%m [%p] [user=%u,db=%d,app=%a] ",
    "%m [%p] %q[user=%u,db=%d,app=%a] ",
    "%m [%p] %q%u@%d/%a ",
    "%m [%p] %q%u@%d %a ",
    "%m [%p-%l] %q%u@%d ",
    "%m [%c] %q%u@%d ",
    "%m-%c-",
    "%h %m [%p] %q%u@%d ",
    "%m %p %l-1 db-%d,user-%u,app-%a,client-%h ",
    "%n [%p] %q%u@%d ",
    "%q%u@%d ",
)
"""Prefixes that are tried: of packages, RDS, Cloud SQL, Azure, Supabase, and those that log analysers recommend."""

_ZONE = r"(?: ?[A-Z]{1,5}|[+-]\d\d(?::?\d\d)?| [+-]\d\d(?::?\d\d)?)?"
_STAMP = rf"\d{{4}}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{{1,6}})?{_ZONE}"
_ESCAPES = {
    "m": rf"(?P<at>{_STAMP})",
    "t": rf"(?P<at>{_STAMP})",
    "n": r"(?P<at>\d{10}\.\d{3})",
    "p": r"(?P<pid>\d+)",
    "c": r"(?P<session>[0-9a-f]{1,16}\.[0-9a-f]{1,8})",
    "u": r"(?P<user>\[unknown\]|[^\s@,]{0,128}?)",
    "d": r"(?P<database>\[unknown\]|[^\s@,/]{0,128}?)",
    "a": r"(?P<application>.{0,128}?)",
    "s": _STAMP,
    "r": r"(?:\S{0,128}?(?:\(\d*\))?)",
    "h": r"\S{0,128}?",
    "L": r"\S{0,128}?",
    "l": r"\d*",
    "i": r"[A-Za-z ]{0,40}?",
    "b": r"[\w \[\]-]{0,60}?",
    "e": r"[0-9A-Z]{5}",
    "v": r"\S{0,40}?",
    "x": r"\d*",
    "P": r"\d*",
    "Q": r"-?\d*",
    "%": "%",
}


class Head(NamedTuple):
    """What stands before and behind the label of a line."""

    severity: str
    message: str
    at: str = ""
    session: str = ""
    user: str = ""
    database: str = ""
    application: str = ""


def compiled(template: str) -> re.Pattern[str]:
    """A log_line_prefix as a pattern for whole lines. Raises `ValueError` for an escape that PostgreSQL has not."""
    parts: list[str] = []
    optional = 0
    seen: set[str] = set()
    for padded, escape, plain in re.findall(r"%(-?\d*)(.)|([^%]+)", template, re.DOTALL):
        if plain:
            parts.append(re.escape(plain))
        elif escape == "q":
            parts.append("(?:")
            optional += 1
        elif escape not in _ESCAPES:
            raise ValueError(f"%{escape} is no escape of log_line_prefix")
        else:
            pattern = _ESCAPES[escape]
            if (name := re.match(r"\(\?P<(\w+)>", pattern)) is not None:
                pattern = f"(?:{pattern[name.end() :]}" if name[1] in seen else pattern
                seen.add(name[1])
            parts.append(rf" *{pattern} *" if padded else pattern)
    return re.compile("".join(parts) + ")?" * optional + rf"(?P<severity>{SEVERITIES}):  ?(?P<message>.*)", re.DOTALL)


class Prefix:
    """Reads the heads of lines of one log_line_prefix."""

    def __init__(self, template: str) -> None:
        self.template = template
        pattern = compiled(template)
        self._match = pattern.match
        names = pattern.groupindex
        session = names.get("session") or names.get("pid") or 0
        wanted = [names.get("at", 0), session, *(names.get(name, 0) for name in ("user", "database", "application"))]
        self._order = (names["severity"], names["message"], *wanted)

    def read(self, line: str) -> Head | None:
        """The head of a line, None for one that has none."""
        found = self._match(line)
        if found is None:
            return None
        groups = ("", *found.groups(""))
        return Head(*[groups[place] for place in self._order])


class AnyPrefix:
    """Reads heads without knowing the prefix: finds time, process, user@database and `key=value` pairs in it."""

    template = "?"

    _LINE = re.compile(rf"(?P<prefix>.{{0,600}}?)(?<![A-Za-z])(?P<severity>{SEVERITIES}):  ?(?P<message>.*)", re.DOTALL)
    _TIME = re.compile(rf"{_STAMP}|\b\d{{10}}\.\d{{3}}\b")
    _PROCESS = re.compile(r"\b([0-9a-f]{8}\.[0-9a-f]{1,8})\b|[\[(](\d{1,10})(?:-\d{1,10})?[\])]")
    _WHO = re.compile(r"(?<![\w=])([\w.$-]{1,64}|\[unknown\])@([\w.$-]{1,64}|\[unknown\])")
    _PAIR = re.compile(
        r"\b(session_id|pid|user|username|db|database|dbname|app|application_name|application)\s?=\s?"
        r'(?:"([^"]{0,128})"|([^\s",\]]{0,128}))'
    )

    def read(self, line: str) -> Head | None:
        """The head of a line, None for one without a label."""
        found = self._LINE.match(line)
        if found is None:
            return None
        prefix = found["prefix"]
        pairs = {name: quoted or bare for name, quoted, bare in reversed(self._PAIR.findall(prefix))}
        time, process, who = (pattern.search(prefix) for pattern in (self._TIME, self._PROCESS, self._WHO))
        return Head(
            found["severity"],
            found["message"],
            time[0] if time else "",
            pairs.get("session_id") or pairs.get("pid") or ((process[1] or process[2]) if process else ""),
            pairs.get("user") or pairs.get("username") or (who[1] if who else ""),
            pairs.get("database") or pairs.get("dbname") or pairs.get("db") or (who[2] if who else ""),
            pairs.get("application_name") or pairs.get("application") or pairs.get("app") or "",
        )


def recognised(lines: Iterable[str]) -> Prefix | AnyPrefix:
    """The prefix that reads most of the lines with a label; of equals the one that says most."""
    heads = [line for line in lines if LABEL.search(line[:800])][:500]
    best: tuple[int, int, Prefix] | None = None
    for template in KNOWN:
        prefix = Prefix(template)
        read = [head for line in heads if (head := prefix.read(line)) is not None]
        told = _told(read)
        if best is None or (len(read), told) > best[:2]:
            best = (len(read), told, prefix)
    if best is None or best[0] < 0.9 * len(heads):
        return AnyPrefix()
    told = _told([head for line in heads if (head := AnyPrefix().read(line)) is not None])
    return best[2] if best[1] >= told else AnyPrefix()


def _told(heads: Sequence[Head]) -> int:
    """How many fields a prefix fills, over all lines."""
    return sum(
        bool(head.at) + bool(head.session) + bool(head.user) + bool(head.database) + bool(head.application)
        for head in heads
    )
