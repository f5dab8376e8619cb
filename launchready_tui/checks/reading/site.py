"""Which URLs are the product's own, and which are somebody else's."""

from __future__ import annotations

from launchready_tui.checks.reading.urls import host_of, registrable
from launchready_tui.model.product import Product


def own(url: str, product: Product) -> bool:
    """Whether a URL is on a declared host or under a registrable domain of the product (public suffix list)."""
    host = host_of(url)
    if not host:
        return False
    domains = {registrable(product.domain), *(registrable(declared.name) for declared in product.hosts)}
    return registrable(host) in domains
