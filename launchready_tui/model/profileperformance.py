"""The sections of a profile about speed: read with file:line errors, checked, and written back."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime
from typing import Any

from launchready_tui.model.performance import (
    Database,
    Dependency,
    Freshness,
    LoadSettings,
    Logs,
    Pools,
    Queue,
    Server,
    seconds,
)
from launchready_tui.model.tomlfile import Path, TomlFile
from launchready_tui.model.tomlwriting import block
from launchready_tui.text import one_line

SECTIONS = ["pools", "load", "database", "logs", "queue", "server", "dependency", "freshness"]

_NAME = re.compile(r"^[a-z][a-z0-9_-]{0,40}$")
_HEADER = re.compile(r"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,60}$")
"""A field name (RFC 9110 section 5.1)."""

CheckUrl = Callable[[TomlFile, Path, str], None]


@dataclass(frozen=True, slots=True)
class Performance:
    """All sections about speed."""

    pools: Pools = field(default_factory=dict)
    load: LoadSettings = field(default_factory=LoadSettings)
    database: Database = field(default_factory=Database)
    logs: Logs = field(default_factory=Logs)
    queues: tuple[Queue, ...] = ()
    server: Server = field(default_factory=Server)
    dependencies: tuple[Dependency, ...] = ()
    freshness: Freshness = field(default_factory=Freshness)


def read_performance(file: TomlFile, check_url: CheckUrl) -> Performance:
    """The sections; every mistake is noted at its line. `check_url` notes a URL that is none."""
    found = Performance(
        pools=_pools(file),
        load=_section(file, "load", LoadSettings),
        database=_section(file, "database", Database),
        logs=_section(file, "logs", Logs),
        queues=tuple(_several(file, "queue", Queue)),
        server=_section(file, "server", Server),
        dependencies=tuple(_several(file, "dependency", Dependency)),
        freshness=_section(file, "freshness", Freshness),
    )
    _check_load(file, found.load)
    if not _HEADER.match(found.logs.request_id):
        file.problem(("logs", "request_id"), "logs: request_id must be the name of a header such as X-Request-Id")
    for index, queue in enumerate(found.queues):
        _check_queue(file, ("queue", index), queue, check_url)
    if found.server.metrics:
        check_url(file, ("server", "metrics"), found.server.metrics)
    for index, dependency in enumerate(found.dependencies):
        _check_dependency(file, ("dependency", index), dependency)
    _check_freshness(file, found.freshness, check_url)
    return found


def _section(file: TomlFile, key: str, spec: type[Any]) -> Any:
    return file.read(file.table(key), (key,), spec, what=key) or spec()


def _several(file: TomlFile, key: str, spec: type[Any]) -> list[Any]:
    found: list[Any] = []
    for path, table in file.tables(key):
        item = file.read(table, path, spec, what=key)
        if item is None:
            continue
        if not _NAME.match(item.id):
            file.problem((*path, "id"), f'{key}: id: "{one_line(item.id, 40)}" must be a word such as "mail"')
        if any(item.id == other.id for other in found):
            file.problem((*path, "id"), f'{key}: the id "{one_line(item.id, 40)}" is used twice')
        found.append(item)
    return found


def _pools(file: TomlFile) -> dict[str, tuple[str, ...] | str]:
    pools: dict[str, tuple[str, ...] | str] = {}
    for name, value in file.table("pools").items():
        if isinstance(value, str) and value.strip():
            pools[name] = value
        elif isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            pools[name] = tuple(value)
        else:
            file.problem(
                ("pools", name), f'pools: {one_line(name, 40)} must be a list such as ["oak", "lamp"] or a file'
            )
        if not _NAME.match(name):
            file.problem(("pools", name), f'pools: "{one_line(name, 40)}" must be a word that a placeholder can name')
    return pools


def _check_load(file: TomlFile, load: LoadSettings) -> None:
    if not 1 <= load.peak <= 100_000:
        file.problem(("load", "peak"), "load: peak must be 1 to 100000 sessions")
    if not (math.isfinite(load.max_rps) and 0 <= load.max_rps <= 100_000):
        file.problem(("load", "max_rps"), "load: max_rps must be 0 (the usual cap) to 100000 requests a second")
    if not (math.isfinite(load.arrivals_per_hour) and load.arrivals_per_hour >= 0):
        file.problem(("load", "arrivals_per_hour"), "load: arrivals_per_hour must be a number from 0 up")
    if load.window and window(load.window) is None:
        file.problem(
            ("load", "window"),
            f'load: window: "{one_line(load.window, 80)}" is not FROM/UNTIL, such as '
            "2026-11-24T22:00Z/2026-11-25T02:00Z",
        )


def window(text: str) -> tuple[datetime, datetime] | None:
    """Begin and end of a window `FROM/UNTIL` with time zones (ISO 8601); None where it is none."""
    first, slash, last = text.partition("/")
    try:
        begin, end = datetime.fromisoformat(first.strip()), datetime.fromisoformat(last.strip())
    except ValueError:
        return None
    if not slash or begin.tzinfo is None or end.tzinfo is None or end <= begin:
        return None
    return begin, end


def _check_queue(file: TomlFile, path: Path, queue: Queue, check_url: CheckUrl) -> None:
    if not queue.source.strip():
        file.problem((*path, "source"), "queue: source is missing: the table, key, stream or metric")
    if queue.kind == "prometheus":
        check_url(file, (*path, "url"), queue.url)
    _check_time(file, (*path, "max_delay"), "queue: max_delay", queue.max_delay)


def _check_dependency(file: TomlFile, path: Path, dependency: Dependency) -> None:
    numbers: Mapping[str, float] = {"limit_per_minute": dependency.limit_per_minute, **dependency.calls}
    for key, value in numbers.items():
        if not (math.isfinite(value) and value >= 0):
            file.problem((*path, key), f"dependency: {one_line(key, 40)} must be a number from 0 up")


def _check_freshness(file: TomlFile, freshness: Freshness, check_url: CheckUrl) -> None:
    if freshness == Freshness():
        return
    check_url(file, ("freshness", "url"), freshness.url)
    for url in freshness.read:
        check_url(file, ("freshness", "read"), url)
    if len(freshness.values) < 2:
        file.problem(("freshness", "values"), "freshness: values must hold two or more values to be set in turns")
    _check_time(file, ("freshness", "within"), "freshness: within", freshness.within)


def _check_time(file: TomlFile, path: Path, what: str, text: str) -> None:
    try:
        seconds(text)
    except ValueError as error:
        file.problem(path, f"{what}: {one_line(str(error), 80)}")


def performance_blocks(found: Performance) -> list[str]:
    """The sections as TOML, without what is as usual."""
    blocks = [block("[pools]", dict(found.pools))] if found.pools else []
    single = {
        "load": found.load,
        "database": found.database,
        "logs": found.logs,
        "server": found.server,
        "freshness": found.freshness,
    }
    for name, item in single.items():
        if values := unusual(item):
            blocks.append(block(f"[{name}]", values))
    blocks += [block("[[queue]]", unusual(queue)) for queue in found.queues]
    blocks += [block("[[dependency]]", unusual(dependency)) for dependency in found.dependencies]
    return blocks


def unusual(item: Any) -> dict[str, Any]:
    """The fields of a dataclass that are not at their default, by name."""
    values: dict[str, Any] = {}
    for one in fields(item):
        usual = one.default_factory() if one.default_factory is not MISSING else one.default
        value = getattr(item, one.name)
        if value != usual:
            values[one.name] = value
    return values
