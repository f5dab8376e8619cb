"""How one kind of line is read: a layout turns a block of lines into columns, and hands back the lines of other kinds.

A layout of text is one regular expression that finds all lines of a block in one call, which makes reading fast. Its
patterns never span lines, begin at the start of a line, and take time in proportion to the line's length, whatever is
in it. Within a block every line is led by a line feed: a pattern that begins with one passes foreign lines quickly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from launchready_tui.logs.timeline import Moment

Role = Literal["time", "time2", "call", "request", "method", "target", "status", "duration"]
"""What a group of a pattern holds. `call` is method and target with one space between, `request` a request line that
may be anything, `time2` the second half of a time that stands in two columns.
"""

Unit = Literal["", "s", "ms", "us", "ns"]
Call = bytes | str
Status = bytes | int | None

FACTORS: dict[str, float] = {"s": 1_000.0, "ms": 1.0, "us": 0.001, "ns": 0.000_001}
"""Milliseconds in a unit."""

_MOST_KNOWN = 65_536
_BLANK = re.compile(rb"\n[ \t\0]*(?=\n|\Z)")
_REQUEST = re.compile(rb"[A-Z][A-Z-]{1,19} [^ ?]*")


@dataclass(frozen=True, slots=True)
class Columns:
    """The requests of a block: equally long columns. `durations` are milliseconds; `gappy`: some of them are None.

    Without any duration `durations` is None.
    """

    times: Sequence[Moment]
    calls: Sequence[Call]
    statuses: Sequence[Status]
    durations: Iterable[float | None] | None = None
    gappy: bool = False


class Layout(Protocol):
    """One kind of line. `name` is a slug, `title` for people; `timed`: its lines carry durations."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def timed(self) -> bool: ...

    def read(self, block: bytes, lines: int) -> tuple[Columns | None, bytes]:
        """The requests of a block of that many lines, and the lines that are of another kind.

        Every line of the block is led by a line feed.
        """
        ...


class _Milliseconds(dict[bytes, float]):
    """Remembers numbers by their text: most logs have few different ones."""

    def __init__(self, factor: float) -> None:
        self._factor = factor

    def __missing__(self, text: bytes) -> float:
        value = float(text) * self._factor
        if len(self) < _MOST_KNOWN:
            self[text] = value
        return value


@dataclass(slots=True)
class TextLayout:
    """A layout of text. `roles` name the groups of `pattern`, in order; `unit` is that of the durations.

    Where there are several durations (parts of a request's time) they are summed; a part below 0 means that there is
    none. An empty duration, or `-`, is missing.
    """

    name: str
    title: str
    pattern: str
    roles: tuple[Role, ...]
    unit: Unit = ""
    gappy: bool = False
    _regex: re.Pattern[bytes] | None = field(default=None, repr=False)
    _known: _Milliseconds | None = field(default=None, repr=False)

    @property
    def timed(self) -> bool:
        """Whether its lines carry durations."""
        return "duration" in self.roles

    @property
    def regex(self) -> re.Pattern[bytes]:
        """The compiled pattern: compiling takes a while, so it happens when it is needed."""
        if self._regex is None:
            self._regex = led(self.pattern)
        return self._regex

    def read(self, block: bytes, lines: int) -> tuple[Columns | None, bytes]:
        """As `Layout.read`."""
        found = self.regex.findall(block)
        if not found:
            return None, block
        columns = self._columns(found)
        # Every match is a whole line, so equal numbers mean that all lines were read.
        return columns, b"" if len(found) == lines else self.regex.sub(b"", block)

    def _columns(self, found: list[tuple[bytes, ...]]) -> Columns:
        groups = tuple(zip(*found, strict=True))
        parts: dict[Role, tuple[bytes, ...]] = dict(zip(self.roles, groups, strict=True))
        size = len(found)
        times: Sequence[Moment] = parts.get("time") or (None,) * size
        if "time2" in parts:
            times = [b"%b %b" % pair for pair in zip(parts["time"], parts["time2"], strict=True)]
        calls: Sequence[bytes]
        if "call" in parts:
            calls = parts["call"]
        elif "request" in parts:
            calls = [_call(text) for text in parts["request"]]
        elif "method" in parts:
            calls = [b"%b %b" % pair for pair in zip(parts["method"], parts["target"], strict=True)]
        else:
            calls = [b"GET " + text for text in parts["target"]]
        statuses: Sequence[Status] = parts.get("status") or (None,) * size
        return Columns(times, calls, statuses, self._durations(groups), gappy=self._gappy)

    @property
    def _gappy(self) -> bool:
        return self.gappy or self.roles.count("duration") > 1

    def _durations(self, groups: tuple[tuple[bytes, ...], ...]) -> Iterable[float | None] | None:
        if not self.timed:
            return None
        if self._known is None:
            self._known = _Milliseconds(FACTORS[self.unit])
        known = self._known
        several = [group for group, role in zip(groups, self.roles, strict=True) if role == "duration"]
        if len(several) > 1:
            return [_sum([known[part] for part in parts]) for parts in zip(*several, strict=True)]
        if self.gappy:
            return [known[text] if text[:1].isdigit() else None for text in several[0]]
        return map(known.__getitem__, several[0])


def _call(request: bytes) -> bytes:
    """Method and target of a request line, or the whole of it after a dash where it is no HTTP."""
    found = _REQUEST.match(request)
    return found[0] if found else b"- " + request


def _sum(parts: list[float]) -> float | None:
    return None if min(parts) < 0 else sum(parts)


def led(pattern: str) -> re.Pattern[bytes]:
    """A pattern for a whole line, `^…`, as one for the lines of a block."""
    whole = pattern if pattern.endswith("$") else pattern + r"[^\n]*$"
    return re.compile(rf"\n{whole.removeprefix('^')}".encode("latin-1"), re.MULTILINE)


def joined(lines: Iterable[bytes]) -> bytes:
    """Lines as a block."""
    return b"".join(b"\n" + line for line in lines)


def tidy(block: bytes) -> bytes:
    """The block without its blank lines."""
    return _BLANK.sub(b"", block)
