"""Answers the questions about a repository on this machine: its secrets, its tracked files, its variables, its routes.

Reads only; nothing of the repository is run, and nothing leaves the machine.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from launchready_tui.errors import InputError
from launchready_tui.folders import data_folder
from launchready_tui.model.evidence import Ask, Fault
from launchready_tui.model.questions import Facts, Question
from launchready_tui.model.questions.secrets import (
    CodeRoute,
    EnvironmentNames,
    EnvironmentUse,
    RiskyFile,
    RouteCode,
    RouteCodeReading,
    SecretScan,
    SlowMark,
    TrackedFiles,
    TrackedList,
    UsedVariable,
)
from launchready_tui.probes import coderoutes, environmentnames, slowmarks
from launchready_tui.probes.outcome import Outcome, failure
from launchready_tui.secrets import keyfiles, scans, worktree
from launchready_tui.secrets.engine import ExtraMissing
from launchready_tui.secrets.filters import in_test_path
from launchready_tui.secrets.gitcommand import GitFailed, find_repository
from launchready_tui.secrets.open import open_scanner
from launchready_tui.secrets.scanner import MOST_BYTES, Origin, SecretScanner
from launchready_tui.text import one_line

MOST_SOURCE = 512 * 1024
"""Bytes of a source file that is read for variables and routes; larger ones are generated."""

MOST_SOURCES = 20_000
MOST_RISKY = 300
MOST_ROUTES = 1_000
MOST_MARKS = 200


class RepositoryProbe:
    """Reads repositories.

    `base` is the folder of the profile; `cache` the folder that remembers what was read (None: the user's).
    """

    def __init__(self, base: str, cache: Path | None = None) -> None:
        self._base = Path(base)
        self._cache = cache
        self._scanner: SecretScanner | None = None
        self._loading = threading.Lock()

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Look in a thread, which is told to end when nobody waits for it any more."""
        stop = threading.Event()
        try:
            return await asyncio.to_thread(self._look, question, stop)
        finally:
            stop.set()

    async def aclose(self) -> None:
        """Nothing is held open."""

    def _look(self, question: Question[Any], stop: threading.Event) -> Outcome:
        assert isinstance(question, (SecretScan, TrackedFiles, EnvironmentUse, RouteCodeReading))
        folder = self._base / question.path
        if not question.path or not folder.is_dir():
            return failure(
                "input-missing",
                f"{one_line(question.path, 160) or 'The repository'} is no folder on this machine.",
                fault=Fault.USAGE,
            )
        try:
            return Outcome(self._facts(question, folder, stop))
        except ExtraMissing as error:
            return failure("extra-missing", f"{error.message} {error.hint}", fault=Fault.USAGE)
        except InputError as error:
            return failure("input-missing", error.message, fault=Fault.USAGE)
        except GitFailed as error:
            return failure("no-repository", f"git could not read it: {one_line(error.message)}", fault=Fault.TARGET)
        except scans.Stopped:
            return failure("cancelled", "The look into the repository was stopped.", fault=Fault.USAGE)
        except OSError as error:
            return failure(
                "unreadable", f"The repository could not be read ({error.strerror}).", fault=Fault.PERMISSION
            )

    def _facts(self, question: Question[Any], folder: Path, stop: threading.Event) -> Facts:
        match question:
            case SecretScan(scope="history"):
                return scans.scan_history(folder, self._secrets(), self._cache or data_folder() / scans.CACHE, stop)
            case SecretScan():
                return scans.scan_tree(folder, self._secrets(), stop)
            case TrackedFiles():
                return tracked_files(folder, self._secrets)
            case EnvironmentUse(production_names=production):
                return environment_use(folder, self._base / production if production else None)
            case _:
                return route_code(folder)

    def _secrets(self) -> SecretScanner:
        """The scanner, loaded once: rules take a moment."""
        with self._loading:
            if self._scanner is None:
                self._scanner = open_scanner().scanner
            return self._scanner


def tracked_files(folder: Path, scanner: Callable[[], SecretScanner]) -> TrackedList:
    """The risky files under version control.

    Raises `GitFailed`, and `ExtraMissing` where an example file has to be looked into.
    """
    repository = find_repository(folder)
    if repository is None or repository.work_tree is None:
        raise GitFailed("it is no git repository with files")
    names = worktree.listed(repository, "--cached")
    files = worktree.FileList(folder)
    risky: list[RiskyFile] = []
    for name in names:
        path = worktree.shown(name)
        found = _risk(files, name, path, scanner)
        if found is not None:
            risky.append(found)
    return TrackedList(tuple(risky[:MOST_RISKY]), len(names), cut=len(risky) > MOST_RISKY)


def _risk(files: worktree.FileList, name: bytes, path: str, scanner: Callable[[], SecretScanner]) -> RiskyFile | None:
    """What is risky about one tracked file."""
    sort = keyfiles.sort_of(path)
    environment, example = keyfiles.is_environment_file(path), keyfiles.is_example_file(path)
    if sort is None and not environment and not example:
        return None
    data = _head(files, name)
    if data is None:
        return RiskyFile(path, sort.what if sort else "values of an environment") if sort or environment else None
    if environment:
        return RiskyFile(path, "values of an environment") if keyfiles.has_values(data) else None
    if example:
        # Read as if it were the real one: a path that says "example" would excuse a generic value.
        found = scans.worth_telling(scanner().scan(data, Origin(".env")))
        return (
            RiskyFile(path, f"a value that looks real ({found[0].title}, line {found[0].line})", sure=False)
            if found
            else None
        )
    assert sort is not None
    if sort.needs is not None and not sort.needs.search(data):
        return None
    return RiskyFile(path, sort.what, sure=not in_test_path(path))


def _head(files: worktree.FileList, name: bytes) -> bytes | None:
    """The content of a file, None where it cannot be had (deleted, too large)."""
    try:
        return files.read(name, MOST_BYTES)
    except OSError:
        return None


def environment_use(folder: Path, production: Path | None) -> EnvironmentNames:
    """Names in code, example files and production's list. Raises `InputError` where that list cannot be read."""
    listed: tuple[str, ...] | None = None
    if production is not None:
        try:
            listed = environmentnames.listed_names(production.read_text("utf-8", "replace")[: 1 << 20])
        except OSError:
            raise InputError(
                f"The list of production's names, {production.name}, cannot be read.",
                "See [environment] production_names.",
            ) from None
    used: list[UsedVariable] = []
    examples: set[str] = set()
    example_files: list[str] = []
    state = _Reading(folder)
    for path, text in state.sources(
        lambda path: bool(environmentnames.language_of(path)) or keyfiles.is_example_file(path)
    ):
        if keyfiles.is_example_file(path):
            example_files.append(path)
            examples.update(environmentnames.listed_names(text))
        elif not in_test_path(path):
            used += environmentnames.read_variables(path, text)
    return EnvironmentNames(
        environmentnames.merged(iter(used)), tuple(sorted(examples)), tuple(example_files), listed, state.cut
    )


def route_code(folder: Path) -> RouteCode:
    """Routes and slow marks of all source files."""
    frameworks: set[str] = set()
    routes: list[CodeRoute] = []
    marks: list[SlowMark] = []
    state = _Reading(folder)
    for path, text in state.sources(
        lambda path: bool(slowmarks.kind_of(path)) and not in_test_path(path) and "migrations/" not in path
    ):
        found = list(coderoutes.routes_of(path, text))
        frameworks.update(name for name, _ in found)
        own = [route for _, route in found]
        routes += own
        handles = bool(own) or any(word in path for word in ("views", "controllers", "handlers", "routes", "/api/"))
        marks += (_behind(mark, own) for mark in slowmarks.marks_of(path, text, handles_requests=handles))
    cut = state.cut or len(routes) > MOST_ROUTES or len(marks) > MOST_MARKS
    return RouteCode(
        tuple(sorted(frameworks)), tuple(routes[:MOST_ROUTES]), tuple(marks[:MOST_MARKS]), state.files, cut
    )


def _behind(mark: SlowMark, routes: list[CodeRoute]) -> SlowMark:
    """A mark with the route that is declared last before it in the same file."""
    line = int(mark.place.rpartition(":")[2])
    before = [route for route in routes if int(route.place.rpartition(":")[2]) <= line]
    name = f"{before[-1].method} {before[-1].pattern}" if before else ""
    return SlowMark(mark.mark, mark.place, one_line(mark.code, 160), name)


class _Reading:
    """Reads the source files of a folder; `cut` says that there were more, `files` how many were read."""

    def __init__(self, folder: Path) -> None:
        self._list = worktree.list_files(folder, find_repository(folder))
        self.cut = bool(self._list.incomplete)
        self.files = 0

    def sources(self, wanted: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
        """Path and text of the files that are wanted, in the order of their names."""
        for name in sorted(self._list.names):
            path = worktree.shown(name)
            if not wanted(path):
                continue
            if self.files >= MOST_SOURCES:
                self.cut = True
                return
            try:
                data = self._list.read(name, MOST_SOURCE)
            except OSError:
                self.cut = True
                continue
            if data is not None:
                self.files += 1
                yield path, data.decode("utf-8", "replace")
