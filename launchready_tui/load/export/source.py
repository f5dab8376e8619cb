"""What both exported scripts are written from: the walks of a profile, their names in code, origins and variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from launchready_tui.load.script import Dial, Walk
from launchready_tui.load.walks import make_walks, read_pools
from launchready_tui.model.product import Product
from launchready_tui.text import one_line, slug

Targets = Mapping[str, tuple[Dial, ...]]


@dataclass(frozen=True, slots=True)
class Origin:
    """An origin of the journeys, and the name of the variable that can replace it."""

    url: str
    variable: str


@dataclass(frozen=True, slots=True)
class Export:
    """What both scripts are written from. `dials` is empty where the usual DNS leads to the targets."""

    title: str
    walks: tuple[Walk, ...]
    keys: tuple[tuple[str, str], ...]
    pools: Mapping[str, tuple[str, ...]]
    origins: tuple[Origin, ...]
    ca_bundle: str
    dials: Targets
    peak: int

    def route(self, key: int) -> str:
        """The route's name in the figures."""
        return self.keys[key][0]

    def origin(self, url: str) -> Origin:
        """The origin of a step."""
        return next(origin for origin in self.origins if origin.url == url)

    @property
    def passwords(self) -> dict[str, str]:
        """The environment variable of each role whose password a journey fills in."""
        return {
            walk.role: f"LOADTEST_{_variable(walk.role)}_PASSWORD"
            for walk in self.walks
            if any("account.password" in step.needs for step in walk.steps)
        }


def make_export(product: Product, targets: Targets | None = None) -> Export:
    """Raises `InputError` for journeys that cannot be run. `targets` matter where the profile has its own network."""
    walks, keys = make_walks(product)
    urls = list(dict.fromkeys(step.origin for walk in walks for step in walk.steps))
    network = product.network
    own = bool(network.nameservers or network.connect_to)
    return Export(
        title=one_line(product.name, 80),
        walks=walks,
        keys=keys,
        pools=read_pools(product),
        origins=tuple(_origin(url, alone=len(urls) == 1) for url in urls),
        ca_bundle=network.ca_bundle,
        dials=dict(targets or {}) if own else {},
        peak=product.load.peak,
    )


def needs_targets(product: Product) -> bool:
    """Whether the scripts have to say where hosts are dialled."""
    return bool(product.network.nameservers or product.network.connect_to)


def _origin(url: str, *, alone: bool) -> Origin:
    host = urlsplit(url).hostname or ""
    return Origin(url, "BASE" if alone else f"BASE_{_variable(host)}_{urlsplit(url).port}")


def _variable(text: str) -> str:
    return slug(text).replace("-", "_").upper()


def code_names(walks: tuple[Walk, ...], prefix: str) -> dict[str, str]:
    """A name in code for each journey; different journeys get different ones."""
    names: dict[str, str] = {}
    for number, walk in enumerate(walks, start=1):
        words = re.findall(r"[A-Za-z0-9]+", walk.id)
        name = prefix + "".join(word[:1].upper() + word[1:] for word in words)
        names[walk.id] = f"{name}Number{number}" if name in names.values() or name == prefix else name
    return names


def usual(url: str) -> str:
    """An origin as people write it: without the port that its scheme implies."""
    parts = urlsplit(url)
    implied = {"https": 443, "http": 80}.get(parts.scheme)
    return url.removesuffix(f":{parts.port}") if parts.port == implied else url
