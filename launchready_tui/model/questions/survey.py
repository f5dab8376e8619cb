"""What a repository says about how a product is built and run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from launchready_tui.model.questions.base import Facts, Question


@dataclass(frozen=True, slots=True)
class RepositorySummary(Facts):
    """Names only, no values.

    `remote` is the host and path of the origin without user or password; `migrations` are folders.
    """

    remote: str = ""
    ci: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    migrations: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RepositorySurvey(Question[RepositorySummary]):
    """A look at the manifests of a repository's folder. `path` is relative to the profile's folder."""

    kind: ClassVar[str] = "repository-survey"
    answer: ClassVar[type[Facts]] = RepositorySummary

    path: str
