"""Repositories: how the product is built, which variables and routes its code names, what exceeds a launch."""

from __future__ import annotations

from launchready_tui.model.questions import (
    EnvironmentUse,
    RadarFacts,
    RepositoryRadar,
    RepositorySummary,
    RepositorySurvey,
    RouteCodeReading,
)
from launchready_tui.model.questions.secrets import EnvironmentNames, RouteCode
from launchready_tui.text import plural
from launchready_tui.words.figures import Answered, Asked, Place, joined, some


def _survey(found: RepositorySummary) -> str:
    return joined(
        found.remote,
        f"built with {some(found.frameworks)}" if found.frameworks else "",
        f"CI: {some(found.ci, 3)}" if found.ci else "no CI",
        f"migrations in {some(found.migrations, 2)}" if found.migrations else "",
        plural(len(found.packages), "package") if found.packages else "",
        plural(len(found.variables), "variable") if found.variables else "",
    )


def _radar(found: RadarFacts) -> str:
    kinds = list(dict.fromkeys(one.kind for one in found.sightings))
    more = ", not all was read" if found.capped else ""
    if not kinds:
        return f"nothing more than a launch needs{more}"
    return f"{plural(len(found.sightings), 'thing')} that a launch may not need: {some(kinds)}{more}"


def _environment(found: EnvironmentNames) -> str:
    production = "no list of production" if found.production is None else f"{len(found.production)} in production"
    return joined(
        f"{plural(len(found.used), 'variable')} read by the code",
        f"{len(found.examples)} in example files",
        production,
        "not all was read" if found.cut else "",
    )


def _code(found: RouteCode) -> str:
    return joined(
        some(found.frameworks, 3),
        f"{plural(len(found.routes), 'route')} in {plural(found.files, 'file')}",
        f"{plural(len(found.marks), 'spot')} that may be slow",
        "not all was read" if found.cut else "",
    )


ASKED: Asked = {
    RepositorySurvey: lambda asked: ("how ", Place(asked.path), " is built and run"),
    RepositoryRadar: lambda asked: ("what in ", Place(asked.path), " is more than a launch needs"),
    EnvironmentUse: lambda asked: ("environment variables that the code of ", Place(asked.path), " reads"),
    RouteCodeReading: lambda asked: ("routes and slow spots in the code of ", Place(asked.path)),
}

ANSWERED: Answered = {
    RepositorySummary: _survey,
    RadarFacts: _radar,
    EnvironmentNames: _environment,
    RouteCode: _code,
}
