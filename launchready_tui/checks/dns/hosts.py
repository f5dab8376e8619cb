"""The addresses of the hosts: whether everybody gets them, whether they are public, how long caches keep them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

from launchready_tui.checks.limits import number
from launchready_tui.checks.reading.lookups import Resolution, resolve
from launchready_tui.checks.reading.names import listed, registered_domain
from launchready_tui.checks.reading.reference import provider_of
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask, Unseen
from launchready_tui.model.product import Host, Product
from launchready_tui.model.questions import Resolvers
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, not_applicable, passed, warned
from launchready_tui.text import plural, span

ViewKind = Literal["addresses", "nothing", "broken", "silent"]


@dataclass(frozen=True, slots=True)
class View:
    """A host through the eyes of one resolver."""

    resolver: str
    seen: Resolution

    @property
    def kind(self) -> ViewKind:
        """`nothing`: it says that there is no address; `broken`: SERVFAIL; `silent`: it did not say enough to know."""
        if self.seen.addresses:
            return "addresses"
        if self.seen.missing or not self.seen.failures:
            return "nothing"
        return "broken" if all(failure.reason == "servfail" for failure in self.seen.failures) else "silent"

    @property
    def addresses(self) -> tuple[str, ...]:
        """What it answers."""
        return self.seen.addresses

    @property
    def line(self) -> str:
        """The view as a line of the details."""
        if self.kind == "addresses":
            return f"{self.resolver or 'resolver'}: {listed(self.addresses)}, cached for {span(self.seen.ttl)} more"
        if self.kind == "nothing":
            return f"{self.resolver or 'resolver'}: {'NXDOMAIN' if self.seen.missing else 'no address'}"
        return f"{self.resolver or 'resolver'}: {self.seen.failures[0].reason}"


@check("dns.hosts-resolve", over="named-hosts")
async def hosts_resolve(subject: Subject[Host], ask: Ask, limits: Limits) -> Judgement:
    """S1.DNS.03: every resolver gives the host's addresses, and the same ones.

    Limit `short_ttl` (seconds): a deviating answer that a cache drops sooner is rotation, not staleness.
    """
    name = subject.item.name
    resolvers = (await ask(Resolvers())).facts.resolvers or ("",)
    seen = await asyncio.gather(*(resolve(ask, name, resolver) for resolver in resolvers))
    views = [View(resolver, resolution) for resolver, resolution in zip(resolvers, seen, strict=True)]
    details = tuple(view.line for view in views)
    good = [view for view in views if view.kind == "addresses"]
    empty = [view for view in views if view.kind == "nothing"]
    broken = [view for view in views if view.kind == "broken"]
    if not good and not empty and len(broken) < len(views):
        raise Unseen(next(view.seen.failures[0] for view in views if view.kind == "silent"))
    if not good or len(empty) > len(good):
        return _absent(name, views, details)
    if empty or broken:
        odd = (empty + broken)[0]
        many = len(empty) + len(broken)
        summary = f"{plural(many, 'resolver')} of {len(views)} give{'s' if many == 1 else ''} no address ({odd.line})"
        return warned("resolver-stale", summary, details=details, facts={"resolver": odd.resolver})
    if len({view.addresses for view in good}) > 1:
        return _differing(good, details, subject.product, number(limits, "short_ttl", 60))
    found = plural(len(good[0].addresses), "address", "addresses")
    if len(views) == 1:
        return passed(f"{found}, from one resolver", details=details)
    agree = plural(len(good), "resolver") if len(good) == len(views) else f"{len(good)} of {len(views)} resolvers"
    return passed(f"{found}, {agree} agree", details=details)


def _absent(name: str, views: list[View], details: tuple[str, ...]) -> Judgement:
    """No resolver, or hardly one, knows an address."""
    answered = [view for view in views if view.kind != "silent"]
    without = [view for view in answered if view.kind != "addresses"]
    what = "does not exist (NXDOMAIN)" if any(view.seen.missing for view in without) else "has no address"
    if all(view.kind == "broken" for view in without):
        what = "cannot be resolved (SERVFAIL)"
    summary = f"{name} {what} at {len(without)} of {plural(len(answered), 'resolver')} that answered"
    return failed("does-not-resolve", summary, details=details, network=True)


def _differing(views: list[View], details: tuple[str, ...], product: Product, short_ttl: float) -> Judgement:
    """Every resolver gives addresses, but not the same: a stale cache, or one of the ways of spreading load."""
    spread = passed("every resolver gives addresses, each its own choice", note="answers-differ", details=details)
    everything = {address for view in views for address in view.addresses}
    providers = {provider_of(address, product.network) for address in everything}
    if len(providers) == 1 and "" not in providers:
        text = f"{plural(len(everything), 'address', 'addresses')}, all of {providers.pop()}"
        return passed(text, note="answers-differ", details=details)
    odd = _odd_one_out(views)
    if odd is None or odd.seen.ttl < short_ttl:
        return spread
    others = {address for view in views if view is not odd for address in view.addresses}
    if others & set(odd.addresses):
        return spread
    summary = (
        f"{odd.resolver} still says {listed(odd.addresses)}, the others {listed(sorted(others))}; "
        f"it keeps that for {span(odd.seen.ttl)}"
    )
    return warned("resolver-stale", summary, details=details, facts={"resolver": odd.resolver})


def _odd_one_out(views: list[View]) -> View | None:
    """The one view that differs from all others, which agree; of two, the one that a cache holds longer."""
    if len(views) == 2:
        return max(views, key=lambda view: view.seen.ttl)
    for view in views:
        others = {other.addresses for other in views if other is not view}
        if len(others) == 1 and view.addresses not in others:
            return view
    return None


@check("dns.private-address", over="named-hosts")
async def private_address(subject: Subject[Host], ask: Ask, _: Limits) -> Judgement:
    """S1.DNS.06: every address of the host is one that the public can reach (RFC 6890)."""
    name = subject.item.name
    seen = await resolve(ask, name)
    bad = [address for address in seen.addresses if not subject.product.network.counts_as_public(address)]
    if bad:
        summary = f"{name} points to {listed(bad)}, which nobody outside can reach"
        return failed("private-address", summary, details=seen.addresses, facts={"address": bad[0]})
    seen.require_all()
    if not seen.addresses:
        return not_applicable(f"{name} has no address that could be private")
    return passed(f"{plural(len(seen.addresses), 'address', 'addresses')}, all public", details=seen.addresses)


@check("dns.ttl-readiness", over="named-hosts")
async def ttl_readiness(subject: Subject[Host], ask: Ask, limits: Limits) -> Judgement:
    """S1.DNS.12: the host's records can be changed within the hour.

    TTLs come from the zone's own server, where no cache has aged them. Only records that the product itself can change
    count: the CNAME to a hosting company, not that company's addresses.

    Limits in seconds: `max_ttl`, `fail_ttl`, `min_ttl`.
    """
    name = subject.item.name
    seen = await resolve(ask, name, "authority")
    ttl = _own_ttl(seen)
    most, worst = number(limits, "max_ttl", 3600), number(limits, "fail_ttl", 86400)
    facts = {"ttl": str(ttl), "max_ttl": f"{most:.0f}"}
    if ttl is not None and ttl > worst:
        summary = f"caches keep the old record for {span(ttl)} ({ttl:,} s) after a change"
        return failed("ttl-too-long", summary, facts=facts)
    seen.require_all()
    if not seen.addresses:
        return not_applicable(f"{name} has no address that a change could reach")
    if ttl is None:
        return not_applicable(f"{name} has no address record whose TTL could be too long")
    if ttl > most:
        return warned("ttl-too-long", f"a change takes {span(ttl)} ({ttl:,} s) to arrive everywhere", facts=facts)
    if ttl < number(limits, "min_ttl", 60):
        return passed(f"TTL {ttl} s: changes arrive at once, every visitor asks anew", note="ttl-short")
    return passed(f"TTL {ttl:,} s: a change arrives everywhere within {span(ttl)}")


def _own_ttl(seen: Resolution) -> int | None:
    """The longest TTL among the records of the host's own registered domain, None if it has none."""
    home = registered_domain(seen.name)
    ttls = []
    for facts in seen.seen:
        ttls += [alias.ttl for alias in facts.aliases if registered_domain(alias.name) == home]
        end = facts.aliases[-1].target if facts.aliases else seen.name
        if facts.ttl is not None and registered_domain(end) == home:
            ttls.append(facts.ttl)
    return max(ttls, default=None)
