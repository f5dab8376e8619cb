"""Reads the manifests of a repository: which framework, which packages, which CI.

Runs nothing of it, follows no link out of it.
"""

from __future__ import annotations

import asyncio
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from launchready_tui.model.evidence import Ask, Fault
from launchready_tui.model.questions import Question, RepositorySummary, RepositorySurvey
from launchready_tui.probes.outcome import Outcome, failure

MOST_BYTES = 1_000_000
"""How much of one manifest is read."""

MOST_NAMES = 500
MOST_FOLDERS = 4_000

_CI = {
    ".github/workflows": "GitHub Actions",
    ".gitlab-ci.yml": "GitLab CI",
    ".circleci/config.yml": "CircleCI",
    "bitbucket-pipelines.yml": "Bitbucket Pipelines",
    ".buildkite": "Buildkite",
    "azure-pipelines.yml": "Azure Pipelines",
    "Jenkinsfile": "Jenkins",
}
_FRAMEWORKS = {
    "next": "nextjs",
    "express": "express",
    "fastify": "fastify",
    "@nestjs/core": "nestjs",
    "nuxt": "nuxt",
    "@remix-run/node": "remix",
    "@sveltejs/kit": "sveltekit",
    "vite": "vite",
    "django": "django",
    "fastapi": "fastapi",
    "flask": "flask",
    "rails": "rails",
    "laravel/framework": "laravel",
    "phoenix": "phoenix",
}
_MIGRATIONS = frozenset({"migrations", "migrate", "versions"})
_SKIPPED = frozenset(
    {"node_modules", ".git", "vendor", ".venv", "venv", "dist", "build", ".next", "target", "__pycache__"}
)
_VARIABLE = re.compile(r"^\s*(?:export\s+)?([A-Z][A-Z0-9_]{1,80})\s*=", re.MULTILINE)
_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_GEM = re.compile(r"""^\s*gem\s+["']([^"']+)["']""", re.MULTILINE)
_PROCESS = re.compile(r"^([A-Za-z0-9_-]{1,40}):\s", re.MULTILINE)


class SurveyProbe:
    """Answers `RepositorySurvey`. `base` is the folder of the profile."""

    def __init__(self, base: str) -> None:
        self._base = Path(base)

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Look in a thread."""
        assert isinstance(question, RepositorySurvey)
        folder = self._base / question.path
        return await asyncio.to_thread(_survey, folder)

    async def aclose(self) -> None:
        """Nothing is held open."""


def _survey(folder: Path) -> Outcome:
    if not folder.is_dir():
        return failure("input-missing", f"{folder} is not a folder.", fault=Fault.USAGE)
    packages = tuple(sorted(set(_packages(folder)))[:MOST_NAMES])
    names = {package.lower() for package in packages}
    text = _read(folder / "Procfile")
    return Outcome(
        RepositorySummary(
            remote=_remote(_read(folder / ".git" / "config")),
            ci=tuple(name for path, name in _CI.items() if (folder / path).exists()),
            frameworks=tuple(name for package, name in _FRAMEWORKS.items() if package in names),
            packages=packages,
            variables=tuple(sorted(_variables(folder)))[:MOST_NAMES],
            migrations=tuple(sorted(_migrations(folder)))[:MOST_NAMES],
            processes=tuple(_PROCESS.findall(text))[:MOST_NAMES],
        )
    )


def _read(path: Path) -> str:
    """The beginning of a file, '' if it cannot be read or is a link out of its folder."""
    try:
        if path.is_symlink() or not path.is_file():
            return ""
        with path.open("rb") as stream:
            return stream.read(MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def _remote(config: str) -> str:
    """Host and path of the origin's URL; a password in it is left behind."""
    section = re.search(r'\[remote "origin"\](.*?)(?:\n\[|\Z)', config, re.DOTALL)
    url = re.search(r"^\s*url\s*=\s*(\S+)", section.group(1), re.MULTILINE) if section else None
    if url is None:
        return ""
    text = url.group(1)
    if "://" in text:
        try:
            parts = urlsplit(text)
        except ValueError:
            return ""
        return f"{parts.hostname or ''}{parts.path}".removesuffix(".git")
    return text.rpartition("@")[2].replace(":", "/", 1).removesuffix(".git")


def _packages(folder: Path) -> Iterator[str]:
    for name in ("package.json", "composer.json"):
        data = _json(folder / name)
        for key in ("dependencies", "devDependencies", "require"):
            found = data.get(key)
            if isinstance(found, dict):
                yield from (str(package) for package in found)
    for line in _read(folder / "requirements.txt").splitlines():
        if match := _REQUIREMENT.match(line):
            yield match.group(1).lower()
    yield from _GEM.findall(_read(folder / "Gemfile"))
    try:
        project = tomllib.loads(_read(folder / "pyproject.toml"))
    except tomllib.TOMLDecodeError:
        project = {}
    for line in project.get("project", {}).get("dependencies", []) if isinstance(project.get("project"), dict) else []:
        if isinstance(line, str) and (match := _REQUIREMENT.match(line)):
            yield match.group(1).lower()


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(_read(path) or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _variables(folder: Path) -> set[str]:
    names = (".env.example", ".env.sample", ".env.template", "env.example")
    return {variable for name in names for variable in _VARIABLE.findall(_read(folder / name))}


def _migrations(folder: Path) -> Iterator[str]:
    """Folders that are called as frameworks call their migrations; links are not followed, the number of folders is
    bounded.
    """
    waiting, seen = [folder], 0
    while waiting and seen < MOST_FOLDERS:
        here = waiting.pop()
        seen += 1
        try:
            inside = [path for path in here.iterdir() if path.is_dir() and not path.is_symlink()]
        except OSError:
            continue
        for path in inside:
            if path.name in _MIGRATIONS:
                yield str(path.relative_to(folder))
            elif path.name not in _SKIPPED and len(path.relative_to(folder).parts) < 5:
                waiting.append(path)
