"""The failure signals of a product profile: `[[signal]]` tables and the traffic of journeys, read, checked, written."""

from __future__ import annotations

import math
import re
from typing import Any

from launchready_tui.model.product import BusinessSignal, Journey, Product
from launchready_tui.model.tomlfile import Path, TomlFile
from launchready_tui.text import one_line

_WINDOW = re.compile(r"^(\d{1,4})(m|h|d)$")
_UNITS = {"m": 1, "h": 60, "d": 1440}

SEEDS = (
    BusinessSignal("signup-failures", "signup", "sign-ups that fail", "count", 20.0, "1h"),
    BusinessSignal("checkout-latency", "checkout", "95th percentile of checkout", "latency", 2_000.0, "15m"),
)
"""The two examples that every new engagement starts with: a proposal, until somebody fills in source, owner and
action.
"""


def window_minutes(text: str) -> int:
    """The length of a window written as `15m`, `1h` or `3d`, in minutes; 0 where it is none."""
    found = _WINDOW.match(text.strip())
    return int(found[1]) * _UNITS[found[2]] if found else 0


def read_signals(file: TomlFile) -> tuple[BusinessSignal, ...]:
    """The `[[signal]]` tables; every mistake is noted at its line."""
    found: list[BusinessSignal] = []
    for path, table in file.tables("signal"):
        signal = file.read(table, path, BusinessSignal, what="signal")
        if signal is None:
            continue
        _check(file, path, signal)
        if any(signal.id == other.id for other in found):
            file.problem((*path, "id"), f'signal: the id "{one_line(signal.id, 60)}" is used twice')
        found.append(signal)
    return tuple(found)


def _check(file: TomlFile, path: Path, signal: BusinessSignal) -> None:
    for key in ("id", "journey", "signal"):
        if not getattr(signal, key).strip():
            file.problem((*path, key), f"signal: {key} is empty")
    for key in ("threshold", "usual"):
        value = getattr(signal, key)
        if not (math.isfinite(value) and 0 <= value <= 1e9):
            file.problem((*path, key), f"signal: {key} must be a number from 0 up")
    if not 0 < signal.budget <= 100:
        file.problem((*path, "budget"), "signal: budget must be a percentage above 0, at most 100")
    if signal.kind == "rate" and signal.threshold > 100:
        file.problem((*path, "threshold"), "signal: the threshold of a rate is a percentage, at most 100")
    for key in ("window", "short_window"):
        value = getattr(signal, key)
        if (value or key == "window") and not window_minutes(value):
            file.problem((*path, key), f'signal: {key}: "{one_line(value, 40)}" is no time such as "15m", "1h" or "3d"')


def check_traffic(file: TomlFile, path: Path, journey: Journey) -> None:
    """Note a traffic that is none."""
    if not (math.isfinite(journey.per_hour) and journey.per_hour >= 0):
        file.problem((*path, "per_hour"), "journey: per_hour must be a number from 0 up")


def signal_tables(product: Product) -> list[dict[str, Any]]:
    """The signals as TOML tables, without what is as usual."""
    tables: list[dict[str, Any]] = []
    for signal in product.signals:
        names = ("id", "journey", "signal", "kind", "threshold", "window", "short_window", "source", "owner", "action")
        table = {name: getattr(signal, name) for name in names}
        if signal.tested is not None:
            table["tested"] = signal.tested
        table["usual"] = signal.usual
        if signal.budget != 1.0:
            table["budget"] = signal.budget
        tables.append({key: value for key, value in table.items() if value})
    return tables
