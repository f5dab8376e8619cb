"""Which checks there are, and what each is over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from launchready_tui.checks.subjects import SUBJECTS, Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement

CheckFunction = Callable[[Subject[Any], Ask, Limits], Awaitable[Judgement]]

REGISTRY: dict[str, Check] = {}


@dataclass(frozen=True, slots=True)
class Check:
    """A live check: its id in the runbook, the subjects it is over, its code."""

    id: str
    over: str
    judge: CheckFunction


def check(check_id: str, *, over: str) -> Callable[[CheckFunction], CheckFunction]:
    """Register an async function as the live check of that id, over one of the sets of `subjects.SUBJECTS`."""

    def register(function: CheckFunction) -> CheckFunction:
        if over not in SUBJECTS:
            raise ValueError(f"check {check_id}: nothing is over {over!r}, choose one of {', '.join(sorted(SUBJECTS))}")
        if check_id in REGISTRY:
            raise ValueError(f"two checks are called {check_id}")
        REGISTRY[check_id] = Check(check_id, over, function)
        return function

    return register


def load_checks() -> dict[str, Check]:
    """All checks by id; imports every module of this package and of its families at the first call."""
    package = import_module("launchready_tui.checks")
    for module in walk_packages(package.__path__, f"{package.__name__}."):
        import_module(module.name)
    return REGISTRY
