"""The canonical matrix (S1.RED.01): every way of typing a host's address ends, over https, on one host.

A *way* is one scheme, one path and one address family. The path is `/` and a deep one with a campaign query.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from launchready_tui.checks.limits import number
from launchready_tui.checks.reading.chains import ACCESS, canonicalises, closed, dead_end, hops, moves, shown, steps
from launchready_tui.checks.reading.follow import PERMANENT, Chain, trace
from launchready_tui.checks.reading.urls import counterpart, host_of, path_of, split, tidy
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject, root_url
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask, Failure, Fault, Unseen
from launchready_tui.model.product import Host, Product
from launchready_tui.model.questions import DnsLookup, Family
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, unknown

ARBITRARY = "/launchready-check/deep"
"""The deep path of a host without a declared page: it need not exist, only its redirects are judged."""

CAMPAIGN = "utm_source=x&a=1"
"""What a newsletter hangs onto its links."""

FAILS = ("loop", "no-https", "plain-http-final", "no-single-canonical", "final-error", "chain-long")
WARNS = ("families-differ", "access-denied", "no-single-canonical", "chain-long", "first-hop-elsewhere", "temporary")


@dataclass(frozen=True, slots=True)
class Target:
    """A path that is asked for, and the final statuses that are right for it. `judged`: others are not."""

    path: str
    expected: frozenset[int] = frozenset()
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Pair:
    """One path over http and over https, in one address family."""

    target: Target
    family: Family
    http: Chain
    https: Chain


def is_api(host: Host, product: Product) -> bool:
    """Whether a host serves machines only: its `/` may answer anything but a server error."""
    kinds = {route.kind for route in product.routes if route.host == host.name}
    return host.role == "api" or (bool(kinds) and kinds <= {"api", "webhook"})


def deep_target(host: Host, product: Product) -> Target:
    """The first declared page or auth route of the host, but not its root, else an arbitrary path; with a campaign."""
    for route in product.routes:
        if route.kind in ("page", "auth") and route.host == host.name and path_of(route.url):
            parts = split(route.url)
            query = f"{parts.query}&{CAMPAIGN}" if parts.query else CAMPAIGN
            return Target(f"{parts.path}?{query}", frozenset(route.expect_status))
    return Target(f"{ARBITRARY}?{CAMPAIGN}", judged=False)


def _root_target(host: Host, product: Product) -> Target:
    declared = [route.expect_status for route in product.routes if tidy(route.url) == root_url(host)]
    return Target("/", frozenset(status for statuses in declared for status in statuses))


@check("redirects.canonical-matrix", over="web-hosts")
async def canonical_matrix(subject: Subject[Host], ask: Ask, limits: Limits) -> Judgement:
    """Walks all ways of typing the address of a host and judges where they end, and over which redirects."""
    host, tally = subject.item, Tally()
    families = await _families(host, ask, tally)
    if not families:
        return unknown(
            "does-not-resolve", f"{host.name} has no address, so there is nothing to walk", decide_by=_RESOLVE
        )
    targets = (_root_target(host, subject.product), deep_target(host, subject.product))
    pairs = await asyncio.gather(*(_pair(ask, host, target, family) for family in families for target in targets))
    judge = _Judge(host, is_api(host, subject.product), tally, limits)
    for pair in pairs:
        if not _refuses(pair) or all(map(_refuses, pairs)):
            judge.pair(pair)
    _compare_families(list(pairs), tally)
    await _compare_names(subject, ask, pairs[0], tally)
    walked = tuple(line for pair in pairs for chain in (pair.http, pair.https) for line in steps(chain))
    names = " and ".join(f"IPv{family}" for family in families)
    return (
        tally.fail_first(FAILS, walked)
        or _unknown(tally, walked)
        or tally.warn_first(WARNS, walked)
        or tally.passed(f"all {2 * len(pairs)} ways end on {_ends(pairs[0])} ({names})", details=walked)
    )


_RESOLVE = "Publish an A or AAAA record, then run the check again."
_ELSEWHERE = "Open the address in a browser, or run the check from a network that is let in (for IPv6: that has it)."


def _ends(pair: Pair) -> str:
    return host_of(pair.https.final_url)


def _unknown(tally: Tally, walked: tuple[str, ...]) -> Judgement | None:
    if not tally.unseen:
        return None
    url, failure = tally.unseen[0]
    weak = f"; {tally.warns[0].text}" if tally.warns else ""
    summary = f"{len(tally.unseen)} of the ways could not be walked: {shown(url)} ({failure.reason}){weak}"
    return tally.unknown(summary, decide_by=_ELSEWHERE, details=walked)


async def _families(host: Host, ask: Ask, tally: Tally) -> list[Family]:
    """The address families that the host publishes."""
    if host.is_address:
        return ["6" if ":" in host.name else "4"]
    found: list[Family] = []
    versions: tuple[tuple[Family, str], ...] = (("4", "A"), ("6", "AAAA"))
    answers = await asyncio.gather(*(ask(DnsLookup(host.name, rdtype)) for _, rdtype in versions))
    for (family, rdtype), answer in zip(versions, answers, strict=True):
        if answer.failure is not None:
            tally.blind(f"{rdtype} record of {host.name}", answer.failure)
        elif answer.facts.records:
            found.append(family)
    if not found and tally.unseen:
        raise Unseen(tally.unseen[0][1])
    return found


async def _pair(ask: Ask, host: Host, target: Target, family: Family) -> Pair:
    http, https = await asyncio.gather(
        *(trace(ask, root_url(host, scheme)[:-1] + target.path, family=family) for scheme in ("http", "https"))
    )
    return Pair(target, family, http, https)


_FORBIDDEN = Failure("access-denied", "answers 403: a closed page, or a rule against programs", Fault.PERMISSION)
"""A 403 without the marks of a bot wall can still be one (a 401 cannot): it takes a browser to tell."""


def _refuses(pair: Pair) -> bool:
    """Whether neither scheme answers: of one address family only, that is a difference between the families."""
    return all(closed(chain.failure) and not chain.hops for chain in (pair.http, pair.https))


@dataclass(frozen=True, slots=True)
class _Judge:
    """Judges the ways of one host into a tally."""

    host: Host
    api: bool
    tally: Tally
    limits: Limits

    def pair(self, pair: Pair) -> None:
        """One path over both schemes."""
        for chain in (pair.http, pair.https):
            self._hops(chain)
            if chain.failure is not None:
                self._no_answer(chain, pair)
            elif why := dead_end(chain):
                reason = "loop" if chain.loop else "chain-long" if chain.too_long else "final-error"
                self.tally.fail(reason, f"{shown(chain.hops[0].url)} {why}")
            else:
                self._end(chain, pair.target)
        self._first_hop(pair.http)
        if _arrives(pair.http) and _arrives(pair.https):
            ends = [host_of(pair.http.final_url), host_of(pair.https.final_url)]
            if ends[0] != ends[1]:
                text = f"http://{self.host.name} ends on {shown(ends[0])}, https://{self.host.name} on {shown(ends[1])}"
                self.tally.fail("no-single-canonical", text)

    def _no_answer(self, chain: Chain, pair: Pair) -> None:
        """A URL on the way gave no answer: a finding where that is certain, else not seen."""
        failure, url = chain.failure, chain.next_url
        assert failure is not None
        ours = host_of(url) == self.host.name.strip("[]")
        if closed(failure) and ours and split(url).scheme == "https" and pair.http.hops:
            self.tally.fail("no-https", f"{self.host.name} answers over http but refuses https", network=True)
        elif closed(failure) and chain is pair.http and not chain.hops and pair.https.failure is None:
            self.tally.note(f"{self.host.name} has no plain http: port 80 refuses the connection")
        elif failure.reason == "does-not-resolve" and chain.hops:
            text = f"{shown(chain.hops[0].url)} leads to {shown(host_of(url))}, a name that does not exist"
            self.tally.fail("final-error", text, network=True)
        else:
            self.tally.blind(url, failure)

    def _hops(self, chain: Chain) -> None:
        """The number of redirects, and whether canonicalising ones are permanent."""
        followed = list(moves(chain))
        if not followed:
            return
        start, count = shown(chain.hops[0].url), len(followed)
        if count >= number(self.limits, "fail_hops", 4) and not (chain.loop or chain.too_long):
            self.tally.fail("chain-long", f"{start} needs {hops(count)}")
        elif count > number(self.limits, "max_hops", 2):
            self.tally.warn("chain-long", f"{start} needs {hops(count)}")
        for hop, target in followed:
            if canonicalises(hop, target) and hop.response.status not in PERMANENT:
                text = (
                    f"{shown(hop.url)} → {shown(target)} is only temporary ({hop.response.status}); 301 or 308 is meant"
                )
                self.tally.warn("temporary", text)

    def _first_hop(self, chain: Chain) -> None:
        """From http the first hop is to https on the same host, or HSTS never covers it (RFC 6797 section 7.2)."""
        if not chain.hops or not chain.hops[0].redirects:
            return
        first = chain.hops[0]
        here, there = split(first.url), split(first.response.location)
        if there.hostname and (there.scheme, there.hostname) != ("https", here.hostname):
            text = f"{shown(first.url)} goes to {shown(first.response.location)} before https on the same host"
            self.tally.warn("first-hop-elsewhere", text)

    def _end(self, chain: Chain, target: Target) -> None:
        """The scheme and the status at the end of a way."""
        status, url = chain.last.response.status, shown(chain.final_url)
        start = shown(chain.hops[0].url)
        if split(chain.final_url).scheme == "http":
            if self.api and 400 <= status < 500:
                self.tally.note(f"{url} turns plain http down with {status}")
            else:
                text = f"{start} ends on {url} ({status}), without encryption"
                self.tally.fail("plain-http-final", text, network=status >= 500)
        elif not target.judged and status >= 500:
            self.tally.note(f"{start}, an invented page, ends with {status}")
        elif not target.judged or status in target.expected or 200 <= status < 300:
            return
        elif status >= 500:
            self.tally.fail("final-error", f"{start} ends with {status} on {url}", network=True)
        elif self.api and target.path == "/":
            self.tally.note(f"{url} answers {status}, which an API host may")
        elif status in ACCESS and self.host.role == "other":
            self.tally.warn("access-denied", f"{start} ends with {status} on {url}")
        elif status == 403:
            self.tally.blind(chain.final_url, _FORBIDDEN)
        else:
            self.tally.fail("final-error", f"{start} ends with {status} on {url}")


def _arrives(chain: Chain) -> bool:
    """Whether a chain came to its usual end: a server error may stand in for a redirect."""
    return chain.ended and chain.last.response.status < 500


def _compare_families(pairs: list[Pair], tally: Tally) -> None:
    """The same way ends alike over IPv4 and IPv6."""
    for pair in pairs:
        for other in pairs:
            if pair.family == "4" and other.family == "6" and pair.target == other.target:
                for four, six in ((pair.http, other.http), (pair.https, other.https)):
                    _compare(four, six, tally)


def _compare(four: Chain, six: Chain, tally: Tally) -> None:
    ends = _outcome(four), _outcome(six)
    if "" not in ends and ends[0] != ends[1]:
        tally.warn("families-differ", f"{shown(four.urls[0])}: {ends[0]} over IPv4, {ends[1]} over IPv6")


def _outcome(chain: Chain) -> str:
    """Where a chain ended, in words; '' where it was not seen."""
    if chain.ended and not _arrives(chain):
        return ""
    if chain.ended:
        return f"{chain.last.response.status} on {shown(chain.final_url)}"
    return "connection refused" if closed(chain.failure) else dead_end(chain)


async def _compare_names(subject: Subject[Host], ask: Ask, pair: Pair, tally: Tally) -> None:
    """The bare domain and www do not both stay where they are: one of the two is canonical."""
    host = subject.item
    others = [other for other in subject.product.web_hosts if counterpart(host.name, other.name)]
    if host.role not in ("apex", "www") or not others or not pair.https.ended or _ends(pair) != host.name:
        return
    chain = await trace(ask, root_url(others[0]))
    if chain.ended and host_of(chain.final_url) == others[0].name:
        tally.warn(
            "no-single-canonical", f"{host.name} and {others[0].name} both answer without leading to one another"
        )
