"""Where the load goes: the hosts of the journeys, resolved as the probes do it, before the first request."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from launchready_tui.errors import InputError
from launchready_tui.load.script import Dial, Walk
from launchready_tui.load.walks import origins
from launchready_tui.model.evidence import Ask, Failure
from launchready_tui.model.product import Product
from launchready_tui.probes.dialling import DialPolicy


async def find_targets(
    product: Product, walks: Iterable[Walk], ask: Ask, may: Callable[[str], bool]
) -> dict[str, tuple[Dial, ...]]:
    """`host:port` and what is dialled for it. Hosts that only redirects lead to are there if they resolve and `may`.

    Raises `InputError` where a host of a journey cannot be reached by its name, or is not public.
    """
    policy = DialPolicy(product.network)
    found: dict[str, tuple[Dial, ...]] = {}
    for host, port in dict.fromkeys(map(_place, origins(walks))):
        targets = await policy.targets(host, port, "", "", ask)
        if isinstance(targets, Failure):
            raise InputError(f"The load test cannot begin: {targets.message}.", _hint(targets))
        found[f"{host}:{port}"] = tuple(Dial(target.address, target.port) for target in targets)
    for host, port in _others(product):
        if f"{host}:{port}" not in found and may(host):
            targets = await policy.targets(host, port, "", "", ask)
            if not isinstance(targets, Failure):
                found[f"{host}:{port}"] = tuple(Dial(target.address, target.port) for target in targets)
    return found


def hosts_of(walks: Iterable[Walk]) -> tuple[str, ...]:
    """The hosts that the journeys call, without ports."""
    return tuple(dict.fromkeys(_place(origin)[0] for origin in origins(walks)))


def _others(product: Product) -> tuple[tuple[str, int], ...]:
    """The product's own web hosts on the usual ports, and those of its routes: redirects may lead there."""
    usual = [(host.name.lower(), port) for host in product.web_hosts for port in (443, 80)]
    routes = []
    for route in product.routes:
        url = urlsplit(route.url)
        if url.hostname:
            routes.append((url.hostname.lower(), url.port or (443 if url.scheme == "https" else 80)))
    return tuple(dict.fromkeys([*usual, *routes]))


def _place(origin: str) -> tuple[str, int]:
    url = urlsplit(origin)
    assert url.hostname
    assert url.port
    return url.hostname, url.port


def _hint(failure: Failure) -> str:
    if failure.reason == "not-public":
        return "Load only goes to public addresses, unless [network] public in the profile covers them."
    return "`launchready check FILE --stage 1` says more about the name."
