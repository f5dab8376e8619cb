"""Tells how the lines of a file are to be read, from samples of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from launchready_tui.errors import InputError
from launchready_tui.logs import envelope, w3c
from launchready_tui.logs.commonlog import TIMED
from launchready_tui.logs.declared import DeclaredFields, declared, is_declaration
from launchready_tui.logs.dialects import DIALECTS, mapped
from launchready_tui.logs.jsonlog import JsonLayout, read_any
from launchready_tui.logs.layouts import Layout, TextLayout, joined, tidy
from launchready_tui.logs.plan import Plan, text_layouts
from launchready_tui.text import did_you_mean, one_line

FAMILIES: dict[str, tuple[str, ...]] = {
    "nginx": ("combined-timed", "combined", "common", "combined-more", "nginx-host-time", "nginx-proxy-manager"),
    "apache": ("combined-timed", "combined", "common", "combined-more"),
    "combined": ("combined-timed", "combined", "combined-more"),
    "common": ("common",),
    "traefik": ("traefik", "traefik-json"),
    "envoy": ("envoy", "envoy-json"),
    "lograge": ("lograge", "lograge-json"),
    "logfmt": ("logfmt-ms", "logfmt-s", "logfmt"),
    "iis": ("iis", "iis-event"),
    "bunkerweb": ("combined-timed", "combined", "combined-more"),
    "litespeed": ("combined-timed", "combined", "common", "combined-more"),
}
"""Names that stand for several layouts; any other is the name of one."""

_BUNKERWEB = re.compile(rb"\n\S+ \S+ - [0-9a-f]{32} - \[")
"""Host and client, then the number of the request where others have the user."""

MOST_SAMPLED = 400
"""Lines of a file that are looked at to recognise its format."""

_SLACK = 2.0
"""Milliseconds by which the time of a part may exceed that of the whole, because both are rounded."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the operator says of the format: '' or a name or a declared line, and where the fields of JSON are."""

    format: str = ""
    fields: tuple[tuple[str, str], ...] = ()


ANY = Wanted()
"""Nothing was said: recognise it."""


def names() -> list[str]:
    """Every name of a format."""
    single = {_base(layout.name) for layout in text_layouts()} | {dialect.name for dialect in DIALECTS}
    return sorted(single | set(FAMILIES))


def _base(name: str) -> str:
    return name.partition("/")[0].rstrip("+")


def layouts_of(wanted: Wanted) -> tuple[Layout, ...]:
    """The layouts that the operator named; none where the format is to be recognised.

    Raises `InputError` for an unknown name, a declared line that names no path, and a mapping that makes no sense.
    """
    if wanted.fields:
        if is_declaration(wanted.format):
            raise InputError(
                "A declared format and a mapping of fields exclude each other.",
                "The mapping is for JSON; leave one out.",
            )
        return (JsonLayout(mapped(dict(wanted.fields))),)
    if not wanted.format:
        return ()
    if is_declaration(wanted.format):
        found = declared(wanted.format)
        return (JsonLayout(mapped(found.fields)),) if isinstance(found, DeclaredFields) else (found,)
    members = FAMILIES.get(wanted.format, (wanted.format,))
    text = [layout for layout in text_layouts() if _base(layout.name) in members]
    json = [JsonLayout(dialect) for dialect in DIALECTS if dialect.name in members]
    if not text and not json:
        guess = did_you_mean(wanted.format, names())
        raise InputError(
            f"There is no log format {one_line(wanted.format, 60)}{guess}",
            f"Formats are {', '.join(names())}, or a line of log_format (nginx) or LogFormat (Apache).",
        )
    return (*text, *json)


