"""Reads TOML into dataclasses and names every mistake with its file and line.

msgspec checks the types of one value at a time, so that one pass reports all mistakes; tomllib gives no positions, so a
small scanner finds the line of a key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache, cached_property
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from launchready_tui.errors import ProfileError
from launchready_tui.text import did_you_mean, one_line

T = TypeVar("T")
Path = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_LINE = re.compile(r"at line (\d+)")


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.]+", dotted))


class TomlFile:
    """One TOML text with its name: the parsed `data`, the `line` of any key, and the `problems` found so far."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.problems: list[str] = []
        self.data: dict[str, Any] = {}
        self._text = text
        try:
            self.data = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            where = _LINE.search(str(error))
            sentence = re.sub(r"\s*\(at .*\)$", "", str(error)) or "nested too deeply"
            at_end = "end of document" in str(error)
            line = text.count("\n") + 1 if at_end else int(where.group(1)) if where else 1
            self.problems.append(f"{name}:{line}: not TOML: {one_line(sentence)}")

    @cached_property
    def _lines(self) -> dict[Path, int]:
        """Only mistakes need lines, so they are looked for when the first one is found."""
        return _positions(self._text)

    def line(self, path: Path) -> int:
        """The line of a key (the first below it, where it is a table), or of the nearest table around it.

        Counted from 1.
        """
        while path:
            below = [line for known, line in self._lines.items() if known[: len(path)] == path]
            if below:
                return min(below)
            path = path[:-1]
        return 1

    def problem(self, path: Path, message: str) -> None:
        """Note a mistake at a key."""
        self.problems.append(f"{self.name}:{self.line(path)}: {message}")

    def finish(self, hint: str = "") -> None:
        """Raise `ProfileError` with all mistakes, if there were any."""
        if self.problems:
            raise ProfileError(tuple(self.problems), hint)

    def tables(
        self, key: str, path: Path = (), within: Mapping[str, Any] | None = None
    ) -> list[tuple[Path, dict[str, Any]]]:
        """The tables of an array of tables, each with its path; notes a mistake where it is something else."""
        found = (self.data if within is None else within).get(key, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            self.problem((*path, key), f"{key} must be written as [[{key}]]")
            return []
        return [((*path, key, index), item) for index, item in enumerate(found)]

    def table(self, key: str) -> dict[str, Any]:
        """One table; notes a mistake where it is something else."""
        found = self.data.get(key, {})
        if not isinstance(found, dict):
            self.problem((key,), f"{key} must be written as [{key}]")
            return {}
        return found

    def known(self, table: Mapping[str, Any], path: Path, names: list[str], what: str) -> None:
        """Note every key that is not among the names, with the nearest one."""
        for key in table:
            if key not in names:
                self.problem((*path, key), f'unknown key "{one_line(key, 60)}" in {what}{did_you_mean(key, names)}')

    def read(
        self,
        table: Mapping[str, Any],
        path: Path,
        spec: type[T],
        *,
        what: str,
        rename: Mapping[str, str] | None = None,
        skip: tuple[str, ...] = (),
        extra: Mapping[str, Any] | None = None,
    ) -> T | None:
        """A dataclass from a table.

        `rename` maps field names to keys; fields in `skip` are the caller's, given in `extra`.

        Notes unknown keys, wrong types and missing keys; None if the value could not be made.
        """
        assert is_dataclass(spec)
        rename = rename or {}
        hints = _hints(spec)
        mine = [field for field in fields(spec) if field.name not in skip]
        keys = {field.name: rename.get(field.name, field.name) for field in mine}
        before = len(self.problems)
        self.known(table, path, [*keys.values(), *(rename.get(name, name) for name in (extra or {}))], what)
        values: dict[str, Any] = dict(extra or {})
        for field in mine:
            key = keys[field.name]
            if key in table:
                try:
                    values[field.name] = msgspec.convert(table[key], hints[field.name])
                except msgspec.ValidationError as error:
                    sentence = re.sub(r" - at `\$(.*)`", r" (at \1)", str(error)).replace("`", "")
                    choices = _choices(hints[field.name])
                    known = ""
                    if choices:
                        guess = did_you_mean(str(table[key]), choices)
                        known = f": choose one of {', '.join(choices)}{guess}"
                    plain = one_line(sentence[0].lower() + sentence[1:])
                    self.problem((*path, key), f"{what}: {key}: {plain}{known}")
            elif field.default is MISSING and field.default_factory is MISSING:
                self.problem(path, f"{what}: {key} is missing")
        if len(self.problems) > before:
            return None
        return spec(**values)


@cache
def _hints(spec: type[Any]) -> dict[str, Any]:
    """The types of the fields; finding them out takes a while, and a runbook has hundreds of tables."""
    return get_type_hints(spec)


def _choices(hint: Any) -> list[str]:
    """The words that a field may hold, where it is a choice of words; none where it is not."""
    if isinstance(hint, type) and issubclass(hint, Enum):
        return [str(member.value) for member in hint]
    return [choice for choice in get_args(hint) if isinstance(choice, str) and choice]


def _positions(text: str) -> dict[Path, int]:
    """The line of every table header and key. Strings over several lines are skipped."""
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    here: Path = ()
    closing = ""
    for number, line in enumerate(text.split("\n"), 1):
        if closing:
            if closing in line:
                closing = ""
            continue
        if header := _HEADER.match(line):
            names = _split(header.group(2))
            here = _resolve(names[:-1], counts)
            here = (*here, names[-1])
            if header.group(1) == "[[":
                index = counts.get(here, -1) + 1
                counts[here] = index
                here = (*here, index)
            elif here in counts:
                here = (*here, counts[here])
            found.setdefault(here, number)
            continue
        if key := _KEY.match(line):
            found.setdefault((*here, *_split(key.group(1))), number)
            rest = line[key.end() :]
            for quote in ('"""', "'''"):
                if rest.count(quote) % 2:
                    closing = quote
    return found


def _resolve(names: tuple[str, ...], counts: Mapping[Path, int]) -> Path:
    path: Path = ()
    for name in names:
        path = (*path, name)
        if path in counts:
            path = (*path, counts[path])
    return path
