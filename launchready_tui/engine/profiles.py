"""The product profile as an engagement's records have it."""

from __future__ import annotations

from functools import lru_cache

from launchready_tui.errors import EngagementError
from launchready_tui.model.product import Product
from launchready_tui.model.profile import parse_product
from launchready_tui.model.records import ProductText


def profile_of(text: ProductText | None, name: str) -> Product:
    """The profile in a record; `name` is what errors call the file. Raises `EngagementError` where there is none."""
    if text is None:
        raise EngagementError(
            "The engagement has no product profile.", "Import one: `launchready product import FILE product.toml`."
        )
    return _parsed(text, f"profile in {name}")


@lru_cache(maxsize=4)
def _parsed(text: ProductText, name: str) -> Product:
    """The profile; the same text is read once, not at every snapshot."""
    return parse_product(text.toml, name, text.base)
