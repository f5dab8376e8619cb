"""Providers' published address ranges: fetched on request, kept with their date, put before the bundled ones."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from launchready_tui.engine.asking import LiveDoor
from launchready_tui.engine.saved import write_atomically
from launchready_tui.errors import InputError
from launchready_tui.model.product import Network, Product
from launchready_tui.model.questions import HttpExchange

FILE = "cdn-ranges.json"

SOURCES: Mapping[str, tuple[str, ...]] = {
    "cloudflare": ("https://www.cloudflare.com/ips-v4", "https://www.cloudflare.com/ips-v6"),
    "fastly": ("https://api.fastly.com/public-ip-list",),
}
"""Where providers publish their ranges, as lines of text or as JSON that names networks."""

FEWEST = 3
"""A list with fewer networks is not believed: an error page may name an address too."""

_NETWORK = re.compile(r"(?<![\w.:])[0-9a-fA-F.:]{3,43}/\d{1,3}(?!\d)")


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What was fetched for a provider; `problem` says why nothing was."""

    provider: str
    ranges: tuple[str, ...] = ()
    problem: str = ""


async def fetch(door: LiveDoor, sources: Mapping[str, tuple[str, ...]] = SOURCES) -> tuple[Refreshed, ...]:
    """Ask every provider for its ranges. One that cannot be read leaves what was known as it is."""
    return tuple([await _provider(name, urls, door) for name, urls in sources.items()])


async def _provider(name: str, urls: tuple[str, ...], door: LiveDoor) -> Refreshed:
    found: list[str] = []
    for url in urls:
        answer = await door.ask(HttpExchange("GET", url), 1)
        if answer.failure is not None:
            return Refreshed(name, problem=answer.failure.message)
        if answer.facts.status != 200 or answer.facts.cut:
            return Refreshed(name, problem=f"{url} answered {answer.facts.status}")
        networks = networks_in(answer.facts.text)
        if len(networks) < FEWEST:
            return Refreshed(name, problem=f"{url} names {len(networks)} networks: that is no list of ranges")
        found += networks
    return Refreshed(name, tuple(dict.fromkeys(found)))


def networks_in(text: str) -> list[str]:
    """Every global network that a text names."""
    found: list[str] = []
    for word in _NETWORK.findall(text):
        try:
            network = ipaddress.ip_network(word, strict=False)
        except ValueError:
            continue
        if network.is_global and network.prefixlen >= 8:
            found.append(str(network))
    return found


def keep(folder: Path, fetched: tuple[Refreshed, ...], now: datetime) -> None:
    """Write what was fetched, beside what was kept of others. Raises `InputError` where that cannot be done."""
    known = {name: {"ranges": list(ranges)} for name, ranges in kept(folder).items()}
    known |= {item.provider: {"ranges": list(item.ranges)} for item in fetched if item.ranges}
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(folder / FILE, json.dumps({"date": f"{now:%Y-%m-%d}", "providers": known}, indent=1) + "\n")
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror}.", "Set LAUNCHREADY_DATA_DIR.") from None


def kept(folder: Path) -> dict[str, tuple[str, ...]]:
    """The ranges that were fetched before; none where there is no file, or one that cannot be read."""
    try:
        data = json.loads((folder / FILE).read_text("utf-8"))
        return {
            str(name): tuple(networks_in(" ".join(map(str, item["ranges"]))))
            for name, item in data["providers"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def with_ranges(product: Product, folder: Path) -> Product:
    """The product with the fetched ranges; what its own profile says goes first."""
    fetched = kept(folder)
    if not fetched:
        return product
    network: Network = replace(product.network, ranges={**fetched, **product.network.ranges})
    return replace(product, network=network)
