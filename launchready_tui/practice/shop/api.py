"""The public API, and the one change that a seller may make."""

from __future__ import annotations

from typing import Final

from launchready_tui.practice.shop.call import Call, as_json
from launchready_tui.practice.shop.catalogue import MOST_ROWS, NO_CACHE, PAGE_SIZE, found, newest
from launchready_tui.practice.world import Resource

FIELDS: Final = ("slug", "name", "price", "place", "seller")
"""What the front end reads of a listing."""

WHOLE_ROWS: Final = 1_000
_SELLER = ("name", "email", "phone", "password_hash", "place", "joined_at")
_LISTING = ("id", "slug", "title", "story", "price", "place", "seller_id", "category_id", "created_at", "changed_at")
_PRIVATE = ("Cache-Control", "private, no-store")
_HIGHEST_PRICE = 1_000_000
_FORM_COOKIE = "__Host-csrf"
_BY_NAME = "SELECT slug, title FROM categories ORDER BY title"
_BY_REPORT = (
    "SELECT c.slug, c.title FROM categories c JOIN listings l ON l.category_id = c.id "
    "JOIN orders o ON o.listing_id = l.id JOIN orders other ON other.buyer_id = o.buyer_id "
    "GROUP BY c.slug, c.title ORDER BY sum(round(other.amount * 0.08, 2)) DESC, c.title"
)
"""Each order is paired with all of the same buyer: 60,000 orders of 2,000 buyers make 1.8 million pairs, no more."""


def listings(call: Call) -> Resource:
    """A page of listings; with the fault, all of everything."""
    with call.database() as db:
        if call.settings.slim_api:
            items = newest(call, db, call.number("per_page", PAGE_SIZE, MOST_ROWS))
            return as_json({"listings": [{name: item[name] for name in FIELDS} for item in items]}, 200, NO_CACHE)
        rows = db.run(
            f"SELECT {', '.join(f'l.{name}' for name in _LISTING)}, {', '.join(f's.{name}' for name in _SELLER)} "  # noqa: S608 - our own words
            "FROM listings l JOIN sellers s ON s.id = l.seller_id ORDER BY l.created_at DESC, l.id DESC LIMIT %s",
            (WHOLE_ROWS,),
        )
    names = (*_LISTING, *(f"seller_{name}" for name in _SELLER))
    whole = [dict(zip(names, row, strict=True)) for row in rows]
    return as_json({"listings": whole}, 200, NO_CACHE)


def search(call: Call) -> Resource:
    """A page of what was searched for."""
    with call.database() as db:
        items = found(call, db, call.number("per_page", PAGE_SIZE, MOST_ROWS))
    return as_json({"listings": [{name: item[name] for name in FIELDS} for item in items]}, 200, NO_CACHE)


def categories(call: Call) -> Resource:
    """The categories: they hardly change, and a shared cache may keep them."""
    with call.database() as db:
        rows = db.run(_BY_NAME if call.settings.categories_by_name else _BY_REPORT)
    value = {"categories": [{"slug": slug, "title": title} for slug, title in rows]}
    headers: tuple[tuple[str, str], ...] = (("Cache-Control", "public, max-age=60, s-maxage=600"),)
    if not call.settings.categories_set_no_cookie:
        token = call.tools.visitors.form_token(call.request)
        headers += (("Set-Cookie", f"{_FORM_COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax"),)
    return as_json(value, 200, *headers)


def listing(call: Call) -> Resource:
    """One listing as its seller sees it."""
    if not call.user:
        return as_json({"error": "log in first"}, 401, _PRIVATE)
    with call.database() as db:
        row = db.one("SELECT slug, title, price, place FROM listings WHERE slug = %s", (call.rest,))
    if row is None:
        return as_json({"error": "no such listing"}, 404, _PRIVATE)
    return as_json(dict(zip(("slug", "title", "price", "place"), row, strict=True)), 200, _PRIVATE)


def change(call: Call) -> Resource:
    """A new price for a listing of one's own; whoever has stored the old one is told to forget it."""
    price = call.form.get("price", "")
    if not call.user:
        return as_json({"error": "log in first"}, 401, _PRIVATE)
    if not (price.isascii() and price.isdigit() and 0 < int(price[:9]) < _HIGHEST_PRICE):
        return as_json({"error": "a price is a whole number of euros"}, 422, _PRIVATE)
    now = "now()" if call.tools.kind == "postgresql" else "CURRENT_TIMESTAMP"
    with call.database() as db:
        row = db.one(
            f"UPDATE listings SET price = %s, changed_at = {now} WHERE slug = %s AND seller_id = "  # noqa: S608 - our own words
            "(SELECT id FROM sellers WHERE email = %s) RETURNING slug, price",
            (int(price), call.rest, call.user),
        )
    if row is None:
        return as_json({"error": "no such listing of yours"}, 404, _PRIVATE)
    if call.settings.prices_are_live:
        call.tools.cache.purge(f"/listings/{call.rest}", "/search")
    return as_json({"slug": row[0], "price": row[1]}, 200, _PRIVATE)
