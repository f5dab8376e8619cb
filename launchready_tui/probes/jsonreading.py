"""Pure: reads JSON documents into facts about their fields. Bounded, without recursion of its own, tolerant.

Doubled keys are all read (a parser that keeps the last one would hide the others), numbers keep their text, NaN is
taken for null. A document that is nested deeper than the parser goes is unreadable, which is said.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from launchready_tui.model.questions.payload import Danger, Exposure, KeyPath, LongList
from launchready_tui.probes.sensitive import Mark, marks, part_of_address
from launchready_tui.probes.values import Number, email_addresses, precise
from launchready_tui.text import one_line

MOST_NODES = 300_000
"""Values that are looked at, over all documents of an answer."""

MOST_PATHS = 2_000
MOST_EXPOSURES = 200
MOST_LISTS = 50
MOST_PATH = 200
"""Characters of a path."""

_NAME = re.compile(r"[^\W\d][\w$@:.+ -]{0,63}")
_LONG_NUMBER = re.compile(r"\d{3}")
_ANY = "*"
"""Stands for keys that are values themselves: ids, dates, addresses."""

_PLACE_LISTS = frozenset({"coordinates", "coords", "latlng", "lnglat", "geo"})
_PREFIXES = (")]}',", "while(1);", "for(;;);")
"""What is put before JSON so that no script tag can read it."""


class _Pairs(tuple[tuple[str, Any], ...]):
    """An object with all its keys, doubled ones too."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A text that is no JSON."""

    why: str


@dataclass(slots=True)
class _Seen:
    """A path so far."""

    count: int = 0
    bytes: int = 0
    leaf: bool = False


@dataclass(slots=True)
class Reading:
    """What was read of all documents of one answer. `terms`, `own`, `decimals` are those of the question.

    `only` keeps the marks of these dangers alone (structured data for search engines has addresses on purpose).
    """

    terms: tuple[str, ...]
    own: tuple[str, ...] = ()
    decimals: int = 2
    documents: int = 0
    largest: int = 0
    nodes: int = 0
    cut: bool = False
    unreadable: list[str] = field(default_factory=list)
    _paths: dict[str, _Seen] = field(default_factory=dict)
    _lists: dict[str, int] = field(default_factory=dict)
    _marks: dict[tuple[str, Mark], int] = field(default_factory=dict)

    def take(self, text: str, size: int, only: frozenset[Danger] | None = None) -> bool:
        """Read one document of `size` bytes; False (and a line in `unreadable`) where it is none."""
        self.largest = max(self.largest, size)
        document = parse(text)
        if isinstance(document, Unreadable):
            self.unreadable.append(document.why)
            return False
        self.documents += 1
        for name, path, value in self._walk(document):
            for mark in self._found(name, path, value):
                if only is None or mark.danger in only:
                    self._mark(path, mark)
        return True

    @property
    def keys(self) -> tuple[KeyPath, ...]:
        """The fields in the order in which they were met."""
        return tuple(KeyPath(path, seen.count, seen.bytes, seen.leaf) for path, seen in self._paths.items())

    @property
    def lists(self) -> tuple[LongList, ...]:
        """The longest lists."""
        ranked = sorted(self._lists.items(), key=lambda pair: (-pair[1], pair[0]))
        return tuple(LongList(path or "[]", items) for path, items in ranked[:MOST_LISTS])

    @property
    def exposures(self) -> tuple[Exposure, ...]:
        """The fields that should not be public, in the order in which they were met."""
        return tuple(
            Exposure(path, mark.danger, mark.what, count, mark.certain) for (path, mark), count in self._marks.items()
        )

    def _found(self, name: str, path: str, value: Any) -> tuple[Mark, ...]:
        if isinstance(value, _Pairs):
            return self._named_by_value(value)
        if isinstance(value, list):
            place = name.lower().replace("_", "") in _PLACE_LISTS and 2 <= len(value) <= 3
            if place and all(precise(item, self.decimals) for item in value[:2]):
                return (Mark("location", f"a coordinate with more than {self.decimals} decimals"),)
            return ()
        found = marks(name, path, value, terms=self.terms, own=self.own, decimals=self.decimals)
        if not found and "address" in self.terms and part_of_address(path, name, value):
            return (Mark("personal", "a street address"),)
        return found

    def _named_by_value(self, pairs: _Pairs) -> tuple[Mark, ...]:
        """An object whose keys are people: `{"anna@…": {…}}`."""
        if any("@" in key and email_addresses(key, self.own) for key, _ in pairs[:100]):
            return (Mark("personal", "keys that are e-mail addresses"),)
        return ()

    def _mark(self, path: str, mark: Mark) -> None:
        key = (path or "the document", mark)
        if key in self._marks or len(self._marks) < MOST_EXPOSURES:
            self._marks[key] = self._marks.get(key, 0) + 1
        else:
            self.cut = True

    def _walk(self, document: Any) -> Iterator[tuple[str, str, Any]]:
        """All values with their key and path, the document itself included."""
        stack: list[tuple[str, str, Any, bool]] = [("", "", document, False)]
        while stack:
            name, path, value, is_item = stack.pop()
            self.nodes += 1
            if self.nodes > MOST_NODES:
                self.cut = True
                return
            if name and not is_item:
                self._count(name, path, value)
            yield name, path, value
            if isinstance(value, _Pairs):
                stack += [(key, _below(path, key), inner, False) for key, inner in reversed(value)]
            elif isinstance(value, list):
                inside = f"{path}[]"[:MOST_PATH]
                self._lists[inside] = max(self._lists.get(inside, 0), len(value))
                stack += [(name, inside, inner, True) for inner in reversed(value)]

    def _count(self, name: str, path: str, value: Any) -> None:
        seen = self._paths.get(path)
        if seen is None:
            if len(self._paths) >= MOST_PATHS:
                self.cut = True
                return
            seen = self._paths[path] = _Seen()
        seen.count += 1
        seen.bytes += len(name) + 4 + _size(value)
        seen.leaf = seen.leaf or _is_leaf(value)


def parse(text: str) -> Any:
    """A JSON document: objects as pairs, numbers as their text; `Unreadable` for a text that is none."""
    text = text.lstrip("\ufeff \t\r\n")
    for prefix in _PREFIXES:
        text = text.removeprefix(prefix)
    try:
        return json.loads(
            text, object_pairs_hook=_Pairs, parse_int=_number, parse_float=_number, parse_constant=lambda _: None
        )
    except RecursionError:
        return Unreadable("nested too deep")
    except (ValueError, MemoryError) as error:
        return Unreadable(f"no JSON: {one_line(str(error).partition(':')[0], 80)}")


def _number(text: str) -> Number:
    return Number(text[:40])


def _below(path: str, key: str) -> str:
    """The path of a field. A key that is a value itself must not be stored."""
    named = key if _NAME.fullmatch(key) and "@" not in key[1:] and not _LONG_NUMBER.search(key) else _ANY
    shown = one_line(named, 64)
    return (f"{path}.{shown}" if path else shown)[:MOST_PATH]


def _size(value: Any) -> int:
    """About how many bytes a value takes by itself in the text; what is inside a container counts there."""
    if isinstance(value, Number):
        return len(value)
    if isinstance(value, str):
        return len(value) + 2
    if isinstance(value, list):
        return 2 + sum(_size(item) + 1 for item in value[:1_000] if not isinstance(item, _Pairs | list))
    return 2 if isinstance(value, _Pairs) else 4


def _is_leaf(value: Any) -> bool:
    if isinstance(value, _Pairs):
        return False
    return not (isinstance(value, list) and any(isinstance(item, _Pairs | list) for item in value[:100]))
