"""The journeys of a product profile: `[[journey]]` with its steps, read, checked, written."""

from __future__ import annotations

import re
from typing import Any

from launchready_tui.model.performance import seconds_range, times_range
from launchready_tui.model.product import Journey, JourneyStep
from launchready_tui.model.profileperformance import unusual
from launchready_tui.model.profilesignals import check_traffic
from launchready_tui.model.tomlfile import Path, TomlFile
from launchready_tui.model.tomlwriting import block
from launchready_tui.text import one_line

MOST_PATTERN = 500
"""Characters of an extractor's pattern."""


def read_journeys(file: TomlFile, routes: set[str], roles: set[str]) -> tuple[Journey, ...]:
    """The `[[journey]]` tables; `routes` are the ids of declared routes, `roles` those of test accounts."""
    journeys: list[Journey] = []
    for path, table in file.tables("journey"):
        steps = tuple(
            step for step in (_step(file, *found, routes) for found in file.tables("step", path, table)) if step
        )
        rest = {key: value for key, value in table.items() if key != "step"}
        journey = file.read(
            rest, path, Journey, what="journey", rename={"steps": "step"}, skip=("steps",), extra={"steps": steps}
        )
        if journey is None:
            continue
        if journey.weight <= 0:
            file.problem((*path, "weight"), "journey: weight must be more than 0")
        if journey.account and journey.account not in roles:
            file.problem((*path, "account"), f'journey: no [[account]] has the role "{one_line(journey.account, 40)}"')
        check_traffic(file, path, journey)
        journeys.append(journey)
    return tuple(journeys)


def _step(file: TomlFile, path: Path, table: dict[str, Any], routes: set[str]) -> JourneyStep | None:
    step = file.read(table, path, JourneyStep, what="journey.step")
    if step is None:
        return None
    if step.route not in routes:
        file.problem((*path, "route"), f'journey.step: no [[route]] has the id "{one_line(step.route, 60)}"')
    try:
        seconds_range(step.think)
    except ValueError:
        file.problem(
            (*path, "think"), f'journey.step: think: "{one_line(step.think, 40)}" is no time such as "2s" or "2s..6s"'
        )
    try:
        times_range(step.times)
    except ValueError as error:
        file.problem((*path, "times"), f"journey.step: times: {one_line(str(error), 80)}")
    if step.path and not step.path.startswith("/"):
        file.problem((*path, "path"), 'journey.step: path must begin with "/"')
    for name, pattern in step.extract.items():
        _check_extractor(file, (*path, "extract"), name, pattern)
    return step


def _check_extractor(file: TomlFile, path: Path, name: str, pattern: str) -> None:
    what = f"journey.step: extract: {one_line(name, 40)}"
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", name):
        file.problem(path, f"{what} must be a word that a placeholder can name")
    if len(pattern) > MOST_PATTERN:
        file.problem(path, f"{what}: the pattern is longer than {MOST_PATTERN} characters")
    elif not pattern.startswith("json:"):
        try:
            if re.compile(pattern).groups < 1:
                file.problem(path, f"{what}: the pattern needs a group in round brackets around the value")
        except re.error as error:
            file.problem(path, f"{what}: {one_line(str(error), 80)}")


def journey_blocks(journeys: tuple[Journey, ...]) -> list[str]:
    """The journeys as TOML, without what is as usual."""
    blocks: list[str] = []
    for journey in journeys:
        values = {"id": journey.id, "weight": journey.weight, "per_hour": journey.per_hour, "minor": journey.minor}
        blocks.append(block("[[journey]]", {**values, "account": journey.account}))
        blocks += [block("[[journey.step]]", {"think": step.think, **unusual(step)}) for step in journey.steps]
    return blocks
