"""The page that the command prints: the burst and the flood stand on it, each route by its journey."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from launchready_tui.cli.loadreport import as_text
from launchready_tui.load.judging import Judged
from launchready_tui.model.questions.loadtest import BurstLoad
from launchready_tui.model.questions.serverwatch import Series, ServerWatch
from tests.checks.load import GOOD

DEPTHS = ((0.0, 0.0), (10.0, 40.0), (20.0, 60.0), (60.0, 0.0), (120.0, 0.0))


def page(**changes: Any) -> str:
    return as_text(replace(GOOD, **changes), Judged("pass"), "Acme")


def test_what_the_queues_made_of_many_jobs_stands_on_the_page() -> None:
    queue = ServerWatch(series=(Series("queue.mail.depth", "jobs", DEPTHS),))
    text = page(burst=BurstLoad(50, 100, 0, 20.0, queue))
    assert "Many jobs at once: 50 sessions within 20 s left work behind; mail: at most 60 jobs, drained" in text
    assert "Many jobs at once" not in page()


def test_routes_that_were_called_alone_are_told_with_their_journey() -> None:
    text = page(flood=GOOD.routes[:1])
    assert f"  {GOOD.routes[0].route} ({GOOD.routes[0].journey}): p95" in text
