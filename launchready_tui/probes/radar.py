"""Looks through a repository for what a launch does not need yet. Reads only, runs nothing, follows no link."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from launchready_tui.model.evidence import Ask, Fault
from launchready_tui.model.questions import Question, RadarFacts, RadarSighting, RepositoryRadar
from launchready_tui.probes.outcome import Outcome, failure
from launchready_tui.probes.radarmarks import is_interesting, marks
from launchready_tui.text import one_line

MOST_FOLDERS, MOST_FILES, MOST_BYTES, MOST_SIGHTINGS = 3_000, 400, 300_000, 40
DEPTH = 6

_SKIPPED = frozenset(
    {"node_modules", ".git", "vendor", ".venv", "venv", "dist", "build", ".next", "target", "__pycache__", "fixtures"}
)


class RadarProbe:
    """Answers `RepositoryRadar`. `base` is the folder of the profile."""

    def __init__(self, base: str) -> None:
        self._base = Path(base)

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Look in a thread."""
        assert isinstance(question, RepositoryRadar)
        if not question.path:
            return failure("input-missing", "The profile names no repository.", fault=Fault.USAGE)
        return await asyncio.to_thread(_look, self._base / question.path)

    async def aclose(self) -> None:
        """Nothing is held open."""


def _look(folder: Path) -> Outcome:
    if not folder.is_dir():
        return failure("input-missing", f"{one_line(str(folder), 120)} is not a folder.", fault=Fault.USAGE)
    found: dict[tuple[str, str], RadarSighting] = {}
    read = 0
    for path in _files(folder):
        if read >= MOST_FILES:
            break
        read += 1
        where = one_line(str(path.relative_to(folder)), 160)
        for kind, what in marks(path.name, _text(path)):
            found.setdefault((kind, what), RadarSighting(kind, one_line(what, 120), where))
    sightings = tuple(sorted(found.values(), key=lambda item: (item.kind, item.path, item.what)))
    return Outcome(RadarFacts(sightings[:MOST_SIGHTINGS], capped=read >= MOST_FILES or len(sightings) > MOST_SIGHTINGS))


def _files(folder: Path) -> Iterator[Path]:
    """Files that may say something, near the top first, in a stable order."""
    waiting, seen = [folder], 0
    while waiting and seen < MOST_FOLDERS:
        here = waiting.pop(0)
        seen += 1
        try:
            inside = sorted(path for path in here.iterdir() if not path.is_symlink())
        except OSError:
            continue
        for path in inside:
            if path.is_dir():
                if path.name not in _SKIPPED and len(path.relative_to(folder).parts) < DEPTH:
                    waiting.append(path)
            elif is_interesting(path.name) and path.is_file():
                yield path


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