def recognise(samples: Iterable[bytes], wanted: Wanted = ANY) -> Plan:
    """How to read a file, from sample lines of it."""
    block = tidy(joined(line.rstrip(b"\r\n") for line in islice(samples, MOST_SAMPLED)))
    named = layouts_of(wanted)
    header = _header(block)
    block = w3c.COMMENT.sub(b"", block)
    inner = b""
    if b"{" in block:
        inner, _ = envelope.unwrap(block)
    found, read = _by_lines(block, named, header)
    if len(_BUNKERWEB.findall(block)) * 2 > read:
        _name(found, "BunkerWeb")
    if inner and read < block.count(b"\n"):
        within, read_within = _by_lines(inner, named, header)
        if read_within > read:
            return Plan(within, wrapped=True, only=bool(named))
    return Plan(found, only=bool(named))


def _name(found: tuple[Layout, ...], title: str) -> None:
    for layout in found:
        if isinstance(layout, TextLayout) and _base(layout.name) in FAMILIES["combined"]:
            layout.title = title if layout.title.startswith("combined (nginx, Apache)") else layout.title


def _header(block: bytes) -> TextLayout | None:
    """The layout of the last `#Fields:` line."""
    begin = block.rfind(w3c.FIELDS)
    if begin < 0:
        return None
    return w3c.layout_of(block[begin:].partition(b"\n")[0])


def _by_lines(block: bytes, named: tuple[Layout, ...], header: TextLayout | None) -> tuple[tuple[Layout, ...], int]:
    """The layouts that read the lines, in the order in which they are to be tried, and how many lines they read."""
    total = block.count(b"\n")
    candidates: list[Layout] = list(named) or text_layouts()
    if header is not None and not named:
        candidates.insert(0, header)
    candidates = _best_time_first(candidates, block)
    found: list[Layout] = []
    json: list[Layout] = []
    rest = block
    if not named and b"{" in rest:
        counted, rest = read_any(rest, DIALECTS)
        json = [JsonLayout(dialect) for dialect, columns in zip(DIALECTS, counted, strict=True) if columns is not None]
    lines_of_json = total - rest.count(b"\n")
    for layout in candidates:
        if not rest:
            break
        columns, rest = layout.read(rest, rest.count(b"\n"))
        if columns is not None:
            found.append(layout)
    if header is not None and header not in found and not named:
        found.insert(0, header)
    read = total - rest.count(b"\n")
    return tuple(json + found if lines_of_json * 2 >= read else found + json) or named, read


def _best_time_first(candidates: list[Layout], block: bytes) -> list[Layout]:
    """The layouts, of those that differ in the place of the request time the best first.

    A line may hold several times: that of the whole and that of a part, such as the server's behind a proxy. The whole
    is never shorter.
    """
    found = list(candidates)
    for thorough in (False, True):
        group = [
            place
            for place, layout in enumerate(found)
            if layout.name.startswith(f"{TIMED}/") and layout.name.endswith("+") == thorough
        ]
        members = [found[place] for place in group]
        times = {layout.name: _times(layout, block) for layout in members if isinstance(layout, TextLayout)}
        best = _best(times)
        members.sort(key=lambda layout: layout.name != best)
        for place, layout in zip(group, members, strict=True):
            found[place] = layout
    return found


def _times(layout: TextLayout, block: bytes) -> dict[bytes, float]:
    """Lines and the times that a layout sees in them."""
    found = {}
    place = layout.roles.index("duration") + 1
    for match in layout.regex.finditer(block):
        found[match[0]] = float(match[place]) * (1_000 if layout.unit == "s" else 1)
    return found


def _best(times: Mapping[str, Mapping[bytes, float]]) -> str:
    """Of the places of the time the one that most lines have; among equals the one that holds the longer times."""
    best = ""
    for name, mine in times.items():
        theirs = times.get(best, {})
        both = [(mine[line], theirs[line]) for line in mine if line in theirs]
        longer = both and sum(a + _SLACK >= b for a, b in both) > sum(b + _SLACK >= a for a, b in both)
        if len(mine) > len(theirs) or (mine and len(mine) == len(theirs) and longer):
            best = name
    return best
