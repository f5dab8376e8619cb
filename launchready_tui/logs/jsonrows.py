"""What one object of a JSON log says of a request. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeGuard

from launchready_tui.logs.dialects import Dialect, Place, Took
from launchready_tui.logs.layouts import FACTORS, Status
from launchready_tui.logs.timeline import Moment

Row = tuple[Moment, str, Status, float | None]
"""Time, call, status, milliseconds."""

_CALL = re.compile(r"([A-Z][A-Z-]{1,19}) ([^ ?]*)")
_SPAN = re.compile(r"\s*(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s))?\s*")
_REPORT = re.compile(r"\bDuration: (\d+(?:\.\d+)?) ms")
_REPORT_WITHIN = 4_000


def row_of(item: dict[str, Any], dialect: Dialect) -> Row | None:
    """The request that an object describes; None where it describes none in this dialect."""
    if any(at(item, mark) is None for mark in dialect.marks) or refuses(item, dialect):
        return None
    path = first(item, dialect.path)
    status = status_of(first(item, dialect.status))
    if not is_path(path, dialect) or (status is None and not dialect.marks and dialect.status):
        return None
    took = next((found for took in dialect.took if (found := took_of(item, took)) is not None), None)
    method = first(item, dialect.method)
    moment = first(item, dialect.time)
    return (
        moment if isinstance(moment, str | int | float) else None,
        call_of(method if isinstance(method, str) else "", path),
        status,
        took,
    )


def refuses(item: dict[str, Any], dialect: Dialect) -> bool:
    """Whether an object belongs to a dialect's writer and is another kind of line of it: no request of any dialect."""
    where, beginning = dialect.only
    text = at(item, where) if beginning else None
    if not isinstance(text, str) or text.startswith(beginning) or not text.startswith(beginning.partition(".")[0]):
        return False
    return all(at(item, mark) is not None for mark in dialect.marks)


def is_path(path: Any, dialect: Dialect) -> TypeGuard[str]:
    """Whether a value can be the path of a request."""
    if not isinstance(path, str):
        return False
    return not dialect.wary or path.startswith("/") or "://" in path or bool(_CALL.match(path))


def call_of(method: str, path: str) -> str:
    """Method and target, the target without its query. A path that is a whole request line brings its own method."""
    if (not method or " " in path) and (found := _CALL.match(path)):
        return f"{found[1]} {found[2]}"
    return f"{method.upper() or 'GET'} {path.partition('?')[0]}"


def at(item: Any, place: Place) -> Any:
    for key in place:
        if not isinstance(item, dict):
            return None
        item = item.get(key)
    return item


def first(item: dict[str, Any], places: Iterable[Place]) -> Any:
    return next((found for place in places if (found := at(item, place)) not in (None, "")), None)


def status_of(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isdigit() and len(value) == 3 else None


def took_of(item: dict[str, Any], took: Took) -> float | None:
    value = at(item, took.place)
    return between(value, at(item, took.until)) if took.until else milliseconds(value, took.unit)


def milliseconds(value: Any, unit: str) -> float | None:
    """A duration in milliseconds: a number in `unit`, or a text with a unit of its own; None where it is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value) * FACTORS[unit] if unit else -1.0
    elif isinstance(value, str) and value:
        number = _spelled(value, unit)
    else:
        return None
    return number if 0 <= number < 1e12 and math.isfinite(number) else None


def _spelled(text: str, unit: str) -> float:
    """Milliseconds of `12.5`, `12ms`, `1m2.5s`, or a report of a function's run; -1 for anything else."""
    if unit:
        with suppress(ValueError):
            return float(text) * FACTORS[unit]
    if len(text) <= 40 and (found := _SPAN.fullmatch(text)) and any(found.groups()):
        hours, minutes, number, own = found.groups()
        factor = FACTORS.get((own or "s").replace("µ", "u").replace("μ", "u"), 1.0)
        return int(hours or 0) * 3.6e6 + int(minutes or 0) * 6e4 + float(number or 0) * factor
    report = _REPORT.search(text[-_REPORT_WITHIN:])
    return float(report[1]) if report else -1.0


def between(start: Any, end: Any) -> float | None:
    """Milliseconds from one moment to another; None where they are only known to the second."""
    if isinstance(start, str) and isinstance(end, str):
        try:
            begun, ended = (datetime.fromisoformat(text) for text in (start, end))
            apart = (ended - begun).total_seconds() * 1_000
        except (ValueError, TypeError):
            return None
        return apart if apart >= 0 and "." in start + end else None
    if isinstance(start, int | float) and isinstance(end, int | float):
        for size, unit in ((1e17, "ns"), (1e14, "us"), (1e11, "ms")):
            if start > size:
                return milliseconds(end - start, unit)
    return None
