"""What a run comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from launchready_tui.model.board import Snapshot
from launchready_tui.model.evidence import Evidence
from launchready_tui.model.results import Result, Run


@dataclass(frozen=True, slots=True, repr=False)
class Conclusion:
    """A run with its results and evidence, and how things stood when it ended.

    `mandated` is the time in seconds spent in gaps that politeness asks for. Without a `repr`: `asyncio.run` writes
    that of its result down twice when it ends, and all evidence takes a tenth of a second.
    """

    run: Run
    results: tuple[Result, ...]
    evidence: tuple[Evidence[Any], ...]
    snapshot: Snapshot
    mandated: float = 0.0
