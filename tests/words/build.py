"""Any question or answer, built from the types of its fields: with one text everywhere."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from tests.kit import SEEN_AT


def subclasses(base: type[Any]) -> Iterator[type[Any]]:
    """All classes below a class that a module defines.

    A dataclass with slots is made twice; the first, without slots, lives on under no name.
    """
    for found in base.__subclasses__():
        if getattr(sys.modules[found.__module__], found.__name__, None) is found:
            yield found
        yield from subclasses(found)


def full(kind: Any, text: str) -> Any:
    """A value of a type in which nothing is left at its default: tuples hold one item, every text is `text`."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return next((word for word in arguments if word), arguments[0])
    if origin in (Union, types.UnionType):
        return full(next(item for item in arguments if item is not type(None)), text)
    if origin is tuple:
        inner = arguments[:1] if arguments[1:] == (...,) else arguments
        return tuple(full(item, text) for item in inner)
    if origin is not None and issubclass(origin, Mapping):
        return {}
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{item.name: full(hints[item.name], text) for item in fields(kind) if item.init})
    simple = {str: text, bool: True, int: 3, float: 3.0, datetime: SEEN_AT}
    return simple[kind]
