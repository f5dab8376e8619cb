"""Providers: what their interfaces say, and hosted databases that a page talks to directly."""

from __future__ import annotations

from typing import Any

from launchready_tui.model.questions import (
    BackendList,
    BackendRead,
    BackendView,
    PageBackends,
    ProviderRead,
    ProviderReply,
)
from launchready_tui.text import plural
from launchready_tui.words.figures import Answered, Asked, Place, joined, some


def _reply(found: ProviderReply) -> str:
    if not found.configured:
        return "nothing configured: the default"
    try:
        result = found.result
    except (ValueError, RecursionError):
        return "an answer that is no JSON"
    return _document(result) + (", and more" if found.capped else "")


def _document(result: Any) -> str:
    match result:
        case None:
            return "an empty answer"
        case list():
            return plural(len(result), "entry", "entries")
        case {"id": str(name), "value": str() | bool() | int() | float() as value}:
            return f"{name}: {_scalar(value)}"
        case dict():
            return f"{plural(len(result), 'field')}: {some(sorted(map(str, result)), 5)}"
        case _:
            return _scalar(result)


def _scalar(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _backends(found: BackendList) -> str:
    named = [f"{one.kind} {one.base}{' with a public key' if one.keyed else ''}" for one in found.backends]
    return joined(
        some(named, 3) or "no hosted database",
        f"{plural(found.scripts, 'script')} read{', not all' if found.cut else ''}",
        f"leads to {found.elsewhere}" if found.elsewhere else "",
    )


def _view(found: BackendView) -> str:
    readable = [one.name for one in found.collections if one.rows]
    tried = plural(len(found.collections), "collection")
    return joined(
        f"a stranger reads {len(readable)} of {tried}{f': {some(readable)}' if readable else ''}",
        "" if found.listed else "names were guessed",
        "not all were tried" if found.cut else "",
    )


ASKED: Asked = {
    ProviderRead: lambda asked: (f"{asked.provider} says of ", Place(asked.path)),
    PageBackends: lambda asked: ("hosted databases that ", Place(asked.url), " talks to"),
    BackendRead: lambda asked: (f"what a stranger can read in {asked.backend} ", Place(asked.base)),
}

ANSWERED: Answered = {ProviderReply: _reply, BackendList: _backends, BackendView: _view}
