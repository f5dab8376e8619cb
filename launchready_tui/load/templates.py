"""Placeholders in paths and bodies, and extractors that fill them from what the server said. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[a-z]+)?)\}")
"""`{word}`, `{n}`, `{account.username}`; any other brace stands for itself."""

MOST_TEXT = 1_000_000
"""Characters of a body that extractors look at."""

MOST_VALUES = 200
"""Values that one extractor finds."""

MOST_LENGTH = 4_096
"""Characters of one value; anything longer is no id and no token."""


def names(text: str) -> frozenset[str]:
    """The placeholders of a template."""
    return frozenset(PLACEHOLDER.findall(text))


def fill(template: str, value: Callable[[str], str]) -> str:
    """The template with its placeholders filled. What `value` raises passes through."""
    return PLACEHOLDER.sub(lambda found: value(found[1]), template) if "{" in template else template


def fill_path(template: str, value: Callable[[str], str]) -> str:
    """A path and query; what is filled in is quoted, so that no value can change the path's structure."""
    return fill(template, lambda name: quote(value(name), safe=""))


def extract(pattern: str, text: str) -> list[str]:
    """Every different value that an extractor finds, in the order of the text; [] where there is none.

    `json:items.*.id` picks from JSON, anything else is a regular expression whose first group is the value.
    """
    if pattern.startswith("json:"):
        return _from_json(pattern.removeprefix("json:"), text)
    found: dict[str, None] = {}
    for match in re.finditer(pattern, text[:MOST_TEXT]):
        value = match[1]
        if value and len(value) <= MOST_LENGTH:
            found[value] = None
        if len(found) >= MOST_VALUES:
            break
    return list(found)


def _from_json(path: str, text: str) -> list[str]:
    try:
        nodes: list[Any] = [json.loads(text)]
    except (ValueError, RecursionError):
        return []
    for key in path.split("."):
        nodes = [child for node in nodes for child in _children(node, key)][: MOST_VALUES * 10]
    found = {_word(node): None for node in nodes if isinstance(node, (str, int, float))}
    return [value for value in found if value and len(value) <= MOST_LENGTH][:MOST_VALUES]


def _children(node: Any, key: str) -> list[Any]:
    if key == "*":
        return list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
    if isinstance(node, dict):
        return [node[key]] if key in node else []
    if isinstance(node, list) and key.isdecimal() and int(key) < len(node):
        return [node[int(key)]]
    return []


def _word(value: str | float | bool) -> str:
    return value if isinstance(value, str) else json.dumps(value)
