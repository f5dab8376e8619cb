"""Asks the radar about a product's repository, outside any run: it judges nothing and fails nothing."""

from __future__ import annotations

from dataclasses import dataclass

from launchready_tui.model.product import Product
from launchready_tui.model.questions import RadarFacts, RepositoryRadar


@dataclass(frozen=True, slots=True)
class Seen:
    """What the radar saw, as kind, what and file; or why it could not look."""

    sightings: tuple[tuple[str, str, str], ...] = ()
    capped: bool = False
    problem: str = ""


async def look(product: Product) -> Seen:
    """A read-only look; an answer that is missing is a sentence, never an exception."""
    from launchready_tui.engine.firstlook import discovery_door

    if not product.repository:
        return Seen(problem="The profile names no repository.")
    async with discovery_door(product) as door:
        answer = await door.ask(RepositoryRadar(product.repository), 1)
    if answer.failure is not None:
        return Seen(problem=answer.failure.message)
    facts: RadarFacts = answer.facts
    return Seen(tuple((item.kind, item.what, item.path) for item in facts.sightings), facts.capped)
