"""Which checks there are and what each is over, without importing their code.

Whoever opens an engagement wants to see how everything stands, which takes no judgement: importing a hundred modules
for it would delay the first picture by a fifth of a second. The decorators are read from the sources instead; a test
holds this index against the registry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module, resources
from importlib.resources.abc import Traversable

from launchready_tui.checks.registry import REGISTRY, Check, CheckFunction, load_checks
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement

_PACKAGE = "launchready_tui.checks"
_DECORATED = re.compile(r'^@check\(\s*"([^"]+)",\s*over="([^"]+)",?\s*\)', re.MULTILINE)


@cache
def index() -> dict[str, Check]:
    """All checks by id; the code of one is imported when it is to judge. Without sources it is the whole registry."""
    found: dict[str, Check] = {}
    for module, source in _sources(resources.files(_PACKAGE), _PACKAGE):
        for check_id, over in _DECORATED.findall(source):
            found[check_id] = Check(check_id, over, _later(module, check_id))
    return found or load_checks()


def _sources(folder: Traversable, package: str) -> Iterator[tuple[str, str]]:
    """Every module below a package's folder, by its full name, with its text."""
    for entry in folder.iterdir():
        if entry.name.endswith(".py"):
            yield f"{package}.{entry.name.removesuffix('.py')}", entry.read_text("utf-8")
        elif entry.is_dir() and entry.name.isidentifier() and not entry.name.startswith("_"):
            yield from _sources(entry, f"{package}.{entry.name}")


def _later(module: str, check_id: str) -> CheckFunction:
    """The check's function, found when it is called for the first time."""

    async def judge(subject: Subject[object], ask: Ask, limits: Limits) -> Judgement:
        if check_id not in REGISTRY:
            import_module(module)
        return await REGISTRY[check_id].judge(subject, ask, limits)

    return judge
