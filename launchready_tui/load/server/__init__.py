"""The server's side of a load test: what it does while the traffic comes, on the timeline of the test.

    async with watching(product, tokens) as watch:
        ...                                   # a few seconds without load give the baseline
        watch.begin()                         # the first request goes out: time zero
        ...                                   # the load; watch.latest() and watch.series(…) for a live screen
        await watch.until_quiet(300.0)        # after it: until queues are drained and memory is back
        report = replace(report, server=watch.facts())

Nothing here ends the test: what cannot be seen is a gap with its reason. Everything only reads.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from launchready_tui.load.server.sampling import Reading, Sampler, Tokens
from launchready_tui.load.server.watch import Watch
from launchready_tui.model.product import Product

BASELINE_S = 6.0
"""Seconds that a runner should wait before the load, so that there is a baseline to compare with."""

DRAIN_S = 300.0
"""Seconds after the load in which queues must be empty and memory be back (CHECKS.md S6.SRV.02 and 03)."""


@asynccontextmanager
async def watching(product: Product, tokens: Tokens) -> AsyncIterator[Watch]:
    """Watch a product's server inside the block. Raises `InputError` for `[network]` settings that cannot be used."""
    from launchready_tui.load.server.setup import set_up

    setup = await asyncio.to_thread(set_up, product, tokens)
    watch = Watch(setup.samplers, setup.unwatched)
    watch.start()
    try:
        yield watch
    finally:
        await watch.aclose()


__all__ = ["BASELINE_S", "DRAIN_S", "Reading", "Sampler", "Tokens", "Watch", "watching"]
