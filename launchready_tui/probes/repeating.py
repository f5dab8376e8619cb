"""Pure: what an answer holds many times, so that one can see whether a longer list was given: lists in JSON, tags of
one kind in HTML. Counts only; no content.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from launchready_tui.model.questions.querylog import Repeated
from launchready_tui.probes.htmltokens import tags
from launchready_tui.text import one_line

MOST_KINDS = 60
MOST_NODES = 200_000
MOST_DEPTH = 12

_LIKE_JSON = re.compile(r"\s*[\[{]")


def repeated(media_type: str, text: str) -> tuple[Repeated, ...]:
    """The kinds of things that occur at least twice, the most frequent first."""
    if "json" in media_type or (not media_type.startswith("text/html") and _LIKE_JSON.match(text)):
        counts = _in_json(text)
    else:
        counts = _in_html(text)
    ranked = sorted((item for item in counts.items() if item[1] >= 2), key=lambda item: (-item[1], item[0]))
    return tuple(Repeated(what, count) for what, count in ranked[:MOST_KINDS])


def _in_json(text: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    try:
        waiting: list[tuple[str, Any, int]] = [("json:", json.loads(text), 0)]
    except (ValueError, RecursionError):
        return counts
    for _ in range(MOST_NODES):
        if not waiting:
            break
        path, value, depth = waiting.pop()
        if depth > MOST_DEPTH:
            continue
        if isinstance(value, list):
            counts[path] += len(value)
            waiting += [(f"{path}*.", item, depth + 1) for item in value if isinstance(item, list | dict)]
        elif isinstance(value, dict):
            inside = path if path.endswith((":", ".")) else f"{path}."
            waiting += [
                (f"{inside}{one_line(key, 40)}", item, depth + 1)
                for key, item in value.items()
                if isinstance(item, list | dict)
            ]
    return counts


def _in_html(text: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for number, tag in enumerate(tags(text)):
        if number >= MOST_NODES:
            break
        kind = ".".join(tag.attributes.get("class", "").split()[:4])
        counts[one_line(f"{tag.name}.{kind}" if kind else tag.name, 80)] += 1
        if tag.name == "a" and (folder := _folder(tag.attributes.get("href", ""))):
            counts[one_line(f"a {folder}", 80)] += 1
    return counts


def _folder(href: str) -> str:
    """The path of a link without its last part, which names one thing."""
    try:
        folder = urlsplit(href.strip()[:500]).path.rstrip("/").rpartition("/")[0]
    except ValueError:
        return ""
    return f"{folder}/" if folder else ""
