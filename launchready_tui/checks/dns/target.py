"""Whether a host points to where the profile says that it should."""

from __future__ import annotations

import asyncio
import ipaddress

from launchready_tui.checks.reading.lookups import Resolution, resolve
from launchready_tui.checks.reading.names import listed, shown, under
from launchready_tui.checks.reading.reference import Provider, provider
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Host, Network
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, passed, unknown
from launchready_tui.text import plural


@check("dns.intended-target", over="named-hosts")
async def intended_target(subject: Subject[Host], ask: Ask, _: Limits) -> Judgement:
    """S1.DNS.04: each address of the host, or the CNAME on the way to it, is covered by the host's `expect`."""
    host = subject.item
    if not host.expect:
        return unknown(
            "not-declared",
            "nobody has said where this host should point",
            decide_by=f'write expect = ["…"] for {host.name} in the product profile: addresses, a CNAME or a provider',
        )
    expected = Expectation.of(host.expect, subject.product.network)
    seen = await resolve(ask, host.name)
    stray = () if any(expected.covers_name(target) for target in seen.targets) else expected.uncovered(seen.addresses)
    if stray and not seen.targets:
        stray = await _not_flattened(ask, stray, expected.suffixes)
    wanted = listed(host.expect)
    details = (f"expected: {wanted}", f"CNAME: {listed(seen.targets)}" if seen.targets else "no CNAME", *seen.addresses)
    if stray and expected.unknown:
        return _no_ranges(expected.unknown)
    if stray:
        summary = f"points to {listed(_where(seen, stray))}, expected {wanted}"
        return failed("unexpected-target", summary, details=details, facts=_facts(seen, wanted), network=True)
    seen.require_all()
    if not seen.addresses:
        summary = f"points nowhere ({'NXDOMAIN' if seen.missing else 'no address'}), expected {wanted}"
        return failed("unexpected-target", summary, details=details, facts=_facts(seen, wanted), network=True)
    return passed(f"{plural(len(seen.addresses), 'address', 'addresses')} within {wanted}", details=details)


async def _not_flattened(ask: Ask, addresses: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """The addresses that none of the expected names has.

    A domain's own name cannot be a CNAME; DNS providers put the addresses of the wanted target in its place.
    """
    targets = await asyncio.gather(*(resolve(ask, name) for name in names))
    allowed = {address for target in targets for address in target.addresses}
    return tuple(address for address in addresses if address not in allowed)


class Expectation:
    """What `expect` allows: networks, CNAME suffixes, providers; `unknown` are providers without any known range."""

    def __init__(self, providers: tuple[Provider, ...], suffixes: tuple[str, ...], unknown: tuple[str, ...]) -> None:
        self._providers = providers
        self.suffixes = suffixes
        self.unknown = unknown

    @classmethod
    def of(cls, expect: tuple[str, ...], network: Network) -> Expectation:
        """Read the entries of `expect`: an address or CIDR, else a provider, else (with a dot) a CNAME suffix."""
        providers: list[Provider] = []
        suffixes: list[str] = []
        unknown_names: list[str] = []
        for entry in expect:
            known = provider(entry, network)
            try:
                providers.append(Provider(entry, (ipaddress.ip_network(entry, strict=False),)))
            except ValueError:
                if known is not None:
                    providers.append(known)
                elif "." in entry:
                    suffixes.append(entry)
                else:
                    unknown_names.append(entry)
        return cls(tuple(providers), tuple(suffixes), tuple(unknown_names))

    def covers_name(self, name: str) -> bool:
        """Whether a CNAME target is one of the expected names or below one."""
        allowed = [*self.suffixes, *(suffix for item in self._providers for suffix in item.suffixes)]
        return any(under(name, suffix) for suffix in allowed)

    def uncovered(self, addresses: tuple[str, ...]) -> tuple[str, ...]:
        """The addresses that nothing covers."""
        return tuple(address for address in addresses if not any(item.covers(address) for item in self._providers))


def _where(seen: Resolution, stray: tuple[str, ...]) -> tuple[str, ...]:
    return (seen.targets[-1], *stray) if seen.targets else stray


def _facts(seen: Resolution, wanted: str) -> dict[str, str]:
    return {"found": listed([*seen.targets, *seen.addresses]) or "nothing", "expected": wanted}


def _no_ranges(names: tuple[str, ...]) -> Judgement:
    return unknown(
        "provider-unknown",
        f"no address ranges are known for {shown(names[0])}",
        decide_by=f'list its networks in the product profile: [network.ranges] {shown(names[0])} = ["…"]',
    )
