"""How the lines of one file are to be read."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from launchready_tui.logs import w3c
from launchready_tui.logs.commonlog import layouts as common_layouts
from launchready_tui.logs.layouts import Layout, led
from launchready_tui.logs.servers import LAYOUTS, PAIRS


@dataclass(frozen=True, slots=True)
class Plan:
    """`first` are the layouts of the file's lines, in the order in which they are tried.

    `wrapped`: the lines stand within JSON objects. `only`: nothing but `first` is tried, because it was declared.
    """

    first: tuple[Layout, ...] = ()
    wrapped: bool = False
    only: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Layouts whose lines all pass a `gate`: lines that do not need not be tried against each of them."""

    gate: re.Pattern[bytes] | None
    layouts: tuple[Layout, ...]


def groups() -> list[Group]:
    """Every layout of text, in the order in which a line is tried that the file's own layouts do not read."""
    # A fresh copy of each: recognising a product changes the title of a layout.
    return [
        Group(led(r'^.*\] ".*" (?:\d\d\d|-)'), tuple(common_layouts())),
        Group(led(r'^.*(?:method|verb)="?[A-Z]'), tuple(replace(layout) for layout in PAIRS)),
        Group(None, tuple(replace(layout) for layout in LAYOUTS)),
        Group(None, tuple(w3c.fallbacks())),
    ]


def text_layouts() -> list[Layout]:
    """Every layout of text."""
    return [layout for group in groups() for layout in group.layouts]
