"""The journeys of a profile as scripts that stand alone, for people to keep, read and change.

Both hold no secret: passwords come from the environment. They send what the built-in load test sends: the same steps,
data, pauses and weights, with a visitor's own cookies, certificate verification on, and `[network]` obeyed.
"""

from __future__ import annotations

from launchready_tui.load.export.k6 import k6_script
from launchready_tui.load.export.locustfile import locustfile
from launchready_tui.load.export.source import Targets, make_export, needs_targets
from launchready_tui.model.product import Product


def to_locustfile(product: Product, targets: Targets | None = None) -> str:
    """A Locust file. Raises `InputError` for journeys that cannot be run."""
    return locustfile(make_export(product, targets))


def to_k6(product: Product, targets: Targets | None = None) -> str:
    """A k6 script. Raises `InputError` for journeys that cannot be run."""
    return k6_script(make_export(product, targets))


__all__ = ["needs_targets", "to_k6", "to_locustfile"]
