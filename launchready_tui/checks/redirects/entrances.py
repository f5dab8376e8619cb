"""The ways in at an entry point: the URL itself, and https beside http for the root of a host."""

from __future__ import annotations

import asyncio

from launchready_tui.checks.reading.chains import closed, outage
from launchready_tui.checks.reading.follow import Chain, trace
from launchready_tui.checks.subjects import EntryPoint, Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask

ELSEWHERE = "Run the check from a network that reaches the address, or follow it with curl."


def ways_in(subject: Subject[EntryPoint]) -> tuple[str, ...]:
    """The URLs that are walked for an entry point."""
    url = subject.item.url
    if subject.item.redirect is not None or not url.startswith("http://"):
        return (url,)
    return (url, "https://" + url.removeprefix("http://"))


async def walk_in(subject: Subject[EntryPoint], ask: Ask, limit: int, tally: Tally) -> list[Chain]:
    """Walks all ways in. What gave no answer goes to the tally, but for a root that is served over https alone."""
    chains = list(await asyncio.gather(*(trace(ask, url, limit=limit) for url in ways_in(subject))))
    for chain in chains:
        https_only = closed(chain.failure) and not chain.hops and any(other.hops for other in chains)
        failure = outage(chain)
        if failure is not None and not (https_only and chain.next_url.startswith("http://")):
            tally.blind(chain.urls[-1], failure)
    return chains
