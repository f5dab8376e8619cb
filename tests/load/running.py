"""Runs a load test in a test: prepared as the verb prepares it, with a door that asks for real."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec

import pytest

from launchready_tui.engine.firstlook import discovery_door
from launchready_tui.load.preparing import Prepared, prepare, start
from launchready_tui.load.request import LoadRequest
from launchready_tui.load.runner import LoadRun
from launchready_tui.load.ticks import LoadTick
from launchready_tui.model.evidence import Answer
from launchready_tui.model.product import Product
from launchready_tui.model.questions import Question
from launchready_tui.model.questions.base import F
from launchready_tui.model.questions.loadtest import LoadLimits, LoadReport

NEEDS_LOCUST = pytest.mark.skipif(find_spec("locust") is None, reason="the extra `load` is not installed")
"""Importing Locust would patch the threads and sockets of the whole test process."""

LENIENT = LoadLimits(cpu_percent=1e9, lag_p99_ms=1e9, achieved_percent=0.0, dropped_percent=100.0)
"""A busy machine is no matter of these tests."""


async def prepared(product: Product, request: LoadRequest, tokens: dict[str, str] | None = None) -> Prepared:
    """Ready for its gate; `request.authorized_by` is Ada where it is empty."""
    async with discovery_door(product) as door:

        async def ask(question: Question[F], /) -> Answer[F]:
            return await door.ask(question, 1)

        return await prepare(
            product,
            request,
            ask=ask,
            recorded=lambda host: "Ada",
            tokens=(tokens or {}).get,
            now=datetime.now(UTC),
        )


async def run(
    product: Product,
    request: LoadRequest,
    *,
    limits: LoadLimits = LENIENT,
    tokens: dict[str, str] | None = None,
    during: Callable[[LoadTick, LoadRun], None] | None = None,
) -> LoadReport:
    """The report of a load test; `during` hears every tick and may stop it."""
    ready = await prepared(product, request, tokens)
    runs: list[LoadRun] = []

    def listen(tick: LoadTick) -> None:
        if during is not None and runs:
            during(tick, runs[0])

    runs.append(start(ready, limits=limits, listener=listen))
    return await runs[0].run()
