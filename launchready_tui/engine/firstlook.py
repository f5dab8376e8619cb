"""A door for looking at a product outside of any engagement: discovery, ranges, the radar of a repository."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from launchready_tui.engine.asking import LiveDoor
from launchready_tui.model.product import Product
from launchready_tui.model.verdicts import Consent


@asynccontextmanager
async def discovery_door(product: Product) -> AsyncIterator[LiveDoor]:
    """A door for a passive first look at a product, outside any run; what it answers is not kept."""
    from launchready_tui.probes.prober import Prober

    door = LiveDoor(
        Prober(product.network, product.base),
        clock=lambda: datetime.now(UTC),
        may=lambda host, level: level is Consent.PASSIVE,
        keep=lambda evidence: None,
    )
    try:
        yield door
    finally:
        await door.aclose()
