"""Reads blocks of a JSON log whose lines are all of one shape, into objects that hold only the wanted fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

import msgspec

from launchready_tui.logs.dialects import Dialect, Place, Took
from launchready_tui.logs.jsonrows import at, between, call_of, is_path, milliseconds, row_of, status_of, took_of
from launchready_tui.logs.layouts import Columns, joined

_PREFIX = re.compile(rb"\n[^{\n]+(?=\{)")
_ALIKE = 50
_decode = msgspec.json.Decoder().decode


class Shape:
    """Reads blocks whose lines all have their fields at the same places, into objects with these fields only."""

    def __init__(self, dialect: Dialect, places: dict[str, Place], took: Took | None) -> None:
        self._dialect = dialect
        self._took = took
        self._status_needed = not dialect.marks and bool(dialect.status)
        self._beginning = dialect.only[1]
        marks = {f"mark{number}": mark for number, mark in enumerate(dialect.marks)}
        wanted = places | marks
        if self._beginning:
            wanted["only"] = dialect.only[0]
        tree: dict[str, Any] = {}
        for where in wanted.values():
            _plant(tree, where)
        names: dict[Place, str] = {}
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(_struct(tree, (), names))
        self._get: dict[str, Callable[[Any], Any]] = {role: attrgetter(names[where]) for role, where in wanted.items()}
        self._marks = list(marks)

    @classmethod
    def of(cls, dialect: Dialect, block: bytes) -> Shape | None:
        """The shape of a dialect in the first lines of a block; None where it is not to be seen in them."""
        items = []
        for line in block.split(b"\n", _ALIKE + 1)[1:_ALIKE]:
            begin = line.find(b"{")
            try:
                item = _decode(line[begin:]) if begin >= 0 else None
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                continue
            if isinstance(item, dict) and row_of(item, dialect) is not None:
                items.append(item)
        if not items:
            return None
        places: dict[str, Place] = {}
        for role, candidates in (
            ("path", dialect.path),
            ("method", dialect.method),
            ("status", dialect.status),
            ("time", dialect.time),
        ):
            found = [next((where for where in candidates if at(item, where) not in (None, "")), None) for item in items]
            if found[0] is not None:
                places[role] = found[0]
            if len(set(found)) > 1:
                return None
        took = [next((took for took in dialect.took if took_of(item, took) is not None), None) for item in items]
        if len(set(took)) > 1:
            return None
        if took[0] is not None:
            places["took"] = took[0].place
            if took[0].until:
                places["until"] = took[0].until
        if not _apart((*places.values(), *dialect.marks, dialect.only[0])):
            return None
        return cls(dialect, places, took[0])

    def read(self, block: bytes, lines: int) -> tuple[Columns | None, bytes] | None:
        """The requests of a block, and the lines that describe none; None where it has to be read line by line."""
        bare = block if block.startswith(b"\n{") else _PREFIX.sub(b"\n", block)
        try:
            items = self._decoder.decode_lines(bare)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        if len(items) != lines:
            return None
        paths = list(map(self._get["path"], items))
        statuses = self._column("status", items)
        good = [
            is_path(path, self._dialect) and (status is not None or not self._status_needed)
            for path, status in zip(paths, statuses, strict=True)
        ]
        for mark in self._marks:
            good = [fine and value is not None for fine, value in zip(good, map(self._get[mark], items), strict=True)]
        if self._beginning:
            texts = map(self._get["only"], items)
            good = [
                fine and (type(text) is not str or text.startswith(self._beginning))
                for fine, text in zip(good, texts, strict=True)
            ]
        rest = b""
        if not all(good):
            rest = joined(line for line, fine in zip(block.split(b"\n")[1:], good, strict=True) if not fine)
            items = [item for item, fine in zip(items, good, strict=True) if fine]
            if not items:
                return None, rest
            paths = list(map(self._get["path"], items))
            statuses = self._column("status", items)
        methods = self._column("method", items)
        calls = [
            call_of(method if type(method) is str else "", path) for method, path in zip(methods, paths, strict=True)
        ]
        return Columns(self._column("time", items), calls, statuses, self._durations(items), gappy=True), rest

    def _column(self, role: str, items: list[Any]) -> list[Any]:
        get = self._get.get(role)
        if get is None:
            return [None] * len(items)
        values = list(map(get, items))
        if role == "status":
            return [status_of(value) for value in values]
        if role == "time":
            return [value if isinstance(value, str | int | float) else None for value in values]
        return values

    def _durations(self, items: list[Any]) -> list[float | None] | None:
        if self._took is None:
            return None
        values = map(self._get["took"], items)
        if "until" in self._get:
            return [between(start, end) for start, end in zip(values, map(self._get["until"], items), strict=True)]
        unit = self._took.unit
        return [milliseconds(value, unit) for value in values]


def _plant(tree: dict[str, Any], place: Place) -> None:
    for key in place[:-1]:
        tree = tree.setdefault(key, {})
    tree[place[-1]] = None


def _apart(places: Iterable[Place]) -> bool:
    """Whether none of the places lies within another."""
    kept = set(places)
    return not any(place[:length] in kept for place in kept for length in range(1, len(place)))


def _struct(tree: dict[str, Any], before: Place, names: dict[Place, str]) -> type:
    """A type that holds the fields of a tree and nothing else; `names` gets how each place is reached in it."""
    prefix = f"{names[before]}." if before else ""
    fields: list[Any] = []
    renamed: dict[str, str] = {}
    for number, (key, inner) in enumerate(tree.items()):
        attribute = f"f{number}"
        renamed[attribute] = key
        names[(*before, key)] = prefix + attribute
        if isinstance(inner, dict):
            kind = _struct(inner, (*before, key), names)
            fields.append((attribute, kind, msgspec.field(default_factory=kind)))
        else:
            fields.append((attribute, Any, None))
    return msgspec.defstruct("Line", fields, rename=renamed)
