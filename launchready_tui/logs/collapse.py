"""Puts rare routes together where a path has more children than anybody reads. Pure.

Scanners try thousands of paths that nobody serves, and some products give every user a path of their own below the
root. Both would bury the routes that matter, and neither must swallow them: what something answered is kept apart from
what nothing did, and of many that were answered the busy ones keep their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from launchready_tui.logs.templates import ID

MOST_CHILDREN = 100
"""Different segments below one path, beyond which the rare ones are put together."""

SHARE = 0.01
"""Of the answered requests below a path: with as many a segment keeps its name in any case."""

UNSERVED = "*"
"""The segment that stands for those that nothing ever answered."""

Route = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Weight:
    """Requests of a route, and how many of them were answered with something (1xx to 3xx, or failed with 5xx)."""

    count: int
    answered: int


@dataclass(slots=True)
class _Node:
    """A path: its requests and those below it; `routes` end here."""

    answered: int = 0
    count: int = 0
    children: dict[str, _Node] = field(default_factory=dict)
    routes: list[Route] = field(default_factory=list)

    def absorb(self, other: _Node) -> None:
        """Add another path, child by child."""
        self.answered += other.answered
        self.count += other.count
        self.routes += other.routes
        for segment, child in other.children.items():
            mine = self.children.get(segment)
            if mine is None:
                self.children[segment] = child
            else:
                mine.absorb(child)


def collapse(routes: Mapping[Route, Weight], most: int = MOST_CHILDREN) -> dict[Route, Route]:
    """The name under which each route is counted; its own for most."""
    root = _Node()
    names: dict[Route, Route] = {}
    for route, weight in routes.items():
        if not route[1].startswith("/"):
            names[route] = route
            continue
        node = root
        for segment in ("", *route[1][1:].split("/")):
            node = node.children.setdefault(segment, _Node())
            node.count += weight.count
            node.answered += weight.answered
        node.routes.append(route)
    waiting: list[tuple[_Node, str]] = [(child, "") for child in root.children.values()]
    while waiting:
        node, path = waiting.pop()
        for route in node.routes:
            names[route] = (route[0], path or "/")
        _thin(node, most)
        waiting += [(child, f"{path}/{segment}") for segment, child in node.children.items()]
    return names


def _thin(node: _Node, most: int) -> None:
    """Put the rare children of a path together if there are too many."""
    if len(node.children) <= most:
        return
    unserved = {segment for segment, child in node.children.items() if not child.answered}
    _together(node, unserved, UNSERVED)
    served = [(segment, child) for segment, child in node.children.items() if segment not in (UNSERVED, ID)]
    if len(served) > most:
        total = sum(child.answered for _, child in served)
        _together(node, {segment for segment, child in served if child.answered < SHARE * total}, ID)


def _together(node: _Node, segments: Iterable[str], name: str) -> None:
    for segment in sorted(segments):
        child = node.children.pop(segment)
        target = node.children.get(name)
        if target is None:
            node.children[name] = child
        else:
            target.absorb(child)
