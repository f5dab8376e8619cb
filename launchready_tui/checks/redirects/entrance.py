"""What redirects do to the address that was asked for: its path, its query (S1.RED.03), its encryption (S1.RED.06)."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from launchready_tui.checks.reading.chains import asks_to_sign_in, closed, dead_end, hops, moves, outage, shown, steps
from launchready_tui.checks.reading.follow import Chain, trace
from launchready_tui.checks.reading.site import own
from launchready_tui.checks.reading.urls import host_of, lost_pairs, path_of, split
from launchready_tui.checks.redirects.canonical import deep_target
from launchready_tui.checks.redirects.entrances import ELSEWHERE, walk_in
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import EntryPoint, Subject, root_url
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Host, Product
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, unknown


@check("redirects.path-and-query", over="web-hosts")
async def path_and_query(subject: Subject[Host], ask: Ask, limits: Limits) -> Judgement:
    """Asks for a deep path with a query over http and https, and compares what the redirects made of both."""
    host, tally = subject.item, Tally()
    target = deep_target(host, subject.product)
    starts = [root_url(host, scheme)[:-1] + target.path for scheme in ("http", "https")]
    http, https = await asyncio.gather(*(trace(ask, start) for start in starts))
    walked = steps(http) + steps(https)
    for chain in (http, https):
        if chain.failure is None or chain.hops:
            _keeps(chain, subject.product, target.judged, tally)
        failure = outage(chain)
        if failure is not None and not _https_only(chain, https):
            tally.blind(chain.urls[-1], failure)
    judgement = (
        tally.fail_first(("path-dropped",), walked)
        or tally.unknown(f"{shown(target.path)} was not followed to its end", decide_by=ELSEWHERE, details=walked)
        or tally.warn_first(("query-dropped",), walked)
    )
    if judgement is not None:
        return judgement
    if endless := dead_end(https) or dead_end(http):
        return unknown(
            "loop", f"{host.name}{shown(target.path)} {endless}", decide_by="Mend the loop first.", details=walked
        )
    count = http.length + https.length
    kept = f"path and query of {shown(target.path)} are kept over {hops(count)}"
    return tally.passed(kept if count else "no redirect, so nothing is lost", details=walked)


def _https_only(chain: Chain, https: Chain) -> bool:
    """Whether plain http is shut while https answers."""
    return chain is not https and closed(chain.failure) and not chain.hops and bool(https.hops)


def _keeps(chain: Chain, product: Product, declared: bool, tally: Tally) -> None:
    """Compares every redirect with the address that it replaces.

    Its own host may send a page that was invented anywhere (that is a soft 404): only a change of scheme or host is
    judged then.
    """
    for hop, target in moves(chain):
        crosses = (split(hop.url).scheme, host_of(hop.url)) != (split(target).scheme, host_of(target))
        if not (crosses or declared) or not own(target, product):
            return
        if not path_of(target).endswith(path_of(hop.url)):
            if crosses or not path_of(target):
                tally.fail("path-dropped", f"{shown(hop.url)} → {shown(target)} loses the path")
            return
        if lost := lost_pairs(hop.url, target):
            names = ", ".join(shown(name) for name, _ in lost[:5])
            tally.warn("query-dropped", f"{shown(hop.url)} → {shown(target)} loses {names}")
            return
    if asks_to_sign_in(chain):
        tally.note(f"{shown(chain.hops[0].url)} asks to sign in")


@check("redirects.downgrade", over="entry-points")
async def downgrade(subject: Subject[EntryPoint], ask: Ask, limits: Limits) -> Judgement:
    """Looks for a hop from https to http, where somebody in between can read and change the page."""
    tally = Tally()
    chains = await walk_in(subject, ask, 10, tally)
    walked = tuple(line for chain in chains for line in steps(chain))
    for chain in chains:
        for url, target in pairwise(chain.urls):
            if (split(url).scheme, split(target).scheme) == ("https", "http"):
                tally.fail("downgrade", f"{shown(url)} sends visitors to {shown(target)}, without encryption")
    count = sum(chain.length for chain in chains)
    return (
        tally.fail_first(("downgrade",), walked)
        or tally.unknown("the redirects were not followed to their end", decide_by=ELSEWHERE, details=walked)
        or tally.passed(f"{hops(count)}, none from https to http", details=walked)
    )
